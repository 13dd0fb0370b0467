"""Payments: the list, one of them, and what becomes of it."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, instant_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.payments.wording import (
    ACCOUNT_PAGES,
    DIRECTION_TONES,
    DIRECTIONS,
    METHODS,
    PAGE_OF_ORIGIN,
    PAY,
    RECEIVE,
    STANDING_TONES,
    STANDINGS,
    VIEW,
)
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

SETTLED_COLUMNS = (
    Column("narration", "Settles"),
    Column("due_on", "Due", Kind.DATE, wide_only=True),
    Column("amount", "Of it", Kind.MONEY),
)


class PaymentListState(ListState, rx.State):
    """Payments, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "payments.list_payments"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Payment", sort="number", detail="party"),
        Column("paid_on", "Day", Kind.DATE, sort="paid_on", wide_only=True),
        Column("direction", "Way", Kind.STATUS, sort="direction", labels=DIRECTIONS, tones=DIRECTION_TONES),
        Column("method", "By", sort="method", labels=METHODS, detail="reference", wide_only=True),
        Column(
            "standing", "Standing", Kind.STATUS, labels=STANDINGS, tones=STANDING_TONES,
            detail="cheque_on", wide_only=True,
        ),
        Column("unapplied", "Unapplied", Kind.MONEY, sort="unapplied", wide_only=True),
        Column("amount", "Amount", Kind.MONEY, sort="amount"),
    )  # fmt: skip
    row_link: ClassVar[str] = "/payments/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "direction", "method", "standing", "from_day", "to_day", "party_id",
    )  # fmt: skip
    topics: ClassVar[tuple[str, ...]] = ("payments",)

    may_receive: bool = False
    may_pay: bool = False

    @handler(permission=PAGE)
    async def open_payments(self) -> None:
        """Learn what may be done here."""
        principal = await self._principal()
        self.may_receive, self.may_pay = principal.may(RECEIVE), principal.may(PAY)

    def _entry(self, row: Any) -> Any:
        day = f"of {date_text(row.cheque_on)}" if row.cheque_on else ""
        return row.model_dump() | {"cheque_on": day}


class PaymentState(RecordState, rx.State):
    """A payment with what it settled."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("payments",)

    settles: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("payments.get_payment", {"payment_id": record_id})
        rows = [
            row.model_dump()
            | {
                "page": PAGE_OF_ORIGIN.get(row.origin_type, "/books/journal?origin_id={}").format(
                    row.origin_id
                )
            }
            for row in found.settles
        ]
        self.settles = display_rows(rows, SETTLED_COLUMNS, principal.time_zone, "{page}")
        is_open = found.standing != "reversed"
        may_reverse = is_open and found.method != "gateway" and not found.is_service_advance
        self.head = _head(found, principal.time_zone) | {
            "may_bank": "yes" if found.standing == "in_hand" and principal.may(RECEIVE) else "",
            "may_reverse": "yes" if may_reverse and principal.may(PAY) else "",
            "may_apart": "yes" if rows and is_open and principal.may(PAY) else "",
            "sees_books": "yes" if principal.may("accounting.view") else "",
            "advance_href": f"/service-advances/{found.id}"
            if found.is_service_advance and found.direction == "in"
            else "",
        }


def _head(found: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(found.id),
        "item_id": str(found.item_id or ""),
        "for_service": "yes" if found.is_service_advance else "",
        "banking": "Bank cheque" if found.direction == "in" else "Cheque was presented",
        "number": found.number,
        "party": found.party,
        "account_href": f"{ACCOUNT_PAGES[found.ledger]}/{found.party_id}",
        "direction": DIRECTIONS[found.direction],
        "direction_tone": DIRECTION_TONES[found.direction],
        "standing": STANDINGS[found.standing],
        "tone": STANDING_TONES[found.standing],
        "paid_on": date_text(found.paid_on),
        "method": METHODS[found.method],
        "reference": found.reference,
        "cheque_on": date_text(found.cheque_on) if found.cheque_on else "",
        "amount": money_text(found.amount),
        "discount": money_text(found.discount) if found.discount else "",
        "written_off": money_text(found.written_off) if found.written_off else "",
        "unapplied": money_text(found.unapplied) if found.unapplied else "",
        "note": found.note,
        "recorded": f"{instant_text(found.recorded_at, zone)} · {found.user}",
        "banked": f"Banked on {date_text(found.banked_on)}." if found.banked_on else "",
        "reversed": f"Taken back on {date_text(found.reversed_on)}: {found.reverse_reason}"
        if found.reversed_on
        else "",
    }


class _OfPayment(DialogFormState, mixin=True):
    """A form over a payment's page."""

    subject_field: ClassVar[str] = "payment_id"
    said: ClassVar[str] = ""

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(PaymentState))._show()  # noqa: SLF001  sister of this state
        return self.said


class BankChequeState(_OfPayment, rx.State):
    """Pays a cheque into the bank."""

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "payments.bank_cheque"
    said: ClassVar[str] = "The cheque is in the bank."


class SetApartState(_OfPayment, rx.State):
    """Takes back what a payment settled."""

    permission: ClassVar[str] = PAY
    command: ClassVar[str] = "payments.set_apart"
    subject_field: ClassVar[str] = "item_id"
    said: ClassVar[str] = "Set apart. The payment stands on the account."


class ReversePaymentState(_OfPayment, rx.State):
    """Takes a payment back."""

    permission: ClassVar[str] = PAY
    command: ClassVar[str] = "payments.reverse_payment"
    said: ClassVar[str] = "Taken back. What it settled is open again."
