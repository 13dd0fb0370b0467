"""Packs made of a stock bottle: cost to the paisa, expiry, and both lots for ever together."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.services import inventory
from erp.services.inventory import InsufficientStock, LotOnHold, WrongPlace
from erp.services.inventory.errors import UnknownDispensing
from tests.factories import broken_promises, make_shop
from tests.services.books import balance
from tests.services.inventory.past_goods import second_branch
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    """A shop whose first product is a stock bottle counted in ml, 450 to a bottle."""
    assert environment
    made = make_shop("dispenser", lots=0)
    unit = {"variant_id": made.variant_ids[0], "code": "BIG", "numerator": 450}
    made.run("catalog.define_unit", unit)
    return made


@pytest.fixture
def bottle(shop):
    return shop.receive(
        shop.variant_ids[0], 450, lot_number="STOCK", days=200, unit_cost="0.3333", mrp="1.00"
    )


def dispense(shop, packs=3, *, by=None, **more):
    line = {"variant_id": shop.variant_ids[0], "quantity": more.pop("quantity", 100)}
    line |= {name: more.pop(name) for name in ("lot_id", "unit") if name in more}
    given = {"variant_id": shop.variant_ids[1], "packs": packs, "mrp": "60.00", "lines": [line]}
    return shop.run("inventory.dispense_packs", given | more, by=by)


def test_what_is_used_and_what_is_made_cost_the_same_to_the_paisa(shop, bottle):
    before = shop.count("journal_entry")
    made = dispense(shop, 3, quantity=100, lot_id=bottle)

    assert made.value == Decimal("33.33")
    assert shop.on_hand(shop.variant_ids[0]) == 350
    assert shop.on_hand(shop.variant_ids[1]) == 3
    assert balance(shop, "inventory") == Decimal("149.99")
    assert shop.count("journal_entry") == before
    rows = shop.run("inventory.stock_by_lot", {"lot_id": made.lot_id}).rows
    assert [(x.lot_number, x.value) for x in rows] == [(made.number, Decimal("33.33"))]
    assert made.number.startswith("DP/")
    assert broken_promises() == []


def test_units_come_out_whole_in_base_units(shop, bottle):
    assert bottle
    half = dispense(shop, 10, quantity="0.5", unit="BIG")
    assert shop.on_hand(shop.variant_ids[0]) == 225
    assert half.value == Decimal("75.00")
    with refused(shop, InvalidInput, "lines.0.quantity"):
        dispense(shop, 1, quantity="0.001", unit="BIG")
    with refused(shop, InvalidInput, "lines.0.quantity"):
        dispense(shop, 1, quantity="0")


def test_packs_expire_with_the_first_of_what_they_are_made_of_or_by_their_own_rule(shop, bottle):
    assert bottle
    first = shop.ctx.today + timedelta(days=200)
    assert dispense(shop).expires_on == first
    assert dispense(shop, good_for_days=30).expires_on == shop.ctx.today + timedelta(days=30)
    assert dispense(shop, good_for_days=900).expires_on == first


def test_only_what_may_be_sold_is_used(shop, bottle):
    with refused(shop, InsufficientStock):
        dispense(shop, quantity=451)
    shop.run("inventory.hold_lot", {"lot_id": bottle, "reason": "smell"})
    with refused(shop, LotOnHold):
        dispense(shop, lot_id=bottle)
    outside = "select id from location where kind = 'production'"
    with db.unit_of_work(shop.ctx) as session:
        production = (db.fetch_one(session, outside) or {})["id"]
    move = inventory.Movement(
        shop.variant_ids[0], bottle, shop.storage_id, production, 1, Decimal(0)
    )
    with pytest.raises(CheckViolation, match="may not be sold"):  # noqa: SIM117  it rises at the end
        with db.unit_of_work(shop.ctx) as session:
            inventory.write_moves(session, shop.ctx, inventory.Origin("test", new_id()), [move])


def test_a_making_names_sound_places_and_other_goods(shop, bottle):
    assert bottle
    with refused(shop, InvalidInput, "lines.0.variant_id"):
        dispense(shop, variant_id=shop.variant_ids[0])
    with refused(shop, WrongPlace, "location_id"):
        dispense(shop, location_id=shop.expired_store_id)
    with refused(shop, PermissionDenied):
        dispense(shop, by=shop.acting_as("cashier"))
    dispense(shop, by=shop.acting_as("storekeeper"))


def test_a_recall_of_the_bottle_finds_the_packs_and_who_got_them(shop, bottle):
    packs = dispense(shop, 4, quantity=40, lot_id=bottle)
    again = {"variant_id": shop.variant_ids[2], "packs": 2, "mrp": "70.00"}
    line = {"variant_id": shop.variant_ids[1], "quantity": 1}
    finest = shop.run("inventory.dispense_packs", again | {"lines": [line]})
    person = {"name": "Asha", "kind": "patient", "state_code": "27", "phone": "9800000001"}
    asha = shop.run("party.create_party", person).id
    shop.sell({shop.variant_ids[1]: 1}, customer_id=asha)
    shop.sell({shop.variant_ids[2]: 2})
    found = shop.run("inventory.trace_lot", {"lot_id": bottle}).rows
    assert [(x.relation, x.steps, x.lot_id, x.on_hand) for x in found] == [
        ("made", 1, packs.lot_id, 2),
        ("made", 2, finest.lot_id, 0),
    ]
    back = shop.run("inventory.trace_lot", {"lot_id": finest.lot_id}).rows
    assert [(x.relation, x.lot_id) for x in back] == [
        ("source", packs.lot_id),
        ("source", bottle),
    ]

    shop.run("inventory.recall_lot", {"lot_id": bottle, "reason": "circular"})

    buyers = shop.run("reporting.list_lot_buyers", {"lot_id": bottle}).rows
    assert [(x.party, x.lot_number, x.quantity) for x in buyers][1:] == [("Asha", packs.number, 1)]
    assert buyers[0].lot_number == finest.number
    with refused(shop, InsufficientStock):
        shop.sell({shop.variant_ids[1]: 1})
    for lot_id in (bottle, packs.lot_id, finest.lot_id):
        assert shop.run("inventory.get_lot", {"lot_id": lot_id}).status == "recalled"
    assert broken_promises() == []


def test_a_recall_of_packs_leaves_the_bottle_alone(shop, bottle):
    packs = dispense(shop, lot_id=bottle)
    shop.run("inventory.recall_lot", {"lot_id": packs.lot_id, "reason": "label"})
    assert shop.run("inventory.get_lot", {"lot_id": bottle}).status == "available"


def test_what_is_made_is_no_return_and_what_is_used_is_demand(shop, bottle):
    dispense(shop, 30, quantity=90, lot_id=bottle)
    shop.sell({shop.variant_ids[1]: 14})

    def plan(at):
        wanted = {"variant_id": shop.variant_ids[at]}
        return shop.run("inventory.get_reorder_plan", wanted)

    assert plan(0).per_day == Decimal("6.4286")
    assert plan(1).per_day == 1


def test_makings_are_listed_where_they_were_made_and_their_label_is_printed(shop, bottle):
    made = dispense(shop, 3, quantity=100, lot_id=bottle)
    (row,) = shop.run("inventory.list_dispensings", {"search": "dp/"}).rows
    assert (row.packs, row.on_hand) == (3, 3)
    assert row.made_of == "100 BTL of Arnica 1 30C 30 ml SBL, lot STOCK"
    with db.unit_of_work(shop.ctx) as session:
        label = inventory.get_pack_label(session, shop.ctx, made.dispensing_id)
    assert (label.lot_number, label.made_of) == (made.number, ("STOCK",))
    assert (label.name, label.contents) == ("Arnica 2 30C 30 ml SBL", "30 ml")
    far = second_branch(shop)
    assert shop.run("inventory.list_dispensings", by=far.ctx).rows == []
    with db.unit_of_work(far.ctx) as session, pytest.raises(UnknownDispensing):
        inventory.get_pack_label(session, far.ctx, made.dispensing_id)
    nobody = replace(shop.acting_as("cashier"), permissions=frozenset({"pos.sell"}))
    with db.unit_of_work(nobody) as session, pytest.raises(PermissionDenied):
        inventory.get_pack_label(session, nobody, made.dispensing_id)
