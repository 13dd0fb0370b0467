"""Reports of the books as they are printed: the renderer looks up nothing more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.formatting import date_text
from erp.services.accounting.balance_sheet import BalanceSheet, balance_sheet
from erp.services.accounting.cash_flow import CashFlow, cash_flow
from erp.services.accounting.day_book import DayBook, day_book
from erp.services.accounting.ledger_lines import Ledger, ledger
from erp.services.accounting.profit_and_loss import ProfitAndLoss, profit_and_loss
from erp.services.accounting.statement_rows import RowKind, Statement
from erp.services.accounting.sums import Scope
from erp.services.accounting.trial_balances import TrialBalance, trial_balance
from erp.services.accounting.trial_columns import CompareTrialBalances, compare_trial_balances
from erp.services.party import PrintedParty, printed_branch
from erp.services.platform import Page

MOST_COLUMNS = 6
MOST_LINES = 5_000
PAGE_LINES = 200
Cell = str | Decimal | None


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row: its text is indented by its level, and bold where it adds others up."""

    cells: tuple[Cell, ...]
    level: int = 0
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """A report; texts stand left, amounts right. The same books make the same file.

    Attributes:
        about: The days it is of, and what it is narrowed to.
    """

    made_at: datetime
    time_zone: str
    issuer: PrintedParty
    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[PrintedRow, ...]


@dataclass(frozen=True, slots=True)
class _Body:
    title: str
    about: str
    columns: Sequence[str]
    rows: Sequence[PrintedRow]


def get_printed_report(
    session: Session, ctx: RequestContext, name: str, asked: Mapping[str, Any]
) -> PrintedReport:
    """Return a report as it is printed.

    Args:
        name: As in `REPORTS`. asked: The input of its query.

    Raises:
        NotFound: There is no such report, or the company has no such branch.
        PermissionDenied: The actor may not see the books.
        InvalidInput: It is too long or too wide for paper.
    """
    ctx.require("accounting.view")
    if name not in REPORTS:
        raise NotFound("There is no such report.")
    return _printed(session, ctx, REPORTS[name](session, ctx, asked), asked)


def printed_statement(
    session: Session,
    ctx: RequestContext,
    words: tuple[str, str],
    found: Statement,
    asked: Mapping[str, Any],
) -> PrintedReport:
    """Return a statement of another domain as it is printed, under its title and the days it is of.

    Raises:
        InvalidInput: It is too wide for paper.
    """
    title, about = words
    return _printed(session, ctx, _statement(title, found, about), asked)


def _printed(
    session: Session, ctx: RequestContext, body: _Body, asked: Mapping[str, Any]
) -> PrintedReport:
    if len(body.columns) > MOST_COLUMNS + 1:
        raise InvalidInput(f"Paper holds {MOST_COLUMNS} columns. Take the XLSX file for more.")
    narrowed = _narrowed(session, ctx, asked)
    return PrintedReport(
        made_at=ctx.now,
        time_zone=ctx.time_zone,
        issuer=printed_branch(session, ctx, narrowed.branch_id),
        title=body.title,
        about=_words(body.about, *narrowed.words),
        columns=tuple(body.columns),
        rows=tuple(body.rows),
    )


class Narrowing(Page, Scope):
    """What any report may be narrowed to."""


@dataclass(frozen=True, slots=True)
class _Narrowed:
    branch_id: UUID | None
    words: Sequence[str]


def _narrowed(session: Session, ctx: RequestContext, asked: Mapping[str, Any]) -> _Narrowed:
    """Return the branch whose paper it is, and in words what it is narrowed to."""
    scope = Narrowing.model_validate(
        {name: value for name, value in asked.items() if name in Narrowing.model_fields}
    )
    words = []
    if scope.branch_id is not None:
        words.append(f"branch {_name_of(session, ctx, _BRANCH, scope.branch_id)}")
    if scope.cost_centre:
        words.append(f"cost centre {_name_of(session, ctx, _CENTRE, scope.cost_centre)}")
    if scope.search:
        words.append(f"found by \u201c{scope.search}\u201d")
    if scope.known_on:
        words.append(f"as known on {date_text(scope.known_on)}")
    return _Narrowed(scope.branch_id, words)


_BRANCH: LiteralString = (
    "select name from branch"
    " where tenant_id = %(tenant)s and company_id = %(company)s and id = %(what)s"
)
_CENTRE: LiteralString = (
    "select name from cost_centre where tenant_id = %(tenant)s and code = %(what)s"
)


def _name_of(
    session: Session, ctx: RequestContext, statement: LiteralString, what: UUID | str
) -> str:
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "what": what}
    row = db.fetch_one(session, statement, given)
    if row is None:
        raise NotFound("There is no such branch or cost centre.")
    name: str = row["name"]
    return name


def _days(since: date, until: date) -> str:
    return f"{date_text(since)} to {date_text(until)}"


def _statement(title: str, found: Statement, about: str = "") -> _Body:
    rows = [
        PrintedRow((row.label, *row.amounts), row.level, row.kind is not RowKind.ACCOUNT)
        for row in found.rows
    ]
    first, last = found.columns[0], found.columns[-1]
    days = about or (_days(first.from_day, first.to_day) if first is last else "")
    return _Body(title, days, ["", *(column.label for column in found.columns)], rows)


def _profit_and_loss(session: Session, ctx: RequestContext, asked: Mapping[str, Any]) -> _Body:
    found = profit_and_loss(session, ctx, ProfitAndLoss.model_validate(asked))
    own = found.columns[0]
    return _statement("Profit and loss", found, _days(own.from_day, own.to_day))


def _balance_sheet(session: Session, ctx: RequestContext, asked: Mapping[str, Any]) -> _Body:
    found = balance_sheet(session, ctx, BalanceSheet.model_validate(asked))
    return _statement("Balance sheet", found, f"As of {date_text(found.columns[0].to_day)}")


def _cash_flow(session: Session, ctx: RequestContext, asked: Mapping[str, Any]) -> _Body:
    found = cash_flow(session, ctx, CashFlow.model_validate(asked))
    own = found.columns[0]
    return _statement("Cash flow", found, _days(own.from_day, own.to_day))


def _trial_balance(session: Session, ctx: RequestContext, asked: Mapping[str, Any]) -> _Body:
    if asked.get("compare") or asked.get("by"):
        beside = compare_trial_balances(session, ctx, CompareTrialBalances.model_validate(asked))
        day = f"As of {date_text(beside.columns[0].to_day)}, credit balances below zero"
        return _statement("Trial balance", beside, day)
    found = trial_balance(session, ctx, TrialBalance.model_validate(asked))
    rows = [
        PrintedRow(
            (
                f"{row.code} {row.name}",
                row.opening or None,
                row.debits or None,
                row.credits or None,
                row.debit or None,
                row.credit or None,
            )
        )
        for row in found.rows
    ]
    moved = [
        sum((getattr(x, side) for x in found.rows), Decimal(0)) for side in ("debits", "credits")
    ]
    sums = ("Total", None, *moved, found.total_debit, found.total_credit)
    heads = ["Account", "Opening", "Debits", "Credits", "Debit balance", "Credit balance"]
    about = f"As of {date_text(found.as_of)}, movements since {date_text(found.from_day)}"
    return _Body("Trial balance", about, heads, [*rows, PrintedRow(sums, 0, is_bold=True)])


def _ledger(session: Session, ctx: RequestContext, asked: Mapping[str, Any]) -> _Body:
    pages = _every(lambda page: ledger(session, ctx, Ledger.model_validate(page)), asked)
    last = pages[-1]
    rows = [
        PrintedRow(
            (
                date_text(line.effective_on),
                _words(line.narration, line.contra, line.party),
                line.debit or None,
                line.credit or None,
                line.balance,
            )
        )
        for page in pages
        for line in page.rows
    ]
    opening = PrintedRow(("", "Opening balance", None, None, last.opening), 0, is_bold=True)
    end = "Closing balance" if last.closing is not None else "Total of what was found"
    closing = ("", end, last.debits, last.credits, last.closing)
    return _Body(
        last.title,
        _words(_days(last.from_day, last.to_day), last.left_out),
        ["Day", "Entry", "Debit", "Credit", "Balance"],
        [
            *([opening] if last.opening is not None else []),
            *rows,
            PrintedRow(closing, 0, is_bold=True),
        ],
    )


def _day_book(session: Session, ctx: RequestContext, asked: Mapping[str, Any]) -> _Body:
    pages = _every(lambda page: day_book(session, ctx, DayBook.model_validate(page)), asked)
    last = pages[-1]
    rows = [
        PrintedRow(
            (
                date_text(line.effective_on),
                _words(line.account, line.narration, line.party),
                line.debit or None,
                line.credit or None,
            )
        )
        for page in pages
        for line in page.rows
    ]
    sums = PrintedRow(("", "Total", last.debits, last.credits), 0, is_bold=True)
    heads = ["Day", "Account and entry", "Debit", "Credit"]
    return _Body("Day book", _days(last.from_day, last.to_day), heads, [*rows, sums])


def _words(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _every(ask: Callable[[Mapping[str, Any]], Any], asked: Mapping[str, Any]) -> list[Any]:
    """Return all pages of a list."""
    pages = [ask({**asked, "limit": PAGE_LINES})]
    while pages[-1].next_cursor:
        if len(pages) * PAGE_LINES >= MOST_LINES:
            message = (
                f"Paper holds {MOST_LINES:,} lines. Ask for fewer days, or take the XLSX file."
            )
            raise InvalidInput(message, fields={"from_day": message})
        pages.append(ask({**asked, "limit": PAGE_LINES, "cursor": pages[-1].next_cursor}))
    return pages


REPORTS: Mapping[str, Callable[[Session, RequestContext, Mapping[str, Any]], _Body]] = {
    "trial-balance": _trial_balance,
    "profit-and-loss": _profit_and_loss,
    "balance-sheet": _balance_sheet,
    "cash-flow": _cash_flow,
    "ledger": _ledger,
    "day-book": _day_book,
}
"""Reports by the name they are asked for on paper."""
