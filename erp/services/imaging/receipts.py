"""The end of transfers: their attempts, their counters and their receipts, once."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.imaging import IngestAttempt, Quarantine
from erp.services.imaging.events import ObjectHeld, ObjectStored
from erp.services.imaging.locking import VERDICTS
from erp.services.imaging.messages import ObjectReceipt, ReceiptStatus
from erp.services.imaging.outgoing import Address, Word, say_all
from erp.services.imaging.reopening import reopen_for_new_objects
from erp.services.imaging.settling import settle
from erp.services.imaging.topics import Channel
from erp.services.platform import emit

HELD: Final = frozenset({ReceiptStatus.QUARANTINED, ReceiptStatus.CONFLICT})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an offered object.

    Attributes:
        reason: From the fixed list; empty where it was stored.
        detail: One sentence for people.
        is_held_already: The same bytes wait in quarantine from an earlier delivery.
    """

    status: ReceiptStatus
    reason: str = ""
    detail: str = ""
    instance_id: UUID | None = None
    is_held_already: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A transfer with what became of its object, and by which way the bytes were looked at."""

    transfer: db.Row
    outcome: Outcome
    source: str


def decide_all(
    session: Session,
    ctx: RequestContext,
    decided: Sequence[Decided],
    sessions: Mapping[UUID, db.Row],
) -> None:
    """End transfers with their outcomes: attempts, quarantine, counters, receipts, settlements.

    The caller holds the locks of the sessions and of the transfers.

    Args:
        sessions: What each expects, by id, as read under its lock.

    Emits:
        imaging.object_stored.v1 or imaging.object_held.v1, and what settling emits.
    """
    if not decided:
        return
    _end(session, ctx, decided)
    with db.together(session):
        for one in decided:
            _write(session, ctx, one)
    stored = [one.transfer for one in decided if one.outcome.status is ReceiptStatus.STORED]
    for (session_id, device_id), count in Counter(
        (transfer["session_id"], transfer["device_id"]) for transfer in stored
    ).items():
        count_in_session(session, ctx, session_id, device_id, count)
    say_all(session, ctx, [_receipt(ctx, one.transfer, one.outcome) for one in decided])
    for session_id in sorted({one.transfer["session_id"] for one in decided}):
        if sessions[session_id]["expected"] is not None:
            settle(session, ctx, session_id)


def _end(session: Session, ctx: RequestContext, decided: Sequence[Decided]) -> None:
    rows = [
        {
            "id": str(one.transfer["id"]),
            "status": one.outcome.status.value,
            "reason": one.outcome.reason,
            "instance_id": str(one.outcome.instance_id) if one.outcome.instance_id else None,
        }
        for one in decided
    ]
    db.execute(
        session,
        "update imaging_transfer known set status = told.status, reason = told.reason,"
        " instance_id = told.instance_id, decided_at = %(now)s, tries = tries + 1"
        " from json_to_recordset(%(rows)s::json)"
        "   as told (id uuid, status text, reason text, instance_id uuid)"
        " where known.tenant_id = %(tenant)s and known.id = told.id",
        {"tenant": ctx.tenant_id, "now": ctx.now, "rows": json.dumps(rows)},
    )


def _write(session: Session, ctx: RequestContext, one: Decided) -> None:
    transfer, outcome = one.transfer, one.outcome
    note_attempt(session, ctx, transfer, one.source, outcome.status.value, outcome.reason)
    if outcome.status in HELD and not outcome.is_held_already:
        hold(session, ctx, transfer, outcome)
    if outcome.status is ReceiptStatus.STORED:
        tell_stored(session, ctx, transfer, outcome)


def note_attempt(
    session: Session, ctx: RequestContext, transfer: db.Row, source: str, outcome: str, reason: str
) -> None:
    """Write down one look at the bytes of a transfer."""
    attempt = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "transfer_id": transfer["id"],
        "source": source,
        "outcome": outcome,
        "reason": reason,
        "sha256": transfer["sha256"],
        "size": transfer["size"],
        "attempted_at": ctx.now,
    }
    db.insert_rows(session, IngestAttempt, [attempt])


def send_receipt(session: Session, ctx: RequestContext, transfer: db.Row, outcome: Outcome) -> None:
    """Queue the receipt of a transfer: the only proof the device accepts."""
    say_all(session, ctx, [_receipt(ctx, transfer, outcome)])


def _receipt(ctx: RequestContext, transfer: db.Row, outcome: Outcome) -> Word:
    receipt = ObjectReceipt(
        transfer_id=transfer["transfer_id"],
        sop_uid=transfer["sop_uid"],
        sha256=transfer["sha256"],
        status=outcome.status,
        object_id=outcome.instance_id,
        at=ctx.now,
        reason=outcome.reason or None,
    )
    to = Address(transfer["device_id"], Channel.RECEIPT, transfer["transfer_id"])
    return Word(to, receipt.model_dump_json())


def settle_if_complete(session: Session, ctx: RequestContext, session_id: UUID) -> None:
    """Balance a session again if its manifest is known."""
    known = db.fetch_one(
        session,
        "select expected from imaging_session where tenant_id = %s and id = %s",
        (ctx.tenant_id, session_id),
    )
    if known is not None and known["expected"] is not None:
        settle(session, ctx, session_id)


def hold(session: Session, ctx: RequestContext, transfer: db.Row, outcome: Outcome) -> None:
    """Put an object into quarantine and count it in its session.

    Emits:
        imaging.object_held.v1.
    """
    held_id = new_id()
    held = {
        "tenant_id": ctx.tenant_id,
        "id": held_id,
        "kind": "object",
        "device_id": transfer["device_id"],
        "session_id": transfer["session_id"],
        "transfer_id": transfer["id"],
        "reason_code": outcome.reason,
        "detail": outcome.detail[:1000],
        "sha256": transfer["sha256"],
        "size": transfer["size"],
        "topic": "",
        "status": "open",
        "tries": 0,
        "decision_note": "",
        "filed_as": "",
        "held_at": ctx.now,
    }
    db.insert_rows(session, Quarantine, [held])
    if transfer["session_id"] is not None:
        db.execute(
            session,
            "update imaging_session set quarantined = quarantined + 1"
            " where tenant_id = %s and id = %s",
            (ctx.tenant_id, transfer["session_id"]),
        )
    emit(session, ctx, held_id, ObjectHeld(quarantine_id=held_id, reason_code=outcome.reason))


def count_stored(session: Session, ctx: RequestContext, transfer: db.Row, outcome: Outcome) -> None:
    """Count an object that is in the archive now; the session is locked.

    Emits:
        imaging.object_stored.v1.
    """
    count_in_session(session, ctx, transfer["session_id"], transfer["device_id"], 1)
    tell_stored(session, ctx, transfer, outcome)


def count_in_session(
    session: Session, ctx: RequestContext, session_id: UUID, device_id: UUID, count: int
) -> None:
    """Count objects that are in the archive now; the session is locked.

    While somebody reviews it, it gets another version: they have not seen these objects.

    Emits:
        imaging.session_reviewed.v1 where the session had been decided about or read once.
    """
    row = db.fetch_one(
        session,
        "with heard as (update imaging_device set last_object_at = %(now)s"
        "   where tenant_id = %(tenant)s and id = %(device)s"
        "   and (last_object_at is null or last_object_at < %(now)s - interval '5 seconds'))"
        " update imaging_session set stored = stored + %(count)s,"
        " version = version + (qa_state = 'in_review')::int"
        " where tenant_id = %(tenant)s and id = %(id)s returning qa_state, awaiting",
        {
            "tenant": ctx.tenant_id,
            "id": session_id,
            "device": device_id,
            "count": count,
            "now": ctx.now,
        },
    )
    if row is not None and (row["qa_state"] in VERDICTS or row["awaiting"]):
        reopen_for_new_objects(session, ctx, session_id)


def tell_stored(session: Session, ctx: RequestContext, transfer: db.Row, outcome: Outcome) -> None:
    """Tell that an object is in the archive.

    Emits:
        imaging.object_stored.v1.
    """
    if outcome.instance_id is None:
        msg = "A stored object has an id."
        raise RuntimeError(msg)
    stored = ObjectStored(
        instance_id=outcome.instance_id,
        session_id=transfer["session_id"],
        sop_uid=transfer["sop_uid"],
        sha256=transfer["sha256"],
    )
    emit(session, ctx, transfer["session_id"], stored)
