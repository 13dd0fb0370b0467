"""X and Z reports, and the shifts of a register."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.platform import (
    Day,
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)
from erp.services.pos.shift_figures import MethodTotal, ShiftFigures, figures_of, takings_of
from erp.services.pos.shifts import expected_cash


class ListRegisters(Query):
    """Which tills to list.

    Attributes:
        is_everywhere: Those out of use too, and of every branch of the company for who manages tills; of
            the acting branch in use otherwise.
    """

    is_everywhere: bool = False


class RegisterRow(Result):
    """A till with its open shift, if any, and the float the last one left."""

    id: UUID
    code: str
    name: str
    is_active: bool
    location_id: UUID
    place: str
    branch: str
    shift_id: UUID | None
    opened_by: str
    opened_at: datetime | None
    float_left: Decimal | None


class RegisterList(Rows):
    """Tills by code."""

    rows: list[RegisterRow]


class GetShift(Query):
    """One shift with its takings."""

    shift_id: UUID


class ShiftReport(Result):
    """A shift's takings: an X report while it is open, the Z report once it is closed.

    While a shift is open its expected cash is shown only to those who may approve, so that
    the count stays blind.

    Attributes:
        z_number: Of the Z report, 1 to the last without a gap for each register.
    """

    id: UUID
    z_number: int | None
    branch_id: UUID
    register_name: str
    status: str
    opened_by: str
    opened_at: datetime
    closed_by: str
    closed_at: datetime | None
    opening_float: Decimal
    sale_count: int
    return_count: int
    sales_total: Decimal
    returns_total: Decimal
    cash_moved: Decimal
    by_method: list[MethodTotal]
    figures: ShiftFigures
    expected_cash: Decimal | None
    counted_cash: Decimal | None
    float_left: Decimal | None
    difference: Decimal | None
    difference_reason: str


class ListShifts(SortedPage):
    """Shifts, newest first.

    Attributes:
        standing: `stale` has been open for more than a day; `uneven` was closed over or short.
        closed_from, closed_to: Business days of the closing, both included.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "register_name": "text",
                "z_number": "number?",
                "opened_at": "instant",
                "closed_at": "instant?",
                "sale_count": "number",
                "sales_total": "number",
                "difference": "number?",
                "status": "text",
            },
        ),
    ] = ""
    register_id: UUID | None = None
    standing: Literal["", "open", "stale", "closed", "uneven"] = ""
    closed_from: Day | None = None
    closed_to: Day | None = None


class ShiftRow(Result):
    """A shift on the list."""

    id: UUID
    z_number: int | None
    register_name: str
    status: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    sale_count: int
    sales_total: Decimal
    difference: Decimal | None


class ShiftPage(Rows):
    """A page of shifts."""

    rows: list[ShiftRow]


@query("pos.list_registers", permission="pos.view", rest="GET /registers")
def list_registers(session: Session, ctx: RequestContext, wanted: ListRegisters) -> RegisterList:
    """List tills with their open shifts."""
    rows = db.fetch_all(
        session,
        """
        select r.id, r.code, r.name, r.is_active, r.location_id, p.name as place, b.name as branch, s.id as shift_id,
               coalesce(m.display_name, '') as opened_by,
               s.opened_at, last.float_left
          from register r
          join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)
          join location p on (p.tenant_id, p.id) = (r.tenant_id, r.location_id)
          left join register_shift s on (s.tenant_id, s.register_id) = (r.tenant_id, r.id) and s.status = 'open'
          left join membership m on (m.tenant_id, m.user_id) = (s.tenant_id, s.opened_by)
          left join lateral (
                select float_left from register_shift c where c.tenant_id = r.tenant_id and c.register_id = r.id
                   and c.status = 'closed' order by c.closed_at desc limit 1) last on true
         where r.tenant_id = %s and (r.branch_id = %s or %s and b.company_id = %s)
           and (r.is_active or %s)
         order by r.code
        """,
        (
            ctx.tenant_id,
            ctx.branch_id,
            wanted.is_everywhere and ctx.may("pos.manage"),
            ctx.company_id,
            wanted.is_everywhere,
        ),
    )
    return RegisterList(rows=[RegisterRow(**row) for row in rows])


@query("pos.get_shift", permission="pos.view", rest="GET /shifts/{shift_id}")
def get_shift(session: Session, ctx: RequestContext, wanted: GetShift) -> ShiftReport:
    """Return a shift's takings: X report while open, Z report once closed.

    Raises:
        NotFound: There is no such shift.
    """
    head = db.fetch_one(
        session,
        """
        select s.id, s.z_number, r.branch_id, r.name as register_name, s.status,
               coalesce(o.display_name, 'system') as opened_by, s.opened_at,
               coalesce(c.display_name, '') as closed_by, s.closed_at, s.opening_float, s.expected_cash,
               s.counted_cash, s.float_left, s.counted_cash - s.expected_cash as difference, s.difference_reason,
               coalesce((select sum(amount) from cash_movement m
                          where m.tenant_id = s.tenant_id and m.shift_id = s.id), 0) as cash_moved,
               count(sale.id) filter (where sale.kind = 'sale') as sale_count,
               count(sale.id) filter (where sale.kind = 'return') as return_count,
               coalesce(sum(sale.total) filter (where sale.kind = 'sale'), 0) as sales_total,
               coalesce(sum(sale.total) filter (where sale.kind = 'return'), 0) as returns_total
          from register_shift s
          join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
          left join membership o on (o.tenant_id, o.user_id) = (s.tenant_id, s.opened_by)
          left join membership c on (c.tenant_id, c.user_id) = (s.tenant_id, s.closed_by)
          left join sale on (sale.tenant_id, sale.shift_id) = (s.tenant_id, s.id)
         where s.tenant_id = %s and s.id = %s
         group by s.tenant_id, s.id, r.branch_id, r.name, o.display_name, c.display_name
        """,
        (ctx.tenant_id, wanted.shift_id),
    )
    if head is None:
        raise NotFound("There is no such shift.")
    if head["status"] == "open" and ctx.may("pos.approve"):
        head["expected_cash"] = expected_cash(session, ctx, wanted.shift_id)
    return ShiftReport(
        **head,
        by_method=takings_of(session, ctx, wanted.shift_id),
        figures=figures_of(session, ctx, wanted.shift_id),
    )


_LIST: LiteralString = """
    select s.id, s.z_number, r.name as register_name, s.status,
           coalesce(o.display_name, 'system') as opened_by, s.opened_at, s.closed_at,
           s.counted_cash - s.expected_cash as difference, sold.sale_count, sold.sales_total
      from register_shift s
      join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
      left join membership o on (o.tenant_id, o.user_id) = (s.tenant_id, s.opened_by)
     cross join lateral (
           select count(*) as sale_count,
                  coalesce(sum(case sale.kind when 'sale' then sale.total else -sale.total end), 0)
                  as sales_total
             from sale where (sale.tenant_id, sale.shift_id) = (s.tenant_id, s.id)) sold
     where s.tenant_id = %(tenant)s
"""
_COUNT: LiteralString = (
    "select count(*) as rows from register_shift s where s.tenant_id = %(tenant)s"
)
_STANDING: dict[str, LiteralString] = {
    "": "",
    "open": "and s.status = 'open'",
    "stale": "and s.status = 'open' and s.opened_at < %(day_ago)s",
    "closed": "and s.status = 'closed'",
    "uneven": "and s.status = 'closed' and s.counted_cash <> s.expected_cash",
}
_CONDITIONS: dict[str, LiteralString] = {
    "register_id": "and s.register_id = %(register)s",
    "closed_from": "and s.closed_at >= %(closed_from)s::date::timestamp at time zone %(zone)s",
    "closed_to": "and s.closed_at < (%(closed_to)s::date + 1)::timestamp at time zone %(zone)s",
}


def _narrowed(wanted: ListShifts) -> LiteralString:
    return " ".join([_STANDING[wanted.standing], conditions_of(wanted, _CONDITIONS)])


def _given(ctx: RequestContext, wanted: ListShifts) -> db.Row:
    return {
        "tenant": ctx.tenant_id,
        "zone": ctx.time_zone,
        "register": wanted.register_id,
        "day_ago": ctx.now - timedelta(days=1),
        "closed_from": wanted.closed_from,
        "closed_to": wanted.closed_to,
    }


def count_shifts(session: Session, ctx: RequestContext, wanted: ListShifts) -> int:
    """Return how many rows all pages of `list_shifts` have."""
    row = db.fetch_one(session, f"{_COUNT} {_narrowed(wanted)}", _given(ctx, wanted))
    return int(row["rows"]) if row else 0


@query("pos.list_shifts", permission="pos.view", rest="GET /shifts")
def list_shifts(session: Session, ctx: RequestContext, wanted: ListShifts) -> ShiftPage:
    """List shifts, newest first."""
    text = f"{_LIST} {_narrowed(wanted)}"
    rows, cursor = fetch_page(session, wanted, text, _given(ctx, wanted))
    return ShiftPage(rows=[ShiftRow(**row) for row in rows], next_cursor=cursor)
