"""Advances for services: taxed when received, once, until an invoice takes them or they go back."""

from decimal import Decimal

import pytest

from erp.services import payments
from erp.services.gst_returns import TaxPeriodFiled
from erp.services.service_advances import (
    AdvanceApplied,
    AdvanceUsedUp,
    NoTaxOnAdvance,
    NotItsService,
    StepUndone,
)
from tests.factories import Shop, broken_promises, gstin_in
from tests.services.books import balance
from tests.services.branches import add_branch
from tests.services.gst_returns.months import at, buyer, file_return, invoice, prepare, take_back
from tests.services.service_advances.serving import (
    advance,
    apply,
    detail,
    refund,
    retailer,
    training,
    undo,
)
from tests.services.trading import add_service, rows

TAX = ("output_cgst", "output_sgst", "output_igst")


def tax_owed(shop: Shop) -> list[Decimal]:
    """Return what the accounts of output tax hold."""
    return [-balance(shop, key) for key in TAX]


def test_its_tax_is_taken_out_and_due_at_once(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    assert (made.taxable, made.tax) == (1000, 180)
    assert tax_owed(trader) == [90, 90, 0]
    assert (balance(trader, "service_advances"), balance(trader, "gst_on_advances")) == (-1180, 180)
    assert balance(trader, "debtors") == 0
    found = trader.run("payments.get_payment", {"payment_id": made.id})
    assert (found.is_service_advance, found.unapplied, found.settles) == (True, 0, [])
    assert broken_promises() == []


def test_another_state_pays_integrated_tax_and_an_unsettled_service_18_percent(
    trader: Shop,
) -> None:
    made = advance(trader, retailer(trader, "24"), "1180.00", description="Some course")
    found = detail(trader, made)
    assert (found.igst, found.rate, found.sac, found.place_of_supply) == (180, 18, "", "24")
    assert tax_owed(trader) == [0, 0, 180]


def test_the_invoice_takes_the_advance_and_its_tax_once(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    sent = invoice(trader, 10, customer, (course, 2, "1000.00"))
    assert tax_owed(trader) == [270, 270, 0]
    done = apply(trader, made, sent)
    assert (done.amount, done.tax, done.left) == (1180, 180, 0)
    assert tax_owed(trader) == [180, 180, 0]
    assert (balance(trader, "debtors"), balance(trader, "service_advances")) == (1180, 0)
    assert balance(trader, "gst_on_advances") == 0
    with pytest.raises(AdvanceUsedUp):
        apply(trader, made, sent, "1.00")
    assert broken_promises() == []


def test_parts_take_the_tax_to_the_paisa(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1000.00", variant_id=course)
    sent = invoice(trader, 10, customer, (course, 1, "1000.00"))
    parts = [apply(trader, made, sent, "333.33"), apply(trader, made, sent, "333.33")]
    parts.append(refund(trader, made))
    assert sum(part.tax for part in parts) == made.tax
    assert detail(trader, made).tax_left == 0
    assert tax_owed(trader) == [90, 90, 0]
    assert broken_promises() == []


def test_goods_and_exempt_services_bear_none(trader: Shop) -> None:
    customer = retailer(trader)
    for variant in (trader.variant_ids[0], add_service(trader)):
        with pytest.raises(NoTaxOnAdvance) as refused:
            advance(trader, customer, "500.00", variant_id=variant)
        assert "variant_id" in refused.value.fields
    assert rows(trader, "select 1 from payment") == []


def test_only_taxable_services_of_its_customer_take_it(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    goods = invoice(trader, 10, customer, (trader.variant_ids[0], 10, "100.00"))
    other = invoice(trader, 10, retailer(trader, "24"), (course, 1, "1000.00"))
    for sent in (goods, other):
        with pytest.raises(NotItsService) as refused:
            apply(trader, made, sent)
        assert "invoice_id" in refused.value.fields
    mixed = invoice(
        trader, 11, customer, (course, 1, "500.00"), (trader.variant_ids[0], 10, "100.00")
    )
    assert [(row.number, row.most) for row in detail(trader, made).takers] == [(mixed.number, 590)]
    with pytest.raises(NotItsService, match="590"):
        apply(trader, made, mixed, "591.00")
    assert apply(trader, made, mixed).amount == 590
    assert detail(trader, made).takers == []


def test_what_came_back_takes_no_advance(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    sent = invoice(trader, 10, customer, (course, 2, "500.00"))
    take_back(trader, 12, sent, 1)
    assert apply(trader, made, sent).amount == 590


def test_an_application_is_undone_with_its_tax_and_not_set_apart_without(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    sent = invoice(trader, 10, customer, (course, 1, "1000.00"))
    done = apply(trader, made, sent)
    settled = rows(
        trader,
        "select o.id from open_item o join journal_entry e on (e.tenant_id, e.id) = (o.tenant_id, o.entry_id)"
        " where o.settled > 0 order by o.id",
    )
    for item in settled:
        with pytest.raises(AdvanceApplied):
            trader.run("payments.set_apart", {"item_id": item["id"], "reason": "Wrong"})
    undo(trader, made, done)
    assert tax_owed(trader) == [180, 180, 0]
    assert (balance(trader, "debtors"), balance(trader, "service_advances")) == (1180, -1180)
    with pytest.raises(StepUndone):
        undo(trader, made, done)
    again = apply(trader, made, sent, day=26)
    assert (again.amount, tax_owed(trader)) == (1180, [90, 90, 0])
    assert broken_promises() == []


def test_a_refund_takes_the_tax_off_and_is_undone_with_it(trader: Shop) -> None:
    made = advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    back = refund(trader, made)
    assert (back.amount, back.tax, tax_owed(trader)) == (1180, 180, [0, 0, 0])
    assert balance(trader, "bank") == 0
    listed = [
        len(trader.run("service_advances.list_advances", {"is_open": only}).rows)
        for only in (False, True)
    ]
    assert listed == [1, 0]
    with pytest.raises(AdvanceUsedUp):
        refund(trader, made, "1.00")
    with pytest.raises(payments.StepDone, match="advance's page"):
        trader.run("payments.reverse_payment", {"payment_id": back.payment_id, "reason": "x"})
    undo(trader, made, back)
    assert (tax_owed(trader), balance(trader, "bank")) == ([90, 90, 0], 1180)
    assert broken_promises() == []


def test_a_bounced_cheque_takes_the_receipt_back_with_its_tax(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    cheque = {"method": "cheque", "reference": "000123", "cheque_on": at(6).date()}
    made = advance(trader, customer, "1180.00", variant_id=course, **cheque)
    trader.run("payments.bank_cheque", {"payment_id": made.id}, at=at(8))
    with pytest.raises(payments.StepDone, match="advance's page"):
        trader.run("payments.reverse_payment", {"payment_id": made.id, "reason": "Bounced"})
    bounced = {"advance_id": made.id, "reason": "Bounced"}
    trader.run("service_advances.take_back_advance", bounced, at=at(9))
    assert (tax_owed(trader), balance(trader, "bank")) == ([0, 0, 0], 0)
    with pytest.raises(AdvanceUsedUp):
        refund(trader, made)
    with pytest.raises(StepUndone):
        trader.run("service_advances.take_back_advance", bounced, at=at(10))
    assert broken_promises() == []


def test_what_was_used_is_undone_before_the_receipt_is_taken_back(trader: Shop) -> None:
    made = advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    refund(trader, made, "100.00")
    with pytest.raises(StepUndone, match="first"):
        trader.run(
            "service_advances.take_back_advance",
            {"advance_id": made.id, "reason": "Bounced"},
            at=at(23),
        )


def test_a_till_spends_no_advance_for_a_service(trader: Shop) -> None:
    customer = buyer(trader)
    advance(trader, customer, "1180.00", variant_id=training(trader))
    found = trader.run("pos.get_advance", {"party_id": customer})
    assert found.balance == 0


def test_another_registration_does_not_take_it(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    there = add_branch(trader, gstin=gstin_in("24"), state="24").ctx
    line = {"variant_id": course, "quantity": 1, "unit_price": "1000.00"}
    taken = {"customer_id": customer, "lines": [line]}
    order = trader.run("sales.take_order", taken, by=there, at=at(10))
    wanted = {"order_id": order.id, "lines": [{"order_line_no": 1, "quantity": 1}]}
    sent = trader.run("billing.deliver_order", wanted, by=there, at=at(10))
    assert detail(trader, made).takers == []
    with pytest.raises(NotItsService, match="registration"):
        apply(trader, made, sent)


def test_a_filed_month_is_refused_at_the_field_that_the_form_has(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    advance(trader, customer, "1180.00", variant_id=course)
    file_return(trader, prepare(trader))
    late = {"variant_id": course, "paid_on": "2025-10-20", "month": 11}
    with pytest.raises(TaxPeriodFiled) as caught:
        advance(trader, customer, "1180.00", **late)
    assert list(caught.value.fields) == ["paid_on"]
