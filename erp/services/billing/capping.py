"""How much of capped goods one customer is sold in a day and in a month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, raise_all
from erp.services import party
from erp.services.catalog import SaleLine
from erp.services.party import SaleParty
from erp.services.sales import BeyondCap

_SOLD: LiteralString = """
    select v.product_id,
           coalesce(sum(n.units) filter (where b.issued_on = %(today)s), 0)::bigint as today,
           coalesce(sum(n.units), 0)::bigint as month
      from invoice i
      join invoice b on b.tenant_id = i.tenant_id and b.id = coalesce(i.original_invoice_id, i.id)
      join invoice_line l on l.tenant_id = i.tenant_id and l.invoice_id = i.id
      join variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id
      cross join lateral (
            select case i.kind when 'credit_note' then -l.quantity else l.quantity end as units) n
     where i.tenant_id = %(tenant)s and i.party_id = %(party)s and i.kind <> 'debit_note'
       and i.issued_on >= %(first)s and b.issued_on >= %(first)s
       and v.product_id = any(%(products)s)
       and not exists (select 1 from invoice_cancellation c
                        where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))
     group by v.product_id
"""


def require_within_period(
    session: Session,
    ctx: RequestContext,
    buyer: SaleParty,
    goods: Mapping[str, SaleLine],
    units: Mapping[UUID, int],
    *,
    is_held: bool = True,
) -> None:
    """Refuse more of a product than one customer may have in a day or a calendar month.

    What came back of this month's bills, or was on one that is cancelled, counts no more. Locks the
    customer where a product is capped and the goods are held, not only asked the price of; the
    balances of the goods are locked before.

    Args:
        goods: By the name of their line, such as `lines.0`. units: base units by variant.

    Raises:
        BeyondCap: Names every line, and the customer where nobody is named.
    """
    capped = {at: line for at, line in goods.items() if line.is_capped_by_customer}
    if not capped:
        return
    if buyer.is_walk_in:
        message = "How much of this a customer may have is limited. Name the customer first."
        lines = {f"{at}.quantity": message for at in capped}
        raise BeyondCap(message, fields={"customer_id": message} | lines)
    if is_held:
        party.hold_buyer(session, ctx, buyer)
    before = _sold_before(session, ctx, buyer, [line.product_id for line in capped.values()])
    wanted: Counter[UUID] = Counter()
    for line in {line.variant_id: line for line in capped.values()}.values():
        wanted[line.product_id] += units[line.variant_id]
    refusals: list[DomainError] = []
    for at, line in capped.items():
        message = _too_much(line, wanted[line.product_id], *before.get(line.product_id, (0, 0)))
        if message:
            refusals.append(BeyondCap(message, fields={f"{at}.quantity": message}))
    raise_all(refusals)


def _sold_before(
    session: Session, ctx: RequestContext, buyer: SaleParty, product_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[int, int]]:
    """Return the base units of products the customer has had today, and this month."""
    about = {
        "tenant": ctx.tenant_id,
        "party": buyer.id,
        "today": ctx.today,
        "first": ctx.today.replace(day=1),
        "products": list(product_ids),
    }
    rows = db.fetch_all(session, _SOLD, about)
    return {row["product_id"]: (row["today"], row["month"]) for row in rows}


def _too_much(line: SaleLine, wanted: int, today: int, month: int) -> str:
    """Return what is wrong with a quantity, in words; nothing where it is within both caps."""
    for cap, had, period in ((line.day_cap, today, "today"), (line.month_cap, month, "this month")):
        if cap is not None and had + wanted > cap:
            left = max(cap - had, 0)
            each = "a day" if period == "today" else "a month"
            return (
                f"A customer is sold up to {cap} of {line.label} {each}; they had {had} {period}."
                f" {f'Take no more than {left}.' if left else 'Take it off the bill.'}"
            )
    return ""
