"""Refusals of the messaging domain."""

from erp.core.errors import Conflict, DomainError, InvalidInput, NotFound


class ChannelNotSetUp(DomainError):
    """Nothing carries messages of this kind."""

    code = "channel_not_set_up"


class NoAddress(DomainError):
    """The person cannot be reached this way."""

    code = "no_address"


class UnknownMessage(NotFound):
    """There is no such message."""

    code = "unknown_message"


class BadReceipt(InvalidInput):
    """A receipt is not signed with the provider's secret, over exactly these bytes."""

    code = "bad_receipt_signature"
    status = 400


class MessageEnded(Conflict):
    """The message has gone out, or is still being tried."""

    code = "message_ended"


def unknown_message() -> UnknownMessage:
    """Return the refusal of a message that is not here."""
    return UnknownMessage("There is no such message.")
