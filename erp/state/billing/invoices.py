"""GST documents: the list, and one of them with its tax and where its prices came from."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, group_count, instant_text, money_text, plain_decimal
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.billing.prints import print_rows
from erp.state.listing import ListState
from erp.state.pricing import price_words
from erp.state.reading import RecordState
from erp.state.session import as_uuid
from erp.state.showing import display_rows

KINDS = {
    "tax_invoice": "Tax invoice",
    "bill_of_supply": "Bill of supply",
    "invoice_cum_bill": "Invoice-cum-bill of supply",
    "credit_note": "Credit note",
    "debit_note": "Debit note",
}
STANDINGS = {"posted": "Posted", "cancelled": "Cancelled"}
SOURCES = {"till": "Tills", "order": "Orders"}
COUNTS = {"sale": "Sales and returns", "other": "Not a sale"}
TONES = {"credit_note": "amber", "debit_note": "blue"}
KIND = Column("kind", "Kind", Kind.STATUS, labels=KINDS, tones=TONES)
TAKE_BACK = "billing.take_back"
CANCEL = "billing.cancel"
OF_OFFICE = frozenset({"sales_invoice", "sales_return", "asset_sale"})
NATURES = {
    "INTRA": "Within the state",
    "INTER": "Between states",
    "EXPORT": "Export",
}
LINE_COLUMNS = (
    Column("description", "Goods", detail="why"),
    Column("hsn", "HSN", Kind.CODE, wide_only=True),
    Column("lot_number", "Lot", Kind.CODE, detail="expiry", wide_only=True),
    Column("quantity", "Units", Kind.COUNT, detail="back"),
    Column("discount", "Discount", Kind.MONEY, wide_only=True),
    Column("taxable", "Taxable", Kind.MONEY, wide_only=True),
    Column("rate", "GST", Kind.PERCENT, wide_only=True),
    Column("tax", "Tax", Kind.MONEY, wide_only=True),
    Column("total", "Total", Kind.MONEY),
)
RELATED_COLUMNS = (
    Column("number", "Number"),
    KIND,
    Column("issued_on", "Day", Kind.DATE),
    Column("total", "Total", Kind.MONEY),
)
RATE_COLUMNS = (
    Column("name", "Rate"),
    Column("taxable", "Taxable", Kind.MONEY),
    Column("cgst", "CGST", Kind.MONEY),
    Column("sgst", "SGST", Kind.MONEY),
    Column("igst", "IGST", Kind.MONEY),
)


class InvoiceListState(ListState, rx.State):
    """GST documents, newest first."""

    permission: ClassVar[str] = "billing.view"
    query: ClassVar[str] = "billing.list_invoices"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Number", sort="number", detail="party"),
        Column("issued_on", "Day", Kind.DATE, sort="issued_on"),
        Column("kind", "Kind", Kind.STATUS, sort="kind", labels=KINDS, tones=TONES, wide_only=True),
        Column(
            "standing",
            "State",
            Kind.STATUS,
            labels=STANDINGS,
            tones={"posted": "green", "cancelled": "red"},
            wide_only=True,
        ),
        Column("taxable", "Taxable", Kind.MONEY, sort="taxable", wide_only=True),
        Column("tax", "Tax", Kind.MONEY, sort="tax", wide_only=True),
        Column("total", "Total", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/invoices/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "kind",
        "source",
        "standing",
        "counts",
        "from_day",
        "to_day",
        "from_at",
        "to_at",
        "party_id",
    )
    topics: ClassVar[tuple[str, ...]] = ("pos", "sales", "billing")

    def _entry(self, row: Any) -> Any:
        if row.standing != "cancelled":
            return row
        return row.model_dump() | {"party": f"Cancelled · {row.party}"}


class InvoiceState(RecordState, rx.State):
    """One GST document as it was posted."""

    permission: ClassVar[str] = "billing.view"
    topics: ClassVar[tuple[str, ...]] = ("pos", "billing")

    lines: list[dict[str, str]] = []
    rates: list[dict[str, str]] = []
    related: list[dict[str, str]] = []
    prints: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        found = await self._ask("billing.get_invoice", {"invoice_id": record_id})
        self.lines = display_rows([_line(x) for x in found.lines], LINE_COLUMNS, zone)
        self.rates = display_rows(_by_rate(found.lines), RATE_COLUMNS, zone)
        self.related = display_rows(found.related, RELATED_COLUMNS, zone, "/invoices/{id}")
        self.prints = print_rows(found.prints, zone)
        entry_id = await self._entry_of(found.origin_id, principal)
        of_order = found.origin_type in OF_OFFICE
        self.head = (
            _head(found, zone)
            | {
                "origin_id": str(found.origin_id),
                "entry_href": f"/books/journal/{entry_id}" if entry_id else "",
                "sale_href": ""
                if of_order or not principal.may("pos.view")
                else f"/sales/{found.origin_id}",
                "may_return": "yes" if _has_rest(found) and principal.may(TAKE_BACK) else "",
                "may_cancel": await self._may_cancel(found, principal),
                "may_amend": await self._may_amend(record_id, principal),
            }
            | _cancelled(found, zone)
        )

    async def _may_amend(self, record_id: UUID, principal: identity.Principal) -> str:
        """Tell whether a filed return states the document, so that a later one may correct it."""
        if not principal.may("gst_returns.record"):
            return ""
        try:
            await self._ask("gst_returns.get_amendable", {"invoice_id": record_id})
        except DomainError:
            return ""
        return "yes"

    async def _may_cancel(self, found: Any, principal: identity.Principal) -> str:
        """Offer cancelling only where nothing is in the way as things stand."""
        if found.origin_type != "sales_invoice" or not principal.may(CANCEL):
            return ""
        asked = await self._ask("billing.get_cancelling", {"invoice_id": found.id})
        return "yes" if asked.is_possible else ""

    def _told_of(self, record_id: UUID) -> UUID:
        return as_uuid(self.head.get("origin_id", "")) or record_id

    async def _entry_of(self, origin_id: UUID, principal: identity.Principal) -> UUID | None:
        if not principal.may("accounting.view"):
            return None
        found = await self._ask("accounting.list_entries", {"origin_id": origin_id, "limit": 1})
        return found.rows[0].id if found.rows else None


class CancelInvoiceState(DialogFormState, rx.State):
    """Cancels the invoice of the page in the books."""

    permission: ClassVar[str] = CANCEL
    command: ClassVar[str] = "billing.cancel_invoice"
    subject_field: ClassVar[str] = "invoice_id"
    done_words: ClassVar[str] = "Cancelled. Its number stays used; its order is open again."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(InvoiceState))._show()  # noqa: SLF001  sister of this state


def _cancelled(found: Any, zone: str) -> dict[str, str]:
    if found.cancelled is None:
        return {"cancelled": "", "standing": "Posted", "standing_tone": "green"}
    when = instant_text(found.cancelled.cancelled_at, zone)
    by = f" by {found.cancelled.user}" if found.cancelled.user else ""
    return {
        "cancelled": f"Cancelled on {when}{by}: {found.cancelled.reason}",
        "standing": "Cancelled",
        "standing_tone": "red",
    }


def _has_rest(found: Any) -> bool:
    """Tell whether goods of an order's invoice may still come back."""
    is_invoice = found.origin_type == "sales_invoice" and found.cancelled is None
    return is_invoice and any(line.quantity > line.returned for line in found.lines)


def _line(line: Any) -> dict[str, Any]:
    return line.model_dump() | {
        "id": line.line_no,
        "tax": line.cgst + line.sgst + line.igst,
        "why": price_words(line.price_trace),
        "back": f"{group_count(line.returned)} came back" if line.returned else "",
        "expiry": line.expires_on.strftime("%m/%Y") if line.expires_on else "",
    }


def _by_rate(lines: list[Any]) -> list[dict[str, Any]]:
    heads = ("taxable", "cgst", "sgst", "igst")
    return [
        {"id": str(rate), "name": f"GST {plain_decimal(rate)}%"}
        | {head: sum(getattr(line, head) for line in lines if line.rate == rate) for head in heads}
        for rate in sorted({line.rate for line in lines})
    ]


def _head(found: Any, zone: str) -> dict[str, str]:
    recipient = found.recipient
    place = " ".join(part for part in (recipient.get("city"), recipient.get("pin")) if part)
    return {
        "id": str(found.id),
        "number": found.number,
        "label": KINDS[found.kind],
        "tone": TONES.get(found.kind, "green"),
        "title": f"{KINDS[found.kind]} {found.number}",
        "day": date_text(found.issued_on),
        "when": instant_text(found.issued_at, zone),
        "recipient": recipient.get("name", "Walk-in customer"),
        "gstin": recipient.get("gstin", ""),
        "address": ", ".join(part for part in (recipient.get("address"), place) if part),
        "party_href": f"/parties/{found.party_id}" if recipient else "",
        "place": f"{found.place_name} ({found.place_of_supply})",
        "nature": NATURES.get(found.supply_nature.upper(), found.supply_nature.capitalize()),
        "prices": "Tax included" if found.price_mode.lower() == "inclusive" else "Tax on top",
        "gross": money_text(found.gross),
        "discount": money_text(found.discount),
        "taxable": money_text(found.taxable),
        "cgst": money_text(found.cgst),
        "sgst": money_text(found.sgst),
        "igst": money_text(found.igst),
        "round_off": money_text(found.round_off),
        "total": money_text(found.total),
    }
