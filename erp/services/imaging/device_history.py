"""How a device stood over time: on and off, its clock, its sessions by day."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.device_reports import EVERY, KEPT_DAYS
from erp.services.imaging.devices import unknown_device
from erp.services.platform import Query, Result, query

UNKNOWN: Final = "unknown"


class GetDeviceHistory(Query):
    """How one device stood in the last days."""

    device_id: UUID
    days: Annotated[int, Field(ge=1, le=KEPT_DAYS)] = 30


class StandingSpan(Result):
    """A time in which a device stood the same; `until` is None for the one that goes on."""

    standing: str
    since: datetime
    until: datetime | None


class ClockPoint(Result):
    """How far off a device's clock was when it said something."""

    at: datetime
    skew_ms: int


class DayOfDevice(Result):
    """One day of a device in the tenant's time zone.

    Attributes:
        hours: Hours by standing; `unknown` before its first word. Without what is still to come.
        worst_skew_ms: The clock farthest off; None where it said nothing.
    """

    day: date
    hours: dict[str, float]
    sessions: int
    worst_skew_ms: int | None


class DeviceHistory(Result):
    """Days with the oldest first, spans with the newest first, points with the oldest first."""

    days: list[DayOfDevice]
    spans: list[StandingSpan]
    clock: list[ClockPoint]


@query(
    "imaging.get_device_history",
    permission="imaging.view",
    rest="GET /imaging/devices/{device_id}/history",
)
def get_device_history(
    session: Session, ctx: RequestContext, wanted: GetDeviceHistory
) -> DeviceHistory:
    """Return how a device stood, how its clock went and how many sessions it had, day by day.

    Raises:
        UnknownDevice: There is none.
    """
    known = db.fetch_one(
        session,
        "select 1 as known from imaging_device where tenant_id = %s and id = %s",
        (ctx.tenant_id, wanted.device_id),
    )
    if known is None:
        raise unknown_device()
    first = ctx.today - timedelta(days=wanted.days - 1)
    since = _start(ctx, first)
    reports = _reports(session, ctx, wanted.device_id, since)
    spans = _spans(reports, since)
    clock = [
        ClockPoint(at=row["said_at"], skew_ms=row["clock_skew_ms"])
        for row in reports
        if row["clock_skew_ms"] is not None and row["said_at"] >= since
    ]
    sessions = _sessions(session, ctx, wanted.device_id, since)
    days = [
        _day(ctx, first + timedelta(days=number), spans, clock, sessions)
        for number in range(wanted.days)
    ]
    return DeviceHistory(days=days, spans=spans[::-1], clock=clock)


def _reports(
    session: Session, ctx: RequestContext, device_id: UUID, since: datetime
) -> list[db.Row]:
    """Return what was reported since then, and the last word before."""
    return db.fetch_all(
        session,
        """
        select standing, said_at, clock_skew_ms from device_report
         where tenant_id = %(tenant)s and device_id = %(device)s and said_at <= %(now)s
           and said_at >= coalesce((select max(said_at) from device_report
                                     where tenant_id = %(tenant)s and device_id = %(device)s
                                       and said_at < %(since)s), %(since)s)
         order by said_at, id
        """,
        {"tenant": ctx.tenant_id, "device": device_id, "since": since, "now": ctx.now},
    )


def _spans(reports: list[db.Row], since: datetime) -> list[StandingSpan]:
    """Return the times between changes, the oldest first and cut at the beginning."""
    changes = [
        row
        for earlier, row in pairwise([None, *reports])
        if row is not None and (earlier is None or earlier["standing"] != row["standing"])
    ]
    return [
        StandingSpan(
            standing=row["standing"],
            since=max(row["said_at"], since),
            until=following["said_at"] if following else None,
        )
        for row, following in pairwise([*changes, None])
        if row is not None
        and (following is None or following["said_at"] > max(row["said_at"], since))
    ]


def _sessions(
    session: Session, ctx: RequestContext, device_id: UUID, since: datetime
) -> dict[date, int]:
    rows = db.fetch_all(
        session,
        "select (created_at at time zone %s)::date as day, count(*) as sessions"
        " from imaging_session where tenant_id = %s and device_id = %s and created_at >= %s"
        " group by 1",
        (ctx.time_zone, ctx.tenant_id, device_id, since),
    )
    return {row["day"]: row["sessions"] for row in rows}


def _day(
    ctx: RequestContext,
    day: date,
    spans: list[StandingSpan],
    clock: list[ClockPoint],
    sessions: dict[date, int],
) -> DayOfDevice:
    begins, ends = _start(ctx, day), min(_start(ctx, day + timedelta(days=1)), ctx.now)
    hours: dict[str, float] = {}
    for span in spans:
        inside = min(span.until or ends, ends) - max(span.since, begins)
        if inside > timedelta(0):
            hours[span.standing] = hours.get(span.standing, 0) + inside / EVERY
    unknown = (ends - begins) / EVERY - sum(hours.values())
    if unknown > 1 / 60:
        hours[UNKNOWN] = unknown
    said = [point.skew_ms for point in clock if begins <= point.at < ends]
    return DayOfDevice(
        day=day,
        hours={standing: round(count, 2) for standing, count in hours.items()},
        sessions=sessions.get(day, 0),
        worst_skew_ms=max(said, key=abs, default=None),
    )


def _start(ctx: RequestContext, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(ctx.time_zone))
