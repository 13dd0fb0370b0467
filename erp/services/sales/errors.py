"""Why a price list, scheme or coupon is refused."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownPriceList(NotFound):
    """The acting tenant has no such list."""

    code = "unknown_price_list"


class UnknownRule(NotFound):
    """The list has no such rule, or it has ended."""

    code = "unknown_rule"


class UnknownCoupon(NotFound):
    """The acting tenant has no such coupon."""

    code = "unknown_coupon"


class CouponRefused(InvalidInput):
    """The coupon does not hold for this customer, bill or day."""

    code = "coupon_refused"


refuse_on(
    "uq_price_list_tenant_id_code",
    lambda: Conflict(
        "Another list has this code. Choose another code.", fields={"code": "already used"}
    ),
)
refuse_on(
    "uq_coupon_tenant_id_code",
    lambda: Conflict("Another coupon has this code.", fields={"code": "already used"}),
)
for _constraint in (
    "pk_coupon_use",
    "ck_coupon_use_slot",
    "uq_coupon_use_slot",
    "uq_coupon_use_party",
):
    refuse_on(
        _constraint,
        lambda: CouponRefused(
            "This coupon was used up just now.", fields={"coupon": "This coupon was used up."}
        ),
    )


class CreditRefused(InvalidInput):
    """The customer may not owe that much."""

    code = "credit_refused"


class Overdue(ConfirmationRequired):
    """The customer owes for longer than agreed."""

    code = "overdue"


class TwiceOnOrder(InvalidInput):
    """A product stands on two lines."""

    code = "twice_on_order"


class NoPrice(InvalidInput):
    """No price is known for goods that never came."""

    code = "no_price"


class AboveListPrice(InvalidInput):
    """A price is above what the customer's lists say."""

    code = "above_list_price"


class BeyondDiscount(InvalidInput):
    """A line is further below its price than the person may go."""

    code = "beyond_discount"


class UnknownSalesOrder(NotFound):
    """The acting branch has no such quotation or order."""

    code = "unknown_sales_order"


class SalesOrderEnded(Conflict):
    """The order takes no more changes."""

    code = "sales_order_ended"


class SalesOrderChanged(Conflict):
    """Someone else changed the order since it was read."""

    code = "sales_order_changed"


class NotConfirmed(Conflict):
    """A quotation is no order yet."""

    code = "not_confirmed"


class AlreadyConfirmed(Conflict):
    """The quotation is an order already."""

    code = "already_confirmed"


class QuotationLapsed(ConfirmationRequired):
    """The quotation held until an earlier day."""

    code = "quotation_lapsed"


class BelowDelivered(InvalidInput):
    """Less is ordered than was delivered."""

    code = "below_delivered"


class MoreThanOrdered(InvalidInput):
    """More would be delivered than is still ordered."""

    code = "more_than_ordered"


class BeyondCap(InvalidInput):
    """More of a product is asked for than may be sold at once."""

    code = "beyond_cap"


class CustomerLicenceMissing(InvalidInput):
    """A trade customer without a drug licence in force may not be sold medicines."""

    code = "customer_licence_missing"
