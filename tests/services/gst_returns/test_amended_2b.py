"""What suppliers amend, take back or share out in GSTR-2B counts once, and is compared with the books."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest

from erp.core.errors import InvalidInput
from erp.services.gst_returns import NotItsBill, ReturnNotReady
from erp.services.gst_returns.amended_2b import standing
from erp.services.gst_returns.reading_2b import read_statement
from tests.factories import Shop, broken_promises
from tests.services.gst_returns.months import (
    OCTOBER,
    at,
    detail,
    file_return,
    prepare,
    purchase,
)
from tests.services.gst_returns.statements import (
    amended_invoice,
    amended_note,
    file_of,
    invoice,
    keep,
    note,
    share,
    supplier,
)
from tests.services.trading import rows

NOVEMBER = "2025-11-01"


def matches(shop: Shop, starts_on: Any = OCTOBER) -> dict[str, Any]:
    """Return pairs of a month by number."""
    found = shop.run("gst_returns.list_matches", {"starts_on": starts_on}, at=at(17, 12))
    return {row.number: row for row in found.rows}


def cells(shop: Shop, month: int = 10) -> Any:
    return detail(shop, prepare(shop, "gstr3b", month)).figures["cells"]


def file_october(shop: Shop) -> None:
    file_return(shop, prepare(shop))
    file_return(shop, prepare(shop, "gstr3b"))


def send_back(shop: Shop, bill_id: UUID, quantity: int) -> Any:
    """Send units of a bill's lot back on 20 October."""
    (line,) = rows(
        shop,
        "select l.lot_id, b.supplier_id from supplier_bill_line l"
        " join supplier_bill b on b.id = l.bill_id where b.id = %s",
        bill_id,
    )
    gone = {
        "lot_id": line["lot_id"], "location_id": shop.storage_id, "quantity": quantity,
        "reason": "damaged",
    }  # fmt: skip
    given = {"supplier_id": line["supplier_id"], "lines": [gone]}
    confirm = ("outside_claim_window",)
    return shop.run("billing.return_goods", given, at=at(20), confirm=confirm)


def answered(shop: Shop, sent: Any, number: str, value: str, tax: str) -> None:
    """Record the supplier's note for a return."""
    given = {"claim_id": sent.claim_id, "credit_note": number, "credited": value}
    shop.run("billing.settle_claim", given | {"credited_tax": tax}, at=at(21))


def test_every_section_of_a_real_file_is_read(trader: Shop) -> None:
    content = file_of(
        trader,
        b2b=[supplier("09", "inv", invoice("09", "A-1", "400.00"))],
        b2ba=[supplier("09", "inv", amended_invoice("09", "A-0", "A-2", "500.00"))],
        cdnr=[supplier("27", "nt", note("27", "CN-1", "100.00"), note("27", "DN-1", "60.00", "D"))],
        cdnra=[supplier("27", "nt", amended_note("27", "CN-1", "CN-2", "120.00"))],
        isd=[supplier("09", "doclist", share("09", "S0080", "400.00"))],
        isda=[
            supplier(
                "09", "doclist",
                {"odoctyp": "ISDC", "odocnum": "1004", "odocdt": "02-10-2025"} | share("09", "S0081", "40.00", "ISDC"),
            )
        ],
    )  # fmt: skip
    found = [
        (one.kind, one.number, one.heads.tax, one.original.number if one.original else "")
        for one in read_statement(content).documents
    ]
    assert found == [
        ("INV", "A-1", 20, ""),
        ("INV", "A-2", 25, "A-0"),
        ("CRN", "CN-1", 5, ""),
        ("DBN", "DN-1", 3, ""),
        ("CRN", "CN-2", 6, "CN-1"),
        ("ISD", "S0080", 20, ""),
        ("ISC", "S0081", 2, "1004"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"oinum": "A-0"', b'"oinum": ""', "oinum of document A-2"),
        (b'"oidt": "08-10-2025"', b'"oidt": "2025-10-08"', "date of the original of document A-2"),
        (b'"typ": "C"', b'"typ": "X"', "typ of document CN-1 is not one of C, D"),
        (b'"onttyp": "C"', b'"onttyp": null', "onttyp of document CN-2"),
        (b'"doctyp": "ISDI"', b'"doctyp": "ISD"', "doctyp of document S0080"),
        (b'"docnum": "S0080"', b'"docnum": 80', "docnum of a document"),
        (b'"nt": [', b'"nt": 7, "x": [', "nt is no list"),
    ],
)
def test_a_malformed_section_is_refused_where_it_is_wrong(
    trader: Shop, old: bytes, new: bytes, words: str
) -> None:
    content = file_of(
        trader,
        b2ba=[supplier("09", "inv", amended_invoice("09", "A-0", "A-2", "500.00"))],
        cdnr=[supplier("27", "nt", note("27", "CN-1", "100.00"))],
        cdnra=[supplier("27", "nt", amended_note("27", "CN-1", "CN-2", "120.00"))],
        isd=[supplier("09", "doclist", share("09", "S0080", "400.00"))],
    )
    assert old in content
    with pytest.raises(InvalidInput, match=words):
        read_statement(content.replace(old, new))


def test_an_amendment_takes_the_place_of_its_original_and_frees_what_waited(trader: Shop) -> None:
    purchase(trader, "A-1", "1000.00", "5", state="09")
    keep(trader, b2b=[supplier("09", "inv", invoice("09", "A-1", "800.00"))])
    row = matches(trader)["A-1"]
    trader.run(
        "gst_returns.decide_reported", {"reported_id": row.reported_id, "decision": "accepted"}
    )
    assert cells(trader)["4(A)(5)"]["igst"] == "40.00"
    file_october(trader)
    mended = [supplier("09", "inv", amended_invoice("09", "A-1", "A-1", "1000.00"))]
    keep(trader, 11, b2ba=mended)
    assert cells(trader, 11)["4(A)(5)"]["igst"] == "10.00"
    (row,) = matches(trader, NOVEMBER).values()
    assert (row.status.value, row.reported, row.is_amended) == ("exact", 50, True)
    assert "before it was A-1 of 08-10-2025, tax ₹40.00" in row.words
    assert matches(trader)["A-1"].reported == 40
    again = keep(trader, 11, b2ba=mended, b2b=[supplier("24", "inv", invoice("24", "Z-1", "9.00"))])
    assert (again.added, again.known) == (1, 1)
    assert cells(trader, 11)["4(A)(5)"]["igst"] == "10.00"
    assert broken_promises() == []


def test_an_amendment_in_the_same_month_is_not_counted_beside_its_original(trader: Shop) -> None:
    purchase(trader, "A-1", "1000.00", "5", state="09")
    keep(
        trader,
        b2b=[supplier("09", "inv", invoice("09", "X-77", "800.00"))],
        b2ba=[supplier("09", "inv", amended_invoice("09", "X-77", "A-1", "1000.00"))],
    )
    (row,) = matches(trader).values()
    assert (row.status.value, row.claimed) == ("exact", 50)


def test_a_bill_booked_under_the_number_of_before_is_the_amended_one(trader: Shop) -> None:
    purchase(trader, "A-1", "1000.00", "5", state="09")
    keep(trader, b2ba=[supplier("09", "inv", amended_invoice("09", "A-1", "B-9", "1000.00"))])
    (row,) = matches(trader).values()
    assert (row.status.value, row.claimed) == ("matched_normalised_number", 50)
    assert "They write the number B-9." in row.words


def test_what_is_amended_to_less_than_was_claimed_keeps_the_return_in_the_house(
    trader: Shop,
) -> None:
    made = purchase(trader, "A-1", "1000.00", "5", state="09")
    keep(trader, b2b=[supplier("09", "inv", invoice("09", "A-1", "1000.00"))])
    file_october(trader)
    keep(trader, 11, b2ba=[supplier("09", "inv", amended_invoice("09", "A-1", "A-1", "800.00"))])
    row = matches(trader, NOVEMBER)["A-1"]
    assert (row.bill_id, row.books, row.reported, row.claimed) == (made.id, 50, 40, 0)
    file_return(trader, prepare(trader, month=11), 11)
    version = prepare(trader, "gstr3b", 11)
    (problem,) = [one for one in detail(trader, version).problems if one["is_blocking"]]
    assert (problem["code"], problem["page"]) == ("amended_to_less", "/gst/matching")
    assert "claimed ₹10.00 more than they report now" in problem["message"]
    with pytest.raises(ReturnNotReady):
        file_return(trader, version, 11)
    accepted = [{"matter": problem["matter"], "reason": "Given back in RC-1"}]
    taken = prepare_with(trader, accepted)
    assert taken.blocking == 0


def prepare_with(shop: Shop, accepted: list[dict[str, str]]) -> Any:
    """Prepare November's GSTR-3B with matters that are taken as they are."""
    (branch,) = rows(shop, "select gstin from branch where id = %s", shop.ctx.branch_id)
    given = {
        "gstin": branch["gstin"],
        "form": "gstr3b",
        "starts_on": NOVEMBER,
        "accepted": accepted,
    }
    return shop.run("gst_returns.prepare_return", given, at=at(16, 12))


def test_a_note_is_compared_with_what_went_back(trader: Shop) -> None:
    made = purchase(trader, "A-1", "1000.00", "5", state="09")
    sent = send_back(trader, made.id, 10)
    bill = supplier("09", "inv", invoice("09", "A-1", "1000.00"))
    keep(trader, b2b=[bill], cdnr=[supplier("09", "nt", note("09", "CN-7", "100.00"))])
    found = matches(trader)
    assert (found["CN-7"].reported, found["CN-7"].books, found["CN-7"].kind) == (-5, None, "CRN")
    assert f"May be our {sent.number}" in found["CN-7"].words
    assert found[sent.number].claimed == -5
    assert blocking(trader) == ["note_not_booked"]
    answered(trader, sent, "CN-7", "100.00", "5.00")
    found = matches(trader)
    assert set(found) == {"A-1", "CN-7"}
    note_row = found["CN-7"]
    assert (note_row.books, note_row.reported, note_row.claimed) == (-5, -5, -5)
    assert note_row.page == f"/returns/{sent.id}"
    assert blocking(trader) == []
    assert cells(trader)["4(A)(5)"]["igst"] == "45.00"


def blocking(shop: Shop) -> list[str]:
    """Return what keeps October's GSTR-3B in the house."""
    problems = detail(shop, prepare(shop, "gstr3b")).problems
    return [one["code"] for one in problems if one["is_blocking"]]


def test_a_note_that_the_books_do_not_have_is_decided_about(trader: Shop) -> None:
    purchase(trader, "A-1", "1000.00", "5", state="09")
    bill = supplier("09", "inv", invoice("09", "A-1", "1000.00"))
    keep(trader, b2b=[bill], cdnr=[supplier("09", "nt", note("09", "CN-7", "200.00"))])
    page = trader.run("gst_returns.list_matches", {"starts_on": OCTOBER}, at=at(17, 12))
    assert (page.claimed, page.not_booked, page.not_taken_off) == (50, 0, 10)
    row = matches(trader)["CN-7"]
    assert row.words == "Nothing in our books takes this credit back."

    def decide(what: str) -> None:
        given = {"reported_id": row.reported_id, "decision": what}
        trader.run("gst_returns.decide_reported", given)

    with pytest.raises(NotItsBill, match="paired by its number"):
        decide("accepted")
    assert blocking(trader) == ["note_not_booked"]
    decide("parked")
    assert blocking(trader) == []


def test_an_amended_note_takes_the_place_of_its_original(trader: Shop) -> None:
    made = purchase(trader, "A-1", "1000.00", "5", state="09")
    sent = send_back(trader, made.id, 10)
    answered(trader, sent, "CN-7", "100.00", "5.00")
    keep(
        trader,
        cdnr=[supplier("09", "nt", note("09", "CN-7", "300.00"))],
        cdnra=[supplier("09", "nt", amended_note("09", "CN-7", "CN-8", "100.00"))],
    )
    row = matches(trader)["CN-7"]
    assert (row.books, row.reported, row.is_amended) == (-5, -5, True)
    assert blocking(trader) == []


def test_a_debit_note_is_a_bill_of_ours(trader: Shop) -> None:
    purchase(trader, "DN-1", "1000.00", "5", state="09")
    keep(trader, cdnr=[supplier("09", "nt", note("09", "DN-1", "1000.00", "D"))])
    row = matches(trader)["DN-1"]
    assert (row.kind, row.claimed) == ("DBN", 50)


def test_distributed_credit_is_stated_in_its_own_cell(trader: Shop) -> None:
    purchase(trader, "S0080", "1000.00", "5", state="09")
    purchase(trader, "A-2", "400.00", "5", state="06")
    keep(
        trader,
        b2b=[supplier("06", "inv", invoice("06", "A-2", "400.00"))],
        isd=[supplier("09", "doclist", share("09", "S0080", "1000.00"))],
    )
    assert (matches(trader)["S0080"].status.value, matches(trader)["S0080"].kind) == (
        "exact",
        "ISD",
    )
    version = prepare(trader, "gstr3b")
    stated = detail(trader, version).figures["cells"]
    assert [stated[cell]["igst"] for cell in ("4(A)(4)", "4(A)(5)", "4(C)")] == [
        "50.00", "20.00", "70.00",
    ]  # fmt: skip
    given = {"return_id": version.id, "part": "4(A)(4)"}
    behind = trader.run("gst_returns.list_figure_rows", given)
    assert ([row.number for row in behind.rows], behind.tax) == (["S0080"], 50)


def reported(name: str, month: int, key: str, original: str = "") -> dict[str, Any]:
    """Return a row as it is kept; with an `original`, an amendment."""
    row = {
        "id": uuid5(UUID(int=9), name), "supplier_gstin": "G", "kind": "INV", "fiscal_year": "2025-26", "key": key,
        "starts_on": date(2025, month, 1), "igst": Decimal(month), "cgst": Decimal(0), "sgst": Decimal(0),
    }  # fmt: skip
    names = {"original_kind": "INV", "original_number": original, "original_year": "2025-26"}
    told = names | {"original_key": original, "original_dated_on": date(2025, 4, 1)}
    return row | (told if original else dict.fromkeys(told))


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_amendments_the_latest_stands_whatever_their_numbers(turned: bool) -> None:  # noqa: FBT001
    first = reported("first", 4, "A1")
    renamed = reported("renamed", 5, "B1", "A1")
    after = reported("after", 6, "B1", "B1")
    by_first_name = reported("by first name", 7, "C1", "A1")
    other = reported("other", 4, "Z1")
    given = [first, renamed, after, other]
    kept = standing(given[::-1] if turned else given)
    assert {row["id"] for row in kept.rows} == {after["id"], other["id"]}
    assert [row["id"] for row in kept.former[after["id"]]] == [renamed["id"], first["id"]]
    kept = standing([first, renamed, by_first_name])
    assert [row["id"] for row in kept.rows] == [by_first_name["id"]]
