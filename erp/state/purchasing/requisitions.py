"""Requisitions: the list, and one of them."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import group_count, instant_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.purchasing.wording import (
    APPROVE,
    ORDER,
    REQUEST,
    REQUISITION_STATUSES,
    REQUISITION_TONES,
    STATUSES,
    TONES,
    VIEW_REQUISITIONS,
)
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import NOTHING, display_rows

LIMIT = "purchase_amount"
LINE_COLUMNS = (
    Column("label", "Goods", detail="sku"),
    Column("quantity", "Asked for", Kind.COUNT, detail="unit"),
    Column("ordered", "Ordered", Kind.COUNT, detail="left"),
    Column("wanted_by", "Wanted by", Kind.DATE, detail="reason", wide_only=True),
    Column("last_price", "Last price", Kind.MONEY, wide_only=True),
)
ORDER_COLUMNS = (
    Column("order_number", "Order", detail="supplier"),
    Column("label", "Goods", wide_only=True),
    Column("quantity", "Units", Kind.COUNT, detail="unit"),
    Column("status", "Status", Kind.STATUS, detail="released", labels=STATUSES, tones=TONES),
)


class RequisitionListState(ListState, rx.State):
    """Requisitions of the branch, the newest first."""

    permission: ClassVar[str] = VIEW_REQUISITIONS
    query: ClassVar[str] = "purchasing.list_requisitions"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Requisition", sort="number", detail="asked_by"),
        Column("asked_at", "Asked", Kind.INSTANT, sort="asked_at", wide_only=True),
        Column(
            "wanted_by", "Wanted by", Kind.DATE, sort="wanted_by", detail="is_late", wide_only=True
        ),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            sort="status",
            labels=REQUISITION_STATUSES,
            tones=REQUISITION_TONES,
        ),
        Column("products", "Products", Kind.COUNT, sort="products", wide_only=True),
        Column("ordered", "Ordered", Kind.PERCENT, sort="ordered", wide_only=True),
        Column("total", "About", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/purchases/requisitions/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing", "status")
    topics: ClassVar[tuple[str, ...]] = ("purchasing",)

    may_request: bool = False
    may_order: bool = False

    @handler(permission=PAGE)
    async def open_requisitions(self) -> None:
        """Learn what may be done here."""
        principal = await self._principal()
        self.may_request, self.may_order = principal.may(REQUEST), principal.may(ORDER)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"is_late": "Late" if row.is_late else ""}


class RequisitionState(RecordState, rx.State):
    """A requisition with the orders that took of it."""

    permission: ClassVar[str] = VIEW_REQUISITIONS
    topics: ClassVar[tuple[str, ...]] = ("purchasing",)

    lines: list[dict[str, str]] = []
    orders: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        found = await self._ask("purchasing.get_requisition", {"requisition_id": record_id})
        self.lines = display_rows([_line(x) for x in found.lines], LINE_COLUMNS, zone)
        orders = [_order(place, x) for place, x in enumerate(found.orders)]
        href = "/purchases/{order_id}" if principal.may("purchasing.view") else ""
        self.orders = display_rows(orders, ORDER_COLUMNS, zone, href)
        self.head = _head(found, zone) | _offers(found, principal)

    @handler(permission=APPROVE)
    async def approve(self) -> EventSpec:
        """Let its goods be ordered."""
        given = {"requisition_id": self.head.get("id", ""), "outcome": "approved"}
        try:
            await self._run("purchasing.decide_requisition", given)
        except (ValidationError, DomainError) as error:
            await self._show()
            words = error.message if isinstance(error, DomainError) else "This is not possible."
            return rx.toast.error(words)
        await self._show()
        return rx.toast.success("Approved. The asker is told.")


def _line(line: Any) -> dict[str, Any]:
    left = line.quantity - line.ordered
    return line.model_dump() | {
        "id": line.line_no,
        "left": f"{group_count(left)} {line.unit} left" if left else "All ordered",
    }


def _order(place: int, row: Any) -> dict[str, Any]:
    return row.model_dump() | {"id": place, "released": "Given back" if row.is_released else ""}


def _head(found: Any, zone: str) -> dict[str, str]:
    decided = f"{found.decider}, {instant_text(found.decided_at, zone)}" if found.decided_at else ""
    ended = f"{found.ended_by}, {instant_text(found.ended_at, zone)}" if found.ended_at else ""
    return {
        "id": str(found.id),
        "number": found.number,
        "status": REQUISITION_STATUSES[found.status],
        "tone": REQUISITION_TONES[found.status],
        "asked": f"{instant_text(found.asked_at, zone)} · {found.asker}",
        "note": found.note,
        "total": money_text(found.total) if found.total else NOTHING,
        "decided": decided,
        "decision_note": found.decision_note,
        "declined": f"Declined: {found.decision_note}" if found.status == "declined" else "",
        "ended": f"Closed by {ended}: {found.end_reason}" if ended else "",
    }


def _offers(found: Any, principal: identity.Principal) -> dict[str, str]:
    """Return what this person may do with the requisition now."""
    waits, own = found.status == "submitted", found.asked_by == principal.user_id
    may_decide = waits and not own and principal.may(APPROVE)
    within = found.total <= principal.limits.get(LIMIT, Decimal(0))
    may_close = (own or principal.may(ORDER)) and principal.may(REQUEST)
    to_order = found.status == "approved" and principal.may(ORDER)
    words = f"{found.asker} asks for goods of about {money_text(found.total)}, GST included."
    if waits and own:
        words = "Somebody else approves what you ask for. They have been told."
    return {
        "waiting_words": words if waits else "",
        "may_approve": "yes" if may_decide and within else "",
        "may_decline": "yes" if may_decide else "",
        "may_close": "yes" if may_close and found.status in {"submitted", "approved"} else "",
        "may_order": "yes" if to_order else "",
        "order_link": f"/purchases/requested?requisition_id={found.id}",
        "ask_link": f"/purchases/quotations/new?requisition_id={found.id}",
    }


class _OfRequisition(DialogFormState, mixin=True):
    """A form over the requisition's page."""

    subject_field: ClassVar[str] = "requisition_id"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(RequisitionState)
        await page._show()  # noqa: SLF001  sister of this state
        return f"Requisition {result.number} is {result.status}."


class DeclineState(_OfRequisition, rx.State):
    """Declines a requisition."""

    permission: ClassVar[str] = APPROVE
    command: ClassVar[str] = "purchasing.decide_requisition"

    def _payload(self, form: Any) -> dict[str, Any]:
        return dict(super()._payload(form)) | {"outcome": "declined"}


class CloseRequisitionState(_OfRequisition, rx.State):
    """Gives up what no order holds."""

    permission: ClassVar[str] = REQUEST
    command: ClassVar[str] = "purchasing.close_requisition"
