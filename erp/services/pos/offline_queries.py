"""What devices sold alone: the bills, those that wait, and the leases with their void numbers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.money import ZERO, round_money
from erp.models.pos import LeaseStatus, OfflineStatus
from erp.services import catalog
from erp.services.platform import (
    LAST_ID,
    Order,
    Page,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    decode_cursor,
    encode_cursor,
    fetch_page,
    query,
    written,
)
from erp.services.pos.offline_posting import OfflineBill, read_back
from erp.services.pos.offline_pricing import OfflineLine
from erp.services.pos.pricing import HUNDRED
from erp.services.pos.tendering import METHOD_NAMES


class ListOfflineSales(SortedPage):
    """Bills that devices made without the server, the latest to arrive first."""

    sort: Annotated[
        str,
        Order(
            "-received_at",
            {
                "number": "text",
                "sold_at": "instant",
                "received_at": "instant",
                "register_name": "text",
                "total": "number",
            },
        ),
    ] = ""
    status: OfflineStatus | None = None
    differs: bool | None = None
    lease_id: UUID | None = None


class OfflineSaleRow(Result):
    """A bill on the list.

    Attributes:
        difference_count: Lines whose price was another by the time it arrived.
    """

    id: UUID
    number: str
    register_name: str
    cashier: str
    sold_at: datetime
    received_at: datetime
    total: Decimal
    status: str
    reason: str
    answer: str
    difference_count: int


class OfflineSalePage(Rows):
    """A page of bills."""

    rows: list[OfflineSaleRow]


_SALES: LiteralString = """
    select o.id, o.number, r.name as register_name, coalesce(m.display_name, '') as cashier, o.sold_at,
           o.received_at, o.total, o.status, o.reason, o.answer,
           jsonb_array_length(o.differences) as difference_count
      from offline_sale o
      join till_lease l on (l.tenant_id, l.id) = (o.tenant_id, o.lease_id)
      join register r on (r.tenant_id, r.id) = (l.tenant_id, l.register_id)
      left join membership m on (m.tenant_id, m.user_id) = (l.tenant_id, l.user_id)
     where o.tenant_id = %(tenant)s and o.branch_id = %(branch)s
"""
_CONDITIONS: Mapping[str, LiteralString] = {
    "status": "and o.status = %(status)s",
    "differs": "and (jsonb_array_length(o.differences) > 0) = %(differs)s",
    "lease_id": "and o.lease_id = %(lease)s",
    "search": "and position(upper(%(search)s) in o.number) > 0",
}


@query("pos.list_offline_sales", permission="pos.view", rest="GET /offline-sales")
def list_offline_sales(
    session: Session, ctx: RequestContext, wanted: ListOfflineSales
) -> OfflineSalePage:
    """List bills of the acting branch that were made without the server."""
    given = {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "status": wanted.status,
        "differs": wanted.differs,
        "lease": wanted.lease_id,
        "search": wanted.search,
    }
    select: LiteralString = f"{_SALES} {conditions_of(wanted, _CONDITIONS)}"
    rows, cursor = fetch_page(session, wanted, select, given)
    return OfflineSalePage(rows=[OfflineSaleRow(**row) for row in rows], next_cursor=cursor)


class GetOfflineSale(Query):
    """One bill that was made without the server."""

    sale_id: UUID


class LotChoice(Result):
    """A lot of the line's product that is on the till's shelf."""

    lot_id: UUID
    lot_number: str
    expires_on: date | None
    mrp: Decimal
    units: int


class OfflineLineRow(Result):
    """A line of the bill.

    Attributes:
        unit, sold: What they were sold as, where that was not the base unit.
        amount: What was paid for them, discounts of the bill left out.
        lots: What is on the shelf now, the named lot first; for whoever settles.
    """

    line: int
    variant_id: UUID
    label: str
    lot_id: UUID
    lot_number: str
    expires_on: date | None
    quantity: int
    unit: str
    sold: int | None
    unit_price: Decimal
    discount_percent: Decimal
    amount: Decimal
    lots: list[LotChoice]


class OfflineSaleDetail(OfflineSaleRow):
    """A bill with its lines.

    Attributes:
        invoice_id: Of the posted sale.
        bill_discount: Rupees off the whole bill.
        tenders: How it was paid, in words with rupees.
    """

    lease_id: UUID
    invoice_id: UUID | None
    invoice_number: str
    settled_by: str
    settled_at: datetime | None
    lines: list[OfflineLineRow]
    bill_discount: Decimal = ZERO
    tenders: list[tuple[str, Decimal, str]]
    differences: list[dict[str, str]]


_DETAIL: LiteralString = """
    select o.id, o.number, r.name as register_name, coalesce(m.display_name, '') as cashier, o.sold_at,
           o.received_at, o.total, o.status, o.reason, o.answer, o.differences, o.body, o.lease_id,
           o.settled_at, coalesce(w.display_name, '') as settled_by, r.location_id,
           i.id as invoice_id, coalesce(i.number, '') as invoice_number,
           jsonb_array_length(o.differences) as difference_count
      from offline_sale o
      join till_lease l on (l.tenant_id, l.id) = (o.tenant_id, o.lease_id)
      join register r on (r.tenant_id, r.id) = (l.tenant_id, l.register_id)
      left join membership m on (m.tenant_id, m.user_id) = (l.tenant_id, l.user_id)
      left join membership w on (w.tenant_id, w.user_id) = (o.tenant_id, o.settled_by)
      left join sale s on (s.tenant_id, s.id) = (o.tenant_id, o.id)
      left join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
     where o.tenant_id = %s and o.branch_id = %s and o.id = %s
"""
_SHELF: LiteralString = f"""
    select b.variant_id, l.id as lot_id, l.lot_number, l.expires_on, l.mrp,
           sum(b.on_hand - b.reserved)::bigint as units
      from stock_balance b join lot l on (l.tenant_id, l.id) = (b.tenant_id, b.lot_id)
     where b.tenant_id = %(tenant)s and b.location_id = any({catalog.PLACE_AND_PARTS})
       and b.variant_id = any(%(variants)s) and b.on_hand > b.reserved
     group by b.variant_id, l.tenant_id, l.id
     order by l.expires_on nulls last, l.id
"""  # noqa: S608  made of literals


@query("pos.get_offline_sale", permission="pos.view", rest="GET /offline-sales/{sale_id}")
def get_offline_sale(
    session: Session, ctx: RequestContext, wanted: GetOfflineSale
) -> OfflineSaleDetail:
    """Return a bill of the acting branch that was made without the server.

    Raises:
        NotFound: There is no such bill.
    """
    row = db.fetch_one(session, _DETAIL, (ctx.tenant_id, ctx.branch_id, wanted.sale_id))
    if row is None:
        raise NotFound("There is no such offline bill.")
    bill, location_id = read_back(row.pop("body")), row.pop("location_id")
    if bill is None:
        return OfflineSaleDetail(**row, lines=[], tenders=[])
    tenders = [(METHOD_NAMES[t.method], t.amount, t.reference) for t in bill.tenders]
    lines = _lines(session, ctx, bill, location_id)
    return OfflineSaleDetail(**row, lines=lines, bill_discount=bill.bill_discount, tenders=tenders)


def _lines(
    session: Session, ctx: RequestContext, bill: OfflineBill, location_id: UUID
) -> list[OfflineLineRow]:
    variants = sorted({line.variant_id for line in bill.lines})
    labels = _named(session, ctx, "select id, label from variant", variants)
    lots = _named(
        session, ctx, "select id, lot_number, expires_on from lot",
        sorted({line.lot_id for line in bill.lines}),
    )  # fmt: skip
    shelf: dict[UUID, list[LotChoice]] = {variant: [] for variant in variants}
    about = {"tenant": ctx.tenant_id, "location": location_id, "variants": variants}
    for row in db.fetch_all(session, _SHELF, about):
        shelf[row.pop("variant_id")].append(LotChoice(**row))
    return [
        OfflineLineRow(
            line=at,
            variant_id=line.variant_id,
            label=labels[line.variant_id]["label"]
            if line.variant_id in labels
            else "Unknown goods",
            lot_id=line.lot_id,
            lot_number=lots[line.lot_id]["lot_number"] if line.lot_id in lots else "unknown",
            expires_on=lots[line.lot_id]["expires_on"] if line.lot_id in lots else None,
            quantity=line.quantity,
            unit=line.unit if line.sold else "",
            sold=line.sold,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            amount=_amount(line),
            lots=sorted(shelf[line.variant_id], key=lambda lot, own=line.lot_id: lot.lot_id != own),  # type: ignore[misc]
        )
        for at, line in enumerate(bill.lines)
    ]


def _amount(line: OfflineLine) -> Decimal:
    gross = line.unit_price * line.quantity
    return gross - round_money(gross * line.discount_percent / HUNDRED)


def _named(
    session: Session, ctx: RequestContext, select: LiteralString, ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    sql = f"{select} where tenant_id = %s and id = any(%s)"
    return {row["id"]: row for row in db.fetch_all(session, sql, (ctx.tenant_id, list(ids)))}


class ListLeases(Page):
    """Devices that may, or might, sell without the server; the latest lease first."""

    status: LeaseStatus | None = None


class LeaseRow(Result):
    """A lease with what became of its numbers.

    Attributes:
        numbers: First and last as printed; only as far as they were used, once handed in.
        void: Numbers that no document bears and that are not lent again, in words with what was
            answered about their bill.
    """

    id: UUID
    register_name: str
    device_name: str
    cashier: str
    taken_at: datetime
    ended_at: datetime | None
    status: str
    reason: str
    numbers: str
    bill_count: int
    waiting_count: int
    void: str


class LeasePage(Rows):
    """A page of leases."""

    rows: list[LeaseRow]


_LEASES: LiteralString = """
    select l.id, r.name as register_name, l.device_name, coalesce(m.display_name, '') as cashier,
           l.taken_at, l.ended_at, l.status, l.reason, l.prefix, l.width, l.first_number, l.last_number,
           l.used_until, o.places, o.answers, coalesce(o.bill_count, 0) as bill_count,
           coalesce(o.waiting_count, 0) as waiting_count
      from till_lease l
      join register r on (r.tenant_id, r.id) = (l.tenant_id, l.register_id)
      left join membership m on (m.tenant_id, m.user_id) = (l.tenant_id, l.user_id)
      left join lateral (
            select count(*) as bill_count, count(*) filter (where s.status = 'waiting') as waiting_count,
                   array_agg(distinct place) filter (where s.status = 'waiting' or i.number = s.number) as places,
                   jsonb_object_agg(place, case s.status when 'posted' then 'billed as ' || i.number else s.answer end)
                      filter (where s.status = 'discarded' or i.number <> s.number) as answers
              from offline_sale s
              left join sale x on (x.tenant_id, x.id) = (s.tenant_id, s.id)
              left join invoice i on (i.tenant_id, i.id) = (x.tenant_id, x.invoice_id)
             where (s.tenant_id, s.lease_id) = (l.tenant_id, l.id)) o on true
     where l.tenant_id = %(tenant)s and r.branch_id = %(branch)s and l.id < %(id)s
"""


@query("pos.list_leases", permission="pos.view", rest="GET /till-leases")
def list_leases(session: Session, ctx: RequestContext, wanted: ListLeases) -> LeasePage:
    """List what devices of the acting branch were lent, and which numbers are void and why."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        f"{_LEASES} {conditions_of(wanted, {'status': 'and l.status = %(status)s'})}"
        " order by l.id desc limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "id": after[0],
            "status": wanted.status,
            "limit": wanted.limit + 1,
        },
    )
    page = [_lease(row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return LeasePage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


def _lease(row: dict[str, Any]) -> LeaseRow:
    prefix, width, first = row.pop("prefix"), row.pop("width"), row.pop("first_number")
    last, used_until, places = row.pop("last_number"), row.pop("used_until"), row.pop("places")
    end = last if used_until is None else used_until
    came, answers = set(places or ()), row.pop("answers") or {}
    is_over = row["status"] != LeaseStatus.OPEN
    void = {n: answers.get(str(n), "") for n in range(first, end + 1) if n not in came}
    if not is_over:
        void = {n: why for n, why in void.items() if str(n) in answers}
    return LeaseRow(
        **row,
        numbers=_span(prefix, width, first, end) if end >= first else "none used",
        void=", ".join(
            _span(prefix, width, begin, last) + (f" ({why})" if why else "")
            for begin, last, why in _runs(void)
        ),
    )


def _runs(void: Mapping[int, str]) -> list[tuple[int, int, str]]:
    """Return first and last of each stretch of consecutive numbers that are void for one reason."""
    runs: list[tuple[int, int, str]] = []
    for number, why in void.items():
        if runs and runs[-1][1:] == (number - 1, why):
            runs[-1] = (runs[-1][0], number, why)
        else:
            runs.append((number, number, why))
    return runs


def _span(prefix: str, width: int, first: int, last: int) -> str:
    begin = written(prefix, width, first)
    return begin if first == last else f"{begin} to {written('', width, last)}"
