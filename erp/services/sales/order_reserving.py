"""Keeping goods for an order: as many as there are, the rest waits for the next delivery."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import inventory
from erp.services.inventory import Origin, Wanted

RESERVED_DAYS = 14
"""How long goods are kept for a customer who names no day."""

ORIGIN = "sales_order"


def outstanding_of(session: Session, ctx: RequestContext, order_id: UUID) -> list[Wanted]:
    """Return what is still to be delivered of the version in force, free units with the paid ones."""
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id,
               l.quantity + l.free_quantity - p.delivered - p.free_delivered as quantity
          from sales_order o
          join sales_order_line l on (l.tenant_id, l.order_id, l.version) = (o.tenant_id, o.id, o.version)
          join sales_order_progress p
               on (p.tenant_id, p.order_id, p.line_no) = (l.tenant_id, l.order_id, l.line_no)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          join product g on (g.tenant_id, g.id) = (v.tenant_id, v.product_id) and not g.is_service
         where o.tenant_id = %s and o.id = %s
         order by l.line_no
        """,
        (ctx.tenant_id, order_id),
    )
    return [Wanted(**row, takes_less=True) for row in rows if row["quantity"] > 0]


def reserve_rest(
    session: Session, ctx: RequestContext, order_id: UUID, location_id: UUID, until: date
) -> tuple[int, int]:
    """Keep goods for all that is outstanding; return how many units are kept, and how many are missing.

    What was kept before is given up and chosen anew. Locks the balances of the order's goods in
    allocation's order, before it releases any.
    """
    wanted = outstanding_of(session, ctx, order_id)
    inventory.allocate(session, ctx, location_id, wanted, with_parts=True)
    inventory.release(session, ctx, order_id)
    picks = inventory.allocate(session, ctx, location_id, wanted, with_parts=True)
    kept = sum(pick.quantity for pick in picks)
    if picks:
        inventory.reserve(session, ctx, picks, Origin(ORIGIN, order_id), _end_of(ctx, until))
    return kept, sum(line.quantity for line in wanted) - kept


def kept_until(ctx: RequestContext, deliver_by: date | None) -> date:
    """Return the last day goods are kept: the customer's day, or two weeks."""
    return max(deliver_by or ctx.today + timedelta(days=RESERVED_DAYS), ctx.today)


def _end_of(ctx: RequestContext, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(ctx.time_zone))
