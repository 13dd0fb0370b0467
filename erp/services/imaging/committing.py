"""Storage commitment: what we vouch for, asked by a peer and answered until the answer arrived."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict
from erp.core.ids import new_id
from erp.services.imaging.completing import MOST_LISTED, ManifestLine, end_session, listed_before
from erp.services.imaging.devices import only_devices
from erp.services.imaging.messages import Uid
from erp.services.platform import Closed, Command, Identified, command

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=30)
CLAIM: Final = timedelta(minutes=2)
MOST_TRIES: Final = 50
NO_SUCH_OBJECT: Final = 0x0112
CLASS_CONFLICT: Final = 0x0119
"""Failure reasons of PS3.3 C.14.1.1."""


class CommitmentItem(Closed):
    """An object a peer asks about."""

    sop_class: Uid
    sop_uid: Uid


class RecordCommitment(Command):
    """A peer's question whether we vouch for objects; `transaction_uid` is its name for it."""

    device_id: UUID
    entity_id: UUID
    transaction_uid: Uid
    items: Annotated[tuple[CommitmentItem, ...], Field(min_length=1, max_length=MOST_LISTED)]


@dataclass(frozen=True, slots=True)
class DueCommitment:
    """A question whose answer did not reach its peer yet."""

    tenant_id: UUID
    id: UUID
    device_id: UUID
    entity_id: UUID


@dataclass(frozen=True, slots=True)
class CommitmentAnswer:
    """What we vouch for, and what we do not with the reason as DICOM numbers it."""

    transaction_uid: str
    kept: list[CommitmentItem]
    refused: list[tuple[CommitmentItem, int]]


class CommitmentReused(Conflict):
    """The transaction's name already stands for other objects."""

    code = "commitment_reused"


@command("imaging.record_commitment", permission="imaging.ingest")
def record_commitment(session: Session, ctx: RequestContext, cmd: RecordCommitment) -> Identified:
    """Keep a peer's question; the answer follows over an association of its own.

    What it lists is also what belongs to the peer's study: its session ends by this list. The
    same question again is answered again.

    Raises:
        OnlyDevices: A person called it.
        CommitmentReused: The transaction's name stands for other objects.

    Emits:
        What ending sessions emits.
    """
    only_devices(ctx)
    items = [item.model_dump() for item in cmd.items]
    row = db.fetch_one(
        session,
        "insert into storage_commitment as known (tenant_id, id, device_id, entity_id,"
        " transaction_uid, items, committed, refused, status, tries, problem, next_try_at,"
        " requested_at) values (%(tenant)s, %(id)s, %(device)s, %(entity)s, %(uid)s,"
        " %(items)s::jsonb, 0, 0, 'due', 0, '', %(now)s, %(now)s)"
        " on conflict (tenant_id, device_id, transaction_uid) do update"
        " set status = 'due', tries = 0, next_try_at = excluded.next_try_at"
        " where known.items = excluded.items returning id",
        {
            "tenant": ctx.tenant_id,
            "id": new_id(),
            "device": cmd.device_id,
            "entity": cmd.entity_id,
            "uid": cmd.transaction_uid,
            "items": json.dumps(items),
            "now": ctx.now,
        },
    )
    if row is None:
        raise CommitmentReused("This transaction already stands for other objects.")
    _end_sessions(session, ctx, cmd)
    return Identified(id=row["id"])


def _end_sessions(session: Session, ctx: RequestContext, cmd: RecordCommitment) -> None:
    """End the peer's sessions that the list is about; what is nowhere yet belongs to a lone one.

    A modality may ask image by image: the lists of a session add up.
    """
    asked = [item.sop_uid for item in cmd.items]
    rows = db.fetch_all(
        session,
        "select held.id, array_agg(instance.sop_uid) as sop_uids from imaging_session held"
        " join dicom_instance instance"
        " on (instance.tenant_id, instance.session_id) = (held.tenant_id, held.id)"
        " where held.tenant_id = %s and held.device_id = %s and instance.sop_uid = any(%s)"
        " group by held.id order by held.id",
        (ctx.tenant_id, cmd.device_id, asked),
    )
    for row in rows:
        listed = asked if len(rows) == 1 else row["sop_uids"]
        found = db.fetch_one(
            session,
            "select * from imaging_session where tenant_id = %s and id = %s for no key update",
            (ctx.tenant_id, row["id"]),
        )
        if found is not None:
            whole = dict.fromkeys([*listed_before(session, ctx, row["id"]), *listed])
            manifest = [ManifestLine(sop_uid=sop_uid) for sop_uid in whole]
            end_session(session, ctx, found, manifest, "storage commitment")


def due_commitments(session: Session, now: datetime, most: int = 20) -> list[DueCommitment]:
    """Return questions whose answer is due, oldest first; needs the operators' role.

    Those of a peer or under a title that was retired wait: nobody may be told any more.
    """
    rows = db.fetch_all(
        session,
        """
        select asked.tenant_id, asked.id, asked.device_id, asked.entity_id
          from storage_commitment asked
          join imaging_device device
            on (device.tenant_id, device.id) = (asked.tenant_id, asked.device_id)
          join dicom_entity entity
            on (entity.tenant_id, entity.id) = (asked.tenant_id, asked.entity_id)
          join tenant on tenant.id = asked.tenant_id
         where asked.status = 'due' and asked.next_try_at <= %s
           and device.is_active and entity.is_active and not tenant.is_suspended
         order by asked.next_try_at limit %s
        """,
        (now, most),
    )
    return [DueCommitment(**row) for row in rows]


def answer_commitment(
    session: Session, ctx: RequestContext, commitment_id: UUID
) -> CommitmentAnswer | None:
    """Return what is true now of a question whose answer is due, and claim the sending of it.

    Nothing if another process has it. An object counts once its row is committed, since its bytes
    were durable before; not if its study was removed or its bytes were found missing or damaged.
    """
    row = db.fetch_one(
        session,
        "update storage_commitment set next_try_at = %s where tenant_id = %s and id = %s"
        " and status = 'due' and next_try_at <= %s returning transaction_uid, items",
        (ctx.now + CLAIM, ctx.tenant_id, commitment_id, ctx.now),
    )
    if row is None:
        return None
    asked = [CommitmentItem(**item) for item in row["items"]]
    classes = _classes_of(session, ctx, [item.sop_uid for item in asked])
    refused = [
        (item, NO_SUCH_OBJECT if item.sop_uid not in classes else CLASS_CONFLICT)
        for item in asked
        if classes.get(item.sop_uid) != item.sop_class
    ]
    kept = [item for item in asked if classes.get(item.sop_uid) == item.sop_class]
    return CommitmentAnswer(row["transaction_uid"], kept, refused)


def note_answered(
    session: Session, ctx: RequestContext, commitment_id: UUID, answer: CommitmentAnswer
) -> None:
    """Note that a peer has our answer."""
    db.execute(
        session,
        "update storage_commitment set status = 'reported', reported_at = %s, committed = %s,"
        " refused = %s, problem = '' where tenant_id = %s and id = %s",
        (ctx.now, len(answer.kept), len(answer.refused), ctx.tenant_id, commitment_id),
    )


def note_unanswered(
    session: Session, ctx: RequestContext, commitment_id: UUID, problem: str
) -> None:
    """Note that an answer did not reach its peer; it is sent again, pauses growing to half an hour."""
    row = db.fetch_one(
        session,
        "select tries from storage_commitment where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, commitment_id),
    )
    tries = (row["tries"] if row else 0) + 1
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - 1, 10))
    db.execute(
        session,
        "update storage_commitment set tries = %s, problem = %s, next_try_at = %s, status = %s"
        " where tenant_id = %s and id = %s",
        (
            *(tries, problem[:300], ctx.now + pause),
            *("given_up" if tries >= MOST_TRIES else "due", ctx.tenant_id, commitment_id),
        ),
    )


def _classes_of(session: Session, ctx: RequestContext, sop_uids: list[str]) -> dict[str, str]:
    rows = db.fetch_all(
        session,
        """
        select instance.sop_uid, instance.sop_class
          from dicom_instance instance
          left join dicom_series series
            on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
          left join dicom_study study
            on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
          left join blob_state known
            on (known.tenant_id, known.sha256) = (instance.tenant_id, instance.sha256)
         where instance.tenant_id = %s and instance.sop_uid = any(%s)
           and study.removed_at is null and known.removed_at is null
           and coalesce(known.fault, '') = ''
        """,
        (ctx.tenant_id, sop_uids),
    )
    return {row["sop_uid"]: row["sop_class"] for row in rows}
