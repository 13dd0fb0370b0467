"""A shop that buys, and who buys for it."""

import pytest

from tests.factories import make_shop
from tests.services.purchasing.ordering import supplier


@pytest.fixture
def shop(environment):
    assert environment
    made = make_shop("buyer", lots=0)
    supplier(made)
    return made


@pytest.fixture
def storekeeper(shop):
    return shop.acting_as("storekeeper")


@pytest.fixture
def manager(shop):
    return shop.acting_as("manager")
