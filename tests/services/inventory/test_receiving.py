from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import IdempotencyKeyReused, InvalidInput, PermissionDenied
from erp.core.quantity import NotWholeUnits
from erp.services import accounting, platform
from erp.services.catalog import NotStocked, UnknownProduct, UnknownUnit
from erp.services.inventory import (
    ExpiredLot,
    LotRequired,
    MrpDiffers,
    OtherExpiry,
    ShortShelfLife,
    UnknownPlace,
    WrongPlace,
)
from erp.services.party import UnknownParty
from tests.factories import broken_promises, make_shop, receipt_line
from tests.services.books import balance
from tests.services.unchanged import fingerprint, refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("receiver", lots=0)


def receive(shop, *lines, **more):
    confirm = more.pop("confirm", ())
    given = {"lines": list(lines)} | more
    return shop.run("inventory.receive_goods", given, confirm=confirm)


def line(shop, quantity=10, **facts):
    variant_id = facts.pop("variant_id", shop.variant_ids[0])
    return receipt_line(shop.ctx, variant_id, facts.pop("quantity", quantity), **facts)


def test_a_delivery_raises_stock_and_both_accounts(shop):
    receipt = receive(shop, line(shop, 10, unit_cost="60.5050"), line(shop, 5))

    assert shop.on_hand(shop.variant_ids[0]) == 15
    assert receipt.value == Decimal("905.05")
    assert [row.quantity for row in receipt.lines] == [10, 5]
    assert shop.count("stock_move") == 2
    assert balance(shop, "inventory") == Decimal("905.05")
    assert balance(shop, "grni") == Decimal("-905.05")
    assert broken_promises() == []


def test_free_units_share_the_cost_of_the_paid_ones(shop):
    receipt = receive(shop, line(shop, 10, free_quantity=1, unit_cost="84.6364"))
    stock = shop.run("inventory.stock_by_lot").rows[0]

    assert (receipt.lines[0].quantity, receipt.value) == (11, Decimal("846.36"))
    assert (stock.on_hand, stock.value) == (11, Decimal("846.36"))


@pytest.mark.parametrize(
    "units", [{"quantity": 10, "unit_cost": "0"}, {"quantity": 0, "free_quantity": 10}]
)
def test_free_goods_alone_cost_nothing_and_book_nothing(shop, units):
    before = shop.count("journal_entry")
    receipt = receive(shop, line(shop) | units)

    assert receipt.value == 0
    assert shop.on_hand(shop.variant_ids[0]) == 10
    assert shop.count("journal_entry") == before


def test_a_box_is_counted_in_bottles(shop):
    box = {"variant_id": shop.variant_ids[0], "code": "BOX", "numerator": 12}
    half = {"variant_id": shop.variant_ids[0], "code": "TRAY", "numerator": 5, "denominator": 2}
    shop.run("catalog.define_unit", box)
    shop.run("catalog.define_unit", half)

    receipt = receive(
        shop,
        line(shop, "2.5", unit="BOX", unit_cost="720"),
        line(shop, 4, unit="TRAY", unit_cost="150"),
    )

    assert [row.quantity for row in receipt.lines] == [30, 10]
    assert receipt.value == Decimal("2400.00")


def test_the_same_lot_again_joins_it(shop):
    first = receive(shop, line(shop, 10, lot_number="a1"))
    again = receive(shop, line(shop, 5, lot_number="A1", unit_cost="66"))

    assert again.lines[0].lot_id == first.lines[0].lot_id
    row = shop.run("inventory.stock_by_lot").rows[0]
    assert (row.on_hand, row.value) == (15, Decimal("930.00"))


def test_another_maker_makes_another_lot(shop):
    first = receive(shop, line(shop, lot_number="A1", maker="Anil"))
    second = receive(shop, line(shop, lot_number="A1", maker="Bina"))

    assert first.lines[0].lot_id != second.lines[0].lot_id


def test_untracked_goods_are_kept_by_mrp(shop):
    product = {
        "name": "Glass Bottle",
        "form": "packaging",
        "brand": "Generic",
        "hsn": "70109000",
        "tax_class": "GST5",
        "is_lot_tracked": False,
        "is_expiry_required": False,
    }
    made = shop.run("catalog.create_product", product)
    pack = {"product_id": made.id, "pack_quantity": 12, "pack_unit": "nos"}
    variant_id = shop.run("catalog.create_variant", pack).id
    bare = {"variant_id": variant_id, "quantity": 3, "unit_cost": "10"}

    receipt = receive(shop, bare | {"mrp": "20"}, bare | {"mrp": "20.00"}, bare | {"mrp": "22"})

    lots = [row.lot_id for row in receipt.lines]
    assert lots[0] == lots[1] != lots[2]


def test_a_late_receipt_is_dated_when_it_happened(shop):
    day = shop.ctx.today - timedelta(days=40)
    receive(shop, line(shop, 10), received_on=day)

    before = shop.run("inventory.stock_as_of", {"on": day - timedelta(days=1)})
    after = shop.run("inventory.stock_as_of", {"on": day})
    then = shop.run("inventory.stock_as_of", {"on": day, "known_on": day})

    assert [p.total_quantity for p in (before, after, then)] == [0, 10, 0]
    assert broken_promises() == []


def test_the_same_key_receives_once(shop):
    given = {"idempotency_key": "receipt-key-1", "lines": [line(shop, 10)]}
    first = shop.answer("inventory.receive_goods", given)
    after = fingerprint(shop)
    second = shop.answer("inventory.receive_goods", given)

    assert (second.text, second.replayed) == (first.text, True)
    assert fingerprint(shop) == after
    with refused(shop, IdempotencyKeyReused):
        receive(shop, line(shop, 11), idempotency_key="receipt-key-1")


@pytest.mark.parametrize(
    ("facts", "error", "field"),
    [
        ({"lot_number": ""}, LotRequired, "lot_number"),
        ({"expires_on": None}, LotRequired, "expires_on"),
        ({"days": -1}, ExpiredLot, "expires_on"),
        ({"days": 89}, ShortShelfLife, "expires_on"),
        ({"days": 0}, ShortShelfLife, "expires_on"),
        ({"unit": "BOX"}, UnknownUnit, "unit"),
        ({"quantity": "1.5"}, NotWholeUnits, "quantity"),
        ({"variant_id": uuid4()}, UnknownProduct, "variant_id"),
    ],
)
def test_a_wrong_line_is_refused_at_its_field(shop, facts, error, field):
    with refused(shop, error, f"lines.1.{field}"):
        receive(shop, line(shop), line(shop, **facts))


def test_the_last_day_of_a_lot_still_counts(shop):
    receipt = receive(shop, line(shop, days=0), confirm=["short_shelf_life"])

    assert receipt.lines[0].quantity == 10


def test_dates_that_contradict_each_other_are_refused(shop):
    today = shop.ctx.today
    made_late = line(shop, manufactured_on=today + timedelta(days=1))
    made_after = line(shop, manufactured_on=today, expires_on=today)
    too_long = line(shop, manufactured_on=today.replace(day=1), days=62 * 31)

    with refused(
        shop, InvalidInput, "lines.0.manufactured_on", "lines.1.expires_on", "lines.2.expires_on"
    ):
        receive(shop, made_late, made_after, too_long)


def test_a_day_to_come_is_refused(shop):
    with refused(shop, InvalidInput, "received_on"):
        receive(shop, line(shop), received_on=shop.ctx.today + timedelta(days=1))


def test_every_wrong_field_is_named_at_once(shop):
    with refused(shop, LotRequired, "lines.0.lot_number", "lines.2.expires_on"):
        receive(shop, line(shop, lot_number=""), line(shop), line(shop, days=-5))


def test_short_life_may_be_confirmed(shop):
    receipt = receive(shop, line(shop, days=20), confirm=["short_shelf_life"])

    assert receipt.lines[0].quantity == 10


def test_expired_goods_are_refused_however_often_they_are_confirmed(shop):
    with refused(shop, ExpiredLot):
        receive(shop, line(shop, days=-1), confirm=["short_shelf_life", "expired_lot"])


def test_a_known_lot_with_another_mrp_is_refused(shop):
    receive(shop, line(shop, lot_number="A1"))

    with refused(shop, MrpDiffers, "lines.0.mrp") as refusal:
        receive(shop, line(shop, lot_number="A1", mrp="110.00"))
    assert "₹105.00" in refusal.value.message


def test_two_lines_of_a_new_lot_must_agree(shop):
    with refused(shop, MrpDiffers, "lines.1.mrp"):
        receive(shop, line(shop, lot_number="A1"), line(shop, lot_number="A1", mrp="110.00"))


def test_a_known_number_with_another_expiry_needs_consent(shop):
    first = receive(shop, line(shop, lot_number="A1"))
    other = line(shop, lot_number="A1", days=500)

    with refused(shop, OtherExpiry, "lines.0.expires_on"):
        receive(shop, other)
    second = receive(shop, other, confirm=["other_expiry"])
    assert second.lines[0].lot_id != first.lines[0].lot_id


def test_services_have_no_stock(shop):
    product = {
        "name": "Consultation",
        "form": "service",
        "brand": "Clinic",
        "hsn": "999319",
        "tax_class": "GST5",
        "is_service": True,
    }
    made = shop.run("catalog.create_product", product)
    pack = {"product_id": made.id, "pack_quantity": 1, "pack_unit": "visit", "base_unit": "NA"}
    visit = shop.run("catalog.create_variant", pack).id

    with refused(shop, NotStocked, "lines.0.variant_id"):
        receive(shop, receipt_line(shop.ctx, visit, 1))


def test_a_line_of_no_units_is_refused(shop):
    with refused(shop, InvalidInput, "lines.0.quantity"):
        receive(shop, line(shop, 0))


def test_a_delivery_is_kept_as_it_was_taken_in(shop):
    box = {"variant_id": shop.variant_ids[0], "code": "BOX", "numerator": 12}
    shop.run("catalog.define_unit", box)
    receipt = receive(shop, line(shop, "2", unit="BOX", free_quantity="1", unit_cost="720"))

    with db.unit_of_work(shop.ctx) as session:
        kept = db.fetch_one(
            session,
            "select unit, quantity, free_quantity, paid, free, unit_cost, value"
            " from goods_receipt_line where receipt_id = %s",
            (receipt.receipt_id,),
        )
    assert kept is not None
    assert tuple(kept.values()) == ("BOX", 2, 1, 24, 12, 720, 1440)
    assert broken_promises() == []


@pytest.mark.parametrize(
    "facts",
    [
        {"quantity": -1},
        {"quantity": "10000001"},
        {"quantity": "NaN"},
        {"quantity": "ten"},
        {"mrp": "0"},
        {"mrp": "1.005"},
        {"unit_cost": "-1"},
        {"unit_cost": "1.00005"},
        {"lot_number": "L" * 41},
        {"lot_number": "A\x00B"},
        {"maker": "m" * 501},
        {"batch": "B1"},
    ],
)
def test_input_out_of_shape_is_refused(shop, facts):
    before = fingerprint(shop)

    with pytest.raises(ValidationError):
        receive(shop, line(shop) | facts)
    assert fingerprint(shop) == before


def test_what_belongs_to_another_tenant_is_unknown(shop, stranger):
    supplier = {"name": "Maker", "kind": "manufacturer", "roles": ["supplier"], "state_code": "27"}
    foreign_supplier = stranger.run("party.create_party", supplier).id

    with refused(shop, UnknownProduct, "lines.0.variant_id"):
        receive(shop, receipt_line(shop.ctx, stranger.variant_ids[0], 1))
    with refused(shop, UnknownPlace, "location_id"):
        receive(shop, line(shop), location_id=stranger.storage_id)
    with refused(shop, UnknownParty, "supplier_id"):
        receive(shop, line(shop), supplier_id=foreign_supplier)


def test_goods_are_put_only_into_places_of_our_own(shop):
    with_customer = next(row for row in _places(shop) if row["kind"] == "customer")

    with refused(shop, WrongPlace, "location_id"):
        receive(shop, line(shop), location_id=with_customer["id"])


def _places(shop):
    with db.unit_of_work(shop.ctx) as session:
        return db.fetch_all(session, "select id, kind from location")


def test_a_closed_month_takes_no_receipt(shop):
    day = (shop.ctx.today.replace(day=1) - timedelta(days=1)).replace(day=10)
    receive(shop, line(shop), received_on=day)
    period = next(
        row
        for row in shop.run("accounting.list_periods").rows
        if row.starts_on <= day <= row.ends_on
    )
    shop.run(
        "accounting.set_period_status",
        {"period_id": period.id, "status": "closed", "reason": "Filed"},
    )

    with refused(shop, accounting.PeriodClosed):
        receive(shop, line(shop), received_on=day)


def test_only_those_who_may_receive(shop):
    for role in ("cashier", "accountant", "technician", "auditor"):
        with refused(shop, PermissionDenied):
            shop.run("inventory.receive_goods", {"lines": [line(shop)]}, by=shop.acting_as(role))
    storekeeper = shop.acting_as("storekeeper")
    assert shop.run("inventory.receive_goods", {"lines": [line(shop)]}, by=storekeeper).value > 0


def test_a_preview_tells_what_would_happen_and_does_nothing(shop):
    before = fingerprint(shop)
    shown = platform.preview("inventory.receive_goods", shop.ctx, {"lines": [line(shop, 10)]})

    assert {effect["kind"] for effect in shown.effects} == {"stock", "ledger"}
    assert fingerprint(shop) == before
