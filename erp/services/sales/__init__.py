"""Selling: what goods cost whom, coupons, and orders of customers."""

from erp.models.sales import ALL_GOODS, Audience, Basis, OrderStatus, PriceMode, RuleKind
from erp.services.sales import referees
from erp.services.sales.ceilings import (
    ListDiscountCeilings,
    SetDiscountCeiling,
    discount_ceilings,
    list_discount_ceilings,
    set_discount_ceiling,
)
from erp.services.sales.coupon_uses import ListCouponUses, list_coupon_uses
from erp.services.sales.coupons import (
    CheckCoupon,
    CreateCoupon,
    Discount,
    SetCouponStatus,
    check_coupon,
    create_coupon,
    give_back_coupon,
    set_coupon_status,
    use_coupon,
    with_coupon,
)
from erp.services.sales.credit import owed_by, require_credit
from erp.services.sales.delivery_cancelling import (
    CancelledDelivery,
    hold_delivery,
    reopen_delivery,
    reserve_again,
)
from erp.services.sales.errors import (
    AboveListPrice,
    AlreadyConfirmed,
    BelowDelivered,
    BeyondCap,
    BeyondDiscount,
    CouponRefused,
    CreditRefused,
    CustomerLicenceMissing,
    MoreThanOrdered,
    NoPrice,
    NotConfirmed,
    Overdue,
    QuotationLapsed,
    SalesOrderChanged,
    SalesOrderEnded,
    TwiceOnOrder,
    UnknownCoupon,
    UnknownPriceList,
    UnknownRule,
    UnknownSalesOrder,
)
from erp.services.sales.explaining import ExplainPrice, PriceAnswer, explain_price
from erp.services.sales.gating import Handed, require_licence, require_within_cap, units_of_products
from erp.services.sales.importing import COLUMNS, ImportedPrices, ImportPrices, import_prices
from erp.services.sales.keeping_brands import require_no_rules
from erp.services.sales.loading import has_lists, load_prices
from erp.services.sales.order_confirming import (
    ConfirmQuotation,
    KeepGoods,
    SalesOrderAnswer,
    confirm_quotation,
    keep_goods,
)
from erp.services.sales.order_delivering import (
    DeliveredLine,
    DueLine,
    DueOrder,
    hold_due,
    note_delivered,
)
from erp.services.sales.order_drawing import REGISTERED, OrderedGoods, Seller, get_seller, place_for
from erp.services.sales.order_finishing import FinishSalesOrder, finish_order
from erp.services.sales.order_placing import (
    AmendSalesOrder,
    MakeQuotation,
    TakeOrder,
    amend_order,
    make_quotation,
    take_order,
)
from erp.services.sales.order_pricing import PriceOrder, price_order
from erp.services.sales.order_queries import (
    GetSalesOrder,
    ListSalesOrders,
    SalesDeliveryRow,
    SalesLineDetail,
    get_order,
    list_orders,
)
from erp.services.sales.price_lists import (
    CreatePriceList,
    MakeStandardLists,
    UpdatePriceList,
    create_price_list,
    make_standard_lists,
    update_price_list,
)
from erp.services.sales.pricing import (
    Asked,
    FreeGoods,
    LotPrices,
    PriceBook,
    Priced,
    Rule,
    count_cart,
    free_goods,
    offers,
    price,
    within_mrp,
)
from erp.services.sales.printing import PrintedOffer, get_printed_offer
from erp.services.sales.queries import (
    GetCoupon,
    GetPriceList,
    ListCoupons,
    ListPriceLists,
    ListPriceRules,
    get_coupon,
    get_price_list,
    list_coupons,
    list_price_lists,
    list_price_rules,
)
from erp.services.sales.setting_rules import (
    EndRule,
    SetPrice,
    SetScheme,
    end_rule,
    set_price,
    set_scheme,
)

__all__ = [
    "ALL_GOODS",
    "COLUMNS", "MOST_CHARACTERS", "REGISTERED", "AboveListPrice", "AlreadyConfirmed", "AmendSalesOrder", "Asked",
    "Audience", "Basis", "BelowDelivered", "BeyondCap", "BeyondDiscount", "CancelledDelivery", "CheckCoupon",
    "ConfirmQuotation", "CouponRefused", "CreateCoupon", "CreatePriceList", "CreditRefused",
    "CustomerLicenceMissing", "DeliveredLine", "Discount", "DueLine", "DueOrder", "EndRule", "ExplainPrice",
    "FinishSalesOrder", "FreeGoods", "GetCoupon", "GetPriceList", "GetSalesOrder", "Handed", "ImportPrices",
    "ImportedPrices", "KeepGoods", "ListCouponUses", "ListCoupons",
    "ListDiscountCeilings", "ListPriceLists", "ListPriceRules",
    "ListSalesOrders", "LotPrices", "MakeQuotation", "MakeStandardLists", "MoreThanOrdered", "NoPrice",
    "NotConfirmed", "OrderStatus", "OrderedGoods", "Overdue", "PriceAnswer", "PriceBook", "PriceMode",
    "PriceOrder", "Priced", "PrintedOffer", "QuotationLapsed", "Rule", "RuleKind", "SalesDeliveryRow",
    "SalesLineDetail", "SalesOrderAnswer", "SalesOrderChanged", "SalesOrderEnded", "Seller", "SetCouponStatus",
    "SetDiscountCeiling",
    "SetPrice", "SetScheme", "TakeOrder", "TwiceOnOrder", "UnknownCoupon", "UnknownPriceList", "UnknownRule",
    "UnknownSalesOrder", "UpdatePriceList", "amend_order", "check_coupon", "confirm_quotation", "count_cart",
    "create_coupon", "create_price_list", "discount_ceilings", "end_rule", "explain_price", "finish_order",
    "free_goods", "get_coupon", "get_order",
    "get_price_list", "get_printed_offer", "get_seller", "give_back_coupon",
    "has_lists", "hold_delivery", "hold_due",
    "import_prices", "keep_goods", "list_coupon_uses", "list_coupons",
    "list_discount_ceilings", "list_orders", "list_price_lists",
    "list_price_rules", "load_prices", "make_quotation", "make_standard_lists", "note_delivered", "offers", "owed_by",
    "place_for", "price", "price_order", "referees", "reopen_delivery", "require_credit", "require_licence",
    "require_no_rules", "require_within_cap", "reserve_again", "set_coupon_status",
    "set_discount_ceiling", "set_price", "set_scheme", "take_order",
    "units_of_products", "update_price_list", "use_coupon", "with_coupon", "within_mrp",
]  # fmt: skip
