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
from erp.services.accounting.groups import group_of, template_path
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
    """An account of the chart.

    Attributes:
        path: The groups it stands in, the primary one first, the company's own last.
    """

    id: UUID
    key: str
    code: str
    name: str
    group_name: str
    type: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An account with its amounts as its statement shows them."""

    account: Account
    amounts: tuple[Decimal, ...]


def chart_of(session: Session, ctx: RequestContext) -> list[Account]:
    """Return every account of the acting company by code."""
    rows = db.fetch_all(
        session,
        "select id, key, code, name, group_name, type, own_group_id from account"
        " where tenant_id = %s and company_id = %s order by code",
        (ctx.tenant_id, ctx.company_id),
    )
    has_own = any(row["own_group_id"] for row in rows)
    own = own_paths(session, ctx) if has_own else {}
    return [
        Account(
            **{name: row[name] for name in ("id", "key", "code", "name", "group_name", "type")},
            path=(*template_path(row["group_name"]), *own.get(row["own_group_id"], ())),
        )
        for row in rows
    ]


def own_paths(session: Session, ctx: RequestContext) -> dict[UUID, tuple[str, ...]]:
    """Return the names from the top of each of the company's own groups, its own last."""
    rows = db.fetch_all(
        session,
        "select id, name, parent_id from account_group where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
    known = {row["id"]: row for row in rows}

    def path_of(group_id: UUID | None) -> tuple[str, ...]:
        if group_id is None:
            return ()
        return (*path_of(known[group_id]["parent_id"]), known[group_id]["name"])

    return {group_id: path_of(group_id) for group_id in known}


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


def account_rows(key: str, label: str, lines: Sequence[Line], width: int) -> list[StatementRow]:
    """Return a heading with its sum, and below it accounts without their groups, also those of nothing."""
    sums = added((line.amounts for line in lines), width)
    head = _row(key, "", 0, RowKind.SECTION, label, sums)
    return [head, *(_account_row(key, 1, line) for line in lines)]


def group_rows(under: str, lines: Sequence[Line], width: int) -> list[StatementRow]:
    """Return groups in the order of the chart, each with its accounts and below them the groups within it."""
    return _rows_below(under, lines, width, 0)


def _rows_below(under: str, lines: Sequence[Line], width: int, depth: int) -> list[StatementRow]:
    rows: list[StatementRow] = []
    deeper = [line for line in lines if len(line.account.path) > depth]
    for name in _ordered({line.account.path[depth] for line in deeper}):
        mine = [line for line in deeper if line.account.path[depth] == name]
        key = f"{under}/{name.replace('%', '%25').replace('/', '%2F')}"
        sums = added((line.amounts for line in mine), width)
        own = [line for line in mine if len(line.account.path) == depth + 1]
        rows += [
            _row(key, under, depth + 1, RowKind.GROUP, name, sums),
            *(_account_row(key, depth + 2, line) for line in own),
            *_rows_below(key, mine, width, depth + 1),
        ]
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
