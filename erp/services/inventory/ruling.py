"""How a warehouse is run: which lots leave first, and where goods go that customers bring back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.models.inventory import LocationKind, Removal
from erp.services.inventory.events import WarehouseRulesSet
from erp.services.platform import Command, Nothing, Result, Rows, command, emit, query


class SetWarehouseRules(Command):
    """Decide how a warehouse is run."""

    warehouse_id: UUID
    removal: Removal
    quarantines_returns: bool


class WarehousePlace(Result):
    """A place of a warehouse, below the one it is part of.

    Attributes:
        depth: How many places it is part of, one within the other.
    """

    id: UUID
    code: str
    name: str
    kind: LocationKind
    parent_id: UUID | None
    is_closed: bool
    depth: int
    units: int


class WarehouseRow(Result):
    """A warehouse with its rules and what is in it.

    Attributes:
        is_closed: None of its places is in use.
        tree: Its places, each followed by those that are part of it.
    """

    id: UUID
    code: str
    name: str
    branch: str
    removal: Removal
    quarantines_returns: bool
    is_closed: bool
    places: int
    units: int
    tree: list[WarehousePlace]


class WarehouseList(Rows):
    """The company's warehouses."""

    rows: list[WarehouseRow]


@command(
    "inventory.set_warehouse_rules", permission="inventory.plan", rest="POST /warehouses/rules"
)
def set_warehouse_rules(
    session: Session, ctx: RequestContext, cmd: SetWarehouseRules
) -> WarehouseRow:
    """Set which lots leave a warehouse first, at tills and in transfers, and where returns go.

    It counts from the next sale. Whatever the rule, what is expired, held or recalled is never sold.

    Raises:
        NotFound: The warehouse is not of the acting company.

    Emits:
        inventory.warehouse_rules_set.v1, in the same transaction.
    """
    changed = db.fetch_one(
        session,
        "update warehouse w set removal = %s, quarantines_returns = %s from branch b"
        " where w.tenant_id = %s and w.id = %s and b.tenant_id = w.tenant_id"
        "   and b.id = w.branch_id and b.company_id = %s returning w.id",
        (cmd.removal, cmd.quarantines_returns, ctx.tenant_id, cmd.warehouse_id, ctx.company_id),
    )
    if changed is None:
        message = "This warehouse is not known here."
        raise NotFound(message, fields={"warehouse_id": message})
    event = WarehouseRulesSet(
        warehouse_id=cmd.warehouse_id,
        removal=cmd.removal,
        quarantines_returns=cmd.quarantines_returns,
    )
    emit(session, ctx, cmd.warehouse_id, event)
    rows = list_warehouses(session, ctx, Nothing()).rows
    return next(row for row in rows if row.id == cmd.warehouse_id)


@query("inventory.list_warehouses", permission="inventory.view", rest="GET /warehouses")
def list_warehouses(session: Session, ctx: RequestContext, _wanted: Nothing) -> WarehouseList:
    """List the company's warehouses by code, with their rules and places."""
    places: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in db.fetch_all(session, _PLACES, (ctx.tenant_id, ctx.company_id)):
        places[row.pop("warehouse_id")].append(row)
    warehouses = db.fetch_all(
        session,
        "select w.id, w.code, w.name, b.name as branch, w.removal, w.quarantines_returns"
        "  from warehouse w join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id"
        " where w.tenant_id = %s and b.company_id = %s order by w.code",
        (ctx.tenant_id, ctx.company_id),
    )
    return WarehouseList(rows=[_warehouse(row, places[row["id"]]) for row in warehouses])


def _warehouse(row: Mapping[str, Any], places: Sequence[Mapping[str, Any]]) -> WarehouseRow:
    units = sum(place["units"] for place in places)
    is_closed = all(place["is_closed"] for place in places)
    tree = _tree(places, None, 0)
    return WarehouseRow(**row, is_closed=is_closed, places=len(places), units=units, tree=tree)


def _tree(
    places: Sequence[Mapping[str, Any]], parent_id: UUID | None, depth: int
) -> list[WarehousePlace]:
    return [
        place
        for row in places
        if row["parent_id"] == parent_id
        for place in (
            WarehousePlace(**row, depth=depth),
            *_tree(places, row["id"], depth + 1),
        )
    ]


_PLACES: LiteralString = """
    select l.warehouse_id, l.id, l.code, l.name, l.kind, l.parent_id,
           l.closed_at is not null as is_closed,
           coalesce(held.units, 0)::bigint as units
      from location l
      join warehouse w on w.tenant_id = l.tenant_id and w.id = l.warehouse_id
      join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id
      left join lateral (
            select sum(s.on_hand) as units from stock_balance s
             where s.tenant_id = l.tenant_id and s.location_id = l.id) held on true
     where l.tenant_id = %s and b.company_id = %s order by l.code
"""
