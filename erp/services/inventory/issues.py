"""What leaves stock for good: sold or used, less what customers brought back. The start of every figure of pace."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

from erp.core.context import RequestContext

PACE_DAYS: Final = 90
"""Days by which the pace of a product is told."""

ISSUES: LiteralString = """
    ours as materialized (
        select place.id, w.branch_id
          from location place
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
         where place.tenant_id = %(tenant)s
    ), users as materialized (
        select id, kind from location
         where tenant_id = %(tenant)s and kind in ('customer', 'production')
    ), issue as (
        select m.variant_id, ours.branch_id, m.effective_at,
               side.sign * m.quantity as units, side.sign * m.value as value
          from stock_move m
          cross join lateral (
                values (1, m.from_location_id, m.to_location_id),
                       (-1, m.to_location_id, m.from_location_id)) side (sign, our_id, user_id)
          join ours on ours.id = side.our_id
          join users on users.id = side.user_id
               and (side.sign = 1 or users.kind = 'customer')
         where m.tenant_id = %(tenant)s and m.effective_at >= %(since)s
    )
"""
"""First parts of a statement: every issue and return of the tenant since an instant, by branch."""


def midnight(ctx: RequestContext, day: date) -> datetime:
    """Return the instant at which a business day begins."""
    return datetime.combine(day, time(), ZoneInfo(ctx.time_zone))


def issues_since(ctx: RequestContext, days: int) -> dict[str, Any]:
    """Return what `ISSUES` is given for the last so many business days, today included."""
    return {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "today": ctx.today,
        "zone": ctx.time_zone,
        "since": midnight(ctx, ctx.today - timedelta(days=days - 1)),
    }
