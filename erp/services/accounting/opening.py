"""Opening balances from a file: accounts, and every open bill of customers and suppliers by itself.

Each row stands against `Opening Balance Difference`. What the old books had on accounts that are kept by
their documents, such as stock, does not come in here and stays on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.services.accounting.checking import KEPT_ACCOUNTS
from erp.services.accounting.opening_lines import KINDS, OpeningLine, read_lines
from erp.services.accounting.posting import NewEntry, NewLine, post_entry
from erp.services.party import WALK_IN_CODE
from erp.services.platform import (
    MOST_CHARACTERS,
    PLAIN,
    Command,
    Day,
    Result,
    command,
    refused_lines,
)

DIFFERENCE = "opening_difference"
ORIGIN = "opening"


class ImportOpening(Command):
    """Put balances of before into the books.

    Attributes:
        opening_on: The last day of the old books, such as 31 March; every entry is of that day.
        content: Text of a CSV file whose first line names its columns: `kind` (`account`, `customer`
            or `supplier`), `code`, `debit` or `credit`, and for open bills `bill`, `bill_date` and,
            where the party's credit days do not say it, `due_date`.
    """

    opening_on: Day
    content: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, pattern=PLAIN)]


class OpenedRow(Result):
    """A row of the file as it was read; `due_on` of a bill."""

    line: int
    kind: str
    code: str
    name: str
    bill: str
    due_on: date | None
    debit: Decimal
    credit: Decimal


class OpenedBooks(Result):
    """What was put in.

    Attributes:
        difference: Debits less credits of the file. left: What then stands on the difference account.
    """

    rows: list[OpenedRow]
    accounts: int
    bills: int
    debits: Decimal
    credits: Decimal
    difference: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class _Known:
    """What a code names: the account's key, or the party with its credit days."""

    name: str
    key: str
    party_id: UUID | None = None
    credit_days: int = 0


@command("accounting.import_opening", permission="accounting.post", rest="POST /opening-balances")
def import_opening(session: Session, ctx: RequestContext, cmd: ImportOpening) -> OpenedBooks:
    """Post opening balances, all or nothing; what was imported before is refused at its line.

    Accounts make one entry, each bill one of its own, so that it ages and is paid by itself. One
    import of a company runs at a time.

    Raises:
        InvalidInput: Lines are wrong; `lines.<line>.<column>` names each, up to fifty.
        PeriodClosed: The books are closed for the day.
    """
    hold_openings(session, ctx)
    wrong: dict[str, str] = {}
    rows = read_lines(cmd.content, wrong)
    known = _accounts(session, ctx) | _parties(session, ctx, rows)
    for row in rows:
        _check(row, known.get((row.kind, row.code)), cmd.opening_on, wrong)
    before = _imported_bills(session, ctx, known)
    _refuse_repeats(session, ctx, rows, known, before, wrong)
    if wrong:
        raise refused_lines(wrong)
    opened = [_opened(row, known[row.kind, row.code]) for row in rows]
    with db.together(session):
        _post_accounts(session, ctx, cmd.opening_on, rows, known)
        for row, shown in zip(rows, opened, strict=True):
            if row.kind != "account":
                party = known[row.kind, row.code]
                origin = _origin(ctx, row, party, before)
                _post_bill(session, ctx, cmd.opening_on, (row, shown), party, origin)
    debits = sum((row.debit for row in rows), ZERO)
    paid = sum((row.credit for row in rows), ZERO)
    bills = sum(row.kind != "account" for row in rows)
    return OpenedBooks(
        rows=opened,
        accounts=len(rows) - bills,
        bills=bills,
        debits=debits,
        credits=paid,
        difference=debits - paid,
        left=_left(session, ctx),
    )


def hold_openings(session: Session, ctx: RequestContext) -> None:
    """Let other imports of the company wait, and who would take one back."""
    db.execute(
        session,
        "select pg_advisory_xact_lock(hashtextextended(%s, 7311))",
        (str(ctx.company_id),),
    )


def _accounts(session: Session, ctx: RequestContext) -> dict[tuple[str, str], _Known]:
    rows = db.fetch_all(
        session,
        "select code, key, name from account where tenant_id = %s and company_id = %s and is_active",
        (ctx.tenant_id, ctx.company_id),
    )
    return {("account", row["code"]): _Known(row["name"], row["key"]) for row in rows}


def _parties(
    session: Session, ctx: RequestContext, rows: Sequence[OpeningLine]
) -> dict[tuple[str, str], _Known]:
    codes = sorted({row.code for row in rows if row.kind != "account"})
    found = db.fetch_all(
        session,
        "select id, code, name, credit_days from party"
        " where tenant_id = %s and code = any(%s) and code <> %s",
        (ctx.tenant_id, codes, WALK_IN_CODE),
    )
    return {
        (kind, row["code"]): _Known(row["name"], key, row["id"], row["credit_days"])
        for row in found
        for kind, key in KINDS.items()
        if key
    }


def _check(row: OpeningLine, known: _Known | None, opening_on: date, wrong: dict[str, str]) -> None:
    """Note what of a line does not fit, with what to do about it."""
    at = f"lines.{row.line}"
    if (row.debit == 0) == (row.credit == 0):
        wrong[f"{at}.debit"] = "Give a debit or a credit, one of them."
    if known is None:
        there = "account" if row.kind == "account" else "party"
        wrong[f"{at}.code"] = f"There is no {there} {row.code}. Add it first, or mend the code."
    elif row.kind == "account":
        fault = _fault_of_account(known)
        wrong |= {f"{at}.code": fault} if fault else {}
    if row.kind != "account":
        wrong |= {f"{at}.{column}": text for column, text in _faults_of_bill(row, opening_on)}


def _fault_of_account(known: _Known) -> str:
    if known.key in KINDS.values():
        return f"{known.name} opens bill by bill. Give each a row of kind customer or supplier."
    if known.key == DIFFERENCE:
        return "This account is what the file leaves over. Take the row out."
    return f"{known.name} {KEPT_ACCOUNTS[known.key]}" if known.key in KEPT_ACCOUNTS else ""


def _faults_of_bill(row: OpeningLine, opening_on: date) -> Iterator[tuple[str, str]]:
    if not row.bill:
        yield "bill", "Give the bill's number, so that it can be found and paid."
    if row.bill_on is None or row.bill_on > opening_on:
        yield "bill_date", f"Give the bill's day, {date_text(opening_on)} or before."
    elif row.due_on is not None and row.due_on < row.bill_on:
        yield "due_date", "It cannot be due before it was written."


_Bill = tuple[str, UUID | None, str]
"""Account, party and number of an open bill."""


def _bill_of(row: OpeningLine, known: _Known) -> _Bill:
    return (known.key, known.party_id, row.bill.upper())


@dataclass(slots=True)
class _Before:
    """Imports of a bill: how often it was taken back, and the day of the one that stands."""

    taken_back: int = 0
    standing: date | None = None


def _imported_bills(
    session: Session, ctx: RequestContext, known: Mapping[tuple[str, str], _Known]
) -> dict[_Bill, _Before]:
    """Return what was imported of these parties before."""
    parties = sorted({one.party_id for one in known.values() if one.party_id})
    rows = db.fetch_all(
        session,
        "select a.key, l.party_id, upper(l.note) as bill, e.effective_on, r.id as reversal_id"
        "  from journal_entry e"
        "  join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)"
        "   and l.party_id = any(%s)"
        "  join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
        "  left join journal_entry r on (r.tenant_id, r.reverses_entry_id) = (e.tenant_id, e.id)"
        " where e.tenant_id = %s and e.company_id = %s and e.origin_type = %s and e.purpose = %s",
        (parties, ctx.tenant_id, ctx.company_id, ORIGIN, ORIGIN),
    )
    found: dict[_Bill, _Before] = {}
    for row in rows:
        one = found.setdefault((row["key"], row["party_id"], row["bill"]), _Before())
        if row["reversal_id"] is None:
            one.standing = row["effective_on"]
        else:
            one.taken_back += 1
    return found


def _origin(
    ctx: RequestContext, row: OpeningLine, known: _Known, before: Mapping[_Bill, _Before]
) -> UUID:
    """Return the id of a bill's opening: the same in whatever file, another once it was taken back."""
    bill = _bill_of(row, known)
    about = f"{ORIGIN} {known.key} {known.party_id or ''} {row.bill.upper()}"
    times = before[bill].taken_back if bill in before else 0
    return uuid5(ctx.company_id, f"{about} {times}" if times else about)


def _refuse_repeats(
    session: Session,
    ctx: RequestContext,
    rows: Sequence[OpeningLine],
    known: Mapping[tuple[str, str], _Known],
    before: Mapping[_Bill, _Before],
    wrong: dict[str, str],
) -> None:
    """Note lines that say a balance or a bill twice, in this file or in one imported before."""
    opened = _opened_accounts(session, ctx)
    seen: dict[_Bill, int] = {}
    for row in rows:
        one = known.get((row.kind, row.code))
        if one is None:
            continue
        bill = _bill_of(row, one)
        column = "code" if row.kind == "account" else "bill"
        first = seen.setdefault(bill, row.line)
        standing = opened.get(row.code) if column == "code" else None
        if column == "bill" and bill in before:
            standing = before[bill].standing
        if first != row.line:
            wrong[f"lines.{row.line}.{column}"] = f"Line {first} says this already. Keep one."
        elif standing:
            told = f"It was imported with the balances of {date_text(standing)}. Take the row out."
            wrong[f"lines.{row.line}.{column}"] = told


def _opened_accounts(session: Session, ctx: RequestContext) -> dict[str, date]:
    """Return the codes of accounts whose imported balance stands, with its day."""
    rows = db.fetch_all(
        session,
        "select a.code, e.effective_on from journal_entry e"
        " join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)"
        " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
        " where e.tenant_id = %s and e.company_id = %s and e.origin_type = %s and e.purpose = 'accounts'"
        " and not exists (select 1 from journal_entry r"
        "                  where (r.tenant_id, r.reverses_entry_id) = (e.tenant_id, e.id))",
        (ctx.tenant_id, ctx.company_id, ORIGIN),
    )
    return {row["code"]: row["effective_on"] for row in rows}


def _opened(row: OpeningLine, known: _Known) -> OpenedRow:
    due_on = row.due_on
    if row.bill_on is not None and due_on is None:
        days = known.credit_days if row.kind == "customer" else 0
        room = (date.max - row.bill_on).days
        due_on = row.bill_on + timedelta(days=min(days, room))
    return OpenedRow(
        line=row.line,
        kind=row.kind,
        code=row.code,
        name=known.name,
        bill=row.bill,
        due_on=due_on if row.kind != "account" else None,
        debit=row.debit,
        credit=row.credit,
    )


def _post_accounts(
    session: Session,
    ctx: RequestContext,
    day: date,
    rows: Sequence[OpeningLine],
    known: Mapping[tuple[str, str], _Known],
) -> None:
    lines = [
        NewLine(known[row.kind, row.code].key, row.debit, row.credit)
        for row in rows
        if row.kind == "account"
    ]
    gap = sum((line.debit - line.credit for line in lines), ZERO)
    rest = [NewLine(DIFFERENCE, max(-gap, ZERO), max(gap, ZERO))] if gap else []
    words = "Opening balances"
    entry = NewEntry("opening", day, ORIGIN, new_id(), "accounts", words, [*lines, *rest])
    post_entry(session, ctx, entry)


def _post_bill(
    session: Session,
    ctx: RequestContext,
    day: date,
    bill: tuple[OpeningLine, OpenedRow],
    known: _Known,
    origin: UUID,
) -> None:
    row, shown = bill
    written = date_text(row.bill_on) if row.bill_on else ""
    words = f"Opening bill {row.bill} of {written}"
    lines = [
        NewLine(
            known.key, row.debit, row.credit, known.party_id, note=row.bill, due_on=shown.due_on
        ),
        NewLine(DIFFERENCE, row.credit, row.debit),
    ]
    post_entry(session, ctx, NewEntry("opening", day, ORIGIN, origin, ORIGIN, words, lines))


def _left(session: Session, ctx: RequestContext) -> Decimal:
    row = db.fetch_one(
        session,
        "select coalesce(sum(b.debit - b.credit), 0.00) as amount from account a"
        " join account_balance b on (b.tenant_id, b.account_id) = (a.tenant_id, a.id)"
        " where a.tenant_id = %s and a.company_id = %s and a.key = %s",
        (ctx.tenant_id, ctx.company_id, DIFFERENCE),
    )
    amount: Decimal = row["amount"] if row else ZERO
    return amount
