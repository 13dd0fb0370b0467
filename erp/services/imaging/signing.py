"""Sign-off: what was decided is frozen, hashed and signed with one's own PIN; addenda follow it."""

import hashlib
import json
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services import identity
from erp.services.imaging.errors import NotReviewable
from erp.services.imaging.events import AddendumAdded, SessionSigned
from erp.services.imaging.gauging import AREAS
from erp.services.imaging.locking import lock_session_row, require_state
from erp.services.imaging.queries import membership_of_actor, report_measurements
from erp.services.imaging.reopening import record_decision
from erp.services.imaging.summarising import latest_summary
from erp.services.platform import Command, Identified, Result, command, emit

ACCEPTED: Final = frozenset({"accepted"})
SIGNED: Final = frozenset({"signed_off"})
SESSION_FACTS: Final = (
    "number",
    "external_id",
    "patient_id",
    "patient_code",
    "patient_name",
    "accession",
    "protocol",
    "study_uid",
    "review_round",
    "decided_at",
)


class SignOffSession(Command):
    """Sign an accepted session with one's own PIN; `version` as it was shown."""

    session_id: UUID
    pin: SecretStr
    version: int | None = None


class SignOffAnswer(Result):
    """Whether it is signed; a wrong PIN is an answer, so that the attempt is counted."""

    id: UUID
    is_signed: bool
    message: str
    content_hash: str = ""


class AddAddendum(Command):
    """Add something to a session that is signed off."""

    session_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=4000)]


@command(
    "imaging.sign_off_session",
    permission="imaging.sign",
    rest="POST /imaging/sessions/{session_id}/sign-off",
)
def sign_off_session(session: Session, ctx: RequestContext, cmd: SignOffSession) -> SignOffAnswer:
    """Sign an accepted session: its objects, measurements, readings, summary and decision are frozen.

    From then on the database refuses measurements in it and changes of its patient. Locks the
    session and the member.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It is not accepted, or the server still counts the figures of an area.
        ReviewOvertaken: Somebody decided since `version` was shown.
        NotFound: The actor is no member.
        InvalidInput: The actor has no PIN.

    Emits:
        imaging.session_reviewed.v1 and imaging.session_signed.v1, once it is signed.
    """
    found = lock_session_row(session, ctx, cmd.session_id, cmd.version)
    require_state(found, ACCEPTED, "is not accepted, so there is nothing to sign")
    _require_counted(session, ctx, found)
    own = membership_of_actor(session, ctx)
    if own is None:
        raise NotFound("Only a member of the clinic signs.")
    check = identity.check_member_pin(session, ctx, own, cmd.pin.get_secret_value())
    if not check.accepted:
        return SignOffAnswer(id=cmd.session_id, is_signed=False, message=check.message)
    signature_id, digest = _freeze(session, ctx, found)
    record_decision(session, ctx, found, "signed_off")
    signed = SessionSigned(session_id=found["id"], signature_id=signature_id, content_hash=digest)
    emit(session, ctx, found["id"], signed)
    return SignOffAnswer(
        id=cmd.session_id, is_signed=True, message="Signed off.", content_hash=digest
    )


@command(
    "imaging.add_addendum",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/addenda",
)
def add_addendum(session: Session, ctx: RequestContext, cmd: AddAddendum) -> Identified:
    """Add a text to a session that is signed off; what was signed stays as it is.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It is not signed off.

    Emits:
        imaging.addendum_added.v1.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    require_state(found, SIGNED, "is not signed off; decide and sign it first")
    addendum_id = new_id()
    row = db.fetch_one(
        session,
        "insert into qa_addendum (tenant_id, id, session_id, signature_id, text, author_id,"
        " author_name, added_at) select tenant_id, %s, session_id, id, %s, %s, %s, %s"
        " from qa_signature where tenant_id = %s and session_id = %s and review_round = %s"
        " returning id",
        (
            *(addendum_id, cmd.text, ctx.user_id, ctx.user_name, ctx.now),
            *(ctx.tenant_id, cmd.session_id, found["review_round"]),
        ),
    )
    if row is None:
        raise NotReviewable(f"Session {found['number']} has no signature.")
    added = AddendumAdded(session_id=cmd.session_id, addendum_id=addendum_id)
    emit(session, ctx, cmd.session_id, added)
    return Identified(id=addendum_id)


def _require_counted(session: Session, ctx: RequestContext, found: db.Row) -> None:
    """Refuse while figures are not counted yet: what is signed must be what is shown later."""
    marks = report_measurements(session, ctx, found["id"])
    areas = [row for row in marks if row["tool"] in AREAS]
    if any(row["counted"] is None and row["agrees"] is None for row in areas):
        raise NotReviewable("The server still counts the figures of an area. Sign in a moment.")


def _freeze(session: Session, ctx: RequestContext, found: db.Row) -> tuple[UUID, str]:
    """Write down what is signed, word for word, with its digest."""
    content = json.dumps(
        {
            "session": {name: _plain(found[name]) for name in SESSION_FACTS},
            "readings": _readings(session, ctx, found),
            "summary": _summary(session, ctx, found["id"]),
            "objects": _objects(session, ctx, found["id"]),
            "measurements": [
                {name: _plain(value) for name, value in row.items()}
                for row in report_measurements(session, ctx, found["id"])
            ],
            "signer": {"id": str(ctx.user_id), "name": ctx.user_name},
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    digest = hashlib.sha256(content.encode()).hexdigest()
    signature_id = new_id()
    db.execute(
        session,
        "insert into qa_signature (tenant_id, id, session_id, review_round, signer_id, signer_name,"
        " signed_at, content, content_hash) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, signature_id, found["id"], found["review_round"]),
            *(ctx.user_id, ctx.user_name, ctx.now, content, digest),
        ),
    )
    return signature_id, digest


def _summary(session: Session, ctx: RequestContext, session_id: UUID) -> dict[str, Any] | None:
    written = latest_summary(session, ctx, session_id)
    return {name: _plain(value) for name, value in written.items()} if written else None


def _objects(session: Session, ctx: RequestContext, session_id: UUID) -> list[db.Row]:
    return db.fetch_all(
        session,
        "select sop_uid, sha256 from dicom_instance where tenant_id = %s and session_id = %s"
        " order by sop_uid",
        (ctx.tenant_id, session_id),
    )


def _readings(session: Session, ctx: RequestContext, found: db.Row) -> list[db.Row]:
    rows = db.fetch_all(
        session,
        "select read.place, read.verdict, read.reason_code, read.note, read.reader_name,"
        " read.reader_id, read.read_at, read.answers, list.version as checklist_version,"
        " list.items as checklist from qa_reading read left join qa_checklist list"
        " on (list.tenant_id, list.id) = (read.tenant_id, read.checklist_id)"
        " where read.tenant_id = %s and read.session_id = %s and read.review_round = %s"
        " order by read.place",
        (ctx.tenant_id, found["id"], found["review_round"]),
    )
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:  # noqa: ANN401  any column
    """Return a column as JSON can hold it, always in the same words."""
    if value is None or isinstance(value, (str, int, float, bool, list, dict)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
