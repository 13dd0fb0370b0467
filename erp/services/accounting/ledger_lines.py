"""The general ledger: lines of accounts in the order of their days, with the balance after each.

The cash book is the ledger of the group `Cash in Hand`, the bank book that of `Bank Accounts`.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field, computed_field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.money import ZERO
from erp.services.accounting.comparing import Days, days_of
from erp.services.accounting.groups import Activity, group_of
from erp.services.accounting.statement_rows import Account, chart_of
from erp.services.accounting.sums import (
    NOTHING,
    Cut,
    Part,
    Scope,
    Span,
    Sums,
    Total,
    before,
    end_of,
    sums_of,
)
from erp.services.platform import (
    Day,
    Page,
    Result,
    Rows,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)

FIRST_ID = str(UUID(int=0))


class Ledger(Page, Scope):
    """Lines of an account, a group of accounts or a party, the earliest first; of all where none is named.

    Attributes:
        group_name: Accounts of this group and of the groups within it.
        without_closing: Leave out what year-end entries carried in these days, as profit and loss do.
        without_cash: Leave out cash and bank accounts, as the cash flow's activities do.
        no_cost_centre: Only lines of no cost centre.
    """

    account_id: UUID | None = None
    group_name: Annotated[str, Field(max_length=120)] = ""
    party_id: UUID | None = None
    from_day: Day | None = None
    to_day: Day | None = None
    without_closing: bool = False
    without_cash: bool = False
    no_cost_centre: bool = False


class LedgerLine(Result):
    """A line with its voucher.

    Attributes:
        id: The entry. contra: Where the other side of the entry stands.
        balance: Debits less credits until and with this line; none among found lines.
    """

    id: UUID
    line_no: int
    effective_on: date
    narration: str
    journal: str
    origin_type: str
    origin_id: UUID
    account_id: UUID
    account: str
    party: str
    contra: str
    cost_centre: str
    note: str
    debit: Decimal
    credit: Decimal
    balance: Decimal | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def beside(self) -> str:
        """What stands beside the narration: the other side, and the cost centre."""
        return ", ".join(part for part in (self.contra, self.cost_centre) if part)


class LedgerPage(Rows):
    """A page of a ledger, with the sums of all its pages; balances are debits less credits.

    Attributes:
        title: What it is about. left_out: In words what it is without.
        debits, credits: Of found lines alone where something was searched for; opening and closing are
            none then.
    """

    rows: list[LedgerLine]
    title: str
    left_out: str
    from_day: date
    to_day: date
    opening: Decimal | None
    debits: Decimal
    credits: Decimal
    closing: Decimal | None


@query("accounting.ledger", permission="accounting.view", rest="GET /ledger")
def ledger(session: Session, ctx: RequestContext, wanted: Ledger) -> LedgerPage:
    """Return the lines of accounts between two days, with the balance before, after each and at the end.

    Raises:
        InvalidInput: The first day is after the last.
        NotFound: The company has no such account or group, or there is no such party.
    """
    accounts = _accounts(session, ctx, wanted)
    days = days_of(ctx, wanted.from_day, wanted.to_day)
    past, moved = _sums(session, ctx, wanted, accounts, days)
    after = decode_cursor(wanted.cursor, 4) or [str(days.since), FIRST_ID, "0", str(past.balance)]
    rows = _rows(session, ctx, wanted, accounts, days, after[:3])
    balance = _amount(after[3])
    lines = []
    for row in rows[: wanted.limit]:
        balance += row["debit"] - row["credit"]
        lines.append(LedgerLine(**row, balance=None if wanted.search else balance))
    last = lines[-1] if len(rows) > wanted.limit else None
    return LedgerPage(
        rows=lines,
        next_cursor=encode_cursor(last.effective_on, last.id, last.line_no, balance)
        if last
        else "",
        title=_title(session, ctx, wanted, accounts),
        left_out=_left_out(wanted),
        from_day=days.since,
        to_day=days.until,
        opening=None if wanted.search else past.balance,
        debits=moved.debit,
        credits=moved.credit,
        closing=None if wanted.search else past.balance + moved.balance,
    )


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except ArithmeticError:
        amount = ZERO
    return amount if amount.is_finite() else ZERO


def _accounts(session: Session, ctx: RequestContext, wanted: Ledger) -> list[Account]:
    chart = chart_of(session, ctx)
    found = [
        one
        for one in chart
        if (wanted.account_id in {None, one.id})
        and not (wanted.without_cash and group_of(one.group_name).activity is Activity.CASH)
        and wanted.group_name in {"", *one.path}
    ]
    if not found and (wanted.account_id or wanted.group_name):
        raise NotFound("There is no such account.")
    return found


def _title(session: Session, ctx: RequestContext, wanted: Ledger, accounts: list[Account]) -> str:
    """Return what a ledger is about.

    Raises:
        NotFound: There is no such party.
    """
    names = [accounts[0].name if wanted.account_id else wanted.group_name]
    if wanted.party_id is not None:
        row = db.fetch_one(
            session,
            "select name from party where tenant_id = %s and id = %s",
            (ctx.tenant_id, wanted.party_id),
        )
        if row is None:
            raise NotFound("There is no such party.")
        names.append(row["name"])
    return ", ".join(name for name in names if name) or "Every account"


def _left_out(wanted: Ledger) -> str:
    asked = (
        (wanted.without_closing, "year-end entries"),
        (wanted.without_cash, "cash and bank"),
        (wanted.no_cost_centre, "cost centres"),
    )
    words = " and ".join(word for is_asked, word in asked if is_asked)
    return f"without {words}" if words else ""


def _sums(
    session: Session, ctx: RequestContext, wanted: Ledger, accounts: list[Account], days: Days
) -> tuple[Total, Total]:
    """Return what came before the days and within them; of found lines what is within them."""
    if wanted.party_id is not None or wanted.search:
        return _sums_of_lines(session, ctx, wanted, accounts, days)
    past = sums_of(session, ctx, [before(days.since)], wanted, _cut(wanted, accounts))
    within = _cut(wanted, accounts, without_closing=wanted.without_closing)
    moved = sums_of(session, ctx, [Span(days.since, days.until)], wanted, within)
    return _added(past, accounts), _added(moved, accounts)


def _cut(wanted: Ledger, accounts: list[Account], *, without_closing: bool = False) -> Cut:
    by = Part.COST_CENTRE if wanted.no_cost_centre else Part.WHOLE
    return Cut([one.id for one in accounts], by, without_closing)


def _added(sums: Sums, accounts: list[Account]) -> Total:
    """Add accounts up; the empty text is the whole, or what has no cost centre."""
    found = [sums.get((0, one.id, ""), NOTHING) for one in accounts]
    return Total(sum((x.debit for x in found), ZERO), sum((x.credit for x in found), ZERO))


_CONDITIONS: dict[str, LiteralString] = {
    "party_id": "and l.party_id = %(party)s",
    "branch_id": "and e.branch_id = %(branch)s",
    "cost_centre": "and l.cost_centre = %(centre)s",
    "known_on": "and e.recorded_at < %(known)s",
}
_WITHOUT_CLOSING: LiteralString = (
    " and (e.journal <> 'closing' or e.effective_on < %(since)s::date)"
)
_NO_COST_CENTRE: LiteralString = " and l.cost_centre is null"
_SEARCH: LiteralString = (
    "and (e.narration ilike '%%' || %(search)s || '%%' or exists (select 1 from party p"
    " where p.tenant_id = l.tenant_id and p.id = l.party_id and p.name ilike '%%' || %(search)s || '%%'))"
)


_LINE_SUMS: LiteralString = """
        select l.effective_on >= %(since)s as within, sum(l.debit) as debit, sum(l.credit) as credit
          from journal_line l
          join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
         where l.tenant_id = %(tenant)s and l.account_id = any(%(accounts)s)
           and l.effective_on between %(first)s and %(until)s {conditions}
         group by 1
"""
_LINES: LiteralString = """
        with shown as (
            select l.* from unnest(%(accounts)s::uuid[]) account (id)
             cross join lateral (
                   select l.tenant_id, l.entry_id, l.line_no, l.effective_on, l.account_id, l.party_id,
                          l.cost_centre, l.note, l.debit, l.credit, e.narration, e.journal, e.origin_type,
                          e.origin_id
                     from journal_line l
                     join journal_entry e on e.tenant_id = l.tenant_id and e.id = l.entry_id
                    where l.tenant_id = %(tenant)s and l.account_id = account.id
                      and l.effective_on between %(since)s and %(until)s
                      and (l.effective_on, l.entry_id, l.line_no)
                          > (%(day)s::date, %(id)s::uuid, %(line)s::smallint) {conditions}
                    order by l.effective_on, l.entry_id, l.line_no limit %(limit)s) l
             order by l.effective_on, l.entry_id, l.line_no limit %(limit)s)
        select l.entry_id as id, l.line_no, l.effective_on, l.narration, l.journal, l.origin_type,
               l.origin_id, l.account_id, a.name as account, coalesce(p.name, '') as party,
               coalesce(other.name, '') as contra, coalesce(l.cost_centre, '') as cost_centre, l.note,
               l.debit, l.credit
          from shown l
          join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
          left join party p on (p.tenant_id, p.id) = (l.tenant_id, l.party_id)
          left join lateral (
               select o.name || case when count(*) over () > 1
                                     then ' and ' || count(*) over () - 1 || ' more' else '' end as name
                 from journal_line side
                 join account o on (o.tenant_id, o.id) = (side.tenant_id, side.account_id)
                where side.tenant_id = l.tenant_id and side.entry_id = l.entry_id
                  and (side.debit > 0) <> (l.debit > 0)
                group by o.id, o.name order by sum(side.debit + side.credit) desc, o.name limit 1) other on true
         order by l.effective_on, l.entry_id, l.line_no
"""


def _conditions(wanted: Ledger) -> LiteralString:
    """Return what lines of accounts are narrowed to."""
    conditions = conditions_of(wanted, _CONDITIONS | {"search": _SEARCH})
    conditions += _WITHOUT_CLOSING if wanted.without_closing else ""
    return conditions + (_NO_COST_CENTRE if wanted.no_cost_centre else "")


def _asked(
    ctx: RequestContext, wanted: Ledger, accounts: list[Account], days: Days
) -> dict[str, object]:
    return {
        "tenant": ctx.tenant_id,
        "accounts": [one.id for one in accounts],
        "since": days.since,
        "until": days.until,
        "party": wanted.party_id,
        "branch": wanted.branch_id,
        "centre": wanted.cost_centre,
        "known": end_of(wanted.known_on, ctx) if wanted.known_on else None,
        "search": wanted.search,
    }


def _sums_of_lines(
    session: Session, ctx: RequestContext, wanted: Ledger, accounts: list[Account], days: Days
) -> tuple[Total, Total]:
    """Return the sums of lines: of a party, which are few and have an index, or of those found."""
    rows = db.fetch_all(
        session,
        _LINE_SUMS.format(conditions=_conditions(wanted)),
        _asked(ctx, wanted, accounts, days) | {"first": days.since if wanted.search else date.min},
    )
    found = {row["within"]: Total(row["debit"], row["credit"]) for row in rows}
    return found.get(False, NOTHING), found.get(True, NOTHING)


def _rows(
    session: Session,
    ctx: RequestContext,
    wanted: Ledger,
    accounts: list[Account],
    days: Days,
    after: list[str],
) -> list[db.Row]:
    """Return a page of lines; each account offers its own first ones, so that its index is enough."""
    return db.fetch_all(
        session,
        _LINES.format(conditions=_conditions(wanted)),
        _asked(ctx, wanted, accounts, days)
        | {"day": after[0], "id": after[1], "line": after[2], "limit": wanted.limit + 1},
    )
