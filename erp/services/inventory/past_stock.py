"""Stock at an instant gone by: the newest snapshot that holds then, and the moves that it does not cover."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext

NEAR = timedelta(days=1)
"""A move is recorded within a day of its own time; the few others have indexes of their own."""

_LINES: LiteralString = """
    select l.location_id, l.variant_id, l.quantity, l.value from stock_snapshot_line l
     where l.tenant_id = %(tenant)s and l.snapshot_id = %(base)s
    union all
"""
_SIDES: LiteralString = """
    select side.location_id, m.variant_id, side.sign * m.quantity as quantity, side.sign * m.value as value
      from stock_move m
     cross join lateral (values (1, m.to_location_id), (-1, m.from_location_id)) side (sign, location_id)
     where m.tenant_id = %(tenant)s
"""
_REVALUED: LiteralString = """
    select r.location_id, r.variant_id, 0, r.value from stock_revaluation r
     where r.tenant_id = %(tenant)s and r.effective_at < %(until)s and r.recorded_at < %(known_until)s
"""
_SINCE: LiteralString = (
    " and m.effective_at >= %(since)s and m.effective_at < %(near)s"
    " and m.recorded_at < %(known_until)s"
)
_LATE: LiteralString = (
    " and m.recorded_at - m.effective_at > interval '1 day' and m.recorded_at >= %(since_known)s"
    " and m.recorded_at < %(known_until)s and m.effective_at < %(since)s"
)
_AHEAD: LiteralString = (
    " and m.recorded_at - m.effective_at < interval '-1 day' and m.recorded_at < %(known_until)s"
    " and m.effective_at >= %(near)s and m.effective_at < %(until)s"
)
_REVALUED_SINCE: LiteralString = (
    f"{_REVALUED} and (r.effective_at >= %(since)s or r.recorded_at >= %(since_known)s)"
)


@dataclass(frozen=True, slots=True)
class PastStock:
    """A statement that yields `location_id`, `variant_id`, `quantity`, `value` to be added up, and its parameters.

    Attributes:
        base_id: The snapshot that it begins with.
    """

    parts: LiteralString
    about: dict[str, Any]
    base_id: UUID | None


def past_stock(
    session: Session, ctx: RequestContext, until: datetime, known: datetime | None = None
) -> PastStock:
    """Return how the tenant's stock before an instant is found, as far as it was recorded before another.

    It is the newest snapshot that covers no more than that, with the moves after it, and those of before that were
    recorded since. What was recorded before `known` is near it in time, or stands in the index of what was entered
    ahead: so the moves of later months are not read.
    """
    base = _newest(session, ctx, until, known)
    near = min(until, known.astimezone(UTC) + NEAR) if known else until
    moved: LiteralString = f"{_SIDES} {_SINCE}"
    if near < until:
        moved = f"{moved} union all {_SIDES} {_AHEAD}"
    if base:
        parts: LiteralString = (
            f"{_LINES} {moved} union all {_SIDES} {_LATE} union all {_REVALUED_SINCE}"
        )
    else:
        parts = f"{moved} union all {_REVALUED}"
    about = {
        "tenant": ctx.tenant_id,
        "base": base["id"] if base else None,
        "since": base["until"] if base else "-infinity",
        "since_known": base["known_until"] if base else "-infinity",
        "near": near,
        "until": until,
        "known_until": known or "infinity",
    }
    return PastStock(parts, about, base["id"] if base else None)


def _newest(
    session: Session, ctx: RequestContext, until: datetime, known: datetime | None
) -> db.Row | None:
    return db.fetch_one(
        session,
        "select id, until, known_until from stock_snapshot"
        " where tenant_id = %s and until <= %s and known_until <= %s and retired_at is null"
        " order by until desc, known_until desc limit 1",
        (ctx.tenant_id, until, known or "infinity"),
    )
