"""Amendments: the list, and correcting what a filed return states of a document."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text, plain_decimal
from erp.services.party import STATES
from erp.state.asking import DialogFormState
from erp.state.gst_returns.wording import RECORD, SECTIONS, VIEW, period_words
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid
from erp.state.submitting import FormState

STANDINGS = {"waits": "In the next return", "filed": "Filed", "withdrawn": "Withdrawn"}
NOTHING = dict.fromkeys(
    (
        "id",
        "number",
        "of",
        "gstin",
        "place",
        "place_name",
        "value",
        "tables",
        "stated",
        "until",
        "is_export",
    ),
    "",
)
"""Facts of no document."""
TONES = {"waits": "amber", "filed": "green", "withdrawn": "gray"}


class AmendmentListState(ListState, rx.State):
    """Amendments, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_amendments"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Document", detail="recipient"),
        Column("gstin", "Instead", detail="reason"),
        Column("booked_on", "Booked on", Kind.DATE, wide_only=True),
        Column("is_filed", "State", Kind.STATUS, labels=STANDINGS, tones=TONES),
        Column("igst", "IGST", Kind.MONEY, wide_only=True),
        Column("cgst", "CGST", Kind.MONEY, wide_only=True),
        Column("sgst", "SGST", Kind.MONEY, wide_only=True),
    )
    row_link: ClassVar[str] = "{page}"
    filter_keys: ClassVar[tuple[str, ...]] = ("kind", "is_standing")
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    may_amend: bool = False

    async def _reload(self) -> None:
        self.may_amend = (await self._principal()).may(RECORD)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        standing = "filed" if row.is_filed else "waits"
        if row.withdrawn_at is not None:
            standing = "withdrawn"
        waits = standing == "waits" and self.may_amend and not row.kept_words
        return row.model_dump() | {
            "recipient": f"{date_text(row.issued_on)}, {row.recipient}",
            "gstin": _change(row),
            "reason": f"With {row.led_by}: {row.reason}" if row.led_by else row.reason,
            "is_filed": standing,
            "may_withdraw": row.kind if waits else "",
            "page": f"/invoices/{row.invoice_id}"
            if row.invoice_id
            else f"/service-advances/{row.advance_id}",
        }


def _change(row: Any) -> str:
    """Return what should have been stated, and what was."""
    parts = []
    if row.gstin != row.old_gstin:
        parts.append(f"{row.gstin} for {row.old_gstin or 'unregistered'}")
    if row.place != row.old_place:
        parts.append(f"{_state(row.place)} for {_state(row.old_place)}")
    if row.shipping_bill:
        parts.append(f"shipping bill {row.shipping_bill}")
    if row.kind == "advance":
        return ", ".join(parts + _advance_change(row))
    return ", ".join(parts) or ("SEZ" if row.is_sez else "Not SEZ")


def _advance_change(row: Any) -> list[str]:
    parts = []
    if row.rate != row.old_rate:
        parts.append(f"{plain_decimal(row.rate)}% for {plain_decimal(row.old_rate)}%")
    if row.stated_on != row.issued_on:
        parts.append(f"{row.stated_on:%b %Y} for {row.issued_on:%b %Y}")
    return parts


def _state(code: str) -> str:
    return STATES.get(code, code)


class WithdrawAmendmentState(DialogFormState, rx.State):
    """Withdraws an amendment."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.withdraw_amendment"
    subject_field: ClassVar[str] = "amendment_id"
    done_words: ClassVar[str] = "Withdrawn. The document may be amended anew."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(AmendmentListState))._reload()  # noqa: SLF001  sister of this state


class WithdrawListedAdvanceState(DialogFormState, rx.State):
    """Withdraws the amendment of an advance, from the list."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.withdraw_advance_amendment"
    subject_field: ClassVar[str] = "amendment_id"
    done_words: ClassVar[str] = "Withdrawn. The advance may be amended anew."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(AmendmentListState))._reload()  # noqa: SLF001  sister of this state


class AmendDocumentState(FormState, rx.State):
    """Corrects what a filed return states of a document.

    Attributes:
        facts: What is stated of the chosen document; empty texts until one is chosen.
        refusal: Why the chosen document cannot be amended.
    """

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.amend_document"

    facts: dict[str, str] = NOTHING
    refusal: str = ""

    @handler(permission=PAGE)
    async def open_amendment(self) -> None:
        """Offer a form; the address may name the document."""
        self._renew()
        self.facts, self.refusal = NOTHING, ""
        await self._choose(dict(self.router.url.query_parameters).get("invoice_id", ""))

    @handler(permission=PAGE)
    async def choose_document(self, invoice_id: str, label: str) -> None:  # noqa: ARG002  what the field sends
        """Show what is stated of a document."""
        self.facts, self.refusal = NOTHING, ""
        await self._choose(invoice_id)

    async def _choose(self, invoice_id: str) -> None:
        wanted = as_uuid(f"{invoice_id}")
        if wanted is None:
            return
        try:
            found = await self._ask("gst_returns.get_amendable", {"invoice_id": wanted})
        except DomainError as error:
            self.refusal = error.message
            return
        self.facts = _facts(found)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        if self.facts["id"]:
            given["invoice_id"] = self.facts["id"]
        for name in ("gstin", "port_code"):
            if name in given:
                given[name] = f"{given[name]}".strip().upper()
        if given.get("place_of_supply") == self.facts["place"]:
            given.pop("place_of_supply", None)
        return given

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        moved = [
            f"{name.upper()} {money_text(amount)}"
            for name in ("igst", "cgst", "sgst")
            if (amount := getattr(result, name))
        ]
        tax = f" Tax moves: {', '.join(moved)}." if moved else " No tax changes."
        notes = f" with {', '.join(result.notes)}" if result.notes else ""
        words = f"{result.number} is corrected in the next return{notes}.{tax}"
        return [rx.toast.success(words), rx.redirect("/gst/amendments")]


def _facts(found: Any) -> dict[str, str]:
    tables = [f"{SECTIONS[name][0]} {SECTIONS[name][1]}" for name in found.sections]
    return {
        "id": str(found.invoice_id),
        "number": found.number,
        "of": f"{found.recipient}, {date_text(found.issued_on)}",
        "gstin": found.gstin or "Unregistered",
        "place": found.place,
        "place_name": _state(found.place),
        "value": money_text(found.value),
        "tables": "; ".join(tables),
        "stated": period_words(found.stated_from, found.stated_to),
        "until": date_text(found.until),
        "is_export": "yes" if found.is_export else "",
    }
