"""A reader's verdict: kept as a reading, and a decision once no other reader is needed."""

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services import workflows
from erp.services.imaging.checklists import check_answers
from erp.services.imaging.claiming import await_reader, drop_claim
from erp.services.imaging.errors import NotReviewable
from erp.services.imaging.events import ReadingRecorded
from erp.services.imaging.locking import own_answers, refuse_others_claim, refuse_own_second
from erp.services.imaging.protocols import Rules, rules_for
from erp.services.imaging.reopening import content_hash, record_decision
from erp.services.imaging.repeating import order_repeat
from erp.services.imaging.words import REJECT_REASONS, REPEAT_REASONS
from erp.services.platform import Result, emit

SECOND, RESOLUTION = "second", "resolution"
BLIND_PERCENT = 10
"""Of the accepted at least so many in a hundred are read twice where rejections are."""
_REASONS = {"repeat_requested": REPEAT_REASONS, "rejected": REJECT_REASONS}


class VerdictGiven(Result):
    """What a verdict led to.

    Attributes:
        qa_state: The session's state now.
        awaiting: `second` or `resolution` where another person must read; else empty.
    """

    id: UUID
    qa_state: str
    awaiting: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one reader found; the reason is a code of the verdict's list."""

    verdict: str
    reason_code: str = ""
    note: str = ""


def give_verdict(
    session: Session, ctx: RequestContext, found: db.Row, verdict: Verdict
) -> VerdictGiven:
    """Keep a reader's verdict about a locked session, and decide if no other reader is needed.

    Raises:
        ClaimedByAnother: Somebody else is at the session.
        OwnReading: It waits for a second reader, and the actor was the first.
        NotReviewable: Two readers differ; only resolving ends that.
        ChecklistIncomplete: It would be accepted with required items open.

    Emits:
        imaging.session_reviewed.v1, or imaging.reading_recorded.v1 where another reads next.
    """
    if found["awaiting"] == RESOLUTION:
        raise NotReviewable(
            f"Two readers of session {found['number']} differ. Their discrepancy is to be resolved."
        )
    refuse_others_claim(found, ctx)
    refuse_own_second(session, ctx, found)
    rules = rules_for(session, ctx, found["protocol"])
    if verdict.verdict == "accepted":
        check_answers(rules, own_answers(found, ctx))
    if found["awaiting"] == SECOND:
        write_reading(session, ctx, found, verdict, rules, place=2)
        return _compare(session, ctx, found, verdict)
    write_reading(session, ctx, found, verdict, rules, place=1)
    if needs_second(rules, found["id"], verdict.verdict):
        return wait_for(session, ctx, found, SECOND)
    return finish(session, ctx, found, verdict)


def needs_second(rules: Rules, session_id: UUID, verdict: str) -> bool:
    """Tell whether a protocol wants a second reader; a sample is drawn by the session's id.

    Where repeats and rejections are read twice, a share of the accepted is too: else being asked
    would tell the second reader what the first one found.
    """
    drawn = int(hashlib.sha256(session_id.bytes).hexdigest()[:8], 16) % 100
    if rules.second_reader == "on_reject":
        return verdict != "accepted" or drawn < max(rules.sample_percent, BLIND_PERCENT)
    if rules.second_reader == "sample":
        return drawn < rules.sample_percent
    return rules.second_reader == "always"


def write_reading(
    session: Session,
    ctx: RequestContext,
    found: db.Row,
    verdict: Verdict,
    rules: Rules,
    *,
    place: int,
) -> None:
    """Write down what a reader found, with the version of the checklist it was judged by."""
    db.execute(
        session,
        "insert into qa_reading (tenant_id, id, session_id, review_round, place, verdict,"
        " reason_code, note, checklist_id, answers, reader_id, reader_name, read_at, content_hash)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, new_id(), found["id"], found["review_round"], place),
            *(verdict.verdict, verdict.reason_code, verdict.note, rules.checklist_id),
            *(json.dumps(own_answers(found, ctx)), ctx.user_id, ctx.user_name, ctx.now),
            content_hash(session, ctx, found["id"]),
        ),
    )


def wait_for(session: Session, ctx: RequestContext, found: db.Row, awaiting: str) -> VerdictGiven:
    """Leave a session to the next reader: free, without answers, in review.

    Emits:
        imaging.reading_recorded.v1, and imaging.session_reviewed.v1 when it was new.
    """
    if found["qa_state"] == "new":
        record_decision(session, ctx, found, "in_review")
    drop_claim(session, ctx, found["id"])
    await_reader(session, ctx, found["id"], awaiting)
    db.execute(
        session,
        "update imaging_session set assigned_to = null, assigned_name = ''"
        " where tenant_id = %s and id = %s and assigned_to = %s",
        (ctx.tenant_id, found["id"], ctx.user_id),
    )
    emit(session, ctx, found["id"], ReadingRecorded(session_id=found["id"], awaiting=awaiting))
    return VerdictGiven(id=found["id"], qa_state="in_review", awaiting=awaiting)


def finish(session: Session, ctx: RequestContext, found: db.Row, verdict: Verdict) -> VerdictGiven:
    """Make a verdict the decision; a repeat is ordered from the device.

    Emits:
        imaging.session_reviewed.v1.
    """
    record_decision(
        session,
        ctx,
        found,
        verdict.verdict,
        reason_code=verdict.reason_code,
        note=verdict.note,
    )
    if verdict.verdict == "repeat_requested":
        order_repeat(session, ctx, found, verdict.reason_code, verdict.note)
    return VerdictGiven(id=found["id"], qa_state=verdict.verdict)


def check_reason(verdict: Verdict) -> None:
    """Refuse a reason that is not of its verdict's list.

    Raises:
        InvalidInput: It is not; names the field.
    """
    allowed = _REASONS.get(verdict.verdict, {"": ""})
    if verdict.reason_code not in allowed:
        message = "Choose a reason of the list." if verdict.verdict in _REASONS else "Leave empty."
        raise InvalidInput(message, fields={"reason_code": message})


def _compare(
    session: Session, ctx: RequestContext, found: db.Row, verdict: Verdict
) -> VerdictGiven:
    first = db.fetch_one(
        session,
        "select verdict, reader_name from qa_reading where tenant_id = %s and session_id = %s"
        " and review_round = %s and place = 1",
        (ctx.tenant_id, found["id"], found["review_round"]),
    )
    if first is not None and first["verdict"] == verdict.verdict:
        return finish(session, ctx, found, verdict)
    given = wait_for(session, ctx, found, RESOLUTION)
    news = workflows.News(
        kind="imaging.discrepancy",
        title=f"Two readers of session {found['number']} differ",
        body="A third person decides, with a reason.",
        link=f"/imaging/sessions/{found['id']}",
        severity="warning",
        dedupe_key=f"discrepancy-{found['id']}-{found['review_round']}",
    )
    workflows.notify_members(session, ctx, permission="imaging.resolve", news=news)
    return given
