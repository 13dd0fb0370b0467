"""What interest is owed on items that were paid late, or are late still.

An item bears interest on what was open of it, day by day: from the day after it was due, to the day money for it
came. Money counts from the day of its own entry, whenever it was matched. What a note in force bills is over; the days
of one that was taken back are owed again, also where later days are billed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext

MOST_ITEMS = 500
NO_INVOICE = "It is no invoice of ours, so no debit note can name it. Bill it by a typed entry."
ELSEWHERE = "Another registration made the invoice. Bill it there."


@dataclass(frozen=True, slots=True)
class Owed:
    """Interest on one item for days in a row that no note bills.

    Attributes:
        invoice_id: Nothing where the item is no invoice.
        open: Of the item, now. days: late days within, whatever was open on them.
        problem: Why it cannot be billed here.
    """

    item_id: UUID
    party_id: UUID
    party: str
    invoice_id: UUID | None
    number: str
    due_on: date
    from_day: date
    to_day: date
    open: Decimal
    amount: Decimal
    problem: str

    @property
    def days(self) -> int:
        """Days that interest is counted for at most."""
        return (self.to_day - self.from_day).days + 1


def interest_owed(
    session: Session,
    ctx: RequestContext,
    percent: Decimal,
    until: date,
    party_ids: Sequence[UUID] | None = None,
) -> list[Owed]:
    """Return what is owed on customers' items up to and including a day, the largest first; at most 500."""
    rows = db.fetch_all(
        session,
        _OWED,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "branch": ctx.branch_id,
            "until": until,
            "percent": percent,
            "parties": None if party_ids is None else list(party_ids),
            "most": MOST_ITEMS,
        },
    )
    found = []
    for row in rows:
        is_ours = row.pop("is_ours")
        problem = NO_INVOICE if row["invoice_id"] is None else "" if is_ours else ELSEWHERE
        found.append(Owed(**row, problem=problem))
    return found


def unapplied(session: Session, ctx: RequestContext, party_id: UUID, until: date) -> Decimal:
    """Return money of a customer that settles nothing yet."""
    row = db.fetch_one(
        session,
        """
        select coalesce(sum(i.amount - i.settled), 0) as amount
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = 'debtors'
         where i.tenant_id = %s and i.company_id = %s and i.party_id = %s and i.side = 'credit'
           and i.settled < i.amount and i.effective_on <= %s
        """,
        (ctx.tenant_id, ctx.company_id, party_id, until),
    )
    found: Decimal = row["amount"] if row else Decimal(0)
    return found


_OWED: LiteralString = """
    with late as (
        select i.id, i.party_id, i.entry_id, i.amount, i.settled, i.due_on, lower(span) as from_day,
               upper(span) - 1 as to_day
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = 'debtors'
         cross join lateral unnest(
               datemultirange(daterange(i.due_on + 1, %(until)s, '[]'))
               - coalesce((select range_agg(daterange(c.from_day, c.to_day, '[]')) from interest_charge c
                            where c.tenant_id = i.tenant_id and c.item_id = i.id and c.reversed_on is null),
                          '{}'::datemultirange)) span
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.side = 'debit'
           and i.due_on < %(until)s
           and (%(parties)s::uuid[] is null or i.party_id = any(%(parties)s))
           and not exists (select 1 from interest_charge c
                             join journal_entry n on n.tenant_id = c.tenant_id and n.origin_id = c.note_id
                            where c.tenant_id = i.tenant_id and n.id = i.entry_id)
    ), paid as (
        select late.id, late.from_day, sum(m.amount * greatest(
                   late.to_day - greatest(came.effective_on, late.from_day - 1), 0)) as spared
          from late
          join allocation m on m.tenant_id = %(tenant)s and m.debit_item_id = late.id
          join open_item came on came.tenant_id = m.tenant_id and came.id = m.credit_item_id
         group by late.id, late.from_day
    ), owing as (
        select late.*, round((late.amount * (late.to_day - late.from_day + 1) - coalesce(paid.spared, 0))
                             * %(percent)s / 36500, 2) as interest
          from late left join paid on (paid.id, paid.from_day) = (late.id, late.from_day)
    )
    select o.id as item_id, o.party_id, p.name as party, v.id as invoice_id,
           coalesce(v.number, e.narration) as number, o.due_on, o.from_day, o.to_day, o.amount - o.settled as open,
           o.interest as amount, coalesce(v.is_ours, false) as is_ours
      from owing o
      join party p on (p.tenant_id, p.id) = (%(tenant)s, o.party_id)
      join journal_entry e on (e.tenant_id, e.id) = (%(tenant)s, o.entry_id)
      left join lateral (
           select i.id, i.number, (b.company_id, b.gstin)
                  is not distinct from (here.company_id, here.gstin) as is_ours
             from invoice i
             join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id)
             join branch here on here.tenant_id = i.tenant_id and here.id = %(branch)s
            where i.tenant_id = e.tenant_id and i.origin_id = e.origin_id
              and i.original_invoice_id is null) v on true
     where o.interest > 0
       and not exists (select 1 from invoice_cancellation k
                        where (k.tenant_id, k.invoice_id) = (%(tenant)s, v.id))
     order by o.interest desc, o.id, o.from_day limit %(most)s
"""
