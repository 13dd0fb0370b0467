"""Refusals of the automation domain."""

from erp.core.errors import Conflict, InvalidInput, NotFound


class UnknownEndpoint(NotFound):
    """There is no such webhook."""

    code = "unknown_webhook"


class UnknownDelivery(NotFound):
    """There is no such delivery of a webhook."""

    code = "unknown_webhook_delivery"


class AddressRefused(InvalidInput):
    """Events are not posted to this address."""

    code = "address_refused"


class StillDue(Conflict):
    """The delivery is still being tried, or its webhook is stopped."""

    code = "webhook_not_ended"
