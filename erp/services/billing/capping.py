"""How much of capped goods one customer is sold in a day and in a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, raise_all
from erp.services import party, sales
from erp.services.party import SaleParty
from erp.services.sales import BeyondCap, Handed

_SOLD: LiteralString = """
    with had as (
        select v.product_id, b.issued_on,
               case i.kind when 'credit_note' then -l.quantity else l.quantity end as units
          from invoice i
          join invoice b on b.tenant_id = i.tenant_id and b.id = coalesce(i.original_invoice_id, i.id)
          join invoice_line l on l.tenant_id = i.tenant_id and l.invoice_id = i.id
          join variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id
         where i.tenant_id = %(tenant)s and i.party_id = %(party)s and i.kind <> 'debit_note'
           and i.issued_on >= %(first)s and b.issued_on >= %(first)s
           and not exists (select 1 from invoice_cancellation c
                            where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))
        union all
        select v.product_id, b.issued_on, -least(r.units, l.quantity)
          from unnest(%(back_lines)s::int[], %(back_units)s::bigint[]) as r (line_no, units)
          join invoice b on b.tenant_id = %(tenant)s and b.id = %(invoice)s::uuid
          join invoice_line l on l.tenant_id = b.tenant_id and l.invoice_id = b.id
               and l.line_no = r.line_no
          join variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id
         where b.party_id = %(party)s and b.issued_on >= %(first)s
    )
    select product_id, coalesce(sum(units) filter (where issued_on = %(today)s), 0)::bigint as today,
           sum(units)::bigint as month
      from had
     where product_id = any(%(products)s)
     group by product_id
"""


@dataclass(frozen=True, slots=True)
class ComingBack:
    """Units of an invoice's lines, by their number, that come back as others go out."""

    invoice_id: UUID
    units: Mapping[int, int]


def comes_back_whole(session: Session, ctx: RequestContext, back: ComingBack) -> bool:
    """Tell whether nothing of an invoice is left with its customer once these units came back too."""
    row = db.fetch_one(
        session,
        "select bool_and(l.quantity = coalesce(r.returned, 0) + coalesce(b.units, 0)) as is_whole from invoice_line l"
        " left join invoice_line_return r on (r.tenant_id, r.invoice_id, r.line_no)"
        " = (l.tenant_id, l.invoice_id, l.line_no)"
        " left join unnest(%s::int[], %s::int[]) b (line_no, units) on b.line_no = l.line_no"
        " where l.tenant_id = %s and l.invoice_id = %s",
        (list(back.units), list(back.units.values()), ctx.tenant_id, back.invoice_id),
    )
    return bool(row and row["is_whole"])


def require_within_period(
    session: Session,
    ctx: RequestContext,
    buyer: SaleParty,
    handed: Sequence[Handed],
    *,
    is_held: bool = True,
    back: ComingBack | None = None,
) -> None:
    """Refuse more of a product than one customer may have in a day or a calendar month.

    What came back of this month's bills counts no more, nor does a cancelled invoice. Locks the customer
    where a product is capped and the goods are held, not only asked the price of; the balances of the
    goods are locked before.

    Args:
        back: What comes back in the same transaction, and so is not counted either.

    Raises:
        BeyondCap: Names every line, and the customer where nobody is named.
    """
    capped = [each for each in handed if each.goods.is_capped_by_customer]
    if not capped:
        return
    if buyer.is_walk_in:
        message = "How much of this a customer may have is limited. Name the customer first."
        lines = {each.field: message for each in capped}
        raise BeyondCap(message, fields={"customer_id": message} | lines)
    if is_held:
        party.hold_buyer(session, ctx, buyer)
    products = [each.goods.product_id for each in capped]
    before = _sold_before(session, ctx, buyer, products, back)
    wanted = sales.units_of_products(capped)
    refusals: list[DomainError] = []
    for each in capped:
        product_id = each.goods.product_id
        message = _too_much(each, wanted[product_id], *before.get(product_id, (0, 0)))
        if message:
            refusals.append(BeyondCap(message, fields={each.field: message}))
    raise_all(refusals)


def _sold_before(
    session: Session,
    ctx: RequestContext,
    buyer: SaleParty,
    product_ids: Sequence[UUID],
    back: ComingBack | None,
) -> Mapping[UUID, tuple[int, int]]:
    """Return the base units of products the customer has had today, and this month."""
    units = back.units if back else {}
    about = {
        "tenant": ctx.tenant_id,
        "party": buyer.id,
        "today": ctx.today,
        "first": ctx.today.replace(day=1),
        "products": list(product_ids),
        "invoice": back.invoice_id if back else None,
        "back_lines": list(units),
        "back_units": list(units.values()),
    }
    rows = db.fetch_all(session, _SOLD, about)
    return {row["product_id"]: (row["today"], row["month"]) for row in rows}


def _too_much(each: Handed, wanted: int, today: int, month: int) -> str:
    """Return what is wrong with a quantity, in words; nothing where it is within both caps."""
    goods = each.goods
    for cap, had, period in (
        (goods.day_cap, today, "today"),
        (goods.month_cap, month, "this month"),
    ):
        if cap is not None and had + wanted > cap:
            each_time = "a day" if period == "today" else "a month"
            return (
                f"A customer is sold up to {cap} of {goods.label} {each_time}; they had {had} {period}."
                f" {each.less(max(cap - had, 0))}"
            )
    return ""
