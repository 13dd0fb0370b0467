"""Performed procedure steps: what a modality says while it makes an examination.

Source: PS3.4 F.7.2, the modality performed procedure step.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.completing import MOST_LISTED, ManifestLine, end_session, listed_before
from erp.services.imaging.devices import only_devices
from erp.services.imaging.errors import (
    StepClosed,
    StepFixed,
    StepIncomplete,
    StepReused,
    UnknownStep,
)
from erp.services.imaging.events import StepChanged
from erp.services.imaging.fulfilling import resume_orders, start_orders, stop_orders
from erp.services.imaging.messages import (
    SESSION_EVENT,
    EventOrder,
    EventPatient,
    EventType,
    SessionEvent,
    Uid,
)
from erp.services.imaging.ordering import link_order
from erp.services.imaging.sessions import apply_event, lock_session
from erp.services.platform import Closed, Command, Identified, command, emit

Word = Annotated[str, Field(max_length=64)]
Begun = Annotated[dict[str, Any], Field(max_length=32)]
MOST_SERIES: Final = 1000


class ScheduledStep(Closed):
    """A planned examination that a step performs; empty words where nobody planned it."""

    study_uid: Uid
    accession: Annotated[str, Field(max_length=16)] = ""
    sps_id: Annotated[str, Field(max_length=16)] = ""


class PerformedSeries(Closed):
    """A series that a step made, with the identities of its objects."""

    series_uid: Uid
    protocol: Word = ""
    operator: Word = ""
    images: Annotated[tuple[Uid, ...], Field(max_length=MOST_LISTED)] = ()


class BeginStep(Command):
    """A modality begins to make an examination.

    Attributes:
        sop_uid: Its name for the step. `step_id`: its operator's.
        scheduled: What it performs, at least one; the study of the first names the session.
        begun: The attributes that may not change, in the DICOM JSON model.
    """

    device_id: UUID
    sop_uid: Uid
    step_id: Annotated[str, Field(min_length=1, max_length=16)]
    station: Annotated[str, Field(min_length=1, max_length=16)]
    modality: Annotated[str, Field(min_length=1, max_length=16)]
    description: Word = ""
    patient_code: Word = ""
    started_at: AwareDatetime
    scheduled: Annotated[tuple[ScheduledStep, ...], Field(min_length=1, max_length=100)]
    series: Annotated[tuple[PerformedSeries, ...], Field(max_length=MOST_SERIES)] = ()
    begun: Begun


class ChangeStep(Command):
    """A modality tells more of a step, or ends it; what is not given stays.

    Attributes:
        series: All series so far, instead of those told before.
        reason: Why it was discontinued.
        begun: Attributes that may not change, as this message gives them.
    """

    device_id: UUID
    sop_uid: Uid
    state: Literal["in_progress", "completed", "discontinued"] = "in_progress"
    ended_at: AwareDatetime | None = None
    description: Word | None = None
    series: Annotated[tuple[PerformedSeries, ...], Field(max_length=MOST_SERIES)] | None = None
    reason: Word = ""
    begun: Begun = Field(default_factory=dict)


@command("imaging.begin_step", permission="imaging.ingest")
def begin_step(session: Session, ctx: RequestContext, cmd: BeginStep) -> Identified:
    """Note that a modality performs an examination: its session is in progress, its order started.

    Locks the session, which is the study's at this modality and appears if it is new.

    Raises:
        OnlyDevices: A person called it.
        UnknownDevice: The peer is retired.
        StepReused: The modality told of a step of this name before.

    Emits:
        imaging.step_changed.v1, and what the start of a session emits.
    """
    only_devices(ctx)
    first = cmd.scheduled[0]
    study = first.study_uid
    found = lock_session(session, ctx, cmd.device_id, study, study_uid=study)
    step_id = _write(session, ctx, cmd, found["id"])
    names = [n for item in cmd.scheduled for n in (item.accession, item.sps_id) if n]
    _tell(session, ctx, found, _started(cmd, found, names))
    for name in names[1:]:
        link_order(session, ctx, found["id"], name)
    start_orders(session, ctx, found["branch_id"], names, cmd.patient_code)
    changed = StepChanged(session_id=found["id"], step_id=step_id, state="in_progress")
    emit(session, ctx, found["id"], changed)
    return Identified(id=step_id)


@command("imaging.change_step", permission="imaging.ingest")
def change_step(session: Session, ctx: RequestContext, cmd: ChangeStep) -> Identified:
    """Take what a modality tells of a step in progress; completed or discontinued it is for good.

    With the last step in progress the session ends: complete by what its steps list, where one of
    them was completed and lists anything, broken off where all were discontinued. What was
    discontinued before any object came is on the worklist again. Locks the session, then the step.

    Raises:
        OnlyDevices: A person called it.
        UnknownStep: This modality told of none of this name.
        StepClosed: It ended before.
        StepFixed: An attribute differs that may not.
        StepIncomplete: The end lacks its time, or completion its series.

    Emits:
        imaging.step_changed.v1, and what the end of a session emits.
    """
    only_devices(ctx)
    found, step = _locked(session, ctx, cmd)
    _check_begun(cmd, step)
    _check_end(cmd, step)
    _change(session, ctx, cmd, step)
    _describe(session, ctx, found["id"], cmd.series or ())
    if cmd.state != "in_progress":
        _end(session, ctx, found)
    changed = StepChanged(session_id=found["id"], step_id=step["id"], state=cmd.state)
    emit(session, ctx, found["id"], changed)
    return Identified(id=step["id"])


def _write(session: Session, ctx: RequestContext, cmd: BeginStep, session_id: UUID) -> UUID:
    row = db.fetch_one(
        session,
        "insert into performed_step (tenant_id, id, device_id, session_id, sop_uid, step_id,"
        " station, modality, description, accession, scheduled, begun, series, images, state,"
        " reason, started_at, changed_at) values (%(tenant)s, %(id)s, %(device)s, %(session)s,"
        " %(sop)s, %(step)s, %(station)s, %(modality)s, %(description)s, %(accession)s,"
        " %(scheduled)s::jsonb, %(begun)s::jsonb, %(series)s::jsonb, %(images)s, 'in_progress',"
        " '', %(started)s, %(now)s) on conflict (tenant_id, device_id, sop_uid) do nothing"
        " returning id",
        {
            "tenant": ctx.tenant_id,
            "id": new_id(),
            "device": cmd.device_id,
            "session": session_id,
            "sop": cmd.sop_uid,
            "step": cmd.step_id,
            "station": cmd.station,
            "modality": cmd.modality,
            "description": cmd.description,
            "accession": cmd.scheduled[0].accession,
            "scheduled": json.dumps([item.sps_id for item in cmd.scheduled if item.sps_id]),
            "begun": json.dumps(cmd.begun),
            "started": cmd.started_at,
            "now": ctx.now,
        }
        | _series(cmd.series),
    )
    if row is None:
        raise StepReused("This name stands for a performed step already.")
    written: UUID = row["id"]
    return written


def _series(series: Sequence[PerformedSeries]) -> dict[str, Any]:
    return {
        "series": json.dumps([one.model_dump(mode="json") for one in series]),
        "images": sum(len(one.images) for one in series),
    }


def _started(cmd: BeginStep, found: db.Row, names: Sequence[str]) -> SessionEvent:
    told = _first_words(cmd.series)
    return _event(
        found,
        EventType.STARTED,
        at=cmd.started_at,
        patient=EventPatient(id=cmd.patient_code) if cmd.patient_code else None,
        order=EventOrder(accession=names[0] if names else None),
        operator=told["operator"] or None,
        protocol=told["protocol"] or None,
        study_uid=cmd.scheduled[0].study_uid,
    )


def _first_words(series: Sequence[PerformedSeries]) -> dict[str, str]:
    """Return the first operator and the first protocol that series name; empty for none."""
    return {
        name: next((word for one in series if (word := getattr(one, name))), "")
        for name in ("operator", "protocol")
    }


def _describe(
    session: Session, ctx: RequestContext, session_id: UUID, series: Sequence[PerformedSeries]
) -> None:
    """Fill operator and protocol of a session that lacks them; series are often told at the end."""
    told = _first_words(series)
    if not any(told.values()):
        return
    db.execute(
        session,
        "update imaging_session set operator = coalesce(nullif(operator, ''), %(operator)s),"
        " protocol = coalesce(nullif(protocol, ''), %(protocol)s)"
        " where tenant_id = %(tenant)s and id = %(id)s and qa_state <> 'signed_off'",
        told | {"tenant": ctx.tenant_id, "id": session_id},
    )


def _event(found: db.Row, kind: EventType, **more: Any) -> SessionEvent:  # noqa: ANN401  fields
    """Return what a device of the broker would have told; sessions of studies have longer names."""
    return SessionEvent.model_construct(
        schema_=SESSION_EVENT,
        event_id=new_id(),
        session_id=found["external_id"],
        seq=found["last_seq"] + 1,
        type=kind,
        clock="synced",
        **more,
    )


def _tell(session: Session, ctx: RequestContext, found: db.Row, event: SessionEvent) -> None:
    body = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    apply_event(session, ctx, found, event, body)


def _locked(session: Session, ctx: RequestContext, cmd: ChangeStep) -> tuple[db.Row, db.Row]:
    """Return the session of a step and the step, locked in this order."""
    of = {"tenant": ctx.tenant_id, "device": cmd.device_id, "sop": cmd.sop_uid}
    found = db.fetch_one(
        session,
        "select * from imaging_session where tenant_id = %(tenant)s and id ="
        " (select session_id from performed_step where tenant_id = %(tenant)s"
        " and device_id = %(device)s and sop_uid = %(sop)s) for no key update",
        of,
    )
    step = db.fetch_one(
        session,
        "select * from performed_step where tenant_id = %(tenant)s and device_id = %(device)s"
        " and sop_uid = %(sop)s for no key update",
        of,
    )
    if found is None or step is None:
        raise UnknownStep("This modality has told of no performed step of this name.")
    if step["state"] != "in_progress":
        raise StepClosed(f"This step is {step['state']} and changes no more.")
    return found, step


def _check_begun(cmd: ChangeStep, step: db.Row) -> None:
    for name, value in cmd.begun.items():
        if step["begun"].get(name) != value:
            message = f"{name} cannot change once a step began; leave it out."
            raise StepFixed(message, fields={name: message})


def _check_end(cmd: ChangeStep, step: db.Row) -> None:
    if cmd.state == "in_progress":
        return
    has_series = step["series"] if cmd.series is None else cmd.series
    lacks = {
        "ended_at": cmd.ended_at is None and step["ended_at"] is None,
        "series": cmd.state == "completed" and not has_series,
    }
    missing = [name for name, is_missing in lacks.items() if is_missing]
    if missing:
        message = f"A step that is {cmd.state} says its end, and once complete its series."
        raise StepIncomplete(message, fields=dict.fromkeys(missing, message))


def _change(session: Session, ctx: RequestContext, cmd: ChangeStep, step: db.Row) -> None:
    told = (
        {"series": json.dumps(step["series"]), "images": step["images"]}
        if cmd.series is None
        else _series(cmd.series)
    )
    db.execute(
        session,
        "update performed_step set state = %(state)s, series = %(series)s::jsonb,"
        " images = %(images)s, reason = %(reason)s, changed_at = %(now)s,"
        " ended_at = coalesce(%(ended)s, ended_at),"
        " description = coalesce(%(description)s, description)"
        " where tenant_id = %(tenant)s and id = %(id)s",
        {
            "tenant": ctx.tenant_id,
            "id": step["id"],
            "state": cmd.state,
            "reason": cmd.reason if cmd.state == "discontinued" else "",
            "now": ctx.now,
            "ended": cmd.ended_at,
            "description": cmd.description,
        }
        | told,
    )


def _end(session: Session, ctx: RequestContext, found: db.Row) -> None:
    """End the session of a step once none of its steps is in progress any more."""
    steps = db.fetch_all(
        session,
        "select state, scheduled, series from performed_step where tenant_id = %s"
        " and session_id = %s order by id",
        (ctx.tenant_id, found["id"]),
    )
    states = {step["state"] for step in steps}
    if "in_progress" in states:
        return
    names = sorted({name for step in steps for name in step["scheduled"]})
    if "completed" not in states:
        _tell(session, ctx, found, _event(found, EventType.ABORTED, at=ctx.now))
        if found["stored"] + found["quarantined"] == 0:
            resume_orders(session, ctx, found, names)
        return
    stop_orders(session, ctx, found, names)
    images = [uid for step in steps for series in step["series"] for uid in series["images"]]
    if images:
        whole = dict.fromkeys([*listed_before(session, ctx, found["id"]), *images])
        manifest = [ManifestLine(sop_uid=uid) for uid in whole]
        end_session(session, ctx, found, manifest, "performed procedure step")
