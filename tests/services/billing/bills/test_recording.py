"""Recording suppliers' bills: what is booked, what the goods cost, what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.core.quantity import NotWholeUnits
from erp.services.accounting import KeptAccount, PeriodClosed
from erp.services.billing import BilledTwice, TaxNotDue, TotalDiffers, UnknownDelivery
from erp.services.party import UnknownParty
from erp.services.platform import preview
from erp.services.purchasing import NotASupplier
from tests.factories import broken_promises, make_shop
from tests.services.billing.bills.billing import (
    bill,
    billed,
    came,
    decide,
    detail,
    goods,
    registered,
    unbilled,
)
from tests.services.books import balance
from tests.services.branches import add_branch, registration
from tests.services.purchasing.ordering import line, place, receive, supplier
from tests.services.unchanged import refused


def test_a_bill_that_matches_is_owed_and_clears_what_was_received(shop):
    receipt = came(shop, goods(shop, 10))
    made = bill(shop, "630.00", billed(receipt, 10, "60"))

    assert (made.status, made.findings, made.excess) == ("posted", {}, 0)
    assert made.number.startswith("PB/")
    assert balance(shop, "grni") == 0
    assert balance(shop, "creditors") == Decimal("-630.00")
    assert (balance(shop, "input_cgst"), balance(shop, "input_sgst")) == (15, 15)
    assert balance(shop, "inventory") == Decimal("600.00")
    assert unbilled(shop).rows == []
    assert broken_promises() == []


def test_a_bill_from_another_state_bears_igst(shop):
    other = registered(shop, "09", name="Bakson Agencies")
    receipt = came(shop, goods(shop, 10), supplier_id=other)
    bill(shop, "630.00", billed(receipt, 10, "60"), supplier_id=other)

    assert (balance(shop, "input_igst"), balance(shop, "input_cgst")) == (30, 0)
    assert broken_promises() == []


def test_a_discount_is_taken_off_before_tax_and_a_rupee_is_rounded(shop):
    receipt = came(shop, goods(shop, 10, unit_cost="54"))
    made = bill(shop, "567.00", billed(receipt, 10, "60", discount_percent="10"))
    assert made.status == "posted"
    again = came(shop, goods(shop, 1, unit_cost="60.50"))
    made = bill(shop, "64.00", billed(again, 1, "60.50"), bill_number="SBL/118")
    assert made.status == "posted"
    assert balance(shop, "round_off") == Decimal("0.48")
    assert broken_promises() == []


def test_a_delivery_may_be_billed_in_parts(shop):
    receipt = came(shop, goods(shop, 3, unit_cost="33.3333"))
    for number, total in (("A1", "35.00"), ("A2", "35.00"), ("A3", "35.00")):
        left = unbilled(shop).total
        bill(shop, total, billed(receipt, 1, "33.3333"), bill_number=number)
        assert unbilled(shop).total < left
    assert balance(shop, "grni") == 0
    assert broken_promises() == []


def test_a_bill_holds_several_deliveries_and_none_twice(shop):
    first, second = came(shop, goods(shop, 10)), came(shop, goods(shop, 5, at=1))
    lines = [billed(first, 10, "60"), billed(second, 5, "60")]
    with refused(shop, InvalidInput, "lines.2.receipt_line_no"):
        bill(shop, "945.00", *lines, lines[0])
    assert bill(shop, "945.00", *lines).status == "posted"


def test_a_small_difference_goes_to_goods_here_and_goods_gone(shop):
    receipt = came(shop, goods(shop, 10))
    shop.sell({shop.variant_ids[0]: 4})
    sold = balance(shop, "cogs")
    made = bill(shop, "635.26", billed(receipt, 10, "60.50"))

    assert made.status == "posted"
    assert balance(shop, "inventory") == Decimal("363.00")
    assert balance(shop, "cogs") - sold == Decimal("2.00")
    assert balance(shop, "grni") == 0
    found = detail(shop, made)
    assert (found.to_stock, found.to_gone) == (Decimal("3.00"), Decimal("2.00"))
    assert {entry.total for entry in found.entries} == {Decimal("635.26"), Decimal("5.00")}
    assert broken_promises() == []


def test_goods_that_moved_are_revalued_where_they_are(shop):
    receipt = came(shop, goods(shop, 10))
    lot = {"lot_id": receipt.lines[0].lot_id, "quantity": 4}
    shop.run(
        "inventory.transfer_stock",
        {
            "from_location_id": shop.storage_id,
            "to_location_id": shop.expired_store_id,
            "lines": [lot],
        },
    )
    bill(shop, "635.26", billed(receipt, 10, "60.50"))
    assert balance(shop, "inventory") == Decimal("363.00")
    assert balance(shop, "inventory_expired") == Decimal("242.00")
    assert broken_promises() == []


def test_stock_as_of_a_day_knows_what_the_goods_turned_out_to_cost(shop):
    receipt = came(shop, goods(shop, 10))
    bill(shop, "635.26", billed(receipt, 10, "60.50"))
    now = shop.run("inventory.stock_as_of", {"on": shop.ctx.today})
    before = shop.run("inventory.stock_as_of", {"on": shop.ctx.today - timedelta(days=1)})
    assert (now.total_value, before.total_value) == (Decimal("605.00"), Decimal("0.00"))


def test_goods_never_fall_below_zero_whatever_the_bill_takes_off(shop):
    dear = came(shop, goods(shop, 10, lot_number="L1"))
    shop.sell({shop.variant_ids[0]: 10})
    cheap = goods(shop, 10, lot_number="L1", unit_cost="1")
    came(shop, cheap)
    made = bill(shop, "0.00", billed(dear, 10, "0"))
    assert made.status == "held"
    decide(shop, made, "accepted")
    assert balance(shop, "inventory") == 0
    assert balance(shop, "grni") == Decimal("-10.00")
    assert broken_promises() == []


def test_charges_make_goods_dearer_or_are_an_expense(shop):
    usual = {"price_percent": "1", "price_amount": "10.00", "charge_percent": "15"}
    shop.run("billing.set_match_tolerances", usual)
    receipt = came(shop, goods(shop, 10), goods(shop, 10, at=1, unit_cost="30"))
    lines = [
        billed(receipt, 10, "60"),
        billed(receipt, 10, "30", receipt_line_no=2),
    ]
    charges = [
        {"label": "Packing", "amount": "90.00", "gst_rate": 5},
        {"label": "Freight", "amount": "40.00", "gst_rate": 18, "is_cost_of_goods": False},
    ]
    made = bill(shop, "1086.70", *lines, charges=charges)
    assert made.status == "posted"
    assert balance(shop, "inventory") == Decimal("990.00")
    assert balance(shop, "freight_inward") == Decimal("40.00")
    values = {row.variant_id: row.value for row in shop.run("inventory.stock_by_lot").rows}
    assert values == {
        shop.variant_ids[0]: Decimal("660.00"),
        shop.variant_ids[1]: Decimal("330.00"),
    }
    assert broken_promises() == []


def test_a_charge_needs_goods_to_be_spread_over(shop):
    charge = {"label": "Freight", "amount": "100.00", "gst_rate": 5}
    with refused(shop, InvalidInput, "charges.0.is_cost_of_goods"):
        bill(shop, "105.00", charges=[charge])
    made = bill(shop, "105.00", charges=[charge | {"is_cost_of_goods": False}])
    assert (made.status, made.findings, made.excess) == ("held", {1: ["charge"]}, 100)
    decide(shop, made, "accepted")
    assert balance(shop, "freight_inward") == 100


@pytest.mark.parametrize(("charge", "status"), [("30.00", "posted"), ("30.01", "held")])
def test_charges_beyond_what_the_goods_let_expect_are_held(shop, charge, status):
    receipt = came(shop, goods(shop, 10))
    packing = {"label": "Packing", "amount": charge, "gst_rate": 5}
    made = bill(shop, "661.50", billed(receipt, 10, "60"), charges=[packing])
    assert made.status == status
    assert made.findings == ({} if status == "posted" else {2: ["charge"]})


def test_a_supplier_in_a_special_zone_bears_igst_within_the_state(shop):
    zone = registered(shop, name="Zone Labs", gst_category="sez")
    receipt = came(shop, goods(shop, 10), supplier_id=zone)
    bill(shop, "630.00", billed(receipt, 10, "60"), supplier_id=zone)
    assert (balance(shop, "input_igst"), balance(shop, "input_cgst")) == (30, 0)


def test_who_is_not_registered_pays_the_tax_as_cost(environment):
    assert environment
    shop = make_shop("unregistered", lots=0)
    registered(shop)
    branch = add_branch(shop, gstin=None)
    given = {"supplier_id": None, "lines": [goods(shop, 10)]}
    receipt = shop.run("inventory.receive_goods", given, by=branch.ctx)
    made = bill(shop, "630.00", billed(receipt, 10, "60"), by=branch.ctx)
    assert made.status == "posted"
    assert balance(shop, "inventory") == Decimal("630.00")
    assert balance(shop, "input_cgst") == 0
    assert broken_promises() == []


def test_who_may_charge_no_tax_bills_none(shop):
    small = supplier(shop, name="Aruna Packing")
    receipt = came(shop, goods(shop, 10), supplier_id=small)
    with refused(shop, TaxNotDue, "lines.0.gst_rate"):
        bill(shop, "630.00", billed(receipt, 10, "60"), supplier_id=small)
    assert [row.gst_rate for row in unbilled(shop, supplier_id=small).rows] == [0]
    made = bill(shop, "600.00", billed(receipt, 10, "60", gst_rate=0), supplier_id=small)
    assert (made.status, balance(shop, "inventory")) == ("posted", 600)


def test_another_rate_than_the_products_is_found(shop):
    receipt = came(shop, goods(shop, 10))
    made = bill(shop, "672.00", billed(receipt, 10, "60", gst_rate=12))
    assert made.findings == {1: ["tax_rate"]}
    assert (made.excess, made.excess_tax) == (0, 42)


def test_the_lines_add_up_to_what_is_printed(shop):
    receipt = came(shop, goods(shop, 10))
    with refused(shop, TotalDiffers, "total") as refusal:
        bill(shop, "631.01", billed(receipt, 10, "60"))
    assert "630.00" in refusal.value.message
    assert bill(shop, "631.00", billed(receipt, 10, "60")).status == "posted"


@pytest.mark.parametrize("number", ["B1/12", "B11/2", "B112"])
def test_numbers_that_only_look_alike_are_other_bills(shop, number):
    receipt = came(shop, goods(shop, 10))
    bill(shop, "315.00", billed(receipt, 5, "60"), bill_number="B-1-1-2")
    made = bill(shop, "315.00", billed(receipt, 5, "60"), bill_number=number)
    assert made.status == "posted"


@pytest.mark.parametrize("number", ["SBL/117", "sbl-0117", "SBL 117"])
def test_a_bill_is_recorded_once_however_it_is_written(shop, number):
    receipt = came(shop, goods(shop, 10))
    bill(shop, "315.00", billed(receipt, 5, "60"))
    with refused(shop, BilledTwice, "bill_number"):
        bill(shop, "315.00", billed(receipt, 5, "60"), bill_number=number)


def test_another_supplier_may_use_the_same_number(shop):
    other = registered(shop, "09", name="Bakson Agencies")
    first = came(shop, goods(shop, 10))
    second = came(shop, goods(shop, 10), supplier_id=other)
    bill(shop, "630.00", billed(first, 10, "60"))
    made = bill(shop, "630.00", billed(second, 10, "60"), supplier_id=other)
    assert made.status == "posted"


def test_only_what_the_supplier_brought_here_is_billed(shop, stranger):
    other = registered(shop, "09", name="Bakson Agencies")
    theirs = came(shop, goods(shop, 10), supplier_id=other)
    elsewhere = add_branch(shop, gstin=registration(shop))
    there = shop.run("inventory.receive_goods", {"lines": [goods(shop, 1)]}, by=elsewhere.ctx)
    foreign = came(stranger, goods(stranger, 1), supplier_id=registered(stranger))
    for receipt in (theirs, there, foreign):
        with refused(shop, UnknownDelivery, "lines.0.receipt_line_no"):
            bill(shop, "63.00", billed(receipt, 1, "60"))
    ours = came(shop, goods(shop, 1))
    with refused(shop, UnknownDelivery, "lines.0.receipt_line_no"):
        bill(shop, "63.00", billed(ours, 1, "60", receipt_line_no=2))
    with refused(shop, UnknownParty, "supplier_id"):
        bill(shop, "63.00", billed(ours, 1, "60"), supplier_id=new_id())
    customer = shop.run(
        "party.create_party", {"name": "Asha", "kind": "patient", "state_code": "27"}
    ).id
    with refused(shop, NotASupplier, "supplier_id"):
        bill(shop, "63.00", billed(ours, 1, "60"), supplier_id=customer)


def test_free_units_are_never_billed(shop):
    receipt = came(shop, goods(shop, 0, free_quantity=5))
    assert unbilled(shop).rows == []
    with refused(shop, UnknownDelivery, "lines.0.receipt_line_no"):
        bill(shop, "63.00", billed(receipt, 1, "60"))


def test_a_price_is_compared_with_the_order_in_force(shop):
    order = place(shop, line(shop, 10))
    delivery = receive(shop, order, {1: 10})
    (row,) = unbilled(shop).rows
    assert (row.order_number, row.expected_cost, row.gst_rate) == (order.number, 60, 5)
    made = bill(shop, "735.00", billed(delivery, 10, "70"))
    assert made.findings == {1: ["price"]}
    (seen,) = detail(shop, made).lines
    assert (seen.order_number, seen.ordered_quantity, seen.received) == (order.number, 10, 10)


def test_the_days_of_a_bill_make_sense(shop):
    today = shop.ctx.today
    receipt = came(shop, goods(shop, 10))
    line_ = billed(receipt, 10, "60")
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    with refused(shop, InvalidInput, "billed_on"):
        bill(shop, "630.00", line_, billed_on=tomorrow)
    with refused(shop, InvalidInput, "booked_on"):
        bill(shop, "630.00", line_, booked_on=yesterday)
    with refused(shop, InvalidInput, "booked_on"):
        bill(shop, "630.00", line_, booked_on=tomorrow)
    with refused(shop, InvalidInput, "booked_on"):  # the goods came today
        bill(shop, "630.00", line_, billed_on=yesterday, booked_on=yesterday)
    with refused(shop, InvalidInput, "due_on"):
        bill(shop, "630.00", line_, due_on=yesterday)
    made = detail(shop, bill(shop, "630.00", line_, billed_on=yesterday))
    assert (made.billed_on, made.booked_on, made.due_on) == (yesterday, today, yesterday)


def test_a_bill_is_due_by_the_suppliers_credit_days(shop):
    patient = registered(shop, "09", name="Bakson Agencies", credit_days=30)
    receipt = came(shop, goods(shop, 1), supplier_id=patient)
    made = bill(shop, "63.00", billed(receipt, 1, "60"), supplier_id=patient)
    assert detail(shop, made).due_on == shop.ctx.today + timedelta(days=30)


def test_a_closed_month_takes_no_bill(shop):
    receipt = came(shop, goods(shop, 10))
    period = next(
        row
        for row in shop.run("accounting.list_periods").rows
        if row.starts_on <= shop.ctx.today <= row.ends_on
    )
    shop.run(
        "accounting.set_period_status",
        {"period_id": period.id, "status": "closed", "reason": "Filed"},
    )
    with refused(shop, PeriodClosed):
        bill(shop, "630.00", billed(receipt, 10, "60"))


@pytest.mark.parametrize(
    "facts",
    [
        {"quantity": "0"},
        {"quantity": "-1"},
        {"unit_cost": "-1"},
        {"gst_rate": "101"},
        {"discount_percent": "101"},
        {"batch": "B1"},
    ],
)
def test_input_out_of_shape_is_refused(shop, facts):
    receipt = came(shop, goods(shop, 10))
    with pytest.raises(ValidationError):
        bill(shop, "630.00", billed(receipt, 10, "60") | facts)


def test_an_empty_bill_a_broken_unit_and_no_number_are_refused(shop):
    receipt = came(shop, goods(shop, 10))
    with refused(shop, InvalidInput, "lines"):
        bill(shop, "0.00")
    with refused(shop, InvalidInput, "bill_number"):
        bill(shop, "630.00", billed(receipt, 10, "60"), bill_number="--/")
    with refused(shop, NotWholeUnits, "lines.0.quantity"):
        bill(shop, "31.50", billed(receipt, "0.5", "60"))


def test_a_dry_run_says_what_would_be_booked_and_keeps_nothing(shop):
    receipt = came(shop, goods(shop, 10))
    before = shop.count("supplier_bill")
    shown = preview(
        "billing.record_bill",
        shop.ctx,
        {
            "supplier_id": shop.run("party.list_parties", {"role": "supplier"}).rows[0].id,
            "bill_number": "SBL/117",
            "billed_on": shop.ctx.today,
            "total": "635.26",
            "lines": [billed(receipt, 10, "60.50")],
        },
    )
    kinds = {effect["kind"] for effect in shown.effects}
    assert {"ledger", "cost"} <= kinds
    assert shop.count("supplier_bill") == before


def test_nobody_types_into_accounts_that_bills_keep(shop):
    for key in ("grni", "supplier_claims"):
        lines = [
            {"account_key": key, "debit": "10.00", "party_id": None},
            {"account_key": "cash", "credit": "10.00"},
        ]
        given = {"effective_on": shop.ctx.today, "narration": "Wrong", "lines": lines}
        with refused(shop, KeptAccount, "lines.0.account_key"):
            shop.run("accounting.post_manual_entry", given)


def test_who_may_not_see_or_record_bills_is_refused(shop):
    receipt = came(shop, goods(shop, 10))
    cashier, auditor = shop.acting_as("cashier"), shop.acting_as("auditor")
    for name in ("billing.list_bills", "billing.list_unbilled", "billing.get_match_tolerances"):
        with refused(shop, PermissionDenied):
            shop.run(name, by=cashier)
        shop.run(name, by=auditor)
    with refused(shop, PermissionDenied):
        bill(shop, "630.00", billed(receipt, 10, "60"), by=auditor)
