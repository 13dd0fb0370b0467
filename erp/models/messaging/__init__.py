"""Messages to people outside."""

from erp.models.messaging.message import Channel, Message, MessageStatus, Receipt
from erp.models.messaging.texting import ContactChoice, SmsSender, WhatsAppSender

__all__ = [
    "Channel",
    "ContactChoice",
    "Message",
    "MessageStatus",
    "Receipt",
    "SmsSender",
    "WhatsAppSender",
]
