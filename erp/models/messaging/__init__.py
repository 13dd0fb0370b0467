"""Messages to people outside."""

from erp.models.messaging.message import Channel, Message, MessageStatus
from erp.models.messaging.texting import ContactChoice, SmsSender

__all__ = ["Channel", "ContactChoice", "Message", "MessageStatus", "SmsSender"]
