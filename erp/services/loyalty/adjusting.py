"""Points given or taken by a person, and points that lapse."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.loyalty import PointsKind
from erp.services import accounting, party
from erp.services.accounting import NewEntry
from erp.services.loyalty.errors import PointsRefused
from erp.services.loyalty.points import (
    Change,
    Document,
    hold_lots,
    shared_out,
    usable,
    write_change,
)
from erp.services.loyalty.programme import hold_terms
from erp.services.platform import Command, DomainEvent, Result, ShortText, command, emit

MOST_POINTS = 1_000_000
DISCOUNT = "loyalty_discount"
MOST_CUSTOMERS = 2000
"""Whose points lapse in one run; the next run goes on."""


class AdjustPoints(Command):
    """Give a customer points, or take some away, for a reason.

    Attributes:
        is_opening: They come from the old books, and stand against Opening Balance Difference.
    """

    party_id: UUID
    points: Annotated[int, Field(ge=-MOST_POINTS, le=MOST_POINTS)]
    reason: ShortText
    is_opening: bool = False


class PointsAdjusted(Result):
    """What the customer has now."""

    party_id: UUID
    points: int
    balance: int


class ExpirePoints(Command):
    """Let points lapse whose last day has passed."""


class PointsExpired(Result):
    """How many points lapsed, and of how many customers."""

    customers: int
    points: int


class PointsBooked(DomainEvent):
    """Points came or went without a bill: a person gave or took them, or they lapsed."""

    name = "loyalty.points_booked.v1"
    points: int


@command(
    "loyalty.adjust_points", permission="loyalty.adjust", rest="POST /parties/{party_id}/points"
)
def adjust_points(session: Session, ctx: RequestContext, cmd: AdjustPoints) -> PointsAdjusted:
    """Give or take points and book what they are worth.

    Locks the programme (shared) and the customer.

    Raises:
        UnknownParty: There is no such customer.
        PermissionDenied: They come from the old books, and the actor does not post.
        PointsRefused: There is no programme, the customer has no name, or has fewer points.
        InvalidInput: The points are zero.
        PeriodClosed: The books are closed for today.

    Emits:
        loyalty.points_booked.v1
    """
    if cmd.is_opening:
        ctx.require("accounting.post")
    buyer = party.get_party_for_sale(session, ctx, cmd.party_id)
    terms = hold_terms(session, ctx)
    if not terms.is_active or buyer.is_walk_in:
        message = "Points are for customers with a name, while the programme runs."
        raise PointsRefused(message, fields={"party_id": message})
    if cmd.points == 0:
        message = "Give the points to add, or a number below zero to take some away."
        raise InvalidInput(message, fields={"points": message})
    adjustment_id = new_id()
    change = Change(Document(buyer.id, "adjustment", adjustment_id, cmd.reason), terms)
    lots = usable(hold_lots(session, ctx, buyer.id), ctx.today)
    balance = sum(lot.remaining for lot in lots)
    if balance + cmd.points < 0:
        message = f"The customer has {balance} points."
        raise PointsRefused(message, fields={"points": message})
    if cmd.points > 0:
        change.add(ctx, PointsKind.ADJUST, cmd.points, expires_on=terms.last_day(ctx.today))
    for lot_id, taken in shared_out(lots, -cmd.points):
        change.add(ctx, PointsKind.ADJUST, -taken, lot_id=lot_id)
    write_change(session, change)
    words = f"Points of {buyer.name}: {cmd.reason}"
    account = "opening_difference" if cmd.is_opening else DISCOUNT
    _post(session, ctx, [change], adjustment_id, words, account)
    return PointsAdjusted(party_id=buyer.id, points=cmd.points, balance=balance + cmd.points)


@command("loyalty.expire_points", permission="loyalty.manage", rest="POST /points-expiries")
def expire_points(session: Session, ctx: RequestContext, _cmd: ExpirePoints) -> PointsExpired:
    """Let the points of the acting company lapse whose last day has passed, and book it.

    Locks the programme (shared) and each customer in turn, in the order of their ids.

    Raises:
        PeriodClosed: The books are closed for today.

    Emits:
        loyalty.points_booked.v1, where any lapsed

    Source: journal J14 of the domain rules.
    """
    terms = hold_terms(session, ctx)
    run_id = new_id()
    changes = []
    for party_id in _whose_points_lapse(session, ctx):
        change = Change(Document(party_id, "expiry", run_id), terms)
        for lot in hold_lots(session, ctx, party_id):
            if lot.expires_on is not None and lot.expires_on < ctx.today:
                change.add(ctx, PointsKind.EXPIRE, -lot.remaining, lot_id=lot.id)
        write_change(session, change)
        changes.append(change)
    lapsed = -sum(change.net for change in changes)
    _post(session, ctx, changes, run_id, f"{lapsed} points lapsed")
    return PointsExpired(customers=sum(1 for c in changes if c.rows), points=lapsed)


def _whose_points_lapse(session: Session, ctx: RequestContext) -> list[UUID]:
    today: date = ctx.today
    rows = db.fetch_all(
        session,
        "select distinct party_id from loyalty_lot where tenant_id = %s and company_id = %s"
        " and remaining > 0 and expires_on < %s order by party_id limit %s",
        (ctx.tenant_id, ctx.company_id, today, MOST_CUSTOMERS),
    )
    return [row["party_id"] for row in rows]


def _post(
    session: Session,
    ctx: RequestContext,
    changes: list[Change],
    origin_id: UUID,
    narration: str,
    account: str = DISCOUNT,
) -> None:
    lines = [line for change in changes for line in change.lines(account)]
    entry = NewEntry("loyalty", ctx.today, "points", origin_id, "points", narration, lines)
    accounting.post_entry(session, ctx, entry)
    points = sum(change.net for change in changes)
    if points:
        emit(session, ctx, origin_id, PointsBooked(points=points))
