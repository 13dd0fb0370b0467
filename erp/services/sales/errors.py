"""Why a price list, scheme or coupon is refused."""

from erp.core.errors import Conflict, InvalidInput, NotFound
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
for _constraint in ("pk_coupon_use", "ck_coupon_use_use_no", "uq_coupon_use_party"):
    refuse_on(
        _constraint,
        lambda: CouponRefused(
            "This coupon was used up just now.", fields={"coupon": "This coupon was used up."}
        ),
    )
