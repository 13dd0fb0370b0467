"""What one return leaves to the next: the order of periods, credit below zero, supplies below zero."""

from decimal import Decimal
from typing import Any

import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.models.gst_returns import CreditChangeKind
from erp.services import accounting
from erp.services.gst_returns import ReturnFiled, ReturnNotReady, TaxPeriodFiled
from erp.services.gst_returns.gstr3b import CreditChange, gstr3b_cells
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.paging import page_of
from erp.services.gst_returns.snapshots import liability_of, take_off
from erp.services.platform import Page, encode_cursor
from tests.factories import Shop, broken_promises, gstin_in
from tests.services.gst_returns.months import (
    at,
    buyer,
    deposit,
    detail,
    file_return,
    gstin_of,
    invoice_in,
    prepare,
    purchase,
)
from tests.services.trading import rows


def sold(shop: Shop, month: int, quantity: int = 10, **facts: Any) -> Any:
    """Sell units at a hundred to a registered retailer."""
    known = {"name": f"Buyer {month}", "gstin": gstin_in("27"), "gst_category": "regular"} | facts
    line = {"variant_id": shop.variant_ids[0], "quantity": quantity, "unit_price": "100.00"}
    order = {"customer_id": buyer(shop, **known), "lines": [line]}
    made = shop.run("sales.take_order", order, at=at(6, month))
    sent = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": quantity}]}
    return shop.run("billing.deliver_order", sent, at=at(6, month))


def figures(shop: Shop, month: int) -> Any:
    return detail(shop, prepare(shop, "gstr3b", month)).figures


def file_month(shop: Shop, month: int) -> None:
    """File both returns of a month."""
    file_return(shop, prepare(shop, "gstr1", month), month)
    file_return(shop, prepare(shop, "gstr3b", month), month)


def balance(shop: Shop, key: str) -> Decimal:
    found: Decimal = rows(
        shop,
        "select coalesce(sum(l.debit - l.credit), 0) as left from journal_line l join account a"
        " on (a.tenant_id, a.id) = (l.tenant_id, l.account_id) where a.key = %s",
        key,
    )[0]["left"]
    return found


def test_periods_are_filed_in_their_order_and_none_is_left_out(trader: Shop) -> None:
    sold(trader, 8)
    sold(trader, 9)
    september = prepare(trader, "gstr1", 9)
    with pytest.raises(ReturnNotReady, match="08/2025"):
        file_return(trader, september, 9)
    file_return(trader, prepare(trader, "gstr1", 8), 8)
    file_return(trader, september, 9)
    with pytest.raises(ReturnNotReady, match="10/2025"):
        file_return(trader, prepare(trader, "gstr1", 11), 11)
    early = prepare(trader, "gstr1", 7)
    with pytest.raises(ReturnFiled, match="09/2025"):
        file_return(trader, early, 7)
    with pytest.raises(TaxPeriodFiled):
        sold(trader, 7)
    with pytest.raises(ReturnNotReady, match="08/2025"):
        file_return(trader, prepare(trader, "gstr3b", 9), 9)


def test_credit_below_zero_is_owed_and_paid_once(trader: Shop) -> None:
    """No credit is there: what is taken back is tax in cash, and the next month's credit is whole."""
    about = {"gstin": gstin_of(trader), "kind": "blocked", "reason": "Expired"}
    trader.run("gst_returns.change_credit", about | {"cgst": "500.00"}, at=at(5))
    found = figures(trader, 10)
    assert (found["short"]["cgst"], found["cash"]["cgst"]) == ("500.00", "500.00")
    deposit(trader, "500.00")
    file_month(trader, 10)
    assert balance(trader, "input_cgst") == 0
    purchase(trader, "B-1", "10000.00", "5", booked_on=at(3, 11).date())
    sold(trader, 11)
    later = figures(trader, 11)
    assert (later["opening"]["cgst"], later["short"]["cgst"]) == ("0.00", "0.00")
    assert (later["cash"]["cgst"], later["left"]["cgst"]) == ("0.00", "225.00")
    assert broken_promises() == []


def test_supplies_below_zero_are_taken_off_the_next_return(trader: Shop) -> None:
    sent = sold(trader, 9)
    deposit(trader, "50.00", month=10)
    file_month(trader, 9)
    back = {"invoice_id": sent.invoice_id, "lines": [{"line_no": 1, "quantity": 10}]}
    trader.run("billing.take_back_goods", back | {"reason": "Not wanted"}, at=at(7))
    assert figures(trader, 10)["carried"]["3.1(a)"]["cgst"] == "-25.00"
    file_month(trader, 10)
    sold(trader, 11, 20)
    found = figures(trader, 11)
    assert found["cells"]["3.1(a)"]["taxable"] == "2000.00"
    assert found["stated"]["3.1(a)"] == {
        "taxable": "1000.00", "igst": "0.00", "cgst": "25.00", "sgst": "25.00"
    }  # fmt: skip
    assert (found["cash"]["cgst"], found["carried"]) == ("25.00", {})
    deposit(trader, "50.00", month=12)
    file_month(trader, 11)
    assert balance(trader, "output_cgst") == 0
    assert broken_promises() == []


def test_what_came_back_of_one_cell_pays_no_tax_of_another() -> None:
    cells = gstr3b_cells((), (), ()) | {
        "3.1(a)": Heads(Decimal(1000), Decimal(100)),
        "3.1(b)": Heads(Decimal(-1000), Decimal(-100)),
    }
    stated, carried = take_off(cells, {})
    assert liability_of(stated).igst == 100
    assert carried == {"3.1(b)": Heads(Decimal(-1000), Decimal(-100))}
    again, _ = take_off(gstr3b_cells((), (), ()) | {"3.1(b)": Heads(igst=Decimal(130))}, carried)
    assert liability_of(again).igst == 30


def test_a_bill_booked_with_other_tax_than_it_bears_is_a_difference(trader: Shop) -> None:
    bill = purchase(trader, "B-1", "1000.00", "5")
    assert prepare(trader, "gstr3b").blocking == 0
    lines = [accounting.debit("input_cgst", Decimal(9)), accounting.credit("bank", Decimal(9))]
    entry = accounting.NewEntry(
        "purchase", at(9).date(), "supplier_bill", bill.id, "more", "Again", lines
    )
    with db.unit_of_work(trader.ctx) as session:
        accounting.post_entry(session, trader.ctx, entry)
    found = detail(trader, prepare(trader, "gstr3b"))
    assert [(one["documents"]["cgst"], one["books"]["cgst"]) for one in found.differences] == [
        ("25.00", "34.00")
    ]
    assert found.figures["cells"]["4(A)(5)"]["cgst"] == "25.00"


def test_a_customer_who_becomes_something_else_changes_no_document(trader: Shop) -> None:
    sold(trader, 10)
    before = prepare(trader)
    with db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            "update party set gst_category = 'sez' where tenant_id = %s and name = 'Buyer 10'",
            (trader.tenant_id,),
        )
    after = prepare(trader)
    sections = [detail(trader, one).figures["sections"] for one in (before, after)]
    assert (after.blocking, sections[0]) == (0, sections[1])


def test_credit_of_a_cancelled_sale_of_an_asset_is_never_below_zero() -> None:
    kept = CreditChange(CreditChangeKind.ASSET_KEPT, Heads(cgst=Decimal(90), sgst=Decimal(90)))
    sold = CreditChange(CreditChangeKind.ASSET_SOLD, Heads(cgst=Decimal(90), sgst=Decimal(90)))
    alone = gstr3b_cells((), (), [kept])
    assert (alone["4(B)(1)"], alone["4(A)(5)"].cgst, alone["4(C)"].cgst) == (Heads(), 90, 90)
    both = gstr3b_cells((), (), [kept, sold])
    assert (both["4(B)(1)"], both["4(A)(5)"], both["4(C)"]) == (Heads(), Heads(), Heads())


def sold_far(shop: Shop, month: int, quantity: int) -> Any:
    """Sell to an unregistered buyer of another state."""
    customer = buyer(shop, name=f"Far {month}", state_code="24")
    return invoice_in(shop, month, 6, customer, (shop.variant_ids[0], quantity, "100.00"))


def test_more_that_came_back_from_a_state_than_went_there_is_taken_off_its_next_row(
    trader: Shop,
) -> None:
    sent = sold_far(trader, 9, 10)
    deposit(trader, "48.00", month=10)
    file_month(trader, 9)
    back = {"invoice_id": sent.invoice_id, "lines": [{"line_no": 1, "quantity": 10}]}
    trader.run("billing.take_back_goods", back | {"reason": "Not wanted"}, at=at(7))
    found = figures(trader, 10)
    assert found["inter"] == []
    assert found["carried"]["3.2 unreg 24"] == found["carried"]["3.1(a)"]
    file_month(trader, 10)
    sold_far(trader, 11, 20)
    (row,) = figures(trader, 11)["inter"]
    assert (row["pos"], row["taxable"]) == (
        "24",
        figures(trader, 11)["stated"]["3.1(a)"]["taxable"],
    )


def test_rows_alike_are_all_shown_page_by_page() -> None:
    rows_alike = ["a", "b", "b", "b", "c"]
    shown: list[str] = []
    cursor = ""
    for _ in rows_alike:
        page, cursor = page_of(rows_alike, Page(limit=2, cursor=cursor), str)
        shown += page
        if not cursor:
            break
    assert shown == rows_alike
    for forged in (encode_cursor("b", "3"), encode_cursor("b", "x"), encode_cursor("z", "0")):
        with pytest.raises(InvalidInput, match="first page"):
            page_of(rows_alike, Page(cursor=forged), str)
