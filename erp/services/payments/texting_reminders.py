"""Reminders to phones: to who agreed, in approved words, by WhatsApp, else by SMS, else by e-mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.payments import ReminderMethod
from erp.services import messaging
from erp.services.messaging import Channel, NewMessage
from erp.services.payments.due_reminders import DueReminder
from erp.services.payments.reminder_rules import ReminderLevel

PURPOSE = "payments.reminder"
ORIGIN = "reminder"
NO_MAIL = "There is no e-mail address. Add it to the customer, or note a call."

NEXT: Final = {
    ReminderMethod.WHATSAPP: (ReminderMethod.WHATSAPP, ReminderMethod.SMS),
    ReminderMethod.SMS: (ReminderMethod.SMS,),
}
"""Ways to a phone that are tried one after another, before e-mail."""
NAMES: Final = {ReminderMethod.SMS: "SMS", ReminderMethod.WHATSAPP: "WhatsApp"}


@dataclass(frozen=True, slots=True)
class Way:
    """How a customer is reminded.

    Attributes:
        sms: Words and carrier's facts of a message to a phone.
        reason: Why it cannot be done.
    """

    method: ReminderMethod
    to_address: str = ""
    sms: Mapping[str, str] | None = None
    reason: str = ""


def way_of(
    session: Session,
    ctx: RequestContext,
    wanted: ReminderMethod,
    one: DueReminder,
    level: ReminderLevel,
    facts: Mapping[str, str],
) -> Way:
    """Return how a customer is reminded: the way that is wanted where it is possible, else the next, at last e-mail."""
    if wanted is ReminderMethod.EMAIL:
        return _by_mail(one, NO_MAIL)
    if wanted not in NEXT:
        return Way(wanted)
    reasons = []
    for method in NEXT[wanted]:
        given = _TEXTS[method](session, ctx, level, facts)
        reason = given if isinstance(given, str) else _why_not(session, ctx, one, method)
        if not reason and not isinstance(given, str):
            return Way(method, messaging.mobile_number(one.phone), given)
        reasons.append(reason)
    return _by_mail(one, f"{reasons[0]}, and there is no e-mail address. Add what is missing.")


def _why_not(
    session: Session, ctx: RequestContext, one: DueReminder, method: ReminderMethod
) -> str:
    """Say why a customer is not reached at their number; nothing where they are."""
    number = messaging.mobile_number(one.phone)
    if not number:
        return "There is no mobile number"
    if not messaging.has_agreed(session, ctx, one.party_id, number, Channel(method.value)):
        return f"The customer has not agreed to {NAMES[method]} messages at this number"
    return ""


def _sms(
    session: Session, ctx: RequestContext, level: ReminderLevel, facts: Mapping[str, str]
) -> dict[str, str] | str:
    """Return the words of a level's SMS with the operator's facts, or why there are none."""
    if not level.sms_template_id:
        return "This level has no SMS"
    try:
        told = messaging.sms_facts(session, ctx, level.sms_template_id)
    except messaging.ChannelNotSetUp as absent:
        return absent.message.removesuffix(".")
    return {"text": messaging.filled(level.sms_text, facts), **told}


def _whatsapp(
    session: Session, ctx: RequestContext, level: ReminderLevel, facts: Mapping[str, str]
) -> dict[str, str] | str:
    """Return the words of a level's WhatsApp message with its template, or why there are none."""
    if not level.whatsapp_template:
        return "This level has no WhatsApp message"
    try:
        told = messaging.whatsapp_facts(session, ctx, level.whatsapp_template)
    except messaging.ChannelNotSetUp as absent:
        return absent.message.removesuffix(".")
    words, places = messaging.chat_words(level.whatsapp_text, facts)
    return {"text": words, **told, **places}


_Text = Callable[[Session, RequestContext, ReminderLevel, Mapping[str, str]], dict[str, str] | str]
_TEXTS: Final[Mapping[ReminderMethod, _Text]] = {
    ReminderMethod.SMS: _sms,
    ReminderMethod.WHATSAPP: _whatsapp,
}


def _by_mail(one: DueReminder, reason: str) -> Way:
    try:
        messaging.require_channel(Channel.EMAIL)
    except messaging.ChannelNotSetUp as absent:
        return Way(ReminderMethod.EMAIL, reason=absent.message)
    if not one.email:
        return Way(ReminderMethod.EMAIL, reason=reason)
    return Way(ReminderMethod.EMAIL, one.email)


def queue_text(session: Session, ctx: RequestContext, reminder: Mapping[str, object]) -> UUID:
    """Queue the message of a reminder to a phone; again changes nothing."""
    facts: dict[str, str] = dict(reminder["sms"])  # type: ignore[call-overload]
    text = facts.pop("text")
    new = NewMessage(
        channel=Channel(f"{reminder['method']}"),
        purpose=PURPOSE,
        to_name=f"{reminder['party']}",
        to_address=f"{reminder['to_address']}",
        subject="Payment reminder",
        body=text,
        origin_type=ORIGIN,
        origin_id=UUID(f"{reminder['id']}"),
        dedupe_key=f"{PURPOSE}-{reminder['id']}",
        party_id=UUID(f"{reminder['party_id']}"),
        facts=facts,
    )
    return messaging.queue_message(session, ctx, new, is_promised=True)


def failed_text(session: Session, ctx: RequestContext, message_id: UUID) -> UUID | None:
    """Return the reminder whose message to a phone failed for good and that can go by e-mail instead, or nothing."""
    row = db.fetch_one(
        session,
        "select m.origin_id from message m join party p on (p.tenant_id, p.id) = (m.tenant_id, m.party_id)"
        " where m.tenant_id = %s and m.id = %s and m.channel in ('sms', 'whatsapp') and m.status = 'failed'"
        " and m.purpose = %s and p.email <> ''",
        (ctx.tenant_id, message_id, PURPOSE),
    )
    if row is None:
        return None
    try:
        messaging.require_channel(Channel.EMAIL)
    except messaging.ChannelNotSetUp:
        return None
    found: UUID = row["origin_id"]
    return found
