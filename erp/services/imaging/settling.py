"""When a session is whole: judged by the device's manifest, never by silence."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import workflows
from erp.services.imaging.events import SessionCompleted
from erp.services.imaging.messages import Settlement
from erp.services.imaging.ordering import finish_order
from erp.services.imaging.outgoing import Address, Word, say, say_all
from erp.services.imaging.topics import Channel
from erp.services.platform import emit

LISTED_SEQS: Final = 200
EVENTS_ASKED_FOR: Final = timedelta(days=1)

_BALANCE: Final = """
    with told as (
        select body -> 'complete' as complete from session_event
         where tenant_id = %(tenant)s and session_id = %(id)s and type = 'session.complete'
         order by seq desc limit 1
    ), listed as (
        select entry ->> 'sop_uid' as sop_uid, entry ->> 'sha256' as sha256
          from told cross join jsonb_array_elements(coalesce(complete -> 'manifest', '[]')) entry
    )
    select (select (complete ->> 'expected_objects')::int from told) as expected,
           listed.sop_uid,
           instance.id is not null as is_stored,
           exists (select from imaging_transfer transfer
                    where transfer.tenant_id = %(tenant)s and transfer.session_id = %(id)s
                      and transfer.sop_uid = listed.sop_uid
                      and transfer.sha256 = coalesce(listed.sha256, transfer.sha256)
                      and transfer.status in ('quarantined', 'conflict'))
           or exists (select from imaging_transfer transfer
                    where transfer.tenant_id = %(tenant)s and transfer.session_id is null
                      and transfer.device_id = %(device)s and transfer.sop_uid = listed.sop_uid
                      and transfer.sha256 = coalesce(listed.sha256, transfer.sha256)
                      and transfer.status = 'quarantined') as is_held
      from told
      left join listed on true
      left join dicom_instance instance
        on instance.tenant_id = %(tenant)s and instance.sop_uid = listed.sop_uid
       and instance.sha256 = coalesce(listed.sha256, instance.sha256)
"""


def settle(session: Session, ctx: RequestContext, session_id: UUID) -> Settlement:
    """Tell the device what is still missing of a complete session.

    When nothing is missing any more, listed or only counted, reviewers are told that the
    session waits for them; a later word of the device that lists more opens it again. The
    session is locked by the caller.

    Emits:
        imaging.session_completed.v1, each time the session becomes whole.
    """
    found = db.fetch_one(
        session,
        "select * from imaging_session where tenant_id = %s and id = %s",
        (ctx.tenant_id, session_id),
    )
    if found is None:
        msg = "A session vanished while it was being settled."
        raise RuntimeError(msg)
    settlement = _balance(session, ctx, found)
    _ask_for_gaps(session, ctx, found)  # before the word after which a device may leave
    _tell(session, ctx, found, settlement)
    is_whole = found["state"] == "complete" and _is_whole(settlement, found)
    if is_whole and found["settled_at"] is None:
        _finish(session, ctx, found)
    elif not is_whole and found["settled_at"] is not None:
        _note_settled(session, ctx, found, None)
    return settlement


def repeat_settlement(
    session: Session, ctx: RequestContext, device_id: UUID, external_id: str
) -> None:
    """Tell a device again what is missing of its session, objects and events, because it asks.

    Its earlier answer may have been lost with the broker. Locks the session.
    """
    found = db.fetch_one(
        session,
        "select * from imaging_session"
        " where tenant_id = %s and device_id = %s and external_id = %s for no key update",
        (ctx.tenant_id, device_id, external_id),
    )
    if found is not None and found["expected"] is not None:
        _ask_for_gaps(session, ctx, found, is_asked_again=True)
        _tell(session, ctx, found, _balance(session, ctx, found))


def _tell(session: Session, ctx: RequestContext, found: db.Row, settlement: Settlement) -> None:
    to = Address(found["device_id"], Channel.SETTLE, found["external_id"])
    say(session, ctx, to, settlement, is_retained=True)


def _is_whole(settlement: Settlement, found: db.Row) -> bool:
    """Tell whether everything came; a device may count objects that it does not list."""
    came = max(settlement.stored + len(settlement.quarantined), _came(found))
    return not settlement.missing and settlement.expected <= came


def _came(found: db.Row) -> int:
    stored, held = found["stored"], found["quarantined"]
    return int(stored + held)


def _balance(session: Session, ctx: RequestContext, found: db.Row) -> Settlement:
    of = {"tenant": ctx.tenant_id, "id": found["id"], "device": found["device_id"]}
    rows = db.fetch_all(session, _BALANCE, of)
    listed = [row for row in rows if row["sop_uid"]]
    expected = rows[0]["expected"] if rows else 0
    stored = sum(row["is_stored"] for row in listed)
    unlisted = max(0, expected - len(listed))
    return Settlement(
        expected=expected,
        stored=stored + min(unlisted, max(0, found["stored"] - stored)),
        missing=tuple(sorted(r["sop_uid"] for r in listed if not (r["is_stored"] or r["is_held"]))),
        quarantined=tuple(
            sorted(r["sop_uid"] for r in listed if r["is_held"] and not r["is_stored"])
        ),
    )


def _ask_for_gaps(
    session: Session, ctx: RequestContext, found: db.Row, *, is_asked_again: bool = False
) -> None:
    """Ask the device for events that were never received; a gap blocks nothing."""
    if found["events"] > found["last_seq"]:
        return
    rows = db.fetch_all(
        session,
        "select seq from generate_series(0, least(%(last)s, 100000)) as wanted (seq)"
        " where not exists (select from session_event known where known.tenant_id = %(tenant)s"
        " and known.session_id = %(id)s and known.seq = wanted.seq) order by seq limit %(most)s",
        {
            "tenant": ctx.tenant_id,
            "id": found["id"],
            "last": found["last_seq"],
            "most": LISTED_SEQS,
        },
    )
    wanted = ",".join(str(row["seq"]) for row in rows)
    asked = f'{{"command":"send_events","session_id":"{found["external_id"]}","seqs":[{wanted}]}}'
    to = Address(found["device_id"], Channel.COMMAND, f"events-{found['id'].hex}")
    word = Word(to, asked, expires_at=ctx.now + EVENTS_ASKED_FOR)
    say_all(session, ctx, [word], is_news_alone=not is_asked_again)


def _note_settled(
    session: Session, ctx: RequestContext, found: db.Row, at: datetime | None
) -> None:
    db.execute(
        session,
        "update imaging_session set settled_at = %s where tenant_id = %s and id = %s",
        (at, ctx.tenant_id, found["id"]),
    )


def _finish(session: Session, ctx: RequestContext, found: db.Row) -> None:
    _note_settled(session, ctx, found, ctx.now)
    finish_order(session, ctx, found)
    done = SessionCompleted(
        session_id=found["id"],
        number=found["number"],
        stored=found["stored"],
        quarantined=found["quarantined"],
    )
    emit(session, ctx, found["id"], done)
    news = workflows.News(
        kind="imaging.session_waits",
        title=f"Session {found['number']} waits for review",
        body=f"{found['patient_name'] or found['patient_code'] or 'Unknown patient'}:"
        f" {found['stored']} objects stored, {found['quarantined']} held back.",
        link=f"/imaging/sessions/{found['id']}",
        dedupe_key=f"session-waits-{found['id']}",
    )
    workflows.notify_members(session, ctx, permission="imaging.review", news=news)
