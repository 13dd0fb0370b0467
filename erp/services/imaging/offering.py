"""Offers: what a device wants to deliver, and what it is granted."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.imaging import Transfer
from erp.services.imaging.devices import only_devices
from erp.services.imaging.errors import TransferReused
from erp.services.imaging.messages import ObjectOffer, ReceiptStatus
from erp.services.imaging.outgoing import Address, say_again
from erp.services.imaging.receipts import Decided, Outcome, decide_all
from erp.services.imaging.sessions import lock_session
from erp.services.imaging.topics import Channel
from erp.services.platform import Command, Result, command

LARGEST_PUT_BYTES: Final = 4 * 1024**3
LARGEST_CHUNKED_BYTES: Final = 256 * 1024**2
MOST_AT_ONCE: Final = 64


class OfferObjects(Command):
    """Objects that a device offers, each under a transfer of its own."""

    device_id: UUID
    offers: Annotated[tuple[ObjectOffer, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class OfferAnswer(Result):
    """What the device is told.

    Attributes:
        grant: `put` or `chunk`: send it so; `have`: the receipt is on its way.
        transfer_id: Our own id of the transfer.
    """

    grant: Literal["put", "chunk", "have"]
    transfer_id: UUID


class OffersAnswered(Result):
    """What the device is told of each offer, in the order given."""

    answers: list[OfferAnswer]


@command("imaging.offer_objects", permission="imaging.ingest")
def offer_objects(session: Session, ctx: RequestContext, cmd: OfferObjects) -> OffersAnswered:
    """Take offers; an object that is held already gets its receipt at once.

    A repeated offer is answered again: with the receipt if there is one, else with a grant. Locks
    the sessions, then the transfers, each in the order of their names.

    Raises:
        OnlyDevices: A person called it.
        UnknownDevice: There is no such device.
        TransferReused: A transfer's name already stands for another object.
    """
    only_devices(ctx)
    names = sorted({offer.session_id for offer in cmd.offers})
    sessions = {name: lock_session(session, ctx, cmd.device_id, name) for name in names}
    known = _known(session, ctx, cmd)
    made = {
        offer.transfer_id: _transfer(ctx, cmd.device_id, sessions[offer.session_id]["id"], offer)
        for offer in cmd.offers
        if offer.transfer_id not in known
    }
    db.insert_rows(session, Transfer, list(made.values()))
    held = _held_already(session, ctx, list(made.values()))
    outcomes = {name: _outcome(row, held) for name, row in made.items()}
    decided = [Decided(made[name], one, "have") for name, one in outcomes.items() if one]
    decide_all(session, ctx, decided, {row["id"]: row for row in sessions.values()})
    told = {name: _answer(made[name], outcomes[name]) for name in made}
    again = {name: _repeat(session, ctx, row) for name, row in known.items()}
    return OffersAnswered(answers=[(told | again)[offer.transfer_id] for offer in cmd.offers])


def _known(session: Session, ctx: RequestContext, cmd: OfferObjects) -> dict[str, db.Row]:
    """Return transfers that were offered before, locked, by the device's names for them."""
    offers = {offer.transfer_id: offer for offer in cmd.offers}
    rows = db.fetch_all(
        session,
        "select * from imaging_transfer where tenant_id = %s and device_id = %s"
        " and transfer_id = any(%s) order by id for no key update",
        (ctx.tenant_id, cmd.device_id, list(offers)),
    )
    known = {row["transfer_id"]: row for row in rows}
    for offer in cmd.offers:
        row = known.get(offer.transfer_id) or vars(offers[offer.transfer_id])
        if any(row[name] != getattr(offer, name) for name in ("sop_uid", "sha256", "size")):
            raise TransferReused(f"Transfer {offer.transfer_id} already stands for another object.")
    return known


def _repeat(session: Session, ctx: RequestContext, known: db.Row) -> OfferAnswer:
    if known["status"] == "granted":
        return OfferAnswer(grant=known["mode"], transfer_id=known["id"])
    to = Address(known["device_id"], Channel.RECEIPT, known["transfer_id"])
    say_again(session, ctx, to)
    return OfferAnswer(grant="have", transfer_id=known["id"])


def _answer(transfer: db.Row, outcome: Outcome | None) -> OfferAnswer:
    grant = transfer["mode"] if outcome is None else "have"
    return OfferAnswer(grant=grant, transfer_id=transfer["id"])


def _transfer(ctx: RequestContext, device_id: UUID, session_id: UUID, offer: ObjectOffer) -> db.Row:
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "device_id": device_id,
        "session_id": session_id,
        "transfer_id": offer.transfer_id,
        "sop_uid": offer.sop_uid,
        "series_uid": offer.series_uid,
        "study_uid": offer.study_uid,
        "size": offer.size,
        "sha256": offer.sha256,
        "mode": offer.modes[0],
        "status": "granted",
        "reason": "",
        "tries": 0,
    }


def _outcome(transfer: db.Row, held: dict[tuple[UUID, str, str], Outcome]) -> Outcome | None:
    """Return what can be said of an object before its bytes come, or nothing."""
    limit = LARGEST_PUT_BYTES if transfer["mode"] == "put" else LARGEST_CHUNKED_BYTES
    if transfer["size"] > limit:
        return Outcome(
            ReceiptStatus.REJECTED, "too_large", f"At most {limit // 1024**2:,} MiB are taken."
        )
    return held.get((transfer["session_id"], transfer["sop_uid"], transfer["sha256"]))


def _held_already(
    session: Session, ctx: RequestContext, transfers: Sequence[db.Row]
) -> dict[tuple[UUID, str, str], Outcome]:
    """Return what is here already, stored or in quarantine, by session, identity and digest.

    Bytes that are missing or damaged here are asked for: the device may have the only whole copy.
    """
    if not transfers:
        return {}
    rows = db.fetch_all(
        session,
        """
        select offered.session_id, offered.sop_uid, offered.sha256, instance.id as instance_id,
               waiting.status, waiting.reason
          from unnest(%(sessions)s::uuid[], %(sop_uids)s::text[], %(digests)s::text[])
               as offered (session_id, sop_uid, sha256)
          left join (dicom_instance instance
                left join dicom_series series
                  on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
                left join dicom_study study
                  on (study.tenant_id, study.id) = (series.tenant_id, series.study_id))
            on instance.tenant_id = %(tenant)s and instance.sop_uid = offered.sop_uid
           and instance.sha256 = offered.sha256 and study.removed_at is null
          left join lateral (
              select transfer.status, transfer.reason
                from imaging_transfer transfer
                join quarantine held
                  on (held.tenant_id, held.transfer_id) = (transfer.tenant_id, transfer.id)
               where transfer.tenant_id = %(tenant)s and transfer.session_id = offered.session_id
                 and transfer.sop_uid = offered.sop_uid and transfer.sha256 = offered.sha256
                 and held.status in ('open', 'retrying') limit 1) waiting on true
         where (instance.id is not null or waiting.status is not null)
           and not exists (select from blob_state state where state.tenant_id = %(tenant)s
                            and state.sha256 = offered.sha256 and state.fault <> '')
        """,
        {
            "tenant": ctx.tenant_id,
            "sessions": [row["session_id"] for row in transfers],
            "sop_uids": [row["sop_uid"] for row in transfers],
            "digests": [row["sha256"] for row in transfers],
        },
    )
    return {(row["session_id"], row["sop_uid"], row["sha256"]): _here(row) for row in rows}


def _here(row: db.Row) -> Outcome:
    if row["instance_id"] is not None:
        return Outcome(ReceiptStatus.DUPLICATE, instance_id=row["instance_id"])
    return Outcome(ReceiptStatus(row["status"]), row["reason"], is_held_already=True)
