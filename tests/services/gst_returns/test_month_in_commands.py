"""The worked month, entered as a shop enters it, comes out of the books as the rules have it.

Left out is what the product does not do: a supply to a special economic zone without payment of
tax, and an invoice that is cancelled. Documents of orders are rounded to the rupee, so only their
values differ from the example.
"""

import json
from decimal import Decimal
from typing import Any

import pytest

from erp.services.gst_returns import ReturnNotReady
from tests.factories import Shop, broken_promises
from tests.services.gst_returns.example_month import MONTH
from tests.services.gst_returns.months import (
    at,
    buyer,
    detail,
    file_return,
    gstin_of,
    import_2b,
    invoice,
    prepare,
    product,
    purchase,
    take_back,
)
from tests.services.gst_returns.test_example_month import NAMES
from tests.services.purchasing.ordering import supplier
from tests.services.trading import journal

OWN = {"inum", "idt", "nt_num", "nt_dt", "val"}
"""What a document of ours has otherwise than the example's."""
CELLS = {
    "3.1(a)": "3.1(a)",
    "3.1(d)": "3.1(d)",
    "4(A)(3)": "4(A)(3)_reverse_charge",
    "4(A)(5)": "4(A)(5)_all_other",
    "4(B)(1)": "4(B)(1)",
    "4(C)": "4(C)_net",
}
"""Cells that nothing left out changes, by the example's names."""


def stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: stripped(member) for name, member in value.items() if name not in OWN}
    return [stripped(member) for member in value] if isinstance(value, list) else value


def sell_the_month(shop: Shop) -> None:
    medicine = product(shop, "30049014", "5", "95.00")
    dear = product(shop, "30049014", "5", "185.00")
    vials = product(shop, "39233090", "18", "160.00", unit="PAC")
    cream = product(shop, "33049910", "18", "125.00", unit="TUB")
    near = buyer(shop, name="Near", gstin="27ZZZPZ0103Z1Z6", gst_category="regular")
    far = buyer(shop, name="Far", gstin="24ZZZPZ0105Z1ZA", gst_category="regular", state_code="24")
    nobody = buyer(shop, name="Nobody", state_code="24", address="Surat")
    patient = buyer(shop, name="Away", kind="patient", state_code="29", address="Mysore")
    first = invoice(shop, 3, near, (medicine, 10, "72.38"))
    invoice(shop, 5, far, (medicine, 50, "65.14"), (vials, 10, "128.81"))
    large = invoice(shop, 9, nobody, (medicine, 1400, "75.9990"))
    shop.run("pos.post_sale", shop.cart({medicine: 4, cream: 1}), at=at(12))
    shop.run("pos.post_sale", shop.cart({dear: 4}, customer_id=patient), at=at(14))
    take_back(shop, 20, first, 2)
    take_back(shop, 24, large, 100)


def test_the_month_entered_by_commands_comes_out(trader: Shop) -> None:
    sell_the_month(trader)
    made = prepare(trader)
    found = detail(trader, made)
    assert (made.blocking, found.problems, found.differences) == (0, [], [])
    assert found.figures["total"]["igst"] == found.figures["booked"]["igst"]
    content = trader.run("gst_returns.get_portal_file", {"return_id": made.id}).content
    file = json.loads(content, parse_float=Decimal)
    expected = MONTH["expected_gstr1"]
    wanted = [one for one in expected["b2b"] if one["inv"][0]["inv_typ"] == "R"]
    assert stripped(file["b2b"]) == stripped(wanted)
    assert stripped(file["cdnr"]) == stripped(expected["cdnr"])
    assert stripped(file["b2cl"]) == stripped(expected["b2cl"])
    assert stripped(file["cdnur"]) == stripped(expected["cdnur"])
    assert file["b2cs"] == expected["b2cs"]
    assert file["hsn"]["hsn_b2c"] == expected["hsn"]["hsn_b2c"][:2]
    ours, theirs = file["hsn"]["hsn_b2b"], expected["hsn"]["hsn_b2b"]
    assert (ours[0]["qty"], ours[0]["txval"]) == (58, theirs[0]["txval"] - 9600)
    assert ours[1] == theirs[1]
    counts = [
        (row["totnum"], row["cancel"])
        for kind in file["doc_issue"]["doc_det"]
        for row in kind["docs"]
    ]
    assert counts == [(2, 0), (3, 0), (2, 0)]
    behind = trader.run("gst_returns.list_figure_rows", {"return_id": made.id, "part": "b2cl"})
    assert [(row.party, row.taxable) for row in behind.rows] == [("Nobody", Decimal("101332.00"))]
    wanted, turned = {"return_id": made.id, "part": "b2cs", "limit": 1}, []
    while page := trader.run("gst_returns.list_figure_rows", wanted):
        turned += [row.taxable for row in page.rows]
        if not page.next_cursor:
            break
        wanted["cursor"] = page.next_cursor
    assert (len(turned), sum(turned)) == (3, page.taxable)


def test_gstr3b_of_the_month_is_paid_by_credit_and_cash(trader: Shop) -> None:
    sell_the_month(trader)
    purchase(trader, "S1-901", "40000.00", "5")
    purchase(trader, "S2-77", "30000.00", "5", state="09")
    purchase(trader, "S3-12", "18000.00", "5", state="06")
    purchase(trader, "S7-5", "3000.00", "0", gst_category="composition")
    own = {"gstin": gstin_of(trader), "booked_on": "2025-10-20"}
    carrier = supplier(trader, name="Carrier", state_code="27", kind="transporter")
    freight = {
        "supplier_id": carrier,
        "description": "Freight",
        "hsn": "996791",
        "taxable": "2000.00",
        "rate": "5",
    }
    paper = trader.run("gst_returns.record_reverse_charge", own | freight, at=at(20))
    assert (paper.number, paper.tax) == ("SLF/25-26/00001", 100)
    lost = {"kind": "blocked", "cgst": "50.00", "sgst": "50.00", "reason": "Expired stock"}
    trader.run("gst_returns.change_credit", own | lost, at=at(21))
    reported = (("27", "S1-901", "40000.00", "5"), ("09", "s2-0077", "30000.00", "5"))
    import_2b(trader, *reported)
    first = prepare(trader)
    made = prepare(trader, "gstr3b")
    found = detail(trader, made)
    assert [one["number"] for one in found.figures["held"]] == ["S3-12"]
    cells = found.figures["cells"]
    for ours, theirs in CELLS.items():
        expected = MONTH["expected_gstr3b"][theirs]
        assert {name: cells[ours][NAMES[name]] for name in expected} == expected, ours
    assert cells["5 intra"]["taxable"] == "3000.00"
    with pytest.raises(ReturnNotReady, match="GSTR-1"):
        file_return(trader, made)
    file_return(trader, first)
    challan = {
        "gstin": own["gstin"],
        "reference": "CIN1",
        "amount": "4000.00",
        "deposited_on": "2025-11-14",
    }
    trader.run("gst_returns.deposit_cash", challan, at=at(14, 11))
    file_return(trader, made)
    assert journal(trader, made.id) == {
        ("Output IGST", Decimal("5134.65"), Decimal("0.00")),
        ("Output CGST", Decimal("33.06"), Decimal("0.00")),
        ("Output SGST", Decimal("33.06"), Decimal("0.00")),
        ("RCM CGST Payable", Decimal("50.00"), Decimal("0.00")),
        ("RCM SGST Payable", Decimal("50.00"), Decimal("0.00")),
        ("Input CGST (RCM)", Decimal("0.00"), Decimal("50.00")),
        ("Input SGST (RCM)", Decimal("0.00"), Decimal("50.00")),
        ("Input IGST", Decimal("0.00"), Decimal("1500.00")),
        ("Input CGST", Decimal("0.00"), Decimal("950.00")),
        ("Input SGST", Decimal("0.00"), Decimal("950.00")),
        ("GST Cash Ledger", Decimal("0.00"), Decimal("1801.00")),
        ("Round Off", Decimal("0.23"), Decimal("0.00")),
    }
    assert broken_promises() == []
    november = {"form": "gstr3b", "starts_on": "2025-11-01", "gstin": own["gstin"]}
    waits = trader.run("gst_returns.prepare_return", november, at=at(10, 12))
    import_2b(trader, ("06", "S3-12", "18000.00", "5"), month=11)
    comes = trader.run("gst_returns.prepare_return", november, at=at(10, 12))
    figures = [detail(trader, one).figures for one in (waits, comes)]
    assert [one["cells"]["4(A)(5)"]["igst"] for one in figures] == ["0.00", "900.00"]
    assert [(one["opening"]["igst"], len(one["held"])) for one in figures] == [
        ("0.00", 1),
        ("0.00", 0),
    ]
