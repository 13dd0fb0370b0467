"""The worked month of the domain rules as the returns see it."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from erp.core.ids import new_id
from erp.models.gst_returns import CreditChangeKind
from erp.services.gst_returns.gstr3b import CreditChange, Inward, InwardKind
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.outward import DocumentKind, Original, Outward, OutwardLine

FILE = Path(__file__).parents[2] / "data" / "gst_examples.json"
EXAMPLES: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)
MONTH: dict[str, Any] = EXAMPLES["return_example"]
NOBODY = UUID(int=0)


def example(code: str) -> dict[str, Any]:
    """Return a worked example by its code."""
    found: dict[str, Any] = next(one for one in EXAMPLES["examples"] if one["id"] == code)
    return found


def outward_documents() -> list[Outward]:
    """Return what the example's registration issued."""
    known: dict[str, Outward] = {}
    for given in MONTH["outward_documents"]:
        known[given["no"]] = _outward(given, known)
    return list(known.values())


def _outward(given: dict[str, Any], known: dict[str, Outward]) -> Outward:
    first = known.get(given.get("against", ""))
    original = Original(first.number, first.issued_on, first.value) if first else None
    result = given.get("result", {"lines": [], "totals": {"invoice_value": "0.00"}})
    wanted = given.get("input", {"lines": []})
    return Outward(
        id=new_id(),
        number=given["no"],
        kind=DocumentKind.CREDIT if given["type"] == "CN" else DocumentKind.INVOICE,
        issued_on=date.fromisoformat(given["date"]),
        gstin=given.get("ctin", ""),
        recipient=wanted.get("recipient", ""),
        category="sez" if wanted.get("sez_recipient") else "",
        place=given.get("pos", "27"),
        is_inter=result.get("supply_nature") == "INTER",
        value=Decimal(result["totals"]["invoice_value"]),
        lines=[
            OutwardLine(
                hsn=asked["hsn"],
                unit=asked["uqc"],
                quantity=Decimal(0) if asked["uqc"] == "NA" else Decimal(asked["qty"]),
                rate=Decimal(line["gst_rate"]),
                treatment="exempt" if asked.get("exempt") else "taxable",
                heads=heads_of(line, "taxable_value"),
            )
            for asked, line in zip(wanted["lines"], result["lines"], strict=True)
        ],
        original=original,
        is_cancelled=given.get("cancelled", False),
    )


def heads_of(row: dict[str, str], taxable: str = "") -> Heads:
    """Return the heads of a row of the example."""
    value = Decimal(row[taxable]) if taxable else Decimal("0.00")
    return Heads(value, *(Decimal(row[name]) for name in ("igst", "cgst", "sgst")))


def purchases() -> list[Inward]:
    """Return what the registration bought."""
    return [
        Inward(
            id=NOBODY,
            number=given["no"],
            supplier=given["supplier"],
            booked_on=date(2025, 10, 10),
            kind=InwardKind.REVERSE_CHARGE if given.get("reverse_charge") else InwardKind.BILL,
            heads=heads_of(given, "taxable_value"),
            is_inter=given["supply_nature"] == "INTER",
            untaxed=Decimal(given["taxable_value"])
            if given["gst_category"] == "COMPOSITION"
            else Decimal("0.00"),
            is_claimable=given["in_2b"],
        )
        for given in MONTH["inward_documents"]
    ]


def reversals() -> list[CreditChange]:
    """Return the credit it reversed."""
    return [
        CreditChange(CreditChangeKind.BLOCKED, heads_of(given)) for given in MONTH["itc_reversals"]
    ]
