"""The till and the loyalty programme: what a bill earns, what points pay, what a return undoes."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.pos import TenderMethod
from erp.services import loyalty
from erp.services.loyalty import Change, Document, Share
from erp.services.party import SaleParty
from erp.services.pos.errors import PaymentMismatch
from erp.services.pos.refunding import Paid
from erp.services.pos.tendering import GivenTender, Settlement

EARNING = (
    TenderMethod.CASH,
    TenderMethod.UPI,
    TenderMethod.CARD,
    TenderMethod.ADVANCE,
    TenderMethod.EXCHANGE,
)
"""What is paid with these earns points; a bill on account is not paid yet."""


def points_of_sale(
    session: Session, ctx: RequestContext, buyer: SaleParty, sale_id: UUID, settlement: Settlement
) -> Change | None:
    """Decide what a sale does to its customer's points; the nameless customer has none.

    Raises:
        PointsRefused: The points do not pay what they are to pay.
        PaymentMismatch: Nobody is named whose points those would be.
    """
    by_points = settlement.paid_by(TenderMethod.POINTS)
    if buyer.is_walk_in:
        if by_points:
            message = "Choose the customer whose points pay."
            raise PaymentMismatch(message, fields={"tenders": message})
        return None
    paid = sum((settlement.paid_by(method) for method in EARNING), ZERO)
    return loyalty.decide_sale(session, ctx, buyer.id, sale_id, paid=paid, by_points=by_points)


def points_of_return(
    session: Session,
    ctx: RequestContext,
    document: Document,
    sale_id: UUID,
    paid: Paid,
    value: Decimal,
) -> Change:
    """Decide what a return does to the points that its sale earned and spent."""
    share = Share(paid.total, paid.before, value, paid.by_points)
    return loyalty.decide_return(session, ctx, document, sale_id, share)


def with_points(settlement: Settlement, tendered: Decimal) -> Settlement:
    """Return how a return is refunded, the part that points are given back for included."""
    if not tendered:
        return settlement
    given = GivenTender(method=TenderMethod.POINTS, amount=tendered)
    return Settlement((*settlement.tenders, (given, tendered)), settlement.change_due)
