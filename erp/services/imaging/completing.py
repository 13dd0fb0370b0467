"""Ending sessions that no device ends: by a list of what belongs to them, or by a person's word."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.errors import EndedByDevice
from erp.services.imaging.events import SessionChanged
from erp.services.imaging.locking import unknown_session
from erp.services.imaging.messages import SESSION_EVENT, Sha256, Uid, manifest_sha256
from erp.services.imaging.settling import settle
from erp.services.platform import Closed, Command, Result, Text, command, emit

MOST_LISTED: Final = 10_000


class ManifestLine(Closed):
    """An object that belongs to a session; without a digest any bytes of this identity will do."""

    sop_uid: Uid
    sha256: Sha256 | None = None


class CompleteSession(Command):
    """Say that a study was sent in full.

    Attributes:
        manifest: What belongs to it; empty where it is what has come so far.
    """

    session_id: UUID
    manifest: Annotated[tuple[ManifestLine, ...], Field(max_length=MOST_LISTED)] = ()
    reason: Text = ""


class SessionEnded(Result):
    """What a session that was ended still lacks.

    Attributes:
        missing: Identities of the list that neither are stored nor wait in quarantine.
    """

    session_id: UUID
    expected: int
    stored: int
    missing: list[str]
    quarantined: list[str]


@command(
    "imaging.complete_session",
    permission="imaging.operate",
    rest="POST /imaging/sessions/{session_id}/end",
)
def complete_session(session: Session, ctx: RequestContext, cmd: CompleteSession) -> SessionEnded:
    """End the session of a study; silence never does. Ended again, the later list counts.

    Locks the session.

    Raises:
        UnknownSession: There is none.
        EndedByDevice: Its device tells itself when it is complete.

    Emits:
        imaging.session_changed.v1, and what settling emits.
    """
    found = db.fetch_one(
        session,
        "select held.*, device.kind from imaging_session held join imaging_device device"
        " on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)"
        " where held.tenant_id = %s and held.id = %s for no key update of held",
        (ctx.tenant_id, cmd.session_id),
    )
    if found is None:
        raise unknown_session()
    if found["kind"] == "mqtt":
        raise EndedByDevice("This device ends its sessions itself; see what it still holds.")
    return end_session(session, ctx, found, cmd.manifest, cmd.reason)


def end_session(
    session: Session,
    ctx: RequestContext,
    found: db.Row,
    manifest: Sequence[ManifestLine],
    reason: str,
) -> SessionEnded:
    """End a locked study session by a list; an empty one stands for what has come so far.

    Emits:
        imaging.session_changed.v1, and what settling emits.
    """
    listed = {line.sop_uid: line.sha256 for line in manifest}
    expected = len(listed) or found["stored"] + found["quarantined"]
    body = _told(ctx, found, listed, expected, reason)
    _record(session, ctx, found, body, expected)
    if found["state"] != "complete":
        changed = SessionChanged(session_id=found["id"], number=found["number"], state="complete")
        emit(session, ctx, found["id"], changed)
    settlement = settle(session, ctx, found["id"])
    return SessionEnded(
        session_id=found["id"],
        expected=settlement.expected,
        stored=settlement.stored,
        missing=list(settlement.missing),
        quarantined=list(settlement.quarantined),
    )


def listed_before(session: Session, ctx: RequestContext, session_id: UUID) -> list[str]:
    """Return what the last list of a session names: lists of a study add up."""
    row = db.fetch_one(
        session,
        "select body from session_event where tenant_id = %s and session_id = %s"
        " and type = 'session.complete' order by seq desc limit 1",
        (ctx.tenant_id, session_id),
    )
    return [line["sop_uid"] for line in row["body"]["complete"]["manifest"]] if row else []


def _told(
    ctx: RequestContext,
    found: db.Row,
    listed: dict[str, str | None],
    expected: int,
    reason: str,
) -> dict[str, Any]:
    """Return the end of a session as a device would have told it."""
    digest = manifest_sha256([(sop_uid, sha256 or "") for sop_uid, sha256 in listed.items()])
    entries = [
        {"sop_uid": sop_uid, **({"sha256": sha256} if sha256 else {})}
        for sop_uid, sha256 in sorted(listed.items())
    ]
    complete = {"expected_objects": expected, "manifest": entries, "manifest_sha256": digest}
    return {
        "schema": SESSION_EVENT,
        "session_id": found["external_id"],
        "seq": found["last_seq"] + 1,
        "at": ctx.now.isoformat(),
        "type": "session.complete",
        "operator": ctx.user_name[:64],
        "complete": complete | ({"reason": reason[:200]} if reason else {}),
    }


def _record(
    session: Session, ctx: RequestContext, found: db.Row, body: dict[str, Any], expected: int
) -> None:
    db.execute(
        session,
        "insert into session_event"
        " (tenant_id, id, session_id, seq, type, device_at, received_at, clock, body)"
        " values (%s, %s, %s, %s, 'session.complete', %s, %s, 'synced', %s::jsonb)",
        (
            *(ctx.tenant_id, new_id(), found["id"], body["seq"], ctx.now, ctx.now),
            json.dumps(body),
        ),
    )
    db.execute(
        session,
        "update imaging_session set state = 'complete', expected = %s, completed_at = %s,"
        " events = events + 1, last_seq = %s where tenant_id = %s and id = %s",
        (expected, ctx.now, body["seq"], ctx.tenant_id, found["id"]),
    )
