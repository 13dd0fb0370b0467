"""Sending messages: queued in the transaction of their reason, carried by a job, tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.models.messaging import Channel
from erp.models.messaging import Message as MessageTable
from erp.services.messaging.choosing import BY_NUMBER, has_agreed
from erp.services.messaging.errors import ChannelNotSetUp, NoAddress, unknown_message
from erp.services.messaging.errors import MessageEnded as HasEnded
from erp.services.messaging.events import MessageEnded, MessageQueued
from erp.services.messaging.ports import Attachment, OutgoingMessage
from erp.services.platform import Command, Identified, command, emit

GIVE_UP_AFTER: Final = timedelta(days=2)
PAUSES: Final = (30, 120, 600, 1800, 3600)
"""Seconds before the second, third ... attempt; the last repeats."""

NOT_SENT: Final = ("failed", "cancelled")
NAMES: Final = {Channel.EMAIL: "E-mail", Channel.SMS: "SMS", Channel.WHATSAPP: "WhatsApp"}


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that shall go out.

    Attributes:
        purpose: Why, such as `imaging.report`.
        origin_type, origin_id: What it is about.
        documents: Stored documents that travel with it.
        dedupe_key: The same key queues it once.
        facts: What its carrier wants to know besides.
        why: Why it goes by this channel, where another was wanted first.
    """

    channel: Channel
    purpose: str
    to_name: str
    to_address: str
    subject: str
    body: str
    origin_type: str
    origin_id: UUID
    dedupe_key: str
    party_id: UUID | None = None
    documents: Sequence[UUID] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


class OneMessage(Command):
    """Act on one message."""

    message_id: UUID


def require_channel(channel: Channel) -> None:
    """Refuse where nothing carries messages of a channel.

    Raises:
        ChannelNotSetUp: Its carrier is not configured.
    """
    settings = get_settings()
    carried = {
        Channel.EMAIL: ("SMTP_URL", bool(settings.smtp_url)),
        Channel.SMS: ("SMS_URL", bool(settings.sms_url)),
        Channel.WHATSAPP: ("WHATSAPP_URL", bool(settings.whatsapp_url)),
    }
    setting, is_carried = carried[channel]
    if not is_carried:
        remedy = f"Ask whoever operates the product to set {setting}."
        raise ChannelNotSetUp(f"{NAMES[channel]} is not set up here. {remedy}")


def queue_message(
    session: Session,
    ctx: RequestContext,
    new: NewMessage,
    *,
    again: bool = False,
    is_promised: bool = False,
) -> UUID:
    """Queue a message and return its id; one queued under this key before is that one.

    Args:
        again: A person asks: the earlier one is queued once more if it failed or was cancelled.
        is_promised: `require_channel` was asked when its reason was written: it is queued even if
            the carrier was taken away since, and says so while it waits.

    Raises:
        ChannelNotSetUp: Nothing carries messages of its channel.
        NoAddress: There is no address to send it to.

    Emits:
        messaging.message_queued.v1.
    """
    if not is_promised:
        require_channel(new.channel)
    if not new.to_address:
        message = f"{new.to_name} has no {NAMES[new.channel].lower()} address. Add it first."
        raise NoAddress(message, fields={"to_address": message})
    known = db.fetch_one(
        session,
        "select * from message where tenant_id = %s and dedupe_key = %s for no key update",
        (ctx.tenant_id, new.dedupe_key),
    )
    if known is not None:
        if again and known["status"] in NOT_SENT:
            _requeue(session, ctx, known)
        return UUID(str(known["id"]))
    message_id = new_id()
    db.insert_rows(session, MessageTable, [_row(session, ctx, message_id, new)])
    emit(session, ctx, new.origin_id, MessageQueued(message_id=message_id))
    return message_id


@command(
    "messaging.cancel_message",
    permission="platform.operate",
    rest="POST /messages/{message_id}/cancel",
)
def cancel_message(session: Session, ctx: RequestContext, cmd: OneMessage) -> Identified:
    """Send a queued message no more.

    Raises:
        UnknownMessage: There is none.
        MessageEnded: It is not queued any more.

    Emits:
        messaging.message_ended.v1.
    """
    found = hold_message(session, ctx, cmd.message_id)
    if found["status"] != "queued":
        raise HasEnded("This message is not waiting any more.")
    end_message(session, ctx, found, "cancelled", problem=f"Cancelled by {ctx.user_name}.")
    return Identified(id=cmd.message_id)


@command(
    "messaging.resend_message",
    permission="platform.operate",
    rest="POST /messages/{message_id}/resend",
)
def resend_message(session: Session, ctx: RequestContext, cmd: OneMessage) -> Identified:
    """Queue a message that failed or was cancelled once more.

    Raises:
        UnknownMessage: There is none.
        MessageEnded: It waits, or has gone out.
        ChannelNotSetUp: Nothing carries it.

    Emits:
        messaging.message_queued.v1.
    """
    found = hold_message(session, ctx, cmd.message_id)
    if found["status"] not in NOT_SENT:
        raise HasEnded("Only a message that failed or was cancelled is sent again.")
    if found["receipt"] == "undelivered":
        message = (
            "The phone did not take it. Check the number, then write again from where it came."
        )
        raise HasEnded(message)
    require_channel(Channel(found["channel"]))
    _requeue(session, ctx, found)
    return Identified(id=cmd.message_id)


def plan_message(session: Session, ctx: RequestContext, message_id: UUID) -> OutgoingMessage | None:
    """Return a message that still waits, or nothing; a text to who wants no more fails instead.

    Emits:
        messaging.message_ended.v1 where it does.
    """
    row = db.fetch_one(
        session,
        "select * from message where tenant_id = %s and id = %s and status = 'queued'",
        (ctx.tenant_id, message_id),
    )
    if row is None:
        return None
    if row["channel"] in BY_NUMBER and _wants_no_more(session, ctx, row):
        problem = f"{NAMES[Channel(row['channel'])]} messages are not wanted any more."
        end_message(session, ctx, row, "failed", problem=problem)
        return None
    files = tuple(
        Attachment(held["file_name"], held["media_type"], held["storage_key"])
        for held in row["attachments"]
    )
    return OutgoingMessage(
        message_id=message_id,
        channel=row["channel"],
        to_name=row["to_name"],
        to_address=row["to_address"],
        subject=row["subject"],
        body=row["body"],
        attachments=files,
        facts=row["facts"],
        tenant_id=ctx.tenant_id,
    )


def note_carried(session: Session, ctx: RequestContext, message_id: UUID, carrier_ref: str) -> None:
    """Note that a carrier took a message: it is sent, also where somebody cancelled it meanwhile.

    Emits:
        messaging.message_ended.v1.
    """
    found = hold_message(session, ctx, message_id)
    if found["status"] in {"queued", "cancelled"}:
        end_message(session, ctx, found, "sent", carrier_ref=carrier_ref[:200])


def note_not_carried(
    session: Session, ctx: RequestContext, message_id: UUID, problem: str, *, is_final: bool
) -> timedelta | None:
    """Note that a carrier did not take a message; return how long to wait, nothing if it has failed.

    Emits:
        messaging.message_ended.v1 where it has.
    """
    found = hold_message(session, ctx, message_id)
    if found["status"] != "queued":
        return None
    if is_final or ctx.now - found["queued_at"] >= GIVE_UP_AFTER:
        end_message(session, ctx, found, "failed", problem=problem)
        return None
    db.execute(
        session,
        "update message set attempts = attempts + 1, problem = %s where tenant_id = %s and id = %s",
        (problem[:500], ctx.tenant_id, message_id),
    )
    return timedelta(seconds=PAUSES[min(found["attempts"], len(PAUSES) - 1)])


def _wants_no_more(session: Session, ctx: RequestContext, found: db.Row) -> bool:
    party_id: UUID | None = found["party_id"]
    channel = Channel(found["channel"])
    return party_id is not None and not has_agreed(
        session, ctx, party_id, found["to_address"], channel
    )


def _requeue(session: Session, ctx: RequestContext, found: db.Row) -> None:
    db.execute(
        session,
        "update message set status = 'queued', ended_at = null, problem = '', attempts = 0,"
        " queued_at = %s where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, found["id"]),
    )
    emit(session, ctx, found["origin_id"], MessageQueued(message_id=found["id"]))


def _row(session: Session, ctx: RequestContext, message_id: UUID, new: NewMessage) -> db.Row:
    return {
        "tenant_id": ctx.tenant_id,
        "id": message_id,
        "channel": new.channel.value,
        "purpose": new.purpose,
        "party_id": new.party_id,
        "to_name": new.to_name,
        "to_address": new.to_address,
        "subject": " ".join(new.subject.split()),
        "body": new.body,
        "attachments": _attachments(session, ctx, new.documents),
        "facts": dict(new.facts),
        "why": new.why,
        "branch_id": ctx.branch_id,
        "origin_type": new.origin_type,
        "origin_id": new.origin_id,
        "dedupe_key": new.dedupe_key,
        "status": "queued",
        "attempts": 0,
        "problem": "",
        "carrier_ref": "",
        "user_id": ctx.user_id,
        "user_name": ctx.user_name,
        "queued_at": ctx.now,
    }


def _attachments(
    session: Session, ctx: RequestContext, document_ids: Sequence[UUID]
) -> list[dict[str, str]]:
    rows = db.fetch_all(
        session,
        "select held.id::text as document_id, held.file_name, held.media_type, blob.storage_key"
        " from stored_document held join blob"
        " on (blob.tenant_id, blob.sha256) = (held.tenant_id, held.sha256)"
        " where held.tenant_id = %s and held.id = any(%s) order by held.id",
        (ctx.tenant_id, list(document_ids)),
    )
    return [dict(row) for row in rows]


def hold_message(session: Session, ctx: RequestContext, message_id: UUID) -> db.Row:
    """Lock a message.

    Raises:
        UnknownMessage: There is none.
    """
    found = db.fetch_one(
        session,
        "select * from message where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, message_id),
    )
    if found is None:
        raise unknown_message()
    return found


def end_message(
    session: Session,
    ctx: RequestContext,
    found: db.Row,
    status: str,
    *,
    problem: str = "",
    carrier_ref: str = "",
) -> None:
    """Note what became of a message that is held.

    Emits:
        messaging.message_ended.v1.
    """
    db.execute(
        session,
        "update message set status = %s, ended_at = %s, problem = %s, carrier_ref = %s,"
        " attempts = attempts + 1 where tenant_id = %s and id = %s",
        (status, ctx.now, problem[:500], carrier_ref, ctx.tenant_id, found["id"]),
    )
    emit(session, ctx, found["origin_id"], MessageEnded(message_id=found["id"], status=status))
