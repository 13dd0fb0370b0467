"""Why buying refuses."""

from erp.core.errors import (
    ConfirmationRequired,
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
)
from erp.services.platform import refuse_on


class UnknownOrder(NotFound):
    """No such order in the acting branch."""

    code = "unknown_order"


class NotASupplier(InvalidInput):
    """The party sells nothing to us."""

    code = "not_a_supplier"


class OrderChanged(Conflict):
    """Someone else amended, decided or ended the order since it was read."""

    code = "order_changed"


class OrderEnded(Conflict):
    """Nothing more happens to the order."""

    code = "order_ended"


class VersionWaits(Conflict):
    """A version waits for an approval; it is decided before another is made."""

    code = "version_waits"


class NothingInForce(Conflict):
    """No version was approved yet, so goods cannot come against the order."""

    code = "nothing_in_force"


class BelowReceived(InvalidInput):
    """A version asks for less than has come already."""

    code = "below_received"


class TwiceOnOrder(InvalidInput):
    """A product stands on two lines of one paper."""

    code = "twice_on_order"


class NotOnOrder(InvalidInput):
    """The order has no such line in its version in force."""

    code = "not_on_order"


class BeyondLimit(InvalidInput):
    """The version is worth more than its approver may let go out."""

    code = "beyond_limit"


class OverDelivery(ConfirmationRequired):
    """More came than is still to come."""

    code = "over_delivery"


class NotSoldSo(ConfirmationRequired):
    """The supplier sells more of an item at least, or in other steps."""

    code = "not_sold_so"


class CostDiffers(ConfirmationRequired):
    """The delivery's price is not the order's."""

    code = "cost_differs"


class UnknownRequisition(NotFound):
    """No such requisition in the acting branch, or it has no such line."""

    code = "unknown_requisition"


class RequisitionDone(Conflict):
    """The requisition is past what was asked of it."""

    code = "requisition_done"


class OwnRequisition(PermissionDenied):
    """Somebody else decides on what one asks for oneself."""

    code = "own_requisition"


class MoreThanRequested(Conflict):
    """Orders hold the goods already, or more is taken than is left to order."""

    code = "more_than_requested"


class UnknownRequest(NotFound):
    """No such request for quotation in the acting branch."""

    code = "unknown_request"


class RequestDone(Conflict):
    """Everything of the request is decided, or it is closed."""

    code = "request_done"


class NotAsked(InvalidInput):
    """The supplier, or the line, is not of the request."""

    code = "not_asked"


class NoSuchOffer(InvalidInput):
    """The answer that is chosen offers no such line, or a newer one took its place."""

    code = "no_such_offer"


class LineChosen(Conflict):
    """The line has its supplier already."""

    code = "line_chosen"


class OfferLapsed(ConfirmationRequired):
    """The offer held only until a day that has gone by."""

    code = "offer_lapsed"


refuse_on(
    "uq_quotation_choice_tenant_id_request_id_line_no",
    lambda: LineChosen("Someone else chose for this line just now. Look again."),
)
refuse_on(
    "ck_purchase_requisition_line_ordered",
    lambda: MoreThanRequested("Someone else ordered these goods just now. Look again."),
)
refuse_on(
    "uq_purchase_order_decision_tenant_id_order_id_version",
    lambda: OrderChanged("Someone else decided on this version just now. Look again."),
)
