"""Suppliers' commercial credit notes: discounts given after the supply, without tax."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.services import accounting, party
from erp.services.accounting import NewEntry, NewLine
from erp.services.payments.errors import NoteKnown, NoteReversed, UnknownNote, WrongDay
from erp.services.payments.events import NoteRecorded
from erp.services.payments.events import NoteReversed as NoteTakenBack
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    Query,
    Result,
    Rows,
    ShortText,
    Text,
    command,
    emit,
    query,
)

ORIGIN = "supplier_note"
MOST_AGAIN = 50


class RecordSupplierNote(Command):
    """A credit note of a supplier that changes no tax, such as a yearly turnover discount.

    Attributes:
        number: As the supplier prints it. noted_on: its day; today where nothing is said.
    """

    supplier_id: UUID
    number: Annotated[ShortText, Field(max_length=40)]
    amount: Annotated[Amount, Field(gt=Decimal(0))]
    noted_on: Day | None = None
    note: Text = ""


@command(
    "payments.record_supplier_note", permission="payments.pay", rest="POST /supplier-credit-notes"
)
def record_supplier_note(
    session: Session, ctx: RequestContext, cmd: RecordSupplierNote
) -> Identified:
    """Owe a supplier less by a commercial credit note; it stands on the account until it is matched.

    Neither side changes tax, so no return states it. Locks the supplier's open items.

    Raises:
        UnknownParty: There is no such party, or it has no account.
        WrongDay: The day has not come.
        NoteKnown: The supplier's note of this number is recorded in its financial year.
        PeriodClosed: The books are closed for the day.

    Emits:
        payments.note_recorded.v1

    Source: journal J32 of the domain rules; Circular 92/11/2019-GST.
    """
    name = party.require_account(session, ctx, cmd.supplier_id, "supplier_id")
    day = cmd.noted_on or ctx.today
    if day > ctx.today:
        message = "This day has not come."
        raise WrongDay(message, fields={"noted_on": message})
    accounting.lock_items(session, cmd.supplier_id)
    note_id = _free_id(session, ctx, cmd, name, day)
    words = f"Credit note {cmd.number} of {name}"
    lines = [
        accounting.debit("creditors", cmd.amount, cmd.supplier_id),
        accounting.credit("purchase_discounts", cmd.amount),
    ]
    narration = f"{words}: {cmd.note}" if cmd.note else words
    entry = NewEntry("payments", day, ORIGIN, note_id, "booked", narration, lines)
    accounting.post_entry(session, ctx, entry)
    emit(session, ctx, note_id, NoteRecorded(party_id=cmd.supplier_id, amount=cmd.amount))
    return Identified(id=note_id)


def _free_id(
    session: Session, ctx: RequestContext, cmd: RecordSupplierNote, name: str, day: date
) -> UUID:
    """Return the id of a note that follows from its number; another once that of before was taken back.

    Raises:
        NoteKnown: The number is recorded and stands.
    """
    about = f"{ORIGIN} {cmd.supplier_id} {fiscal_year(day)} {cmd.number.upper()}"
    for again in range(MOST_AGAIN):
        note_id = uuid5(ctx.company_id, f"{about} {again}" if again else about)
        known = _booked(session, ctx, note_id)
        if known is None:
            return note_id
        if known["reversal_id"] is None:
            message = f"{cmd.number} of {name} is recorded on {date_text(known['effective_on'])}."
            raise NoteKnown(message, fields={"number": message})
    message = (
        f"{cmd.number} was taken back {MOST_AGAIN} times. Give it an ending, such as a letter."
    )
    raise NoteKnown(message, fields={"number": message})


def _booked(session: Session, ctx: RequestContext, note_id: UUID) -> db.Row | None:
    return db.fetch_one(
        session,
        "select e.id, e.branch_id, e.effective_on, e.narration, r.id as reversal_id,"
        " (select l.party_id from journal_line l where (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)"
        "   and l.party_id is not null limit 1) as party_id"
        "  from journal_entry e"
        "  left join journal_entry r on (r.tenant_id, r.reverses_entry_id) = (e.tenant_id, e.id)"
        " where e.tenant_id = %s and e.company_id = %s and e.origin_type = %s and e.origin_id = %s"
        "   and e.purpose = 'booked'",
        (ctx.tenant_id, ctx.company_id, ORIGIN, note_id),
    )


class ReverseSupplierNote(Command):
    """Take a supplier's note back, such as one typed with a wrong amount."""

    note_id: UUID
    reason: ShortText


@command(
    "payments.reverse_supplier_note",
    permission="payments.pay",
    rest="POST /supplier-credit-notes/{note_id}/reversal",
)
def reverse_supplier_note(
    session: Session, ctx: RequestContext, cmd: ReverseSupplierNote
) -> Identified:
    """Take a note back by its opposite of today in its branch; bills that it settled are open again.

    Its number can be recorded once more. Locks the supplier's open items.

    Raises:
        UnknownNote: There is no such note.
        NoteReversed: It was taken back already.
        PeriodClosed: The books are closed for today.

    Emits:
        payments.note_reversed.v1
    """
    found = _booked(session, ctx, cmd.note_id)
    if found is None:
        message = "There is no such credit note. Choose one of the supplier's account."
        raise UnknownNote(message, fields={"note_id": message})
    party_id = found["party_id"]
    accounting.lock_items(session, party_id)
    found = _booked(session, ctx, cmd.note_id) or found
    if found["reversal_id"] is not None:
        message = "This credit note was taken back already."
        raise NoteReversed(message, fields={"note_id": message})
    accounting.release_items(session, ctx, found["id"], cmd.reason)
    lines = [
        NewLine(line.account_key, line.credit, line.debit, line.party_id)
        for line in accounting.lines_of(session, ctx, found["id"])
    ]
    words = f"{found['narration']}, taken back: {cmd.reason}"
    entry = NewEntry(
        "payments", ctx.today, ORIGIN, cmd.note_id, "reversed", words, lines, found["id"]
    )
    back_id = accounting.post_entry(session, replace(ctx, branch_id=found["branch_id"]), entry)
    assert back_id is not None  # noqa: S101  the amount is above zero
    accounting.cancel_out(session, ctx, found["id"], back_id)
    emit(session, ctx, cmd.note_id, NoteTakenBack(party_id=party_id))
    return Identified(id=cmd.note_id)


class ListSupplierNotes(Query):
    """A supplier's credit notes, the latest first."""

    supplier_id: UUID
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class SupplierNoteRow(Result):
    """A supplier's note.

    Attributes:
        reversed_on: When it was taken back.
    """

    id: UUID
    narration: str
    noted_on: date
    amount: Decimal
    reversed_on: date | None


class SupplierNoteList(Rows):
    """A supplier's notes."""

    rows: list[SupplierNoteRow]


@query(
    "payments.list_supplier_notes", permission="payments.view", rest="GET /supplier-credit-notes"
)
def list_supplier_notes(
    session: Session, ctx: RequestContext, wanted: ListSupplierNotes
) -> SupplierNoteList:
    """List a supplier's credit notes that change no tax, the latest first.

    Raises:
        UnknownParty: There is no such party, or it has no account.
    """
    party.require_account(session, ctx, wanted.supplier_id, "supplier_id")
    rows = db.fetch_all(
        session,
        "select e.origin_id as id, e.narration, e.effective_on as noted_on, e.total as amount,"
        " r.effective_on as reversed_on"
        "  from open_item i"
        "  join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        "  left join journal_entry r on (r.tenant_id, r.reverses_entry_id) = (e.tenant_id, e.id)"
        " where i.tenant_id = %s and i.company_id = %s and i.party_id = %s"
        "   and e.origin_type = %s and e.purpose = 'booked' and i.part = 1"
        " order by e.effective_on desc, e.id desc limit %s",
        (ctx.tenant_id, ctx.company_id, wanted.supplier_id, ORIGIN, wanted.limit),
    )
    return SupplierNoteList(rows=[SupplierNoteRow(**row) for row in rows])
