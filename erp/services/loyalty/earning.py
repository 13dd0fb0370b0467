"""Points at a sale: earned on what is paid, spent as a part of the payment."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.loyalty import PointsKind
from erp.services.loyalty.errors import PointsRefused
from erp.services.loyalty.points import Change, Document, hold_lots, shared_out, usable
from erp.services.loyalty.programme import Terms, hold_terms


def decide_sale(
    session: Session,
    ctx: RequestContext,
    party_id: UUID,
    sale_id: UUID,
    *,
    paid: Decimal,
    by_points: Decimal,
) -> Change:
    """Decide what a sale does to a customer's points.

    Locks the programme (shared) and, where points are spent, the customer.

    Args:
        paid: Rupees that earn points: paid now, and not by points.
        by_points: Rupees paid by points.

    Raises:
        PointsRefused: There is no programme, they are too few, or no whole number of points
            comes to the amount.
    """
    terms = hold_terms(session, ctx)
    change = Change(Document(party_id, "sale", sale_id), terms, tendered=-by_points)
    if by_points:
        _spend(session, ctx, change, _whole_points(terms, by_points))
    earned = terms.earned_on(paid) if terms.is_active else 0
    if earned:
        change.add(ctx, PointsKind.EARN, earned, expires_on=terms.last_day(ctx.today))
    return change


def _whole_points(terms: Terms, amount: Decimal) -> int:
    if not terms.is_active:
        raise _refusal("There is no loyalty programme now. Choose another way to pay.")
    points = amount / terms.worth
    if points != int(points):
        nearest = int(points) * terms.worth
        raise _refusal(
            f"A point pays {terms.worth}, so points pay {nearest} or {nearest + terms.worth}."
        )
    if points < terms.minimum_points:
        raise _refusal(f"Points are spent from {terms.minimum_points} on; this is {int(points)}.")
    return int(points)


def _spend(session: Session, ctx: RequestContext, change: Change, points: int) -> None:
    lots = usable(hold_lots(session, ctx, change.document.party_id), ctx.today)
    balance = sum(lot.remaining for lot in lots)
    if points > balance:
        worth = balance * change.terms.worth
        raise _refusal(f"The customer has {balance} points, which pay {worth or ZERO}.")
    for lot_id, taken in shared_out(lots, points):
        change.add(ctx, PointsKind.SPEND, -taken, lot_id=lot_id)


def _refusal(message: str) -> PointsRefused:
    return PointsRefused(message, fields={"tenders": message})
