"""How a warehouse is run: which lots leave first, and where goods go that customers bring back."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.models.inventory import Removal
from erp.services.inventory.events import WarehouseRulesSet
from erp.services.platform import Command, Nothing, Result, Rows, command, emit, query


class SetWarehouseRules(Command):
    """Decide how a warehouse is run."""

    warehouse_id: UUID
    removal: Removal
    quarantines_returns: bool


class WarehouseRow(Result):
    """A warehouse with its rules and what is in it."""

    id: UUID
    code: str
    name: str
    branch: str
    removal: Removal
    quarantines_returns: bool
    places: int
    units: int


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
    """List the company's warehouses by code, with their rules."""
    rows = db.fetch_all(
        session,
        """
        select w.id, w.code, w.name, b.name as branch, w.removal, w.quarantines_returns,
               (select count(*) from location l
                 where l.tenant_id = w.tenant_id and l.warehouse_id = w.id) as places,
               (select coalesce(sum(s.on_hand), 0)::bigint from stock_balance s
                  join location l on l.tenant_id = s.tenant_id and l.id = s.location_id
                 where l.tenant_id = w.tenant_id and l.warehouse_id = w.id) as units
          from warehouse w join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id
         where w.tenant_id = %s and b.company_id = %s order by w.code
        """,
        (ctx.tenant_id, ctx.company_id),
    )
    return WarehouseList(rows=[WarehouseRow(**row) for row in rows])
