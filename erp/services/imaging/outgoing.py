"""What the suite has to say to devices: written with the change, sent until the broker has it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.topics import Channel, topic_for


@dataclass(frozen=True, slots=True)
class Address:
    """A topic of a device on which the suite speaks."""

    device_id: UUID
    channel: Channel
    subject: str


@dataclass(frozen=True, slots=True)
class Word:
    """What the suite says on a topic of a device; a command until it expires."""

    to: Address
    payload: str
    is_retained: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message that the broker has not taken yet."""

    tenant_id: UUID
    id: UUID
    topic: str
    payload: str
    is_retained: bool
    due_at: datetime


def say(
    session: Session,
    ctx: RequestContext,
    to: Address,
    message: BaseModel | str,
    *,
    is_retained: bool = False,
    is_news_alone: bool = False,
) -> None:
    """Make this the suite's word on a topic of a device, due now; an earlier word is replaced.

    A way in that is not on the broker is told nothing: whoever sent has its answer already.

    What the device answered belonged to the earlier word and goes with it.

    Args:
        is_news_alone: The same word again is not said again.
    """
    payload = message if isinstance(message, str) else message.model_dump_json()
    say_all(session, ctx, [Word(to, payload, is_retained)], is_news_alone=is_news_alone)


def say_all(
    session: Session, ctx: RequestContext, words: Sequence[Word], *, is_news_alone: bool = False
) -> None:
    """Say several words, as `say` does; each has a topic of its own."""
    rows = [
        {
            "id": str(new_id()),
            "device_id": str(word.to.device_id),
            "channel": word.to.channel.value,
            "subject": word.to.subject,
            "payload": word.payload,
            "is_retained": word.is_retained,
            "expires_at": word.expires_at and word.expires_at.isoformat(),
        }
        for word in words
    ]
    db.execute(
        session,
        """
        insert into device_message as known
            (tenant_id, id, device_id, channel, subject, payload, is_retained, due_at, expires_at,
             answer)
        select device.tenant_id, said.id, device.id, said.channel, said.subject, said.payload,
               said.is_retained, %(now)s, said.expires_at, ''
          from json_to_recordset(%(rows)s::json) as said
               (id uuid, device_id uuid, channel text, subject text, payload text, is_retained bool,
                expires_at timestamptz)
          join imaging_device device
            on device.tenant_id = %(tenant)s and device.id = said.device_id and device.kind = 'mqtt'
         order by device.id, said.channel, said.subject
        on conflict (tenant_id, device_id, channel, subject) do update
           set payload = excluded.payload, is_retained = excluded.is_retained,
               due_at = excluded.due_at, expires_at = excluded.expires_at, sent_at = null,
               answer = '', answered_at = null
         where not %(news_alone)s or known.payload <> excluded.payload
        """,
        {
            "tenant": ctx.tenant_id,
            "rows": json.dumps(rows),
            "now": ctx.now,
            "news_alone": is_news_alone,
        },
    )


def say_again(session: Session, ctx: RequestContext, to: Address) -> None:
    """Make what was said on a topic due again, because the device asks."""
    db.execute(
        session,
        "update device_message set sent_at = null, due_at = %s"
        " where tenant_id = %s and device_id = %s and channel = %s and subject = %s"
        " and sent_at is not null",
        (ctx.now, ctx.tenant_id, to.device_id, to.channel.value, to.subject),
    )


def repeat_receipt(
    session: Session, ctx: RequestContext, device_id: UUID, transfer_id: str
) -> None:
    """Send the receipt of a decided transfer again, because the device asks."""
    say_again(session, ctx, Address(device_id, Channel.RECEIPT, transfer_id))


def note_answer(
    session: Session, ctx: RequestContext, device_id: UUID, subject: str, answer: str
) -> None:
    """Keep what a device answered to a command; the first answer counts."""
    db.execute(
        session,
        "update device_message set answer = %s, answered_at = %s where tenant_id = %s"
        " and device_id = %s and channel = 'cmd' and subject = %s and answered_at is null",
        (answer[:2000], ctx.now, ctx.tenant_id, device_id, subject),
    )


def say_commands_again(session: Session, ctx: RequestContext, device_id: UUID) -> None:
    """Say commands again that a device has not answered: it began anew, and may never have heard them."""
    db.execute(
        session,
        "update device_message set sent_at = null, due_at = %(now)s"
        " where tenant_id = %(tenant)s and device_id = %(device)s and channel = 'cmd'"
        " and sent_at is not null and answered_at is null and expires_at > %(now)s",
        {"now": ctx.now, "tenant": ctx.tenant_id, "device": device_id},
    )


def end_commands(
    session: Session, ctx: RequestContext, device_id: UUID, about: Mapping[str, str]
) -> bool:
    """Let unanswered commands that say this expire now; tell whether the device may have heard one."""
    ended = db.fetch_all(
        session,
        "update device_message set expires_at = %(now)s"
        " where tenant_id = %(tenant)s and device_id = %(device)s and channel = 'cmd'"
        " and answered_at is null and expires_at > %(now)s and payload::jsonb @> %(about)s::jsonb"
        " returning sent_at",
        {
            "now": ctx.now,
            "tenant": ctx.tenant_id,
            "device": device_id,
            "about": json.dumps(dict(about)),
        },
    )
    return any(row["sent_at"] is not None for row in ended)


def clear_settlements(session: Session, ctx: RequestContext, device_id: UUID) -> None:
    """Take retained settlements that were read back from the broker; the device starts anew."""
    db.execute(
        session,
        "update device_message set payload = '', sent_at = null, due_at = %s"
        " where tenant_id = %s and device_id = %s and channel = 'settle'"
        " and sent_at is not null and payload <> '' and payload like %s",
        (ctx.now, ctx.tenant_id, device_id, '%"missing":[]%'),
    )


def due_messages(session: Session, limit: int = 500) -> list[DueMessage]:
    """Return what the broker has not taken yet, oldest first; needs the operators' role."""
    rows = db.fetch_all(
        session,
        """
        select said.tenant_id, said.id, said.channel, said.subject, said.is_retained,
               case when said.expires_at is null then said.payload
                    else (said.payload::jsonb || jsonb_build_object('expires_at', said.expires_at))::text
                end as payload, said.due_at, device.site, device.code
          from device_message said
          join imaging_device device
            on (device.tenant_id, device.id) = (said.tenant_id, said.device_id)
         where said.sent_at is null and coalesce(said.expires_at, 'infinity') > now()
         order by said.due_at, said.id limit %s
        """,
        (limit,),
    )
    return [_due(row) for row in rows]


def mark_sent(session: Session, sent: list[DueMessage], now: datetime) -> None:
    """Note that the broker has these messages, unless a newer word is due meanwhile.

    The note waits for no disk: one that a crash takes is a message sent twice, which devices bear.
    """
    db.execute(session, "set local synchronous_commit = off")
    db.execute(
        session,
        """
        update device_message said set sent_at = %s
          from unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) as taken (tenant_id, id, due_at)
         where (said.tenant_id, said.id, said.due_at) = (taken.tenant_id, taken.id, taken.due_at)
        """,
        (
            now,
            [message.tenant_id for message in sent],
            [message.id for message in sent],
            [message.due_at for message in sent],
        ),
    )


def _due(row: db.Row) -> DueMessage:
    topic = topic_for(row["site"], row["code"], Channel(row["channel"]), row["subject"])
    return DueMessage(
        row["tenant_id"], row["id"], topic, row["payload"], row["is_retained"], row["due_at"]
    )
