"""What a device sells from while the server is away: goods of its till, lot by lot, priced and sealed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, LiteralString
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.services import catalog, party, sales
from erp.services.catalog import SaleLine
from erp.services.platform import Query, Result, decode_cursor, encode_cursor, query
from erp.services.pos.offline_leasing import DeviceKey, hold_lease, require_device
from erp.services.pos.offline_pricing import steps_of
from erp.services.pos.offline_sealing import seal_of_prices
from erp.services.pos.prescribing import PRESCRIBED
from erp.services.sales import LotPrices, PriceBook, RuleKind

PAGE = 2000
SLACK = timedelta(minutes=15)
"""A change may commit this long after the instant it is recorded at, that of its transaction's begin."""


class GetOfflineGoods(Query):
    """Goods of a lease's register, a page at a time.

    Attributes:
        since: `as_of` of what the device has; only what changed since is returned.
        cursor: `next_cursor` of the page before; empty for the first.
    """

    lease_id: UUID
    device_key: DeviceKey
    since: AwareDatetime | None = None
    cursor: Annotated[str, Field(max_length=400)] = ""
    limit: Annotated[int, Field(ge=1, le=PAGE)] = PAGE


class OfflineLot(Result):
    """Units of a lot on the till's shelf.

    Attributes:
        prices: Rupees of a base unit by what is in the cart, as `steps_of` writes them.
        seal: Proves that the server gave these prices and the goods' ceiling to the lease.
    """

    id: UUID
    number: str
    expires_on: date | None
    mrp: Decimal
    units: int
    prices: str
    seal: str


class OfflineUnit(Result):
    """A unit goods are traded in: `numerator` / `denominator` base units."""

    code: str
    numerator: int
    denominator: int


class OfflineGoods(Result):
    """A variant with the lots it is sold from, in the order in which they go.

    Attributes:
        units: What it is traded in, the base unit first.
        words: What it is found by. codes: on its packs.
        cap: Most base units of its product in one sale.
        is_prescribed: Sold on a prescription only, so not without the server.
        is_capped_by_customer: It counts what the customer had before, so not without the server.
        ceiling: Percent that may be taken off without the server; empty where the cashier's own
            limit alone binds.
        free_from: Units from which free goods belong with it; they need the server.
    """

    id: UUID
    product_id: UUID
    brand_id: UUID
    label: str
    sku: str
    words: str
    codes: list[str]
    unit: str
    units: list[OfflineUnit]
    hsn: str
    rate: Decimal
    treatment: str
    cap: int | None
    is_prescribed: bool
    is_capped_by_customer: bool
    ceiling: str
    free_from: int | None
    lots: list[OfflineLot]


class OfflineGoodsPage(Result):
    """A page of goods.

    Attributes:
        as_of: Instant to ask for changes since.
        is_whole: Everything follows, page by page; what the device has is out of date.
        gone: Variants that are not sold here any more.
        next_cursor: Of the page that follows; empty at the end.
    """

    as_of: AwareDatetime
    is_whole: bool
    rows: list[OfflineGoods]
    gone: list[UUID]
    next_cursor: str


TERMS: frozenset[str] = frozenset(
    {
        "inventory.hold_lot", "inventory.recall_lot", "inventory.release_lot",
        "inventory.set_warehouse_rules", "party.update_party", "sales.amend_order",
        "sales.create_price_list", "sales.end_rule", "sales.finish_order", "sales.import_prices",
        "sales.make_standard_lists", "sales.set_discount_ceiling", "sales.set_price",
        "sales.set_scheme", "sales.update_price_list",
    }
)  # fmt: skip
"""Commands beside all of the catalogue after which a till may sell other goods, or at other prices, though
none of them moved."""
_TERMS: LiteralString = """
    select 1 from command_log
     where tenant_id = %s and recorded_at >= %s and (command like 'catalog.%%' or command = any(%s)) limit 1
"""
_STOCKED: LiteralString = f"""
    select distinct b.variant_id from stock_balance b
     where b.tenant_id = %(tenant)s and b.location_id = any({catalog.PLACE_AND_PARTS})
       and (%(after)s::uuid is null or b.variant_id > %(after)s)
       and (b.on_hand > b.reserved or %(since)s::timestamptz is not null)
       and (%(since)s::timestamptz is null or b.reserved > 0 or exists (
            select 1 from stock_move m where m.tenant_id = b.tenant_id and m.variant_id = b.variant_id
               and m.recorded_at >= %(since)s))
     order by b.variant_id limit %(limit)s
"""  # noqa: S608  made of literals
_SOLD: LiteralString = """
    select v.id, v.search_text as words,
           array(select code from barcode c where c.tenant_id = v.tenant_id and c.variant_id = v.id
                  order by code) as codes
      from variant v
      join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
      join tax_class t on t.tenant_id = p.tenant_id and t.id = coalesce(v.tax_class_id, p.tax_class_id)
     where v.tenant_id = %(tenant)s and v.id = any(%(variants)s) and v.is_active and not p.is_service
       and (t.treatment <> 'taxable' or exists (
            select 1 from tax_rate r where r.tenant_id = t.tenant_id and r.tax_class_id = t.id
               and r.valid_from <= %(today)s))
     order by v.id
"""
_LOTS: LiteralString = f"""
    select b.variant_id, l.id, l.lot_number as number, l.expires_on, l.mrp, l.ptr, l.pts,
           sum(b.value) / sum(b.on_hand) as unit_cost, sum(b.on_hand - b.reserved)::bigint as units
      from stock_balance b
      join lot l on l.tenant_id = b.tenant_id and l.id = b.lot_id
      join location p on p.tenant_id = b.tenant_id and p.id = b.location_id
      join warehouse w on w.tenant_id = p.tenant_id and w.id = p.warehouse_id
     where b.tenant_id = %(tenant)s and b.location_id = any({catalog.PLACE_AND_PARTS})
       and b.variant_id = any(%(variants)s) and b.on_hand > b.reserved and l.status = 'available'
       and (l.expires_on is null or l.expires_on >= %(today)s)
     group by b.variant_id, l.tenant_id, l.id, w.removal
     order by {catalog.FIRST_TO_GO}
"""  # noqa: S608  made of literals


@query("pos.get_offline_goods", permission="pos.sell", rest="POST /till-leases/{lease_id}/goods")
def get_offline_goods(
    session: Session, ctx: RequestContext, wanted: GetOfflineGoods
) -> OfflineGoodsPage:
    """Return what a lease's device may sell, with prices, tax and lots as the till would have them.

    Raises:
        NotFound: There is no such lease at the acting branch.
        PermissionDenied: The device is another.
    """
    lease = hold_lease(session, ctx, wanted.lease_id)
    require_device(lease, wanted.device_key)
    since = _since(session, ctx, wanted)
    where: dict[str, Any] = {"tenant": ctx.tenant_id, "today": ctx.today}
    where["location"] = _location(session, ctx, lease.register_id)
    after = decode_cursor(wanted.cursor, 1)
    asked = where | {
        "after": after[0] if after else None,
        "since": since,
        "limit": wanted.limit,
    }
    variants = [row["variant_id"] for row in db.fetch_all(session, _STOCKED, asked)]
    rows = _rows(session, ctx, lease.id, where | {"variants": variants})
    return OfflineGoodsPage(
        as_of=ctx.now,
        is_whole=since is None,
        rows=rows,
        gone=sorted(set(variants) - {row.id for row in rows}) if since else [],
        next_cursor=encode_cursor(variants[-1]) if len(variants) == wanted.limit else "",
    )


def _since(session: Session, ctx: RequestContext, wanted: GetOfflineGoods) -> datetime | None:
    """Return from when on to look for changes; nothing once terms of sale changed or a day began."""
    if wanted.since is None or business_date(wanted.since, ctx.time_zone) != ctx.today:
        return None
    since = wanted.since - SLACK
    return None if db.fetch_one(session, _TERMS, (ctx.tenant_id, since, list(TERMS))) else since


def _location(session: Session, ctx: RequestContext, register_id: UUID) -> UUID:
    row = db.fetch_one(
        session,
        "select location_id from register where tenant_id = %s and id = %s",
        (ctx.tenant_id, register_id),
    )
    assert row is not None  # noqa: S101  the lease refers to it
    location: UUID = row["location_id"]
    return location


def _rows(
    session: Session, ctx: RequestContext, lease_id: UUID, where: dict[str, Any]
) -> list[OfflineGoods]:
    sold = {row.pop("id"): row for row in db.fetch_all(session, _SOLD, where)}
    if not sold:
        return []
    goods = catalog.get_lines_for_sale(session, ctx, list(sold), ctx.today)
    book = sales.load_prices(
        session, ctx, party.get_party_for_sale(session, ctx, None), goods.values()
    )
    ceilings = sales.discount_ceilings(session, ctx, sold)
    for id_, found in sold.items():
        found["ceiling"] = f"{ceilings[id_]:.2f}" if id_ in ceilings else ""
    lots: dict[UUID, list[OfflineLot]] = {id_: [] for id_ in sold}
    for row in db.fetch_all(session, _LOTS, where | {"variants": list(sold)}):
        line = goods[row.pop("variant_id")]
        ceiling = sold[line.variant_id]["ceiling"]
        lots[line.variant_id].append(_lot(book, (lease_id, ceiling), line, row))
    gifts = sorted({rule.min_quantity for rule in book.rules if rule.kind is RuleKind.SCHEME})
    return [
        _goods(line, sold[line.variant_id], lots[line.variant_id], _free_from(book, gifts, line))
        for line in goods.values()
        if lots[line.variant_id]
    ]


def _goods(
    line: SaleLine, found: dict[str, Any], lots: list[OfflineLot], free_from: int | None
) -> OfflineGoods:
    return OfflineGoods(
        id=line.variant_id,
        product_id=line.product_id,
        brand_id=line.brand_id,
        label=line.label,
        sku=line.sku,
        unit=line.unit,
        units=[
            OfflineUnit(code=code, numerator=factor.numerator, denominator=factor.denominator)
            for code, factor in line.units.items()
            if code
        ],
        hsn=line.hsn,
        rate=line.rate,
        treatment=line.treatment,
        cap=line.sale_cap,
        is_prescribed=line.licence_class in PRESCRIBED,
        is_capped_by_customer=line.is_capped_by_customer,
        free_from=free_from,
        lots=lots,
        **found,
    )


def _lot(
    book: PriceBook, lent: tuple[UUID, str], line: SaleLine, row: dict[str, Any]
) -> OfflineLot:
    lease_id, ceiling = lent
    id_, number, expires_on, units = (row.pop(n) for n in ("id", "number", "expires_on", "units"))
    lot = LotPrices(lot_id=id_, rate=line.rate, **row)
    prices = steps_of(book, line, lot)
    return OfflineLot(
        id=id_,
        number=number,
        expires_on=expires_on,
        mrp=lot.mrp,
        units=units,
        prices=prices,
        seal=seal_of_prices(lease_id, line.variant_id, id_, prices, ceiling),
    )


def _free_from(book: PriceBook, starts: Sequence[int], line: SaleLine) -> int | None:
    asked = (sales.count_cart([(line, units)]).values() for units in starts)
    return next(
        (n for n, cart in zip(starts, asked, strict=True) if sales.free_goods(book, cart)), None
    )
