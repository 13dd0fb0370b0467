"""What a customer may still owe."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.services import accounting
from erp.services.party import SaleParty
from erp.services.sales.errors import CreditRefused, Overdue


def require_credit(
    session: Session, ctx: RequestContext, buyer: SaleParty, amount: Decimal, at: str
) -> None:
    """Let a customer owe an amount more; locks the customer, so that two documents cannot both spend it.

    What they paid by cheques that are not in the bank yet counts as owed. A customer with credit days
    is overdue as far as something is open past its day, less what they paid without saying for what.
    Whoever may give credit may confirm a sale to them.

    Args:
        at: The input field a refusal names.

    Raises:
        CreditRefused: The customer has no credit, or would exceed it.
        Overdue: The customer owes for longer than agreed; may be confirmed with `party.credit`.
    """
    if not amount:
        return
    if buyer.is_walk_in or buyer.credit_limit <= 0:
        message = "This customer has no credit. Choose another way to pay."
        raise CreditRefused(message, fields={at: message})
    held = db.fetch_one(
        session,
        "select credit_limit, credit_days from party where tenant_id = %s and id = %s"
        " for no key update",
        (ctx.tenant_id, buyer.id),
    )
    limit, days = (held["credit_limit"], held["credit_days"]) if held else (ZERO, 0)
    standing = accounting.standing_of(session, ctx, "debtors", buyer.id)
    left = limit - standing.balance - standing.promised
    if amount > left:
        may = money_text(max(left, ZERO))
        message = f"{buyer.name} may owe {may} more. Take another payment for the rest."
        raise CreditRefused(message, fields={at: message})
    late = standing.overdue
    if days and late and not (Overdue.code in ctx.confirmed and ctx.may("party.credit")):
        message = (
            f"{buyer.name} owes {money_text(late)} for more than {days} days."
            " Take a payment first, or let someone who may give credit confirm."
        )
        raise Overdue(message, fields={at: message})


def owed_by(session: Session, ctx: RequestContext, party_id: UUID) -> Decimal:
    """Return what a customer owes on their account."""
    return accounting.standing_of(session, ctx, "debtors", party_id).balance
