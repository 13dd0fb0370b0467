"""Places and warehouses once they exist: named anew, moved in the tree, closed and opened again."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import counted
from erp.services.inventory.errors import PlaceClosed, PlaceInUse, UnknownPlace
from erp.services.inventory.events import PlaceChanged
from erp.services.inventory.places_in_use import needs_of_places
from erp.services.inventory.warehousing import PlaceCode, require_alike
from erp.services.platform import (
    Command,
    Identified,
    Result,
    ShortText,
    Text,
    command,
    emit,
    refuse_on,
)

MANAGE = "inventory.adjust"
_MOST_NAMED = 5


class ChangeWarehouse(Command):
    """Name a warehouse anew; its places keep their own names and codes."""

    warehouse_id: UUID
    code: PlaceCode
    name: ShortText


class ChangeLocation(Command):
    """Name a place anew, or make it part of another place of its warehouse.

    Attributes:
        parent_id: None puts it beside the others.
    """

    location_id: UUID
    code: PlaceCode
    name: ShortText
    parent_id: UUID | None = None


class CloseLocation(Command):
    """Use a place no more, and none of those that are part of it."""

    location_id: UUID
    reason: Text = ""


class CloseWarehouse(Command):
    """Use no place of a warehouse any more."""

    warehouse_id: UUID
    reason: Text = ""


class ReopenLocation(Command):
    """Use a place again."""

    location_id: UUID


class ReopenWarehouse(Command):
    """Use every place of a warehouse again."""

    warehouse_id: UUID


class PlacesChanged(Result):
    """How many places were closed or opened."""

    places: int


@command("inventory.change_warehouse", permission=MANAGE, rest="POST /warehouses/{warehouse_id}")
def change_warehouse(session: Session, ctx: RequestContext, cmd: ChangeWarehouse) -> Identified:
    """Give a warehouse another code and name.

    Raises:
        UnknownPlace: It is not of the acting company.
        Conflict: The code is taken.

    Emits:
        inventory.place_changed.v1, in the same transaction.
    """
    _lock_warehouse(session, ctx, cmd.warehouse_id)
    db.execute(
        session,
        "update warehouse set code = %s, name = %s where tenant_id = %s and id = %s",
        (cmd.code, cmd.name, ctx.tenant_id, cmd.warehouse_id),
    )
    emit(session, ctx, cmd.warehouse_id, PlaceChanged(warehouse_id=cmd.warehouse_id))
    return Identified(id=cmd.warehouse_id)


@command("inventory.change_location", permission=MANAGE, rest="POST /locations/{location_id}")
def change_location(session: Session, ctx: RequestContext, cmd: ChangeLocation) -> Identified:
    """Give a place another code, name or part of the tree. Locks its warehouse.

    Raises:
        UnknownPlace: It is not in a warehouse of the acting company.
        InvalidInput: It would be part of itself, of another warehouse, or of goods of another kind.
        Conflict: The code is taken.

    Emits:
        inventory.place_changed.v1, in the same transaction.
    """
    place = _own_place(session, ctx, cmd.location_id)
    _lock_warehouse(session, ctx, place["warehouse_id"])
    require_alike(session, ctx, place["warehouse_id"], cmd.parent_id, place["kind"])
    if cmd.parent_id in _with_parts(session, ctx, cmd.location_id):
        message = "A place cannot be part of itself. Choose another."
        raise InvalidInput(message, fields={"parent_id": message})
    db.execute(
        session,
        "update location set code = %s, name = %s, parent_id = %s where tenant_id = %s and id = %s",
        (cmd.code, cmd.name, cmd.parent_id, ctx.tenant_id, cmd.location_id),
    )
    emit(session, ctx, place["warehouse_id"], PlaceChanged(warehouse_id=place["warehouse_id"]))
    return Identified(id=cmd.location_id)


@command("inventory.close_location", permission=MANAGE, rest="POST /locations/{location_id}/close")
def close_location(session: Session, ctx: RequestContext, cmd: CloseLocation) -> PlacesChanged:
    """Close a place with its parts; nothing is moved into it until it is opened again.

    Its history stays. Waits for movers that are on their way in, then looks: locks the places.

    Raises:
        UnknownPlace: It is not in a warehouse of the acting company.
        PlaceInUse: Goods are there, or something needs it; everything is named. Or it is the
            warehouse's last place for goods of its kind: close the warehouse then.

    Emits:
        inventory.place_changed.v1, in the same transaction.
    """
    place = _own_place(session, ctx, cmd.location_id)
    _lock_warehouse(session, ctx, place["warehouse_id"])
    parts = _with_parts(session, ctx, cmd.location_id)
    _refuse_last(session, ctx, place, parts)
    return _close(session, ctx, place["warehouse_id"], parts, cmd.reason)


@command(
    "inventory.close_warehouse", permission=MANAGE, rest="POST /warehouses/{warehouse_id}/close"
)
def close_warehouse(session: Session, ctx: RequestContext, cmd: CloseWarehouse) -> PlacesChanged:
    """Close every place of a warehouse; nothing is moved into it until it is opened again.

    Raises:
        UnknownPlace: It is not of the acting company.
        PlaceInUse: Goods are there, or something needs a place of it; everything is named.

    Emits:
        inventory.place_changed.v1, in the same transaction.
    """
    _lock_warehouse(session, ctx, cmd.warehouse_id)
    places = _places_of(session, ctx, cmd.warehouse_id)
    return _close(session, ctx, cmd.warehouse_id, places, cmd.reason)


@command(
    "inventory.reopen_location", permission=MANAGE, rest="POST /locations/{location_id}/reopen"
)
def reopen_location(session: Session, ctx: RequestContext, cmd: ReopenLocation) -> PlacesChanged:
    """Use a place again, and those it is part of; its parts stay closed until asked for.

    Raises:
        UnknownPlace: It is not in a warehouse of the acting company.

    Emits:
        inventory.place_changed.v1, in the same transaction.
    """
    place = _own_place(session, ctx, cmd.location_id)
    _lock_warehouse(session, ctx, place["warehouse_id"])
    above = _column(session, _ABOVE, (ctx.tenant_id, cmd.location_id, ctx.tenant_id))
    return _open(session, ctx, place["warehouse_id"], above)


@command(
    "inventory.reopen_warehouse", permission=MANAGE, rest="POST /warehouses/{warehouse_id}/reopen"
)
def reopen_warehouse(session: Session, ctx: RequestContext, cmd: ReopenWarehouse) -> PlacesChanged:
    """Use every place of a warehouse again.

    Raises:
        UnknownPlace: It is not of the acting company.

    Emits:
        inventory.place_changed.v1, in the same transaction.
    """
    _lock_warehouse(session, ctx, cmd.warehouse_id)
    return _open(session, ctx, cmd.warehouse_id, _places_of(session, ctx, cmd.warehouse_id))


def _close(
    session: Session, ctx: RequestContext, warehouse_id: UUID, places: Sequence[UUID], reason: str
) -> PlacesChanged:
    db.fetch_all(
        session,
        "select id from location where tenant_id = %s and id = any(%s) order by id for update",
        (ctx.tenant_id, list(places)),
    )
    needs = [*_goods(session, ctx, places), *needs_of_places(session, ctx, places)]
    if needs:
        named = "; ".join(needs[:_MOST_NAMED])
        more = f"; and {len(needs) - _MOST_NAMED} more" if len(needs) > _MOST_NAMED else ""
        raise PlaceInUse(f"It is needed: {named}{more}.", details={"needs": needs})
    closed = db.fetch_all(
        session,
        "update location set closed_at = %s, closed_reason = %s"
        " where tenant_id = %s and id = any(%s) and closed_at is null returning id",
        (ctx.now, reason, ctx.tenant_id, list(places)),
    )
    emit(session, ctx, warehouse_id, PlaceChanged(warehouse_id=warehouse_id))
    return PlacesChanged(places=len(closed))


def _open(
    session: Session, ctx: RequestContext, warehouse_id: UUID, places: Sequence[UUID]
) -> PlacesChanged:
    opened = db.fetch_all(
        session,
        "update location set closed_at = null, closed_reason = ''"
        " where tenant_id = %s and id = any(%s) and closed_at is not null returning id",
        (ctx.tenant_id, list(places)),
    )
    emit(session, ctx, warehouse_id, PlaceChanged(warehouse_id=warehouse_id))
    return PlacesChanged(places=len(opened))


def _own_place(session: Session, ctx: RequestContext, location_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select l.id, l.name, l.kind, l.warehouse_id from location l"
        "  join warehouse w on w.tenant_id = l.tenant_id and w.id = l.warehouse_id"
        "  join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id"
        " where l.tenant_id = %s and l.id = %s and b.company_id = %s",
        (ctx.tenant_id, location_id, ctx.company_id),
    )
    if row is None:
        message = "This place is not known here. Choose one of the list."
        raise UnknownPlace(message, fields={"location_id": message})
    return row


def _lock_warehouse(session: Session, ctx: RequestContext, warehouse_id: UUID) -> None:
    """Let one person at a time change the tree of a warehouse."""
    row = db.fetch_one(
        session,
        "select w.id from warehouse w"
        "  join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id"
        " where w.tenant_id = %s and w.id = %s and b.company_id = %s for no key update of w",
        (ctx.tenant_id, warehouse_id, ctx.company_id),
    )
    if row is None:
        message = "This warehouse is not known here. Choose one of the list."
        raise UnknownPlace(message, fields={"warehouse_id": message})


def _places_of(session: Session, ctx: RequestContext, warehouse_id: UUID) -> list[UUID]:
    text: LiteralString = "select id from location where tenant_id = %s and warehouse_id = %s"
    return _column(session, text, (ctx.tenant_id, warehouse_id))


_PARTS: LiteralString = """
    with recursive part as (
        select id from location where tenant_id = %s and id = %s
        union select l.id from location l join part on part.id = l.parent_id where l.tenant_id = %s
    ) select id from part
"""
_ABOVE: LiteralString = """
    with recursive above as (
        select id, parent_id from location where tenant_id = %s and id = %s
        union select l.id, l.parent_id from location l
                join above on above.parent_id = l.id where l.tenant_id = %s
    ) select id from above
"""


def _with_parts(session: Session, ctx: RequestContext, location_id: UUID) -> list[UUID]:
    return _column(session, _PARTS, (ctx.tenant_id, location_id, ctx.tenant_id))


def _column(session: Session, text: LiteralString, given: tuple[object, ...]) -> list[UUID]:
    return [row["id"] for row in db.fetch_all(session, text, given)]


def _refuse_last(
    session: Session, ctx: RequestContext, place: db.Row, parts: Sequence[UUID]
) -> None:
    other = db.fetch_one(
        session,
        "select id from location where tenant_id = %s and warehouse_id = %s and kind = %s"
        "   and closed_at is null and not id = any(%s) limit 1",
        (ctx.tenant_id, place["warehouse_id"], place["kind"], list(parts)),
    )
    if other is None:
        kind = place["kind"].replace("_", " ")
        raise PlaceInUse(
            f"{place['name']} is the warehouse's last place of its kind ({kind})."
            " Add another one first, or close the whole warehouse."
        )


_GOODS: LiteralString = """
    select l.name, sum(s.on_hand)::bigint as units, count(*) as lots
      from stock_balance s
      join location l on l.tenant_id = s.tenant_id and l.id = s.location_id
     where s.tenant_id = %(tenant)s and s.location_id = any(%(places)s)
       and (s.on_hand <> 0 or s.reserved <> 0)
     group by l.name order by l.name
"""
_NUMBERED: LiteralString = """
    select 'count ' || number || ' is open' as words from stock_count
     where tenant_id = %(tenant)s and location_id = any(%(places)s)
       and status in ('open', 'submitted')
     union all
    select 'transfer ' || number || ' is not settled' from stock_transfer
     where tenant_id = %(tenant)s and status in ('requested', 'on_its_way')
       and (from_location_id = any(%(places)s) or to_location_id = any(%(places)s)
            or transit_location_id = any(%(places)s))
     union all
    select 'goods in quarantine are to come back to ' || l.name from stock_quarantine q
      join location l on l.tenant_id = q.tenant_id and l.id = q.from_location_id
     where q.tenant_id = %(tenant)s and q.from_location_id = any(%(places)s)
       and q.released + q.returned + q.written_off < q.quantity
     group by l.name
     order by 1
"""


def _goods(session: Session, ctx: RequestContext, places: Sequence[UUID]) -> list[str]:
    given = {"tenant": ctx.tenant_id, "places": list(places)}
    held = [
        f"{counted(row['units'], 'unit')} of {counted(row['lots'], 'lot')} are in {row['name']}"
        for row in db.fetch_all(session, _GOODS, given)
    ]
    return [*held, *(row["words"] for row in db.fetch_all(session, _NUMBERED, given))]


refuse_on(
    "location_closed",
    lambda: PlaceClosed("The place is closed. Choose another, or open it again under Warehouses."),
)
refuse_on("location_empty", lambda: PlaceInUse("Goods are in this place. Move them first."))
