"""Paying: tenders, the UPI code, the posted sale with its change; one sale however often pressed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import Conflict, DomainError
from erp.core.formatting import money_text
from erp.state.pos.approving import ApprovalState, continue_with
from erp.state.pos.cart import Cart, troubles
from erp.state.pos.holdings import holdings_of, points_words
from erp.state.pos.prescribing import PrescriptionState
from erp.state.pos.till import SELL, TillState
from erp.state.registry import handler
from erp.state.session import SessionState, as_uuid, errors_by_field

MOST_TENDERS = 10
AT_THE_LINES = frozenset(
    {"price_changed", "insufficient_stock", "expired_lot", "lot_on_hold", "coupon_refused"}
)


class PayState(SessionState, rx.State):
    """The payment dialog and what came of it.

    Attributes:
        points: What the customer has, in words. upi_for: the amount that the code asks for.
        mode: `refund` where an exchange gives money back.
        attempt: Counts the answers, so that the dialog knows that one has come.
        receipt: The posted sale as text; empty while none is shown.
    """

    is_open: bool = False
    points: str = ""
    mode: str = "sale"
    total: str = "0.00"
    total_text: str = ""
    credit: str = ""
    holdings: dict[str, dict[str, str]] = {}
    errors: dict[str, str] = {}
    problem: str = ""
    attempt: int = 0
    upi_svg: str = ""
    upi_for: str = ""
    upi_reference: str = ""
    receipt: dict[str, str] = {}

    @handler(permission=SELL)
    async def pay(self) -> None:
        """Ask for payment; what must be prescribed or approved is asked for first."""
        till = await self.get_state(TillState)
        await till._adopt(till._cart())
        if not till.is_sellable or self.receipt:
            return
        if till.needs_prescription:
            await (await self.get_state(PrescriptionState)).open_dialog()
            return
        if till.needs_approval:
            approval = await self.get_state(ApprovalState)
            await approval._request("discount", str(till._cart().sale_id), Decimal(till._level))
            return
        await self._open(till)

    @handler(permission=SELL)
    async def pay_approved(self) -> None:
        """Go on to payment after a manager approved the discount."""
        till = await self.get_state(TillState)
        approval = await self.get_state(ApprovalState)
        level = Decimal(approval.granted_level)
        await till._adopt(till._cart().model_copy(update={"approved": level}))
        if till.is_sellable and not till.needs_approval:
            await self._open(till)

    @handler(permission=SELL)
    async def show_upi(self, amount: str) -> None:
        """Show the code that a customer's payment app scans."""
        till = await self.get_state(TillState)
        self.upi_svg, self.errors = "", {}
        wanted = {"sale_id": till._cart().sale_id, "amount": f"{amount}"}
        try:
            request = await self._ask("pos.request_upi", wanted)
        except (DomainError, ValidationError) as error:
            self.errors = {"upi": _message(error)}
        else:
            self.upi_svg, self.upi_reference = request.qr_svg, request.reference
            self.upi_for = f"{amount}"

    @handler(permission=SELL)
    async def complete(self, tenders: list[dict[str, str]]) -> None:
        """Post the sale. The same cart posts once, however often this is asked for."""
        till = await self.get_state(TillState)
        if not self.is_open:
            return
        self.errors, self.problem = {}, ""
        cart = till._cart()
        try:
            posted = await self._run(cart.command, cart.sale_input(tenders_of(tenders)))
        except Conflict as error:
            await self._settle_conflict(till, cart, error)
        except (DomainError, ValidationError) as error:
            await self._refuse(till, cart, error)
        else:
            await self._finish(till, _shown_exchange(posted) if cart.exchange else _shown(posted))
        finally:
            self.attempt += 1

    @handler(permission=SELL)
    async def cancel(self) -> None:
        """Go back to the cart."""
        self.is_open, self.points = False, ""

    @handler(permission=SELL)
    async def new_sale(self) -> None:
        """Put the posted sale away."""
        self.receipt = {}

    @handler(permission=SELL)
    async def settle_lost_answer(self) -> None:
        """Show the sale of the cart at hand if it was posted and its answer never came."""
        till = await self.get_state(TillState)
        cart = till._cart()
        if cart.entries:
            await self._find_posted(till, cart)

    async def _open(self, till: TillState) -> None:
        self.holdings = await self._call(holdings_of, as_uuid(till.customer["id"]))
        due = Decimal(till._total)
        self.mode = "refund" if due < 0 else "sale"
        self.points = self.holdings.get("points", {}).get("note", "")
        self.total, self.total_text = f"{abs(due):f}", money_text(abs(due))
        self.credit = till.customer["credit"] or (till.customer["id"] if due < 0 else "")
        self.errors, self.problem, self.upi_svg = {}, "", ""
        self.is_open = True

    async def _settle_conflict(self, till: TillState, cart: Cart, error: Conflict) -> None:
        """A key or id that is used already means that the sale may stand."""
        if not await self._find_posted(till, cart):
            await self._refuse(till, cart, error)

    async def _find_posted(self, till: TillState, cart: Cart) -> bool:
        try:
            sale = await self._ask("pos.get_sale", {"sale_id": cart.sale_id})
        except DomainError:
            return False
        note = "This bill was posted already; its answer had been lost."
        await self._finish(till, _shown(sale) | {"note": note})
        return True

    async def _finish(self, till: TillState, receipt: dict[str, str]) -> None:
        self.is_open, self.receipt, self.points = False, receipt, ""
        await till._renew()

    async def _refuse(
        self, till: TillState, cart: Cart, error: DomainError | ValidationError
    ) -> None:
        """Show a refusal where it belongs: at the lines, or in the dialog; the cart is kept."""
        fields = errors_by_field(error)
        at_lines = {uid: message for uid, _, message in troubles(fields, cart.entries)}
        code = error.code if isinstance(error, DomainError) else "invalid_input"
        if at_lines or code in AT_THE_LINES | {"shift_closed", "unknown_party", "inactive_party"}:
            self.is_open = False
            await till._adopt(cart)
            for uid, message in at_lines.items():
                till._say(uid, message)
            if not till.coupon_problem:
                till.notice, till.notice_code = _message(error), code
        elif code == "approval_required" and isinstance(error, DomainError):
            self.is_open = False
            approval = await self.get_state(ApprovalState)
            asked = error.details
            await approval._request(asked["kind"], asked["origin_id"], Decimal(asked["level"]))
        else:
            self.errors, self.problem = fields, _message(error)


def _after_approval() -> EventSpec:
    return cast("EventSpec", PayState.pay_approved)


continue_with("discount", _after_approval)


def tenders_of(given: Any) -> list[dict[str, str]]:
    """Return the tenders of an event as the command takes them; it checks their content."""
    rows = given[:MOST_TENDERS] if isinstance(given, list) else []
    return [
        {key: f"{row.get(key, '')}" for key in ("method", "amount", "reference")}
        for row in rows
        if isinstance(row, Mapping)
    ]


def _message(error: DomainError | ValidationError) -> str:
    if isinstance(error, DomainError):
        return error.message
    return "Check the payment: " + "; ".join(errors_by_field(error).values())


def _shown(sale: Any) -> dict[str, str]:
    return {
        "number": sale.number,
        "invoice_id": str(sale.invoice_id),
        "total": money_text(sale.total),
        "big": money_text(sale.change_due or sale.total),
        "what": "Change due" if sale.change_due else "Paid",
        "has_change": "yes" if sale.change_due else "",
        "points": points_words(sale),
        "customer": sale.customer,
        "note": "",
        "credit_note": "",
        "credit_note_id": "",
    }


def _shown_exchange(posted: Any) -> dict[str, str]:
    """Return an exchange as its bill, with what came back and what changed hands."""
    bill = _shown(posted.sold)
    refunded = posted.refunded > 0
    changed = {"big": money_text(posted.refunded if refunded else posted.paid)}
    named = {"what": "Refunded" if refunded else "Paid on top"}
    given = {} if bill["has_change"] else changed | named
    back = {"credit_note": posted.returned.number}
    return bill | given | back | {"credit_note_id": str(posted.returned.invoice_id)}
