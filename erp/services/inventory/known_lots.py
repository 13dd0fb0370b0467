"""What was printed on goods that came last, for prices of what is not there now."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext


@dataclass(frozen=True, slots=True)
class KnownLot:
    """Prices of the last lot of a variant that came, of one base unit."""

    variant_id: UUID
    mrp: Decimal
    ptr: Decimal | None
    pts: Decimal | None
    unit_cost: Decimal


def latest_lots(
    session: Session, ctx: RequestContext, variant_ids: Sequence[UUID]
) -> list[KnownLot]:
    """Return the last lot of each variant that ever came."""
    if not variant_ids:
        return []
    rows = db.fetch_all(
        session,
        "select distinct on (variant_id) variant_id, mrp, ptr, pts, unit_cost from lot"
        " where tenant_id = %s and variant_id = any(%s) order by variant_id, received_at desc, id desc",
        (ctx.tenant_id, list(variant_ids)),
    )
    return [KnownLot(**row) for row in rows]
