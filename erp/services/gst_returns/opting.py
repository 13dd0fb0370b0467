"""Changing between paying regularly and paying by composition, from a day on."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.core.errors import Conflict, InvalidInput
from erp.core.formatting import date_text, money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.gst_returns import GstSchemeChange, LimitKind, Scheme, Trade
from erp.services.gst_returns.events import SchemeChanged
from erp.services.gst_returns.law import GST_BEGAN, limit_on
from erp.services.gst_returns.limits import limits_of
from erp.services.gst_returns.schemes import ONE_DAY, Span, span_on, spans_of
from erp.services.gst_returns.turnover import turnover_of
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Page,
    Result,
    Rows,
    ShortText,
    command,
    emit,
    query,
)


class SchemeTooEarly(Conflict):
    """Documents or returns of the day state what held."""

    code = "scheme_too_early"


class TurnoverTooHigh(Conflict):
    """More was supplied than the law allows a dealer by composition."""

    code = "turnover_too_high"


class TillsAway(Conflict):
    """Tills sell without the server under the scheme that held when they left."""

    code = "tills_away"


class ChangeScheme(Command):
    """How the company pays GST from a day on.

    Attributes:
        trade: What it lives from, where it pays by composition; it decides the rate (CGST Rules r.7).
        reason: The form that told the portal, such as CMP-02 with its number.
    """

    scheme: Scheme
    trade: Trade | None = None
    valid_from: Day
    reason: ShortText


class SchemeRow(Result):
    """A scheme with the days it holds.

    Attributes:
        standing: `in_force`, `coming` or `past`. ends_on: none where it holds until further notice.
    """

    id: str
    scheme: str
    trade: str
    starts_on: date | None
    ends_on: date | None
    standing: str
    reason: str
    changed_by: str


class ListSchemes(Page):
    """How the company pays GST, the newest first."""


class Schemes(Rows):
    """How a company pays, what it turned over this year, and where composition ends.

    Attributes:
        limit: Turnover of a year up to which it may pay by composition; zero where none is known.
    """

    rows: list[SchemeRow]
    today: str
    turnover: Decimal
    limit: Decimal


@command("gst_returns.change_scheme", permission="gst_returns.set_scheme", rest="POST /gst-schemes")
def change_scheme(session: Session, ctx: RequestContext, cmd: ChangeScheme) -> Identified:
    """Let the company pay regularly or by composition from a day on; the days before stay as they were.

    Composition begins with a financial year, for all registrations together. A second row for a day takes
    the first one's place. Tax on goods in stock is given back or claimed with `change_credit`.

    Raises:
        InvalidInput: The day is before GST began or in the middle of a year, or the kind of trade is missing.
        SchemeTooEarly: Something was issued or booked since the day, or a return of it is filed.
        TurnoverTooHigh: The year before exceeds what the law allows.
        TillsAway: A till sells without the server beyond the day.

    Emits:
        gst_returns.scheme_changed.v1

    Source: CGST Act s.10, Rules r.3, r.6; domain rules 1.7.
    """
    _check_shape(cmd)
    key = f"gst_scheme:{ctx.tenant_id}:{ctx.company_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))
    spans = spans_of(session, ctx)
    _require_change(cmd, spans)
    _require_nothing_since(session, ctx, cmd.valid_from)
    _require_tills_home(session, ctx, cmd.valid_from)
    if cmd.scheme is Scheme.COMPOSITION:
        _require_allowed(session, ctx, cmd)
    record_id: UUID = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": record_id,
        "company_id": ctx.company_id,
        "scheme": cmd.scheme,
        "trade": cmd.trade or "",
        "valid_from": cmd.valid_from,
        "reason": cmd.reason,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, GstSchemeChange, [row])
    event = SchemeChanged(scheme=cmd.scheme, trade=cmd.trade or "", valid_from=cmd.valid_from)
    emit(session, ctx, ctx.company_id, event)
    return Identified(id=record_id)


def _check_shape(cmd: ChangeScheme) -> None:
    if cmd.valid_from < GST_BEGAN:
        message = f"GST began on {date_text(GST_BEGAN)}. Choose that day or a later one."
        raise InvalidInput(message, fields={"valid_from": message})
    if (cmd.scheme is Scheme.COMPOSITION) != (cmd.trade is not None):
        message = (
            "Say what the company lives from: the rate depends on it."
            if cmd.trade is None
            else "Leave this out: only composition has a rate of its own."
        )
        raise InvalidInput(message, fields={"trade": message})


def _require_change(cmd: ChangeScheme, spans: list[Span]) -> None:
    held = span_on(spans, cmd.valid_from)
    if (held.scheme, held.trade) == (cmd.scheme, cmd.trade or Trade.TRADER):
        message = "This is how the company pays on that day already."
        raise InvalidInput(message, fields={"scheme": message})


_SINCE = """
    select least(
        (select min(issued_on) from invoice where tenant_id = %(tenant)s and company_id = %(company)s
            and issued_on >= %(day)s),
        (select min(received_on) from service_advance where tenant_id = %(tenant)s
            and company_id = %(company)s and received_on >= %(day)s),
        (select min(booked_on) from supplier_bill where tenant_id = %(tenant)s and company_id = %(company)s
            and status = 'posted' and booked_on >= %(day)s),
        (select min(booked_on) from gst_reverse_charge where tenant_id = %(tenant)s
            and company_id = %(company)s and booked_on >= %(day)s and cancelled_at is null)) as issued,
        (select max(ends_on) from gst_return where tenant_id = %(tenant)s and company_id = %(company)s
            and status = 'filed' and ends_on >= %(day)s) as filed,
        exists (select 1 from invoice where tenant_id = %(tenant)s and company_id = %(company)s) as trades
"""


def _require_nothing_since(session: Session, ctx: RequestContext, day: date) -> None:
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "day": day}
    row = db.fetch_one(session, _SINCE, given)
    assert row is not None  # noqa: S101  a row without a table always comes
    message = ""
    if row["filed"]:
        message = f"Returns until {date_text(row['filed'])} are filed. Choose a later day."
    elif row["issued"]:
        message = (
            f"Something was issued or booked on {date_text(row['issued'])} as the company paid then."
            " Choose a day that has not come."
        )
    elif row["trades"] and day <= ctx.today:
        message = "Bills are being written today. Choose a day that has not come."
    if message:
        raise SchemeTooEarly(message, fields={"valid_from": message})


def _require_tills_home(session: Session, ctx: RequestContext, day: date) -> None:
    rows = db.fetch_all(
        session,
        "select distinct r.name from till_lease l"
        " join register r on (r.tenant_id, r.id) = (l.tenant_id, l.register_id)"
        " join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)"
        " where l.tenant_id = %s and b.company_id = %s and l.status = 'open' and l.until_day >= %s"
        " order by r.name",
        (ctx.tenant_id, ctx.company_id, day),
    )
    if rows:
        names = ", ".join(row["name"] for row in rows)
        message = (
            f"{names} may sell without the server beyond this day. Bring the tills on line first,"
            " or choose a later day."
        )
        raise TillsAway(message, fields={"valid_from": message})


def _require_allowed(session: Session, ctx: RequestContext, cmd: ChangeScheme) -> None:
    """Refuse composition in the middle of a year of trade, and above the limit of turnover."""
    day, before = cmd.valid_from, fiscal_year_start(cmd.valid_from - ONE_DAY)
    if not _has_registration(session, ctx):
        message = "No branch of the company has a GSTIN. Register it first."
        raise InvalidInput(message, fields={"scheme": message})
    traded = db.fetch_one(
        session,
        "select 1 from invoice where tenant_id = %s and company_id = %s and issued_on < %s limit 1",
        (ctx.tenant_id, ctx.company_id, day),
    )
    if traded and day != fiscal_year_start(day):
        message = "Composition begins with a financial year (rule 3). Choose a 1 April."
        raise InvalidInput(message, fields={"valid_from": message})
    turnover = turnover_of(session, ctx, before, day - ONE_DAY)
    limit = composition_limit(session, ctx, day, cmd.trade)
    if limit and turnover > limit:
        message = (
            f"{money_text(turnover)} were supplied in the year before; composition ends at {money_text(limit)}"
            " (s.10(1)). The company pays regularly."
        )
        raise TurnoverTooHigh(message, fields={"scheme": message})


def _has_registration(session: Session, ctx: RequestContext) -> bool:
    row = db.fetch_one(
        session,
        "select 1 from branch where tenant_id = %s and company_id = %s and gstin is not null limit 1",
        (ctx.tenant_id, ctx.company_id),
    )
    return row is not None


def composition_limit(
    session: Session, ctx: RequestContext, day: date, trade: Trade | None
) -> Decimal:
    """Return the turnover up to which the company may pay by composition: the least of its states."""
    rows = db.fetch_all(
        session,
        "select distinct left(gstin, 2) as state from branch"
        " where tenant_id = %s and company_id = %s and gstin is not null",
        (ctx.tenant_id, ctx.company_id),
    )
    limits = limits_of(session, ctx)
    kind = LimitKind.COMPOSITION_LIMIT
    if trade is Trade.SERVICE:
        kind = LimitKind.COMPOSITION_SERVICE_LIMIT
    return min((limit_on(limits, kind, day, row["state"]) for row in rows), default=ZERO)


_CHANGES = """
    select c.id, c.valid_from, c.reason, coalesce(m.display_name, '') as changed_by
      from gst_scheme_change c
      left join membership m on (m.tenant_id, m.user_id) = (c.tenant_id, c.user_id)
     where c.tenant_id = %s and c.company_id = %s order by c.recorded_at, c.id
"""


@query("gst_returns.list_schemes", permission="gst_returns.view", rest="GET /gst-schemes")
def list_schemes(session: Session, ctx: RequestContext, wanted: ListSchemes) -> Schemes:
    """List how the company pays GST, the newest first, with this year's turnover beside the limit."""
    words = wanted.search.casefold()
    told = {
        row["valid_from"]: row
        for row in db.fetch_all(session, _CHANGES, (ctx.tenant_id, ctx.company_id))
    }
    spans = spans_of(session, ctx)
    now = span_on(spans, ctx.today)
    year = fiscal_year_start(ctx.today)
    rows = [_row(ctx, span, told.get(span.starts_on)) for span in reversed(spans)]
    return Schemes(
        rows=[row for row in rows if words in f"{row.scheme} {row.reason}".casefold()],
        today=now.scheme,
        turnover=turnover_of(session, ctx, year, ctx.today),
        limit=composition_limit(session, ctx, ctx.today, now.trade),
    )


def _row(ctx: RequestContext, span: Span, told: db.Row | None) -> SchemeRow:
    standing = "coming" if span.starts_on > ctx.today else "in_force"
    return SchemeRow(
        id=f"{told['id']}" if told else "beginning",
        scheme=span.scheme,
        trade=span.trade if span.is_composition else "",
        starts_on=span.starts_on if told else None,
        ends_on=None if span.ends_on == date.max else span.ends_on,
        standing="past" if span.ends_on < ctx.today else standing,
        reason=told["reason"] if told else "",
        changed_by=told["changed_by"] if told else "",
    )
