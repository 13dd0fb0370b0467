"""Bills of entry, operators' invoices, and parts of GSTR-2B that are not read: listed or named, never passed over."""

import base64
import json
from decimal import Decimal
from typing import Any

import pytest

from erp.core.errors import InvalidInput
from erp.services.gst_returns.reading_2b import read_statement
from erp.services.gst_returns.unread_2b import parts_left_out
from tests.factories import Shop, broken_promises
from tests.services.gst_returns.months import OCTOBER, at, detail, prepare, purchase
from tests.services.gst_returns.statements import (
    amended_invoice,
    file_of,
    invoice,
    keep,
    note,
    supplier,
)

SEZ = "06"


def entry(number: str, value: float, tax: float, **more: str) -> dict[str, Any]:
    """Return a bill of entry as the portal writes it."""
    about = {"refdt": "14-10-2025", "recdt": "15-10-2025", "portcode": "INNSA1", "boenum": number}
    amounts = {"isamd": "N", "txval": value, "igst": tax, "cess": 0}
    return about | {"boedt": "12-10-2025"} | amounts | more


def matches(shop: Shop) -> Any:
    return shop.run("gst_returns.list_matches", {"starts_on": OCTOBER}, at=at(12, 12))


def test_bills_of_entry_are_listed_and_claimed_by_nobody(trader: Shop) -> None:
    zone = supplier(SEZ, "boe", entry("77", 500.0, 90.0))
    keep(trader, impg=[entry("2566282", 1000.0, 180.0)], impgsez=[zone])
    found = matches(trader)
    told = {row.number: (row.kind, row.supplier, row.reported, row.status) for row in found.rows}
    assert told == {
        "2566282 INNSA1": ("BOE", "Customs", 180, "missing_in_books"),
        "77 INNSA1": ("BOE", f"Supplier of {SEZ}", 90, "missing_in_books"),
    }
    assert all("4(A)(1)" in row.words for row in found.rows)
    assert (found.not_booked, found.claimed, found.left_out) == (270, 0, [])
    cells = detail(trader, prepare(trader, "gstr3b")).figures["cells"]
    assert cells["4(A)(5)"]["igst"] == "0.00"
    assert broken_promises() == []


def test_an_amended_bill_of_entry_takes_its_own_place(trader: Shop) -> None:
    keep(trader, impg=[entry("2566282", 1000.0, 180.0)])
    keep(trader, 11, impg=[entry("2566282", 900.0, 162.0, isamd="Y")])
    wanted = {"starts_on": "2025-11-01"}
    (row,) = trader.run("gst_returns.list_matches", wanted, at=at(17, 12)).rows
    assert (row.is_amended, row.reported) == (True, 162)
    assert [row.reported for row in matches(trader).rows] == [180]


def test_an_operators_invoice_is_matched_with_a_bill_of_theirs(trader: Shop) -> None:
    purchase(trader, "A-1", "1000.00", "5", state="09")
    amended = amended_invoice("09", "E-0", "E-1", "40.00")
    keep(
        trader,
        ecom=[supplier("09", "inv", invoice("09", "A-1", "1000.00"))],
        ecoma=[supplier("09", "inv", amended)],
    )
    found = {row.number: row for row in matches(trader).rows}
    assert (found["A-1"].status, found["A-1"].claimed) == ("exact", 50)
    assert (found["E-1"].status, found["E-1"].is_amended) == ("missing_in_books", True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"boedt": "2025-10-12"}, "date of bill of entry 2566282 INNSA1"),
        ({"boenum": "", "portcode": ""}, "boenum of a bill of entry"),
        ({"igst": "much"}, "igst of bill of entry"),
    ],
)
def test_a_bill_of_entry_that_cannot_be_read_is_named(
    trader: Shop, change: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_statement(file_of(trader, impg=[entry("2566282", 1000.0, 180.0, **change)]))


def test_what_is_not_read_is_said_by_name_before_and_after(trader: Shop) -> None:
    bills = supplier("09", "inv", invoice("09", "A-1", "400.00"), invoice("09", "A-2", "80.00"))
    notes = supplier("27", "nt", note("27", "CN-1", "100.00"))
    data = json.loads(file_of(trader, b2b=[bills], impga=[entry("1", 5.0, 1.0)], tds=[]))
    data["data"]["docRejdata"] = {"b2b": [bills], "cdnr": [notes]}
    data["data"]["newpart"] = [{"x": 1}]
    content = base64.b64encode(json.dumps(data).encode()).decode()
    told = [
        "impga: 1 document, amended bills of entry; compare them on the portal",
        "docRejdata: 3 documents, rejected in the portal's invoice management; they give no credit",
        "newpart: 1 document, not known here; look at them on the portal",
    ]
    seen = trader.run("gst_returns.read_2b", {"content": content})
    assert (seen.documents, seen.left_out) == (2, told)
    given = {"file_name": "2b.json", "content": content}
    trader.run("gst_returns.import_2b", given, at=at(16, 11))
    assert matches(trader).left_out == told


def test_sums_and_empty_parts_are_no_documents() -> None:
    data = {
        "docdata": {"b2b": [{}], "impga": []},
        "itcsumm": {"itcavl": {"x": 1}},
        "fc": Decimal(1),
    }
    assert list(parts_left_out(data, {"b2b"})) == []
