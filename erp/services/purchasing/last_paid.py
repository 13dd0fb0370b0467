"""What products cost when they came last, and from whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.purchasing.lines import OrderLine, lay_out, value_of
from erp.services.purchasing.listing_received import RECEIVED, received_params


@dataclass(frozen=True, slots=True)
class LastPaid:
    """Cost of one base unit, tax excluded, free units counted; goods for nothing are left out."""

    variant_id: UUID
    price: Decimal
    supplier_id: UUID | None
    supplier: str
    received_on: date


_LAST: LiteralString = f"""
    with received as ({RECEIVED} and m.variant_id = any(%(variants)s) and m.value > 0)
    select distinct on (x.variant_id) x.variant_id, round(x.value / x.units, 4) as price,
           x.supplier_id, coalesce(s.name, '') as supplier, x.received_on
      from received x
      left join party s on (s.tenant_id, s.id) = (%(tenant)s, x.supplier_id)
     order by x.variant_id, x.effective_at desc, x.id desc
"""  # noqa: S608  made of literals


def last_paid(
    session: Session, ctx: RequestContext, variant_ids: Sequence[UUID]
) -> dict[UUID, LastPaid]:
    """Return what the acting branch paid last for products; those never bought are missing."""
    given = received_params(ctx) | {"variants": sorted(set(variant_ids))}
    rows = db.fetch_all(session, _LAST, given)
    return {row["variant_id"]: LastPaid(**row) for row in rows}


def worth_of(
    session: Session,
    ctx: RequestContext,
    wanted: Sequence[tuple[UUID, int]],
    paid: Mapping[UUID, LastPaid],
) -> Decimal:
    """Return what base units of products would cost at the last prices paid, expected tax included.

    Raises:
        InvalidInput: A product cannot be bought, or stands on two lines, as in `lay_out`.
    """
    lines = [
        OrderLine(
            variant_id=variant_id,
            quantity=Decimal(quantity),
            unit_cost=paid[variant_id].price if variant_id in paid else Decimal(0),
        )
        for variant_id, quantity in wanted
    ]
    return sum(value_of(lay_out(session, ctx, lines)), Decimal(0))
