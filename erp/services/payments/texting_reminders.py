"""How a reminder reaches a customer: by WhatsApp, else by SMS, else by e-mail, as they agreed and can be reached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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

ORDER: Final = (ReminderMethod.WHATSAPP, ReminderMethod.SMS, ReminderMethod.EMAIL)
"""Ways that are tried one after another, from the wanted one on; nobody is reached by one that comes before it."""
NAMES: Final = {
    ReminderMethod.EMAIL: "E-mail",
    ReminderMethod.SMS: "SMS",
    ReminderMethod.WHATSAPP: "WhatsApp",
}
NO_ADDRESS: Final = "There is no e-mail address"


@dataclass(frozen=True, slots=True)
class LateNow:
    """A customer with what is late, the level that it is reminded at, and the facts that its words may name."""

    one: DueReminder
    level: ReminderLevel
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Missed:
    """A way that was tried before, and why it reaches nobody; a sentence without its full stop."""

    method: ReminderMethod
    why: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a customer is reminded.

    Attributes:
        is_open: It can be done; else every way from the wanted one on was missed.
        to_address: Number or e-mail address; nothing of a call or letter.
        sms: Words and carrier's facts of a message to a phone.
        missed: The ways that came before it, in order.
    """

    method: ReminderMethod
    is_open: bool = True
    to_address: str = ""
    sms: Mapping[str, str] = field(default_factory=dict)
    missed: tuple[Missed, ...] = ()

    @property
    def why(self) -> str:
        """Why it is this way and not one before it; nothing where none was."""
        return " ".join(f"Not by {NAMES[one.method]}: {one.why}." for one in self.missed)

    @property
    def words(self) -> str:
        """Why nobody is reached, and what to do about it."""
        last = self.missed[-1].why if self.missed else ""
        if last != NO_ADDRESS:
            return f"{last}."
        if len(self.missed) == 1:
            return f"{last}. Add it to the customer, or note a call."
        return f"{self.missed[0].why}, and there is no e-mail address. Add what is missing."


def way_of(
    session: Session,
    ctx: RequestContext,
    wanted: ReminderMethod,
    late: LateNow,
    before: tuple[Missed, ...] = (),
) -> Way:
    """Return how a customer is reminded: the way that is wanted where it is open, else the next that is.

    Args:
        before: Ways that were tried and failed; what is wanted comes after them.
    """
    if wanted not in ORDER:
        return Way(wanted)
    missed = list(before)
    for method in ORDER[ORDER.index(wanted) :]:
        found = (
            _by_mail(late.one)
            if method is ReminderMethod.EMAIL
            else _by_phone(session, ctx, method, late)
        )
        if not isinstance(found, str):
            address, sms = found
            return Way(method, to_address=address, sms=sms, missed=tuple(missed))
        missed.append(Missed(method, found))
    return Way(ORDER[-1], is_open=False, missed=tuple(missed))


def next_way(
    session: Session, ctx: RequestContext, failed: Mapping[str, object], late: LateNow
) -> Way:
    """Return how a customer is reached whose message to a phone failed for good: by what comes after its channel."""
    method = ReminderMethod(f"{failed['channel']}")
    before = Missed(method, f"{failed['problem']}".rstrip(".") or "It was not taken")
    return way_of(session, ctx, ORDER[ORDER.index(method) + 1], late, (before,))


_Found = tuple[str, Mapping[str, str]] | str
"""Address and facts, or why there is no way."""


def _by_phone(
    session: Session, ctx: RequestContext, method: ReminderMethod, late: LateNow
) -> _Found:
    given = _TEXTS[method](session, ctx, late.level, late.facts)
    if isinstance(given, str):
        return given
    number = messaging.mobile_number(late.one.phone)
    if not number:
        return "There is no mobile number"
    if not messaging.has_agreed(session, ctx, late.one.party_id, number, Channel(method.value)):
        return f"The customer has not agreed to {NAMES[method]} messages at this number"
    return number, given


def _by_mail(one: DueReminder) -> _Found:
    try:
        messaging.require_channel(Channel.EMAIL)
    except messaging.ChannelNotSetUp as absent:
        return absent.message.removesuffix(".")
    return (one.email, {}) if one.email else NO_ADDRESS


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


def queue_text(
    session: Session,
    ctx: RequestContext,
    reminder: Mapping[str, object],
    instead: Way | None = None,
) -> UUID:
    """Queue the message of a reminder to a phone, or what goes instead of one that failed; again changes nothing."""
    written = Way(
        ReminderMethod(f"{reminder['method']}"),
        to_address=f"{reminder['to_address']}",
        sms=reminder["sms"],  # type: ignore[arg-type]
    )
    way = instead or written
    facts = dict(way.sms)
    text = facts.pop("text")
    new = NewMessage(
        channel=Channel(way.method.value),
        purpose=PURPOSE,
        to_name=f"{reminder['party']}",
        to_address=way.to_address,
        subject="Payment reminder",
        body=text,
        origin_type=ORIGIN,
        origin_id=UUID(f"{reminder['id']}"),
        dedupe_key=f"{PURPOSE}-{reminder['id']}{f'-{way.method}' if instead else ''}",
        party_id=UUID(f"{reminder['party_id']}"),
        facts=facts,
        why=instead.why if instead else f"{reminder['why']}",
    )
    return messaging.queue_message(session, ctx, new, is_promised=True)


def failed_text(session: Session, ctx: RequestContext, message_id: UUID) -> db.Row | None:
    """Return a reminder's message to a phone that failed for good, or nothing."""
    return db.fetch_one(
        session,
        "select m.origin_id, m.channel, m.problem from message m where m.tenant_id = %s and m.id = %s"
        " and m.channel in ('sms', 'whatsapp') and m.status = 'failed' and m.purpose = %s",
        (ctx.tenant_id, message_id, PURPOSE),
    )
