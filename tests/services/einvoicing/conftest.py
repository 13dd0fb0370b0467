"""A portal, and a shop that reports to it."""

import pytest

from tests.factories import Shop
from tests.services.einvoicing.portals import portal, switched_on

__all__ = ["portal"]


@pytest.fixture
def reporting(trader: Shop, portal) -> Shop:
    """A shop whose registration reports from today on."""
    assert portal
    return switched_on(trader)
