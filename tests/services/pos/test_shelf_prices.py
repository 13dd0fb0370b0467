"""What a search shows is what the cart will ask."""

from decimal import Decimal

import pytest

from erp.core.errors import NotFound, PermissionDenied
from erp.core.ids import new_id
from tests.factories import Shop
from tests.services.sales.pricing import make_list, set_price
from tests.services.trading import add_customer


def test_a_found_product_shows_the_price_of_the_cart(trader: Shop, stranger: Shop):
    first, second, _ = trader.variant_ids
    wanted = {"goods": [{"variant_id": first}, {"variant_id": second}]}
    plain = trader.run("pos.list_shelf_prices", wanted)
    assert (plain.rows, plain.has_lists) == ([], False)
    asha = add_customer(trader)
    every = make_list(trader)
    set_price(trader, every, scope="variant", goods_id=first, amount="84.00")
    found = trader.run("pos.list_shelf_prices", wanted | {"customer_id": asha})
    assert [(row.variant_id, row.price) for row in found.rows] == [(first, Decimal(84))]
    cart = {"shift_id": trader.shift_id, "lines": [{"variant_id": first, "quantity": 1}]}
    assert trader.run("pos.quote_cart", cart).lines[0].unit_price == found.rows[0].price
    with pytest.raises(NotFound):
        trader.run("pos.list_shelf_prices", {"goods": [{"variant_id": stranger.variant_ids[0]}]})
    with pytest.raises(NotFound):
        trader.run("pos.list_shelf_prices", wanted | {"customer_id": new_id()})
    with pytest.raises(PermissionDenied):
        trader.run("pos.list_shelf_prices", wanted, by=trader.acting_as("auditor"))
