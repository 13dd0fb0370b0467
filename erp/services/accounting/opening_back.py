"""Imports of opening balances: what came in together, and taking it back while nothing rests on it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.services.accounting.errors import AlreadyReversed, OpeningInUse, UnknownOpening
from erp.services.accounting.open_items import cancel_out, lock_items
from erp.services.accounting.opening import ORIGIN, hold_openings
from erp.services.accounting.posting import NewEntry, NewLine, lines_of, post_entry
from erp.services.platform import Command, Page, Result, Rows, ShortText, command, query

MOST_NAMED = 5
Told = Callable[[Session, RequestContext, Sequence[UUID]], str]
Held = Callable[[Session, RequestContext, Sequence[UUID]], None]
_RESTING: list[tuple[Held, Told]] = []


def rests_on_entries(held: Held, told: Told) -> None:
    """Let a domain above say what of its own rests on entries that are to be taken back; nothing if nothing does.

    `held` locks, before any open item is locked, what `told` looks at later.
    """
    _RESTING.append((held, told))


class TakeBackOpening(Command):
    """Take everything back that one import put in.

    Attributes:
        opening_id: As `list_openings` names it.
    """

    opening_id: UUID
    reason: ShortText


class OpeningTakenBack(Result):
    """How many entries were taken back."""

    entries: int


class ListOpenings(Page):
    """Imports of opening balances, the latest first; they are few."""


class OpeningRow(Result):
    """What one import put in.

    Attributes:
        debits: Of its entries. is_standing: It was not taken back.
    """

    id: UUID
    opening_on: date
    imported_at: datetime
    bills: int
    debits: Decimal
    is_standing: bool


class OpeningList(Rows):
    """Imports of opening balances."""

    rows: list[OpeningRow]


@query("accounting.list_openings", permission="accounting.view", rest="GET /opening-balances")
def list_openings(session: Session, ctx: RequestContext, _wanted: ListOpenings) -> OpeningList:
    """List imports of opening balances, the latest first; what came in at once is one."""
    rows = db.fetch_all(
        session,
        "select min(e.id::text)::uuid as id, min(e.effective_on) as opening_on,"
        " e.recorded_at as imported_at, count(*) filter (where e.purpose <> 'accounts') as bills,"
        " sum(e.total) as debits, bool_and(r.id is null) as is_standing"
        "  from journal_entry e"
        "  left join journal_entry r on (r.tenant_id, r.reverses_entry_id) = (e.tenant_id, e.id)"
        " where e.tenant_id = %s and e.company_id = %s and e.origin_type = %s"
        "   and e.reverses_entry_id is null"
        " group by e.recorded_at order by e.recorded_at desc limit 100",
        (ctx.tenant_id, ctx.company_id, ORIGIN),
    )
    return OpeningList(rows=[OpeningRow(**row) for row in rows])


@command(
    "accounting.take_back_opening",
    permission="accounting.post",
    rest="POST /opening-balances/{opening_id}/reversal",
)
def take_back_opening(
    session: Session, ctx: RequestContext, cmd: TakeBackOpening
) -> OpeningTakenBack:
    """Post the opposite of each entry of an import on its own day and in its branch, so that no balance keeps it.

    The file can be imported again, mended. Locks the company's imports, the bank accounts of its lines, then the open
    items of each party.

    Raises:
        UnknownOpening: There is no such import.
        AlreadyReversed: It was taken back.
        OpeningInUse: Something rests on it: a bill is settled or split, a line is matched with the bank's.
        PeriodClosed: The books are closed for its day.
    """
    hold_openings(session, ctx)
    entries = _entries(session, ctx, cmd.opening_id)
    for held, _ in _RESTING:
        held(session, ctx, [row["id"] for row in entries])
    for party_id in sorted({row["party_id"] for row in entries if row["party_id"]}):
        lock_items(session, party_id)
    _refuse_in_use(session, ctx, entries)
    for row in entries:
        _reverse(session, ctx, row, cmd.reason)
    return OpeningTakenBack(entries=len(entries))


def _entries(session: Session, ctx: RequestContext, opening_id: UUID) -> list[db.Row]:
    """Return the entries of an import, each bill with its party.

    Raises:
        UnknownOpening: There is none. AlreadyReversed: It was taken back.
    """
    rows = db.fetch_all(
        session,
        "select e.id, e.effective_on, e.narration, e.branch_id, r.id as reversal_id,"
        " (select l.party_id from journal_line l where (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)"
        "   and l.party_id is not null limit 1) as party_id"
        "  from journal_entry first"
        "  join journal_entry e on e.tenant_id = first.tenant_id and e.company_id = first.company_id"
        "   and e.origin_type = first.origin_type and e.recorded_at = first.recorded_at"
        "   and e.reverses_entry_id is null"
        "  left join journal_entry r on (r.tenant_id, r.reverses_entry_id) = (e.tenant_id, e.id)"
        " where first.tenant_id = %s and first.company_id = %s and first.id = %s"
        "   and first.origin_type = %s and first.reverses_entry_id is null order by e.id",
        (ctx.tenant_id, ctx.company_id, opening_id, ORIGIN),
    )
    if not rows:
        message = "There is no such import. Choose one of the list."
        raise UnknownOpening(message, fields={"opening_id": message})
    if any(row["reversal_id"] for row in rows):
        message = "This import was taken back already."
        raise AlreadyReversed(message, fields={"opening_id": message})
    return rows


def _refuse_in_use(session: Session, ctx: RequestContext, entries: Sequence[db.Row]) -> None:
    """Refuse what bills, banks and others have built on."""
    ids = [row["id"] for row in entries]
    rows = db.fetch_all(
        session,
        "select e.narration, p.name, sum(i.settled) as settled, count(*) as parts from open_item i"
        "  join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        "  join party p on (p.tenant_id, p.id) = (i.tenant_id, i.party_id)"
        " where i.tenant_id = %s and i.entry_id = any(%s)"
        " group by e.id, e.narration, p.name having sum(i.settled) > 0 or count(*) > 1"
        " order by p.name, e.narration limit %s",
        (ctx.tenant_id, ids, MOST_NAMED + 1),
    )
    said = [
        f"{row['narration']} of {row['name']} is settled by {money_text(row['settled'])}"
        if row["settled"]
        else f"{row['narration']} of {row['name']} is split into instalments"
        for row in rows[:MOST_NAMED]
    ]
    if said:
        more = " and others" if len(rows) > MOST_NAMED else ""
        remedy = "Set them apart on their accounts first, or mend this import by typed entries."
        message = f"{'; '.join(said)}{more}. {remedy}"
        raise OpeningInUse(message, fields={"opening_id": message})
    for _, told in _RESTING:
        reason = told(session, ctx, ids)
        if reason:
            raise OpeningInUse(reason, fields={"opening_id": reason})


def _reverse(session: Session, ctx: RequestContext, row: db.Row, reason: str) -> None:
    lines = [
        NewLine(line.account_key, line.credit, line.debit, line.party_id, line.cost_centre)
        for line in lines_of(session, ctx, row["id"])
    ]
    words = f"{row['narration']}, taken back: {reason}"
    entry = NewEntry(
        "opening", row["effective_on"], ORIGIN, new_id(), "taken_back", words, lines, row["id"]
    )
    back_id = post_entry(session, replace(ctx, branch_id=row["branch_id"]), entry)
    assert back_id is not None  # noqa: S101  an opening is not of zeros
    cancel_out(session, ctx, row["id"], back_id)
