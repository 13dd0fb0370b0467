"""Refusals of e-invoices and way bills."""

from erp.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from erp.services.platform import refuse_on


class UnknownEInvoice(NotFound):
    """The acting company has no such document at the portal."""

    code = "unknown_einvoice"


class UnknownWayBill(NotFound):
    """The acting company has no such way bill."""

    code = "unknown_way_bill"


class NoPortal(Unavailable):
    """No portal is set up, or none that this registration may use."""

    code = "no_invoice_portal"
    status = 409


class NotToBeSent(Conflict):
    """The document is registered, on its way, or cancelled."""

    code = "einvoice_not_to_be_sent"


class NotToBeCancelled(Conflict):
    """The document or way bill is not one that can still be cancelled."""

    code = "not_to_be_cancelled"


class StillToMend(InvalidInput):
    """The portal would refuse the document as it is."""

    code = "einvoice_to_mend"


class WayBillExists(Conflict):
    """The consignment has a way bill."""

    code = "way_bill_exists"


class NoConsignment(InvalidInput):
    """Nothing of the document travels with a way bill."""

    code = "no_consignment"


class DocumentNotReady(Conflict):
    """The invoice is cancelled, or the law does not see an invoice in it before it is registered."""

    code = "document_not_ready"


class WayBillNotOpen(Conflict):
    """The way bill is not in a state in which this can be done."""

    code = "way_bill_not_open"


refuse_on(
    "einvoice_frozen",
    lambda: NotToBeSent("What the portal registered is not changed."),
)
refuse_on(
    "way_bill_frozen",
    lambda: WayBillNotOpen("A way bill that was given is not changed. Cancel it, make another."),
)
for _name in ("uq_way_bill_invoice", "uq_way_bill_transfer"):
    refuse_on(
        _name,
        lambda: WayBillExists("This consignment has a way bill. Change it, or cancel it first."),
    )
