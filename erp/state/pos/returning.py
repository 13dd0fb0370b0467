"""Taking goods back against their bill: find it, choose units, refund, print the credit note."""

from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, expiry_text, instant_text, money_text
from erp.core.ids import new_id
from erp.state.pos.approving import ApprovalState, continue_with
from erp.state.pos.cart import Back, Exchanged, read_count
from erp.state.pos.lines import TIMES
from erp.state.pos.paying import tenders_of
from erp.state.pos.till import TillState
from erp.state.registry import handler
from erp.state.session import SessionState, as_uuid, errors_by_field

RETURN = "pos.return"
MOST_FOUND = 8


class ReturnState(SessionState, rx.State):
    """One bill and what comes back of it.

    Attributes:
        found: Bills that match what was typed, newest first.
        value: What the goods are worth on their bill, as the server works it out.
        to_refund: Of it, what is given back in money or on the account; points come by themselves.
    """

    shift_open: bool = False
    found: list[dict[str, str]] = []
    searched: bool = False
    sale: dict[str, str] = {}
    lines: list[dict[str, str]] = []
    reason: str = ""
    value: str = ""
    value_text: str = ""
    to_refund: str = ""
    points_note: str = ""
    credit: str = ""
    errors: dict[str, str] = {}
    problem: str = ""
    attempt: int = 0
    is_refunding: bool = False
    receipt: dict[str, str] = {}

    _is_exchange: bool = False
    _counts: dict[str, int] = {}
    _return_id: str = ""
    _shift_id: str = ""
    _approved: str = "0"

    @handler(permission=RETURN)
    async def open_returns(self) -> None:
        """Begin with an empty search; returns need an open shift."""
        till = await self.get_state(TillState)
        self._shift_id = till.shift_id
        self.shift_open = bool(till.shift_id)
        self._reset()
        self.receipt = {}

    @handler(permission=RETURN)
    async def find(self, text: str) -> None:
        """Find bills by number or customer; a number found alone is opened."""
        wanted = f"{text}".strip()[:100]
        self._reset()
        if not wanted:
            return
        page = await self._ask(
            "pos.list_sales", {"search": wanted, "kind": "sale", "limit": MOST_FOUND}
        )
        zone = (await self._principal()).time_zone
        self.found = [_bill(row, zone) for row in page.rows]
        self.searched = True
        exact = [row for row in self.found if row["number"].lower() == wanted.lower()]
        if len(exact) == 1 or len(self.found) == 1:
            await self._open((exact or self.found)[0]["id"])

    @handler(permission=RETURN)
    async def open_bill(self, sale_id: str) -> None:
        """Show the lines of a bill, with what has come back already."""
        await self._open(sale_id)

    @handler(permission=RETURN)
    async def change_count(self, line_no: str, text: str) -> None:
        """Say how many units of a line come back."""
        line = next((line for line in self.lines if line["line_no"] == f"{line_no}"), None)
        count = read_count(f"{text}")
        if line is None or count is None:
            return
        self._counts = {**self._counts, line["line_no"]: min(count, int(line["left"]))}
        self.lines = [
            row | {"count": str(self._counts.get(row["line_no"], 0))} for row in self.lines
        ]
        await self._value_goods()

    @handler(permission=RETURN)
    async def change_reason(self, text: str) -> None:
        """Keep why the goods come back."""
        self.reason = f"{text}".strip()[:120]
        self.errors = {}

    @handler(permission=RETURN)
    async def refund(self) -> EventSpec | None:
        """Ask how the money goes back; a return above the limit is approved first."""
        return await self._go_on(is_exchange=False)

    @handler(permission=RETURN)
    async def exchange(self) -> EventSpec | None:
        """Go to the till to choose what goes out for it; above the limit it is approved first."""
        return await self._go_on(is_exchange=True)

    @handler(permission=RETURN)
    async def press(self, key: str) -> EventSpec | None:
        """Do what a key stands for, while a bill is chosen and nothing is asked."""
        if not self.sale or self.is_refunding or self.receipt:
            return None
        return await self._go_on(is_exchange=key == "exchange")

    @handler(permission=RETURN)
    async def go_on_approved(self) -> EventSpec | None:
        """Go on after a manager approved the return."""
        approval = await self.get_state(ApprovalState)
        self._approved = approval.granted_level
        await self._value_goods()
        return await self._begin() if self.value and not self.problem else None

    @handler(permission=RETURN)
    async def complete(self, tenders: list[dict[str, str]]) -> None:
        """Post the return; the same return posts once, however often this is asked for."""
        if not self.is_refunding:
            return
        self.errors, self.problem = {}, ""
        key = f"return-{self._return_id}"
        wanted = self._wanted() | {"tenders": tenders_of(tenders), "idempotency_key": key}
        try:
            posted = await self._run("pos.post_return", wanted)
        except DomainError as error:
            self.errors, self.problem = errors_by_field(error), error.message
        except ValidationError as error:
            self.errors, self.problem = errors_by_field(error), "Check the refund."
        else:
            self._reset()
            self.receipt = _receipt(posted)
        finally:
            self.attempt += 1

    @handler(permission=RETURN)
    async def cancel(self) -> None:
        """Close the refund dialog."""
        self.is_refunding = False

    @handler(permission=RETURN)
    async def another(self) -> None:
        """Put the posted return away."""
        self._reset()
        self.receipt = {}

    async def _open(self, sale_id: str) -> None:
        if as_uuid(sale_id) is None:
            return
        zone = (await self._principal()).time_zone
        sale = await self._ask("pos.get_sale", {"sale_id": sale_id})
        self._reset()
        self._return_id = str(new_id())
        self.sale = _head(sale, zone)
        self.lines = [_line(row) for row in sale.lines]
        is_on_account = any(tender.method == "credit" for tender in sale.tenders)
        self.credit = "yes" if is_on_account else ""

    async def _value_goods(self) -> None:
        """Ask the server what the chosen units are worth, by trying the return without doing it."""
        self.value, self.value_text, self.problem = "", "", ""
        self.to_refund, self.points_note = "", ""
        if not any(self._counts.values()):
            return
        wanted = self._wanted() | {"reason": self.reason or "to be said"}
        try:
            tried = await self._preview("pos.post_return", wanted)
        except DomainError as error:
            if error.code != "approval_required":
                self.problem = error.message
                return
            self.value = self.to_refund = f"{Decimal(error.details['level']):.2f}"
        else:
            result: Any = tried.result
            self.value = f"{result.total:.2f}"
            self.to_refund = f"{result.total - result.by_points:.2f}"
            self.points_note = _points_note(result)
        self.value_text = money_text(Decimal(self.value))

    async def _go_on(self, *, is_exchange: bool) -> EventSpec | None:
        self._is_exchange = is_exchange
        await self._value_goods()
        if not self.value or self.problem:
            return None
        if not self.reason:
            self.errors = {"reason": "Say why the goods come back."}
            return None
        if self._is_within_limit(await self._limit()):
            return await self._begin()
        approval = await self.get_state(ApprovalState)
        await approval._request("return", self._return_id, Decimal(self.value))
        return None

    async def _begin(self) -> EventSpec | None:
        if not self._is_exchange:
            self.errors, self.problem, self.is_refunding = {}, "", True
            return None
        till = await self.get_state(TillState)
        exchanged = Exchanged(
            sale_id=UUID(self.sale["id"]),
            return_id=UUID(self._return_id),
            number=self.sale["number"],
            lines=tuple(
                Back(line_no=int(line_no), quantity=count)
                for line_no, count in self._counts.items()
                if count
            ),
            reason=self.reason,
            worth=Decimal(self.to_refund),
        )
        refused = await till._begin(exchanged, as_uuid(self.sale["customer_id"]))
        if refused is not None:
            return refused
        self._reset()
        return rx.redirect("/till")

    def _is_within_limit(self, limit: Decimal) -> bool:
        return Decimal(self.value) <= max(limit, Decimal(self._approved))

    async def _limit(self) -> Decimal:
        return await self._call(lambda ctx: ctx.limit("return_amount"))

    def _wanted(self) -> dict[str, Any]:
        return {
            "return_id": UUID(self._return_id),
            "sale_id": self.sale["id"],
            "shift_id": self._shift_id,
            "reason": self.reason,
            "lines": [
                {"line_no": int(line_no), "quantity": count}
                for line_no, count in self._counts.items()
                if count
            ],
        }

    def _reset(self) -> None:
        self.found, self.searched, self.sale, self.lines = [], False, {}, []
        self.reason, self.value, self.value_text, self.credit = "", "", "", ""
        self.to_refund, self.points_note = "", ""
        self.errors, self.problem, self.is_refunding = {}, "", False
        self._counts, self._return_id, self._approved = {}, "", "0"


def _after_approval() -> EventSpec:
    return cast("EventSpec", ReturnState.go_on_approved)


continue_with("return", _after_approval)


def _points_note(result: Any) -> str:
    """Say what the return does to the customer's points."""
    if not (result.points_net or result.by_points):
        return ""
    net = counted(abs(result.points_net), "point")
    words = f"{net} {'come back' if result.points_net > 0 else 'go'}" if result.points_net else ""
    paid = f"{money_text(result.by_points)} of the refund is in points" if result.by_points else ""
    return "; ".join(part for part in (words, paid) if part) + "."


def _bill(row: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(row.id),
        "number": row.number,
        "customer": row.customer,
        "sold_at": instant_text(row.sold_at, zone),
        "total": money_text(row.total),
    }


def _head(sale: Any, zone: str) -> dict[str, str]:
    returned = [related.number for related in sale.related if related.kind == "return"]
    return {
        "id": str(sale.id),
        "number": sale.number,
        "customer": sale.customer,
        "sold_at": instant_text(sale.sold_at, zone),
        "cashier": sale.cashier,
        "total": money_text(sale.total),
        "customer_id": "" if sale.is_walk_in else str(sale.customer_id),
        "returns": ", ".join(returned),
    }


def _line(row: Any) -> dict[str, str]:
    left = row.quantity - row.returned
    expiry = expiry_text(row.expires_on) if row.expires_on else ""
    return {
        "line_no": str(row.line_no),
        "label": row.description,
        "lot": " · ".join(part for part in (row.lot_number, expiry) if part),
        "sold": f"{row.quantity} {TIMES} {money_text(row.unit_price)}",
        "returned": f"{row.returned} returned already" if row.returned else "",
        "total": money_text(row.total),
        "left": str(left),
        "count": "0",
    }


def _receipt(posted: Any) -> dict[str, str]:
    return {
        "number": posted.number,
        "original": posted.original_number,
        "invoice_id": str(posted.invoice_id),
        "total": money_text(posted.total),
    }
