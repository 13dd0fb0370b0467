"""Messages to people outside."""

from erp.models.messaging.message import Channel, Message, MessageStatus

__all__ = ["Channel", "Message", "MessageStatus"]
