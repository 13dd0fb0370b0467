"""Taking an object whose bytes have arrived: rows, or quarantine, and its receipt."""

from dataclasses import replace
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import documents
from erp.services.imaging.archiving import archive
from erp.services.imaging.devices import only_devices
from erp.services.imaging.errors import UnknownTransfer
from erp.services.imaging.messages import ReceiptStatus
from erp.services.imaging.outgoing import Address, say_again
from erp.services.imaging.placing import Neighbours
from erp.services.imaging.ports import ObjectFacts, RefusedObject
from erp.services.imaging.receipts import HELD, Outcome, decide
from erp.services.imaging.topics import Channel
from erp.services.platform import Command, Result, command

MEDIA: Final = "application/dicom"


class TakeObject(Command):
    """What was found in the bytes of a transfer.

    Attributes:
        sha256: Digest of the bytes that arrived; `size` is theirs, 0 where none did.
        finding: The reader's answer. It follows from the bytes, so the digest stands for
            it in the record of the command.
    """

    transfer_id: UUID
    source: Literal["put", "chunk"]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]
    finding: Annotated[
        ObjectFacts | RefusedObject | None, Field(default=None, exclude=True, repr=False)
    ]


class RejectTransfer(Command):
    """A transfer whose bytes never came right."""

    transfer_id: UUID
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class ObjectTaken(Result):
    """The receipt's status and what it is about."""

    status: str
    reason: str
    instance_id: UUID | None


@command("imaging.take_object", permission="imaging.ingest")
def take_object(session: Session, ctx: RequestContext, cmd: TakeObject) -> ObjectTaken:
    """Take an object whose bytes lie in object storage under their digest.

    All rows, the counters and the receipt are written together or not at all. A transfer
    that has its receipt gets the same one again. Locks the session and the transfer.

    Raises:
        OnlyDevices: A person called it.
        UnknownTransfer: Nothing was offered under this id.

    Emits:
        imaging.object_stored.v1 or imaging.object_held.v1, and what settling emits.
    """
    only_devices(ctx)
    transfer = lock_transfer(session, ctx, cmd.transfer_id)
    if transfer["status"] != "granted":
        say_again(
            session, ctx, Address(transfer["device_id"], Channel.RECEIPT, transfer["transfer_id"])
        )
        return ObjectTaken(
            status=transfer["status"],
            reason=transfer["reason"],
            instance_id=transfer["instance_id"],
        )
    outcome = _once(session, ctx, transfer, _outcome(session, ctx, transfer, cmd))
    decide(session, ctx, transfer, outcome, source=cmd.source)
    return _taken(outcome)


@command("imaging.reject_transfer", permission="imaging.ingest")
def reject_transfer(session: Session, ctx: RequestContext, cmd: RejectTransfer) -> ObjectTaken:
    """End a transfer whose bytes never came right; the device may offer the object anew.

    Raises:
        OnlyDevices: A person called it.
        UnknownTransfer: Nothing was offered under this id.
    """
    only_devices(ctx)
    transfer = lock_transfer(session, ctx, cmd.transfer_id)
    outcome = Outcome(ReceiptStatus.REJECTED, cmd.reason)
    if transfer["status"] == "granted":
        decide(session, ctx, transfer, outcome, source=transfer["mode"])
    return _taken(outcome)


def lock_transfer(session: Session, ctx: RequestContext, transfer_id: UUID) -> db.Row:
    """Return a transfer, its session locked before it, as offers do.

    Raises:
        UnknownTransfer: Nothing was offered under this id.
    """
    db.execute(
        session,
        "select 1 from imaging_session where tenant_id = %(tenant)s and id ="
        " (select session_id from imaging_transfer where tenant_id = %(tenant)s and id = %(id)s)"
        " for no key update",
        {"tenant": ctx.tenant_id, "id": transfer_id},
    )
    transfer = db.fetch_one(
        session,
        "select * from imaging_transfer where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, transfer_id),
    )
    if transfer is None:
        raise UnknownTransfer("Nothing was offered under this id.")
    return transfer


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


def _outcome(session: Session, ctx: RequestContext, transfer: db.Row, cmd: TakeObject) -> Outcome:
    if (cmd.sha256, cmd.size) != (transfer["sha256"], transfer["size"]) or cmd.finding is None:
        return Outcome(
            ReceiptStatus.REJECTED,
            "digest_mismatch",
            "What arrived is not what was offered; it was damaged on the way.",
        )
    return judge(session, ctx, transfer, cmd.finding)


def _once(session: Session, ctx: RequestContext, transfer: db.Row, outcome: Outcome) -> Outcome:
    """Return the outcome of an object to hold, which may wait in quarantine already: its bytes came anew."""
    if outcome.status not in HELD:
        return outcome
    held = db.fetch_one(
        session,
        "select 1 from quarantine where tenant_id = %s and device_id = %s and sha256 = %s"
        " and session_id = %s and status in ('open', 'retrying') limit 1",
        (ctx.tenant_id, *(transfer[name] for name in ("device_id", "sha256", "session_id"))),
    )
    return replace(outcome, is_held_already=held is not None)


def _taken(outcome: Outcome) -> ObjectTaken:
    return ObjectTaken(
        status=outcome.status.value, reason=outcome.reason, instance_id=outcome.instance_id
    )
