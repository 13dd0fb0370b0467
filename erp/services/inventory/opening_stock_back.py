"""Imports of opening stock: what came in, and taking it back while no goods of it moved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine
from erp.services.inventory.errors import OpeningMoved, UnknownOpeningStock
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.opening_stock import ORIGIN, hold_opening_stock
from erp.services.platform import Command, Page, Result, Rows, ShortText, command, query

MOST_NAMED = 5
TAKEN_BACK = "taken_back"


class TakeBackOpeningStock(Command):
    """Take every lot back that one import put on the shelf."""

    import_id: UUID
    reason: ShortText


class OpeningStockTakenBack(Result):
    """What left the shelf again."""

    lots: int
    value: Decimal


class ListOpeningStock(Page):
    """Imports of opening stock, the latest first; they are few."""


class OpeningStockRow(Result):
    """What one import put on the shelf.

    Attributes:
        is_standing: It was not taken back.
    """

    id: UUID
    opening_on: date
    imported_at: datetime
    lots: int
    units: int
    value: Decimal
    is_standing: bool


class OpeningStockList(Rows):
    """Imports of opening stock."""

    rows: list[OpeningStockRow]


@query("inventory.list_opening_stock", permission="accounting.view", rest="GET /opening-stock")
def list_opening_stock(
    session: Session, ctx: RequestContext, _wanted: ListOpeningStock
) -> OpeningStockList:
    """List imports of opening stock, the latest first."""
    rows = db.fetch_all(
        session,
        "select m.origin_id as id, min((m.effective_at at time zone %s)::date) as opening_on,"
        " min(m.recorded_at) as imported_at, count(*) as lots, sum(m.quantity)::bigint as units,"
        " sum(m.value) as value, not exists (select 1 from stock_move back"
        "   where back.tenant_id = m.tenant_id and back.origin_type = 'opening_stock_back'"
        "     and back.origin_id = m.origin_id) as is_standing"
        "  from stock_move m"
        "  join location place on (place.tenant_id, place.id) = (m.tenant_id, m.to_location_id)"
        "  join warehouse w on (w.tenant_id, w.id) = (place.tenant_id, place.warehouse_id)"
        "  join branch b on (b.tenant_id, b.id) = (w.tenant_id, w.branch_id)"
        " where m.tenant_id = %s and b.company_id = %s and m.origin_type = %s"
        " group by m.tenant_id, m.origin_id order by min(m.recorded_at) desc limit 100",
        (ctx.time_zone, ctx.tenant_id, ctx.company_id, ORIGIN),
    )
    return OpeningStockList(rows=[OpeningStockRow(**row) for row in rows])


@command(
    "inventory.take_back_opening_stock",
    permission="accounting.post",
    rest="POST /opening-stock/{import_id}/reversal",
)
def take_back_opening_stock(
    session: Session, ctx: RequestContext, cmd: TakeBackOpeningStock
) -> OpeningStockTakenBack:
    """Move every lot of an import out again at what it came in at, and post the opposite on its own day.

    The file can be imported again, mended. Locks the company's imports, then the balances of the lots.

    Raises:
        UnknownOpeningStock: There is no such import, or it was taken back.
        OpeningMoved: Goods of it moved, are reserved, or cost something else since.
        PeriodClosed: The books are closed for its day.
    """
    hold_opening_stock(session, ctx)
    moves = _moves(session, ctx, cmd.import_id)
    _hold_balances(session, ctx, moves)
    _refuse_moved(session, ctx, cmd.import_id, moves)
    origin = Origin("opening_stock_back", cmd.import_id, TAKEN_BACK)
    movements = [
        Movement(
            row["variant_id"], row["lot_id"], row["to_location_id"], row["from_location_id"],
            row["quantity"], row["value"], row["origin_line_no"], cmd.reason,
        )
        for row in moves
    ]  # fmt: skip
    write_moves(session, ctx, origin, movements, moves[0]["effective_at"])
    _post(session, ctx, origin, cmd)
    return OpeningStockTakenBack(
        lots=len(moves), value=sum((row["value"] for row in moves), Decimal(0))
    )


def _moves(session: Session, ctx: RequestContext, import_id: UUID) -> list[db.Row]:
    rows = db.fetch_all(
        session,
        "select m.*, exists (select 1 from stock_move back where back.tenant_id = m.tenant_id"
        "   and back.origin_type = 'opening_stock_back' and back.origin_id = m.origin_id) as is_back"
        "  from stock_move m"
        "  join location place on (place.tenant_id, place.id) = (m.tenant_id, m.to_location_id)"
        "  join warehouse w on (w.tenant_id, w.id) = (place.tenant_id, place.warehouse_id)"
        "  join branch b on (b.tenant_id, b.id) = (w.tenant_id, w.branch_id)"
        " where m.tenant_id = %s and b.company_id = %s and m.origin_type = %s and m.origin_id = %s"
        " order by m.origin_line_no",
        (ctx.tenant_id, ctx.company_id, ORIGIN, import_id),
    )
    if not rows or rows[0]["is_back"]:
        said = "This import was taken back already." if rows else "There is no such import."
        raise UnknownOpeningStock(said, fields={"import_id": said})
    return rows


def _hold_balances(session: Session, ctx: RequestContext, moves: Sequence[db.Row]) -> None:
    db.execute(
        session,
        "select 1 from stock_balance where tenant_id = %s and lot_id = any(%s)"
        " order by variant_id, lot_id, location_id for update",
        (ctx.tenant_id, [row["lot_id"] for row in moves]),
    )


def _refuse_moved(
    session: Session, ctx: RequestContext, import_id: UUID, moves: Sequence[db.Row]
) -> None:
    """Refuse lots that anything happened to since, and name the first."""
    rows = db.fetch_all(
        session,
        "select v.label, l.lot_number from lot l"
        "  join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)"
        " where l.tenant_id = %(tenant)s and l.id = any(%(lots)s) and ("
        "   exists (select 1 from stock_move m where m.tenant_id = l.tenant_id and m.lot_id = l.id"
        "            and m.origin_id <> %(import)s and not (m.origin_type in (%(own)s, 'opening_stock_back')))"
        "   or exists (select 1 from stock_revaluation r where r.tenant_id = l.tenant_id and r.lot_id = l.id)"
        "   or exists (select 1 from stock_balance b where b.tenant_id = l.tenant_id and b.lot_id = l.id"
        "               and b.reserved > 0))"
        " order by v.label, l.lot_number limit %(most)s",
        {
            "tenant": ctx.tenant_id,
            "lots": [row["lot_id"] for row in moves],
            "import": import_id,
            "own": ORIGIN,
            "most": MOST_NAMED + 1,
        },
    )
    if not rows:
        return
    named = ", ".join(f"{row['label']} lot {row['lot_number']}" for row in rows[:MOST_NAMED])
    more = " and others" if len(rows) > MOST_NAMED else ""
    message = f"Goods of it moved, are reserved or cost something else since: {named}{more}. Adjust those lots instead."
    raise OpeningMoved(message, fields={"import_id": message})


def _post(session: Session, ctx: RequestContext, origin: Origin, cmd: TakeBackOpeningStock) -> None:
    """Post the opposite of the import's entry; goods that cost nothing have none."""
    entry = db.fetch_one(
        session,
        "select id, effective_on, branch_id from journal_entry"
        " where tenant_id = %s and company_id = %s and origin_type = %s and origin_id = %s",
        (ctx.tenant_id, ctx.company_id, ORIGIN, cmd.import_id),
    )
    if entry is None:
        return
    lines = [
        NewLine(line.account_key, line.credit, line.debit, line.party_id)
        for line in accounting.lines_of(session, ctx, entry["id"])
    ]
    words = f"Opening stock taken back: {cmd.reason}"
    new = NewEntry(
        "inventory",
        entry["effective_on"],
        origin.type,
        origin.id,
        origin.step,
        words,
        lines,
        entry["id"],
    )
    accounting.post_entry(session, replace(ctx, branch_id=entry["branch_id"]), new)
