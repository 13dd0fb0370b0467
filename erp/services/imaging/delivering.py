"""Objects that come without an offer: by C-STORE, by STOW-RS, by hand."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.imaging import Transfer
from erp.services import documents
from erp.services.imaging.archiving import describe_session, lacks_words, neighbours_of
from erp.services.imaging.devices import only_devices
from erp.services.imaging.messages import ReceiptStatus, Sha256
from erp.services.imaging.placing import Neighbours
from erp.services.imaging.ports import ObjectFacts, RefusedObject
from erp.services.imaging.receipts import (
    HELD,
    Outcome,
    count_in_session,
    hold,
    note_attempt,
    tell_stored,
)
from erp.services.imaging.sessions import lock_session
from erp.services.imaging.settling import settle
from erp.services.imaging.taking import MEDIA, judge
from erp.services.platform import Command, Result, command

DeliverySource = Literal["cstore", "stow", "upload"]
MOST_AT_ONCE: Final = 64


class DeliveredObject(BaseModel):
    """An object that was inspected and, where it is worth keeping, lies under its digest.

    Attributes:
        sop_uid: The identity its sender announced; empty where it announced none.
        finding: The reader's answer. It follows from the bytes, so the digest stands for
            it in the record of the command.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Sha256
    size: Annotated[int, Field(ge=0)]
    sop_uid: Annotated[str, Field(max_length=64)] = ""
    finding: Annotated[ObjectFacts | RefusedObject, Field(exclude=True, repr=False)]


class TakeObjects(Command):
    """Objects that one way in delivered."""

    device_id: UUID
    source: DeliverySource
    objects: Annotated[tuple[DeliveredObject, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class TakenObject(Result):
    """What became of an object; its identifiers as far as they are known.

    Attributes:
        status: `stored`, `duplicate`, `conflict`, `quarantined` or `rejected`.
        reason: From the fixed list; empty where it was stored. `detail`: in a sentence.
        session_id: The session of its study; none where its study is not known.
    """

    transfer_id: UUID
    status: str
    reason: str
    detail: str
    instance_id: UUID | None
    session_id: UUID | None
    sop_uid: str
    sop_class: str
    series_uid: str
    study_uid: str


class ObjectsTaken(Result):
    """What became of each object, in the order given."""

    objects: list[TakenObject]


@dataclass(frozen=True, slots=True)
class _Identity:
    """What an object says it is; empty where it cannot be told."""

    sop_uid: str
    sop_class: str
    series_uid: str
    study_uid: str


@command("imaging.take_objects", permission="imaging.ingest")
def take_objects(session: Session, ctx: RequestContext, cmd: TakeObjects) -> ObjectsTaken:
    """Take objects whose bytes lie in object storage under their digests.

    All of them, with rows, attempts and counters, or none. The objects of a study form one
    session of the device, opened by the first. Locks sessions, studies and series in their order.

    Raises:
        OnlyDevices: A person called it.
        UnknownDevice: There is no such way in, or it was retired.

    Emits:
        imaging.session_changed.v1 for a session that appears; imaging.object_stored.v1 or
        imaging.object_held.v1 for each object, and what settling emits.
    """
    only_devices(ctx)
    known = [_identity(item) for item in cmd.objects]
    sop_uids = [own.sop_uid for own in known if own.sop_uid]
    batch = _Batch(cmd, neighbours_of(session, ctx, sop_uids, way_in=cmd.device_id))
    db.hold_rows(session)
    documents.ensure_blobs(session, ctx, _kept(cmd), media_type=MEDIA)
    taken: dict[int, TakenObject] = {}
    for place in sorted(range(len(known)), key=lambda n: _order(known[n])):
        taken[place] = _take(session, ctx, batch, cmd.objects[place], known[place])
    _count(session, ctx, batch)
    return ObjectsTaken(objects=[taken[place] for place in range(len(known))])


def give_home(
    session: Session, ctx: RequestContext, transfer: db.Row, facts: ObjectFacts
) -> db.Row:
    """Return a transfer in the session of its study, which can be told only now."""
    own = _identity_of(facts)
    found = lock_session(
        session,
        ctx,
        transfer["device_id"],
        own.study_uid or own.sop_uid,
        study_uid=own.study_uid,
    )
    placed = {
        "session_id": found["id"],
        "sop_uid": transfer["sop_uid"] or own.sop_uid,
        "series_uid": own.series_uid,
        "study_uid": own.study_uid,
    }
    db.execute(
        session,
        "update imaging_transfer set session_id = %(session_id)s, sop_uid = %(sop_uid)s,"
        " series_uid = %(series_uid)s, study_uid = %(study_uid)s"
        " where tenant_id = %(tenant)s and id = %(id)s",
        placed | {"tenant": ctx.tenant_id, "id": transfer["id"]},
    )
    return transfer | placed


def _identity(item: DeliveredObject) -> _Identity:
    if isinstance(item.finding, ObjectFacts):
        own = _identity_of(item.finding)
        return replace(own, sop_uid=item.sop_uid or own.sop_uid)
    return _Identity(item.sop_uid, "", "", "")


def _identity_of(facts: ObjectFacts) -> _Identity:
    return _Identity(
        facts.instance.sop_uid,
        facts.instance.sop_class,
        facts.series.series_uid if facts.series else "",
        facts.study.study_uid if facts.study else "",
    )


def _order(known: _Identity) -> tuple[str, str, str]:
    return known.study_uid, known.series_uid, known.sop_uid


@dataclass(slots=True)
class _Batch:
    """Objects that are taken together, and what they have in common.

    Attributes:
        sessions: Sessions by the name of their study, locked, as they were before.
        stored: How many of each were stored. `held`: what was put into quarantine.
    """

    cmd: TakeObjects
    near: Neighbours
    sessions: dict[str, db.Row] = field(default_factory=dict)
    stored: Counter[str] = field(default_factory=Counter)
    held: set[tuple[str, UUID | None]] = field(default_factory=set)


def _kept(cmd: TakeObjects) -> dict[str, int]:
    """Return digest and size of what lies in object storage."""
    return {
        item.sha256: item.size
        for item in cmd.objects
        if isinstance(item.finding, ObjectFacts) or item.finding.keep_bytes
    }


def _take(
    session: Session,
    ctx: RequestContext,
    batch: _Batch,
    item: DeliveredObject,
    known: _Identity,
) -> TakenObject:
    found = _session_of(session, ctx, batch, item, known)
    transfer = _transfer(ctx, batch.cmd, item, known, found)
    outcome = judge(session, ctx, transfer, item.finding, batch.near)
    if outcome.status in HELD:
        outcome = _once(session, ctx, batch, transfer, outcome)
    _conclude(session, ctx, batch, transfer, outcome)
    if outcome.status is ReceiptStatus.STORED and found is not None:
        _note_stored(session, ctx, batch, item, found)
    return TakenObject(
        transfer_id=transfer["id"],
        status=outcome.status.value,
        reason=outcome.reason,
        detail=outcome.detail,
        instance_id=outcome.instance_id,
        session_id=transfer["session_id"],
        sop_uid=known.sop_uid,
        sop_class=known.sop_class,
        series_uid=known.series_uid,
        study_uid=known.study_uid,
    )


def _session_of(
    session: Session,
    ctx: RequestContext,
    batch: _Batch,
    item: DeliveredObject,
    known: _Identity,
) -> db.Row | None:
    """Return the session an object belongs to, locked; none where it cannot be told."""
    if isinstance(item.finding, RefusedObject):
        return None
    name = known.study_uid or item.finding.instance.sop_uid
    if name not in batch.sessions:
        batch.sessions[name] = lock_session(
            session, ctx, batch.cmd.device_id, name, study_uid=known.study_uid
        )
    return batch.sessions[name]


def _transfer(
    ctx: RequestContext,
    cmd: TakeObjects,
    item: DeliveredObject,
    known: _Identity,
    found: db.Row | None,
) -> db.Row:
    transfer_id = new_id()
    return {
        "tenant_id": ctx.tenant_id,
        "id": transfer_id,
        "device_id": cmd.device_id,
        "session_id": found["id"] if found else None,
        "transfer_id": transfer_id.hex,
        "sop_uid": known.sop_uid,
        "series_uid": known.series_uid,
        "study_uid": known.study_uid,
        "size": item.size,
        "sha256": item.sha256,
        "mode": cmd.source,
        "tries": 1,
    }


def _conclude(
    session: Session, ctx: RequestContext, batch: _Batch, transfer: db.Row, outcome: Outcome
) -> None:
    """Write a delivery down with its attempt, and into quarantine where it belongs there."""
    decided = {
        "status": outcome.status.value,
        "reason": outcome.reason,
        "instance_id": outcome.instance_id,
        "decided_at": ctx.now,
    }
    db.insert_rows(session, Transfer, [transfer | decided])
    source = batch.cmd.source
    note_attempt(session, ctx, transfer, source, outcome.status.value, outcome.reason)
    if outcome.status in HELD and not outcome.is_held_already:
        hold(session, ctx, transfer, outcome)
    if outcome.status is ReceiptStatus.STORED:
        tell_stored(session, ctx, transfer, outcome)


def _note_stored(
    session: Session, ctx: RequestContext, batch: _Batch, item: DeliveredObject, found: db.Row
) -> None:
    """Count for the end, and fill what the session does not say from its first objects."""
    batch.stored[found["external_id"]] += 1
    if (
        batch.stored[found["external_id"]] == 1
        and isinstance(item.finding, ObjectFacts)
        and lacks_words(found, item.finding)
    ):
        describe_session(session, ctx, found["id"], item.finding)


def _count(session: Session, ctx: RequestContext, batch: _Batch) -> None:
    """Count what was stored in each session, and settle those that are complete."""
    for name, found in batch.sessions.items():
        if batch.stored[name]:
            count_in_session(session, ctx, found["id"], batch.cmd.device_id, batch.stored[name])
    complete = [found for found in batch.sessions.values() if found["expected"] is not None]
    if complete:
        db.send_rows(session)
    for found in complete:
        settle(session, ctx, found["id"])


def _once(
    session: Session, ctx: RequestContext, batch: _Batch, transfer: db.Row, outcome: Outcome
) -> Outcome:
    """Return the outcome of an object to hold, which may wait in quarantine from an earlier delivery."""
    key = (transfer["sha256"], transfer["session_id"])
    if key in batch.held:
        return replace(outcome, is_held_already=True)
    batch.held.add(key)
    row = db.fetch_one(
        session,
        "select id from quarantine where tenant_id = %s and status in ('open', 'retrying')"
        " and device_id = %s and sha256 = %s and session_id is not distinct from %s limit 1",
        (ctx.tenant_id, transfer["device_id"], *key),
    )
    return replace(outcome, is_held_already=row is not None)
