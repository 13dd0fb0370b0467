"""Sums of accounts over any days: whole months from the kept balances, broken ones from their lines.

What the books said on an earlier day is found by its difference: entries between the two days that
were recorded on another day than their own are few, and have an index of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import day_before, month_end
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.platform import Day, Query

ONE_DAY = timedelta(days=1)
CLOSING = "closing"
"""The journal of year-end entries, which profit and loss leave out."""


class Part(StrEnum):
    """What a statement can be split by."""

    WHOLE = "whole"
    BRANCH = "branch"
    COST_CENTRE = "cost_centre"


class Scope(Query):
    """What of the books a report is about.

    Attributes:
        known_on: Leave out what was recorded after the end of this day.
    """

    branch_id: UUID | None = None
    cost_centre: Annotated[str, Field(max_length=120)] = ""
    known_on: Day | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last; none where the first is after the last."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Cut:
    """What is added up, and how it is split.

    Attributes:
        accounts: Only these; all of the acting company where none are named.
        without_closing: Leave out what year-end entries carried away, as profit and loss do.
    """

    accounts: Sequence[UUID] | None = None
    by: Part = Part.WHOLE
    without_closing: bool = False


EVERYTHING = Cut()


@dataclass(frozen=True, slots=True)
class Total:
    """Both sides of an account over a span."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """Debits less credits."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class _Piece:
    """Days whose lines are added to (1) or taken from (-1) a span's sums."""

    span: int
    sign: int
    since: date
    until: date


Sums = dict[tuple[int, UUID, str], Total]
"""Totals by place of the span, account, and the branch or cost centre; the empty text is neither."""

NOTHING = Total()


def until_day(day: date) -> Span:
    """Return every day up to and including one."""
    return Span(date.min, day)


def before(day: date) -> Span:
    """Return every day before one."""
    return Span(date.min, day - ONE_DAY) if day > date.min else Span(date.max, date.min)


def end_of(day: date, ctx: RequestContext) -> datetime:
    """Return the first instant after a business day; the calendar's last two days count as the one before them.

    Readers ask for the day after that instant, and west of UTC it is a day further on.
    """
    day = min(day, date.max - 2 * ONE_DAY)
    return datetime.combine(day + ONE_DAY, time(), ZoneInfo(ctx.time_zone))


def sums_of(
    session: Session,
    ctx: RequestContext,
    spans: Sequence[Span],
    scope: Scope,
    cut: Cut = EVERYTHING,
) -> Sums:
    """Return both sides of every account that moved in each span."""
    real = [_known_part(span, scope) for span in spans]
    pieces = [piece for no, span in enumerate(real) for piece in _broken(no, span, ctx.today)]
    rows = db.fetch_all(
        session,
        _statement(scope, cut, pieces=bool(pieces)),
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "accounts": list(cut.accounts) if cut.accounts is not None else None,
            "branch": scope.branch_id,
            "centre": scope.cost_centre,
            "nos": list(range(len(spans))),
            "months_since": [_months(no, span, pieces).since for no, span in enumerate(real)],
            "months_until": [_months(no, span, pieces).until for no, span in enumerate(real)],
            "piece_nos": [piece.span for piece in pieces],
            "signs": [piece.sign for piece in pieces],
            "piece_since": [piece.since for piece in pieces],
            "piece_until": [piece.until for piece in pieces],
            "asked_since": [span.since for span in spans],
            "asked_until": [span.until for span in spans],
            "known": end_of(scope.known_on, ctx) if scope.known_on else None,
            "known_day": scope.known_on,
        },
    )
    return {
        (row["no"], row["account_id"], row["part"]): Total(row["debit"], row["credit"])
        for row in rows
    }


def _known_part(span: Span, scope: Scope) -> Span:
    """Return the days of a span that had come by the day it was known on."""
    return Span(span.since, min(span.until, scope.known_on)) if scope.known_on else span


def _broken(no: int, span: Span, today: date) -> list[_Piece]:
    """Return the days at both ends that are no whole months: added, or the rest of the month taken away.

    Whichever side has fewer days is read; what comes after today counts as none.
    """
    if span.since > span.until:
        return []
    end, last = month_end(span.since), month_end(span.until)
    head = _Piece(no, -1, span.since.replace(day=1), day_before(span.since))
    tail = _Piece(no, -1, min(span.until, day_before(last)) + ONE_DAY, last)
    outside = [*([head] if span.since.day > 1 else []), *([tail] if span.until < last else [])]
    if end == last:
        left_out = sum(_days(piece, today) for piece in outside)
        inside = _Piece(no, 1, span.since, span.until)
        return outside if left_out <= _days(inside, today) else [inside]
    return [
        _shorter(
            piece, _Piece(no, 1, span.since, end) if piece is head else _first_days(no, span), today
        )
        for piece in outside
    ]


def _first_days(no: int, span: Span) -> _Piece:
    return _Piece(no, 1, span.until.replace(day=1), span.until)


def _shorter(outside: _Piece, inside: _Piece, today: date) -> _Piece:
    return outside if _days(outside, today) <= _days(inside, today) else inside


def _days(piece: _Piece, today: date) -> int:
    return max((min(piece.until, today) - piece.since).days + 1, 0)


def _months(no: int, span: Span, pieces: Sequence[_Piece]) -> Span:
    """Return the days whose whole months are taken from the kept balances."""
    if span.since > span.until:
        return span
    taken = [piece for piece in pieces if piece.span == no and piece.sign < 0]
    since = min([span.since, *(piece.since for piece in taken)])
    return Span(since, max([span.until, *(piece.until for piece in taken)]))


_PARTS: dict[Part, tuple[LiteralString, LiteralString]] = {
    Part.WHOLE: ("''", "''"),
    Part.BRANCH: ("b.branch_id::text", "e.branch_id::text"),
    Part.COST_CENTRE: ("b.cost_centre", "coalesce(l.cost_centre, '')"),
}


def _statement(scope: Scope, cut: Cut, *, pieces: bool) -> LiteralString:
    kept_part, line_part = _PARTS[cut.by]
    kept_only: LiteralString = ""
    line_only: LiteralString = ""
    if scope.branch_id is not None:
        kept_only, line_only = " and b.branch_id = %(branch)s", " and e.branch_id = %(branch)s"
    if scope.cost_centre:
        kept_only += " and b.cost_centre = %(centre)s"
        line_only += " and l.cost_centre = %(centre)s"
    with_entry = cut.by is Part.BRANCH or scope.branch_id is not None
    parts: list[LiteralString] = [_KEPT.format(part=kept_part, only=kept_only)]
    if pieces:
        joined: LiteralString = _ENTRY if with_entry else ""
        parts.append(_LINES.format(part=line_part, only=line_only, entry=joined))
    known: LiteralString = ""
    if scope.known_on is not None:
        known = " and e.recorded_at < %(known)s"
        parts.append(_OTHERWISE_KNOWN.format(part=line_part, only=line_only))
    if cut.without_closing:
        parts.append(_CLOSED.format(part=line_part, only=line_only + known))
    return _WHOLE.format(parts=" union all ".join(parts))


_WHOLE: LiteralString = """
    with owned as materialized (
        select tenant_id, id from account
         where tenant_id = %(tenant)s and company_id = %(company)s
           and (%(accounts)s::uuid[] is null or id = any(%(accounts)s::uuid[])))
    select no, account_id, part, sum(debit) as debit, sum(credit) as credit from ({parts}) moved
     group by no, account_id, part having sum(debit) <> 0 or sum(credit) <> 0
"""
_KEPT: LiteralString = """
    select s.no, b.account_id, {part} as part, sum(b.debit) as debit, sum(b.credit) as credit
      from unnest(%(nos)s::int[], %(months_since)s::date[], %(months_until)s::date[]) s (no, since, until)
      join period p on p.tenant_id = %(tenant)s and p.company_id = %(company)s
           and p.starts_on >= s.since and p.ends_on <= s.until
      join account_balance b on b.tenant_id = p.tenant_id and b.period_id = p.id
           and b.account_id in (select id from owned)
     where true {only}
     group by 1, 2, 3
"""
_LINES: LiteralString = """
    select p.no, a.id as account_id, t.part, p.sign * t.debit as debit, p.sign * t.credit as credit
      from unnest(%(piece_nos)s::int[], %(signs)s::int[], %(piece_since)s::date[], %(piece_until)s::date[])
           p (no, sign, since, until)
     cross join owned a
     cross join lateral (
           select {part} as part, sum(l.debit) as debit, sum(l.credit) as credit
             from journal_line l {entry}
            where l.tenant_id = a.tenant_id and l.account_id = a.id
              and l.effective_on between p.since and p.until {only}
            group by 1) t
"""
_ENTRY: LiteralString = "join journal_entry e on e.tenant_id = l.tenant_id and e.id = l.entry_id"
_OTHERWISE_KNOWN: LiteralString = """
    select s.no, l.account_id, {part} as part, e.sign * l.debit as debit, e.sign * l.credit as credit
      from (with near_and_far as materialized (
                select id, tenant_id, branch_id, effective_on, recorded_at from journal_entry e
                 where e.tenant_id = %(tenant)s and e.company_id = %(company)s
                   and abs((e.recorded_at at time zone 'UTC')::date - e.effective_on) > 1
                union all
                select id, tenant_id, branch_id, effective_on, recorded_at from journal_entry e
                 where e.tenant_id = %(tenant)s and e.company_id = %(company)s
                   and e.effective_on between %(known_day)s::date - 2 and %(known_day)s::date + 2
                   and abs((e.recorded_at at time zone 'UTC')::date - e.effective_on) <= 1)
            select id, tenant_id, branch_id, effective_on,
                   case when effective_on <= %(known_day)s then -1 else 1 end as sign
              from near_and_far
             where (effective_on <= %(known_day)s) = (recorded_at >= %(known)s)) e
      join unnest(%(nos)s::int[], %(asked_since)s::date[], %(asked_until)s::date[]) s (no, since, until)
        on e.effective_on between s.since and s.until
      join journal_line l on l.tenant_id = e.tenant_id and l.entry_id = e.id
     where l.account_id in (select id from owned) {only}
"""
"""Entries recorded on another day than their own have an index; the others lie near the day."""
_CLOSED: LiteralString = """
    select s.no, l.account_id, {part} as part, -l.debit as debit, -l.credit as credit
      from unnest(%(nos)s::int[], %(asked_since)s::date[], %(asked_until)s::date[]) s (no, since, until)
      join journal_entry e on e.tenant_id = %(tenant)s and e.company_id = %(company)s
           and e.journal = 'closing' and e.effective_on between s.since and s.until
      join journal_line l on l.tenant_id = e.tenant_id and l.entry_id = e.id
     where l.account_id in (select id from owned) {only}
"""
