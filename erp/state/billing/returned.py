"""One return to a supplier, its claim, and what may be done about it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import (
    date_text,
    expiry_text,
    group_count,
    instant_text,
    money_text,
    plain_decimal,
)
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.billing.bill import ENTRY_COLUMNS
from erp.state.billing.bill_wording import RECORD
from erp.state.billing.return_wording import REASON_TONES, REASONS, VIEW
from erp.state.reading import RecordState
from erp.state.showing import display_rows

LINE_COLUMNS = (
    Column("label", "Goods", detail="lot"),
    Column("reason", "Reason", Kind.STATUS, labels=REASONS, tones=REASON_TONES, wide_only=True),
    Column("bill", "Bill", wide_only=True),
    Column("units", "Units", detail="location"),
    Column("gst_rate", "GST", Kind.PERCENT, wide_only=True),
    Column("cost", "Cost", Kind.MONEY, wide_only=True),
    Column("asked", "Asked back", Kind.MONEY),
)


class ReturnState(RecordState, rx.State):
    """Goods that went back to a supplier."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("billing",)

    lines: list[dict[str, str]] = []
    entries: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        found = await self._ask("billing.get_return", {"return_id": record_id})
        self.lines = display_rows([_line(line) for line in found.lines], LINE_COLUMNS, zone)
        entry = "/books/journal/{id}" if principal.may("accounting.view") else ""
        self.entries = display_rows(found.entries, ENTRY_COLUMNS, zone, entry)
        self.head = _head(found, zone) | _worth(found) | _offers(found, principal)


def _line(line: Any) -> dict[str, Any]:
    expiry = f" · expires {expiry_text(line.expires_on)}" if line.expires_on else ""
    return line.model_dump() | {
        "id": line.line_no,
        "lot": f"Lot {line.lot_number}{expiry}",
        "bill": line.bill_number or "None",
        "units": f"{group_count(line.quantity)}\u00a0{line.unit}",
        "location": line.location,
        "asked": line.taxable + line.tax,
    }


def _head(found: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(found.id),
        "number": found.number,
        "supplier": found.supplier,
        "supplier_href": f"/parties/{found.supplier_id}",
        "gstin": found.supplier_gstin or "",
        "returned_on": date_text(found.returned_on),
        "returned": f"{instant_text(found.returned_at, zone)} · {found.returner}",
        "transport": found.transport,
        "note": found.note,
        "claim_id": str(found.claim_id or ""),
        "claim_words": _claim_words(found),
    }


def _claim_words(found: Any) -> str:
    if found.claim_id is None:
        return "The goods were on no bill: nothing is asked back, and they may not be billed."
    if found.settled_at is None:
        return f"We ask for {money_text(found.total)}. The credit note is still to come."
    given = found.credited + found.credited_tax
    why = f" {found.claim_reason}" if found.claim_reason else ""
    if not given:
        return f"The supplier gave nothing.{why}"
    part = "" if given == found.total else f" of {money_text(found.total)}"
    return f"Credit note {found.credit_note} gave {money_text(given)}{part}.{why}"


def _worth(found: Any) -> dict[str, str]:
    tax = found.cgst + found.sgst + found.igst
    asked = found.taxable if found.is_credit_taken else found.total
    lost = found.cost - asked - found.released
    if found.settled_at:
        lost += found.total - found.credited - found.credited_tax
    heads = "IGST" if found.supply_nature == "INTER" else "CGST and SGST, half each"
    kind = "taken back from the input tax" if found.is_credit_taken else "was part of the cost"
    return {
        "taxable": money_text(found.taxable),
        "tax": money_text(tax),
        "tax_words": f"{heads}; {kind}" if tax else "None was charged",
        "total": money_text(found.total),
        "released": money_text(found.released) if found.released else "",
        "cost": money_text(found.cost),
        "lost": money_text(lost) if lost else "",
        "claim_taxable": plain_decimal(found.claim_taxable),
        "claim_tax": plain_decimal(found.claim_tax),
        "claim_tone": "blue" if found.claim_id and found.settled_at is None else "gray",
    }


def _offers(found: Any, principal: identity.Principal) -> dict[str, str]:
    """Return what this person may do with the claim now."""
    is_open = found.claim_id is not None and found.settled_at is None
    return {"may_settle": "yes" if is_open and principal.may(RECORD) else ""}


class _Answering(DialogFormState, mixin=True):
    """Records the supplier's answer to the claim of a return."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "billing.settle_claim"
    subject_field: ClassVar[str] = "claim_id"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(ReturnState)
        await page._show()  # noqa: SLF001  sister of this state
        lost = f" {money_text(result.lost)} are lost." if result.lost else ""
        return f"Answer recorded.{lost}"


class SettleReturnState(_Answering, rx.State):
    """Records the supplier's credit note."""

    permission: ClassVar[str] = RECORD


class RefusedReturnState(_Answering, rx.State):
    """Records that the supplier gives nothing, and why."""

    permission: ClassVar[str] = RECORD

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        nothing = {"credited": Decimal(0), "credited_tax": Decimal(0)}
        return dict(super()._payload(form)) | nothing
