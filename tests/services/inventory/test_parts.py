"""Goods on the shelves of a room are sold by the room's till, first expiry first over all of them."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.core import db
from erp.core.gst.taxing import PriceMode, SupplyNature, tax_on
from erp.core.ids import new_id
from erp.services import inventory
from erp.services.inventory import InsufficientStock, Pick, Wanted
from erp.services.inventory.picking import OnShelf
from tests.factories import Shop, broken_promises, make_shop
from tests.services.sales.ordering import deliver, goods, order
from tests.services.trading import add_customer, rows
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("shelves", lots=2, stock=10)


def shelf_of(shop: Shop, code: str = "S1", parent: UUID | None = None) -> UUID:
    """Add a shelf below the till's place."""
    (house,) = shop.run("inventory.list_warehouses").rows
    about = {"warehouse_id": house.id, "code": code, "name": f"Shelf {code}"}
    found: UUID = shop.run(
        "inventory.create_location", about | {"parent_id": parent or shop.storage_id}
    ).id
    return found


def put(shop: Shop, place: UUID, at: int, quantity: int) -> UUID:
    """Put units of a lot of the first product on a shelf; return the lot."""
    lot_id = shop.lot_ids[shop.variant_ids[0]][at]
    ends = {"from_location_id": shop.storage_id, "to_location_id": place}
    lines = [{"lot_id": lot_id, "quantity": quantity}]
    shop.run("inventory.transfer_stock", ends | {"lines": lines})
    return lot_id


def went(shop: Shop) -> list[tuple[UUID, UUID, int]]:
    """Return what customers got: place, lot and units."""
    found = rows(
        shop,
        "select m.from_location_id as place, m.lot_id as lot, m.quantity from stock_move m"
        " join location l on l.id = m.to_location_id where l.kind = 'customer' order by m.id",
    )
    return [(row["place"], row["lot"], row["quantity"]) for row in found]


def test_a_till_sells_what_is_below_its_place_first_expiry_first(shop: Shop):
    shelf = shelf_of(shop)
    below = shelf_of(shop, "S1-B", shelf)
    first = put(shop, below, 0, 10)
    variant = shop.variant_ids[0]
    second = shop.lot_ids[variant][1]
    shop.sell({variant: 12})
    assert went(shop) == [(below, first, 10), (shop.storage_id, second, 2)]
    assert shop.on_hand(variant, below) == 0
    assert broken_promises() == []


def test_of_one_lot_the_tills_own_place_goes_first(shop: Shop):
    shelf = shelf_of(shop)
    lot = put(shop, shelf, 0, 6)
    shop.sell({shop.variant_ids[0]: 5})
    assert went(shop) == [(shop.storage_id, lot, 4), (shelf, lot, 1)]


def test_a_till_at_a_shelf_sells_nothing_of_the_room(shop: Shop):
    shelf = shelf_of(shop)
    put(shop, shelf, 0, 3)
    till = {"code": "POS2", "name": "Shelf till", "location_id": shelf}
    register = shop.run("pos.create_register", till)
    opening = {"register_id": register.id, "opening_float": "500.00"}
    shift = shop.run("pos.open_shift", opening).id
    with refused(shop, InsufficientStock):
        shop.sell({shop.variant_ids[0]: 4}, shift_id=shift)
    shop.sell({shop.variant_ids[0]: 3}, shift_id=shift)
    assert shop.on_hand(shop.variant_ids[0]) == 17


def test_an_order_keeps_and_delivers_goods_of_shelves(shop: Shop):
    shelf = shelf_of(shop)
    put(shop, shelf, 0, 10)
    put(shop, shelf, 1, 10)
    made = order(shop, add_customer(shop, credit_limit="100000"), goods(shop, 15))
    kept = rows(shop, "select location_id, quantity from stock_reservation")
    assert {row["location_id"] for row in kept} == {shelf}
    assert sum(row["quantity"] for row in kept) == 15
    with refused(shop, InsufficientStock):
        shop.sell({shop.variant_ids[0]: 6})
    deliver(shop, made, 15)
    assert shop.on_hand(shop.variant_ids[0], shelf) == 5
    assert broken_promises() == []


def test_who_names_one_place_means_that_place(shop: Shop):
    shelf = shelf_of(shop)
    put(shop, shelf, 0, 10)
    with db.unit_of_work(shop.ctx) as session, pytest.raises(InsufficientStock):
        inventory.allocate(session, shop.ctx, shop.storage_id, [Wanted(1, shop.variant_ids[0], 11)])


def test_a_lot_on_two_shelves_is_one_line_taxed_and_rounded_once(shop: Shop):
    shelf = shelf_of(shop)
    lot = put(shop, shelf, 0, 6)
    sold = shop.sell({shop.variant_ids[0]: 7})
    assert [(x.lot_number, x.quantity) for x in sold.lines] == [(lot_number(shop, lot), 7)]
    (line,) = shop.run("billing.get_invoice", {"invoice_id": sold.invoice_id}).lines
    whole = Decimal(105 * 7)
    tax = tax_on(whole, Decimal(5), SupplyNature.INTRA, PriceMode.INCLUSIVE)
    assert (line.quantity, line.total, line.taxable) == (7, whole, whole - tax.total)
    assert went(shop) == [(shop.storage_id, lot, 4), (shelf, lot, 3)]
    back = {"sale_id": sold.sale_id, "shift_id": shop.shift_id, "reason": "Broken"}
    shop.run("pos.post_return", back | {"lines": [{"line_no": 1, "quantity": 6}]})
    assert broken_promises() == []


def test_an_order_is_billed_one_line_for_a_lot_on_two_shelves(shop: Shop):
    shelf = shelf_of(shop)
    put(shop, shelf, 0, 7)
    made = order(shop, add_customer(shop, credit_limit="100000"), goods(shop, 6))
    sent = deliver(shop, made, 6)
    (line,) = shop.run("billing.get_invoice", {"invoice_id": sent.invoice_id}).lines
    assert (line.quantity, line.total) == (6, 630)
    assert broken_promises() == []


@given(
    units=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    value=st.integers(0, 10**6),
    data=st.data(),
)
def test_a_pick_is_split_over_its_shelves_to_the_paisa(units, value, data):
    shelves = [OnShelf(new_id(), n, Decimal(value + 7 * n) / 100) for n in units]
    whole = _pick().standing_on(shelves)
    wanted = data.draw(st.integers(0, sum(units)))
    taken, rest = whole.split(wanted)
    assert (taken.quantity, rest.quantity) == (wanted, sum(units) - wanted)
    assert taken.value + rest.value == sum(shelf.value for shelf in shelves)
    for at, shelf in enumerate(shelves):
        parts = [
            each
            for pick in (taken, rest)
            for each in pick.on_shelves
            if each.quantity and each.location_id == shelf.location_id
        ]
        assert sum(each.quantity for each in parts) == shelf.quantity, at
        assert sum(each.value for each in parts) == shelf.value, at


def _pick() -> Pick:
    none = new_id()
    return Pick(1, none, none, "L", None, Decimal(9), None, None, 0, Decimal(0), none, none)


def lot_number(shop: Shop, lot_id: UUID) -> str:
    found: str = shop.run("inventory.get_lot", {"lot_id": lot_id}).lot_number
    return found


def test_packs_are_made_of_what_is_below_their_place_and_stand_in_it(shop: Shop):
    shelf = shelf_of(shop)
    lot = put(shop, shelf, 0, 6)
    variant, made = shop.variant_ids[:2]
    before = shop.on_hand(made, shop.storage_id)
    given = {"variant_id": made, "packs": 2, "mrp": "60.00", "location_id": shop.storage_id}
    lines = [{"variant_id": variant, "quantity": 9}]
    done = shop.run("inventory.dispense_packs", given | {"lines": lines})
    assert [(x.lot_id, x.quantity) for x in done.used] == [(lot, 9)]
    assert (shop.on_hand(variant, shelf), shop.on_hand(variant, shop.storage_id)) == (1, 10)
    assert shop.on_hand(made, shop.storage_id) == before + 2
    named = [{"variant_id": variant, "quantity": 1, "lot_id": lot}]
    shop.run("inventory.dispense_packs", given | {"lines": named})
    assert shop.on_hand(variant, shelf) == 0
    far = given | {"location_id": shelf, "lines": named}
    with refused(shop, InsufficientStock):
        shop.run("inventory.dispense_packs", far)
    assert broken_promises() == []


def test_lots_below_a_place_are_listed_with_it_where_asked(shop: Shop):
    shelf = shelf_of(shop)
    lot = put(shop, shelf, 0, 6)
    wanted = {"lot_id": lot, "location_id": shop.storage_id}
    alone = shop.run("inventory.stock_by_lot", wanted).rows
    whole = shop.run("inventory.stock_by_lot", wanted | {"with_parts": True}).rows
    assert [x.on_hand for x in alone] == [4]
    assert sorted(x.on_hand for x in whole) == [4, 6]


def test_what_can_be_sold_at_a_place_counts_its_shelves(shop: Shop):
    shelf = shelf_of(shop)
    put(shop, shelf, 0, 4)

    def found(place: UUID) -> int:
        wanted = {"search": "arnica 1", "location_id": place}
        units: int = shop.run("catalog.search_products", wanted).rows[0].sellable
        return units

    assert (found(shop.storage_id), found(shelf)) == (20, 4)
    assert Decimal(found(shop.expired_store_id) or 0) == 0
