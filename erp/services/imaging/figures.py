"""How review goes: time from completion to decision, and how often images are taken again."""

from datetime import date, datetime, timedelta
from typing import Final, Literal, LiteralString
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.imaging.queueing import SensibleDay
from erp.services.platform import Query, Result, Rows, query

LONGEST_DAYS: Final = 400
MOST_GROUPS: Final = 100


class ReviewFigures(Query):
    """Sessions decided from one day to another, grouped."""

    from_day: SensibleDay
    to_day: SensibleDay
    by: Literal["device", "technician", "protocol"] = "device"


class GroupFigures(Result):
    """The decided sessions of one device, technician or protocol.

    Attributes:
        key: What narrows the list of sessions to the group: the device's id, the operator, the
            protocol; empty where the device told none.
        median_minutes, p90_minutes: From completion to decision; half, and nine of ten, took no
            longer. None where no session was complete.
        late: Decided after they were due. repeat_rate: Percent of `sessions` to be taken again.
    """

    key: str
    label: str
    sessions: int
    median_minutes: int | None
    p90_minutes: int | None
    late: int
    repeats: int
    rejected: int
    repeat_rate: float


class DayFigures(Result):
    """The decisions of one day."""

    day: date
    sessions: int
    repeats: int


class ReviewSummary(Rows):
    """Groups with the most decisions first; the whole; each day.

    Attributes:
        groups: How many there are; `rows` holds at most 100 of them.
    """

    rows: list[GroupFigures]
    groups: int
    whole: GroupFigures
    days: list[DayFigures]


_GROUPS: Final[dict[str, LiteralString]] = {
    "device": "device.id::text",
    "technician": "held.operator",
    "protocol": "lower(held.protocol)",
    "whole": "''",
}
_LABELS: Final[dict[str, LiteralString]] = {
    "device": "max(device.name)",
    "technician": "max(held.operator)",
    "protocol": "max(held.protocol)",
    "whole": "'All'",
}
_MEASURED: Final[LiteralString] = """
    , count(*) as sessions,
    round(percentile_cont(0.5) within group (order by extract(epoch from
        held.decided_at - held.completed_at) / 60))::int as median_minutes,
    round(percentile_cont(0.9) within group (order by extract(epoch from
        held.decided_at - held.completed_at) / 60))::int as p90_minutes,
    count(*) filter (where held.decided_at > held.due_at) as late,
    count(*) filter (where held.qa_state = 'repeat_requested') as repeats,
    count(*) filter (where held.qa_state = 'rejected') as rejected
"""
_DECIDED: Final[LiteralString] = """
      from imaging_session held join imaging_device device
        on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)
     where held.tenant_id = %(tenant)s and held.decided_at >= %(since)s and held.decided_at < %(until)s
"""


@query("imaging.review_figures", permission="imaging.analyse", rest="GET /imaging/figures")
def review_figures(session: Session, ctx: RequestContext, wanted: ReviewFigures) -> ReviewSummary:
    """Return turnaround and repeats of the decisions of a period, which count where they stand now.

    Raises:
        InvalidInput: The period ends before it begins, or is longer than 400 days.
    """
    if not 0 <= (wanted.to_day - wanted.from_day).days <= LONGEST_DAYS:
        message = "Choose a last day on or after the first, at most 400 days later."
        raise InvalidInput(message, fields={"to_day": message})
    groups = _grouped(session, ctx, wanted, wanted.by)
    [whole] = _grouped(session, ctx, wanted, "whole") or [_nothing()]
    return ReviewSummary(
        rows=groups[:MOST_GROUPS],
        groups=len(groups),
        whole=whole,
        days=_days(session, ctx, wanted),
    )


def _grouped(
    session: Session, ctx: RequestContext, wanted: ReviewFigures, by: str
) -> list[GroupFigures]:
    key, label = _GROUPS[by], _LABELS[by]
    group: LiteralString = "" if by == "whole" else " group by 1"
    having: LiteralString = " having count(*) > 0"
    sql = (
        "select " + key + " as key, " + label + " as label" + _MEASURED + _DECIDED + group + having
    )
    rows = db.fetch_all(session, sql + " order by sessions desc, label", _given(ctx, wanted))
    return [_figures(row) for row in rows]


def _figures(row: db.Row) -> GroupFigures:
    rate = round(100 * row["repeats"] / row["sessions"], 1)
    return GroupFigures(**dict(row) | {"label": row["label"] or "Not told", "repeat_rate": rate})


def _nothing() -> GroupFigures:
    counts = dict.fromkeys(("sessions", "late", "repeats", "rejected", "repeat_rate"), 0)
    return GroupFigures(key="", label="All", median_minutes=None, p90_minutes=None, **counts)


def _days(session: Session, ctx: RequestContext, wanted: ReviewFigures) -> list[DayFigures]:
    rows = db.fetch_all(
        session,
        "select (held.decided_at at time zone %(zone)s)::date as day, count(*) as sessions,"
        " count(*) filter (where held.qa_state = 'repeat_requested') as repeats"
        + _DECIDED
        + " group by 1 order by 1",
        _given(ctx, wanted),
    )
    return [DayFigures(**row) for row in rows]


def _given(ctx: RequestContext, wanted: ReviewFigures) -> dict[str, object]:
    zone = ZoneInfo(ctx.time_zone)
    after = wanted.to_day + timedelta(days=1)
    return {
        "tenant": ctx.tenant_id,
        "zone": ctx.time_zone,
        "since": datetime.combine(wanted.from_day, datetime.min.time(), zone),
        "until": datetime.combine(after, datetime.min.time(), zone),
    }
