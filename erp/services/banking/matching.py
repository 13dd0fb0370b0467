"""Match lines of a bank with lines of the books, and undo it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.banking import BankMatch, BankMatchMember, LineKind, MatchKind
from erp.services.banking.accounts import find_account, hold_account
from erp.services.banking.errors import (
    EntryTakenBack,
    NotEqual,
    UnknownBankLine,
    already_matched,
)
from erp.services.banking.events import LinesMatched
from erp.services.banking.listing_accounts import ENTRY_STANDS, LEDGER_WAITS
from erp.services.banking.wording import Words
from erp.services.platform import Closed, Command, Day, Identified, command, emit

ORIGIN = "bank_match"
"""Entries of this origin were posted for a line of a bank."""
PAYMENTS_KEY = "bank"
"""The ledger account that payments by transfer come into and go out of."""


class LedgerLine(Closed):
    """A line of the books."""

    entry_id: UUID
    line_no: Annotated[int, Field(ge=1, le=32_000)]


class BankLineNamed(Closed):
    """A line of the bank."""

    bank_line_id: UUID


class MatchLines(Command):
    """Which lines of the bank are which of the books; either side may be empty.

    Attributes:
        everything_until: Takes every line of the books up to this day that waits, such as what
            the balance before the first statement is made of.
    """

    bank_account_id: UUID
    bank_lines: Annotated[tuple[BankLineNamed, ...], Field(max_length=200)] = ()
    ledger_lines: Annotated[tuple[LedgerLine, ...], Field(max_length=500)] = ()
    everything_until: Day | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A line that waits; `line_no` is none for a line of the bank."""

    bank_line_id: UUID | None
    entry_id: UUID | None
    line_no: int | None
    amount: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line of the bank that waits, with its account."""

    account: db.Row
    id: UUID
    booked_on: date
    amount: Decimal
    text: str
    reference: str
    bank_ref: str

    @property
    def member(self) -> Member:
        """The line as a member of a match."""
        return Member(self.id, None, None, self.amount, self.booked_on)

    def words(self, counterparty: str) -> Words:
        """Return what the bank says of it."""
        return Words((self.text, self.reference, self.bank_ref, counterparty))


@command("banking.match_lines", permission="banking.reconcile", rest="POST /bank-matches")
def match_lines(session: Session, ctx: RequestContext, cmd: MatchLines) -> Identified:
    """Let lines of the bank and of its ledger account stand for each other; books nothing.

    Lines of the books alone that add up to nothing may be matched too, such as a payment and what
    took it back. Locks the bank account.

    Raises:
        UnknownBankAccount, UnknownBankLine: Something named is not the acting company's.
        AlreadyMatched: A line is matched already, or is not of this account.
        NotEqual: The sides do not add up to the same.
        EntryTakenBack: An opening balance was taken back, and what took it back is not matched with it.

    Emits:
        banking.lines_matched.v1
    """
    account = hold_account(session, ctx, cmd.bank_account_id)
    named = {(line.entry_id, line.line_no) for line in cmd.ledger_lines}
    bank_ids = {line.bank_line_id for line in cmd.bank_lines}
    if len(named) < len(cmd.ledger_lines) or len(bank_ids) < len(cmd.bank_lines):
        message = "A line is named twice."
        raise InvalidInput(message, fields={"ledger_lines": message})
    bank = _waiting_bank_lines(session, ctx, account, list(bank_ids))
    ledger = waiting_ledger_lines(session, ctx, account, cmd.ledger_lines)
    if cmd.everything_until is not None:
        ledger += [
            member
            for member in _everything(session, ctx, account, cmd.everything_until)
            if (member.entry_id, member.line_no) not in named
        ]
    if bank:
        _require_standing(session, ctx, ledger)
    match_id = write_match(session, ctx, account, MatchKind.MATCHED, [*bank, *ledger])
    return Identified(id=match_id)


def _require_standing(session: Session, ctx: RequestContext, ledger: Sequence[Member]) -> None:
    """Refuse lines of opening balances that were taken back, without those that took them back."""
    ids = [member.entry_id for member in ledger]
    row = db.fetch_one(
        session,
        "select e.narration from journal_entry e join journal_entry r"
        " on (r.tenant_id, r.reverses_entry_id) = (e.tenant_id, e.id)"
        " where e.tenant_id = %s and e.origin_type = 'opening' and (e.id = any(%s)) <> (r.id = any(%s)) limit 1",
        (ctx.tenant_id, ids, ids),
    )
    if row is not None:
        message = (
            f"{row['narration']} was taken back. Match it only with the entry that took it back."
        )
        raise EntryTakenBack(message, fields={"ledger_lines": message})


def find_line(
    session: Session, ctx: RequestContext, bank_line_id: UUID
) -> tuple[WaitingLine, LineKind, str]:
    """Return a line of the bank that waits, its kind, and whom the bank names.

    Raises:
        UnknownBankLine: The acting company has no such line.
        AlreadyMatched: It is matched.
    """
    found = db.fetch_one(
        session,
        "select l.bank_account_id, l.id, l.booked_on, l.amount, l.text, l.reference, l.bank_ref,"
        " l.kind, l.counterparty"
        " from bank_line l join bank_account b on (b.tenant_id, b.id) = (l.tenant_id, l.bank_account_id)"
        " where l.is_live and l.tenant_id = %s and b.company_id = %s and l.id = %s",
        (ctx.tenant_id, ctx.company_id, bank_line_id),
    )
    if found is None:
        raise _unknown_line()
    account = find_account(session, ctx, found.pop("bank_account_id"))
    kind, counterparty = LineKind(found.pop("kind")), found.pop("counterparty")
    _waiting_bank_lines(session, ctx, account, (bank_line_id,))
    return WaitingLine(account=account, **found), kind, counterparty


def hold_line(session: Session, ctx: RequestContext, bank_line_id: UUID) -> WaitingLine:
    """Return a line of the bank that waits, and hold its account.

    Raises:
        UnknownBankLine: The acting company has no such line.
        AlreadyMatched: It is matched.
    """
    line, _, _ = find_line(session, ctx, bank_line_id)
    hold_account(session, ctx, line.account["id"])
    _waiting_bank_lines(session, ctx, line.account, (bank_line_id,))
    return line


def write_match(
    session: Session,
    ctx: RequestContext,
    account: db.Row,
    kind: MatchKind,
    members: Sequence[Member],
    made: tuple[UUID | None, UUID | None, UUID | None] = (None, None, None),
) -> UUID:
    """Match lines that wait, all of one account that is held.

    Args:
        made: Id of the match, the entry that was posted for it, and the rule that made it.

    Raises:
        NotEqual: The sides do not add up to the same.
    """
    match_id, entry_id, rule_id = made
    match_id = match_id or new_id()
    difference = sum((m.amount if m.entry_id is None else -m.amount for m in members), ZERO)
    if difference or len(members) < 2:  # noqa: PLR2004  a match joins two lines
        message = (
            f"The two sides differ by {money_text(abs(difference))}. Choose lines that add up."
        )
        message = message if difference else "Choose lines that belong together."
        raise NotEqual(message, fields={"ledger_lines": message})
    match = {
        "tenant_id": ctx.tenant_id,
        "id": match_id,
        "bank_account_id": account["id"],
        "kind": kind,
        "entry_id": entry_id,
        "rule_id": rule_id,
        "member_count": len(members),
        "is_live": True,
        "made_by": ctx.user_id,
        "undo_reason": "",
    }
    db.insert_rows(session, BankMatch, [match])
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "match_id": match_id,
            "bank_line_id": member.bank_line_id,
            "entry_id": member.entry_id,
            "line_no": member.line_no,
            "amount": member.amount,
            "day": member.day,
            "is_live": True,
        }
        for member in members
    ]
    db.insert_rows(session, BankMatchMember, rows)
    emit(session, ctx, match_id, LinesMatched(bank_account_id=account["id"], match_id=match_id))
    return match_id


def members_of_entry(
    session: Session, ctx: RequestContext, account: db.Row, entry_id: UUID
) -> list[Member]:
    """Return an entry's lines on the bank's ledger account."""
    rows = db.fetch_all(
        session,
        "select entry_id, line_no, debit - credit as amount, effective_on as day from journal_line"
        " where tenant_id = %s and entry_id = %s and account_id = %s order by line_no",
        (ctx.tenant_id, entry_id, account["account_id"]),
    )
    return [Member(bank_line_id=None, **row) for row in rows]


def waiting_ledger_lines(
    session: Session, ctx: RequestContext, account: db.Row, wanted: Sequence[LedgerLine]
) -> list[Member]:
    """Return lines of the books that are named and wait.

    Raises:
        AlreadyMatched: One does not wait, or is of another account.
    """
    rows = db.fetch_all(
        session,
        """
        select l.entry_id, l.line_no, l.debit - l.credit as amount, l.effective_on as day
          from unnest(%(entries)s::uuid[], %(lines)s::int[]) w (entry_id, line_no)
          join journal_line l on l.tenant_id = %(tenant)s and l.entry_id = w.entry_id
               and l.line_no = w.line_no and l.account_id = %(account)s
         where not exists (select 1 from bank_match_member m
                where m.tenant_id = l.tenant_id and m.entry_id = l.entry_id
                  and m.line_no = l.line_no and m.is_live)
        """,
        {
            "tenant": ctx.tenant_id,
            "account": account["account_id"],
            "entries": [line.entry_id for line in wanted],
            "lines": [line.line_no for line in wanted],
        },
    )
    if len(rows) < len(wanted):
        raise already_matched()
    return [Member(bank_line_id=None, **row) for row in rows]


def _everything(
    session: Session, ctx: RequestContext, account: db.Row, until: date
) -> list[Member]:
    rows = db.fetch_all(
        session,
        f"""
        select l.entry_id, l.line_no, l.debit - l.credit as amount, l.effective_on as day
          from journal_line l
         where l.tenant_id = %s and l.account_id = %s and l.effective_on <= %s and {LEDGER_WAITS} and {ENTRY_STANDS}
        """,  # noqa: S608  made of literals
        (ctx.tenant_id, account["account_id"], until),
    )
    return [Member(bank_line_id=None, **row) for row in rows]


def _waiting_bank_lines(
    session: Session, ctx: RequestContext, account: db.Row, ids: Sequence[UUID]
) -> list[Member]:
    rows = db.fetch_all(
        session,
        "select l.id, l.amount, l.booked_on, exists (select 1 from bank_match_member m"
        "  where m.tenant_id = l.tenant_id and m.bank_line_id = l.id and m.is_live) as is_matched"
        " from bank_line l"
        " where l.is_live and l.tenant_id = %s and l.bank_account_id = %s and l.id = any(%s)",
        (ctx.tenant_id, account["id"], list(ids)),
    )
    if len(rows) < len(ids):
        raise _unknown_line()
    if any(row["is_matched"] for row in rows):
        raise already_matched()
    return [Member(row["id"], None, None, row["amount"], row["booked_on"]) for row in rows]


def _unknown_line() -> UnknownBankLine:
    message = "This line is not known here. Choose one of the account's statements."
    return UnknownBankLine(message, fields={"bank_line_id": message})
