"""Goods that may go back to a supplier: what came from them, is here, and did not go back."""

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.billing import ReturnReason
from erp.services.billing.supplier_return_goods import CAME_FROM
from erp.services.inventory import CLAIM_WINDOW, DEFAULT_CLAIM_DAYS
from erp.services.platform import (
    Page,
    Result,
    Rows,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)


class ListReturnable(Page):
    """Which supplier's goods; `search` finds a part of a product's name or a lot number.

    Attributes:
        reason: Only goods with this reason to go back.
    """

    supplier_id: UUID
    reason: ReturnReason | None = None
    lot_id: UUID | None = None


class ReturnableLot(Result):
    """A lot in a place of the acting branch.

    Attributes:
        units: Base units that may go back: free here, and not beyond what came and stayed.
        came, back: Base units that came from the supplier, and went back before.
        cost: What the units cost in the books.
        reason: Why they might go back: the worst that is true of the lot.
        is_in_window: The supplier takes it back for its expiry today.
        bills: Numbers of the supplier's bills with it; empty if it is on none.
        bill_waiting: It is on a bill that waits for a decision, and stays until then.
    """

    lot_id: UUID
    location_id: UUID
    variant_id: UUID
    label: str
    lot_number: str
    location: str
    expires_on: date | None
    received_on: date
    units: int
    came: int
    back: int
    cost: Decimal
    reason: ReturnReason
    status_reason: str
    is_in_window: bool
    claim_from: date | None
    claim_until: date | None
    bills: str
    bill_waiting: str


class ReturnablePage(Rows):
    """A page of lots, the most urgent reason first."""

    rows: list[ReturnableLot]


_CAME: LiteralString = f"""
    with delivered as (
        select came.lot_id, sum(came.paid + came.free)::bigint as came,
               coalesce(sum(g.back), 0)::bigint as back, max(r.received_on) as received_on,
               array_agg(distinct b.bill_number) filter (where b.status = 'posted') as bills,
               max(b.number) filter (where b.status = 'held') as bill_waiting
          from goods_receipt_line came
          join goods_receipt r on r.tenant_id = came.tenant_id and r.id = came.receipt_id
          left join billed_goods g on g.tenant_id = came.tenant_id
               and (g.receipt_id, g.line_no) = (came.receipt_id, came.line_no)
          left join lateral (
               select min(b.bill_number) as bill_number, min(b.number) as number, b.status
                 from supplier_bill_line x
                 join supplier_bill b on (b.tenant_id, b.id) = (x.tenant_id, x.bill_id)
                where x.tenant_id = came.tenant_id
                  and (x.receipt_id, x.receipt_line_no) = (came.receipt_id, came.line_no)
                  and b.status <> 'refused'
                group by b.status order by b.status limit 1) b on true
         where came.tenant_id = %(tenant)s and r.branch_id = %(branch)s
               {CAME_FROM}
         group by came.lot_id
    ), lots as (
        select s.lot_id, s.location_id, s.variant_id, v.label, lot.lot_number,
               place.name as location, lot.expires_on, delivered.received_on,
               least(s.on_hand - s.reserved, delivered.came - delivered.back) as units,
               delivered.came, delivered.back, s.on_hand, s.value, lot.status_reason,
               coalesce(%(today)s between claim.claim_from and claim.claim_until, false)
               as is_in_window, claim.claim_from, claim.claim_until,
               coalesce(array_to_string(delivered.bills, ', '), '') as bills,
               coalesce(delivered.bill_waiting, '') as bill_waiting,
               case when lot.status = 'recalled' then 'recalled'
                    when lot.expires_on < %(today)s then 'expired'
                    when lot.status <> 'available' then 'damaged'
                    when %(today)s between claim.claim_from and claim.claim_until
                    then 'near_expiry'
                    else 'excess' end as reason
          from delivered
          join stock_balance s on s.tenant_id = %(tenant)s and s.lot_id = delivered.lot_id
          join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
               and w.branch_id = %(branch)s
          join lot on lot.tenant_id = s.tenant_id and lot.id = s.lot_id
          join variant v on v.tenant_id = s.tenant_id and v.id = s.variant_id
         cross join lateral (select lot.expires_on, %(supplier)s::uuid as supplier_id) l
"""  # noqa: S608  made of literals
_LISTED: LiteralString = """
         where s.on_hand > s.reserved and delivered.came > delivered.back
    ), ranked as (
        select *, round(value * units / on_hand, 2) as cost,
               array_position(array['recalled', 'expired', 'near_expiry', 'damaged', 'excess'],
                              reason) as place_in_order
          from lots
    )
    select * from ranked
     where (place_in_order, label, lot_id, location_id)
         > (%(rank_after)s::int, %(label_after)s, %(lot_after)s::uuid, %(place_after)s::uuid)
       and (%(search)s = '' or strpos(upper(label), upper(%(search)s)) > 0
            or starts_with(lot_number, upper(%(search)s)))
"""
_CONDITIONS: dict[str, LiteralString] = {
    "reason": "and reason = %(reason)s",
    "lot_id": "and lot_id = %(lot)s",
}
_IN_ORDER: LiteralString = "order by place_in_order, label, lot_id, location_id limit %(limit)s"


@query("billing.list_returnable", permission="billing.view_returns", rest="GET /returnable-goods")
def list_returnable(
    session: Session, ctx: RequestContext, wanted: ListReturnable
) -> ReturnablePage:
    """List goods in the acting branch that may go back to a supplier, the most urgent first."""
    nobody = str(UUID(int=0))
    after = decode_cursor(wanted.cursor, 4) or ["0", "", nobody, nobody]
    conditions = conditions_of(wanted, _CONDITIONS)
    parts = (_CAME, CLAIM_WINDOW, _LISTED, conditions, _IN_ORDER)
    rows = db.fetch_all(
        session,
        " ".join(parts),
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "supplier": wanted.supplier_id,
            "today": ctx.today,
            "claim_days": DEFAULT_CLAIM_DAYS,
            "search": wanted.search.strip(),
            "reason": wanted.reason,
            "lot": wanted.lot_id,
            "rank_after": after[0],
            "label_after": after[1],
            "lot_after": after[2],
            "place_after": after[3],
            "limit": wanted.limit + 1,
        },
    )
    names = ReturnableLot.model_fields
    page = [ReturnableLot(**{name: row[name] for name in names}) for row in rows[: wanted.limit]]
    cursor = ""
    if len(rows) > wanted.limit:
        tail = rows[wanted.limit - 1]
        cursor = encode_cursor(
            tail["place_in_order"], tail["label"], tail["lot_id"], tail["location_id"]
        )
    return ReturnablePage(rows=page, next_cursor=cursor)
