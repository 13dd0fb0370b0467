"""How much of an item its supplier sells: so many at least, in steps of so many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import catalog, party
from erp.services.platform import (
    Command,
    Identified,
    Order,
    Result,
    Rows,
    SortedPage,
    command,
    conditions_of,
    fetch_page,
    query,
)

MOST_UNITS = 10_000_000
SoldUnits = Annotated[int, Field(ge=1, le=MOST_UNITS)]


class SetOrderQuantity(Command):
    """Write down how much of an item its supplier sells; one and one: whatever is asked.

    Attributes:
        least: Base units of one order, free ones left out. step: they are a multiple of.
    """

    supplier_id: UUID
    variant_id: UUID
    least: SoldUnits = 1
    step: SoldUnits = 1


class ListOrderQuantities(SortedPage):
    """Which to list; `search` begins the supplier's or the product's name."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {"supplier": "text", "label": "text", "least": "number", "step": "number"},
        ),
    ] = ""
    supplier_id: UUID | None = None
    variant_id: UUID | None = None


class OrderQuantityRow(Result):
    """How much of an item its supplier sells, in base units."""

    id: UUID
    supplier_id: UUID
    supplier: str
    variant_id: UUID
    label: str
    unit: str
    least: int
    step: int
    set_by: str
    set_at: datetime


class OrderQuantityPage(Rows):
    """A page of items, the last written down first."""

    rows: list[OrderQuantityRow]


@dataclass(frozen=True, slots=True)
class SoldBy:
    """How a supplier sells an item, in base units."""

    least: int
    step: int

    def enough_for(self, units: int) -> int:
        """Return the fewest units that are sold and cover so many."""
        return -(-max(units, self.least) // self.step) * self.step


@command("inventory.set_order_quantity", permission="inventory.plan", rest="PUT /order-quantities")
def set_order_quantity(session: Session, ctx: RequestContext, cmd: SetOrderQuantity) -> Identified:
    """Write down or replace how much of an item its supplier sells.

    Raises:
        UnknownParty: The supplier is not in the acting tenant.
        UnknownProduct: The variant is not. NotStocked: it is a service.
    """
    party.check_known(session, ctx, cmd.supplier_id, "supplier_id")
    catalog.get_stock_variants(session, ctx, [cmd.variant_id])
    row = db.fetch_one(
        session,
        """
        insert into order_quantity
               (tenant_id, id, supplier_id, variant_id, least, step, set_by, set_at)
        values (%s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (tenant_id, supplier_id, variant_id) do update
           set least = excluded.least, step = excluded.step,
               set_by = excluded.set_by, set_at = excluded.set_at
        returning id
        """,
        (
            *(ctx.tenant_id, new_id(), cmd.supplier_id, cmd.variant_id),
            *(cmd.least, cmd.step, ctx.user_id, ctx.now),
        ),
    )
    assert row is not None  # noqa: S101  an upsert always answers
    return Identified(id=row["id"])


_LIST: LiteralString = """
    select q.id, q.supplier_id, p.name as supplier, q.variant_id, v.label, v.base_unit as unit,
           q.least, q.step, coalesce(u.display_name, '') as set_by, q.set_at
      from order_quantity q
      join party p on (p.tenant_id, p.id) = (q.tenant_id, q.supplier_id)
      join variant v on (v.tenant_id, v.id) = (q.tenant_id, q.variant_id)
      left join membership u on (u.tenant_id, u.user_id) = (q.tenant_id, q.set_by)
     where q.tenant_id = %(tenant)s and greatest(q.least, q.step) > 1
       and (starts_with(upper(p.name), upper(%(search)s))
            or starts_with(upper(v.label), upper(%(search)s)))
"""
_CONDITIONS: dict[str, LiteralString] = {
    "supplier_id": "and q.supplier_id = %(supplier)s",
    "variant_id": "and q.variant_id = %(variant)s",
}


@query("inventory.list_order_quantities", permission="inventory.view", rest="GET /order-quantities")
def list_order_quantities(
    session: Session, ctx: RequestContext, wanted: ListOrderQuantities
) -> OrderQuantityPage:
    """List the items that are not sold in whatever number is asked."""
    given = {
        "tenant": ctx.tenant_id,
        "search": wanted.search.strip(),
        "supplier": wanted.supplier_id,
        "variant": wanted.variant_id,
    }
    rows, cursor = fetch_page(session, wanted, _LIST + conditions_of(wanted, _CONDITIONS), given)
    return OrderQuantityPage(rows=[OrderQuantityRow(**row) for row in rows], next_cursor=cursor)


def sold_by(
    session: Session, ctx: RequestContext, supplier_id: UUID, variant_ids: Iterable[UUID]
) -> Mapping[UUID, SoldBy]:
    """Return how a supplier sells items; those sold in any number are missing."""
    rows = db.fetch_all(
        session,
        "select variant_id, least, step from order_quantity"
        " where tenant_id = %s and supplier_id = %s and variant_id = any(%s)",
        (ctx.tenant_id, supplier_id, sorted(set(variant_ids))),
    )
    return {row["variant_id"]: SoldBy(row["least"], row["step"]) for row in rows}
