"""Purchases are matched with what suppliers reported; credit follows the match."""

import base64
import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest

from erp.core.errors import InvalidInput
from erp.services.gst_returns import NotItsBill, StatementKnown, UnknownRegistration
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.matching_2b import Paper, match_papers
from erp.services.gst_returns.reading_2b import read_statement
from tests.factories import Shop, gstin_in, receipt_line
from tests.services.gst_returns.example_month import EXAMPLES
from tests.services.gst_returns.months import (
    OCTOBER,
    at,
    detail,
    file_return,
    import_2b,
    prepare,
    purchase,
    statement,
)
from tests.services.trading import rows

CASE = EXAMPLES["itc_matching_example"]
NAMES = UUID(int=7)


def paper(given: dict[str, str]) -> Paper:
    amounts = ("taxable_value", "igst", "cgst", "sgst")
    return Paper(
        id=uuid5(NAMES, given["id"]),
        supplier_gstin=given["supplier_gstin"],
        kind=given["doc_type"],
        number=given["doc_no"],
        dated_on=date.fromisoformat(given["date"]),
        heads=Heads(*(Decimal(given[name]) for name in amounts)),
    )


def test_the_example_is_matched_line_by_line() -> None:
    found = match_papers(
        [paper(one) for one in CASE["books"]], [paper(one) for one in CASE["gstr2b"]]
    )
    codes = {uuid5(NAMES, one["id"]): one["id"] for one in (*CASE["books"], *CASE["gstr2b"])}
    told = [
        {
            "book": codes[one.book.id] if one.book else None,
            "portal": codes[one.portal.id] if one.portal else None,
            "status": one.status.value.upper(),
        }
        for one in found
    ]
    assert sorted(told, key=str) == sorted(CASE["expected"], key=str)


def matches(shop: Shop, **more: Any) -> Any:
    return shop.run("gst_returns.list_matches", {"starts_on": OCTOBER} | more, at=at(12, 12))


def decide(shop: Shop, row: Any, decision: str, **more: Any) -> Any:
    given = {"reported_id": row.reported_id, "decision": decision} | more
    return shop.run("gst_returns.decide_reported", given)


def bill_again(shop: Shop, bill_id: UUID, number: str) -> UUID:
    """Record another bill of November of the same supplier and amounts."""
    (known,) = rows(shop, "select supplier_id from supplier_bill where id = %s", bill_id)
    line = receipt_line(shop.ctx, shop.variant_ids[0], 100, unit_cost=Decimal(10))
    goods = {"supplier_id": known["supplier_id"], "lines": [line]}
    came = shop.run(
        "inventory.receive_goods", goods, at=at(3, 11), confirm=("expired_lot",)
    ).receipt_id
    billed = {
        "receipt_id": came,
        "receipt_line_no": 1,
        "quantity": 100,
        "unit_cost": "10.00",
        "gst_rate": "5",
    }
    given = {
        "supplier_id": known["supplier_id"], "bill_number": number, "billed_on": "2025-11-03",
        "total": "1050.00", "lines": [billed],
    }  # fmt: skip
    made: UUID = shop.run("billing.record_bill", given, at=at(3, 11)).id
    return made


def claimed(shop: Shop) -> str:
    cells = detail(shop, prepare(shop, "gstr3b")).figures["cells"]
    tax: str = cells["4(A)(5)"]["igst"]
    return tax


def test_credit_follows_the_match_and_what_was_decided(trader: Shop) -> None:
    purchase(trader, "A-1", "1000.00", "5", state="09")
    purchase(trader, "A-2", "2000.00", "5", state="06")
    assert claimed(trader) == "150.00"
    found = matches(trader)
    assert (found.is_imported, found.claimed, found.waiting) == (False, 150, 0)
    import_2b(trader, ("09", "a/001", "1000.00", "5"), ("06", "A-2", "1600.00", "5"))
    found = matches(trader)
    assert (found.is_imported, found.claimed, found.waiting) == (True, 50, 100)
    assert {row.number: row.status.value for row in found.rows} == {
        "A-1": "matched_normalised_number",
        "A-2": "amount_mismatch",
    }
    assert claimed(trader) == "50.00"
    first, second = sorted(found.rows, key=lambda row: row.number)
    decide(trader, second, "accepted", note="They charged less")
    assert claimed(trader) == "130.00"
    decide(trader, first, "asked", note="Wrong number")
    assert claimed(trader) == "80.00"
    held = detail(trader, prepare(trader, "gstr3b")).figures["held"]
    assert [(one["number"], one["igst"]) for one in held] == [("A-1", "50.00"), ("A-2", "20.00")]
    decide(trader, first, "open")
    assert claimed(trader) == "130.00"


def test_a_bill_under_another_number_is_suggested_and_accepted(trader: Shop) -> None:
    made = purchase(trader, "A-1", "1000.00", "5", state="09")
    other = purchase(trader, "B-1", "1000.00", "5", state="24")
    import_2b(trader, ("09", "X-77", "1000.00", "5"))
    (row,) = matches(trader, state="only_in_2b").rows
    assert row.suggested_id == made.id
    with pytest.raises(NotItsBill):
        decide(trader, row, "accepted", bill_id=other.id)
    decide(trader, row, "accepted", bill_id=made.id)
    assert claimed(trader) == "50.00"


def test_what_a_filed_return_claimed_is_not_claimed_again(trader: Shop) -> None:
    first = purchase(trader, "A-1", "1000.00", "5", state="09")
    purchase(trader, "A-2", "2000.00", "5", state="06")
    import_2b(trader, ("09", "A-1", "1000.00", "5"), ("06", "A-2", "2000.00", "5"))
    file_return(trader, prepare(trader))
    file_return(trader, prepare(trader, "gstr3b"))
    used = next(row for row in matches(trader).rows if row.bill_id == first.id)
    twin = bill_again(trader, first.id, "A-9")
    with pytest.raises(NotItsBill, match="filed return"):
        decide(trader, used, "accepted", bill_id=twin)
    import_2b(trader, ("24", "Z-1", "1.00", "5"), month=11)
    november = {row.number: row for row in matches(trader, starts_on="2025-11-01").rows}
    assert set(november) == {"Z-1", "A-9"}
    assert (november["A-9"].status.value, november["A-9"].claimed) == ("missing_in_2b", 0)


def test_a_bill_claimed_without_a_statement_is_known_when_it_is_reported(trader: Shop) -> None:
    made = purchase(trader, "A-1", "1000.00", "5", state="09")
    file_return(trader, prepare(trader))
    file_return(trader, prepare(trader, "gstr3b"))
    import_2b(trader, ("09", "A-1", "1000.00", "5"), month=11)
    found = matches(trader, starts_on="2025-11-01")
    (row,) = found.rows
    assert (row.bill_id, row.claimed, row.words) == (
        made.id,
        0,
        "Claimed with the books of 10/2025.",
    )
    assert (found.claimed, found.waiting) == (0, 0)
    cells = detail(trader, prepare(trader, "gstr3b", 11)).figures["cells"]
    assert cells["4(A)(5)"]["igst"] == "0.00"


def test_a_statement_is_kept_once_and_only_ours(trader: Shop) -> None:
    reported = ("09", "A-1", "1000.00", "5")
    content = base64.b64encode(statement(trader, reported)).decode()
    facts = trader.run("gst_returns.read_2b", {"content": content})
    assert (facts.documents, facts.known, facts.is_known) == (1, 0, False)
    assert rows(trader, "select 1 from gst_2b_file") == []
    import_2b(trader, reported)
    with pytest.raises(StatementKnown):
        import_2b(trader, reported)
    again = import_2b(trader, reported, ("06", "A-2", "1.00", "5"))
    assert (again.added, again.known) == (1, 1)
    strange = json.loads(statement(trader, reported))
    strange["data"]["gstin"] = gstin_in("24")
    with pytest.raises(UnknownRegistration):
        read(trader, json.dumps(strange).encode())


def test_a_document_under_reverse_charge_gives_no_credit(trader: Shop) -> None:
    content = statement(trader, ("09", "A-1", "1000.00", "5"))
    assert read_statement(content).documents[0].is_available
    turned = content.replace(b'"typ": "R"', b'"typ": "R", "rev": "Y"')
    assert not read_statement(turned).documents[0].is_available


def read(shop: Shop, content: bytes) -> Any:
    given = {"content": base64.b64encode(content).decode()}
    return shop.run("gst_returns.read_2b", given)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"{", b"[", "JSON"),
        (b"docdata", b"nothing", "docdata"),
        (b"102025", b"132025", "month"),
        (b"08-10-2025", b"2025-10-08", "dd-mm-yyyy"),
        (b"1000.00", b"-1", "no amount"),
        (b"1000.00", b"1e999", "no amount"),
        (b'"1000.00"', b"1e99999999999999999999999", "JSON"),
        (b'"A-1"', b'""', "no number"),
        (b"09AAPFU0939F1Z", b"09AAPFU0939F1Y", "GSTIN"),
    ],
)
def test_a_malformed_statement_is_refused_where_it_is_wrong(
    trader: Shop, old: bytes, new: bytes, words: str
) -> None:
    content = statement(trader, ("09", "A-1", "1000.00", "5"))
    assert old in content
    with pytest.raises(InvalidInput, match=words):
        read(trader, content.replace(old, new))
