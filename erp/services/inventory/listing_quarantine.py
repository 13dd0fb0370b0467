"""The queue of goods that are kept apart."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.shelf_life import Standing, standing_of
from erp.models.inventory import LotStatus, QuarantineReason
from erp.services.inventory.queries import FOUND_BY_WORDS, words_of
from erp.services.platform import (
    Order,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)


class ListQuarantine(SortedPage):
    """Which entries of the queue to list; those that wait unless `decided`."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "label": "text",
                "reason_code": "text",
                "expires_on": "day?",
                "put_at": "instant",
                "waiting": "number",
                "value": "number",
            },
        ),
    ] = ""
    decided: bool = False
    reason_code: QuarantineReason | None = None
    lot_id: UUID | None = None


class QuarantineRow(Result):
    """Units of a lot that were put apart at once.

    Attributes:
        waiting: Units about which nothing is decided; `value` is their cost.
        lot_status: Only units of an available lot can be released.
        last_reason: What the last decision said.
    """

    id: UUID
    lot_id: UUID
    variant_id: UUID
    label: str
    sku: str
    unit: str
    lot_number: str
    lot_status: LotStatus
    expires_on: date | None
    shelf_life: Standing
    supplier: str
    location: str
    reason_code: QuarantineReason
    note: str
    put_at: datetime
    put_by: str
    quantity: int
    waiting: int
    released: int
    returned: int
    written_off: int
    value: Decimal
    last_reason: str


class QuarantinePage(Rows):
    """A page of the queue, the newest first."""

    rows: list[QuarantineRow]


_ROWS: LiteralString = """
    select q.id, q.lot_id, q.variant_id, v.label, v.sku, v.base_unit as unit, l.lot_number,
           l.status as lot_status, l.expires_on, coalesce(p.name, '') as supplier,
           place.name as location, q.reason_code, q.note, q.put_at,
           coalesce(u.display_name, '') as put_by, q.quantity, q.waiting, q.released, q.returned,
           q.written_off,
           coalesce(round(b.value * q.waiting / nullif(b.on_hand, 0), 2), 0.00) as value,
           coalesce(last.reason, '') as last_reason
      from stock_quarantine q
      join location place on place.tenant_id = q.tenant_id and place.id = q.location_id
      join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
      join lot l on l.tenant_id = q.tenant_id and l.id = q.lot_id
      join variant v on v.tenant_id = q.tenant_id and v.id = q.variant_id
      left join party p on p.tenant_id = l.tenant_id and p.id = l.supplier_id
      left join membership u on u.tenant_id = q.tenant_id and u.user_id = q.put_by
      left join stock_balance b on b.tenant_id = q.tenant_id and b.location_id = q.location_id
           and b.variant_id = q.variant_id and b.lot_id = q.lot_id
      left join lateral (
            select d.reason from stock_quarantine_decision d
             where d.tenant_id = q.tenant_id and d.quarantine_id = q.id
             order by d.id desc limit 1) last on true
     where q.tenant_id = %(tenant)s and w.branch_id = %(branch)s
       and (q.waiting = 0) = %(decided)s
"""


@query("inventory.list_quarantine", permission="inventory.view", rest="GET /quarantine")
def list_quarantine(
    session: Session, ctx: RequestContext, wanted: ListQuarantine
) -> QuarantinePage:
    """List goods of the acting branch that are kept apart, the last put there first."""
    conditions: dict[str, LiteralString] = {
        "reason_code": "and q.reason_code = %(reason)s",
        "lot_id": "and q.lot_id = %(lot)s",
        "search": FOUND_BY_WORDS,
    }
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_ROWS} {conditions_of(wanted, conditions)}",
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "decided": wanted.decided,
            "reason": wanted.reason_code,
            "lot": wanted.lot_id,
            **words_of(wanted.search),
        },
    )
    page = [
        QuarantineRow(**row, shelf_life=standing_of(row["expires_on"], ctx.today)) for row in rows
    ]
    return QuarantinePage(rows=page, next_cursor=cursor)
