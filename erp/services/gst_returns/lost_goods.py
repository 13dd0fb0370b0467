"""Goods that were lost, destroyed or given away, and the input credit that was taken on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO, round_money
from erp.services.gst_returns.heads import NAMES
from erp.services.gst_returns.registrations import Registration, registration_of
from erp.services.platform import Page, Result, Rows, decode_cursor, encode_cursor, query

LostState = Literal["", "waiting", "reversed"]
_LOST = """
    select m.id, m.lot_id, m.quantity, m.value, m.origin_type, m.origin_id, m.reason,
           (m.effective_at at time zone %(zone)s)::date as day
      from stock_move m
      join location here on (here.tenant_id, here.id) = (m.tenant_id, m.from_location_id)
      join warehouse w on (w.tenant_id, w.id) = (here.tenant_id, here.warehouse_id)
      join location there on (there.tenant_id, there.id) = (m.tenant_id, m.to_location_id)
           and there.kind in ('waste', 'lost_found')
     where m.tenant_id = %(tenant)s and w.branch_id = any(%(branches)s)
"""
_CREDIT = """
    with billed as (
        select l.lot_id, sum(l.igst) as igst, sum(l.cgst) as cgst, sum(l.sgst) as sgst,
               sum(l.base_quantity) + min(r.free) as units
          from supplier_bill_line l
          join supplier_bill b on (b.tenant_id, b.id) = (l.tenant_id, l.bill_id)
               and b.status = 'posted' and b.is_credit_taken
          join goods_receipt_line r
               on (r.tenant_id, r.receipt_id, r.line_no) = (l.tenant_id, l.receipt_id, l.receipt_line_no)
         where l.tenant_id = %(tenant)s and l.lot_id = any(%(lots)s)
         group by l.lot_id, l.receipt_id, l.receipt_line_no)
    select lot_id, sum(igst) as igst, sum(cgst) as cgst, sum(sgst) as sgst, sum(units) as units
      from billed group by lot_id
"""
_REVERSED = """
    select m.lot_id, sum(g.igst) as igst, sum(g.cgst) as cgst, sum(g.sgst) as sgst
      from gst_credit_loss g join stock_move m on (m.tenant_id, m.id) = (g.tenant_id, g.move_id)
     where g.tenant_id = %(tenant)s and g.is_live and m.lot_id = any(%(lots)s) group by m.lot_id
"""


_MOVED = """
    select m.id, m.lot_id, m.quantity, there.kind = 'lost_found' as is_lost
      from stock_move m
      join location here on (here.tenant_id, here.id) = (m.tenant_id, m.from_location_id)
      join location there on (there.tenant_id, there.id) = (m.tenant_id, m.to_location_id)
      join warehouse w on w.tenant_id = m.tenant_id
           and w.id = case when there.kind = 'lost_found' then here.warehouse_id else there.warehouse_id end
     where m.tenant_id = %(tenant)s and m.lot_id = any(%(lots)s) and w.branch_id = any(%(branches)s)
       and (here.kind = 'lost_found') <> (there.kind = 'lost_found')
     order by m.effective_at, m.id
"""


@dataclass(frozen=True, slots=True)
class LostMove:
    """Units of a lot that are gone, with the credit taken on them, by head."""

    id: UUID
    credit: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class LostDocument:
    """A document by which goods were lost, with what of it waits."""

    origin_type: str
    origin_id: UUID
    day: date
    reason: str
    moves: tuple[LostMove, ...]

    @property
    def tax(self) -> Decimal:
        """The credit of all heads."""
        return sum((self.total(name) for name in NAMES), ZERO)

    def total(self, head: str) -> Decimal:
        """Return the credit of a head that all its moves bear."""
        return sum((move.credit[head] for move in self.moves), ZERO)


class ListLostGoods(Page):
    """Documents by which goods of a registration were lost, the newest first.

    Attributes:
        gstin: The company's first registration where none is named.
        state: `waiting` for those whose credit is not reversed yet.
    """

    gstin: str | None = None
    state: LostState = ""


class LostGoodsRow(Result):
    """A write-off, count, sample or other loss.

    Attributes:
        id: Of the document. value: What its goods cost.
        igst, cgst, sgst: Credit taken on the goods.
        standing: Of that credit: `waiting`, `reversed`, or `none` where there is none.
    """

    id: UUID
    origin_type: str
    day: date
    reason: str
    value: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    tax: Decimal
    standing: str


class LostGoodsPage(Rows):
    """A page of losses."""

    gstin: str
    rows: list[LostGoodsRow]


@query("gst_returns.list_lost_goods", permission="gst_returns.view", rest="GET /lost-goods")
def list_lost_goods(session: Session, ctx: RequestContext, wanted: ListLostGoods) -> LostGoodsPage:
    """List goods that were lost, destroyed or given away with the credit taken on them.

    Credit is what posted bills charged on the lot, by unit, free units counted. Goods that came without
    a bill, such as opening stock, bear none here; credit on those is typed. What a count found again after it was
    missing was not lost, and bears none.

    Source: CGST Act s.17(5)(h).
    """
    registration = registration_of(session, ctx, wanted.gstin)
    after = decode_cursor(wanted.cursor, 1)
    rows = db.fetch_all(
        session,
        f"""
        with lost as ({_LOST}), document as (
            select lost.origin_id, lost.origin_type, lost.day, min(lost.reason) as reason,
                   sum(lost.value) as value, count(*) = count(g.id) as is_reversed,
                   (array_agg(lost.id order by lost.id desc))[1] as last
              from lost left join gst_credit_loss g
                on g.tenant_id = %(tenant)s and g.move_id = lost.id and g.is_live
             group by 1, 2, 3)
        select * from document
         where (%(state)s = '' or is_reversed = (%(state)s = 'reversed'))
           and (%(after)s::uuid is null or last < %(after)s)
         order by last desc limit %(limit)s
        """,  # noqa: S608  the part is a constant
        _asked(ctx, registration)
        | {
            "state": wanted.state,
            "after": after[0] if after else None,
            "limit": wanted.limit + 1,
        },
    )
    shown = rows[: wanted.limit]
    credit = _credit_of(session, ctx, registration, shown)
    return LostGoodsPage(
        gstin=registration.gstin,
        rows=[_row(row, credit.get((row["origin_id"], row["day"]), {})) for row in shown],
        next_cursor=encode_cursor(f"{shown[-1]['last']}") if len(rows) > len(shown) else "",
    )


def _row(row: db.Row, credit: dict[str, Decimal]) -> LostGoodsRow:
    heads = {name: credit.get(name, ZERO) for name in NAMES}
    tax = sum(heads.values(), ZERO)
    standing = "reversed" if row["is_reversed"] else "waiting"
    return LostGoodsRow(
        id=row["origin_id"],
        origin_type=row["origin_type"],
        day=row["day"],
        reason=row["reason"],
        value=row["value"],
        tax=tax,
        standing=standing if tax else "none",
        **heads,
    )


def _asked(ctx: RequestContext, registration: Registration) -> dict[str, object]:
    return {
        "tenant": ctx.tenant_id,
        "branches": list(registration.branch_ids),
        "zone": ctx.time_zone,
    }


def _credit_of(
    session: Session, ctx: RequestContext, registration: Registration, rows: Sequence[db.Row]
) -> dict[tuple[UUID, date], dict[str, Decimal]]:
    """Return by document and day what was reversed, and what waits to be."""
    ids = [row["origin_id"] for row in rows]
    found: dict[tuple[UUID, date], dict[str, Decimal]] = {}
    done = db.fetch_all(
        session,
        f"""
        with lost as ({_LOST} and m.origin_id = any(%(origins)s))
        select lost.origin_id, lost.day, sum(g.igst) as igst, sum(g.cgst) as cgst, sum(g.sgst) as sgst
          from lost join gst_credit_loss g
            on g.tenant_id = %(tenant)s and g.move_id = lost.id and g.is_live
         group by 1, 2
        """,  # noqa: S608  the part is a constant
        _asked(ctx, registration) | {"origins": ids},
    )
    for row in done:
        found[row["origin_id"], row["day"]] = {name: row[name] for name in NAMES}
    for document in waiting_losses(session, ctx, registration, ids):
        heads = found.setdefault((document.origin_id, document.day), dict.fromkeys(NAMES, ZERO))
        for name in NAMES:
            heads[name] += document.total(name)
    return found


def waiting_losses(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    origin_ids: Sequence[UUID] | None = None,
    until: date | None = None,
) -> list[LostDocument]:
    """Return documents whose goods are gone and whose credit is not reversed, the earliest first.

    A document that lost goods on several days stands once for each.
    """
    rows = db.fetch_all(
        session,
        f"""
        with lost as ({_LOST})
        select * from lost where not exists (select 1 from gst_credit_loss g
               where g.tenant_id = %(tenant)s and g.move_id = lost.id and g.is_live)
           and (%(origins)s::uuid[] is null or origin_id = any(%(origins)s))
           and (%(until)s::date is null or day <= %(until)s)
         order by day, origin_id, id
        """,  # noqa: S608  the part is a constant
        _asked(ctx, registration)
        | {"origins": None if origin_ids is None else list(origin_ids), "until": until},
    )
    rows = _without_found(session, ctx, registration, rows)
    shares = _shares(session, ctx, rows)
    groups: dict[tuple[UUID, date], list[db.Row]] = {}
    for row in rows:
        groups.setdefault((row["origin_id"], row["day"]), []).append(row)
    return [
        LostDocument(
            of_one[0]["origin_type"],
            origin_id,
            day,
            of_one[0]["reason"],
            tuple(LostMove(row["id"], shares[row["id"]]) for row in of_one),
        )
        for (origin_id, day), of_one in groups.items()
    ]


def _without_found(
    session: Session, ctx: RequestContext, registration: Registration, rows: Sequence[db.Row]
) -> list[db.Row]:
    """Return losses with the units that were not found again: what is found is what went missing last."""
    lots = sorted({row["lot_id"] for row in rows})
    moved = db.fetch_all(session, _MOVED, _asked(ctx, registration) | {"lots": lots})
    missing: dict[UUID, list[list[Any]]] = {}
    for move in moved:
        stack = missing.setdefault(move["lot_id"], [])
        if move["is_lost"]:
            stack.append([move["id"], move["quantity"]])
        else:
            _find(stack, move["quantity"])
    left = {move_id: units for stack in missing.values() for move_id, units in stack}
    gone = {move["id"] for move in moved if move["is_lost"]}
    return [
        {**row, "quantity": left.get(row["id"], 0)} if row["id"] in gone else row for row in rows
    ]


def _find(stack: list[list[Any]], units: int) -> None:
    """Take units that were found off the losses before, the latest first."""
    while units and stack:
        part = min(units, stack[-1][1])
        stack[-1][1] -= part
        units -= part
        if not stack[-1][1]:
            stack.pop()


def _shares(
    session: Session, ctx: RequestContext, rows: Sequence[db.Row]
) -> dict[UUID, dict[str, Decimal]]:
    """Return the credit on each move's units; of no lot more than was taken on it."""
    asked = {"tenant": ctx.tenant_id, "lots": sorted({row["lot_id"] for row in rows})}
    taken = {row["lot_id"]: row for row in db.fetch_all(session, _CREDIT, asked)}
    left = {lot: {name: row[name] for name in NAMES} for lot, row in taken.items()}
    for row in db.fetch_all(session, _REVERSED, asked):
        for name in NAMES:
            if row["lot_id"] in left:
                left[row["lot_id"]][name] -= row[name]
    found = {}
    for row in rows:
        lot, shares = taken.get(row["lot_id"]), dict.fromkeys(NAMES, ZERO)
        for name in NAMES:
            if lot is None:
                break
            part = round_money(lot[name] * row["quantity"] / lot["units"])
            shares[name] = max(min(part, left[row["lot_id"]][name]), ZERO)
            left[row["lot_id"]][name] -= shares[name]
        found[row["id"]] = shares
    return found
