"""A shop with two lots of each of two products, and an open count of them."""

import pytest

from tests.factories import make_shop
from tests.services.inventory.counts import start


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("shelves", products=2, lots=2, stock=20)


@pytest.fixture
def keeper(shop):
    return shop.acting_as("storekeeper")


@pytest.fixture
def lots(shop):
    return [lot for variant in shop.variant_ids for lot in shop.lot_ids[variant]]


@pytest.fixture
def count_id(shop, keeper):
    return start(shop, by=keeper).count_id
