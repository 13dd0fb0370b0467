"""Tax that the portal paid back, read for the quarters by composition that had left it."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gst_returns.cmp08 import DUE_AGAIN
from erp.services.gst_returns.gstr3b import Cells
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads
from erp.services.gst_returns.registrations import Registration

_PAID_BACK = """
    select coalesce(sum(igst), 0) as igst, coalesce(sum(cgst), 0) as cgst, coalesce(sum(sgst), 0) as sgst
      from gst_credit_change
     where tenant_id = %s and branch_id = any(%s) and kind = 'refunded' and booked_on > %s and booked_on <= %s
       and cancelled_at is null
"""


def last_day_of(figures: dict[str, Any]) -> date:
    """Return the last day that a filed CMP-08 counts; the beginning of time where none is filed."""
    return date.fromisoformat(figures["to"]) if "to" in figures else date.min


def less_refunds(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    carried: Cells,
    days: tuple[date, date],
) -> Cells:
    """Return what earlier quarters left, less what the portal paid back of it after a day, until another."""
    given = (ctx.tenant_id, list(registration.branch_ids), *days)
    (row,) = db.fetch_all(session, _PAID_BACK, given)
    left = carried.get(DUE_AGAIN, NOTHING) + Heads(**{name: row[name] for name in NAMES})
    others = {name: heads for name, heads in carried.items() if name != DUE_AGAIN}
    return others | ({DUE_AGAIN: left} if left else {})
