"""Posting: the one way an entry gets into the books."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.models.accounting import JournalEntry, JournalLine
from erp.services.accounting.chart import account_id
from erp.services.accounting.checking import check_typed_lines
from erp.services.accounting.errors import EntryUnbalanced
from erp.services.accounting.events import EntryPosted, EntryReversed
from erp.services.accounting.held_drafts import held_draft, mark_posted
from erp.services.accounting.open_items import cancel_out, release_items
from erp.services.accounting.periods import period_id
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Identified,
    ShortText,
    Text,
    command,
    emit,
    note_effect,
)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class NewLine:
    """One side of an entry; exactly one of debit and credit is above zero.

    Attributes:
        due_on: When the debt it stands for is due; by the party's credit days where nothing is said.
    """

    account_key: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    party_id: UUID | None = None
    cost_centre: str | None = None
    note: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to post.

    Attributes:
        purpose: What the entry is to its origin; one entry per origin and purpose.
        lines: Lines of zero on both sides are left out.
    """

    journal: str
    effective_on: date
    origin_type: str
    origin_id: UUID
    purpose: str
    narration: str
    lines: Sequence[NewLine]
    reverses_entry_id: UUID | None = None


def debit(account_key: str, amount: Decimal, party_id: UUID | None = None) -> NewLine:
    """Return a line that debits an account; a negative amount credits it."""
    if amount < 0:
        return NewLine(account_key, credit=-amount, party_id=party_id)
    return NewLine(account_key, debit=amount, party_id=party_id)


def credit(account_key: str, amount: Decimal, party_id: UUID | None = None) -> NewLine:
    """Return a line that credits an account; a negative amount debits it."""
    return debit(account_key, -amount, party_id)


ROWS_OF_ENTRIES = (JournalEntry, JournalLine)
"""What `post_entry` writes; entries whose lines leave in one statement lock account balances in order."""


def post_entry(session: Session, ctx: RequestContext, entry: NewEntry) -> UUID | None:
    """Post a balanced entry and return its id; an entry of nothing but zeros posts nothing.

    The database checks that it balances and that its period is open, and keeps the
    account balances in step. Reads nothing once the company's accounts and the period are
    known to the process, so the rows may be held.

    Raises:
        EntryUnbalanced: Debits and credits differ.
        PeriodClosed: The books are closed for the date.
        DayOutOfBooks: The date lies in a year that has no books.
        NotFound: An account key is not in the chart.
    """
    lines = [line for line in entry.lines if line.debit or line.credit]
    if not lines:
        return None
    total = sum((line.debit for line in lines), ZERO)
    if total != sum((line.credit for line in lines), ZERO):
        raise EntryUnbalanced(
            "Debits and credits must be equal.", fields={"lines": "debits and credits differ"}
        )
    entry_id = new_id()
    ids = [account_id(session, ctx, line.account_key) for line in lines]
    _insert_entry(session, ctx, entry_id, entry, len(lines), total)
    _insert_lines(session, ctx, entry_id, entry.effective_on, lines, ids)
    _note(session, entry, lines)
    return entry_id


def _insert_entry(
    session: Session,
    ctx: RequestContext,
    entry_id: UUID,
    entry: NewEntry,
    count: int,
    total: Decimal,
) -> None:
    row = {
        "tenant_id": ctx.tenant_id,
        "id": entry_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "period_id": period_id(session, ctx, entry.effective_on),
        "journal": entry.journal,
        "effective_on": entry.effective_on,
        "origin_type": entry.origin_type,
        "origin_id": entry.origin_id,
        "purpose": entry.purpose,
        "narration": entry.narration,
        "line_count": count,
        "total": total,
        "reverses_entry_id": entry.reverses_entry_id,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, JournalEntry, [row])


def _insert_lines(
    session: Session,
    ctx: RequestContext,
    entry_id: UUID,
    day: date,
    lines: Sequence[NewLine],
    ids: Sequence[UUID],
) -> None:
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "entry_id": entry_id,
            "line_no": number,
            "account_id": account,
            "effective_on": day,
            "debit": line.debit,
            "credit": line.credit,
            "party_id": line.party_id,
            "cost_centre": line.cost_centre,
            "due_on": line.due_on,
            "note": line.note,
        }
        for number, (line, account) in enumerate(zip(lines, ids, strict=True), start=1)
    ]
    db.insert_rows(session, JournalLine, rows)


def _note(session: Session, entry: NewEntry, lines: Sequence[NewLine]) -> None:
    for line in lines:
        note_effect(
            session,
            "ledger",
            account=line.account_key,
            debit=str(line.debit),
            credit=str(line.credit),
            narration=entry.narration,
        )


class ManualLine(Closed):
    """A line typed by an accountant."""

    account_key: ShortText
    debit: Amount = ZERO
    credit: Amount = ZERO
    party_id: UUID | None = None
    cost_centre: ShortText | None = None
    note: Text = ""


class PostManualEntry(Command):
    """Post an entry no document stands for.

    Attributes:
        draft_id: The draft it was typed from, which is done with it.
    """

    draft_id: UUID | None = None
    effective_on: date
    narration: ShortText
    lines: Annotated[tuple[ManualLine, ...], Field(min_length=2, max_length=200)]


class ReverseEntry(Command):
    """Take an entry back by its opposite, dated today."""

    entry_id: UUID
    reason: ShortText


@command("accounting.post_manual_entry", permission="accounting.post", rest="POST /journal-entries")
def post_manual_entry(session: Session, ctx: RequestContext, cmd: PostManualEntry) -> Identified:
    """Post a manual journal entry; one typed from a draft stands in the draft's branch.

    Raises:
        EntryUnbalanced: Debits and credits differ, or a line has both or neither.
        NotFound: An account, party, cost centre or draft is not there.
        Conflict: The draft has been posted or thrown away.
        KeptAccount: Something else keeps an account, such as the value of stock.
        PartyMissing: An account is kept per party and the line names none.
        PeriodClosed: The books are closed for the date.
    """
    there = ctx
    if cmd.draft_id is not None:
        held = held_draft(session, ctx, cmd.draft_id)
        there = replace(ctx, branch_id=held["branch_id"])
    entry_id = post_typed(session, there, cmd.effective_on, cmd.narration, cmd.lines)
    if cmd.draft_id is not None:
        mark_posted(session, ctx, cmd.draft_id, entry_id)
    return Identified(id=entry_id)


def post_typed(
    session: Session,
    ctx: RequestContext,
    effective_on: date,
    narration: str,
    typed: Sequence[ManualLine],
) -> UUID:
    """Post an entry that somebody typed and return its id.

    Raises:
        EntryUnbalanced: Debits and credits differ, or a line has both or neither.
        NotFound: An account is not in the chart, or a party or cost centre not in the tenant.
        KeptAccount: Something else keeps an account, such as the value of stock.
        PartyMissing: An account is kept per party and the line names none.
        PeriodClosed: The books are closed for the date.
    """
    for number, line in enumerate(typed):
        if (line.debit == 0) == (line.credit == 0):
            raise EntryUnbalanced(
                "Each line has either a debit or a credit.",
                fields={f"lines.{number}.debit": "give either a debit or a credit"},
            )
    check_typed_lines(session, ctx, typed)
    lines = [
        NewLine(
            line.account_key,
            line.debit,
            line.credit,
            line.party_id,
            line.cost_centre or None,
            line.note,
        )
        for line in typed
    ]
    origin = new_id()
    entry = NewEntry("general", effective_on, "manual", origin, "manual", narration, lines)
    posted = post_entry(session, ctx, entry)
    if posted is not None:
        emit(session, ctx, posted, EntryPosted(entry_id=posted))
    return posted or origin


@command(
    "accounting.reverse_entry",
    permission="accounting.post",
    rest="POST /journal-entries/{entry_id}/reversal",
)
def reverse_entry(session: Session, ctx: RequestContext, cmd: ReverseEntry) -> Identified:
    """Post the opposite of a manual entry in its branch, dated today and linked to it.

    What its parties' items settled, or were settled by, is open again, and nothing of either entry stays open.
    Locks the open items of its parties, in their order.

    Raises:
        NotFound: There is no such manual entry; documents are taken back by their own notes.
        AlreadyReversed: It has been taken back before.

    Emits:
        accounting.entry_reversed.v1
    """
    original = db.fetch_one(
        session,
        "select id, branch_id from journal_entry where tenant_id = %s and company_id = %s and id = %s"
        " and origin_type = 'manual'",
        (ctx.tenant_id, ctx.company_id, cmd.entry_id),
    )
    if original is None:
        raise NotFound("There is no such manual entry. Take a document back by a note of its own.")
    lines = [
        replace(line, debit=line.credit, credit=line.debit)
        for line in lines_of(session, ctx, cmd.entry_id)
    ]
    narration = f"Reversal: {cmd.reason}"
    entry = NewEntry(
        "general", ctx.today, "manual", new_id(), "reversal", narration, lines, cmd.entry_id
    )
    reversal = post_entry(session, replace(ctx, branch_id=original["branch_id"]), entry)
    assert reversal is not None  # noqa: S101  a posted entry is not of zeros
    release_items(session, ctx, cmd.entry_id, cmd.reason)
    cancel_out(session, ctx, cmd.entry_id, reversal)
    event = EntryReversed(entry_id=cmd.entry_id, reversal_id=reversal)
    emit(session, ctx, cmd.entry_id, event)
    return Identified(id=reversal)


def lines_of(session: Session, ctx: RequestContext, entry_id: UUID) -> list[NewLine]:
    """Return the lines of a posted entry, as they were posted."""
    rows = db.fetch_all(
        session,
        "select a.key as account_key, l.debit, l.credit, l.party_id, l.cost_centre"
        " from journal_line l join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
        " where l.tenant_id = %s and l.entry_id = %s order by l.line_no",
        (ctx.tenant_id, entry_id),
    )
    return [NewLine(**row) for row in rows]
