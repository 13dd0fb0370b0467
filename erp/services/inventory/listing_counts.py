"""Reads of stock counts: the list, and one with its lots, blind where it is to be."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import PermissionDenied
from erp.core.shelf_life import Standing, standing_of
from erp.models.inventory import CountLineStatus, CountStatus
from erp.services.inventory.counting import APPROVE
from erp.services.inventory.errors import UnknownCount
from erp.services.platform import (
    Order,
    Page,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    decode_cursor,
    encode_cursor,
    fetch_page,
    query,
)

VIEW_COUNTS = "inventory.view_counts"
VIEW_STOCK = "inventory.view"
Show = Literal["uncounted", "counted", "recount", "different", "gains", "losses"]
_NEEDS_BOOK = frozenset({"different", "gains", "losses"})


class ListCounts(SortedPage):
    """Which counts of the acting branch to list; `search` is the beginning of a number."""

    sort: Annotated[
        str,
        Order(
            "-id", {"number": "text", "location": "text", "status": "text", "started_at": "instant"}
        ),
    ] = ""
    status: CountStatus | None = None
    location_id: UUID | None = None


class CountHead(Result):
    """A count as a whole.

    Attributes:
        lots: Lots on it. done: those counted.
        products, brand, expires_before, abc, is_due: What it was narrowed to.
        gained, lost: Cost of the differences: as posted, or as they would be valued now; none
            for those who may not see them.
        sees_book: The reader is shown books, differences and values.
    """

    id: UUID
    number: str
    status: CountStatus
    location_id: UUID
    location: str
    is_blind: bool
    products: int | None
    brand: str
    expires_before: date | None
    abc: str
    is_due: bool
    note: str
    started_at: datetime
    started_by: str
    submitted_at: datetime | None
    submitted_by: str
    closed_at: datetime | None
    closed_by: str
    lots: int
    done: int
    sees_book: bool
    gained: Decimal | None
    lost: Decimal | None


class CountPage(Rows):
    """A page of counts, the newest first."""

    rows: list[CountHead]


class GetCount(Page):
    """Which count, and which of its lots.

    Attributes:
        search: Words of the product, its SKU, or a part of the lot's number.
        show: Only lots at a step, or with a difference.
    """

    count_id: UUID
    show: Show | None = None


class CountLine(Result):
    """A lot on a count.

    Attributes:
        counted: Base units found. book: on hand at that instant. difference: what lies between.
        value: Cost of the difference; as posted, or as it would be valued now.
        has_moved: Stock moved between the scans that were added up; count it again.
        counted_before: Units of the recording before this one; none where there is none.
    """

    id: UUID
    lot_id: UUID
    variant_id: UUID
    label: str
    sku: str
    unit: str
    lot_number: str
    maker: str
    expires_on: date | None
    shelf_life: Standing
    status: CountLineStatus
    counted: int | None
    counted_at: datetime | None
    counted_by: str
    recounts: int
    is_same_counter: bool
    is_added: bool
    book: int | None = None
    difference: int | None = None
    value: Decimal | None = None
    has_moved: bool = False
    counted_before: int | None = None


class CountDetail(Rows):
    """A count with a page of its lots.

    Attributes:
        recount: Lots that wait to be counted again. left: left alone. different: lots whose
            count differs, for those who may see it.
    """

    rows: list[CountLine]
    count: CountHead
    recount: int
    left: int
    different: int | None


def sees_book(ctx: RequestContext, *, is_blind: bool, status: str) -> bool:
    """Tell whether the actor is shown what the books said.

    Approvers always; others who may see stock, but of a blind count only once it is approved.
    """
    is_hidden = is_blind and status != CountStatus.APPROVED
    return ctx.may(APPROVE) or (ctx.may(VIEW_STOCK) and not is_hidden)


_HEAD: LiteralString = """
    select c.id, c.number, c.status, c.location_id, place.name as location, c.is_blind,
           c.products, coalesce(b.name, '') as brand, c.expires_before, coalesce(c.abc, '') as abc,
           c.is_due, c.note, c.started_at,
           coalesce(s.display_name, '') as started_by, c.submitted_at,
           coalesce(h.display_name, '') as submitted_by, c.closed_at,
           coalesce(e.display_name, '') as closed_by, c.gained, c.lost, tally.*
      from stock_count c
      join location place on place.tenant_id = c.tenant_id and place.id = c.location_id
      join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
      left join brand b on b.tenant_id = c.tenant_id and b.id = c.brand_id
      left join membership s on s.tenant_id = c.tenant_id and s.user_id = c.started_by
      left join membership h on h.tenant_id = c.tenant_id and h.user_id = c.submitted_by
      left join membership e on e.tenant_id = c.tenant_id and e.user_id = c.closed_by
      cross join lateral (
            select count(*) as lots,
                   count(*) filter (where line.status = 'counted') as done
              from stock_count_line line
             where line.tenant_id = c.tenant_id and line.count_id = c.id) tally
     where c.tenant_id = %(tenant)s
"""


@query("inventory.list_counts", permission=VIEW_COUNTS, rest="GET /stock-counts")
def list_counts(session: Session, ctx: RequestContext, wanted: ListCounts) -> CountPage:
    """List counts of the acting branch, the last started first."""
    conditions: dict[str, LiteralString] = {
        "status": "and c.status = %(status)s",
        "location_id": "and c.location_id = %(location)s",
        "search": "and starts_with(c.number, upper(%(search)s))",
    }
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_HEAD} and w.branch_id = %(branch)s {conditions_of(wanted, conditions)}",
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "status": wanted.status,
            "location": wanted.location_id,
            "search": wanted.search.strip(),
        },
    )
    page = [_head(ctx, row) for row in rows]
    return CountPage(rows=page, next_cursor=cursor)


@query("inventory.get_count", permission=VIEW_COUNTS, rest="GET /stock-counts/{count_id}")
def get_count(session: Session, ctx: RequestContext, wanted: GetCount) -> CountDetail:
    """Return a count and a page of its lots by product, first expiry first.

    Raises:
        UnknownCount: The count is not in the acting tenant.
        PermissionDenied: Differences are asked for that the actor may not see.
    """
    found = db.fetch_one(
        session,
        f"{_HEAD} and c.id = %(count)s",
        {"tenant": ctx.tenant_id, "count": wanted.count_id},
    )
    if found is None:
        message = "This count is not known here."
        raise UnknownCount(message, fields={"count_id": message})
    head = _head(ctx, found)
    if wanted.show in _NEEDS_BOOK and not head.sees_book:
        raise PermissionDenied("This is a blind count: differences are shown once it is approved.")
    sums = _sums(session, ctx, wanted.count_id)
    if head.sees_book and head.gained is None:
        head = head.model_copy(update={"gained": sums["gained"], "lost": sums["lost"]})
    rows = _lines(session, ctx, wanted)
    page = [_line(ctx, row, sees=head.sees_book) for row in rows[: wanted.limit]]
    return CountDetail(
        rows=page,
        next_cursor=_after(page[-1]) if len(rows) > wanted.limit else "",
        count=head,
        recount=sums["recount"],
        left=sums["left"],
        different=sums["different"] if head.sees_book else None,
    )


_VALUED: LiteralString = """
    from stock_count_line line
    join lot l on l.tenant_id = line.tenant_id and l.id = line.lot_id
    join variant v on v.tenant_id = line.tenant_id and v.id = line.variant_id
    left join stock_balance s on s.tenant_id = line.tenant_id and s.lot_id = line.lot_id
         and s.location_id = line.location_id and s.variant_id = line.variant_id
    cross join lateral (select line.counted - line.book as difference) d
    cross join lateral (
          select case when d.difference is null then null
                      when line.value is not null then line.value
                      when d.difference = 0 then 0
                      when s.on_hand > 0
                      then round(s.value * greatest(d.difference, -s.on_hand) / s.on_hand, 2)
                      when d.difference > 0 then round(l.unit_cost * d.difference, 2)
                      else 0 end as value) worth
"""
"""Lines with their difference, at the cost posted or else at what it would be now."""

_SUMS: LiteralString = """
    select count(*) filter (where line.status = 'recount') as recount,
           count(*) filter (where line.status = 'left') as left,
           count(*) filter (where d.difference <> 0) as different,
           coalesce(sum(worth.value) filter (where worth.value > 0), 0) as gained,
           coalesce(-sum(worth.value) filter (where worth.value < 0), 0) as lost
"""
_LINES: LiteralString = """
    select line.id, line.lot_id, line.variant_id, v.label, v.sku, v.base_unit as unit,
           l.lot_number, l.maker, l.expires_on, line.status, line.counted, line.counted_at,
           coalesce(u.display_name, '') as counted_by, line.recounts, line.is_same_counter,
           line.is_added, line.book, d.difference, worth.value, line.has_moved,
           (select r.counted from stock_count_recording r
             where r.tenant_id = line.tenant_id and r.line_id = line.id
               and r.recounts < line.recounts
             order by r.id desc limit 1) as counted_before
"""
_SHOWN: dict[str, LiteralString] = {
    "uncounted": "and line.status in ('waiting', 'recount')",
    "counted": "and line.status = 'counted'",
    "recount": "and line.recounts > 0",
    "different": "and d.difference <> 0",
    "gains": "and d.difference > 0",
    "losses": "and d.difference < 0",
}


def _sums(session: Session, ctx: RequestContext, count_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        f"{_SUMS} {_VALUED} where line.tenant_id = %s and line.count_id = %s",
        (ctx.tenant_id, count_id),
    )
    return row or {}


def _lines(session: Session, ctx: RequestContext, wanted: GetCount) -> list[db.Row]:
    after = decode_cursor(wanted.cursor, 3) or ["", "-infinity", str(UUID(int=0))]
    shown: LiteralString = _SHOWN[wanted.show] if wanted.show else ""
    return db.fetch_all(
        session,
        f"""
        {_LINES} {_VALUED}
          left join membership u on u.tenant_id = line.tenant_id and u.user_id = line.counted_by
         where line.tenant_id = %(tenant)s and line.count_id = %(count)s {shown}
           and concat_ws(' ', v.search_text, v.label, v.sku, l.lot_number) ilike all(%(words)s)
           and (v.label, coalesce(l.expires_on, 'infinity'), line.id)
             > (%(label)s, %(expiry)s::date, %(line)s::uuid)
         order by v.label, coalesce(l.expires_on, 'infinity'), line.id limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "count": wanted.count_id,
            "words": [f"%{_literal(word)}%" for word in wanted.search.split()] or ["%"],
            "label": after[0],
            "expiry": after[1],
            "line": after[2],
            "limit": wanted.limit + 1,
        },
    )


def _literal(word: str) -> str:
    """Return a word without the wildcards of `like`."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _after(last: CountLine) -> str:
    return encode_cursor(last.label, last.expires_on or "infinity", last.id)


def _head(ctx: RequestContext, row: db.Row) -> CountHead:
    sees = sees_book(ctx, is_blind=row["is_blind"], status=row["status"])
    hidden = {} if sees else {"gained": None, "lost": None}
    return CountHead(**row | hidden, sees_book=sees)


_OF_THE_BOOK = ("book", "difference", "value", "has_moved", "counted_before")


def _line(ctx: RequestContext, row: db.Row, *, sees: bool) -> CountLine:
    shown: dict[str, Any] = {
        name: value for name, value in row.items() if sees or name not in _OF_THE_BOOK
    }
    return CountLine(**shown, shelf_life=standing_of(row["expires_on"], ctx.today))
