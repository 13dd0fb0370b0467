"""Places: where goods are, and which ledger account their value is in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.inventory import LocationKind
from erp.models.inventory.place import OWNED_KINDS
from erp.services.inventory.errors import (
    ByTransfer,
    InQuarantine,
    PlaceClosed,
    UnknownPlace,
    WrongPlace,
)

ACCOUNT_OF_KIND = {
    LocationKind.STORAGE.value: "inventory",
    LocationKind.TRANSIT.value: "goods_in_transit",
    LocationKind.EXPIRED_STORE.value: "inventory_expired",
    LocationKind.QUARANTINE.value: "inventory",
}
"""Ledger account of the goods in a place we own. Source: default chart of the domain rules."""


@dataclass(frozen=True, slots=True)
class Place:
    """A location with the business it belongs to; places that are not ours belong to none."""

    id: UUID
    code: str
    name: str
    kind: str
    warehouse_id: UUID | None
    branch_id: UUID | None
    company_id: UUID | None
    gstin: str | None
    closed_at: datetime | None

    @property
    def is_owned(self) -> bool:
        """Tell whether goods in it are ours."""
        return self.kind in OWNED_KINDS

    @property
    def account_key(self) -> str:
        """The ledger account that holds the value of goods in it."""
        return ACCOUNT_OF_KIND[self.kind]


def get_owned_place(
    session: Session, ctx: RequestContext, location_id: UUID | None, at: str = "location_id"
) -> Place:
    """Return a place of the acting company's own; the branch's first storage where none is named.

    `at` is the input field a refusal names.

    Raises:
        UnknownPlace: No such location, or the branch has no storage.
        WrongPlace: It is not ours, or another company's.
        PlaceClosed: It is used no more.
        ByTransfer: Goods there are on their way.
        InQuarantine: Goods there wait for a decision.
    """
    place = (
        get_places(session, ctx, [location_id]).get(location_id)
        if location_id
        else _first_storage(session, ctx)
    )
    if place is None:
        message = "This location is not known here. Choose one of the list."
        raise UnknownPlace(message, fields={at: message})
    if not place.is_owned or place.company_id != ctx.company_id:
        message = f"{place.name} does not hold goods of this company. Choose another location."
        raise WrongPlace(message, fields={at: message})
    if place.closed_at is not None:
        message = f"{place.name} is closed. Choose another, or open it again under Warehouses."
        raise PlaceClosed(message, fields={at: message})
    if place.kind == LocationKind.TRANSIT:
        message = f"Goods in {place.name} are received or settled on their transfer."
        raise ByTransfer(message, fields={at: message})
    if place.kind == LocationKind.QUARANTINE:
        message = f"Goods in {place.name} wait for a decision in the quarantine queue."
        raise InQuarantine(message, fields={at: message})
    return place


_PLACE = """
    select l.id, l.code, l.name, l.kind, l.warehouse_id, b.id as branch_id, b.company_id, b.gstin,
           l.closed_at
      from location l
      left join warehouse w on w.tenant_id = l.tenant_id and w.id = l.warehouse_id
      left join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id
"""


def get_places(session: Session, ctx: RequestContext, ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Return locations by id; unknown ones are left out."""
    rows = db.fetch_all(
        session, _PLACE + " where l.tenant_id = %s and l.id = any(%s)", (ctx.tenant_id, list(ids))
    )
    return {row["id"]: Place(**row) for row in rows}


def _first_storage(session: Session, ctx: RequestContext) -> Place | None:
    row = db.fetch_one(
        session,
        _PLACE + " where l.tenant_id = %s and b.id = %s and l.kind = 'storage'"
        "   and l.closed_at is null order by l.code limit 1",
        (ctx.tenant_id, ctx.branch_id),
    )
    return Place(**row) if row else None


def beside(session: Session, ctx: RequestContext, place: Place, kind: LocationKind) -> UUID | None:
    """Return the first place in use of a kind in the warehouse of a place, e.g. its quarantine."""
    row = db.fetch_one(
        session,
        "select id from location where tenant_id = %s and warehouse_id = %s and kind = %s"
        "   and closed_at is null order by code limit 1",
        (ctx.tenant_id, place.warehouse_id, kind.value),
    )
    found: UUID | None = row["id"] if row else None
    return found


def outside(session: Session, ctx: RequestContext, kind: LocationKind) -> UUID:
    """Return the tenant's place of a kind that is not ours, e.g. suppliers.

    Raises:
        UnknownPlace: The tenant was never given one; creating a warehouse does.
    """
    row = db.fetch_one(
        session,
        "select id from location where tenant_id = %s and kind = %s order by code limit 1",
        (ctx.tenant_id, kind.value),
    )
    if row is None:
        raise UnknownPlace("Stock has no places yet. Create a warehouse first.")
    found: UUID = row["id"]
    return found
