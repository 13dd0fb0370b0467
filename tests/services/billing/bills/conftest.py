"""A shop that buys from a registered supplier."""

import pytest

from tests.factories import make_shop
from tests.services.billing.bills.billing import registered


@pytest.fixture
def shop(environment):
    assert environment
    made = make_shop("billed", lots=0)
    registered(made)
    return made


@pytest.fixture
def manager(shop):
    return shop.acting_as("manager")


@pytest.fixture
def accountant(shop):
    return shop.acting_as("accountant")
