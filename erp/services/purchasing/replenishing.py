"""What is on order and how long it takes to come, for the suggestions of stock."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import inventory


@inventory.tells_what_is_on_order
def what_is_on_order(session: Session, ctx: RequestContext) -> Mapping[UUID, inventory.OnOrder]:
    """Return what the branch's live orders and requisitions bring, and what a year of deliveries took.

    Of an order the newest version counts, waiting or in force; of a requisition what no order
    holds. The lead time of a variant is the median of the days from its order's first version to
    each arrival in the last 365 days.
    """
    rows = db.fetch_all(
        session,
        """
        with asked as (
            select l.variant_id, sum(l.quantity - l.ordered)::bigint as units
              from purchase_requisition q
              join purchase_requisition_line l
                on (l.tenant_id, l.requisition_id) = (q.tenant_id, q.id)
             where q.tenant_id = %(tenant)s and q.branch_id = %(branch)s
               and q.status in ('submitted', 'approved')
             group by l.variant_id
        ), ordered as (
            select l.variant_id,
                   sum(greatest(l.base_quantity - coalesce(p.received, 0), 0)
                     + greatest(l.base_free - coalesce(p.free_received, 0), 0))::bigint as units
              from purchase_order o
              join purchase_order_line l
                on (l.tenant_id, l.order_id, l.version)
                 = (o.tenant_id, o.id, coalesce(o.waiting_version, o.version))
              left join purchase_order_progress p
                on (p.tenant_id, p.order_id, p.line_no) = (l.tenant_id, l.order_id, l.line_no)
             where o.tenant_id = %(tenant)s and o.branch_id = %(branch)s
               and o.status in ('awaiting', 'placed')
             group by l.variant_id
        ), coming as (
            select variant_id, sum(units)::bigint as units
              from (select * from asked union all select * from ordered) x group by variant_id
        ), took as (
            select p.variant_id,
                   percentile_disc(0.5) within group (order by greatest(
                        r.received_on - (v.asked_at at time zone %(zone)s)::date, 1)) as lead_days
              from purchase_order_receipt r
              join purchase_order o on (o.tenant_id, o.id) = (r.tenant_id, r.order_id)
              join purchase_order_progress p
                on (p.tenant_id, p.order_id, p.line_no) = (r.tenant_id, r.order_id, r.line_no)
              join purchase_order_version v
                on (v.tenant_id, v.order_id, v.version) = (r.tenant_id, r.order_id, 1)
             where r.tenant_id = %(tenant)s and o.branch_id = %(branch)s
               and r.received_on > %(today)s - 365
             group by p.variant_id
        )
        select variant_id, coalesce(c.units, 0) as units, t.lead_days
          from coming c full join took t using (variant_id)
        """,
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "today": ctx.today,
            "zone": ctx.time_zone,
        },
    )
    return {row.pop("variant_id"): inventory.OnOrder(**row) for row in rows}


@inventory.tells_what_needs_places
def orders_to_places(
    session: Session, ctx: RequestContext, place_ids: Sequence[UUID]
) -> Sequence[str]:
    """Return the orders whose goods are to be put into some places."""
    rows = db.fetch_all(
        session,
        "select distinct number from purchase_order where tenant_id = %s and location_id = any(%s)"
        "   and status in ('awaiting', 'placed') order by number",
        (ctx.tenant_id, list(place_ids)),
    )
    return [f"goods of order {row['number']} are to come to it" for row in rows]
