"""Sales and returns: the list, and one of them with everything that belongs to it."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.clock import business_date
from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, instant_text, money_text
from erp.services import identity
from erp.services.pos import METHOD_NAMES
from erp.state.billing.prints import print_rows
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.showing import display_rows

KINDS = {"sale": "Sale", "return": "Return"}
KIND_TONES = {"sale": "green", "return": "amber"}
KIND = Column("kind", "Kind", Kind.STATUS, labels=KINDS, tones=KIND_TONES)
LINE_COLUMNS = (
    Column("description", "Goods", detail="lot_number"),
    Column("expires_on", "Expiry", Kind.EXPIRY, wide_only=True),
    Column("quantity", "Units", Kind.COUNT),
    Column("returned", "Returned", Kind.COUNT, wide_only=True),
    Column("unit_price", "Price", Kind.MONEY, wide_only=True),
    Column("discount", "Discount", Kind.MONEY, wide_only=True),
    Column("rate", "GST", Kind.PERCENT, wide_only=True),
    Column("total", "Total", Kind.MONEY),
)
TENDER_COLUMNS = (
    Column("method", "Paid by", labels=METHOD_NAMES),
    Column("reference", "Reference", wide_only=True),
    Column("tendered", "Handed over", Kind.MONEY),
    Column("amount", "Of the bill", Kind.MONEY),
)
RELATED_COLUMNS = (Column("number", "Number"), KIND, Column("total", "Total", Kind.MONEY))


class SaleListState(ListState, rx.State):
    """Sales and returns, newest first."""

    permission: ClassVar[str] = "pos.view"
    query: ClassVar[str] = "pos.list_sales"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Number", sort="number", detail="customer"),
        Column("sold_at", "When", Kind.INSTANT, sort="sold_at"),
        Column(
            "kind", "Kind", Kind.STATUS, sort="kind", labels=KINDS, tones=KIND_TONES, wide_only=True
        ),
        Column("register_name", "Till", sort="register_name", detail="cashier", wide_only=True),
        Column("methods", "Paid by", wide_only=True),
        Column("total", "Total", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/sales/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "kind",
        "method",
        "from_day",
        "to_day",
        "from_at",
        "to_at",
        "customer_id",
        "shift_id",
    )
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    def _entry(self, row: Any) -> Any:
        given = [method for method in row.methods.split(", ") if method]
        return row.model_dump() | {"methods": ", ".join(METHOD_NAMES.get(m, m) for m in given)}


class SaleState(RecordState, rx.State):
    """One sale or return."""

    permission: ClassVar[str] = "pos.view"
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    lines: list[dict[str, str]] = []
    tenders: list[dict[str, str]] = []
    related: list[dict[str, str]] = []
    prints: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        sale = await self._ask("pos.get_sale", {"sale_id": record_id})
        rows = [{"id": line.line_no} | line.model_dump() for line in sale.lines]
        self.lines = display_rows(rows, LINE_COLUMNS, zone)
        paid = [{"id": at} | tender.model_dump() for at, tender in enumerate(sale.tenders)]
        self.tenders = display_rows(paid, TENDER_COLUMNS, zone)
        self.related = display_rows(sale.related, RELATED_COLUMNS, zone, "/sales/{id}")
        self.prints = print_rows(sale.prints, zone)
        entry_id = await self._entry_of(record_id, principal)
        self.head = _head(sale, zone) | {
            "entry_href": f"/books/journal/{entry_id}" if entry_id else "",
            "may_return": "yes" if sale.kind == "sale" and principal.may("pos.return") else "",
            "invoice_href": f"/invoices/{sale.invoice_id}" if principal.may("billing.view") else "",
        }

    async def _entry_of(self, sale_id: UUID, principal: identity.Principal) -> UUID | None:
        if not principal.may("accounting.view"):
            return None
        found = await self._ask("accounting.list_entries", {"origin_id": sale_id, "limit": 1})
        return found.rows[0].id if found.rows else None


def _head(sale: Any, zone: str) -> dict[str, str]:
    tax = sale.cgst + sale.sgst + sale.igst
    return {
        "id": str(sale.id),
        "number": sale.number,
        "kind": sale.kind,
        "title": f"{KINDS[sale.kind]} {sale.number}",
        "tone": KIND_TONES[sale.kind],
        "label": KINDS[sale.kind],
        "day": date_text(business_date(sale.sold_at, zone)),
        "when": instant_text(sale.sold_at, zone),
        "till": sale.register_name,
        "cashier": sale.cashier,
        "customer": sale.customer,
        "shift_href": f"/till/shifts/{sale.shift_id}",
        "invoice_id": str(sale.invoice_id),
        "taxable": money_text(sale.taxable),
        "tax": money_text(tax),
        "round_off": money_text(sale.round_off),
        "total": money_text(sale.total),
        "change": money_text(sale.change_due),
        "note": sale.note,
    }
