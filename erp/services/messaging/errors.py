"""Refusals of the messaging domain."""

from erp.core.errors import Conflict, DomainError, NotFound


class ChannelNotSetUp(DomainError):
    """Nothing carries messages of this kind."""

    code = "channel_not_set_up"


class NoAddress(DomainError):
    """The person cannot be reached this way."""

    code = "no_address"


class UnknownMessage(NotFound):
    """There is no such message."""

    code = "unknown_message"


class MessageEnded(Conflict):
    """The message has gone out, or is still being tried."""

    code = "message_ended"
