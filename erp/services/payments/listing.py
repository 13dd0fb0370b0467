"""Reads of payments: the list, and one with what it settled and what became of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.payments import Direction, Ledger, PaymentMethod
from erp.services.payments.errors import UnknownPayment
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

Standing = Literal["recorded", "in_hand", "banked", "reversed"]


class ListPayments(SortedPage):
    """Which payments, the newest first.

    Attributes:
        standing: `in_hand`: a cheque that waits to be banked, or one of ours to be presented.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "paid_on": "day",
                "direction": "text",
                "method": "text",
                "unapplied": "number",
                "amount": "number",
            },
        ),
    ] = ""
    direction: Direction | None = None
    method: PaymentMethod | None = None
    standing: Literal["", "in_hand", "reversed"] = ""
    party_id: UUID | None = None
    from_day: Day | None = None
    to_day: Day | None = None


class PaymentRow(Result):
    """A payment on the list."""

    id: UUID
    number: str
    direction: Direction
    ledger: Ledger
    party_id: UUID
    party: str
    paid_on: date
    method: PaymentMethod
    reference: str
    cheque_on: date | None
    amount: Decimal
    unapplied: Decimal
    is_service_advance: bool
    standing: Standing


class PaymentPage(Rows):
    """A page of payments."""

    rows: list[PaymentRow]


class GetPayment(Query):
    """Which payment."""

    payment_id: UUID


class SettledRow(Result):
    """What a payment settled, and how much of it."""

    id: UUID
    narration: str
    origin_type: str
    origin_id: UUID
    due_on: date
    amount: Decimal


class PaymentDetail(PaymentRow):
    """A payment with what it settled.

    Attributes:
        item_id: Its own on the party's account; none of an advance for a service.
    """

    item_id: UUID | None
    discount: Decimal
    written_off: Decimal
    note: str
    user: str
    recorded_at: datetime
    banked_on: date | None
    reversed_on: date | None
    reverse_reason: str
    settles: list[SettledRow]


_SELECT: LiteralString = """
    select p.id, p.number, p.direction, p.ledger, p.party_id, w.name as party, p.paid_on, p.method,
           p.reference, p.cheque_on, p.amount, coalesce(i.amount - i.settled, 0) as unapplied, p.is_service_advance,
           case when r.id is not null then 'reversed' when b.id is not null then 'banked'
                when p.method = 'cheque' then 'in_hand'
                else 'recorded' end as standing,
           p.discount, p.written_off, p.note, coalesce(m.display_name, '') as "user", p.recorded_at,
           b.done_on as banked_on, r.done_on as reversed_on, coalesce(r.reason, '') as reverse_reason,
           i.id as item_id
      from payment p
      join party w on (w.tenant_id, w.id) = (p.tenant_id, p.party_id)
      join journal_entry e on e.tenant_id = p.tenant_id and e.origin_id = p.id and e.purpose = 'payment'
      left join open_item i on (i.tenant_id, i.entry_id) = (e.tenant_id, e.id)
      left join payment_step b on (b.tenant_id, b.payment_id, b.kind) = (p.tenant_id, p.id, 'banked')
      left join payment_step r on (r.tenant_id, r.payment_id, r.kind) = (p.tenant_id, p.id, 'reversed')
      left join membership m on (m.tenant_id, m.user_id) = (p.tenant_id, p.user_id)
     where p.tenant_id = %(tenant)s and p.company_id = %(company)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "direction": "and p.direction = %(direction)s",
    "method": "and p.method = %(method)s",
    "standing": (
        "and case when r.id is not null then 'reversed' when b.id is null and p.method = 'cheque'"
        " then 'in_hand' else '' end = %(standing)s"
    ),
    "party_id": "and p.party_id = %(party)s",
    "from_day": "and p.paid_on >= %(from)s",
    "to_day": "and p.paid_on <= %(to)s",
    "search": (
        "and (p.number ilike '%%' || %(search)s || '%%' or p.reference ilike %(search)s || '%%'"
        " or w.name ilike '%%' || %(search)s || '%%')"
    ),
}


@query("payments.list_payments", permission="payments.view", rest="GET /payments")
def list_payments(session: Session, ctx: RequestContext, wanted: ListPayments) -> PaymentPage:
    """List payments, the newest first, by way, party, days, or words of number, reference and name."""
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_SELECT} {conditions_of(wanted, _CONDITIONS)}",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "direction": wanted.direction,
            "method": wanted.method,
            "standing": wanted.standing,
            "party": wanted.party_id,
            "from": wanted.from_day,
            "to": wanted.to_day,
            "search": wanted.search,
        },
    )
    page = [PaymentRow(**{name: row[name] for name in PaymentRow.model_fields}) for row in rows]
    return PaymentPage(rows=page, next_cursor=cursor)


@query("payments.get_payment", permission="payments.view", rest="GET /payments/{payment_id}")
def get_payment(session: Session, ctx: RequestContext, wanted: GetPayment) -> PaymentDetail:
    """Return a payment with what it settles now.

    Raises:
        UnknownPayment: The acting company has no such payment.
    """
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "payment": wanted.payment_id}
    row = db.fetch_one(session, f"{_SELECT} and p.id = %(payment)s", given)
    if row is None:
        message = "This payment is not known here. Choose one of the list."
        raise UnknownPayment(message, fields={"payment_id": message})
    settles = _settled(session, ctx, row["item_id"]) if row["item_id"] else []
    return PaymentDetail(**row, settles=settles)


def _settled(session: Session, ctx: RequestContext, item_id: UUID) -> list[SettledRow]:
    rows = db.fetch_all(
        session,
        """
        select o.id, e.narration, e.origin_type, e.origin_id, o.due_on, sum(a.amount) as amount
          from allocation a
          join open_item o on o.tenant_id = a.tenant_id and o.id <> %(item)s
               and o.id in (a.debit_item_id, a.credit_item_id)
          join journal_entry e on (e.tenant_id, e.id) = (o.tenant_id, o.entry_id)
         where a.tenant_id = %(tenant)s and %(item)s in (a.debit_item_id, a.credit_item_id)
           and e.purpose <> 'reversed'
         group by o.tenant_id, o.id, e.tenant_id, e.id having sum(a.amount) <> 0
         order by o.due_on, o.id
        """,
        {"tenant": ctx.tenant_id, "item": item_id},
    )
    return [SettledRow(**row) for row in rows]
