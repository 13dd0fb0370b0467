"""The shop of these tests."""

import pytest

from tests.factories import Shop


@pytest.fixture
def shop(trader: Shop) -> Shop:
    return trader
