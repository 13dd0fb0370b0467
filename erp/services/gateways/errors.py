"""Refusals of payment gateways."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownGateway(NotFound):
    """The acting company has no such gateway account."""

    code = "unknown_gateway_account"


class UnknownLink(NotFound):
    """The acting company has no such payment link."""

    code = "unknown_payment_link"


class UnknownGatewayPayment(NotFound):
    """The acting company has no such payment at a gateway."""

    code = "unknown_gateway_payment"


class UnknownRefund(NotFound):
    """The acting company has no such refund."""

    code = "unknown_refund"


class RefundStands(Conflict):
    """The refund is not one that the provider says failed after it was done."""

    code = "refund_stands"


class UnknownSettlement(NotFound):
    """The acting company has no such settlement."""

    code = "unknown_settlement"


class UnknownException(NotFound):
    """The acting company has no such exception."""

    code = "unknown_gateway_exception"


class GatewayClosed(Conflict):
    """The gateway account takes no new payments."""

    code = "gateway_closed"


class GatewayTaken(Conflict):
    """The company has an account with this key already."""

    code = "gateway_taken"


class NothingToRequest(InvalidInput):
    """Nothing of what is asked for is open."""

    code = "nothing_to_request"


class LinkEnded(Conflict):
    """The link is paid, or ended otherwise."""

    code = "payment_link_ended"


class AlreadyRequested(ConfirmationRequired):
    """A link for the same is open already."""

    code = "already_requested"


class NotRefundable(Conflict):
    """The payment cannot be refunded so far."""

    code = "not_refundable"


class ExceptionSettled(Conflict):
    """Somebody settled the exception already, or it is of another kind."""

    code = "gateway_exception_settled"


class InvoiceElsewhere(ConfirmationRequired):
    """Another account has the provider's invoice."""

    code = "invoice_elsewhere"


class InvoiceRecorded(Conflict):
    """The provider's invoice is recorded already."""

    code = "gateway_invoice_recorded"


class UnknownInvoice(NotFound):
    """There is no such invoice of charges."""

    code = "unknown_gateway_invoice"


class InvoiceTakenBack(Conflict):
    """The provider's invoice was taken back already."""

    code = "gateway_invoice_taken_back"


class BadSignature(InvalidInput):
    """A call is not signed with the account's secret, over exactly these bytes."""

    code = "bad_signature"
    status = 400


refuse_on(
    "uq_gateway_invoice_once",
    lambda: InvoiceRecorded(
        "This invoice is recorded already.",
        fields={"number": "Recorded already. Look at the list."},
    ),
)
refuse_on(
    "uq_gateway_account_tenant_id_company_id_provider_key_id",
    lambda: GatewayTaken(
        "There is an account with this key already.",
        fields={"key_id": "there is an account with this key already"},
    ),
)
