"""Rows that imaging reads of other domains, and of its own for the report."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.errors import UnknownSession


def require_session(session: Session, ctx: RequestContext, session_id: UUID) -> None:
    """Refuse what is no session of the tenant.

    Raises:
        UnknownSession: There is none.
    """
    found = db.fetch_one(
        session,
        "select 1 from imaging_session where tenant_id = %s and id = %s",
        (ctx.tenant_id, session_id),
    )
    if found is None:
        raise UnknownSession("There is no such session.")


def party_with_code(session: Session, ctx: RequestContext, code: str) -> db.Row | None:
    """Return id and name of the active party of exactly this code."""
    return db.fetch_one(
        session,
        "select id, name from party where tenant_id = %s and code = %s and is_active",
        (ctx.tenant_id, code),
    )


def party_row(session: Session, ctx: RequestContext, party_id: UUID) -> db.Row:
    """Return code, name, birthday and sex of a party that is known."""
    row = db.fetch_one(
        session,
        "select code, name, birth_on, sex from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, party_id),
    )
    if row is None:
        msg = "A known party is gone."
        raise RuntimeError(msg)
    return row


def reviewers(session: Session, ctx: RequestContext) -> list[db.Row]:
    """Return user id and name of active members who may review, by name."""
    return db.fetch_all(
        session,
        """
        select member.user_id as id, member.display_name as name
          from membership member
         where member.tenant_id = %s and member.is_active and exists (
               select from membership_role held
                 join role on (role.tenant_id, role.id) = (held.tenant_id, held.role_id)
                where (held.tenant_id, held.membership_id) = (member.tenant_id, member.id)
                  and role.permissions && array['imaging.review', '*'])
         order by member.display_name, member.user_id
        """,
        (ctx.tenant_id,),
    )


def membership_of_actor(session: Session, ctx: RequestContext) -> UUID | None:
    """Return the acting person's membership; a machine has none."""
    row = db.fetch_one(
        session,
        "select id from membership where tenant_id = %s and user_id = %s and is_active",
        (ctx.tenant_id, ctx.user_id),
    )
    return row["id"] if row else None


def tenant_and_branch(session: Session, ctx: RequestContext, branch_id: UUID) -> db.Row | None:
    """Return the tenant's slug and the code of one of its branches."""
    return db.fetch_one(
        session,
        "select tenant.slug, branch.code from branch join tenant on tenant.id = branch.tenant_id"
        " where branch.tenant_id = %s and branch.id = %s",
        (ctx.tenant_id, branch_id),
    )


def place_of_session(session: Session, ctx: RequestContext, branch_id: UUID) -> db.Row:
    """Return name and address of the clinic a session took place in."""
    row = db.fetch_one(
        session,
        "select tenant.name as tenant_name, branch.name, branch.address, branch.city, branch.pin"
        " from branch join tenant on tenant.id = branch.tenant_id"
        " where branch.tenant_id = %s and branch.id = %s",
        (ctx.tenant_id, branch_id),
    )
    if row is None:
        msg = "A session's branch is gone."
        raise RuntimeError(msg)
    return row


def session_to_print(session: Session, ctx: RequestContext, session_id: UUID) -> db.Row | None:
    """Return a session with its device and its patient, as a report names them."""
    return db.fetch_one(
        session,
        """
        select held.*, device.name as device_name, device.code as device_code, device.site,
               device.model, device.serial, device.modality as device_modality,
               patient.name as dicom_name, patient.patient_code as dicom_code,
               coalesce(party.birth_on, patient.birth_on) as birth_on,
               coalesce(party.sex, nullif(patient.sex, '')) as sex
          from imaging_session held
          join imaging_device device
            on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)
          left join party on (party.tenant_id, party.id) = (held.tenant_id, held.patient_id)
          left join lateral (
               select known.name, known.patient_code, known.birth_on, known.sex
                 from dicom_instance instance
                 join dicom_series series
                   on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
                 join dicom_study study
                   on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
                 join dicom_patient known
                   on (known.tenant_id, known.id) = (study.tenant_id, study.dicom_patient_id)
                where instance.tenant_id = held.tenant_id and instance.session_id = held.id
                order by instance.id limit 1) patient on true
         where held.tenant_id = %s and held.id = %s
        """,
        (ctx.tenant_id, session_id),
    )


def report_row(session: Session, ctx: RequestContext, report_id: UUID) -> db.Row | None:
    """Return what was asked for, with the words of the summary it prints."""
    return db.fetch_one(
        session,
        "select report.session_id, report.version, report.findings, report.requested_at,"
        " report.requested_by_name, report.status, report.template_id, words.text,"
        " words.drafted_by, words.author_name, words.written_at, not exists (select from"
        "   imaging_summary later where later.tenant_id = words.tenant_id"
        "   and later.session_id = words.session_id and later.version > words.version) as is_latest"
        " from imaging_report report"
        " left join imaging_summary words"
        " on (words.tenant_id, words.id) = (report.tenant_id, report.summary_id)"
        " where report.tenant_id = %s and report.id = %s",
        (ctx.tenant_id, report_id),
    )


def report_answers(session: Session, ctx: RequestContext, found: db.Row) -> db.Row | None:
    """Return the checklist a decided session was judged by, with its answers."""
    return db.fetch_one(
        session,
        "select list.items, read.answers from qa_reading read join qa_checklist list"
        " on (list.tenant_id, list.id) = (read.tenant_id, read.checklist_id)"
        " where read.tenant_id = %s and read.session_id = %s and read.review_round = %s"
        " order by read.place desc limit 1",
        (ctx.tenant_id, found["id"], found["review_round"]),
    )


def report_pictures(session: Session, ctx: RequestContext, session_id: UUID) -> list[db.Row]:
    """Return a session's pictures in the order of series and number."""
    return db.fetch_all(
        session,
        "select instance.id, instance.sha256, instance.number, instance.frames, instance.is_lossy,"
        ' instance.rows, instance."columns", instance.spacing_mm, series.description,'
        " series.modality"
        " from dicom_instance instance join dicom_series series"
        " on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)"
        " where instance.tenant_id = %s and instance.session_id = %s and instance.is_renderable"
        " order by series.number nulls last, series.id, instance.number nulls last, instance.id",
        (ctx.tenant_id, session_id),
    )


def report_measurements(session: Session, ctx: RequestContext, session_id: UUID) -> list[db.Row]:
    """Return the marks in force, in the order they were made, with the server's count."""
    return db.fetch_all(
        session,
        "select known.id, known.instance_id, known.tool, known.frame, known.value, known.unit,"
        " known.spacing_source, known.points_px, known.label, known.statistics, known.look,"
        " known.author_id, known.author_name, known.recorded_at, instance.number,"
        " done.statistics as counted, done.agrees"
        " from annotation known join dicom_instance instance"
        " on (instance.tenant_id, instance.id) = (known.tenant_id, known.instance_id)"
        " left join annotation_check done"
        " on (done.tenant_id, done.annotation_id) = (known.tenant_id, known.id)"
        " where known.tenant_id = %s and known.session_id = %s and not known.is_deleted"
        " and not exists (select from annotation later where later.tenant_id = known.tenant_id"
        "   and later.supersedes_id = known.id) order by known.id",
        (ctx.tenant_id, session_id),
    )


def key_frames(session: Session, ctx: RequestContext, session_id: UUID) -> list[db.Row]:
    """Return the frames that people marked for the report, in the order they did."""
    return db.fetch_all(
        session,
        "select distinct on (marked.at, known.instance_id, known.frame) known.frame, instance.id,"
        " instance.sha256, instance.number, instance.frames, instance.is_lossy, instance.rows,"
        ' instance."columns", instance.spacing_mm, series.description, series.modality,'
        " known.look, known.author_name, known.recorded_at"
        " from annotation known join dicom_instance instance"
        " on (instance.tenant_id, instance.id) = (known.tenant_id, known.instance_id)"
        " join dicom_series series"
        " on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)"
        " cross join lateral (select min(first.id::text) as at from annotation first"
        "   where first.tenant_id = known.tenant_id and first.instance_id = known.instance_id"
        "   and first.frame = known.frame and first.tool = 'key') marked"
        " where known.tenant_id = %s and known.session_id = %s and known.tool = 'key'"
        " and not known.is_deleted and instance.is_renderable and not exists"
        " (select from annotation later where later.tenant_id = known.tenant_id"
        "   and later.supersedes_id = known.id)"
        " order by marked.at, known.instance_id, known.frame",
        (ctx.tenant_id, session_id),
    )


def report_decision(session: Session, ctx: RequestContext, session_id: UUID) -> db.Row | None:
    """Return the decision in force with its sign-off, if the session is decided."""
    return db.fetch_one(
        session,
        """
        select decided.to_state, decided.reason_code, decided.note, decided.reviewer_name,
               decided.decided_at, signed.signer_name, signed.signed_at
          from imaging_session held
          join lateral (select * from qa_review review
                         where (review.tenant_id, review.session_id) = (held.tenant_id, held.id)
                           and review.to_state in ('accepted', 'repeat_requested', 'rejected')
                         order by review.id desc limit 1) decided on true
          left join qa_signature signed
            on (signed.tenant_id, signed.session_id, signed.review_round)
               = (held.tenant_id, held.id, held.review_round) and held.qa_state = 'signed_off'
         where held.tenant_id = %s and held.id = %s
           and held.qa_state in ('accepted', 'signed_off', 'repeat_requested', 'rejected')
        """,
        (ctx.tenant_id, session_id),
    )


def report_addenda(session: Session, ctx: RequestContext, session_id: UUID) -> list[db.Row]:
    """Return what was added after the sign-off, oldest first."""
    return db.fetch_all(
        session,
        "select text, author_name, added_at from qa_addendum"
        " where tenant_id = %s and session_id = %s order by id",
        (ctx.tenant_id, session_id),
    )
