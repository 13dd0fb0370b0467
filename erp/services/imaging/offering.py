"""Offers: what a device wants to deliver, and what it is granted."""

from typing import Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import documents
from erp.services.imaging.devices import only_devices
from erp.services.imaging.errors import TransferReused
from erp.services.imaging.messages import ObjectOffer, ReceiptStatus
from erp.services.imaging.outgoing import Address, say_again
from erp.services.imaging.receipts import Outcome, decide
from erp.services.imaging.sessions import lock_session
from erp.services.imaging.topics import Channel
from erp.services.platform import Command, Result, command

LARGEST_PUT_BYTES: Final = 4 * 1024**3
LARGEST_CHUNKED_BYTES: Final = 256 * 1024**2


class OfferObject(Command):
    """An object that a device offers."""

    device_id: UUID
    offer: ObjectOffer


class OfferAnswer(Result):
    """What the device is told.

    Attributes:
        grant: `put` or `chunk`: send it so; `have`: the receipt is on its way.
        transfer_id: Our own id of the transfer.
    """

    grant: Literal["put", "chunk", "have"]
    transfer_id: UUID


@command("imaging.offer_object", permission="imaging.ingest")
def offer_object(session: Session, ctx: RequestContext, cmd: OfferObject) -> OfferAnswer:
    """Take an offer; an object that is held already gets its receipt at once.

    A repeated offer is answered again: with the receipt if there is one, else with a grant.

    Raises:
        OnlyDevices: A person called it.
        UnknownDevice: There is no such device.
        TransferReused: The transfer's name already stands for another object.
    """
    only_devices(ctx)
    offer = cmd.offer
    found = lock_session(session, ctx, cmd.device_id, offer.session_id)
    known = _known(session, ctx, cmd.device_id, offer)
    if known is not None:
        return _repeat(session, ctx, cmd.device_id, known)
    transfer = _insert(session, ctx, cmd.device_id, found["id"], offer)
    outcome = _known_outcome(session, ctx, found, offer)
    if outcome is None:
        return OfferAnswer(grant=transfer["mode"], transfer_id=transfer["id"])
    decide(session, ctx, transfer, outcome, source="have")
    return OfferAnswer(grant="have", transfer_id=transfer["id"])


def _known(
    session: Session, ctx: RequestContext, device_id: UUID, offer: ObjectOffer
) -> db.Row | None:
    known = db.fetch_one(
        session,
        "select * from imaging_transfer"
        " where tenant_id = %s and device_id = %s and transfer_id = %s for no key update",
        (ctx.tenant_id, device_id, offer.transfer_id),
    )
    if known is None:
        return None
    same = (known["sop_uid"], known["sha256"], known["size"])
    if same != (offer.sop_uid, offer.sha256, offer.size):
        raise TransferReused(f"Transfer {offer.transfer_id} already stands for another object.")
    return known


def _repeat(session: Session, ctx: RequestContext, device_id: UUID, known: db.Row) -> OfferAnswer:
    if known["status"] == "granted":
        return OfferAnswer(grant=known["mode"], transfer_id=known["id"])
    say_again(session, ctx, Address(device_id, Channel.RECEIPT, known["transfer_id"]))
    return OfferAnswer(grant="have", transfer_id=known["id"])


def _insert(
    session: Session, ctx: RequestContext, device_id: UUID, session_id: UUID, offer: ObjectOffer
) -> db.Row:
    row = db.fetch_one(
        session,
        "insert into imaging_transfer (tenant_id, id, device_id, session_id, transfer_id, sop_uid,"
        " series_uid, study_uid, size, sha256, mode, status, reason, tries)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'granted', '', 0) returning *",
        (
            *(ctx.tenant_id, new_id(), device_id, session_id, offer.transfer_id, offer.sop_uid),
            *(offer.series_uid, offer.study_uid, offer.size, offer.sha256, offer.modes[0]),
        ),
    )
    if row is None:
        msg = "An insert returned no row."
        raise RuntimeError(msg)
    return row


def _known_outcome(
    session: Session, ctx: RequestContext, found: db.Row, offer: ObjectOffer
) -> Outcome | None:
    """Return what can be said of an object before its bytes come, or nothing."""
    limit = LARGEST_PUT_BYTES if offer.modes[0] == "put" else LARGEST_CHUNKED_BYTES
    if offer.size > limit:
        return Outcome(
            ReceiptStatus.REJECTED, "too_large", f"At most {limit // 1024**2:,} MiB are taken."
        )
    stored = db.fetch_one(
        session,
        "select instance.id from dicom_instance instance left join dicom_series series"
        " on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)"
        " left join dicom_study study"
        " on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)"
        " where instance.tenant_id = %s and instance.sop_uid = %s and instance.sha256 = %s"
        " and study.removed_at is null",
        (ctx.tenant_id, offer.sop_uid, offer.sha256),
    )
    # Bytes that are missing or damaged here are asked for: the device may have the only whole copy.
    if stored is not None and not documents.has_fault(session, ctx, offer.sha256):
        return Outcome(ReceiptStatus.DUPLICATE, instance_id=stored["id"])
    held = db.fetch_one(
        session,
        "select transfer.status, transfer.reason from imaging_transfer transfer join quarantine held"
        " on (held.tenant_id, held.transfer_id) = (transfer.tenant_id, transfer.id)"
        " where transfer.tenant_id = %s and transfer.session_id = %s and transfer.sop_uid = %s"
        " and transfer.sha256 = %s and held.status in ('open', 'retrying') limit 1",
        (ctx.tenant_id, found["id"], offer.sop_uid, offer.sha256),
    )
    if held is None or documents.has_fault(session, ctx, offer.sha256):
        return None
    return Outcome(ReceiptStatus(held["status"]), held["reason"], is_held_already=True)
