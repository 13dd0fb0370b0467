"""Take billed interest back: a credit note of the same amounts, and its days can be billed again."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.gst.taxing import PriceMode
from erp.core.ids import new_id
from erp.services import accounting, billing
from erp.services.accounting import NewEntry, credit, debit
from erp.services.billing import InvoiceKind, NewInvoice
from erp.services.interest.billing_interest import INCOME, SERIES
from erp.services.interest.drafting import totals_of
from erp.services.interest.errors import AlreadyBilled, UnknownCharge
from erp.services.platform import Command, DomainEvent, Result, ShortText, command, emit

ORIGIN = "sales_return"


class ReverseInterest(Command):
    """Take a debit note of interest back.

    Attributes:
        reason: Why, as the credit note's entry says it.
    """

    note_id: UUID
    reason: ShortText


class ReversedInterest(Result):
    """The credit note."""

    id: UUID
    number: str
    original_number: str
    total: Decimal


class InterestReversed(DomainEvent):
    """Billed interest was taken back."""

    name: ClassVar[str] = "interest.interest_reversed.v1"

    note_id: UUID
    credit_note_id: UUID
    party_id: UUID


@command(
    "interest.reverse_interest",
    permission="interest.bill",
    rest="POST /interest-notes/{note_id}/reversal",
)
def reverse_interest(
    session: Session, ctx: RequestContext, cmd: ReverseInterest
) -> ReversedInterest:
    """Give a credit note of the interest and its tax, today; what was paid of it stands on the account.

    Locks the invoice's notes, the customer's open items, then the series.

    Raises:
        UnknownCharge: There is no such note of interest.
        AlreadyBilled: It is taken back already.
        OtherRegistration: Another registration made it.
        PeriodClosed: The books are closed for today.

    Emits:
        interest.interest_reversed.v1

    Source: CGST Act s.34(1).
    """
    charge = _find(session, ctx, cmd.note_id)
    billing.hold_notes(session, charge["invoice_id"])
    accounting.lock_items(session, charge["party_id"])
    original = billing.get_original(session, ctx, charge["invoice_id"], at="note_id")
    _refuse_reversed(session, ctx, cmd.note_id)
    note = _credit_note(session, ctx, cmd.note_id, original, charge["number"])
    accounting.period_id(session, ctx, ctx.today)
    number = billing.take_number(session, ctx, note)
    billing.write_invoice(session, ctx, note, number)
    _post(session, ctx, note, f"Credit note {number} for {charge['number']}: {cmd.reason}")
    db.execute(
        session,
        "update interest_charge set reversed_on = %s, reversal_note_id = %s, reversal_reason = %s"
        " where tenant_id = %s and note_id = %s",
        (ctx.today, note.id, cmd.reason, ctx.tenant_id, cmd.note_id),
    )
    items = accounting.hold_items(session, ctx, "debtors", note.party_id)
    own = [item for item in items if item.origin_id in {cmd.note_id, note.id}]
    accounting.settle(session, ctx, own, accounting.oldest_first(own))
    event = InterestReversed(note_id=cmd.note_id, credit_note_id=note.id, party_id=note.party_id)
    emit(session, ctx, cmd.note_id, event)
    return ReversedInterest(
        id=note.id,
        number=number,
        original_number=original.number,
        total=note.totals.invoice_value,
    )


def _find(session: Session, ctx: RequestContext, note_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select c.party_id, c.invoice_id, i.number from interest_charge c"
        " join invoice i on (i.tenant_id, i.id) = (c.tenant_id, c.note_id)"
        " where c.tenant_id = %s and c.company_id = %s and c.note_id = %s limit 1",
        (ctx.tenant_id, ctx.company_id, note_id),
    )
    if row is None:
        message = "There is no such note of interest. Choose one of the list."
        raise UnknownCharge(message, fields={"note_id": message})
    return row


def _refuse_reversed(session: Session, ctx: RequestContext, note_id: UUID) -> None:
    """Look again under the lock, so that two who take it back make one credit note."""
    row = db.fetch_one(
        session,
        "select 1 from interest_charge where tenant_id = %s and note_id = %s and reversed_on is null",
        (ctx.tenant_id, note_id),
    )
    if row is None:
        message = "This interest is taken back already."
        raise AlreadyBilled(message, fields={"note_id": message})


def _credit_note(
    session: Session,
    ctx: RequestContext,
    note_id: UUID,
    original: billing.OriginalInvoice,
    number: str,
) -> NewInvoice:
    rows = db.fetch_all(
        session,
        "select * from invoice_line where tenant_id = %s and invoice_id = %s order by line_no",
        (ctx.tenant_id, note_id),
    )
    head = db.fetch_one(
        session,
        "select id, recipient, place_of_supply, supply_nature from invoice where tenant_id = %s and id = %s",
        (ctx.tenant_id, note_id),
    )
    assert head is not None  # noqa: S101  its charge names it
    stated = billing.made_out(session, ctx, head)
    posted = head["supply_nature"]
    lines = tuple(_line(billing.under_heads(row, posted, stated.nature), number) for row in rows)
    made = new_id()
    return NewInvoice(
        id=made,
        kind=InvoiceKind.CREDIT_NOTE,
        series_code=SERIES,
        register_id=None,
        party_id=original.party_id,
        recipient=stated.recipient,
        place_of_supply=stated.place,
        price_mode=PriceMode.EXCLUSIVE,
        nature=stated.nature,
        totals=totals_of(lines),
        lines=lines,
        origin_type=ORIGIN,
        origin_id=made,
        original_invoice_id=original.id,
    )


def _line(row: Mapping[str, Any], number: str) -> billing.NewInvoiceLine:
    given: dict[str, Any] = {name: row[name] for name in _KEPT}
    line = billing.NewInvoiceLine(**given)
    total = line.taxable + line.cgst + line.sgst + line.igst
    return replace(line, description=f"{number} taken back: {line.description}", total=total)


_KEPT = (
    "variant_id", "lot_id", "description", "hsn", "unit", "lot_number", "expires_on", "mrp", "quantity",
    "unit_price", "gross", "line_discount", "bill_discount", "treatment", "rate", "taxable", "cgst", "sgst",
    "igst", "total", "cost", "price_trace",
)  # fmt: skip


def _post(session: Session, ctx: RequestContext, note: NewInvoice, words: str) -> None:
    totals = note.totals
    lines = [
        debit(INCOME, totals.taxable_value),
        debit("output_cgst", totals.cgst),
        debit("output_sgst", totals.sgst),
        debit("output_igst", totals.igst),
        credit("debtors", totals.invoice_value, note.party_id),
    ]
    entry = NewEntry("sales", ctx.today, ORIGIN, note.id, "credit_note", words, lines)
    accounting.post_entry(session, ctx, entry)
