"""Bill interest on what a customer paid late: a debit note for each invoice, owed and taxed at once."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import day_before
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.models.interest import InterestCharge
from erp.services import accounting, billing, party, payments
from erp.services.accounting import NewEntry, credit, debit
from erp.services.interest.drafting import note_of
from erp.services.interest.errors import MoneyUnmatched, NoRate, NothingOwed
from erp.services.interest.owed import Owed, interest_owed, unapplied
from erp.services.interest.taxing import is_taxed
from erp.services.platform import Command, Day, DomainEvent, Result, command, emit

SERIES: Final = billing.ORDER_SERIES
ORIGIN: Final = "sales_invoice"
INCOME: Final = "interest_income"


class BillInterest(Command):
    """Interest of a customer until a day.

    Attributes:
        until: The last day that interest is counted for; yesterday where nothing is said.
    """

    party_id: UUID
    until: Day | None = None


class InterestNote(Result):
    """A debit note of interest, tax included in its total."""

    id: UUID
    number: str
    original_number: str
    amount: Decimal
    total: Decimal


class BilledInterest(Result):
    """The notes of interest that were made."""

    notes: list[InterestNote]
    total: Decimal


class InterestBilled(DomainEvent):
    """Interest on an invoice that was paid late was billed."""

    name: ClassVar[str] = "interest.interest_billed.v1"

    note_id: UUID
    invoice_id: UUID
    party_id: UUID
    total: Decimal


@command("interest.bill_interest", permission="interest.bill", rest="POST /interest-notes")
def bill_interest(session: Session, ctx: RequestContext, cmd: BillInterest) -> BilledInterest:
    """Make a debit note of each late invoice of a customer, at the yearly rate of the reminder rule.

    Each late day of an item is billed once. The notes are dated today, so that closed months and filed
    returns stay as they are. Locks each invoice's notes, then the customer's open items, then the series.

    Raises:
        UnknownParty: There is no such customer.
        NoRate: No yearly rate is set.
        InvalidInput: The day has not come.
        MoneyUnmatched: Money of the customer settles nothing yet.
        NothingOwed: No late day is left to bill.
        AlreadyBilled: Somebody billed these days just now.
        PeriodClosed: The books are closed for today.

    Emits:
        interest.interest_billed.v1 for each note

    Source: CGST Act s.10(4), s.12(6), s.15(2)(d), s.34(3); rule 53(1A).
    """
    party.require_account(session, ctx, cmd.party_id, "party_id")
    percent = rate_of(session, ctx)
    until = cmd.until or day_before(ctx.today)
    if until >= ctx.today:
        message = "Interest is billed for days that are over. Choose an earlier day."
        raise InvalidInput(message, fields={"until": message})
    held = sorted(_by_invoice(session, ctx, cmd.party_id, percent, until))
    for invoice_id in held:
        billing.hold_notes(session, invoice_id)
    accounting.lock_items(session, cmd.party_id)
    _refuse_unmatched(session, ctx, cmd.party_id, until)
    found = _by_invoice(session, ctx, cmd.party_id, percent, until)
    by_invoice = {invoice_id: found[invoice_id] for invoice_id in held if invoice_id in found}
    if not by_invoice:
        message = "No late day of this customer is left to bill."
        raise NothingOwed(message, fields={"party_id": message})
    notes = [
        _bill(session, ctx, invoice_id, by_invoice[invoice_id], percent)
        for invoice_id in by_invoice
    ]
    return BilledInterest(notes=notes, total=sum((note.total for note in notes), Decimal(0)))


def _by_invoice(
    session: Session, ctx: RequestContext, party_id: UUID, percent: Decimal, until: date
) -> dict[UUID, list[Owed]]:
    """Return what can be billed, by invoice: read once to know what to lock, and again under the locks."""
    found: dict[UUID, list[Owed]] = {}
    for one in interest_owed(session, ctx, percent, until, [party_id]):
        if one.invoice_id is not None and not one.problem:
            found.setdefault(one.invoice_id, []).append(one)
    return found


def rate_of(session: Session, ctx: RequestContext) -> Decimal:
    """Return the yearly rate of the acting company.

    Raises:
        NoRate: None is set.
    """
    percent = payments.rule_of(session, ctx).interest_percent
    if not percent:
        message = "No yearly rate is set. Set it with the levels and words of the reminders."
        raise NoRate(message, fields={"party_id": message})
    return percent


def _refuse_unmatched(session: Session, ctx: RequestContext, party_id: UUID, until: date) -> None:
    free = unapplied(session, ctx, party_id, until)
    if free:
        message = f"{money_text(free)} of this customer settles nothing yet. Match it first: it may have been in time."
        raise MoneyUnmatched(message, fields={"party_id": message})


def _bill(
    session: Session,
    ctx: RequestContext,
    invoice_id: UUID,
    owed: Sequence[Owed],
    percent: Decimal,
) -> InterestNote:
    original = billing.get_original(session, ctx, invoice_id, at="party_id")
    amount = sum((one.amount for one in owed), Decimal(0))
    days = (min(one.from_day for one in owed), max(one.to_day for one in owed))
    bears_tax = is_taxed(session, ctx, original)
    note = note_of(original, new_id(), amount, (percent, *days), SERIES, is_taxed=bears_tax)
    accounting.period_id(session, ctx, ctx.today)
    number = billing.take_number(session, ctx, note)
    billing.write_invoice(session, ctx, note, number)
    totals = note.totals
    lines = [
        debit("debtors", totals.invoice_value, note.party_id),
        credit(INCOME, totals.taxable_value),
        credit("output_cgst", totals.cgst),
        credit("output_sgst", totals.sgst),
        credit("output_igst", totals.igst),
    ]
    words = f"Debit note {number}: interest on {original.number}"
    entry = NewEntry("sales", ctx.today, ORIGIN, note.id, "invoice", words, lines)
    accounting.post_entry(session, ctx, entry)
    db.insert_rows(session, InterestCharge, [_charge(ctx, one, note.id, percent) for one in owed])
    event = InterestBilled(
        note_id=note.id,
        invoice_id=invoice_id,
        party_id=note.party_id,
        total=totals.invoice_value,
    )
    emit(session, ctx, note.id, event)
    return InterestNote(
        id=note.id,
        number=number,
        original_number=original.number,
        amount=amount,
        total=totals.invoice_value,
    )


def _charge(ctx: RequestContext, one: Owed, note_id: UUID, percent: Decimal) -> dict[str, object]:
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "party_id": one.party_id,
        "item_id": one.item_id,
        "invoice_id": one.invoice_id,
        "note_id": note_id,
        "from_day": one.from_day,
        "to_day": one.to_day,
        "percent": percent,
        "amount": one.amount,
        "user_id": ctx.user_id,
    }
