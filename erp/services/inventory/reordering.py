"""When to buy again and how much: from demand, lead time and what a branch decided itself."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalog
from erp.services.inventory.incoming import OnOrder, on_order
from erp.services.inventory.issues import ISSUES, PACE_DAYS, issues_since
from erp.services.platform import Command, Identified, Query, Result, command, query

DEFAULT_LEAD_DAYS: Final = 7
SERVICE_FACTOR: Final = Decimal("1.65")
"""Standard deviations of safety: in 95 of 100 lead times stock does not run out."""
COVER_DAYS: Final = 30
"""Days of demand that an order brings beyond the reorder point."""
LEAST_DAYS: Final = 14
"""A product that came lately is judged as if it had been here so long."""

Basis = Literal["demand", "product", "branch"]
"""Where a reorder point comes from: worked out, or the product's own warning, or the branch's."""


class SetReorderRule(Command):
    """Decide for the acting branch when a product is bought again; none goes back to working it out.

    Attributes:
        reorder_point: Buy at or below this many base units; zero: never.
        lead_days: From order to shelf.
    """

    variant_id: UUID
    reorder_point: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    lead_days: Annotated[int, Field(ge=1, le=365)] | None = None


class GetReorderPlan(Query):
    """Of which product."""

    variant_id: UUID


class ReorderPlan(Result):
    """When the acting branch buys a product again, and why then.

    Attributes:
        per_day: Base units that leave a day, less what came back, over up to 90 days.
        available: Sellable base units that nobody reserved. incoming: on order, or on
            their way from another warehouse.
        safety_stock: For what varies within a lead time, at 95 % service.
        quantity: What to order now, as the supplier sells it; zero where there is enough.
        least, step: Base units that supplier sells at least, and in steps of.
        own_point, own_lead_days: What the branch decided.
    """

    variant_id: UUID
    label: str
    per_day: Decimal
    lead_days: int
    safety_stock: int
    reorder_point: int
    basis: Basis
    available: int
    incoming: int
    quantity: int
    least: int
    step: int
    supplier_id: UUID | None
    unit_cost: Decimal | None
    own_point: int | None
    own_lead_days: int | None


_PLANNED: LiteralString = """
    , told as materialized (
        select * from unnest(%(on_order)s::uuid[], %(incoming)s::bigint[], %(lead_days)s::int[])
            as t (variant_id, incoming, lead_days)
    ), daily as (
        select variant_id, (effective_at at time zone %(zone)s)::date as day, sum(units) as units
          from issue where branch_id = %(branch)s group by 1, 2
    ), demand as (
        select variant_id, greatest(sum(units), 0) as units, sum(units * units) as squares
          from daily group by variant_id
    ), held as (
        select s.variant_id, sum(s.on_hand - s.reserved)::bigint as units
          from stock_balance s
          join ours on ours.id = s.location_id and ours.branch_id = %(branch)s
          join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
          join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
         where s.tenant_id = %(tenant)s and s.on_hand > 0 and l.status = 'available'
           and place.kind = 'storage'
           and (l.expires_on is null or l.expires_on >= %(today)s)
         group by s.variant_id
    ), coming as (
        select line.variant_id, sum(line.under_way)::bigint as units
          from stock_transfer t
          join stock_transfer_line line on line.tenant_id = t.tenant_id and line.transfer_id = t.id
         where t.tenant_id = %(tenant)s and t.to_branch_id = %(branch)s
           and t.status = 'on_its_way'
         group by line.variant_id
    ), bought as (
        select distinct on (variant_id) variant_id, supplier_id, unit_cost
          from lot where tenant_id = %(tenant)s and supplier_id is not null
         order by variant_id, received_at desc, id desc
    ), fact as (
        select v.id as variant_id, v.label, v.reorder_point as warned, rule.reorder_point as own_point,
               rule.lead_days as own_lead_days, coalesce(held.units, 0) as available,
               coalesce(told.incoming, 0) + coalesce(coming.units, 0) as incoming,
               bought.supplier_id, bought.unit_cost,
               coalesce(sold.least, 1) as least, coalesce(sold.step, 1) as step,
               coalesce(rule.lead_days, told.lead_days, %(usual_lead)s) as lead_days,
               v.is_active, coalesce(demand.units, 0) as units,
               coalesce(demand.squares, 0) as squares,
               least(greatest(%(today)s - first.came_on + 1, %(least_days)s),
                     %(pace_days)s)::numeric as days
          from variant v
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id and not p.is_service
          left join demand on demand.variant_id = v.id
          left join held on held.variant_id = v.id
          left join told on told.variant_id = v.id
          left join coming on coming.variant_id = v.id
          left join bought on bought.variant_id = v.id
          left join order_quantity sold on sold.tenant_id = v.tenant_id and sold.variant_id = v.id
                and sold.supplier_id = bought.supplier_id
          left join reorder_rule rule on rule.tenant_id = v.tenant_id and rule.variant_id = v.id
                and rule.branch_id = %(branch)s
          left join lateral (
                select (m.effective_at at time zone %(zone)s)::date as came_on
                  from stock_move m
                  join ours on ours.id = m.to_location_id and ours.branch_id = %(branch)s
                 where m.tenant_id = v.tenant_id and m.variant_id = v.id
                 order by m.effective_at limit 1) first on demand.units > 0
         where v.tenant_id = %(tenant)s
           and (%(variant)s::uuid is null or v.id = %(variant)s)
    ), pace as (
        select *, units / days as per_day,
               ceil(%(service)s * sqrt(greatest(days * squares - units * units, 0)) / days
                    * sqrt(lead_days::numeric))::bigint as safety_stock
          from fact
    ), point as (
        select *, ceil(per_day * lead_days)::bigint + safety_stock as worked_out from pace
    ), plan as (
        select *, coalesce(own_point, greatest(worked_out, warned)) as reorder_point,
               case when own_point is not null then 'branch' when worked_out >= warned then 'demand'
                    else 'product' end as basis
          from point
    ), lacking as (
        select *, case when reorder_point > 0 and available + incoming <= reorder_point
                       then greatest(reorder_point + ceil(per_day * %(cover_days)s)::bigint
                                     - available - incoming, 1)
                       else 0 end as units_lacking
          from plan
    ), need as (
        select *, case when units_lacking > 0
                       then ceil(greatest(units_lacking, least)::numeric / step)::bigint * step
                       else 0 end as quantity
          from lacking
    )
    select variant_id, label, round(per_day, 4) as per_day, lead_days, safety_stock, reorder_point,
           basis, available, incoming, quantity, least, step, supplier_id, unit_cost, own_point, own_lead_days
      from need
"""


def plans(
    session: Session, ctx: RequestContext, variant_id: UUID | None = None
) -> list[ReorderPlan]:
    """Return the plan of one product, or of every one that is to be bought now, for the branch."""
    told: Mapping[UUID, OnOrder] = on_order(session, ctx)
    wanted: LiteralString = (
        "" if variant_id else "where quantity > 0 and is_active order by variant_id"
    )
    given = (
        issues_since(ctx, PACE_DAYS)
        | _constants()
        | {
            "variant": variant_id,
            "on_order": list(told),
            "incoming": [about.units for about in told.values()],
            "lead_days": [about.lead_days for about in told.values()],
        }
    )
    rows = db.fetch_all(session, " ".join([*("with", ISSUES, _PLANNED, wanted)]), given)
    return [ReorderPlan(**row) for row in rows]


def _constants() -> dict[str, Any]:
    return {
        "usual_lead": DEFAULT_LEAD_DAYS,
        "service": SERVICE_FACTOR,
        "cover_days": COVER_DAYS,
        "least_days": LEAST_DAYS,
        "pace_days": PACE_DAYS,
    }


@query(
    "inventory.get_reorder_plan",
    permission="inventory.view",
    rest="GET /variants/{variant_id}/reorder-plan",
)
def get_reorder_plan(session: Session, ctx: RequestContext, wanted: GetReorderPlan) -> ReorderPlan:
    """Return when the acting branch buys a product again, with everything it is worked out from.

    Raises:
        UnknownProduct: The variant is not in the acting tenant. NotStocked: it is a service.
    """
    catalog.get_stock_variants(session, ctx, [wanted.variant_id])
    return plans(session, ctx, wanted.variant_id)[0]


@command(
    "inventory.set_reorder_rule",
    permission="inventory.reorder",
    rest="PUT /variants/{variant_id}/reorder-rule",
)
def set_reorder_rule(session: Session, ctx: RequestContext, cmd: SetReorderRule) -> Identified:
    """Decide for the acting branch when a product is bought again.

    Raises:
        UnknownProduct: The variant is not in the acting tenant. NotStocked: it is a service.
    """
    catalog.get_stock_variants(session, ctx, [cmd.variant_id])
    db.execute(
        session,
        """
        insert into reorder_rule
               (tenant_id, branch_id, variant_id, reorder_point, lead_days, set_by, set_at)
        values (%s, %s, %s, %s, %s, %s, %s)
            on conflict (tenant_id, branch_id, variant_id) do update
           set reorder_point = excluded.reorder_point, lead_days = excluded.lead_days,
               set_by = excluded.set_by, set_at = excluded.set_at
        """,
        (
            ctx.tenant_id,
            ctx.branch_id,
            cmd.variant_id,
            cmd.reorder_point,
            cmd.lead_days,
            ctx.user_id,
            ctx.now,
        ),
    )
    return Identified(id=cmd.variant_id)
