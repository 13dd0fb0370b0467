"""Warehouses: a branch's stock-keeping sites, and the places outside that goods go to."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, InvalidInput
from erp.core.ids import new_id
from erp.models.inventory import Location, LocationKind, Warehouse
from erp.services.platform import (
    Command,
    Identified,
    Query,
    Result,
    Rows,
    ShortText,
    command,
    query,
    refuse_on,
)

PlaceCode = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,19}$")]

OUTSIDE = {
    LocationKind.SUPPLIER: "Suppliers",
    LocationKind.CUSTOMER: "Customers",
    LocationKind.WASTE: "Destroyed and written off",
    LocationKind.LOST_FOUND: "Counting differences",
    LocationKind.PRODUCTION: "Dispensing",
}


class CreateWarehouse(Command):
    """Open a stock-keeping site of a branch, the acting one where none is named.

    Attributes:
        code: Upper-case letters, digits and dashes; starts the codes of its locations.
    """

    code: PlaceCode
    name: ShortText
    branch_id: UUID | None = None


class WarehouseOpened(Result):
    """The site and the locations it starts with."""

    id: UUID
    storage_id: UUID
    expired_store_id: UUID
    transit_id: UUID


class CreateLocation(Command):
    """Add a place to a warehouse.

    Attributes:
        parent_id: The place of the same warehouse that it is part of, as a shelf is of a room.
    """

    warehouse_id: UUID
    code: PlaceCode
    name: ShortText
    kind: LocationKind = LocationKind.STORAGE
    parent_id: UUID | None = None


class LocationRow(Result):
    """A place goods are in."""

    id: UUID
    code: str
    name: str
    kind: LocationKind
    warehouse_id: UUID
    warehouse: str
    branch_id: UUID
    branch: str
    is_closed: bool


class LocationList(Rows):
    """Places of our own."""

    rows: list[LocationRow]


class ListLocations(Query):
    """Which places to list; all of the tenant's own that are in use where nothing is said.

    Attributes:
        with_closed: Closed ones too.
    """

    branch_id: UUID | None = None
    kind: LocationKind | None = None
    with_closed: bool = False


@command("inventory.create_warehouse", permission="inventory.adjust", rest="POST /warehouses")
def create_warehouse(
    session: Session, ctx: RequestContext, cmd: CreateWarehouse
) -> WarehouseOpened:
    """Open a warehouse with places for goods on sale, expired, in quarantine and in transit.

    The first warehouse of a tenant also makes the places outside: suppliers, customers, waste,
    counting differences, dispensing.

    Raises:
        InvalidInput: The branch is not of the acting company.
        Conflict: The code is taken.
    """
    branch_id = cmd.branch_id or ctx.branch_id
    _require_own_branch(session, ctx, branch_id)
    _ensure_outside_places(session, ctx)
    warehouse = Warehouse(
        tenant_id=ctx.tenant_id,
        branch_id=branch_id,
        code=cmd.code,
        name=cmd.name,
    )
    session.add(warehouse)
    session.flush()
    places = [
        Location(
            tenant_id=ctx.tenant_id, warehouse_id=warehouse.id, code=code, name=name, kind=kind
        )
        for code, name, kind in (
            (cmd.code, cmd.name, LocationKind.STORAGE),
            (f"{cmd.code}-EXP", f"{cmd.name}: expired and damaged", LocationKind.EXPIRED_STORE),
            (f"{cmd.code}-TRN", f"{cmd.name}: in transit", LocationKind.TRANSIT),
            (f"{cmd.code}-QRN", f"{cmd.name}: quarantine", LocationKind.QUARANTINE),
        )
    ]
    session.add_all(places)
    storage, expired, transit, _ = places
    return WarehouseOpened(
        id=warehouse.id, storage_id=storage.id, expired_store_id=expired.id, transit_id=transit.id
    )


def _require_own_branch(session: Session, ctx: RequestContext, branch_id: UUID) -> None:
    found = db.fetch_one(
        session,
        "select 1 from branch where tenant_id = %s and id = %s and company_id = %s",
        (ctx.tenant_id, branch_id, ctx.company_id),
    )
    if found is None:
        raise _unknown("branch_id", "This branch is not known here. Choose one of the list.")


def _require_own_warehouse(session: Session, ctx: RequestContext, warehouse_id: UUID) -> None:
    found = db.fetch_one(
        session,
        "select 1 from warehouse w join branch b on (b.tenant_id, b.id) = (w.tenant_id, w.branch_id)"
        " where w.tenant_id = %s and w.id = %s and b.company_id = %s",
        (ctx.tenant_id, warehouse_id, ctx.company_id),
    )
    if found is None:
        raise _unknown("warehouse_id", "This warehouse is not known here. Choose one of the list.")


def _ensure_outside_places(session: Session, ctx: RequestContext) -> None:
    for kind, name in OUTSIDE.items():
        db.execute(
            session,
            "insert into location (tenant_id, id, code, name, kind) values (%s, %s, %s, %s, %s)"
            " on conflict (tenant_id, code) do nothing",
            (ctx.tenant_id, new_id(), kind.name.replace("_", "-"), name, kind.value),
        )


@command("inventory.create_location", permission="inventory.adjust", rest="POST /locations")
def create_location(session: Session, ctx: RequestContext, cmd: CreateLocation) -> Identified:
    """Add a storage, an expired store, a quarantine or a transit place to a warehouse.

    Raises:
        InvalidInput: The warehouse is not of the acting company, places that are not ours belong to
            none, or it is part of a place of another warehouse or kind.
        Conflict: The code is taken.
    """
    _require_own_warehouse(session, ctx, cmd.warehouse_id)
    if cmd.kind in OUTSIDE:
        message = "A warehouse holds storage, expired store, quarantine and transit places only."
        raise InvalidInput(message, fields={"kind": message})
    require_alike(session, ctx, cmd.warehouse_id, cmd.parent_id, cmd.kind)
    place = Location(
        tenant_id=ctx.tenant_id,
        warehouse_id=cmd.warehouse_id,
        parent_id=cmd.parent_id,
        code=cmd.code,
        name=cmd.name,
        kind=cmd.kind,
    )
    session.add(place)
    return Identified(id=place.id)


def require_alike(
    session: Session, ctx: RequestContext, warehouse_id: UUID, parent_id: UUID | None, kind: str
) -> None:
    """Keep a place within one warehouse and of the kind of what it is part of, which is in use.

    Raises:
        InvalidInput: What it is to be part of is elsewhere, of another kind, or closed.
    """
    if parent_id is None:
        return
    above = db.fetch_one(
        session,
        "select kind, closed_at from location"
        " where tenant_id = %s and id = %s and warehouse_id = %s",
        (ctx.tenant_id, parent_id, warehouse_id),
    )
    if above is None:
        raise _unknown("parent_id", "This place is not in the warehouse. Choose one that is.")
    if above["closed_at"] is not None:
        raise _unknown("parent_id", "This place is closed. Open it again, or choose another.")
    if above["kind"] != kind:
        words = above["kind"].replace("_", " ")
        raise _unknown("kind", f"What it is part of is for {words}. Choose the same.")


@query("inventory.list_locations", permission="inventory.view", rest="GET /locations")
def list_locations(session: Session, ctx: RequestContext, wanted: ListLocations) -> LocationList:
    """List the places we own by code."""
    rows = db.fetch_all(
        session,
        """
        select l.id, l.code, l.name, l.kind, l.warehouse_id, w.name as warehouse,
               b.id as branch_id, b.name as branch, l.closed_at is not null as is_closed
          from location l
          join warehouse w on w.tenant_id = l.tenant_id and w.id = l.warehouse_id
          join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id
         where l.tenant_id = %(tenant)s
           and (%(branch)s::uuid is null or b.id = %(branch)s)
           and (%(kind)s::text is null or l.kind = %(kind)s)
           and (%(closed)s or l.closed_at is null)
         order by l.code
        """,
        {
            "tenant": ctx.tenant_id,
            "branch": wanted.branch_id,
            "kind": wanted.kind,
            "closed": wanted.with_closed,
        },
    )
    return LocationList(rows=[LocationRow(**row) for row in rows])


def _taken() -> Conflict:
    return Conflict("This code is taken. Choose another.", fields={"code": "taken"})


def _unknown(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: message})


refuse_on("uq_warehouse_tenant_id_code", _taken)
refuse_on("uq_location_tenant_id_code", _taken)
refuse_on("location_tree", lambda: _unknown("parent_id", "A place cannot be part of itself."))
