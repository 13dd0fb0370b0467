"""Legal document numbers: gapless, at most 16 characters, given at posting."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, InvalidInput
from erp.core.ids import new_id


@dataclass(frozen=True, slots=True)
class Series:
    """Which counter a document takes its number from.

    Attributes:
        code: Printed at the start, e.g. `PO` or the register's code. Where a series belongs to
            no register, the second branch that opens it prints `PO2`, the third `PO3`.
        width: Digits of the running number.
    """

    branch_id: UUID
    document_type: str
    fiscal_year: str
    code: str
    register_id: UUID | None = None
    width: int = 5

    @property
    def prefix(self) -> str:
        """What stands before the running number, e.g. `POS1/25-26/`."""
        return f"{self.code}/{self.fiscal_year[2:]}/".upper()


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive numbers of one series, the last included."""

    prefix: str
    width: int
    first: int
    last: int

    def text(self, place: int) -> str:
        """Return the number at a place of the block, from 0, as it is printed."""
        return written(self.prefix, self.width, self.first + place)


def written(prefix: str, width: int, number: int) -> str:
    """Return a running number as it is printed."""
    return f"{prefix}{number:0{width}d}"


def next_number(session: Session, ctx: RequestContext, series: Series) -> str:
    """Take the next number of a series.

    Locks the series' row until the transaction ends, so call it as late as possible.

    Raises:
        Conflict: Another series has the prefix.
        InvalidInput: The series has run out of digits.

    Source: CGST Rules 2017, rule 46(b): consecutive, unique per year, at most 16 characters.
    """
    return take_block(session, ctx, series, 1).text(0)


def take_block(session: Session, ctx: RequestContext, series: Series, count: int) -> Block:
    """Take the next numbers of a series, for somebody who gives them out without the database.

    Locks and raises as `next_number`.
    """
    taken = _take(session, ctx, series, count)
    if taken is None:
        _open_series(session, ctx, series)
        taken = _take(session, ctx, series, count)
    if taken is None:
        message = f"Numbers that start with {series.prefix} belong to another series. Choose another code."
        raise Conflict(message)
    first, prefix, width = taken
    if len(str(first + count - 1)) > width:
        raise InvalidInput(f"The series {prefix} is full. Set up a new series for this year.")
    return Block(prefix, width, first, first + count - 1)


def give_back_block(
    session: Session, ctx: RequestContext, series: Series, last: int, used_until: int
) -> None:
    """Give back the unused end of the block that was taken last, so that no number is left out."""
    db.execute(
        session,
        "update number_series set next_number = %s where tenant_id = %s and branch_id = %s"
        " and document_type = %s and register_id is not distinct from %s and fiscal_year = %s"
        " and next_number = %s",
        (used_until + 1, *_key(ctx, series), last + 1),
    )


def _key(ctx: RequestContext, series: Series) -> tuple[object, ...]:
    return (
        ctx.tenant_id,
        series.branch_id,
        series.document_type,
        series.register_id,
        series.fiscal_year,
    )


def _take(
    session: Session, ctx: RequestContext, series: Series, count: int
) -> tuple[int, str, int] | None:
    return (
        db.raw(session)
        .execute(
            "update number_series set next_number = next_number + %s"
            " where tenant_id = %s and branch_id = %s and document_type = %s"
            " and register_id is not distinct from %s and fiscal_year = %s"
            " returning next_number - %s, prefix, width",
            (count, *_key(ctx, series), count),
        )
        .fetchone()
    )


def _open_series(session: Session, ctx: RequestContext, series: Series) -> None:
    db.execute(
        session,
        "insert into number_series (tenant_id, id, branch_id, document_type, register_id,"
        " fiscal_year, prefix, width, next_number) values (%s, %s, %s, %s, %s, %s, %s, %s, 1)"
        " on conflict do nothing",
        (
            ctx.tenant_id,
            new_id(),
            series.branch_id,
            series.document_type,
            series.register_id,
            series.fiscal_year,
            _free_prefix(session, ctx, series),
            series.width,
        ),
    )


def _free_prefix(session: Session, ctx: RequestContext, series: Series) -> str:
    """Return the prefix of a series to open; branches that share a code are told apart."""
    if series.register_id is not None:
        return series.prefix
    row = db.fetch_one(
        session,
        "select count(*) as others from number_series where tenant_id = %s and document_type = %s"
        " and register_id is null and fiscal_year = %s",
        (ctx.tenant_id, series.document_type, series.fiscal_year),
    )
    others = row["others"] if row else 0
    return replace(series, code=f"{series.code}{others + 1}").prefix if others else series.prefix
