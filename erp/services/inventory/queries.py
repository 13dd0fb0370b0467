"""Reads of stock: lots on hand, and the moves that brought and took them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.shelf_life import Rung, Standing, days_of, standing_of
from erp.models.inventory import LocationKind, LotStatus
from erp.services import catalog
from erp.services.platform import (
    Order,
    Page,
    Result,
    Rows,
    SortedPage,
    decode_cursor,
    encode_cursor,
    fetch_page,
    query,
)

_FIRST = UUID(int=0)
_MOST_MATCHES = 1000
"""Variants one search may bring to a stock list; more words narrow it."""


class StockByLot(SortedPage):
    """Which lots to list, by product and expiry.

    Attributes:
        search: Words of the product, or the beginning of the number of one of its lots.
        location_id: One place; every place of the acting branch where none is named.
        with_parts: Places that are part of it, too.
        expires_before: Only lots whose last usable day is before this day.
        status: `held` for every lot that is not available: on hold, in quarantine or recalled.
        rung: Only lots that stand on this rung of the expiry ladder today.
    """

    sort: Annotated[
        str,
        Order(
            "label",
            {
                "label": "text",
                "status": "text",
                "location": "text",
                "mrp": "number",
                "on_hand": "number",
                "value": "number",
                "expires_on": "day?",
            },
            {"variant_id": "id", "expires_on": "day?", "lot_id": "id", "location_id": "id"},
        ),
    ] = ""
    product_id: UUID | None = None
    variant_id: UUID | None = None
    lot_id: UUID | None = None
    location_id: UUID | None = None
    with_parts: bool = False
    status: LotStatus | Literal["held"] | None = None
    expires_before: date | None = None
    rung: Rung | None = None


class LotStockRow(Result):
    """A lot in one place.

    Attributes:
        sellable: Base units free and allowed to be sold today.
        value: Cost of what is on hand, to the paisa.
        shelf_life: Rung of the expiry ladder it stands on.
    """

    lot_id: UUID
    location_id: UUID
    variant_id: UUID
    sku: str
    label: str
    lot_number: str
    maker: str
    expires_on: date | None
    mrp: Decimal
    status: LotStatus
    location: str
    location_kind: LocationKind
    on_hand: int
    reserved: int
    sellable: int
    value: Decimal
    shelf_life: Standing


class LotStockPage(Rows):
    """A page of stock by lot."""

    rows: list[LotStockRow]


class ListMoves(Page):
    """Which moves to list, the last recorded first."""

    product_id: UUID | None = None
    variant_id: UUID | None = None
    lot_id: UUID | None = None
    location_id: UUID | None = None
    origin_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class MoveRow(Result):
    """Goods that went from one place to another.

    Attributes:
        effective_at: When it happened. recorded_at: when we learnt it.
        origin_type, origin_id: The document that moved them.
        user: Who did it; empty for the product itself.
    """

    id: UUID
    variant_id: UUID
    label: str
    lot_id: UUID
    lot_number: str
    from_location: str
    to_location: str
    from_kind: LocationKind
    to_kind: LocationKind
    quantity: int
    value: Decimal
    effective_at: datetime
    recorded_at: datetime
    origin_type: str
    origin_id: UUID
    reason: str
    user: str


class MovePage(Rows):
    """A page of moves."""

    rows: list[MoveRow]


_STOCK: LiteralString = """
    select s.lot_id, s.location_id, s.variant_id, v.sku, v.label, l.lot_number, l.maker,
           l.expires_on, l.mrp, l.status, place.name as location, place.kind as location_kind,
           s.on_hand, s.reserved, s.value,
           case when place.kind = 'storage' and l.status = 'available'
                     and (l.expires_on is null or l.expires_on >= %(today)s)
                then s.on_hand - s.reserved else 0 end as sellable
"""
_ON_HAND: LiteralString = """
      from variant v
      join stock_balance s on s.tenant_id = v.tenant_id and s.variant_id = v.id
      join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
      join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
     where v.tenant_id = %(tenant)s and s.on_hand > 0
"""
_BELOW: LiteralString = f"and s.location_id = any({catalog.PLACE_AND_PARTS})"
_HERE: LiteralString = """
       and s.location_id = any(array(
            select p.id from location p
              join warehouse w on w.tenant_id = p.tenant_id and w.id = p.warehouse_id
             where p.tenant_id = %(tenant)s and w.branch_id = %(branch)s))
"""

FOUND_BY_WORDS: LiteralString = """
       and v.id = any(array(
            select found.id
              from sec.search_variants(%(words)s, null, '', %(first)s, %(matches)s, true) found
             where %(words)s <> ''
            union
            select k.variant_id from lot k
             where k.tenant_id = %(tenant)s and starts_with(k.lot_number, %(number)s)))
"""
"""Narrows a list of variants `v` to a search; `words_of` gives its parameters."""


def words_of(search: str) -> dict[str, Any]:
    """Return what `FOUND_BY_WORDS` is given for a search as typed."""
    return {
        "words": catalog.search_words(search),
        "first": _FIRST,
        "matches": _MOST_MATCHES,
        "number": search.strip().upper(),
    }


@query("inventory.stock_by_lot", permission="inventory.view", rest="GET /inventory")
def stock_by_lot(session: Session, ctx: RequestContext, wanted: StockByLot) -> LotStockPage:
    """List what is on hand by product, first expiry first, with what may be sold today."""
    rows, cursor = fetch_page(
        session,
        wanted,
        " ".join([_STOCK, _ON_HAND, _narrowed(wanted)]),
        _given(ctx, wanted) | {"today": ctx.today},
    )
    page = [
        LotStockRow(**row, shelf_life=standing_of(row["expires_on"], ctx.today)) for row in rows
    ]
    return LotStockPage(rows=page, next_cursor=cursor)


def count_stock(session: Session, ctx: RequestContext, wanted: StockByLot) -> int:
    """Return how many rows all pages of `stock_by_lot` have."""
    text = " ".join(["select count(*) as rows", _ON_HAND, _narrowed(wanted)])
    row = db.fetch_one(session, text, _given(ctx, wanted))
    return int(row["rows"]) if row else 0


def _given(ctx: RequestContext, wanted: StockByLot) -> db.Row:
    earliest, latest = days_of(wanted.rung, ctx.today) if wanted.rung else (None, None)
    return {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        **words_of(wanted.search),
        "product": wanted.product_id,
        "variant": wanted.variant_id,
        "lot": wanted.lot_id,
        "location": wanted.location_id,
        "status": wanted.status,
        "before": wanted.expires_before,
        "from": earliest,
        "to": latest,
    }


def _narrowed(wanted: StockByLot) -> LiteralString:
    """Return only the conditions that are asked for."""
    parts: list[LiteralString] = []
    there = _BELOW if wanted.with_parts else "and s.location_id = %(location)s"
    parts.append(_HERE if wanted.location_id is None else there)
    if wanted.search:
        parts.append(FOUND_BY_WORDS)
    conditions: dict[str, LiteralString] = {
        "product_id": "and v.product_id = %(product)s",
        "variant_id": "and v.id = %(variant)s",
        "lot_id": "and s.lot_id = %(lot)s",
        "status": "and l.status <> 'available'"
        if wanted.status == "held"
        else "and l.status = %(status)s",
        "expires_before": "and l.expires_on < %(before)s",
        "rung": "and l.expires_on between %(from)s and %(to)s",
    }
    parts += [text for field, text in conditions.items() if getattr(wanted, field) is not None]
    return " ".join(parts)


@query("inventory.list_moves", permission="inventory.view", rest="GET /stock-moves")
def list_moves(session: Session, ctx: RequestContext, wanted: ListMoves) -> MovePage:
    """List moves as they were recorded, the newest first.

    This is the trail of a lot, a product, a place or a document.
    """
    after = decode_cursor(wanted.cursor, 1) or [str(UUID(int=2**128 - 1))]
    rows = db.fetch_all(
        session,
        _moves_text(wanted),
        {
            "tenant": ctx.tenant_id,
            "id": after[0],
            "product": wanted.product_id,
            "variant": wanted.variant_id,
            "lot": wanted.lot_id,
            "location": wanted.location_id,
            "origin": wanted.origin_id,
            "limit": wanted.limit + 1,
        },
    )
    page = [MoveRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(page[-1].id) if more else ""
    return MovePage(rows=page, next_cursor=cursor)


_MOVES: LiteralString = """
    select m.id, m.variant_id, v.label, m.lot_id, l.lot_number, f.name as from_location,
           t.name as to_location, f.kind as from_kind, t.kind as to_kind, m.quantity, m.value,
           m.effective_at, m.recorded_at, m.origin_type, m.origin_id, m.reason,
           coalesce(u.display_name, '') as user
      from stock_move m
      join variant v on v.tenant_id = m.tenant_id and v.id = m.variant_id
      join lot l on l.tenant_id = m.tenant_id and l.id = m.lot_id
      join location f on f.tenant_id = m.tenant_id and f.id = m.from_location_id
      join location t on t.tenant_id = m.tenant_id and t.id = m.to_location_id
      left join membership u on u.tenant_id = m.tenant_id and u.user_id = m.user_id
     where m.tenant_id = %(tenant)s
       and m.id < %(id)s::uuid
"""


def _moves_text(wanted: ListMoves) -> LiteralString:
    conditions: dict[str, LiteralString] = {
        "product_id": (
            "and m.variant_id = any(array(select k.id from variant k"
            " where k.tenant_id = %(tenant)s and k.product_id = %(product)s))"
        ),
        "variant_id": "and m.variant_id = %(variant)s",
        "lot_id": "and m.lot_id = %(lot)s",
        "origin_id": "and m.origin_id = %(origin)s",
        "location_id": "and %(location)s in (m.from_location_id, m.to_location_id)",
    }
    chosen = [text for field, text in conditions.items() if getattr(wanted, field) is not None]
    return " ".join([_MOVES, *chosen, "order by m.id desc limit %(limit)s"])
