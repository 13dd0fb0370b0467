"""Quarantine: what was not taken, why, and what people decide about it."""

import hashlib
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.delivering import give_home
from erp.services.imaging.devices import only_devices
from erp.services.imaging.errors import AlreadyDecided, UnknownHeld
from erp.services.imaging.events import HeldDecided, ObjectHeld, RetryRequested
from erp.services.imaging.messages import ReceiptStatus
from erp.services.imaging.ports import ObjectFacts, RefusedObject
from erp.services.imaging.receipts import (
    HELD,
    Outcome,
    count_stored,
    note_attempt,
    send_receipt,
    settle_if_complete,
)
from erp.services.imaging.taking import judge, lock_transfers
from erp.services.platform import Command, Identified, Text, command, emit

KEPT_BYTES: Final = 64 * 1024


class ParkMessage(Command):
    """A message that can never be taken, with its bytes."""

    device_id: UUID
    topic: Annotated[str, Field(max_length=300)]
    reason_code: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    detail: Annotated[str, Field(max_length=1000)]
    payload: Annotated[bytes, Field(exclude=True, repr=False)] = b""
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class RetryHeld(Command):
    """Look at something held again."""

    quarantine_id: UUID


class DiscardHeld(Command):
    """Give up something held; its bytes stay, nobody is asked again."""

    quarantine_id: UUID
    note: Text = ""


@command("imaging.park_message", permission="imaging.ingest")
def park_message(session: Session, ctx: RequestContext, cmd: ParkMessage) -> Identified:
    """Keep a message that can never be taken, so that it stops coming back and is not lost.

    The same message of the same topic is kept once, its first 64 KiB.

    Raises:
        OnlyDevices: A person called it.

    Emits:
        imaging.object_held.v1 the first time.
    """
    only_devices(ctx)
    row = db.fetch_one(
        session,
        "insert into quarantine (tenant_id, id, kind, device_id, reason_code, detail, size, topic,"
        " payload, message_digest, status, tries, decision_note, filed_as, held_at)"
        " values (%s, %s, 'message', %s, %s, %s, %s, %s, %s, %s, 'open', 0, '', '', %s)"
        " on conflict (tenant_id, message_digest) do nothing returning id",
        (
            *(ctx.tenant_id, new_id(), cmd.device_id, cmd.reason_code, cmd.detail),
            *(len(cmd.payload), cmd.topic, cmd.payload[:KEPT_BYTES], cmd.digest, ctx.now),
        ),
    )
    if row is None:
        return Identified(id=_parked(session, ctx, cmd.digest))
    emit(session, ctx, row["id"], ObjectHeld(quarantine_id=row["id"], reason_code=cmd.reason_code))
    return Identified(id=row["id"])


def message_digest(topic: str, payload: bytes) -> str:
    """Return what a parked message is recognised by."""
    return hashlib.sha256(topic.encode() + b"\n" + payload).hexdigest()


def _parked(session: Session, ctx: RequestContext, digest: str) -> UUID:
    row = db.fetch_one(
        session,
        "select id from quarantine where tenant_id = %s and message_digest = %s",
        (ctx.tenant_id, digest),
    )
    if row is None:
        msg = "A parked message vanished."
        raise RuntimeError(msg)
    found: UUID = row["id"]
    return found


@command(
    "imaging.retry_held",
    permission="imaging.operate",
    rest="POST /imaging/quarantine/{quarantine_id}/retry",
)
def retry_held(session: Session, ctx: RequestContext, cmd: RetryHeld) -> Identified:
    """Have something held looked at again, in the background.

    Raises:
        UnknownHeld: There is nothing of this id.
        AlreadyDecided: It was released or discarded.

    Emits:
        imaging.retry_requested.v1.
    """
    held = lock_held(session, ctx, cmd.quarantine_id)
    if held["status"] != "retrying":
        _set_status(session, ctx, held, "retrying")
    emit(session, ctx, held["id"], RetryRequested(quarantine_id=held["id"]))
    return Identified(id=held["id"])


@command(
    "imaging.discard_held",
    permission="imaging.operate",
    rest="POST /imaging/quarantine/{quarantine_id}/discard",
)
def discard_held(session: Session, ctx: RequestContext, cmd: DiscardHeld) -> Identified:
    """Give up something held: it counts no longer as waiting; its bytes are kept.

    Raises:
        UnknownHeld: There is nothing of this id.
        AlreadyDecided: It was released or discarded.

    Emits:
        imaging.held_decided.v1.
    """
    held = lock_held(session, ctx, cmd.quarantine_id)
    _decide(session, ctx, held, "discarded", cmd.note)
    return Identified(id=held["id"])


def retake_object(
    session: Session,
    ctx: RequestContext,
    held: db.Row,
    finding: ObjectFacts | RefusedObject,
) -> str:
    """Judge a held object again; stored or known it is released and the device told.

    An operation of the job behind `imaging.retry_requested.v1`. Returns the status of
    what is held.

    Emits:
        imaging.object_stored.v1 and imaging.held_decided.v1 when it is taken now.
    """
    transfers, _ = lock_transfers(session, ctx, [held["transfer_id"]])
    transfer = transfers[held["transfer_id"]]
    if transfer["session_id"] is None and isinstance(finding, ObjectFacts):
        transfer = give_home(session, ctx, transfer, finding)
    outcome = judge(session, ctx, transfer, finding)
    note_attempt(session, ctx, transfer, "retry", outcome.status.value, outcome.reason)
    if outcome.status in HELD or outcome.status is ReceiptStatus.REJECTED:
        _still_held(session, ctx, held, outcome)
        return "open"
    _release(session, ctx, held, transfer, outcome)
    return "released"


def _release(
    session: Session, ctx: RequestContext, held: db.Row, transfer: db.Row, outcome: Outcome
) -> None:
    db.execute(
        session,
        "update imaging_transfer set status = %s, reason = '', instance_id = %s, decided_at = %s,"
        " tries = tries + 1 where tenant_id = %s and id = %s",
        (outcome.status.value, outcome.instance_id, ctx.now, ctx.tenant_id, transfer["id"]),
    )
    _decide(session, ctx, held, "released", "")
    if outcome.status is ReceiptStatus.STORED:
        count_stored(session, ctx, transfer, outcome)
    send_receipt(session, ctx, transfer, outcome)
    settle_if_complete(session, ctx, transfer["session_id"])


def still_held(
    session: Session, ctx: RequestContext, held: db.Row, reason_code: str, detail: str
) -> None:
    """Put something back into quarantine after another look, with the reason of now."""
    db.execute(
        session,
        "update quarantine set status = 'open', reason_code = %s, detail = %s, tries = tries + 1"
        " where tenant_id = %s and id = %s",
        (reason_code, detail[:1000], ctx.tenant_id, held["id"]),
    )
    emit(session, ctx, held["id"], HeldDecided(quarantine_id=held["id"], status="open"))


def _still_held(session: Session, ctx: RequestContext, held: db.Row, outcome: Outcome) -> None:
    still_held(session, ctx, held, outcome.reason, outcome.detail)


def release_message(session: Session, ctx: RequestContext, held: db.Row) -> None:
    """Close a parked message that could be taken after all."""
    _decide(session, ctx, held, "released", "")


def lock_held(session: Session, ctx: RequestContext, quarantine_id: UUID) -> db.Row:
    """Return something that waits in quarantine, locked; its session is locked before it.

    Raises:
        UnknownHeld: There is nothing of this id.
        AlreadyDecided: It was released or discarded.
    """
    db.execute(
        session,
        "select 1 from imaging_session where tenant_id = %(tenant)s and id ="
        " (select session_id from quarantine where tenant_id = %(tenant)s and id = %(id)s)"
        " for no key update",
        {"tenant": ctx.tenant_id, "id": quarantine_id},
    )
    held = db.fetch_one(
        session,
        "select * from quarantine where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, quarantine_id),
    )
    if held is None:
        raise UnknownHeld("Nothing of this id waits in quarantine.")
    if held["status"] not in {"open", "retrying"}:
        raise AlreadyDecided(f"This was {held['status']} before; reload the list.")
    return held


def _set_status(session: Session, ctx: RequestContext, held: db.Row, status: str) -> None:
    db.execute(
        session,
        "update quarantine set status = %s where tenant_id = %s and id = %s",
        (status, ctx.tenant_id, held["id"]),
    )


def _decide(session: Session, ctx: RequestContext, held: db.Row, status: str, note: str) -> None:
    db.execute(
        session,
        "update quarantine set status = %s, decided_by = %s, decided_at = %s, decision_note = %s"
        " where tenant_id = %s and id = %s",
        (status, ctx.on_behalf_of or ctx.user_id, ctx.now, note, ctx.tenant_id, held["id"]),
    )
    if held["session_id"] is not None:
        db.execute(
            session,
            "update imaging_session set quarantined = quarantined - 1"
            " where tenant_id = %s and id = %s",
            (ctx.tenant_id, held["session_id"]),
        )
    emit(session, ctx, held["id"], HeldDecided(quarantine_id=held["id"], status=status))
