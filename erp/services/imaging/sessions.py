"""Sessions as devices tell of them: every event once, in whatever order it comes."""

import hashlib
import json
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import workflows
from erp.services.imaging.devices import only_devices, unknown_device
from erp.services.imaging.errors import BadManifest, EventReused
from erp.services.imaging.events import SessionChanged
from erp.services.imaging.matching import party_of
from erp.services.imaging.messages import EventType, SessionEvent, is_plausible, manifest_sha256
from erp.services.imaging.ordering import link_order
from erp.services.imaging.repeating import link_repeat
from erp.services.imaging.settling import settle
from erp.services.platform import Command, Result, Series, command, emit, next_number

STATE_AFTER: Final = {
    EventType.SCHEDULED: "announced",
    EventType.STARTED: "in_progress",
    EventType.RESUMED: "in_progress",
    EventType.PAUSED: "paused",
    EventType.COMPLETE: "complete",
    EventType.ABORTED: "aborted",
}
"""The session's state is that of the event with the highest number among these, so that the
order of arrival changes nothing."""


class RecordSessionEvent(Command):
    """One event of a device's session."""

    device_id: UUID
    event: SessionEvent


class EventRecorded(Result):
    """Which session it belongs to, and whether it was known."""

    session_id: UUID
    is_new: bool


@command("imaging.record_session_event", permission="imaging.ingest")
def record_session_event(
    session: Session, ctx: RequestContext, cmd: RecordSessionEvent
) -> EventRecorded:
    """Take one event of a session; a repeated one changes nothing.

    The first event of a session makes it appear in the queue. Locks the session.

    Raises:
        OnlyDevices: A person called it.
        UnknownDevice: There is no such device.
        BadManifest: A complete manifest disagrees with its digest.
        EventReused: Its id or its number already stands for another event.

    Emits:
        imaging.session_changed.v1 when the session appears or changes state, and what
        settling emits.
    """
    only_devices(ctx)
    event = cmd.event
    _check_manifest(event)
    found = lock_session(session, ctx, cmd.device_id, event.session_id)
    body = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    if _is_known(session, ctx, found["id"], event, body):
        return EventRecorded(session_id=found["id"], is_new=False)
    apply_event(session, ctx, found, event, body)
    if event.type is EventType.FAULT:
        _report_fault(session, ctx, found, event)
    return EventRecorded(session_id=found["id"], is_new=True)


def _check_manifest(event: SessionEvent) -> None:
    """Refuse a manifest that is not what its digest says; a shortened one cannot be checked."""
    told = event.complete
    if told is None or len(told.manifest) < told.expected_objects:
        return
    listed = [(entry.sop_uid, entry.sha256) for entry in told.manifest]
    if len(listed) != told.expected_objects or manifest_sha256(listed) != told.manifest_sha256:
        raise BadManifest("The manifest and its digest or its number of objects disagree.")


def lock_session(
    session: Session,
    ctx: RequestContext,
    device_id: UUID,
    external_id: str,
    *,
    study_uid: str | None = None,
) -> db.Row:
    """Return a device's session by the device's name for it, locked; make it if it is new.

    Args:
        study_uid: Given where no event announces sessions: the first object of a study opens
            one, in progress from then on; empty for an object that belongs to no study.

    Raises:
        UnknownDevice: There is no such device, or it was retired.
    """
    found = _locked(session, ctx, device_id, external_id)
    if found is None:
        _open(session, ctx, device_id, external_id, study_uid)
        found = _locked(session, ctx, device_id, external_id)
    if found is None:
        msg = "A session vanished while it was being opened."
        raise RuntimeError(msg)
    return found


def _locked(
    session: Session, ctx: RequestContext, device_id: UUID, external_id: str
) -> db.Row | None:
    return db.fetch_one(
        session,
        "select * from imaging_session"
        " where tenant_id = %s and device_id = %s and external_id = %s for no key update",
        (ctx.tenant_id, device_id, external_id),
    )


def _open(
    session: Session,
    ctx: RequestContext,
    device_id: UUID,
    external_id: str,
    study_uid: str | None,
) -> None:
    device = db.fetch_one(
        session,
        "select branch_id from imaging_device"
        " where tenant_id = %s and id = %s and is_active for no key update",
        (ctx.tenant_id, device_id),
    )
    if device is None:
        raise unknown_device()
    if _locked(session, ctx, device_id, external_id) is not None:
        return
    session_id = new_id()
    number = next_number(session, ctx, _series(ctx, device["branch_id"]))
    state = "announced" if study_uid is None else "in_progress"
    db.execute(
        session,
        "insert into imaging_session (tenant_id, id, number, device_id, branch_id, external_id,"
        " patient_code, patient_issuer, patient_name, accession, protocol, operator, study_uid,"
        " modality, state, stored, quarantined, events, last_seq, is_priority, clock, qa_state,"
        " qa_reason, version, started_at, created_at)"
        " values (%s, %s, %s, %s, %s, %s, '', '', '', '', '', '', %s, '', %s,"
        " 0, 0, 0, -1, false, 'unknown', 'new', '', 1, %s, %s)",
        (
            *(ctx.tenant_id, session_id, number, device_id, device["branch_id"], external_id),
            *(study_uid or "", state, None if study_uid is None else ctx.now, ctx.now),
        ),
    )
    appeared = SessionChanged(session_id=session_id, number=number, state=state)
    emit(session, ctx, session_id, appeared)


def _series(ctx: RequestContext, branch_id: UUID) -> Series:
    return Series(branch_id, "imaging_session", fiscal_year(ctx.today), "IS")


def _is_known(
    session: Session, ctx: RequestContext, session_id: UUID, event: SessionEvent, body: db.Row
) -> bool:
    rows = db.fetch_all(
        session,
        "select id, session_id, seq, body from session_event where tenant_id = %s"
        " and (id = %s or (session_id = %s and seq = %s))",
        (ctx.tenant_id, event.event_id, session_id, event.seq),
    )
    if not rows:
        return False
    if len(rows) > 1 or rows[0]["id"] != event.event_id:
        raise EventReused(f"Number {event.seq} of this session already stands for another event.")
    if digest_of(rows[0]["body"]) != digest_of(body):
        raise EventReused("This event id already stands for an event that says something else.")
    return True


def digest_of(body: Any) -> str:  # noqa: ANN401  any JSON
    """Return the SHA-256 of JSON, whatever the order of its fields."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def apply_event(
    session: Session, ctx: RequestContext, found: db.Row, event: SessionEvent, body: db.Row
) -> None:
    """Write down an event that is new to a locked session, and bring the session in step with it.

    Emits:
        imaging.session_changed.v1 when the session changes state or gets its patient, and what
        settling emits.
    """
    _insert(session, ctx, found["id"], event, body)
    _apply(session, ctx, found, event)


def _insert(
    session: Session, ctx: RequestContext, session_id: UUID, event: SessionEvent, body: db.Row
) -> None:
    db.execute(
        session,
        "insert into session_event"
        " (tenant_id, id, session_id, seq, type, device_at, received_at, clock, body)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)",
        (
            *(ctx.tenant_id, event.event_id, session_id, event.seq, event.type.value),
            *(event.at, ctx.now, _clock(event, ctx), json.dumps(body)),
        ),
    )


def _clock(event: SessionEvent, ctx: RequestContext) -> str:
    return event.clock if is_plausible(event.at, ctx.now) else "unsynced"


def _apply(session: Session, ctx: RequestContext, found: db.Row, event: SessionEvent) -> None:
    """Bring the session's row in step with the events that are known now."""
    session_id = found["id"]
    told = _told(session, ctx, session_id) if _matters(found, event) else _as_known(found)
    known = _identity(session, ctx, found, event)
    code, state = known["code"], told["state"]
    db.execute(
        session,
        """
        update imaging_session
           set state = %(state)s, events = events + 1, last_seq = greatest(last_seq, %(seq)s),
               expected = %(expected)s, started_at = %(started)s, completed_at = %(completed)s,
               patient_code = %(code)s, patient_issuer = coalesce(nullif(patient_issuer, ''), %(issuer)s),
               patient_id = coalesce(patient_id, %(person)s),
               patient_name = coalesce(nullif(patient_name, ''), %(name)s),
               accession = coalesce(nullif(accession, ''), %(accession)s),
               protocol = coalesce(nullif(protocol, ''), %(protocol)s),
               operator = coalesce(nullif(operator, ''), %(operator)s),
               study_uid = coalesce(nullif(study_uid, ''), %(study)s),
               clock = case when clock = 'unsynced' then clock else %(clock)s end
         where tenant_id = %(tenant)s and id = %(id)s
        """,
        {
            "tenant": ctx.tenant_id,
            "id": session_id,
            "state": state,
            "seq": event.seq,
            "expected": told["expected"],
            "started": told["started_at"],
            "completed": told["completed_at"] if state == "complete" else None,
            "operator": event.operator or "",
            "clock": _clock(event, ctx),
        }
        | known,
    )
    if event.order is not None and found["order_id"] is None:
        link_order(session, ctx, session_id, event.order.accession or "")
    _touch_device(session, ctx, found["device_id"])
    if code and found["repeat_of"] is None and _matters(found, event):
        link_repeat(session, ctx, session_id)
    if state != found["state"] or code != found["patient_code"]:
        changed = SessionChanged(session_id=session_id, number=found["number"], state=state)
        emit(session, ctx, session_id, changed)
    if told["expected"] is not None:
        settle(session, ctx, session_id)


def _identity(session: Session, ctx: RequestContext, found: db.Row, event: SessionEvent) -> db.Row:
    """Return what an event adds to whose session it is; nothing once that was signed."""
    nothing = dict.fromkeys(("issuer", "name", "accession", "protocol", "study"), "")
    if found["qa_state"] == "signed_off":
        return nothing | {"code": found["patient_code"], "person": None}
    code = found["patient_code"] or (event.patient.id if event.patient else "") or ""
    person = party_of(session, ctx, code) if code and not found["patient_id"] else None
    return {
        "code": code,
        "issuer": (event.patient.issuer if event.patient else None) or "",
        "person": person.id if person else None,
        "name": person.name if person else "",
        "accession": (event.order.accession if event.order else None) or "",
        "protocol": event.protocol or "",
        "study": event.study_uid or "",
    }


def _matters(found: db.Row, event: SessionEvent) -> bool:
    """Tell whether an event can change what all events say together; most cannot."""
    return event.type in STATE_AFTER or found["started_at"] is None


def _as_known(found: db.Row) -> db.Row:
    return {name: found[name] for name in ("state", "expected", "started_at", "completed_at")}


def _told(session: Session, ctx: RequestContext, session_id: UUID) -> db.Row:
    """Return what all events of a session say together; implausible clocks count as ours."""
    row = db.fetch_one(
        session,
        """
        select (array_agg(type order by seq desc) filter (where type = any(%(lifecycle)s)))[1] as type,
               (array_agg((body #>> '{complete,expected_objects}')::int order by seq desc)
                    filter (where type = 'session.complete'))[1] as expected,
               min(case when clock = 'unsynced' then received_at else device_at end)
                    filter (where type in ('session.started', 'object.acquired')) as started_at,
               (array_agg(received_at order by seq desc)
                    filter (where type = 'session.complete'))[1] as completed_at
          from session_event
         where tenant_id = %(tenant)s and session_id = %(id)s
           and type <> 'session.progress'
        """,
        {
            "tenant": ctx.tenant_id,
            "id": session_id,
            "lifecycle": [kind.value for kind in STATE_AFTER],
        },
    )
    if row is None:
        msg = "An aggregate returned no row."
        raise RuntimeError(msg)
    state = STATE_AFTER[EventType(row["type"])] if row["type"] else "announced"
    return row | {"state": state}


def _touch_device(session: Session, ctx: RequestContext, device_id: UUID) -> None:
    """Note that a device was heard, at most every five seconds: its row is shared by all."""
    db.execute(
        session,
        "update imaging_device set last_seen_at = %(now)s where tenant_id = %(tenant)s and id = %(id)s"
        " and (last_seen_at is null or last_seen_at < %(now)s - interval '5 seconds')",
        {"tenant": ctx.tenant_id, "id": device_id, "now": ctx.now},
    )


def _report_fault(
    session: Session, ctx: RequestContext, found: db.Row, event: SessionEvent
) -> None:
    news = workflows.News(
        kind="imaging.device_fault",
        title=f"A device reports a fault in session {found['number']}",
        body="; ".join(f"{name}: {value}" for name, value in event.metrics.items())[:500],
        link=f"/imaging/sessions/{found['id']}",
        severity="warning",
        dedupe_key=f"fault-{event.event_id}",
    )
    workflows.notify_members(session, ctx, permission="imaging.operate", news=news)
