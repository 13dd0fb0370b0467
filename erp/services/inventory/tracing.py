"""Reads about one lot, and the deliveries that brought lots in."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.shelf_life import Standing, standing_of
from erp.models.inventory import LocationKind, LotStatus
from erp.services.inventory.errors import UnknownLot
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)


class ListReceipts(SortedPage):
    """What came in, the last recorded first; `search` begins the document's number."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "reference": "text",
                "received_on": "day",
                "location": "text",
                "lots": "number",
                "units": "number",
                "value": "number",
            },
        ),
    ] = ""


class GetLot(Query):
    """Which lot."""

    lot_id: UUID


class LotPlace(Result):
    """Units of the lot in a place of ours; `value` is their cost."""

    location_id: UUID
    location: str
    location_kind: LocationKind
    on_hand: int
    reserved: int
    value: Decimal


class LotDetail(Result):
    """A lot with everything we know of it, and where it is."""

    lot_id: UUID
    variant_id: UUID
    product_id: UUID
    label: str
    sku: str
    unit: str
    lot_number: str
    maker: str
    manufactured_on: date | None
    expires_on: date | None
    shelf_life: Standing
    mrp: Decimal
    ptr: Decimal | None
    pts: Decimal | None
    unit_cost: Decimal
    supplier_id: UUID | None
    supplier: str
    status: LotStatus
    status_reason: str
    first_received_at: datetime
    places: list[LotPlace]


class LastLot(Query):
    """Which variant's newest lot."""

    variant_id: UUID


class LotTerms(Result):
    """Maker and prices of the newest lot of a variant, to start the next delivery from.

    Every price is none where the variant never came in.
    """

    maker: str
    mrp: Decimal | None
    ptr: Decimal | None
    pts: Decimal | None
    unit_cost: Decimal | None


class ReceiptRow(Result):
    """A delivery that was taken in; `units` are base units, `value` their cost."""

    id: UUID
    received_on: date
    supplier: str
    reference: str
    location: str
    lots: int
    units: int
    value: Decimal
    user: str


class ReceiptPage(Rows):
    """A page of deliveries, the newest first."""

    rows: list[ReceiptRow]


@query("inventory.get_lot", permission="inventory.view", rest="GET /lots/{lot_id}")
def get_lot(session: Session, ctx: RequestContext, wanted: GetLot) -> LotDetail:
    """Return a lot with its balance in every place.

    Raises:
        UnknownLot: The lot is not in the acting tenant.
    """
    row = db.fetch_one(
        session,
        """
        select l.id as lot_id, l.variant_id, v.product_id, v.label, v.sku, v.base_unit as unit,
               l.lot_number, l.maker, l.manufactured_on, l.expires_on, l.mrp, l.ptr, l.pts,
               l.unit_cost, l.supplier_id, coalesce(s.name, '') as supplier, l.status,
               l.status_reason,
               l.received_at as first_received_at
          from lot l
          join variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id
          left join party s on s.tenant_id = l.tenant_id and s.id = l.supplier_id
         where l.tenant_id = %s and l.id = %s
        """,
        (ctx.tenant_id, wanted.lot_id),
    )
    if row is None:
        message = "This lot is not known here."
        raise UnknownLot(message, fields={"lot_id": message})
    standing = standing_of(row["expires_on"], ctx.today)
    return LotDetail(**row, shelf_life=standing, places=_places(session, ctx, wanted.lot_id))


def _places(session: Session, ctx: RequestContext, lot_id: UUID) -> list[LotPlace]:
    rows = db.fetch_all(
        session,
        """
        select s.location_id, place.name as location, place.kind as location_kind,
               s.on_hand, s.reserved, s.value
          from stock_balance s
          join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
         where s.tenant_id = %s and s.lot_id = %s and s.on_hand > 0
         order by place.code
        """,
        (ctx.tenant_id, lot_id),
    )
    return [LotPlace(**row) for row in rows]


@query(
    "inventory.get_last_lot",
    permission="inventory.view",
    rest="GET /variants/{variant_id}/last-lot",
)
def get_last_lot(session: Session, ctx: RequestContext, wanted: LastLot) -> LotTerms:
    """Return maker and prices of the lot of a variant that came last."""
    row = db.fetch_one(
        session,
        "select maker, mrp, ptr, pts, unit_cost from lot where tenant_id = %s and variant_id = %s"
        " order by created_at desc, id desc limit 1",
        (ctx.tenant_id, wanted.variant_id),
    )
    nothing = {"maker": "", "mrp": None, "ptr": None, "pts": None, "unit_cost": None}
    return LotTerms(**(row or nothing))


@query("inventory.list_receipts", permission="inventory.view", rest="GET /goods-receipts")
def list_receipts(session: Session, ctx: RequestContext, wanted: ListReceipts) -> ReceiptPage:
    """List deliveries into the acting branch, the last recorded first.

    `search` finds the beginning of the supplier's document number.
    """
    rows, cursor = fetch_page(
        session,
        wanted,
        """
        select r.id, r.received_on, r.reference, place.name as location, l.lots, l.units, r.value,
               coalesce(p.name, '') as supplier, coalesce(u.display_name, '') as user
          from goods_receipt r
          join location place on place.tenant_id = r.tenant_id and place.id = r.location_id
          left join party p on p.tenant_id = r.tenant_id and p.id = r.supplier_id
          left join membership u on u.tenant_id = r.tenant_id and u.user_id = r.received_by
         cross join lateral (
               select count(distinct line.lot_id) as lots,
                      sum(line.paid + line.free)::bigint as units
                 from goods_receipt_line line
                where line.tenant_id = r.tenant_id and line.receipt_id = r.id) l
         where r.tenant_id = %(tenant)s and r.branch_id = %(branch)s
           and starts_with(upper(r.reference), upper(%(search)s))
        """,
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "search": wanted.search.strip(),
        },
    )
    page = [ReceiptRow(**row) for row in rows]
    return ReceiptPage(rows=page, next_cursor=cursor)


def check_lots_known(
    session: Session, ctx: RequestContext, wanted: Mapping[int, tuple[UUID, UUID]]
) -> None:
    """Refuse lots that are not of their variant; `wanted` is variant and lot by place of the line.

    Raises:
        UnknownLot: A lot is not in the acting tenant or of another variant; names `lines.N.lot_id`.
    """
    found = db.fetch_all(
        session,
        "select variant_id, id from lot where tenant_id = %s and id = any(%s)",
        (ctx.tenant_id, [lot_id for _, lot_id in wanted.values()]),
    )
    known = {(row["variant_id"], row["id"]) for row in found}
    missing = [at for at, pair in wanted.items() if pair not in known]
    if missing:
        message = "This lot is not known here. Choose one of the list."
        raise UnknownLot(message, fields={f"lines.{at}.lot_id": message for at in missing})
