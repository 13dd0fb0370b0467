"""How long studies are kept: the tenant's rule, holds, and removal by two people."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import documents
from erp.services.imaging.errors import (
    RemovalNotOpen,
    StudyHeld,
    StudyTooYoung,
    UnknownHold,
    UnknownStudy,
)
from erp.services.imaging.events import RemovalDecided, StudyKept
from erp.services.platform import Command, Identified, Text, command, emit

DEFAULT_YEARS: Final = 10
"""What `sec.check_study_removal` takes too where a tenant has no rule."""
Why = Annotated[str, Field(min_length=3, max_length=500)]


class SetRetention(Command):
    """Say for how many years studies are kept at least."""

    years: Annotated[int, Field(ge=3, le=100)]
    reason: Why


class HoldStudy(Command):
    """Keep a study from being removed, whatever its age."""

    study_id: UUID
    reason: Why


class ReleaseHold(Command):
    """End a hold."""

    hold_id: UUID
    note: Why


class AskRemoval(Command):
    """Ask for the removal of a study whose time is over."""

    study_id: UUID
    reason: Why


class DecideRemoval(Command):
    """Answer the question whether a study may be removed."""

    removal_id: UUID
    note: Text = ""


@command("imaging.set_retention", permission="imaging.keep", rest="POST /imaging/retention")
def set_retention(session: Session, ctx: RequestContext, cmd: SetRetention) -> Identified:
    """Set the years that studies are kept from now on; earlier rules stay on record."""
    made = Identified(id=new_id())
    db.execute(
        session,
        "insert into retention_rule (tenant_id, id, years, reason, set_by, set_by_name, set_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (ctx.tenant_id, made.id, cmd.years, cmd.reason, ctx.user_id, ctx.user_name, ctx.now),
    )
    return made


@command(
    "imaging.hold_study", permission="imaging.keep", rest="POST /imaging/studies/{study_id}/holds"
)
def hold_study(session: Session, ctx: RequestContext, cmd: HoldStudy) -> Identified:
    """Hold a study: until every hold is released nobody can remove it. Locks the study.

    Raises:
        UnknownStudy: There is none, or it was removed.

    Emits:
        imaging.study_kept.v1.
    """
    _lock_study(session, ctx, cmd.study_id)
    made = Identified(id=new_id())
    db.execute(
        session,
        "insert into study_hold (tenant_id, id, study_id, reason, held_by, held_by_name, held_at,"
        " released_by_name, release_note) values (%s, %s, %s, %s, %s, %s, %s, '', '')",
        (
            *(ctx.tenant_id, made.id, cmd.study_id, cmd.reason),
            *(ctx.user_id, ctx.user_name, ctx.now),
        ),
    )
    emit(session, ctx, cmd.study_id, StudyKept(study_id=cmd.study_id, is_held=True))
    return made


@command(
    "imaging.release_hold",
    permission="imaging.keep",
    rest="POST /imaging/holds/{hold_id}/release",
)
def release_hold(session: Session, ctx: RequestContext, cmd: ReleaseHold) -> Identified:
    """End a hold; who, when and why stay on record.

    Raises:
        UnknownHold: There is none in force.

    Emits:
        imaging.study_kept.v1.
    """
    row = db.fetch_one(
        session,
        "update study_hold set released_by = %s, released_by_name = %s, released_at = %s,"
        " release_note = %s where tenant_id = %s and id = %s and released_at is null"
        " returning study_id",
        (ctx.user_id, ctx.user_name, ctx.now, cmd.note, ctx.tenant_id, cmd.hold_id),
    )
    if row is None:
        raise UnknownHold("This hold is not in force; reload the page.")
    emit(session, ctx, row["study_id"], StudyKept(study_id=row["study_id"], is_held=False))
    return Identified(id=cmd.hold_id)


@command(
    "imaging.ask_removal",
    permission="imaging.operate",
    rest="POST /imaging/studies/{study_id}/removal",
)
def ask_removal(session: Session, ctx: RequestContext, cmd: AskRemoval) -> Identified:
    """Ask for a study's removal; another person, who keeps the archive, decides. Locks the study.

    Raises:
        UnknownStudy: There is none, or it was removed.
        StudyHeld: Someone holds it.
        StudyTooYoung: Its time of keeping is not over.
        RemovalNotOpen: It was asked for already.
    """
    _lock_study(session, ctx, cmd.study_id)
    _check_due(session, ctx, cmd.study_id)
    made = db.fetch_one(
        session,
        "insert into study_removal (tenant_id, id, study_id, status, reason, asked_by, asked_by_name,"
        " asked_at, decided_by_name, decision_note, objects, bytes)"
        " values (%s, %s, %s, 'asked', %s, %s, %s, %s, '', '', 0, 0)"
        " on conflict (tenant_id, study_id) where status in ('asked', 'approved') do nothing"
        " returning id",
        (
            *(ctx.tenant_id, new_id(), cmd.study_id, cmd.reason),
            *(ctx.user_id, ctx.user_name, ctx.now),
        ),
    )
    if made is None:
        raise RemovalNotOpen("The removal of this study was asked for already.")
    return Identified(id=made["id"])


@command(
    "imaging.approve_removal",
    permission="imaging.keep",
    rest="POST /imaging/removals/{removal_id}/approve",
)
def approve_removal(session: Session, ctx: RequestContext, cmd: DecideRemoval) -> Identified:
    """Approve a removal that somebody else asked for; a job removes the bytes, the trace stays.

    Raises:
        RemovalNotOpen: It is decided, or the same person asked.
        StudyHeld: Someone holds the study meanwhile.
        StudyTooYoung: Its time of keeping was made longer meanwhile.

    Emits:
        imaging.removal_decided.v1.
    """
    removal = _open_removal(session, ctx, cmd.removal_id)
    if removal["asked_by"] == ctx.user_id:
        raise RemovalNotOpen("You asked for it yourself; somebody else has to approve it.")
    _check_due(session, ctx, removal["study_id"])
    return _decide(session, ctx, cmd, removal["study_id"], "approved")


@command(
    "imaging.refuse_removal",
    permission="imaging.keep",
    rest="POST /imaging/removals/{removal_id}/refuse",
)
def refuse_removal(session: Session, ctx: RequestContext, cmd: DecideRemoval) -> Identified:
    """Refuse a removal; the study stays, and it may be asked for again.

    Raises:
        RemovalNotOpen: It is decided.

    Emits:
        imaging.removal_decided.v1.
    """
    removal = _open_removal(session, ctx, cmd.removal_id)
    return _decide(session, ctx, cmd, removal["study_id"], "refused")


def take_out(session: Session, ctx: RequestContext, removal_id: UUID) -> list[str]:
    """Mark an approved study as removed and return the digests whose bytes nothing keeps any more.

    An operation of the job behind `imaging.removal_decided.v1`; repeated it returns them again.
    A study that was put under hold since, or whose time was made longer, stays: the approval is
    void and says why. The database refuses such a study too, and one that two people did not will.
    """
    removal = db.fetch_one(
        session,
        "select study_id, status from study_removal where tenant_id = %s and id = %s"
        " for no key update",
        (ctx.tenant_id, removal_id),
    )
    if removal is None or removal["status"] not in {"approved", "done"}:
        return []
    if removal["status"] == "approved":
        try:
            _check_due(session, ctx, removal["study_id"])
        except (StudyHeld, StudyTooYoung) as stays:
            _make_void(session, ctx, removal_id, stays.message)
            return []
        _mark_removed(session, ctx, removal_id, removal["study_id"])
    about = {"tenant": ctx.tenant_id, "study": removal["study_id"], "now": ctx.now}
    rows = db.fetch_all(session, _UNUSED, about)
    return [row["sha256"] for row in rows]


_IS_KEPT: Final = """
       exists (select from dicom_instance other
                 join dicom_series theirs
                   on (theirs.tenant_id, theirs.id) = (other.tenant_id, other.series_id)
                 join dicom_study study
                   on (study.tenant_id, study.id) = (theirs.tenant_id, theirs.study_id)
                where other.tenant_id = kept.tenant_id
                  and other.sha256 = kept.sha256 and study.removed_at is null)
    or exists (select from quarantine held
                where held.tenant_id = kept.tenant_id and held.sha256 = kept.sha256
                  and held.status in ('open', 'retrying'))
    or exists (select from stored_document document
                where document.tenant_id = kept.tenant_id and document.sha256 = kept.sha256)
"""
_UNUSED: Final = """
    insert into blob_state (tenant_id, sha256, fault, removed_at)
    select distinct kept.tenant_id, kept.sha256, '', %(now)s::timestamptz
      from dicom_series series
      join dicom_instance kept
        on (kept.tenant_id, kept.series_id) = (series.tenant_id, series.id)
     where series.tenant_id = %(tenant)s and series.study_id = %(study)s and not ({is_kept})
    on conflict (tenant_id, sha256) do update set removed_at = excluded.removed_at
    returning sha256
""".replace("{is_kept}", _IS_KEPT)
_BACK: Final = """
    update blob_state kept set removed_at = null
     where kept.tenant_id = %s and kept.sha256 = %s and ({is_kept}) returning 1 as stays
""".replace("{is_kept}", _IS_KEPT)


def let_go(session: Session, ctx: RequestContext, sha256: str) -> bool:
    """Say that bytes which `take_out` named go now; false where something came that keeps them.

    Then they count as there again. Once this is committed `documents.still_going` lets them be
    removed.
    """
    if not documents.let_go(session, ctx, sha256):
        return False
    row = db.fetch_one(session, _BACK, (ctx.tenant_id, sha256))
    return row is None


def _make_void(session: Session, ctx: RequestContext, removal_id: UUID, why: str) -> None:
    db.execute(
        session,
        "update study_removal set status = 'refused', decision_note = %s"
        " where tenant_id = %s and id = %s",
        (why, ctx.tenant_id, removal_id),
    )


def _mark_removed(session: Session, ctx: RequestContext, removal_id: UUID, study_id: UUID) -> None:
    db.execute(
        session,
        "update dicom_study set removed_at = %s where tenant_id = %s and id = %s"
        " and removed_at is null",
        (ctx.now, ctx.tenant_id, study_id),
    )
    db.execute(
        session,
        "update study_removal set status = 'done', done_at = %s, objects = study.instances,"
        " bytes = study.bytes from dicom_study study where study_removal.tenant_id = %s"
        " and study_removal.id = %s and study.tenant_id = study_removal.tenant_id"
        " and study.id = study_removal.study_id",
        (ctx.now, ctx.tenant_id, removal_id),
    )
    emit(session, ctx, study_id, StudyKept(study_id=study_id, is_held=False))


def _lock_study(session: Session, ctx: RequestContext, study_id: UUID) -> None:
    row = db.fetch_one(
        session,
        "select removed_at from dicom_study where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, study_id),
    )
    if row is None or row["removed_at"] is not None:
        raise UnknownStudy("There is no such study in the archive.")


def _check_due(session: Session, ctx: RequestContext, study_id: UUID) -> None:
    """Refuse a study that is held or young; the database refuses it again at the end."""
    row = db.fetch_one(
        session,
        """
        select exists (select from study_hold hold where hold.tenant_id = %(tenant)s
                         and hold.study_id = %(study)s and hold.released_at is null) as is_held,
               coalesce((select rule.years from retention_rule rule
                          where rule.tenant_id = %(tenant)s order by rule.id desc limit 1),
                        %(default)s) as years,
               (select max(instance.stored_at) from dicom_instance instance
                  join dicom_series series
                    on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
                 where series.tenant_id = %(tenant)s and series.study_id = %(study)s) as newest
        """,
        {"tenant": ctx.tenant_id, "study": study_id, "default": DEFAULT_YEARS},
    )
    if row is None or row["is_held"]:
        raise StudyHeld("The study is held; release the hold first.")
    due = db.fetch_one(
        session,
        "select %s::timestamptz + make_interval(years => %s) <= %s as is_due",
        (row["newest"], row["years"], ctx.now),
    )
    if row["newest"] is not None and not (due and due["is_due"]):
        message = (
            f"Studies are kept for {row['years']} years; the newest object of this one came on"
            f" {row['newest']:%Y-%m-%d}."
        )
        raise StudyTooYoung(message)


def _open_removal(session: Session, ctx: RequestContext, removal_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select study_id, asked_by, status from study_removal where tenant_id = %s and id = %s"
        " for no key update",
        (ctx.tenant_id, removal_id),
    )
    if row is None or row["status"] != "asked":
        raise RemovalNotOpen("This removal does not wait for a decision; reload the page.")
    return row


def _decide(
    session: Session, ctx: RequestContext, cmd: DecideRemoval, study_id: UUID, status: str
) -> Identified:
    db.execute(
        session,
        "update study_removal set status = %s, decided_by = %s, decided_by_name = %s,"
        " decided_at = %s, decision_note = %s where tenant_id = %s and id = %s",
        (
            *(status, ctx.user_id, ctx.user_name, ctx.now, cmd.note),
            *(ctx.tenant_id, cmd.removal_id),
        ),
    )
    decided = RemovalDecided(removal_id=cmd.removal_id, study_id=study_id, status=status)
    emit(session, ctx, study_id, decided)
    return Identified(id=cmd.removal_id)
