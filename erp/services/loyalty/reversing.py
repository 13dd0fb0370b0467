"""Points at a return: spent ones come back, earned ones go, exactly and in step with the goods."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import round_money
from erp.models.loyalty import PointsKind
from erp.services.loyalty.points import Change, Document, hold_lots, shared_out
from erp.services.loyalty.programme import hold_terms


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a sale has come back.

    Attributes:
        total: Of the sale. before: what came back earlier; value: what comes back now.
        by_points: Rupees of the sale that points paid.
    """

    total: Decimal
    before: Decimal
    value: Decimal
    by_points: Decimal

    def of(self, points: int) -> int:
        """Return the part of points that goes with all that has come back so far."""
        if self.before + self.value >= self.total:
            return points
        part = points * (self.before + self.value) / self.total
        return int(part.to_integral_value(ROUND_FLOOR))

    @property
    def to_give_back(self) -> Decimal:
        """Rupees of this return that points paid; never more than the return."""
        return self._by_points_of(self.before + self.value) - self._by_points_of(self.before)

    def _by_points_of(self, returned: Decimal) -> Decimal:
        if returned >= self.total:
            return self.by_points
        return round_money(self.by_points * returned / self.total)


@dataclass(frozen=True, slots=True)
class _Past:
    """What a sale earned or spent, and how many of those points were reversed since."""

    id: UUID
    kind: str
    lot_id: UUID
    points: int
    reversed: int


def decide_return(
    session: Session, ctx: RequestContext, document: Document, sale_id: UUID, share: Share
) -> Change:
    """Decide what a return does to a customer's points; the sale's other returns wait.

    Points that paid come back to the lots they were taken of, with their last day. Points that
    were earned go, of their own lot first and then of the customer's others; those that are
    spent already are bought back with a part of the refund, so that nobody keeps points for
    goods they brought back.
    """
    past = _past(session, ctx, sale_id)
    change = Change(document, hold_terms(session, ctx), tendered=share.to_give_back)
    if past:
        _give_back(ctx, change, [p for p in past if p.kind == PointsKind.SPEND], share)
        for earned in (p for p in past if p.kind == PointsKind.EARN):
            _take_back(session, ctx, change, earned, share)
    return change


def _past(session: Session, ctx: RequestContext, sale_id: UUID) -> list[_Past]:
    rows = db.fetch_all(
        session,
        """
        select e.id, e.kind, e.lot_id, abs(e.points) as points,
               coalesce((select abs(sum(r.points)) from loyalty_entry r
                          where r.tenant_id = e.tenant_id and r.reverses_id = e.id), 0)::bigint as reversed
          from loyalty_entry e
         where e.tenant_id = %s and e.origin_id = %s and e.kind in ('earn', 'spend')
         order by e.id
        """,
        (ctx.tenant_id, sale_id),
    )
    return [_Past(**row) for row in rows]


def _give_back(ctx: RequestContext, change: Change, spent: list[_Past], share: Share) -> None:
    due = share.of(sum(p.points for p in spent)) - sum(p.reversed for p in spent)
    for part in reversed(spent):
        points = min(due, part.points - part.reversed)
        if points > 0:
            change.add(ctx, PointsKind.REVERSE, points, lot_id=part.lot_id, reverses_id=part.id)
            due -= points


def _take_back(
    session: Session, ctx: RequestContext, change: Change, earned: _Past, share: Share
) -> None:
    due = share.of(earned.points) - earned.reversed
    if due <= 0:
        return
    lots = hold_lots(session, ctx, change.document.party_id)
    lots.sort(key=lambda lot: lot.id != earned.lot_id)
    parts = shared_out(lots, due)
    missing = min(due - sum(taken for _, taken in parts), _affordable(change, share))
    if missing > 0:
        change.add(ctx, PointsKind.ADJUST, missing, lot_id=earned.lot_id)
        change.tendered += missing * change.terms.worth
        parts.append((earned.lot_id, missing))
    for lot_id, taken in parts:
        change.add(ctx, PointsKind.REVERSE, -taken, lot_id=lot_id, reverses_id=earned.id)


def _affordable(change: Change, share: Share) -> int:
    """Return how many points the rest of the refund can buy back."""
    return int((share.value - change.tendered) // change.terms.worth)
