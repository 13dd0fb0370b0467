"""Reads of open items: one party's account, and everybody's by age."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.payments import Ledger
from erp.services import party
from erp.services.accounting import Side
from erp.services.payments.recording import ACCOUNT_OF_LEDGER
from erp.services.platform import (
    Day,
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)

Bucket = Literal["", "not_due", "1-30", "31-60", "61-90", "90+"]

DEBT_SIDE = {Ledger.CUSTOMER: Side.DEBIT, Ledger.SUPPLIER: Side.CREDIT}
"""Side on which what is owed stands."""


class ListItems(Query):
    """Items of one party's account, the earliest due first.

    Attributes:
        is_open: Only those with something open; all of them, the newest first, where it is false.
    """

    party_id: UUID
    ledger: Ledger = Ledger.CUSTOMER
    is_open: bool = True
    limit: Annotated[int, Field(ge=1, le=500)] = 200


class ItemRow(Result):
    """A debt, or what stands against debts.

    Attributes:
        part, parts: Which instalment of its bill it is, and of how many.
        overdue_days: Past its day and still open; zero else.
    """

    id: UUID
    side: Side
    narration: str
    origin_type: str
    origin_id: UUID
    effective_on: date
    due_on: date
    amount: Decimal
    open: Decimal
    part: int
    parts: int
    overdue_days: int


class AccountItems(Rows):
    """A party's items, and what everything open adds up to.

    Attributes:
        owed: Open debts. unapplied: open credits. balance: debts less credits; of a supplier's
            account the other way round, so that what we owe is above zero.
        overdue: Of the debts, what is past its day, less what is unapplied.
    """

    party: str
    rows: list[ItemRow]
    owed: Decimal
    unapplied: Decimal
    balance: Decimal
    overdue: Decimal


@query("payments.list_items", permission="payments.view", rest="GET /open-items")
def list_items(session: Session, ctx: RequestContext, wanted: ListItems) -> AccountItems:
    """List what is open between a party and the acting company, with what it adds up to.

    Raises:
        UnknownParty: There is no such party, or it has no account.
    """
    name = party.require_account(session, ctx, wanted.party_id, "party_id")
    order: LiteralString = "i.due_on, i.id" if wanted.is_open else "i.effective_on desc, i.id desc"
    which: LiteralString = "and i.settled < i.amount" if wanted.is_open else ""
    rows = db.fetch_all(
        session,
        f"""
        select i.id, i.side, e.narration, e.origin_type, e.origin_id, i.effective_on, i.due_on,
               i.amount, i.amount - i.settled as open, i.part,
               (select count(*) from open_item o where (o.tenant_id, o.entry_id, o.line_no)
                     = (i.tenant_id, i.entry_id, i.line_no)) as parts,
               case when i.settled < i.amount then greatest(%(today)s - i.due_on, 0) else 0 end
               as overdue_days
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = %(key)s
          join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.party_id = %(party)s
           and i.effective_on <= %(today)s {which}
         order by {order} limit %(limit)s
        """,  # noqa: S608  the parts are constants
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "party": wanted.party_id,
            "key": ACCOUNT_OF_LEDGER[wanted.ledger],
            "today": ctx.today,
            "limit": wanted.limit,
        },
    )
    sums = _sums(session, ctx, wanted)
    return AccountItems(party=name, rows=[ItemRow(**row) for row in rows], **sums)


def _sums(session: Session, ctx: RequestContext, wanted: ListItems) -> dict[str, Decimal]:
    """Add up everything that is open, however much of it is listed."""
    row = db.fetch_one(
        session,
        """
        select coalesce(sum(i.amount - i.settled) filter (where i.side = %(debt)s), 0.00) as owed,
               coalesce(sum(i.amount - i.settled) filter (where i.side <> %(debt)s), 0.00)
               as unapplied,
               coalesce(sum(i.amount - i.settled)
                        filter (where i.side = %(debt)s and i.due_on < %(today)s), 0.00) as late
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = %(key)s
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.party_id = %(party)s
           and i.settled < i.amount and i.effective_on <= %(today)s
        """,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "party": wanted.party_id,
            "key": ACCOUNT_OF_LEDGER[wanted.ledger],
            "debt": DEBT_SIDE[wanted.ledger],
            "today": ctx.today,
        },
    )
    assert row is not None  # noqa: S101  an aggregate always answers
    owed, unapplied = row["owed"], row["unapplied"]
    return {
        "owed": owed,
        "unapplied": unapplied,
        "balance": owed - unapplied,
        "overdue": max(row["late"] - unapplied, ZERO),
    }


class AgeItems(SortedPage):
    """Whose debts to age, the largest first.

    Attributes:
        as_of: The end of this day, with what was settled by then; today where none is said.
        bucket: Only parties with something open of this age.
    """

    sort: Annotated[
        str,
        Order(
            "-balance",
            {
                "party": "text",
                "not_due": "number",
                "days_30": "number",
                "days_60": "number",
                "days_90": "number",
                "older": "number",
                "unapplied": "number",
                "balance": "number",
            },
            {"party_id": "id"},
        ),
    ] = ""
    ledger: Ledger = Ledger.CUSTOMER
    as_of: Day | None = None
    bucket: Bucket = ""


class AgeRow(Result):
    """A party's open debts by days past their day, and what stands against them.

    Attributes:
        balance: All debts less `unapplied`.
    """

    party_id: UUID
    party: str
    phone: str
    credit_days: int
    not_due: Decimal
    days_30: Decimal
    days_60: Decimal
    days_90: Decimal
    older: Decimal
    unapplied: Decimal
    balance: Decimal
    oldest_on: date | None


class Ages(Rows):
    """A page of parties, with the sums of all of them."""

    as_of: date
    rows: list[AgeRow]
    not_due: Decimal
    days_30: Decimal
    days_60: Decimal
    days_90: Decimal
    older: Decimal
    unapplied: Decimal
    balance: Decimal


_OPEN_NOW: LiteralString = """
    select i.party_id, i.side, i.due_on, i.amount - i.settled as open
      from open_item i
     where i.tenant_id = %(tenant)s and i.account_id = (select id from account where tenant_id = %(tenant)s
           and company_id = %(company)s and key = %(key)s) and i.settled < i.amount
       and i.effective_on <= %(day)s
"""
_OPEN_THEN: LiteralString = """
    select i.party_id, i.side, i.due_on, i.amount - coalesce(a.amount, 0) as open
      from open_item i
      left join lateral (
            select sum(x.amount) as amount from allocation x
             where x.tenant_id = i.tenant_id and x.allocated_on <= %(day)s
               and i.id in (x.debit_item_id, x.credit_item_id)) a on true
     where i.tenant_id = %(tenant)s and i.account_id = (select id from account where tenant_id = %(tenant)s
           and company_id = %(company)s and key = %(key)s) and i.effective_on <= %(day)s
       and i.amount > coalesce(a.amount, 0)
"""
_AGED: LiteralString = """
    , aged as (
        select party_id,
               coalesce(sum(open) filter (where side = %(debt)s and due_on >= %(day)s), 0.00) as not_due,
               coalesce(sum(open) filter (where side = %(debt)s
                        and %(day)s - due_on between 1 and 30), 0.00) as days_30,
               coalesce(sum(open) filter (where side = %(debt)s
                        and %(day)s - due_on between 31 and 60), 0.00) as days_60,
               coalesce(sum(open) filter (where side = %(debt)s
                        and %(day)s - due_on between 61 and 90), 0.00) as days_90,
               coalesce(sum(open) filter (where side = %(debt)s
                        and %(day)s - due_on > 90), 0.00) as older,
               coalesce(sum(open) filter (where side <> %(debt)s), 0.00) as unapplied,
               sum(case when side = %(debt)s then open else -open end) as balance,
               min(due_on) filter (where side = %(debt)s) as oldest_on
          from open_item_then group by party_id
    ), total as (
        select coalesce(sum(not_due), 0.00) as t_not_due, coalesce(sum(days_30), 0.00) as t_days_30,
               coalesce(sum(days_60), 0.00) as t_days_60, coalesce(sum(days_90), 0.00) as t_days_90,
               coalesce(sum(older), 0.00) as t_older, coalesce(sum(unapplied), 0.00) as t_unapplied,
               coalesce(sum(balance), 0.00) as t_balance from aged
    )
"""
_BY_PARTY: LiteralString = """
    select p.id as party_id, p.name as party, p.phone, p.credit_days, aged.not_due, days_30,
           days_60, days_90, older, unapplied, balance, oldest_on, total.*
      from aged join party p on p.tenant_id = %(tenant)s and p.id = aged.party_id
      cross join total
     where (%(search)s = '' or p.name ilike '%%' || %(search)s || '%%')
"""
"""Each party, beside the sums of all."""
_OF_BUCKET: dict[str, LiteralString] = {
    "": "",
    "not_due": "and not_due > 0",
    "1-30": "and days_30 > 0",
    "31-60": "and days_60 > 0",
    "61-90": "and days_90 > 0",
    "90+": "and older > 0",
}


@query("payments.age_items", permission="payments.view", rest="GET /open-items/ageing")
def age_items(session: Session, ctx: RequestContext, wanted: AgeItems) -> Ages:
    """Age the debts of customers, or ours to suppliers, by party: the largest balance first."""
    day = wanted.as_of or ctx.today
    is_now = wanted.as_of is None or wanted.as_of >= ctx.today
    items: LiteralString = _OPEN_NOW if is_now else _OPEN_THEN
    aged: LiteralString = f"with open_item_then as ({items}) {_AGED}"
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "key": ACCOUNT_OF_LEDGER[wanted.ledger],
        "debt": DEBT_SIDE[wanted.ledger],
        "day": day,
        "search": wanted.search,
    }
    select: LiteralString = f"{aged} {_BY_PARTY} {_OF_BUCKET[wanted.bucket]}"
    rows, cursor = fetch_page(session, wanted, select, given)
    sums = rows or db.fetch_all(session, f"{aged} select * from total", given)  # noqa: S608  constants
    total = {name[2:]: value for name, value in sums[0].items() if name[:2] == "t_"}
    found = [AgeRow(**{name: row[name] for name in AgeRow.model_fields}) for row in rows]
    return Ages(as_of=day, rows=found, next_cursor=cursor, **total)
