"""Who may let us bear what a supplier charged too much or does not give back."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from erp.core.context import ANY_PERMISSION, RequestContext
from erp.core.formatting import money_text
from erp.services.billing.bill_errors import BeyondBillLimit, OwnBill

DECIDE: Final = "billing.decide_bill"
LIMIT: Final = "bill_difference"
"""Limit of a role: what one may let us pay or lose that is too much, tax included."""


def require_may_bear(ctx: RequestContext, maker_id: UUID, amount: Decimal) -> None:
    """Refuse who may not let us bear an amount of a bill or a return that somebody made.

    Raises:
        PermissionDenied: The actor decides on no bills. OwnBill: they made it themselves.
        BeyondBillLimit: It is beyond their limit.
    """
    ctx.require(DECIDE)
    if maker_id == ctx.user_id and ANY_PERMISSION not in ctx.permissions:
        raise OwnBill("You recorded this yourself. Ask somebody else to accept what differs.")
    if amount > ctx.limit(LIMIT):
        raise BeyondBillLimit(
            f"{money_text(amount)} are too much, beyond your limit of"
            f" {money_text(ctx.limit(LIMIT))}. Ask an owner, or claim it."
        )
