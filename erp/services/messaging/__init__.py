"""Messaging: messages to people outside, by e-mail and whatever carrier else is set up."""

from erp.models.messaging import Channel
from erp.services.messaging.choosing import (
    ListChoices,
    RecordChoice,
    has_agreed,
    list_choices,
    record_choice,
)
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
from erp.services.messaging.texting import (
    LONGEST_TEXT,
    SetSmsSender,
    SmsSender,
    TemplateId,
    filled,
    get_sms_sender,
    mobile_number,
    set_sms_sender,
    sms_facts,
)

__all__ = [
    "LONGEST_TEXT",
    "Attachment",
    "Carrier",
    "Channel",
    "ChannelNotSetUp",
    "ListChoices",
    "ListMessages",
    "MessageEnded",
    "MessagePage",
    "MessageRow",
    "NewMessage",
    "NoAddress",
    "NotCarried",
    "OneMessage",
    "OutgoingMessage",
    "RecordChoice",
    "SetSmsSender",
    "SmsSender",
    "TemplateId",
    "UnknownMessage",
    "cancel_message",
    "filled",
    "get_sms_sender",
    "has_agreed",
    "list_choices",
    "list_messages",
    "mobile_number",
    "note_carried",
    "note_not_carried",
    "plan_message",
    "queue_message",
    "record_choice",
    "require_channel",
    "resend_message",
    "set_sms_sender",
    "sms_facts",
]
