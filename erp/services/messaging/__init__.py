"""Messaging: messages to people outside, by e-mail and whatever carrier else is set up."""

from erp.models.messaging import Channel
from erp.services.messaging.errors import ChannelNotSetUp, MessageEnded, NoAddress, UnknownMessage
from erp.services.messaging.listing import ListMessages, MessagePage, MessageRow, list_messages
from erp.services.messaging.ports import Attachment, Carrier, NotCarried, OutgoingMessage
from erp.services.messaging.sending import (
    NewMessage,
    OneMessage,
    cancel_message,
    note_carried,
    note_not_carried,
    plan_message,
    queue_message,
    require_channel,
    resend_message,
)

__all__ = [
    "Attachment",
    "Carrier",
    "Channel",
    "ChannelNotSetUp",
    "ListMessages",
    "MessageEnded",
    "MessagePage",
    "MessageRow",
    "NewMessage",
    "NoAddress",
    "NotCarried",
    "OneMessage",
    "OutgoingMessage",
    "UnknownMessage",
    "cancel_message",
    "list_messages",
    "note_carried",
    "note_not_carried",
    "plan_message",
    "queue_message",
    "require_channel",
    "resend_message",
]
