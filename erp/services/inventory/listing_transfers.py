"""Reads of transfers: the list, and one with its lines."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import ANY_PERMISSION, RequestContext
from erp.core.shelf_life import Standing, standing_of
from erp.models.inventory import TransferOutcome, TransferStatus
from erp.services.inventory.errors import UnknownTransfer
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)

Direction = Literal["outgoing", "incoming", "within"]
"""`within`: both ends are of the acting branch."""
VIEW = "inventory.view"


class ListTransfers(SortedPage):
    """Which transfers to list; `search` is the beginning of a number.

    Attributes:
        direction: Seen from the acting branch.
        overdue: Only those that should be there by now.
        variant_id: Only those that hold a product.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "from_branch": "text",
                "to_branch": "text",
                "sent": "number",
                "value_under_way": "number",
            },
        ),
    ] = ""
    direction: Direction | None = None
    status: TransferStatus | None = None
    overdue: bool | None = None
    variant_id: UUID | None = None


class TransferHead(Result):
    """A transfer as a whole.

    Attributes:
        direction: Seen from the acting branch; none where it is at neither end.
        challan: Empty while nothing left.
        products: Products asked for, or sent once they left.
        sent, under_way: Base units that left, and those of which nobody said yet what became of them.
        value: Cost of what was sent. value_under_way: of those that are still on their way.
        days_late: Days since it should have been there; none where it is not overdue.
    """

    id: UUID
    number: str
    challan: str
    status: TransferStatus
    direction: Direction | None
    from_branch_id: UUID
    from_branch: str
    from_warehouse: str
    from_location_id: UUID
    from_location: str
    to_branch_id: UUID
    to_branch: str
    to_warehouse: str
    to_location_id: UUID
    to_location: str
    note: str
    transport: str
    expected_on: date | None
    days_late: int | None
    started_at: datetime
    started_by: str
    dispatched_at: datetime | None
    dispatched_by: str
    closed_at: datetime | None
    closed_by: str
    products: int
    sent: int
    under_way: int
    value: Decimal
    value_under_way: Decimal

    @property
    def ends(self) -> tuple[str, str]:
        """Names of where the goods leave and where they go: branches, or warehouses of one branch."""
        if self.from_branch_id == self.to_branch_id:
            return self.from_warehouse, self.to_warehouse
        return self.from_branch, self.to_branch

    @property
    def places(self) -> tuple[str, str]:
        """The places at both ends, with what they are of unless their name begins with it."""
        source, target = self.ends
        return _named(source, self.from_location), _named(target, self.to_location)


def _named(end: str, place: str) -> str:
    return place if place.startswith(end) else f"{end}, {place}"


class TransferPage(Rows):
    """A page of transfers, the newest first."""

    rows: list[TransferHead]


class GetTransfer(Query):
    """Which transfer."""

    transfer_id: UUID


class TransferAsk(Result):
    """Base units of a product that were asked for, and what the asked place has to sell now."""

    line_no: int
    variant_id: UUID
    label: str
    sku: str
    unit: str
    quantity: int
    available: int


class TransferLine(Result):
    """A lot that was sent, and what became of its base units.

    Attributes:
        under_way: Units of which nobody said yet what became of them.
    """

    line_no: int
    variant_id: UUID
    lot_id: UUID
    label: str
    sku: str
    unit: str
    lot_number: str
    expires_on: date | None
    shelf_life: Standing
    mrp: Decimal
    sent: int
    value: Decimal
    arrived: int
    damaged: int
    returned: int
    lost: int
    under_way: int


class TransferNote(Result):
    """What somebody wrote down of units of a line."""

    step: int
    line_no: int
    label: str
    lot_number: str
    outcome: TransferOutcome
    quantity: int
    value: Decimal
    reason: str
    recorded_at: datetime
    user: str


class TransferDetail(Result):
    """A transfer with everything that is known of it."""

    transfer: TransferHead
    asked: list[TransferAsk]
    lines: list[TransferLine]
    notes: list[TransferNote]


_DIRECTION: LiteralString = """
    case when (t.from_branch_id, t.to_branch_id) = (%(branch)s, %(branch)s) then 'within'
         when t.from_branch_id = %(branch)s then 'outgoing'
         when t.to_branch_id = %(branch)s then 'incoming' end
"""
_HEAD: LiteralString = f"""
    select t.id, t.number, coalesce(t.challan, '') as challan, t.status, {_DIRECTION} as direction,
           t.from_branch_id, fb.name as from_branch, fw.name as from_warehouse,
           t.from_location_id, fl.name as from_location,
           t.to_branch_id, tb.name as to_branch, tw.name as to_warehouse,
           t.to_location_id, tl.name as to_location,
           t.note, t.transport, t.expected_on,
           case when t.status = 'on_its_way' and t.expected_on < %(today)s
                then %(today)s - t.expected_on end as days_late,
           t.started_at, coalesce(s.display_name, '') as started_by,
           t.dispatched_at, coalesce(d.display_name, '') as dispatched_by,
           t.closed_at, coalesce(c.display_name, '') as closed_by,
           case when t.challan is null then asked.products else sent.products end as products,
           sent.sent, sent.under_way, sent.value, sent.value_under_way
      from stock_transfer t
      join location fl on fl.tenant_id = t.tenant_id and fl.id = t.from_location_id
      join location tl on tl.tenant_id = t.tenant_id and tl.id = t.to_location_id
      join warehouse fw on fw.tenant_id = fl.tenant_id and fw.id = fl.warehouse_id
      join warehouse tw on tw.tenant_id = tl.tenant_id and tw.id = tl.warehouse_id
      join branch fb on fb.tenant_id = t.tenant_id and fb.id = t.from_branch_id
      join branch tb on tb.tenant_id = t.tenant_id and tb.id = t.to_branch_id
      left join membership s on s.tenant_id = t.tenant_id and s.user_id = t.started_by
      left join membership d on d.tenant_id = t.tenant_id and d.user_id = t.dispatched_by
      left join membership c on c.tenant_id = t.tenant_id and c.user_id = t.closed_by
      cross join lateral (
            select count(distinct line.variant_id) as products,
                   coalesce(sum(line.sent), 0)::bigint as sent,
                   coalesce(sum(line.value), 0.00) as value,
                   coalesce(sum(line.under_way), 0)::bigint as under_way,
                   coalesce(sum(round(line.value * line.under_way / line.sent, 2)), 0.00)
                     as value_under_way
              from stock_transfer_line line
             where line.tenant_id = t.tenant_id and line.transfer_id = t.id) sent
      cross join lateral (
            select count(distinct ask.variant_id) as products from stock_transfer_asked ask
             where ask.tenant_id = t.tenant_id and ask.transfer_id = t.id) asked
"""  # noqa: S608  made of literals
_SEEN: LiteralString = """
     where t.tenant_id = %(tenant)s
       and (%(everywhere)s or %(branch)s in (t.from_branch_id, t.to_branch_id))
"""
_COUNT: LiteralString = "select count(*) as rows from stock_transfer t"
_CONDITIONS: dict[str, LiteralString] = {
    "status": "and t.status = %(status)s",
    "direction": f"and {_DIRECTION} = %(direction)s",
    "overdue": "and (t.status = 'on_its_way' and t.expected_on < %(today)s) = %(overdue)s",
    "variant_id": "and t.id in (select line.transfer_id from stock_transfer_line line"
    " where line.tenant_id = %(tenant)s and line.variant_id = %(variant)s)",
    "search": "and (starts_with(t.number, upper(%(search)s))"
    " or starts_with(t.challan, upper(%(search)s)))",
}


def count_transfers(session: Session, ctx: RequestContext, wanted: ListTransfers) -> int:
    """Return how many rows all pages of `list_transfers` have."""
    text = f"{_COUNT} {_SEEN} {conditions_of(wanted, _CONDITIONS)}"
    row = db.fetch_one(session, text, _given(ctx, wanted))
    return int(row["rows"]) if row else 0


def _given(ctx: RequestContext, wanted: ListTransfers) -> db.Row:
    return _seen_by(ctx) | {
        "status": wanted.status,
        "direction": wanted.direction,
        "overdue": wanted.overdue,
        "variant": wanted.variant_id,
        "search": wanted.search.strip(),
    }


def _seen_by(ctx: RequestContext) -> db.Row:
    return {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "today": ctx.today,
        "everywhere": ANY_PERMISSION in ctx.permissions,
    }


@query("inventory.list_transfers", permission=VIEW, rest="GET /transfers")
def list_transfers(session: Session, ctx: RequestContext, wanted: ListTransfers) -> TransferPage:
    """List transfers from and to the acting branch; of all branches to who may do everything."""
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_HEAD} {_SEEN} {conditions_of(wanted, _CONDITIONS)}",
        _given(ctx, wanted),
    )
    page = [TransferHead(**row) for row in rows]
    return TransferPage(rows=page, next_cursor=cursor)


@query("inventory.get_transfer", permission=VIEW, rest="GET /transfers/{transfer_id}")
def get_transfer(session: Session, ctx: RequestContext, wanted: GetTransfer) -> TransferDetail:
    """Return a transfer from or to the acting branch with its lines and what was recorded.

    Raises:
        UnknownTransfer: No such transfer to or from the acting branch.
    """
    about = _seen_by(ctx) | {"id": wanted.transfer_id}
    head = db.fetch_one(session, f"{_HEAD} {_SEEN} and t.id = %(id)s", about)
    if head is None:
        message = "This transfer is not known here."
        raise UnknownTransfer(message, fields={"transfer_id": message})
    return TransferDetail(
        transfer=TransferHead(**head),
        asked=[TransferAsk(**row) for row in db.fetch_all(session, _ASKED, about)],
        lines=[
            TransferLine(**row, shelf_life=standing_of(row["expires_on"], ctx.today))
            for row in db.fetch_all(session, _LINES, about)
        ],
        notes=[TransferNote(**row) for row in db.fetch_all(session, _NOTES, about)],
    )


FREE_UNITS: LiteralString = """
    select coalesce(sum(b.on_hand - b.reserved), 0)::bigint as units
      from stock_balance b join lot l on l.tenant_id = b.tenant_id and l.id = b.lot_id
     where b.tenant_id = %(tenant)s and l.status = 'available'
       and (l.expires_on is null or l.expires_on >= %(today)s)
"""
"""Units of balances `b` that may be sold and nobody reserved, as a statement to be narrowed."""
_ASKED: LiteralString = f"""
    select ask.line_no, ask.variant_id, v.label, v.sku, v.base_unit as unit, ask.quantity,
           free.units as available
      from stock_transfer_asked ask
      join stock_transfer t on t.tenant_id = ask.tenant_id and t.id = ask.transfer_id
      join variant v on v.tenant_id = ask.tenant_id and v.id = ask.variant_id
      cross join lateral ({FREE_UNITS} and b.location_id = t.from_location_id
                              and b.variant_id = ask.variant_id) free
     where ask.tenant_id = %(tenant)s and ask.transfer_id = %(id)s order by ask.line_no
"""  # noqa: S608  both parts are constants
_LINES: LiteralString = """
    select line.line_no, line.variant_id, line.lot_id, v.label, v.sku, v.base_unit as unit,
           l.lot_number, l.expires_on, l.mrp, line.sent, line.value, line.arrived, line.damaged,
           line.returned, line.lost, line.under_way
      from stock_transfer_line line
      join variant v on v.tenant_id = line.tenant_id and v.id = line.variant_id
      join lot l on l.tenant_id = line.tenant_id and l.id = line.lot_id
     where line.tenant_id = %(tenant)s and line.transfer_id = %(id)s order by line.line_no
"""
_NOTES: LiteralString = """
    select r.step, line.line_no, v.label, l.lot_number, r.outcome, r.quantity, r.value, r.reason,
           r.recorded_at, coalesce(u.display_name, '') as user
      from stock_transfer_record r
      join stock_transfer_line line on line.tenant_id = r.tenant_id and line.id = r.line_id
      join variant v on v.tenant_id = line.tenant_id and v.id = line.variant_id
      join lot l on l.tenant_id = line.tenant_id and l.id = line.lot_id
      left join membership u on u.tenant_id = r.tenant_id and u.user_id = r.user_id
     where r.tenant_id = %(tenant)s and r.transfer_id = %(id)s
     order by r.step desc, line.line_no, r.outcome
"""
