"""Who is to be reminded of what is late, and at which level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.payments.reminder_rules import ReminderRule, rule_of
from erp.services.platform import Page, Result, Rows, query

MOST = 500


@dataclass(frozen=True, slots=True)
class Reached:
    """Levels at which who has an e-mail address, or a phone and agreed to SMS or WhatsApp, is reminded."""

    mailed: tuple[int, ...]
    texted: tuple[int, ...]
    chatted: tuple[int, ...] = ()


class ListDueReminders(Page):
    """Customers with something late.

    Attributes:
        standing: `due` to be reminded now; `held` by a promise or dispute; `told` at the level that
            holds; all of them where it is empty.
    """

    standing: Literal["", "due", "held", "told"] = "due"


class DueReminder(Result):
    """A customer with something late.

    Attributes:
        level: Of the bills' levels, the highest that has come. 0 before the first.
        overdue: What is past its day, less what stands unapplied.
        interest: On each late bill from its day to today, at the rule's rate.
        held_until: Day of the promise or dispute that keeps reminders back.
        last_on: When the customer was last reminded.
    """

    party_id: UUID
    party: str
    email: str
    phone: str
    level: int
    overdue: Decimal
    interest: Decimal
    oldest_due_on: date
    days: int
    held_until: date | None
    last_on: date | None
    standing: Literal["due", "held", "told"]


class DueReminders(Rows):
    """Customers with something late, the largest sum first; at most 500."""

    rows: list[DueReminder]


_LATE = """
    with level as (
        select * from unnest(%(levels)s::int[], %(days)s::int[]) as level (number, after_days)
    ), late as (
        select i.party_id, i.id, i.amount - i.settled as open, i.due_on,
               coalesce((select max(number) from level
                          where after_days <= %(today)s - i.due_on), 0) as level,
               coalesce((select max(told.level) from reminder_item told
                          where told.tenant_id = i.tenant_id and told.item_id = i.id), 0) as told,
               round((i.amount - i.settled) * %(interest)s * (%(today)s - i.due_on) / 36500, 2)
               as interest
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = 'debtors'
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.side = 'debit'
           and i.settled < i.amount and i.due_on < %(today)s
           and (%(parties)s::uuid[] is null or i.party_id = any(%(parties)s))
    ), free as (
        select i.party_id, sum(i.amount - i.settled) as unapplied
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = 'debtors'
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.side = 'credit'
           and i.settled < i.amount and i.effective_on <= %(today)s
         group by i.party_id
    ), owing as (
        select late.party_id, max(late.level) as level, bool_or(late.level > late.told) as is_due,
               sum(late.open) - coalesce(max(free.unapplied), 0) as overdue,
               sum(late.interest) as interest, min(late.due_on) as oldest_due_on
          from late left join free on free.party_id = late.party_id
         group by late.party_id
        having sum(late.open) > coalesce(max(free.unapplied), 0)
    ), found as (
        select owing.*, p.name as party, p.email, p.phone, %(today)s - oldest_due_on as days,
               (select max(promised_on) from payment_promise promise
                 where promise.tenant_id = %(tenant)s and promise.company_id = %(company)s
                   and promise.party_id = owing.party_id and promise.withdrawn_at is null
                   and promise.promised_on >= %(today)s) as held_until,
               (select max(reminded_on) from reminder
                 where reminder.tenant_id = %(tenant)s and reminder.company_id = %(company)s
                   and reminder.party_id = owing.party_id) as last_on
          from owing join party p on (p.tenant_id, p.id) = (%(tenant)s, owing.party_id)
    ), stood as (
        select party_id, party, email, phone, level, overdue, interest, oldest_due_on, days,
               held_until, last_on,
               case when held_until is not null then 'held' when is_due then 'due' else 'told' end
               as standing
          from found
    )
    select * from stood
     where (%(standing)s = '' or standing = %(standing)s)
       and (%(mailed)s::int[] is null or email <> '' and level = any(%(mailed)s)
            or exists (
               select 1 from (values ('sms', %(texted)s::int[]), ('whatsapp', %(chatted)s::int[])) way (channel, levels)
                where phone <> '' and level = any(way.levels)
                  and (select is_agreed and right(address, 10) = right(regexp_replace(phone, '[^0-9]', '', 'g'), 10)
                         from contact_choice choice
                        where choice.tenant_id = %(tenant)s and choice.party_id = stood.party_id
                          and choice.channel = way.channel order by choice.id desc limit 1)))
       and (%(search)s = '' or party ilike '%%' || %(search)s || '%%')
     order by overdue desc, party_id limit %(limit)s
"""


@query("payments.list_due_reminders", permission="payments.view", rest="GET /due-reminders")
def list_due_reminders(
    session: Session, ctx: RequestContext, wanted: ListDueReminders
) -> DueReminders:
    """List customers with something late and how they stand, the largest sum first."""
    return DueReminders(rows=late_customers(session, ctx, rule_of(session, ctx), wanted))


def late_customers(
    session: Session,
    ctx: RequestContext,
    rule: ReminderRule,
    wanted: ListDueReminders,
    *,
    party_ids: Sequence[UUID] | None = None,
    reached: Reached | None = None,
) -> list[DueReminder]:
    """Return customers with something late, the largest sum first; at most 500.

    Args:
        party_ids: Of these alone.
        reached: Only who can be reached at their level.
    """
    rows = db.fetch_all(
        session,
        _LATE,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "today": ctx.today,
            "levels": list(range(1, len(rule.levels) + 1)),
            "days": [level.after_days for level in rule.levels],
            "interest": rule.interest_percent,
            "parties": None if party_ids is None else list(party_ids),
            "standing": wanted.standing,
            "mailed": None if reached is None else list(reached.mailed),
            "texted": list(reached.texted) if reached else [],
            "chatted": list(reached.chatted) if reached else [],
            "search": wanted.search,
            "limit": MOST,
        },
    )
    return [DueReminder(**row) for row in rows]
