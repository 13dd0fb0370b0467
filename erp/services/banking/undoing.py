"""Undo a match of a bank's lines, and take back what was booked for it."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.banking import MatchKind
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine
from erp.services.banking.accounts import hold_account
from erp.services.banking.errors import NotUndoable, UnknownMatch
from erp.services.banking.events import MatchUndone
from erp.services.banking.matching import ORIGIN, members_of_entry, write_match
from erp.services.platform import Command, Identified, ShortText, command, emit


class Unmatch(Command):
    """Undo a match.

    Attributes:
        take_back: Also posts the opposite of what was booked for it, dated today; this may be asked
            for later as well, of a match that was undone without it.
    """

    match_id: UUID
    reason: ShortText
    take_back: bool = False


@command(
    "banking.unmatch", permission="banking.reconcile", rest="POST /bank-matches/{match_id}/undo"
)
def unmatch(session: Session, ctx: RequestContext, cmd: Unmatch) -> Identified:
    """Let the lines of a match wait again; what was done stays seen, with the reason.

    What was booked is taken back in its branches, and what its parties' items settled is open again.
    Payments that were recorded for it stay, and are taken back where they stand. Locks the bank account.

    Raises:
        UnknownMatch: The acting company has no such match.
        NotUndoable: It was undone and taken back already; or nothing was booked for it that could be.
        AlreadyMatched: What was booked is matched otherwise by now.
        PeriodClosed: The books are closed for today.

    Emits:
        banking.match_undone.v1; banking.lines_matched.v1 of what was taken back.
    """
    account_id = _account_of(session, ctx, cmd.match_id)
    account = hold_account(session, ctx, account_id)
    found = db.fetch_one(
        session,
        "select kind, entry_id, is_live, kind = 'booked' and not exists (select 1 from journal_entry e"
        "  where e.tenant_id = m.tenant_id and e.reverses_entry_id = m.entry_id) as can_be_taken_back"
        " from bank_match m where m.tenant_id = %s and m.id = %s",
        (ctx.tenant_id, cmd.match_id),
    )
    assert found is not None  # noqa: S101  its account was found by it
    if not found["is_live"] and not (cmd.take_back and found["can_be_taken_back"]):
        raise NotUndoable("This match was undone already.")
    if cmd.take_back and found["kind"] != MatchKind.BOOKED:
        message = "Nothing was booked for this match. A payment is taken back where it stands."
        raise NotUndoable(message, fields={"take_back": message})
    if not found["is_live"]:
        _take_back(session, ctx, account, cmd)
        return Identified(id=cmd.match_id)
    db.execute(
        session,
        "update bank_match set is_live = false, undone_by = %s, undone_at = %s, undo_reason = %s"
        " where tenant_id = %s and id = %s",
        (ctx.user_id, ctx.now, cmd.reason, ctx.tenant_id, cmd.match_id),
    )
    if cmd.take_back:
        _take_back(session, ctx, account, cmd)
    event = MatchUndone(bank_account_id=account_id, match_id=cmd.match_id)
    emit(session, ctx, cmd.match_id, event)
    return Identified(id=cmd.match_id)


def _take_back(session: Session, ctx: RequestContext, account: db.Row, cmd: Unmatch) -> None:
    """Post the opposite of each entry in its branch, dated today, and match the two: neither was at the bank."""
    booked = db.fetch_all(
        session,
        "select id, branch_id, purpose from journal_entry"
        " where tenant_id = %s and origin_type = %s and origin_id = %s"
        "   and reverses_entry_id is null order by id",
        (ctx.tenant_id, ORIGIN, cmd.match_id),
    )
    for entry in booked:
        _oppose(session, replace(ctx, branch_id=entry["branch_id"]), account, cmd, entry)


def _oppose(
    session: Session, ctx: RequestContext, account: db.Row, cmd: Unmatch, booked: db.Row
) -> None:
    entry_id, reason = booked["id"], cmd.reason
    accounting.release_items(session, ctx, entry_id, reason)
    lines = [
        NewLine(
            row["key"],
            row["credit"],
            row["debit"],
            row["party_id"],
            row["cost_centre"],
            row["note"],
        )
        for row in db.fetch_all(
            session,
            "select a.key, l.debit, l.credit, l.party_id, l.cost_centre, l.note from journal_line l"
            " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
            " where l.tenant_id = %s and l.entry_id = %s order by l.line_no",
            (ctx.tenant_id, entry_id),
        )
    ]
    narration = f"Taken back: {reason}"
    purpose = booked["purpose"].replace("booked", "taken_back")
    entry = NewEntry("bank", ctx.today, ORIGIN, cmd.match_id, purpose, narration, lines, entry_id)
    back_id = accounting.post_entry(session, ctx, entry)
    assert back_id is not None  # noqa: S101  what is taken back is not zero
    accounting.cancel_out(session, ctx, entry_id, back_id)
    pair = [
        *members_of_entry(session, ctx, account, entry_id),
        *members_of_entry(session, ctx, account, back_id),
    ]
    write_match(session, ctx, account, MatchKind.MATCHED, pair)


def _account_of(session: Session, ctx: RequestContext, match_id: UUID) -> UUID:
    found = db.fetch_one(
        session,
        "select m.bank_account_id from bank_match m"
        " join bank_account b on (b.tenant_id, b.id) = (m.tenant_id, m.bank_account_id)"
        " where m.tenant_id = %s and b.company_id = %s and m.id = %s",
        (ctx.tenant_id, ctx.company_id, match_id),
    )
    if found is None:
        message = "This match is not known here. Choose one of the list."
        raise UnknownMatch(message, fields={"match_id": message})
    account_id: UUID = found["bank_account_id"]
    return account_id
