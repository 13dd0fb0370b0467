"""Limits of the law: what was published, and a tenant's own rows on top, each from its day on."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.gst_returns import LawLimitRow, LimitKind
from erp.services.gst_returns.checking import RateCheck
from erp.services.gst_returns.events import LimitAdded
from erp.services.gst_returns.law import (
    BY_STATE,
    GST_BEGAN,
    LAW,
    PERCENTS,
    RATE_KINDS,
    LawLimit,
    limit_on,
    rate_exists,
)
from erp.services.gst_returns.outward import Limit
from erp.services.party import LIVE_STATES, state_name
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    Page,
    Result,
    Rows,
    ShortText,
    command,
    decode_cursor,
    emit,
    encode_cursor,
    query,
)

MOST_PERCENT = Decimal(100)


class LimitTooEarly(Conflict):
    """A return that is filed states what held on that day."""

    code = "limit_too_early"


class AddLimit(Command):
    """A limit that the law set, from a day on.

    Attributes:
        state: Code of the state where it holds in one alone.
        source: The notification or rule that says so.
    """

    kind: LimitKind
    state: Annotated[str, Field(pattern=r"^([0-9]{2})?$")] = ""
    valid_from: Day
    amount: Amount
    source: ShortText


class ListLimits(Page):
    """Limits by kind and state, the newest of each first."""


class LimitRow(Result):
    """A limit with what says so.

    Attributes:
        is_ours: Somebody here added it; else it was published with the product.
        standing: `in_force`, `coming`, or `past` where a later one took its place.
        added_by: Who added it.
    """

    id: str
    kind: str
    state: str
    state_name: str
    valid_from: date
    amount: Decimal
    source: str
    is_ours: bool
    standing: str
    added_by: str


class LimitPage(Rows):
    """A page of limits."""

    rows: list[LimitRow]


_OWN = """
    select l.id, l.kind, l.state, l.valid_from, l.amount, l.source, coalesce(m.display_name, '') as added_by
      from law_limit l
      left join membership m on (m.tenant_id, m.user_id) = (l.tenant_id, l.user_id)
     where l.tenant_id = %s order by l.recorded_at desc, l.id desc
"""


def limits_of(session: Session, ctx: RequestContext) -> tuple[LawLimit, ...]:
    """Return the limits that hold for a tenant, its own before the published; the first of a day counts."""
    own = (
        LawLimit(
            LimitKind(row["kind"]), row["valid_from"], row["amount"], row["source"], row["state"]
        )
        for row in db.fetch_all(session, _OWN, (ctx.tenant_id,))
    )
    return (*own, *LAW)


def rate_check(session: Session, ctx: RequestContext) -> RateCheck:
    """Return what tells whether a rate exists on a day, the tenant's own rows counted."""
    limits = limits_of(session, ctx)
    return lambda rate, day: rate_exists(rate, day, limits)


def b2cl_limit(session: Session, ctx: RequestContext) -> Limit:
    """Return the value by day above which an invoice to another state's unregistered buyer stands by itself."""
    limits = limits_of(session, ctx)
    return lambda day: limit_on(limits, LimitKind.B2CL, day)


@command("gst_returns.add_limit", permission="gst_returns.set_limits", rest="POST /gst-limits")
def add_limit(session: Session, ctx: RequestContext, cmd: AddLimit) -> Identified:
    """Add a limit from a day on; what was there before stays for the days before it.

    A second one for the same day takes the first one's place, which stays on the list.

    Raises:
        InvalidInput: The day is before GST began, or the state is none.
        LimitTooEarly: A return of that day is filed with the limit that held.

    Emits:
        gst_returns.limit_added.v1
    """
    if cmd.valid_from < GST_BEGAN:
        message = f"GST began on {date_text(GST_BEGAN)}. Choose that day or a later one."
        raise InvalidInput(message, fields={"valid_from": message})
    if cmd.state and cmd.state not in LIVE_STATES:
        message = f"{cmd.state} is no state's code. Leave it out for the whole country."
        raise InvalidInput(message, fields={"state": message})
    if cmd.state and cmd.kind not in BY_STATE:
        message = (
            "Only limits of way bills and of composition differ by state. Leave the state out."
        )
        raise InvalidInput(message, fields={"state": message})
    if cmd.kind in PERCENTS and cmd.amount > MOST_PERCENT:
        message = "This is a percentage: at most 100."
        raise InvalidInput(message, fields={"amount": message})
    _require_unfiled(session, ctx, cmd.valid_from)
    record_id: UUID = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": record_id,
        "user_id": ctx.user_id,
        **cmd.model_dump(exclude={"idempotency_key"}),
    }
    db.insert_rows(session, LawLimitRow, [row])
    emit(session, ctx, record_id, LimitAdded(limit_id=record_id, kind=cmd.kind))
    return Identified(id=record_id)


@query("gst_returns.list_limits", permission="gst_returns.view", rest="GET /gst-limits")
def list_limits(session: Session, ctx: RequestContext, wanted: ListLimits) -> LimitPage:
    """List limits by words of their source and state, with what of them is in force today."""
    words, after = wanted.search.casefold().split(), decode_cursor(wanted.cursor, 1)
    found = [
        row
        for row in _all(session, ctx)
        if all(word in f"{row.source} {row.state_name} {row.kind}".casefold() for word in words)
    ]
    start = next((at for at, row in enumerate(found, 1) if after and row.id == after[0]), 0)
    page = found[start : start + wanted.limit]
    more = len(found) > start + wanted.limit
    return LimitPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


def _all(session: Session, ctx: RequestContext) -> list[LimitRow]:
    """Return every limit; of each kind and state the newest of the past is in force."""
    own = db.fetch_all(session, _OWN, (ctx.tenant_id,))
    rows = [row | {"is_ours": True, "id": f"{row['id']}"} for row in own]
    rows += [_published(place, limit) for place, limit in enumerate(LAW)]
    rows.sort(key=lambda row: row["valid_from"], reverse=True)
    rows.sort(key=lambda row: (row["kind"], row["state"]))
    seen: set[tuple[str, str, Decimal | None]] = set()
    found: list[LimitRow] = []
    for row in rows:
        rate = row["amount"] if row["kind"] in RATE_KINDS else None
        place = (row["kind"], row["state"], rate)
        standing = "coming" if row["valid_from"] > ctx.today else "past"
        if standing == "past" and place not in seen:
            standing = "in_force"
            seen.add(place)
        name = state_name(row["state"]) if row["state"] else "All India"
        found.append(LimitRow(**row, state_name=name, standing=standing))
    return found


def _published(place: int, limit: LawLimit) -> db.Row:
    return {
        "id": f"law-{place}",
        "kind": limit.kind.value,
        "state": limit.state,
        "valid_from": limit.valid_from,
        "amount": limit.amount,
        "source": limit.source,
        "is_ours": False,
        "added_by": "",
    }


def _require_unfiled(session: Session, ctx: RequestContext, day: date) -> None:
    row = db.fetch_one(
        session,
        "select max(ends_on) as day from gst_return where tenant_id = %s and status = 'filed'",
        (ctx.tenant_id,),
    )
    if row and row["day"] and day <= row["day"]:
        message = (
            f"Returns until {date_text(row['day'])} are filed with the limits that held."
            " Choose a later day."
        )
        raise LimitTooEarly(message, fields={"valid_from": message})
