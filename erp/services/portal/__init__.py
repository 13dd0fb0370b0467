"""The portal: what a customer is shown without signing in."""

from erp.services.portal.errors import TooManyLinks, UnknownLink
from erp.services.portal.order_links import (
    ListOrderLinks,
    MakeOrderLink,
    OrderLinkRow,
    OrderLinks,
    OrderLinkSent,
    OrderLinkShown,
    RevokeOrderLink,
    SendOrderLink,
    list_order_links,
    make_order_link,
    revoke_order_link,
    send_order_link,
)
from erp.services.portal.visiting import (
    SeenDelivery,
    SeenLine,
    SeenOrder,
    Visitor,
    find_visitor,
    see_invoice,
    see_order,
    visit_context,
)

__all__ = [
    "ListOrderLinks",
    "MakeOrderLink",
    "OrderLinkRow",
    "OrderLinkSent",
    "OrderLinkShown",
    "OrderLinks",
    "RevokeOrderLink",
    "SeenDelivery",
    "SeenLine",
    "SeenOrder",
    "SendOrderLink",
    "TooManyLinks",
    "UnknownLink",
    "Visitor",
    "find_visitor",
    "list_order_links",
    "make_order_link",
    "revoke_order_link",
    "see_invoice",
    "see_order",
    "send_order_link",
    "visit_context",
]
