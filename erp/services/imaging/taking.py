"""Taking objects whose bytes have arrived: rows, or quarantine, and their receipts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import documents
from erp.services.imaging.archiving import archive, describe_session, lacks_words, neighbours_of
from erp.services.imaging.devices import only_devices
from erp.services.imaging.errors import UnknownTransfer
from erp.services.imaging.messages import ReceiptStatus
from erp.services.imaging.outgoing import Address, say_again
from erp.services.imaging.placing import Neighbours
from erp.services.imaging.ports import ObjectFacts, RefusedObject
from erp.services.imaging.receipts import HELD, Decided, Outcome, decide_all
from erp.services.imaging.topics import Channel
from erp.services.platform import Command, Result, command

MEDIA: Final = "application/dicom"
MOST_AT_ONCE: Final = 64


class ArrivedObject(BaseModel):
    """What was found in the bytes of a transfer.

    Attributes:
        sha256: Digest of the bytes that arrived; `size` is theirs, 0 where none did.
        finding: The reader's answer. It follows from the bytes, so the digest stands for
            it in the record of the command.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    transfer_id: UUID
    source: Literal["put", "chunk"]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]
    finding: Annotated[
        ObjectFacts | RefusedObject | None, Field(default=None, exclude=True, repr=False)
    ]


class TakeUploads(Command):
    """Objects that a device announced and sent."""

    objects: Annotated[tuple[ArrivedObject, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class RejectTransfer(Command):
    """A transfer whose bytes never came right."""

    transfer_id: UUID
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class ObjectTaken(Result):
    """The receipt's status and what it is about."""

    status: str
    reason: str
    instance_id: UUID | None


class UploadsTaken(Result):
    """The receipt of each object, in the order given."""

    objects: list[ObjectTaken]


@command("imaging.take_uploads", permission="imaging.ingest")
def take_uploads(session: Session, ctx: RequestContext, cmd: TakeUploads) -> UploadsTaken:
    """Take objects whose bytes lie in object storage under their digests.

    All rows, the counters and the receipts are written together or not at all. A transfer
    that has its receipt gets the same one again. Locks the sessions, then the transfers, then
    studies and series, each in the order of their names.

    Raises:
        OnlyDevices: A person called it.
        UnknownTransfer: Nothing was offered under one of the ids.

    Emits:
        imaging.object_stored.v1 or imaging.object_held.v1, and what settling emits.
    """
    only_devices(ctx)
    transfers, sessions = lock_transfers(session, ctx, [one.transfer_id for one in cmd.objects])
    told = {one.transfer_id: one for one in cmd.objects}
    open_now = [one for one in told.values() if transfers[one.transfer_id]["status"] == "granted"]
    outcomes = _outcomes(session, ctx, transfers, open_now)
    _describe(session, ctx, transfers, sessions, _stored(open_now, outcomes))
    decided = [Decided(transfers[one], outcomes[one], told[one].source) for one in outcomes]
    decide_all(session, ctx, decided, sessions)
    for transfer_id in told.keys() - outcomes.keys():
        _repeat_receipt(session, ctx, transfers[transfer_id])
    return UploadsTaken(
        objects=[
            _taken(outcomes.get(one.transfer_id) or _known(transfers[one.transfer_id]))
            for one in cmd.objects
        ]
    )


@command("imaging.reject_transfer", permission="imaging.ingest")
def reject_transfer(session: Session, ctx: RequestContext, cmd: RejectTransfer) -> ObjectTaken:
    """End a transfer whose bytes never came right; the device may offer the object anew.

    Raises:
        OnlyDevices: A person called it.
        UnknownTransfer: Nothing was offered under this id.
    """
    only_devices(ctx)
    transfers, sessions = lock_transfers(session, ctx, [cmd.transfer_id])
    transfer = transfers[cmd.transfer_id]
    outcome = Outcome(ReceiptStatus.REJECTED, cmd.reason)
    if transfer["status"] == "granted":
        decide_all(session, ctx, [Decided(transfer, outcome, transfer["mode"])], sessions)
    return _taken(outcome)


def lock_transfers(
    session: Session, ctx: RequestContext, transfer_ids: Sequence[UUID]
) -> tuple[dict[UUID, db.Row], dict[UUID, db.Row]]:
    """Return transfers and what is known of their sessions, by id; the sessions are locked first, as offers do.

    Raises:
        UnknownTransfer: Nothing was offered under one of the ids.
    """
    ids = sorted(set(transfer_ids))
    wanted = {"tenant": ctx.tenant_id, "ids": ids}
    sessions = db.fetch_all(
        session,
        "select id, expected, accession, patient_name, patient_code, study_uid, modality"
        " from imaging_session where tenant_id = %(tenant)s and id in"
        " (select session_id from imaging_transfer"
        "   where tenant_id = %(tenant)s and id = any(%(ids)s))"
        " order by device_id, external_id for no key update",
        wanted,
    )
    rows = db.fetch_all(
        session,
        "select * from imaging_transfer where tenant_id = %(tenant)s and id = any(%(ids)s)"
        " order by id for no key update",
        wanted,
    )
    if len(rows) < len(ids):
        raise UnknownTransfer("Nothing was offered under this id.")
    return {row["id"]: row for row in rows}, {row["id"]: row for row in sessions}


def judge(
    session: Session,
    ctx: RequestContext,
    transfer: db.Row,
    finding: ObjectFacts | RefusedObject,
    near: Neighbours | None = None,
) -> Outcome:
    """Return what becomes of an object that arrived whole; write its rows if it is taken.

    Args:
        near: Given where several are taken together; see `archive`.
    """
    if isinstance(finding, RefusedObject) and not finding.keep_bytes:
        return Outcome(ReceiptStatus.REJECTED, finding.reason_code, finding.detail)
    refused = _refusal(transfer, finding)
    if refused is not None:
        if near is None:
            documents.ensure_blob(
                session, ctx, transfer["sha256"], size=transfer["size"], media_type=MEDIA
            )
        return refused
    if isinstance(finding, RefusedObject):
        raise TypeError
    return archive(session, ctx, transfer, finding, near)


def _refusal(transfer: db.Row, finding: ObjectFacts | RefusedObject) -> Outcome | None:
    if isinstance(finding, RefusedObject):
        return Outcome(ReceiptStatus.QUARANTINED, finding.reason_code, finding.detail)
    if finding.instance.sop_uid != transfer["sop_uid"]:
        return Outcome(
            ReceiptStatus.QUARANTINED,
            "uid_mismatch",
            "The object is another one than the device offered.",
        )
    return None


def _outcomes(
    session: Session,
    ctx: RequestContext,
    transfers: dict[UUID, db.Row],
    arrived: Sequence[ArrivedObject],
) -> dict[UUID, Outcome]:
    """Return what becomes of each object by its transfer; write the rows of those that are taken."""
    whole = [one for one in arrived if _is_whole(transfers[one.transfer_id], one)]
    near = neighbours_of(session, ctx, [transfers[one.transfer_id]["sop_uid"] for one in whole])
    kept = {one.sha256: one.size for one in whole if _is_kept(one)}
    if kept:
        documents.ensure_blobs(session, ctx, kept, media_type=MEDIA)
    held: set[tuple[str, UUID]] = set()
    outcomes = {}
    for one in sorted(arrived, key=_order):
        transfer = transfers[one.transfer_id]
        outcome = DAMAGED
        if one.finding is not None and _is_whole(transfer, one):
            outcome = judge(session, ctx, transfer, one.finding, near)
        outcomes[one.transfer_id] = _once(session, ctx, transfer, outcome, held)
    return outcomes


DAMAGED: Final = Outcome(
    ReceiptStatus.REJECTED,
    "digest_mismatch",
    "What arrived is not what was offered; it was damaged on the way.",
)


def _is_whole(transfer: db.Row, one: ArrivedObject) -> bool:
    same = (one.sha256, one.size) == (transfer["sha256"], transfer["size"])
    return same and one.finding is not None


def _is_kept(one: ArrivedObject) -> bool:
    return isinstance(one.finding, ObjectFacts) or (
        one.finding is not None and one.finding.keep_bytes
    )


def _order(one: ArrivedObject) -> tuple[str, str, str]:
    """Return the place of an object in the order in which studies and series are locked."""
    if not isinstance(one.finding, ObjectFacts):
        return "", "", ""
    study, series = one.finding.study, one.finding.series
    return (
        study.study_uid if study else "",
        series.series_uid if series else "",
        one.finding.instance.sop_uid,
    )


def _once(
    session: Session,
    ctx: RequestContext,
    transfer: db.Row,
    outcome: Outcome,
    held: set[tuple[str, UUID]],
) -> Outcome:
    """Return the outcome of an object to hold, which may wait in quarantine already: its bytes came anew."""
    if outcome.status not in HELD:
        return outcome
    key = (transfer["sha256"], transfer["session_id"])
    known = key in held or db.fetch_one(
        session,
        "select 1 from quarantine where tenant_id = %s and device_id = %s and sha256 = %s"
        " and session_id = %s and status in ('open', 'retrying') limit 1",
        (ctx.tenant_id, transfer["device_id"], *key),
    )
    held.add(key)
    return replace(outcome, is_held_already=bool(known))


def _stored(
    arrived: Sequence[ArrivedObject], outcomes: dict[UUID, Outcome]
) -> list[tuple[UUID, ObjectFacts]]:
    """Return what is in the archive now, by transfer."""
    return [
        (one.transfer_id, one.finding)
        for one in arrived
        if isinstance(one.finding, ObjectFacts)
        and outcomes[one.transfer_id].status is ReceiptStatus.STORED
    ]


def _describe(
    session: Session,
    ctx: RequestContext,
    transfers: dict[UUID, db.Row],
    sessions: dict[UUID, db.Row],
    stored: Sequence[tuple[UUID, ObjectFacts]],
) -> None:
    """Fill what sessions do not say of themselves, from the first of their objects."""
    described = set()
    for transfer_id, facts in stored:
        found = sessions[transfers[transfer_id]["session_id"]]
        own = found["id"], facts.study.accession_number if facts.study else ""
        if own not in described and lacks_words(found, facts):
            described.add(own)
            describe_session(session, ctx, found["id"], facts)


def _repeat_receipt(session: Session, ctx: RequestContext, transfer: db.Row) -> None:
    to = Address(transfer["device_id"], Channel.RECEIPT, transfer["transfer_id"])
    say_again(session, ctx, to)


def _known(transfer: db.Row) -> Outcome:
    return Outcome(
        ReceiptStatus(transfer["status"]), transfer["reason"], instance_id=transfer["instance_id"]
    )


def _taken(outcome: Outcome) -> ObjectTaken:
    return ObjectTaken(
        status=outcome.status.value, reason=outcome.reason, instance_id=outcome.instance_id
    )
