"""Rows of a statement: groups that fold, the accounts in them, and the sums below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.accounting.comparing import StatementColumn
from erp.services.accounting.groups import group_of
from erp.services.platform import Result, Rows


class RowKind(StrEnum):
    """What a row of a statement is."""

    SECTION = "section"
    GROUP = "group"
    ACCOUNT = "account"
    TOTAL = "total"


class StatementRow(Result):
    """A row with an amount per column.

    Attributes:
        id: The same for the same row of any days. parent: The row it folds into.
        account_id, group_name: What its figures are made of; neither for a sum of others.
    """

    id: str
    parent: str
    level: int
    kind: RowKind
    label: str
    code: str
    account_id: UUID | None
    group_name: str
    amounts: list[Decimal]


class Statement(Rows):
    """Rows under the columns of their amounts."""

    rows: list[StatementRow]
    columns: list[StatementColumn]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart."""

    id: UUID
    code: str
    name: str
    group_name: str
    type: str


@dataclass(frozen=True, slots=True)
class Line:
    """An account with its amounts as its statement shows them."""

    account: Account
    amounts: tuple[Decimal, ...]


def chart_of(session: Session, ctx: RequestContext) -> list[Account]:
    """Return every account of the acting company by code."""
    rows = db.fetch_all(
        session,
        "select id, code, name, group_name, type from account"
        " where tenant_id = %s and company_id = %s order by code",
        (ctx.tenant_id, ctx.company_id),
    )
    return [Account(**row) for row in rows]


def added(lines: Iterable[Sequence[Decimal]], width: int) -> list[Decimal]:
    """Add amounts up, column by column."""
    sums = [ZERO] * width
    for line in lines:
        sums = [total + amount for total, amount in zip(sums, line, strict=True)]
    return sums


def less(left: Sequence[Decimal], right: Sequence[Decimal]) -> list[Decimal]:
    """Subtract amounts, column by column."""
    return [one - other for one, other in zip(left, right, strict=True)]


def section(key: str, label: str, lines: Sequence[Line], width: int) -> list[StatementRow]:
    """Return a heading with its sum, and below it the groups and accounts that have a figure."""
    shown = [line for line in lines if any(line.amounts)]
    head = _row(key, "", 0, RowKind.SECTION, label, added((x.amounts for x in shown), width))
    return [head, *group_rows(key, shown, width)]


def group_rows(under: str, lines: Sequence[Line], width: int) -> list[StatementRow]:
    """Return groups in the order of the chart, each with its accounts; a primary group holds its parts."""
    rows: list[StatementRow] = []
    for primary in _ordered({group_of(line.account.group_name).primary for line in lines}):
        mine = [x for x in lines if group_of(x.account.group_name).primary == primary]
        key = f"{under}/{primary}"
        names = _ordered({line.account.group_name for line in mine})
        if names != [primary]:
            sums = added((line.amounts for line in mine), width)
            rows.append(_row(key, under, 1, RowKind.GROUP, primary, sums))
        for name in names:
            parts = [line for line in mine if line.account.group_name == name]
            is_own = names == [primary]
            place = key if is_own else f"{key}/{name}"
            level = 1 if is_own else 2
            sums = added((line.amounts for line in parts), width)
            head = _row(place, under if is_own else key, level, RowKind.GROUP, name, sums)
            rows += [head, *(_account_row(place, level + 1, line) for line in parts)]
    return rows


def total(key: str, label: str, amounts: Sequence[Decimal]) -> StatementRow:
    """Return a row that adds others up."""
    return _row(key, "", 0, RowKind.TOTAL, label, amounts)


def item(key: str, under: str, label: str, amounts: Sequence[Decimal]) -> StatementRow:
    """Return a row of its own inside a section, such as the profit of the year."""
    return _row(key, under, 1, RowKind.ACCOUNT, label, amounts)


def _account_row(under: str, level: int, line: Line) -> StatementRow:
    return StatementRow(
        id=f"{line.account.id}",
        parent=under,
        level=level,
        kind=RowKind.ACCOUNT,
        label=line.account.name,
        code=line.account.code,
        account_id=line.account.id,
        group_name="",
        amounts=list(line.amounts),
    )


def _row(
    key: str, under: str, level: int, kind: RowKind, label: str, amounts: Sequence[Decimal]
) -> StatementRow:
    return StatementRow(
        id=key,
        parent=under,
        level=level,
        kind=kind,
        label=label,
        code="",
        account_id=None,
        group_name=label if kind is RowKind.GROUP else "",
        amounts=list(amounts),
    )


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (group_of(name).place, name))
