"""Expenses: the list, and one claim or voucher with what may be done about it."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import ConfirmationRequired, DomainError
from erp.core.formatting import date_text, instant_text, money_text, plain_decimal
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.expenses.wording import (
    APPROVE,
    CLAIM,
    KINDS,
    PAY,
    SEE_BOX,
    STATUSES,
    TONES,
    VIEW,
)
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler

LIMIT = "expense_amount"
PICTURE = "/api/erp/expense-receipts/"


class ClaimListState(ListState, rx.State):
    """Claims and vouchers, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "expenses.list_claims"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Expense", sort="number", detail="purpose"),
        Column("claimant", "Who", sort="claimant", detail="branch", wide_only=True),
        Column("submitted_at", "Handed in", Kind.INSTANT, sort="submitted_at", wide_only=True),
        Column("kind", "Paid from", sort="kind", labels=KINDS, wide_only=True),
        Column("status", "Status", Kind.STATUS, sort="status", labels=STATUSES, tones=TONES),
        Column("total", "Amount", Kind.MONEY, sort="total", detail="owed"),
    )
    row_link: ClassVar[str] = "/expenses/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing", "status", "kind")
    topics: ClassVar[tuple[str, ...]] = ("expenses",)

    may_claim: bool = False
    sees_box: bool = False

    @handler(permission=PAGE)
    async def open_claims(self) -> None:
        """Learn what may be done here."""
        principal = await self._principal()
        self.may_claim, self.sees_box = principal.may(CLAIM), principal.may(SEE_BOX)


class ClaimState(RecordState, rx.State):
    """A claim or voucher with its bills."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("expenses", "payments", "purchasing", "assets", "gateways")

    lines: list[dict[str, str]] = []
    doubt: str = ""

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("expenses.get_claim", {"claim_id": record_id})
        if str(found.id) != self.head.get("id") or str(found.revision) != self.head.get("revision"):
            self.doubt = ""
        self.lines = [_line(line) for line in found.lines]
        self.head = _head(found, principal) | _offers(found, principal)
        if self.doubt:
            await self._ask_again()

    async def _ask_again(self) -> None:
        """Let a question that stands follow the bills it is about, which others change meanwhile."""
        try:
            question = await self._question()
        except (ValidationError, DomainError):
            question = None
        self.doubt = question.message if question and self.head["may_approve"] else ""

    async def _question(self) -> ConfirmationRequired | None:
        """Return what approving would ask about now, or nothing."""
        try:
            await self._preview("expenses.decide_claim", self._decision("approved"))
        except ConfirmationRequired as question:
            return question
        return None

    def _decision(self, outcome: str) -> dict[str, Any]:
        return {
            "claim_id": self.head.get("id", ""),
            "revision": int(self.head.get("revision") or 0),
            "outcome": outcome,
        }

    @handler(permission=APPROVE)
    async def approve(self) -> EventSpec | None:
        """Approve the claim that is shown; where approving asks something, only once that question was read."""
        try:
            question = await self._question()
            if question is not None and question.message != self.doubt:
                self.doubt = question.message
                return None
            confirm = (question.code,) if question is not None else ()
            await self._run("expenses.decide_claim", self._decision("approved"), confirm=confirm)
        except (ValidationError, DomainError) as error:
            return await self._refused(error)
        self.doubt = ""
        await self._show()
        return rx.toast.success("Approved and booked. The claimant is told.")

    @handler(permission=APPROVE)
    async def send_back_to_correct(self) -> EventSpec | None:
        """Send the claim back with what its claimant has to correct."""
        found = await self._ask("expenses.get_claim", {"claim_id": self.head.get("id", "")})
        given = self._decision("returned") | {"note": found.to_correct}
        try:
            await self._run("expenses.decide_claim", given)
        except (ValidationError, DomainError) as error:
            return await self._refused(error)
        await self._show()
        return rx.toast.success(f"{found.claimant} is told what to correct.")

    async def _refused(self, error: ValidationError | DomainError) -> EventSpec:
        await self._show()
        words = error.message if isinstance(error, DomainError) else "This is not possible."
        return rx.toast.error(words)


def _line(line: Any) -> dict[str, str]:
    tax = line.igst + line.cgst + line.sgst
    credit = f"{money_text(tax)} GST credit" if tax else ""
    if not tax and line.gst_rate:
        credit = f"GST {plain_decimal(line.gst_rate)}% is part of the cost"
    why = line.credit_words
    bill = f"Bill {line.bill_number}" if line.bill_number else ""
    about = (line.supplier, bill, line.supplier_gstin, line.cost_centre or "", line.note)
    has_photo = line.receipt_id and line.media_type == "image/jpeg"
    return {
        "id": str(line.line_no),
        "bill": f"Bill {line.bill_number} of {line.supplier}".removesuffix(" of "),
        "has_tax": "yes" if line.gst_rate and line.bill_number else "",
        "category": line.category,
        "day": date_text(line.spent_on),
        "about": " · ".join(part for part in about if part),
        "amount": money_text(line.amount),
        "credit": credit,
        "why": why,
        "whole": f"{money_text(line.bill_tax)} GST on the whole bill"
        if line.bill_tax is not None
        else "",
        "thumbnail": f"{PICTURE}{line.receipt_id}" if has_photo else "",
        "receipt": f"{PICTURE}{line.receipt_id}?size=large" if line.receipt_id else "",
    }


def _head(found: Any, principal: identity.Principal) -> dict[str, str]:
    zone = principal.time_zone
    is_claim = found.kind == "claim"
    decided = f"{found.decider}, {instant_text(found.decided_at, zone)}" if found.decided_at else ""
    credit = found.igst + found.cgst + found.sgst
    paid = "" if not is_claim else money_text(found.total - found.open)
    ended = {
        "withdrawn": f"Withdrawn by {found.ended_by}: {found.end_reason}",
        "reversed": f"Taken back by {found.ended_by}: {found.end_reason}",
    }
    return {
        "id": str(found.id),
        "number": found.number,
        "revision": str(found.revision),
        "status": STATUSES[found.status],
        "tone": TONES[found.status],
        "kind": KINDS[found.kind],
        "about": f"{found.purpose} · {found.claimant}",
        "claimant": found.claimant,
        "branch": found.branch,
        "total": money_text(found.total),
        "credit": money_text(credit) if credit else "",
        "submitted": instant_text(found.submitted_at, zone),
        "corrected": found.corrector,
        "decided": decided,
        "booked": date_text(found.booked_on) if found.booked_on else "",
        "paid": paid if found.status == "approved" else "",
        "sent_back": found.decision_note if found.status == "returned" else "",
        "ended": ended.get(found.status, ""),
        "journal": f"/books/journal?origin_id={found.id}" if found.entry_id else "",
    }


def _offers(found: Any, principal: identity.Principal) -> dict[str, str]:
    """Return what this person may do with the claim now."""
    waits, own = found.status == "submitted", found.claimant_id == principal.user_id
    is_claim, booked = found.kind == "claim", found.status == "approved"
    may_decide = waits and not own and principal.may(APPROVE)
    within = found.total <= principal.limits.get(LIMIT, Decimal(0))
    may_reverse = booked and principal.may(APPROVE) and not own
    is_untouched = not is_claim or found.open == found.total
    words = ""
    if waits and own:
        words = "Somebody else approves what you claim. They have been told."
    elif may_decide and not within:
        words = "This is beyond your limit. An owner may approve it."
    elif may_decide and found.to_correct:
        words = (
            "Something is to be corrected before this can be approved: by you, or by who claims it."
        )
    elif may_decide:
        words = f"{found.claimant} wants {money_text(found.total)} back."
    if may_decide and found.twins:
        words += f" One of its bills or photos is in {found.twins}, too: look at both first."
    pay = f"/payments/make?party_id={found.party_id}"
    return {
        "waiting_words": words,
        "may_approve": "yes" if may_decide and within and not found.to_correct else "",
        "may_return": "yes" if may_decide else "",
        "may_correct": "yes" if may_decide else "",
        "to_correct": found.to_correct if may_decide or found.may_mend else "",
        "may_send_to_correct": "yes" if may_decide and found.to_correct else "",
        "mend_link": f"/expenses/new?claim={found.id}" if found.may_mend else "",
        "may_reverse": "yes" if may_reverse and is_untouched else "",
        "pay_link": pay if booked and found.open and principal.may(PAY) else "",
        "sees_books": "yes" if principal.may("accounting.view") and found.entry_id else "",
    }


class _OfClaim(DialogFormState, mixin=True):
    """A form over the claim's page."""

    subject_field: ClassVar[str] = "claim_id"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(ClaimState)
        await page._show()  # noqa: SLF001  sister of this state
        return f"{result.number}: {STATUSES[result.status].lower()}."


class SendBackState(_OfClaim, rx.State):
    """Sends a claim back to its claimant."""

    permission: ClassVar[str] = APPROVE
    command: ClassVar[str] = "expenses.decide_claim"

    revision: str = ""

    @handler(permission=PAGE)
    async def open_for(self, claim_id: str, number: str, revision: str) -> None:
        """Ask why the claim is sent back."""
        self.revision = f"{revision}"[:9]
        await self.open_dialog(claim_id, number)

    def _payload(self, form: Any) -> dict[str, Any]:
        revision = int(self.revision) if self.revision.isdigit() else 0
        return dict(super()._payload(form)) | {"outcome": "returned", "revision": revision}


class CorrectBillTaxState(_OfClaim, rx.State):
    """Gives the GST on a whole bill of somebody else's claim anew."""

    permission: ClassVar[str] = APPROVE
    command: ClassVar[str] = "expenses.correct_bill_tax"

    line_no: str = ""
    revision: str = ""

    @handler(permission=PAGE)
    async def open_for(self, bill: str, line_no: str) -> None:
        """Ask for the GST on the whole bill of a line of the claim that is shown."""
        page = await self.get_state(ClaimState)
        self.line_no, self.revision = f"{line_no}"[:9], page.head.get("revision", "")
        await self.open_dialog(page.head.get("id", ""), bill)

    def _payload(self, form: Any) -> dict[str, Any]:
        about = {"line_no": self.line_no, "revision": self.revision or "0"}
        return dict(super()._payload(form)) | about

    async def _done(self, result: Any) -> str:
        await super()._done(result)
        return f"{result.number} is corrected. The claimant is told."


class WithdrawClaimState(_OfClaim, rx.State):
    """Takes one's own claim back."""

    permission: ClassVar[str] = CLAIM
    command: ClassVar[str] = "expenses.withdraw_claim"


class ReverseClaimState(_OfClaim, rx.State):
    """Takes a booked claim or voucher back."""

    permission: ClassVar[str] = APPROVE
    command: ClassVar[str] = "expenses.reverse_claim"
