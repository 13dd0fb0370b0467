"""Suppliers' commercial credit notes: discounts given after the supply, without tax."""

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
from erp.services.accounting import NewEntry
from erp.services.payments.errors import NoteKnown, WrongDay
from erp.services.payments.events import NoteRecorded
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    ShortText,
    Text,
    command,
    emit,
)

ORIGIN = "supplier_note"


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
    about = f"{ORIGIN} {cmd.supplier_id} {fiscal_year(day)} {cmd.number.upper()}"
    note_id = uuid5(ctx.company_id, about)
    known = db.fetch_one(
        session,
        "select effective_on from journal_entry where tenant_id = %s and origin_id = %s",
        (ctx.tenant_id, note_id),
    )
    if known is not None:
        message = f"{cmd.number} of {name} is recorded on {date_text(known['effective_on'])}."
        raise NoteKnown(message, fields={"number": message})
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
