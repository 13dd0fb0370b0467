"""What interest could be billed now, and what was."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.clock import day_before
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services import payments
from erp.services.interest.owed import interest_owed
from erp.services.platform import (
    Day,
    Order,
    Page,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)


class ListOwedInterest(Page):
    """Interest that no note bills yet; until yesterday where no day is named."""

    party_id: UUID | None = None
    until: Day | None = None


class OwedInterest(Result):
    """Interest on one item, before tax.

    Attributes:
        id: The item. number: Of its invoice, else what its entry says.
        open: Of the item, now. days: late days from the first to the last that is not billed.
        problem: Why it cannot be billed here; empty where it can.
    """

    id: UUID
    party_id: UUID
    party: str
    invoice_id: UUID | None
    number: str
    due_on: date
    from_day: date
    to_day: date
    days: int
    open: Decimal
    amount: Decimal
    problem: str


class OwedInterestList(Rows):
    """Items by what is owed on them, the largest first; at most 500.

    Attributes:
        percent: A year; nothing is owed where it is zero.
        total: Of what can be billed here.
    """

    rows: list[OwedInterest]
    until: date
    percent: Decimal
    total: Decimal


@query("interest.list_owed", permission="payments.view", rest="GET /interest-owed")
def list_owed(session: Session, ctx: RequestContext, wanted: ListOwedInterest) -> OwedInterestList:
    """List what interest could be billed, at the yearly rate of the reminder rule."""
    until = min(wanted.until or day_before(ctx.today), day_before(ctx.today))
    percent = payments.rule_of(session, ctx).interest_percent
    parties = [wanted.party_id] if wanted.party_id else None
    found = interest_owed(session, ctx, percent, until, parties) if percent else []
    words = wanted.search.casefold()
    rows = [
        OwedInterest(
            id=one.item_id,
            party_id=one.party_id,
            party=one.party,
            invoice_id=one.invoice_id,
            number=one.number,
            due_on=one.due_on,
            from_day=one.from_day,
            to_day=one.to_day,
            days=one.days,
            open=one.open,
            amount=one.amount,
            problem=one.problem,
        )
        for one in found
        if words in f"{one.party} {one.number}".casefold()
    ]
    total = sum((row.amount for row in rows if not row.problem), ZERO)
    return OwedInterestList(rows=rows, until=until, percent=percent, total=total)


class ListInterestNotes(SortedPage):
    """Notes of interest, newest first."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "party": "text",
                "number": "text",
                "issued_on": "day",
                "from_day": "day",
                "to_day": "day",
                "amount": "number",
                "total": "number",
            },
        ),
    ] = ""
    party_id: UUID | None = None
    standing: Literal["", "billed", "reversed"] = ""


class InterestNoteRow(Result):
    """A debit note of interest.

    Attributes:
        amount: Before tax. reversal_number: The credit note that took it back.
    """

    id: UUID
    number: str
    issued_on: date
    party_id: UUID
    party: str
    original_number: str
    from_day: date
    to_day: date
    amount: Decimal
    total: Decimal
    standing: Literal["billed", "reversed"]
    reversal_number: str


class InterestNoteList(Rows):
    """A page of notes of interest."""

    rows: list[InterestNoteRow]


_NOTES: LiteralString = """
    select n.id, n.number, n.issued_on, n.party_id, p.name as party, o.number as original_number,
           c.from_day, c.to_day, n.taxable as amount, n.total,
           case when r.id is null then 'billed' else 'reversed' end as standing,
           coalesce(r.number, '') as reversal_number
      from (select tenant_id, note_id, min(invoice_id::text)::uuid as invoice_id, min(from_day) as from_day,
                   max(to_day) as to_day, min(reversal_note_id::text)::uuid as reversal_note_id
              from interest_charge
             where tenant_id = %(tenant)s and company_id = %(company)s
               and (%(party)s::uuid is null or party_id = %(party)s)
               and (%(standing)s = '' or (reversed_on is null) = (%(standing)s = 'billed'))
             group by tenant_id, note_id) c
      join invoice n on (n.tenant_id, n.id) = (c.tenant_id, c.note_id)
      join invoice o on (o.tenant_id, o.id) = (c.tenant_id, c.invoice_id)
      join party p on (p.tenant_id, p.id) = (n.tenant_id, n.party_id)
      left join invoice r on (r.tenant_id, r.id) = (c.tenant_id, c.reversal_note_id)
     where n.number || ' ' || o.number || ' ' || p.name ilike '%%' || %(search)s || '%%'
"""


@query("interest.list_notes", permission="payments.view", rest="GET /interest-notes")
def list_notes(
    session: Session, ctx: RequestContext, wanted: ListInterestNotes
) -> InterestNoteList:
    """List notes of interest, newest first."""
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "party": wanted.party_id,
        "standing": wanted.standing,
        "search": wanted.search,
    }
    rows, cursor = fetch_page(session, wanted, _NOTES, given)
    return InterestNoteList(rows=[InterestNoteRow(**row) for row in rows], next_cursor=cursor)
