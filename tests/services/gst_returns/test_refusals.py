"""What the portal refuses of a file is shown beside its documents, and nothing is filed meanwhile."""

import base64
import json
from typing import Any

import pytest

from erp.core.errors import InvalidInput
from erp.services.gst_returns import ReturnNotReady
from tests.factories import Shop, broken_promises
from tests.services.gst_returns.months import (
    at,
    buyer,
    file_return,
    gstin_of,
    invoice,
    prepare,
    take_back,
)
from tests.services.gst_returns.test_amendments import amend, another_gstin, filed
from tests.services.service_advances.serving import retailer
from tests.services.unchanged import refused

WRONG = {"error_cd": "RET191113", "error_msg": "The GSTIN is invalid or is not registered."}


def sent_by_portal(shop: Shop, fp: str = "102025", **sections: Any) -> Any:
    """Return an error report of the shop's registration."""
    report = {"gstin": gstin_of(shop), "fp": fp, "status_cd": "PE", "error_report": sections}
    return report if sections else report | {"status_cd": "P"}


def record(shop: Shop, made: Any, report: Any, month: int = 11) -> Any:
    """Load an error report of a version."""
    content = base64.b64encode(json.dumps(report).encode()).decode()
    given = {"return_id": made.id, "file_name": "errors.json", "content": content}
    return shop.run("gst_returns.record_refusals", given, at=at(13, month))


def refusals(shop: Shop, made: Any) -> Any:
    """Return the rows of a version as number, code and page."""
    found = shop.run("gst_returns.list_refusals", {"return_id": made.id}).rows
    return [(row.number or row.section, row.code, row.page) for row in found]


def test_a_refused_document_leads_to_itself_and_keeps_the_file_from_being_filed(
    trader: Shop,
) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    invoice(trader, 7, buyer(trader), (trader.variant_ids[0], 1, "105.00"))
    made = prepare(trader)
    inv = {"inum": sent.number, "idt": "06-10-2025", "val": 1050}
    b2b = [{"ctin": "27X", "inv": [inv], **WRONG}]
    hsn = {"error_cd": "RET191250", "error_msg": "HSN is wrong", "data": []}
    assert record(trader, made, sent_by_portal(trader, b2b=b2b, hsn=hsn)).refused == 2
    assert refusals(trader, made) == [
        (sent.number, "RET191113", f"/invoices/{sent.invoice_id}"),
        ("hsn", "RET191250", f"/gst/{made.id}"),
    ]
    with refused(trader, ReturnNotReady, "return_id") as caught:
        file_return(trader, made)
    assert sent.number in caught.value.message
    with pytest.raises(ReturnNotReady):
        file_return(trader, prepare(trader))
    again = prepare(trader)
    record(trader, again, sent_by_portal(trader))
    assert refusals(trader, again) == []
    file_return(trader, again)
    assert broken_promises() == []


def test_what_is_mended_makes_another_file_which_may_be_filed(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    made = prepare(trader)
    inv = [{"inum": sent.number, **WRONG}, {"inum": "OTHER"}]
    record(trader, made, sent_by_portal(trader, b2b=[{"ctin": "27X", "inv": inv}]))
    assert len(refusals(trader, made)) == 1
    take_back(trader, 8, sent, 10)
    after = prepare(trader)
    assert refusals(trader, after) == []
    file_return(trader, after)


def test_a_refused_amendment_leads_to_the_amendments(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    filed(trader)
    amend(trader, sent, gstin=another_gstin("27"))
    made = prepare(trader, month=11)
    b2ba = [{"ctin": "27X", "inv": [{"oinum": sent.number, "inum": sent.number, **WRONG}]}]
    record(trader, made, sent_by_portal(trader, "112025", b2ba=b2ba), month=12)
    assert refusals(trader, made)[0][2] == f"/gst/amendments?search={sent.number}"


@pytest.mark.parametrize(
    "report",
    [
        [],
        {"data": {}},
        {"error_report": []},
        {"error_report": {"b2b": [1]}},
        {"error_report": {"supeco": []}},
        {"status_cd": "ER"},
        {"status_cd": "P"},
        {"gstin": "27AAPFU0939F1ZX", "error_report": {}},
        {"fp": "092025", "error_report": {}},
    ],
)
def test_what_is_no_report_of_this_return_is_refused(trader: Shop, report: Any) -> None:
    made = prepare(trader)
    with refused(trader, InvalidInput, "content"):
        record(trader, made, report)
