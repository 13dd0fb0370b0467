"""Reminders by text message: to who agreed, in the words that operators approved; else by e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Way:
    """How a customer is reminded.

    Attributes:
        sms: Words, number and operator's facts of a text message.
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
    """Return how a customer is reminded: by text where that is wanted and possible, else by e-mail."""
    if wanted is ReminderMethod.SMS:
        return _by_text(session, ctx, one, level, facts)
    if wanted is ReminderMethod.EMAIL:
        return _by_mail(one, NO_MAIL)
    return Way(wanted)


def _by_text(
    session: Session,
    ctx: RequestContext,
    one: DueReminder,
    level: ReminderLevel,
    facts: Mapping[str, str],
) -> Way:
    number = messaging.mobile_number(one.phone)
    if not level.sms_template_id:
        return _by_mail(one, "This level has no text message, and there is no e-mail address.")
    if not number:
        return _by_mail(one, "There is neither a mobile number nor an e-mail address. Add one.")
    if not messaging.has_agreed(session, ctx, one.party_id, number):
        reason = "The customer has not agreed to text messages at this number, and there is no e-mail address."
        return _by_mail(one, reason)
    try:
        told = messaging.sms_facts(session, ctx, level.sms_template_id)
    except messaging.ChannelNotSetUp as absent:
        return _by_mail(one, absent.message)
    words = messaging.filled(level.sms_text, facts)
    return Way(ReminderMethod.SMS, number, {"text": words, **told})


def _by_mail(one: DueReminder, reason: str) -> Way:
    try:
        messaging.require_channel(Channel.EMAIL)
    except messaging.ChannelNotSetUp as absent:
        return Way(ReminderMethod.EMAIL, reason=absent.message)
    if not one.email:
        return Way(ReminderMethod.EMAIL, reason=reason)
    return Way(ReminderMethod.EMAIL, one.email)


def queue_text(session: Session, ctx: RequestContext, reminder: Mapping[str, object]) -> UUID:
    """Queue the text message of a reminder; again changes nothing."""
    facts: dict[str, str] = dict(reminder["sms"])  # type: ignore[call-overload]
    text = facts.pop("text")
    new = NewMessage(
        channel=Channel.SMS,
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
    """Return the reminder whose text message failed for good and that can go by e-mail instead, or nothing."""
    row = db.fetch_one(
        session,
        "select m.origin_id from message m join party p on (p.tenant_id, p.id) = (m.tenant_id, m.party_id)"
        " where m.tenant_id = %s and m.id = %s and m.channel = 'sms' and m.status = 'failed'"
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
