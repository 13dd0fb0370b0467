"""Tables 11A and 11B: what advances for services add to a return and take off, equal to the tax accounts."""

import json
from typing import Any

import pytest

from erp.services.gst_returns import ReturnNotReady, TaxPeriodFiled
from tests.factories import Shop, broken_promises
from tests.services.gst_returns.months import at, detail, file_return, invoice, invoice_in, prepare
from tests.services.gst_returns.test_filing import sold
from tests.services.service_advances.serving import (
    advance,
    apply,
    refund,
    retailer,
    training,
    undo,
)


def file_of(shop: Shop, made: Any) -> Any:
    """Return the portal's file of a version that agrees."""
    assert detail(shop, made).differences == []
    answer = shop.run("gst_returns.get_portal_file", {"return_id": made.id}, at=at(28, 12))
    return json.loads(answer.content)


def cell(shop: Shop, month: int) -> Any:
    """Return 3.1(a) of a month's GSTR-3B, which agrees with the accounts."""
    found = detail(shop, prepare(shop, "gstr3b", month))
    assert found.differences == []
    return {name: float(amount) for name, amount in found.figures["cells"]["3.1(a)"].items()}


def heads(taxable: float, half: float = 0, igst: float = 0) -> dict[str, float]:
    """Return a value with its tax."""
    return {"taxable": taxable, "igst": igst, "cgst": half, "sgst": half}


def test_the_worked_example_is_in_table_11a_net_of_its_tax(trader: Shop) -> None:
    course = training(trader)
    advance(trader, retailer(trader), "1180.00", variant_id=course)
    advance(trader, retailer(trader, "24"), "590.00", variant_id=course)
    made = prepare(trader)
    inter = {"rt": 18.0, "ad_amt": 500.0, "iamt": 90.0, "csamt": 0.0}
    intra = {"rt": 18.0, "ad_amt": 1000.0, "camt": 90.0, "samt": 90.0, "csamt": 0.0}
    assert file_of(trader, made)["at"] == [
        {"pos": "24", "sply_ty": "INTER", "itms": [inter]},
        {"pos": "27", "sply_ty": "INTRA", "itms": [intra]},
    ]
    assert cell(trader, 10) == heads(1500, 90, 90)
    rows = trader.run("gst_returns.list_figure_rows", {"return_id": made.id, "part": "at"})
    assert (rows.taxable, rows.tax, len(rows.rows)) == (1500, 270, 2)
    assert rows.rows[0].page.startswith("/service-advances/")


def test_what_the_invoice_takes_is_in_table_11b_of_its_month(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    file_return(trader, prepare(trader))
    bill = invoice_in(trader, 11, 10, customer, (course, 1, "1000.00"))
    apply(trader, made, bill, "590.00", day=20, month=11)
    refund(trader, made, day=22, month=11)
    found = file_of(trader, prepare(trader, month=11))
    item = {"rt": 18.0, "ad_amt": 1000.0, "camt": 90.0, "samt": 90.0, "csamt": 0.0}
    assert found["txpd"] == [{"pos": "27", "sply_ty": "INTRA", "itms": [item]}]
    assert "at" not in found
    assert cell(trader, 11) == heads(0, 0)
    assert broken_promises() == []


def test_received_and_applied_in_one_month_stand_in_both_tables(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    sent = invoice(trader, 10, customer, (course, 1, "1000.00"))
    told = detail(trader, prepare(trader)).problems
    assert [one["code"] for one in told] == ["advance"]
    assert sent.number in told[0]["message"]
    apply(trader, made, sent)
    again = prepare(trader)
    found = file_of(trader, again)
    assert found["at"][0]["itms"] == found["txpd"][0]["itms"]
    assert detail(trader, again).problems == []
    assert cell(trader, 10) == heads(1000, 90)


def test_an_application_undone_later_is_an_advance_again(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    sent = invoice(trader, 10, customer, (course, 1, "1000.00"))
    done = apply(trader, made, sent)
    file_return(trader, prepare(trader))
    undo(trader, made, done, day=5, month=11)
    found = file_of(trader, prepare(trader, month=11))
    assert found["at"][0]["itms"][0]["ad_amt"] == 1000
    assert "txpd" not in found
    apply(trader, made, sent, day=6, month=11)
    found = file_of(trader, prepare(trader, month=11))
    assert ("at" in found, "txpd" in found) == (False, False)


def test_a_receipt_taken_back_in_its_month_is_in_no_table(trader: Shop) -> None:
    made = advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    given = {"advance_id": made.id, "reason": "Typed twice"}
    trader.run("service_advances.take_back_advance", given, at=at(8))
    sold(trader)
    found = file_of(trader, prepare(trader))
    assert ("at" in found, "txpd" in found) == (False, False)


def test_no_advance_is_received_or_moved_in_a_filed_month(trader: Shop) -> None:
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    file_return(trader, prepare(trader))
    with pytest.raises(TaxPeriodFiled):
        advance(
            trader, customer, "118.00", day=20, month=11, variant_id=course, paid_on="2025-10-30"
        )
    with pytest.raises(TaxPeriodFiled):
        refund(trader, made, day=20, month=11, paid_on="2025-10-30")
    assert broken_promises() == []


def test_the_month_of_the_first_advance_is_not_left_out(trader: Shop) -> None:
    advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    invoice_in(trader, 11, 10, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    with pytest.raises(ReturnNotReady, match="10/2025"):
        file_return(trader, prepare(trader, month=11), 11)
