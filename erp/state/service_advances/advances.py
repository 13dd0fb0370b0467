"""Advances for services: the list, one of them, and what becomes of it."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, instant_text, money_text, plain_decimal
from erp.services import identity
from erp.services.party import STATES
from erp.state.asking import DialogFormState
from erp.state.gst_returns.wording import RECORD
from erp.state.listing import ListState
from erp.state.payments.wording import PAY, RECEIVE, VIEW
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

KINDS = {
    "applied": "Applied to an invoice",
    "refunded": "Paid back",
    "taken_back": "Receipt taken back",
    "undone": "Undone",
}
KIND_TONES = {"applied": "green", "refunded": "blue", "taken_back": "red", "undone": "gray"}
STEP_COLUMNS = (
    Column("booked_on", "Day", Kind.DATE),
    Column("kind", "What", Kind.STATUS, labels=KINDS, tones=KIND_TONES, detail="words"),
    Column("tax", "Its tax", Kind.MONEY, wide_only=True),
    Column("amount", "Amount", Kind.MONEY),
)


class ServiceAdvanceListState(ListState, rx.State):
    """Advances for services, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "service_advances.list_advances"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Receipt voucher", sort="number", detail="party"),
        Column("received_on", "Received", Kind.DATE, sort="received_on", wide_only=True),
        Column("description", "Service", detail="rate", wide_only=True),
        Column("tax", "Tax", Kind.MONEY, sort="tax", wide_only=True),
        Column("amount", "Amount", Kind.MONEY, sort="amount", wide_only=True),
        Column("left", "Left", Kind.MONEY, sort="left"),
    )
    row_link: ClassVar[str] = "/service-advances/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("is_open", "party_id")
    topics: ClassVar[tuple[str, ...]] = ("service_advances",)

    may_receive: bool = False

    @handler(permission=PAGE)
    async def open_advances(self) -> None:
        """Learn what may be done here."""
        self.may_receive = (await self._principal()).may(RECEIVE)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"rate": _taxed(row)}


def _taxed(row: Any) -> str:
    place = STATES.get(row.place_of_supply, row.place_of_supply)
    return f"{plain_decimal(row.rate)}%, {place}"


class ServiceAdvanceState(RecordState, rx.State):
    """An advance with what became of it."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("service_advances", "payments", "gst_returns")

    steps: list[dict[str, str]] = []
    takers: list[dict[str, str]] = []
    undoable: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("service_advances.get_advance", {"advance_id": record_id})
        may_pay, has_left = principal.may(PAY), bool(found.left)
        rows = [_step(row) for row in found.steps]
        self.steps = display_rows(rows, STEP_COLUMNS, principal.time_zone, "{page}")
        self.takers = [
            {
                "value": str(row.id),
                "label": f"{row.number} of {date_text(row.issued_on)}, {money_text(row.most)} open",
            }
            for row in found.takers
        ]
        self.undoable = [
            {
                "value": str(row.id),
                "label": f"{KINDS[row.kind]}: {money_text(row.amount)} {row.number}",
            }
            for row in found.steps
            if row.kind in {"applied", "refunded"} and not row.is_undone
        ]
        is_whole = found.left == found.amount
        amends = principal.may(RECORD)
        self.head = _head(found, principal.time_zone) | {
            "may_apply": "yes" if found.takers and principal.may(RECEIVE) else "",
            "may_refund": "yes" if has_left and may_pay else "",
            "may_undo": "yes" if self.undoable and may_pay else "",
            "may_take_back": "yes" if is_whole and may_pay else "",
            "may_amend": "yes" if amends and not found.amendment_id else "",
            "may_withdraw": "yes" if amends and found.amendment_id else "",
            "sees_books": "yes" if principal.may("accounting.view") else "",
        }


def _step(row: Any) -> dict[str, Any]:
    pages = {"applied": f"/invoices/{row.invoice_id}", "refunded": f"/payments/{row.payment_id}"}
    undone = "taken back since" if row.is_undone else ""
    words = ", ".join(one for one in (row.number, row.reason, undone) if one)
    page = pages.get(row.kind, f"/books/journal?origin_id={row.id}")
    return row.model_dump() | {"words": words, "page": page}


def _head(found: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(found.id),
        "number": found.number,
        "party": found.party,
        "party_href": f"/receivables/{found.party_id}",
        "description": found.description,
        "sac": found.sac,
        "received_on": date_text(found.received_on),
        "taxed": _taxed(found),
        "amount": money_text(found.amount),
        "taxable": money_text(found.taxable),
        "igst": money_text(found.igst) if found.igst else "",
        "cgst": money_text(found.cgst) if found.cgst else "",
        "sgst": money_text(found.sgst) if found.sgst else "",
        "left": money_text(found.left),
        "tax_left": money_text(found.tax_left),
        "amendment_id": str(found.amendment_id or ""),
        "amended": _amended(found),
        "recorded": f"{instant_text(found.recorded_at, zone)} · {found.user}",
        "used": "" if found.left else "Nothing is left of this advance, and its tax went with it.",
    }


def _amended(found: Any) -> str:
    """Say what a later return corrects."""
    if found.amendment_id is None:
        return ""
    moved = (
        f" It should have been stated as of {date_text(found.stated_on)}."
        if found.stated_on != found.received_on
        else ""
    )
    return f"Corrected in the return of {date_text(found.amended_on)}: {_taxed(found)}.{moved}"


class _OfAdvance(DialogFormState, mixin=True):
    """A form over an advance's page."""

    subject_field: ClassVar[str] = "advance_id"

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(ServiceAdvanceState))._show()  # noqa: SLF001  sister of this state


class ApplyAdvanceState(_OfAdvance, rx.State):
    """Lets an invoice take the advance."""

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "service_advances.apply_advance"

    async def _done(self, result: Any) -> str:
        await self._bring_up_to_date()
        tax = money_text(result.tax)
        return f"{money_text(result.amount)} applied; {tax} tax of the advance taken off."


class RefundAdvanceState(_OfAdvance, rx.State):
    """Pays the advance back."""

    permission: ClassVar[str] = PAY
    command: ClassVar[str] = "service_advances.refund_advance"

    method: str = "bank"

    async def _prepare(self) -> None:
        self.method = "bank"

    @handler(permission=PAGE)
    async def choose_method(self, method: str) -> None:
        """Keep how it is paid back."""
        self.method = f"{method}"[:20]

    async def _done(self, result: Any) -> str:
        await self._bring_up_to_date()
        return f"{money_text(result.amount)} paid back under {result.number}."


class UndoStepState(_OfAdvance, rx.State):
    """Takes an application or a refund back."""

    permission: ClassVar[str] = PAY
    command: ClassVar[str] = "service_advances.undo_step"
    done_words: ClassVar[str] = "Undone. The advance is there again, and its tax is due again."


class TakeBackAdvanceState(_OfAdvance, rx.State):
    """Takes the receipt back."""

    permission: ClassVar[str] = PAY
    command: ClassVar[str] = "service_advances.take_back_advance"
    done_words: ClassVar[str] = "The receipt is taken back, with its tax."


class AmendAdvanceState(_OfAdvance, rx.State):
    """Corrects in the next return what filed ones state of the advance."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.amend_advance"

    async def _done(self, result: Any) -> str:
        await self._bring_up_to_date()
        change = money_text(result.igst + result.cgst + result.sgst)
        return (
            f"{result.number} is corrected in the next return; tax that is due changes by {change}."
        )


class WithdrawAdvanceAmendmentState(_OfAdvance, rx.State):
    """Takes that correction back."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.withdraw_advance_amendment"
    subject_field: ClassVar[str] = "amendment_id"
    done_words: ClassVar[str] = "Withdrawn. The advance may be amended anew."
