"""One quotation or order: what was agreed, what is kept, what was delivered, what may be done now."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, group_count, instant_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.pricing import price_words
from erp.state.reading import RecordState
from erp.state.registry import handler
from erp.state.sales.order_wording import DELIVER, ORDER, STATUSES, TONES, VIEW
from erp.state.showing import display_rows

LINE_COLUMNS = (
    Column("label", "Goods", detail="why"),
    Column("quantity", "Ordered", Kind.COUNT, detail="free"),
    Column("delivered", "Delivered", Kind.COUNT, detail="left"),
    Column("unit_price", "Price", Kind.MONEY, detail="less", wide_only=True),
    Column("gst_rate", "GST", Kind.PERCENT, wide_only=True),
    Column("total", "Total", Kind.MONEY, wide_only=True),
)
VERSION_COLUMNS = (
    Column("version", "Version", detail="why"),
    Column("made_at", "Made", Kind.INSTANT, detail="maker", wide_only=True),
    Column("total", "Total", Kind.MONEY),
)
DELIVERY_COLUMNS = (
    Column("number", "Invoice", detail="carried"),
    Column("delivered_on", "Day", Kind.DATE, detail="user"),
    Column(
        "standing",
        "State",
        Kind.STATUS,
        labels={"delivered": "Delivered", "cancelled": "Cancelled"},
        tones={"delivered": "green", "cancelled": "red"},
    ),
    Column("total", "Total", Kind.MONEY),
)


class SalesOrderState(RecordState, rx.State):
    """A quotation or order in its version in force."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("sales",)

    lines: list[dict[str, str]] = []
    versions: list[dict[str, str]] = []
    deliveries: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        order = await self._ask("sales.get_order", {"order_id": record_id})
        lines = [_line(x, order.status) for x in order.lines]
        self.lines = display_rows(lines, LINE_COLUMNS, zone)
        versions = [
            x.model_dump() | {"id": x.version, "why": x.reason or "First version"}
            for x in order.versions
        ]
        self.versions = display_rows(versions, VERSION_COLUMNS, zone)
        href = "/invoices/{invoice_id}" if principal.may("billing.view") else ""
        deliveries = [_delivery(x) for x in order.deliveries]
        self.deliveries = display_rows(deliveries, DELIVERY_COLUMNS, zone, href)
        self.head = _head(order, zone) | _offers(order, principal)

    @handler(permission=ORDER)
    async def keep_goods(self) -> EventSpec:
        """Keep what has come since, or what lapsed."""
        try:
            kept = await self._run("sales.keep_goods", {"order_id": self.head.get("id", "")})
        except (ValidationError, DomainError) as error:
            words = error.message if isinstance(error, DomainError) else "This is not possible."
            return rx.toast.error(words)
        await self._show()
        missing = f", {counted(kept.short, 'unit')} still missing" if kept.short else ""
        return rx.toast.success(f"{counted(kept.reserved, 'unit')} kept{missing}.")


def _line(line: Any, status: str) -> dict[str, Any]:
    left = line.quantity + line.free_quantity - line.delivered - line.free_delivered
    agreed = line.unit_price != line.list_price
    return line.model_dump() | {
        "id": line.line_no,
        "total": line.taxable + line.tax,
        "why": price_words(line.trace),
        "free": _besides(line),
        "delivered": line.delivered + line.free_delivered,
        "left": _left(line, left, status),
        "less": _less(line, agreed=agreed),
    }


def _besides(line: Any) -> str:
    """Return what a line was ordered in, where that is not the base unit, and its free units."""
    packs = f"{line.ordered_quantity} {line.ordered_unit}" if line.ordered_unit else ""
    free = f"+ {line.free_quantity} free" if line.free_quantity else ""
    return " ".join(part for part in (packs, free) if part)


def _left(line: Any, left: int, status: str) -> str:
    if left <= 0:
        return "All delivered"
    if status != "confirmed":
        return ""
    if line.short:
        return f"{group_count(line.kept)} kept, {group_count(line.short)} missing"
    return f"{group_count(left)} kept"


def _less(line: Any, *, agreed: bool) -> str:
    parts = []
    if agreed:
        parts.append(f"agreed, list {money_text(line.list_price)}")
    if line.discount_percent:
        parts.append(f"less {line.discount_percent.normalize():f}%")
    return ", ".join(parts)


def _delivery(row: Any) -> dict[str, Any]:
    standing = "cancelled" if row.is_cancelled else "delivered"
    return row.model_dump() | {"carried": _carried(row), "standing": standing}


def _carried(delivery: Any) -> str:
    return " · ".join(x for x in (delivery.carrier, delivery.carrier_reference) if x)


def _head(order: Any, zone: str) -> dict[str, str]:
    shown = next(x for x in order.versions if x.version == order.shown_version)
    short = sum(line.short for line in order.lines)
    tax = order.cgst + order.sgst + order.igst
    return {
        "id": str(order.id),
        "name": order.name,
        "quotation": order.quotation_number or "",
        "customer": order.customer,
        "customer_href": f"/parties/{order.customer_id}",
        "status": STATUSES[order.status],
        "tone": TONES[order.status],
        "version": str(order.version),
        "location": order.location,
        "deliver_by": date_text(shown.deliver_by) if shown.deliver_by else "",
        "valid_until": date_text(shown.valid_until) if shown.valid_until else "",
        "reserved_until": date_text(order.reserved_until) if order.reserved_until else "",
        "reference": shown.reference,
        "note": shown.note,
        "late": "yes" if order.is_late else "",
        "short": counted(short, "unit") if short else "",
        "made": f"{instant_text(order.versions[-1].made_at, zone)} · {order.versions[-1].maker}",
        "mode": "without GST" if order.price_mode == "exclusive" else "with GST",
        "discount": money_text(-order.discount) if order.discount else "",
        "taxable": money_text(order.taxable),
        "tax_label": "IGST" if order.igst else "CGST and SGST",
        "tax": money_text(tax),
        "round_off": money_text(order.round_off) if order.round_off else "",
        "total": money_text(order.total),
        "ended": _ended(order, zone),
    }


def _ended(order: Any, zone: str) -> str:
    if order.ended_at is None:
        return ""
    who = f" by {order.ended_by}" if order.ended_by else ""
    when = instant_text(order.ended_at, zone)
    return f"{STATUSES[order.status]} on {when}{who}. {order.end_reason}"


def _offers(order: Any, principal: identity.Principal) -> dict[str, str]:
    """Return what this person may do with the order now."""
    may_order = principal.may(ORDER)
    is_quoted, is_open = order.status == "quoted", order.status == "confirmed"
    return {
        "may_confirm": "yes" if is_quoted and may_order else "",
        "may_amend": "yes" if (is_quoted or is_open) and may_order else "",
        "may_keep": "yes" if is_open and may_order and any(x.short for x in order.lines) else "",
        "may_deliver": "yes" if is_open and principal.may(DELIVER) else "",
    }


class _OfOrder(DialogFormState, mixin=True):
    """A form over the order's page; it acts on the version that was shown."""

    permission: ClassVar[str] = ORDER
    subject_field: ClassVar[str] = "order_id"

    _version: str = ""

    async def _prepare(self) -> None:
        page = await self.get_state(SalesOrderState)
        self._version = page.head.get("version", "")

    def _payload(self, form: Mapping[str, Any]) -> dict[str, Any]:
        return dict(super()._payload(form)) | {"version": self._version}

    async def _done(self, result: Any) -> str:
        page = await self.get_state(SalesOrderState)
        await page._show()  # noqa: SLF001  sister of this state
        return self._words(result)

    def _words(self, result: Any) -> str:  # noqa: ARG002  forms say more
        """Say what happened; forms override."""
        return "Saved."


class ConfirmQuotationState(_OfOrder, rx.State):
    """Takes a quotation as the customer's order."""

    command: ClassVar[str] = "sales.confirm_quotation"

    def _words(self, result: Any) -> str:
        missing = f", {counted(result.short, 'unit')} missing" if result.short else ""
        return f"Order {result.number}: {counted(result.reserved, 'unit')} kept{missing}."


class FinishSalesOrderState(_OfOrder, rx.State):
    """Gives up what was not delivered."""

    command: ClassVar[str] = "sales.finish_order"

    def _words(self, result: Any) -> str:
        return f"{result.number} is {result.status}."
