"""One order: what was asked, who decided, what came, and what may be done now."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, group_count, instant_text, money_text, plain_decimal
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.inventory.stock import RECEIVE
from erp.state.purchasing.wording import (
    APPROVE,
    ORDER,
    OUTCOME_TONES,
    OUTCOMES,
    STATUSES,
    TONES,
    VIEW,
)
from erp.state.reading import RecordState
from erp.state.registry import handler
from erp.state.showing import display_rows

LIMIT = "purchase_amount"
LINE_COLUMNS = (
    Column("label", "Goods", detail="sku"),
    Column("quantity", "Ordered", Kind.NUMBER, detail="free"),
    Column("came", "Came", Kind.COUNT, detail="left"),
    Column("unit_cost", "Unit cost", Kind.MONEY, wide_only=True),
    Column("gst_rate", "GST", Kind.PERCENT, wide_only=True),
    Column("value", "Value", Kind.MONEY, wide_only=True),
)
VERSION_COLUMNS = (
    Column("version", "Version", detail="why"),
    Column("asked_at", "Asked", Kind.INSTANT, detail="asker", wide_only=True),
    Column("total", "Total", Kind.MONEY),
    Column("outcome", "Decision", Kind.STATUS, detail="said", labels=OUTCOMES, tones=OUTCOME_TONES),
)
RECEIPT_COLUMNS = (
    Column("received_on", "Day", Kind.DATE, detail="user"),
    Column("reference", "Document"),
    Column("units", "Units", Kind.COUNT),
    Column("value", "Value", Kind.MONEY),
)


class OrderState(RecordState, rx.State):
    """An order in its version in force, or in the one that waits if there is none yet."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("purchasing",)

    lines: list[dict[str, str]] = []
    waiting_lines: list[dict[str, str]] = []
    versions: list[dict[str, str]] = []
    receipts: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        order = await self._ask("purchasing.get_order", {"order_id": record_id})
        self.lines = display_rows([_line(x) for x in order.lines], LINE_COLUMNS, zone)
        self.waiting_lines = await self._waiting(order, zone)
        self.versions = display_rows([_version(x) for x in order.versions], VERSION_COLUMNS, zone)
        href = "/stock/moves?origin_id={id}" if principal.may("inventory.view") else ""
        self.receipts = display_rows(order.receipts, RECEIPT_COLUMNS, zone, href)
        self.head = _head(order, zone) | _offers(order, principal)

    async def _waiting(self, order: Any, zone: str) -> list[dict[str, str]]:
        """Return the lines of an amendment that waits beside the version in force."""
        if not order.version or order.waiting_version is None:
            return []
        wanted = {"order_id": order.id, "version": order.waiting_version}
        found = await self._ask("purchasing.get_order", wanted)
        return display_rows([_line(x) for x in found.lines], LINE_COLUMNS, zone)

    @handler(permission=APPROVE)
    async def approve(self) -> EventSpec:
        """Let the waiting version go out."""
        given = {"version": self.head.get("waiting", ""), "outcome": "approved"}
        return await self._do("purchasing.decide_order", given, "Approved. The asker is told.")

    @handler(permission=ORDER)
    async def withdraw(self) -> EventSpec:
        """Take one's own waiting version back."""
        given = {"version": self.head.get("waiting", "")}
        return await self._do("purchasing.withdraw_order", given, "Withdrawn.")

    async def _do(self, command: str, given: dict[str, Any], done: str) -> EventSpec:
        try:
            await self._run(command, given | {"order_id": self.head.get("id", "")})
        except (ValidationError, DomainError) as error:
            await self._show()
            words = error.message if isinstance(error, DomainError) else "This is not possible."
            return rx.toast.error(words)
        await self._show()
        return rx.toast.success(done)


def _line(line: Any) -> dict[str, Any]:
    unit = line.unit
    free = plain_decimal(line.free_quantity)
    left = line.outstanding + (line.base_free - line.free_received)
    return line.model_dump() | {
        "id": line.line_no,
        "free": f"{unit} + {free} free" if line.free_quantity else unit,
        "came": line.received + line.free_received,
        "left": f"{group_count(left)} {line.base_unit} to come" if left > 0 else "All here",
    }


def _version(version: Any) -> dict[str, Any]:
    said = (version.decider, version.decision_note)
    return version.model_dump() | {
        "id": version.version,
        "why": version.reason or "First version",
        "outcome": version.outcome or "waits",
        "said": ": ".join(part for part in said if part),
    }


def _head(order: Any, zone: str) -> dict[str, str]:
    shown = next(x for x in order.versions if x.version == order.shown_version)
    waiting = next((x for x in order.versions if x.version == order.waiting_version), None)
    came = sum((x.value for x in order.receipts), Decimal(0))
    return {
        "id": str(order.id),
        "number": order.number,
        "supplier": order.supplier,
        "supplier_href": f"/parties/{order.supplier_id}",
        "status": STATUSES[order.status],
        "tone": TONES[order.status],
        "version": str(order.version or order.waiting_version),
        "waiting": str(order.waiting_version or ""),
        "waiting_words": _waiting_words(waiting, order.version),
        "location": order.location,
        "expected": date_text(shown.expected_on) if shown.expected_on else "",
        "late": "yes" if order.is_late else "",
        "note": shown.note,
        "asked": f"{instant_text(order.versions[-1].asked_at, zone)} · {order.versions[-1].asker}",
        "taxable": money_text(shown.taxable),
        "tax": money_text(shown.tax),
        "total": money_text(shown.total),
        "came": money_text(came),
        "ended": _ended(order, zone),
    }


def _waiting_words(waiting: Any, in_force: int) -> str:
    if waiting is None:
        return ""
    worth = f"{waiting.asker} asks for {money_text(waiting.total)}, tax included."
    if in_force:
        return f"Version {waiting.version} waits for an approval: {worth} {waiting.reason}"
    return f"This order waits for an approval. {worth}"


def _ended(order: Any, zone: str) -> str:
    if order.ended_at is None:
        return ""
    who = f" by {order.ended_by}" if order.ended_by else ""
    return (
        f"{STATUSES[order.status]} on {instant_text(order.ended_at, zone)}{who}. {order.end_reason}"
    )


def _offers(order: Any, principal: identity.Principal) -> dict[str, str]:
    """Return what this person may do with the order now."""
    waiting = next((x for x in order.versions if x.version == order.waiting_version), None)
    is_placed = order.status == "placed"
    may_order, is_quiet = principal.may(ORDER), waiting is None
    within = waiting is not None and waiting.total <= principal.limits.get(LIMIT, Decimal(0))
    own = waiting is not None and waiting.asked_by == principal.user_id
    return {
        "may_amend": "yes" if is_placed and may_order and is_quiet else "",
        "may_receive": "yes" if is_placed and principal.may(RECEIVE) else "",
        "may_approve": "yes" if within and principal.may(APPROVE) else "",
        "may_refuse": "yes" if waiting is not None and principal.may(APPROVE) else "",
        "may_withdraw": "yes" if own and may_order else "",
    }


class _OfOrder(DialogFormState, mixin=True):
    """A form over the order's page; it acts on the version that was shown."""

    subject_field: ClassVar[str] = "order_id"

    _version: str = ""

    async def _prepare(self) -> None:
        page = await self.get_state(OrderState)
        self._version = page.head.get("waiting") or page.head.get("version", "")

    def _payload(self, form: Any) -> dict[str, Any]:
        return dict(super()._payload(form)) | {"version": self._version}

    async def _done(self, result: Any) -> str:
        page = await self.get_state(OrderState)
        await page._show()  # noqa: SLF001  sister of this state
        return self._words(result)

    def _words(self, result: Any) -> str:  # noqa: ARG002  forms say more
        """Say what happened; forms override."""
        return "Saved."


class RefuseState(_OfOrder, rx.State):
    """Refuses the waiting version."""

    permission: ClassVar[str] = APPROVE
    command: ClassVar[str] = "purchasing.decide_order"

    def _payload(self, form: Any) -> dict[str, Any]:
        return super()._payload(form) | {"outcome": "refused"}

    def _words(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        return "Refused. The asker is told why."


class FinishState(_OfOrder, rx.State):
    """Gives up what has not come."""

    permission: ClassVar[str] = ORDER
    command: ClassVar[str] = "purchasing.finish_order"

    def _words(self, result: Any) -> str:
        return f"Order {result.number} is {result.status}."
