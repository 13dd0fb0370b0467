"""One party's account: what is open, what stands against it, and matching the two."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.clock import business_date
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.payments.wording import (
    MESSAGE_WORDS,
    PAGE_OF_ORIGIN,
    PAY,
    PROMISE_TONES,
    RECEIVE,
    REMINDED,
    VIEW,
)
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

EDIT: Final = "party.edit"
CHANNELS: Final = {"whatsapp": "WhatsApp", "sms": "SMS"}
OPEN_COLUMNS = (
    Column("narration", "For", detail="day"),
    Column("due_on", "Due", Kind.DATE, detail="late", wide_only=True),
    Column("amount", "Amount", Kind.MONEY, wide_only=True),
    Column("open", "Open", Kind.MONEY),
)


class _AccountState(RecordState, mixin=True):
    """A party's account as customer or as supplier."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("payments", "billing", "pos", "sales")
    ledger: ClassVar[str] = ""
    debt_side: ClassVar[str] = ""
    matches: ClassVar[str] = RECEIVE
    """Permission to match on this account."""

    debts: list[dict[str, str]] = []
    credits: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        wanted = {"party_id": record_id, "ledger": self.ledger}
        found = await self._ask("payments.list_items", wanted)
        rows = [_entry(row) for row in found.rows]
        zone = principal.time_zone
        debts = [row for row in rows if row["side"] == self.debt_side]
        rest = [row for row in rows if row["side"] != self.debt_side]
        self.debts = display_rows(debts, OPEN_COLUMNS, zone, "{page}")
        self.credits = display_rows(rest, OPEN_COLUMNS, zone, "{page}")
        self.head = {
            "id": str(record_id),
            "party": found.party,
            "owed": money_text(found.owed),
            "overdue": money_text(found.overdue),
            "overdue_tone": "red" if found.overdue else "",
            "unapplied": money_text(found.unapplied),
            "balance": money_text(found.balance),
            "may_receive": "yes" if principal.may(RECEIVE) else "",
            "may_pay": "yes" if principal.may(PAY) else "",
            "may_match": "yes" if debts and rest and principal.may(self.matches) else "",
        }

    @handler(permission=PAGE)
    async def match_oldest(self) -> EventSpec:
        """Settle what is due first with what stands against it."""
        given = {"party_id": self.head.get("id", ""), "ledger": self.ledger}
        try:
            done = await self._run("payments.match_items", given)
        except (ValidationError, DomainError) as error:
            words = error.message if isinstance(error, DomainError) else "This is not possible."
            return rx.toast.error(words)
        await self._show()
        matched = counted(done.pairs, "match", "matches")
        return rx.toast.success(f"{money_text(done.amount)} settled in {matched}.")


class CustomerAccountState(_AccountState, rx.State):
    """What a customer owes, what they promised, and how they were reminded."""

    ledger: ClassVar[str] = "customer"
    debt_side: ClassVar[str] = "debit"

    promises: list[dict[str, str]] = []
    reminders: list[dict[str, str]] = []
    choices: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        await super()._load(record_id, principal)
        may_request = bool(self.debts) and principal.may("gateways.request")
        self.head = self.head | {"may_request": "yes" if may_request else ""}
        promised = await self._ask("payments.list_promises", {"party_id": record_id, "limit": 10})
        reminded = await self._ask("payments.list_reminders", {"party_id": record_id, "limit": 10})
        self.promises = [_promise(row) for row in promised.rows]
        self.reminders = [_reminder(row) for row in reminded.rows]
        if principal.may("party.view"):
            said = await self._ask("messaging.list_choices", {"party_id": record_id})
            zone = principal.time_zone
            self.choices = [_choice(channel, said.rows, zone) for channel in CHANNELS]
        may_choose = "yes" if principal.may(EDIT) else ""
        self.head = self.head | {"may_choose": may_choose}

    @handler(permission=RECEIVE)
    async def withdraw_promise(self, promise_id: str) -> EventSpec:
        """Let a promise hold no longer."""
        try:
            await self._run("payments.withdraw_promise", {"promise_id": f"{promise_id}"})
        except (ValidationError, DomainError) as error:
            words = error.message if isinstance(error, DomainError) else "Load the page again."
            return rx.toast.error(words)
        await self._show()
        return rx.toast.success("Withdrawn. The customer is reminded again.")


class RecordPromiseState(DialogFormState, rx.State):
    """Records what the customer of the page promised, or disputes."""

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "payments.record_promise"
    subject_field: ClassVar[str] = "party_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        page = await self.get_state(CustomerAccountState)
        await page._show()  # noqa: SLF001  sister of this state
        return "Kept. Until its day nobody is reminded."


class ContactChoiceState(DialogFormState, rx.State):
    """Notes whether the customer of the page may be written to by SMS or WhatsApp."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "messaging.record_choice"
    subject_field: ClassVar[str] = "party_id"
    done_words: ClassVar[str] = "Noted. It holds from the next reminder on."

    channel: str = "sms"

    @handler(permission=PAGE)
    async def open_for(self, party_id: str, party: str, channel: str) -> None:
        """Ask what they said of a channel."""
        self.channel = channel if channel in CHANNELS else "sms"
        await self.open_dialog(party_id, f"{CHANNELS[self.channel]} to {party}")

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        agreed = form.get("is_agreed") == "yes"
        return dict(super()._payload(form)) | {"is_agreed": agreed, "channel": self.channel}

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(CustomerAccountState)
        await page._show()  # noqa: SLF001  sister of this state


def _choice(channel: str, said: Sequence[Any], zone: str) -> dict[str, str]:
    """Return the latest word of a channel."""
    known = {"id": channel, "channel": CHANNELS[channel], "by": "", "tone": "gray"}
    row = next((row for row in said if row.channel == channel), None)
    if row is None:
        return known | {"what": "Not asked yet"}
    what = f"Agreed for {row.address}" if row.is_agreed else "Wants no messages"
    if row.is_agreed and not row.is_current:
        what = f"Agreed for {row.address or 'no known number'}; the number has changed, ask again"
    by = f"{row.how} · {row.user_name}, {date_text(business_date(row.chosen_at, zone))}"
    tone = "green" if row.is_agreed and row.is_current else "gray"
    return known | {"what": what, "by": by, "tone": tone}


class SupplierAccountState(_AccountState, rx.State):
    """What we owe a supplier."""

    ledger: ClassVar[str] = "supplier"
    debt_side: ClassVar[str] = "credit"
    matches: ClassVar[str] = PAY

    notes: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        await super()._load(record_id, principal)
        found = await self._ask("payments.list_supplier_notes", {"supplier_id": record_id})
        self.notes = [_note(row) for row in found.rows]


class ReverseNoteState(DialogFormState, rx.State):
    """Takes a credit note of the supplier of the page back."""

    permission: ClassVar[str] = PAY
    command: ClassVar[str] = "payments.reverse_supplier_note"
    subject_field: ClassVar[str] = "note_id"
    done_words: ClassVar[str] = "Taken back. Bills that it settled are open again."

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(SupplierAccountState)
        await page._show()  # noqa: SLF001  sister of this state


def _note(row: Any) -> dict[str, str]:
    back = f"Taken back {date_text(row.reversed_on)}" if row.reversed_on else ""
    return {
        "id": str(row.id),
        "what": row.narration,
        "amount": money_text(row.amount),
        "by": date_text(row.noted_on),
        "back": back,
    }


class SupplierNoteState(DialogFormState, rx.State):
    """Records a credit note of the supplier of the page that changes no tax."""

    permission: ClassVar[str] = PAY
    command: ClassVar[str] = "payments.record_supplier_note"
    subject_field: ClassVar[str] = "supplier_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        page = await self.get_state(SupplierAccountState)
        await page._show()  # noqa: SLF001  sister of this state
        return "Recorded. It stands on the account until it is matched."


def _promise(row: Any) -> dict[str, str]:
    what = f"{money_text(row.amount)} by {date_text(row.promised_on)}"
    return {
        "id": str(row.id),
        "what": what if row.amount else f"Disputed, held until {date_text(row.promised_on)}",
        "note": row.note,
        "by": f"{date_text(row.made_on)} · {row.user_name}",
        "standing": row.standing.capitalize(),
        "tone": PROMISE_TONES[row.standing],
        "is_open": "yes" if row.standing in {"open", "disputed"} else "",
    }


def _reminder(row: Any) -> dict[str, str]:
    words = REMINDED[row.method]
    stands = MESSAGE_WORDS.get(row.message_status, "")
    return {
        "id": str(row.id),
        "what": f"Level {row.level} {words}, {money_text(row.overdue)} late",
        "note": row.note or stands,
        "by": f"{date_text(row.reminded_on)} · {row.user_name}",
        "standing": stands,
    }


def _entry(row: Any) -> dict[str, Any]:
    page = PAGE_OF_ORIGIN.get(row.origin_type, "/books/journal?origin_id={}")
    late = counted(row.overdue_days, "day") + " late" if row.overdue_days else ""
    part = f", part {row.part} of {row.parts}" if row.parts > 1 else ""
    return row.model_dump() | {
        "narration": row.narration + part,
        "side": row.side.value,
        "page": page.format(row.origin_id),
        "day": f"{row.effective_on:%d-%m-%Y}",
        "late": late,
    }
