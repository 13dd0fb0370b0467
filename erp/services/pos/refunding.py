"""Refunds: money goes back only as far as money came; the rest lowers what the customer owes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.pos import TenderMethod
from erp.services.pos.errors import PaymentMismatch
from erp.services.pos.tendering import OF_THE_CUSTOMER, GivenTender, Settlement, refuse_exchange


@dataclass(frozen=True, slots=True)
class Paid:
    """What of a sale's payment has not been given back yet.

    Attributes:
        money: Paid in cash, by UPI or card, or from an advance.
        account: Put on the customer's account.
        total: Of the sale. before: of it, what came back earlier.
        by_points: Rupees of the sale that points paid.
    """

    money: Decimal
    account: Decimal
    total: Decimal
    before: Decimal
    by_points: Decimal


def get_payment(session: Session, ctx: RequestContext, sale_id: UUID) -> Paid:
    """Return what of a sale's payment is left.

    Call it once the credit note is drawn up, which keeps other returns of the sale waiting.
    """
    row = db.fetch_one(
        session,
        """
        select coalesce(sum(signed) filter (where method not in ('credit', 'points')), 0) as money,
               coalesce(sum(signed) filter (where method = 'credit'), 0) as account,
               coalesce(sum(signed) filter (where kind = 'sale'), 0) as total,
               coalesce(-sum(signed) filter (where kind = 'return'), 0) as before,
               coalesce(sum(signed) filter (where kind = 'sale' and method = 'points'), 0) as by_points
          from (select s.kind, t.method, case s.kind when 'sale' then t.amount else -t.amount end as signed
                  from sale s join tender t on (t.tenant_id, t.sale_id) = (s.tenant_id, s.id)
                 where s.tenant_id = %(tenant)s
                   and (s.id = %(sale)s or s.original_sale_id = %(sale)s)) paid
        """,
        {"tenant": ctx.tenant_id, "sale": sale_id},
    )
    return Paid(**row) if row else Paid(ZERO, ZERO, ZERO, ZERO, ZERO)


def settle_refund(
    value: Decimal, given: Sequence[GivenTender], paid: Paid, *, has_account: bool
) -> Settlement:
    """Refund a return exactly, as given or, where nothing is given, debts first and then cash.

    Args:
        value: Of the goods, less what points are given back for.

    Raises:
        PaymentMismatch: The refunds do not add up to the value, more money would go back
            than came, points are named, or a customer without a name would be given credit.
    """
    refuse_exchange(given)
    tenders = tuple(given) or _debts_first(value, paid)
    refunded = sum((tender.amount for tender in tenders), ZERO)
    on_account = sum((t.amount for t in tenders if t.method is TenderMethod.CREDIT), ZERO)
    is_kept = any(tender.method in OF_THE_CUSTOMER for tender in tenders)
    message = ""
    if refunded != value:
        message = f"The refund must be {value}; {refunded} was given."
    elif any(tender.method is TenderMethod.POINTS for tender in tenders):
        message = "Points come back by themselves, as many as belong to the goods."
    elif is_kept and not has_account:
        message = "This customer has no account. Give the money back in another way."
    elif refunded - on_account > paid.money:
        message = f"Only {paid.money} was paid for this bill in money. Put the rest on the account."
    if message:
        raise PaymentMismatch(message, fields={"tenders": message})
    return Settlement(tuple((tender, tender.amount) for tender in tenders), ZERO)


def _debts_first(value: Decimal, paid: Paid) -> tuple[GivenTender, ...]:
    owed = min(value, paid.account)
    parts = ((TenderMethod.CREDIT, owed), (TenderMethod.CASH, value - owed))
    return tuple(
        GivenTender(method=method, amount=amount) for method, amount in parts if amount > 0
    )
