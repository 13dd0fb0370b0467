"""What is sold at a till: the cart as its client sends it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from erp.core.money import ZERO
from erp.services.platform import Amount, Closed, Percent, Quantity, Text, UnitPrice

MAX_LINES = 200
UnitCode = Annotated[str, Field(max_length=20)]
CouponText = Annotated[str, Field(max_length=20)]


class CartLine(Closed):
    """A line of the cart.

    Attributes:
        quantity: Units to be paid for, of `unit`.
        unit: One the goods are traded in, such as a strip of tablets; the base unit where none is
            named. It must come out whole in base units.
        free_quantity: How many base units are handed over free, where fewer than the scheme gives.
        unit_price: The price of a base unit that the customer was shown; another now is refused.
        lot_id: A lot the cashier insists on, e.g. the pack in hand; `reason` says why.
    """

    variant_id: UUID
    quantity: Quantity
    unit: UnitCode = ""
    free_quantity: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    unit_price: UnitPrice | None = None
    discount_percent: Percent = ZERO
    lot_id: UUID | None = None
    reason: Text = ""


class Basket(Closed):
    """What is to be sold, to whom, and what is taken off.

    Attributes:
        customer_id: Nobody named is the walk-in customer.
        bill_discount: Rupees off the whole bill, tax included.
        coupon: Code of a coupon that is taken off as well.
    """

    shift_id: UUID
    customer_id: UUID | None = None
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    bill_discount: Amount = ZERO
    coupon: CouponText = ""
