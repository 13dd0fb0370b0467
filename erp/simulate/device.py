"""A simulated imaging device: one session from its start to its settlement."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pydicom import dcmread
from pydicom.uid import generate_uid

from erp.adapters.mqtt import Broker
from erp.simulate.delivery import STEP_SECONDS, Delivery, GaveUp
from erp.simulate.faults import NONSENSE, Fault
from erp.simulate.kinds import Kind
from erp.simulate.line import Line, now
from erp.simulate.pictures import EDGE, Acquisition, altered
from erp.simulate.spool import Spool, SpooledObject, SpooledSession, digest, new_transfer_id

HOST_SECONDS: Final = 30.0
SETTLE_SECONDS: Final = 60.0
SETTLE_ROUNDS: Final = 3


@dataclass(frozen=True)
class DeviceOptions:
    """Which device, which patient, what it acquires and how it misbehaves.

    Attributes:
        stop_after: Break off after so many receipts, as a power cut would; a later run
            with the same spool resumes.
        modes: Ways of sending, the preferred one first.
        edge: Rows and columns of generated images.
        step_seconds: How long to wait for an answer before asking again.
    """

    site: str
    device: str
    patient_id: str = "P-1001"
    patient_name: str = "Rao^Asha"
    kind: Kind = Kind.CT
    protocol: str = ""
    count: int = 20
    edge: int = EDGE
    faults: frozenset[Fault] = frozenset()
    stop_after: int | None = None
    modes: tuple[str, ...] = ("put", "chunk")
    host_seconds: float = HOST_SECONDS
    settle_seconds: float = SETTLE_SECONDS
    step_seconds: float = STEP_SECONDS


@dataclass(frozen=True)
class Outcome:
    """What became of a session: receipts by status, and whether it was settled."""

    session_id: str
    receipts: dict[str, int]
    is_settled: bool


class SimulatedDevice:
    """Acquires and delivers one session, keeping each object until its receipt arrives."""

    def __init__(
        self,
        broker: Broker,
        spool: Spool,
        options: DeviceOptions,
        report: Callable[[str], None] = print,
    ) -> None:
        self._options = options
        self._spool = spool
        self._report = report
        self._line = Line(broker, options.site, options.device, spool.next_birth())
        self._held_back: dict[str, Any] | None = None

    def run(self) -> Outcome:
        """Resume the oldest unfinished session of the spool, or make a new one.

        Raises:
            OSError: The broker does not answer.
            GaveUp: The suite does not answer; the session stays in the spool.
        """
        session = next(self._spool.unfinished(), None) or self._new_session()
        self._line.open(len(self._spool.held(session)))
        try:
            return self._session(session)
        finally:
            self._line.close()

    def _session(self, session: SpooledSession) -> Outcome:
        self._send_unsent(session)
        self._once(session, "session.started", self._who(session))
        self._acquire(session)
        self._await_host()
        if Fault.BAD_JSON in self._options.faults:
            self._talk_nonsense(session)
        delivery = self._delivery(session)
        delivery.run(self._options.stop_after)
        if self._options.stop_after is not None and self._spool.held(session):
            return self._outcome(session)
        if Fault.CONFLICT in self._options.faults:
            self._contradict(session)
            delivery.run()
        self._complete(session)
        self._settle(session, delivery)
        return self._outcome(session)

    def _new_session(self) -> SpooledSession:
        session_id = f"S{uuid4().hex[:20]}"
        started = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        chosen = self._options
        shared = Acquisition(session_id, chosen.patient_id, chosen.patient_name, started)
        session = SpooledSession(
            session_id, str(shared.study_uid), chosen.patient_id, chosen.patient_name, started
        )
        self._spool.save(session)
        return session

    def _who(self, session: SpooledSession) -> dict[str, Any]:
        return {
            "patient": {"id": session.patient_id},
            "study_uid": session.study_uid,
            "protocol": self._options.protocol or self._options.kind.value,
            "operator": "simulator",
        }

    def _acquire(self, session: SpooledSession) -> None:
        shared = self._acquisition(session)
        pictures = shared.pictures(self._options.kind, self._options.count, len(session.objects))
        for number in range(self._options.count):
            if number >= len(session.objects):
                self._keep(session, next(pictures))
            entry = session.objects[number]
            self._once(session, f"object.acquired {number}", {"object": _described(entry)})
            if number % 10 == 9:  # noqa: PLR2004  every tenth
                metrics = {"acquired": number + 1, "planned": self._options.count}
                self._once(session, f"session.progress {number}", {"metrics": metrics})
        if Fault.BAD_DICOM in self._options.faults and len(session.objects) == self._options.count:
            self._keep_nonsense(session)
        self._flush(session)

    def _keep(
        self, session: SpooledSession, content: bytes, *, is_in_manifest: bool = True
    ) -> None:
        data = dcmread(BytesIO(content), stop_before_pixels=True)
        entry = SpooledObject(
            number=len(session.objects),
            transfer_id=new_transfer_id(),
            sop_uid=str(data.SOPInstanceUID),
            series_uid=str(data.SeriesInstanceUID),
            sop_class=str(data.SOPClassUID),
            transfer_syntax=str(data.file_meta.TransferSyntaxUID),
            size=len(content),
            sha256=digest(content),
            is_in_manifest=is_in_manifest,
        )
        self._spool.keep(session, entry, content)
        self._spool.save(session)

    def _keep_nonsense(self, session: SpooledSession) -> None:
        content = b"This is not DICOM. " * 50
        entry = SpooledObject(
            number=len(session.objects),
            transfer_id=new_transfer_id(),
            sop_uid=str(generate_uid()),
            series_uid=session.objects[0].series_uid,
            sop_class=session.objects[0].sop_class,
            transfer_syntax=session.objects[0].transfer_syntax,
            size=len(content),
            sha256=digest(content),
        )
        self._spool.keep(session, entry, content)
        self._spool.save(session)

    def _contradict(self, session: SpooledSession) -> None:
        shared = self._acquisition(session)
        first = next(shared.pictures(self._options.kind, self._options.count))
        self._keep(session, altered(first), is_in_manifest=False)

    def _acquisition(self, session: SpooledSession) -> Acquisition:
        who = (session.session_id, session.patient_id, session.patient_name, session.started)
        return Acquisition(*who, edge=self._options.edge)

    def _complete(self, session: SpooledSession) -> None:
        listed = [entry for entry in session.objects if entry.is_in_manifest]
        lines = sorted(f"{entry.sop_uid} {entry.sha256}" for entry in listed)
        complete = {
            "expected_objects": len(listed),
            "manifest": [{"sop_uid": e.sop_uid, "sha256": e.sha256} for e in listed][:2000],
            "manifest_sha256": sha256("\n".join(lines).encode()).hexdigest(),
        }
        self._once(session, "session.complete", {"complete": complete})
        self._flush(session)

    def _settle(self, session: SpooledSession, delivery: Delivery) -> None:
        """Wait for the word that nothing is missing; say again that it is complete meanwhile."""
        complete = [event["seq"] for event in session.told if event["type"] == "session.complete"]
        for _ in range(SETTLE_ROUNDS):
            settlement = delivery.await_settlement(self._options.settle_seconds / SETTLE_ROUNDS)
            if settlement is not None and not settlement["missing"]:
                session.is_settled = True
                self._spool.save(session)
                return
            delivery.settlement = None
            delivery.run()
            delivery.tell_again(complete)
        if settlement is None:
            raise GaveUp("The session was not settled; it stays in the spool.")

    def _await_host(self) -> None:
        deadline = time.monotonic() + self._options.host_seconds
        while not self._line.is_host_online:
            if time.monotonic() > deadline:
                raise GaveUp("The suite is not listening at this site; the session is kept.")
            time.sleep(0.05)

    def _talk_nonsense(self, session: SpooledSession) -> None:
        for payload in NONSENSE:
            self._line.publish(f"event/{session.session_id}", payload)
            self._line.publish(f"offer/{new_transfer_id()}", payload)

    def _delivery(self, session: SpooledSession) -> Delivery:
        chosen = self._options
        delivery = Delivery(
            self._line,
            self._spool,
            session,
            faults=chosen.faults,
            modes=chosen.modes,
            report=self._report,
        )
        delivery.step_seconds = chosen.step_seconds
        return delivery

    def _once(self, session: SpooledSession, step: str, fields: dict[str, Any]) -> None:
        """Announce a step unless an earlier run of this session did."""
        if step in session.done_steps:
            return
        event = {
            "schema": "vis.session-event.v1",
            "event_id": str(uuid4()),
            "session_id": session.session_id,
            "seq": session.seq,
            "boot_id": self._line.boot_id,
            "at": now(),
            "clock": "synced",
            "type": step.split(maxsplit=1)[0],
        } | fields
        session.seq += 1
        session.done_steps.append(step)
        session.unsent.append(event)
        session.told.append(event)
        self._spool.save(session)
        if Fault.REORDER in self._options.faults and self._held_back is None:
            self._held_back = event
            return
        self._send_unsent(session)

    def _flush(self, session: SpooledSession) -> None:
        self._send_unsent(session)
        self._held_back = None

    def _send_unsent(self, session: SpooledSession) -> None:
        """Publish what is due, the newest first when events are to be out of order."""
        due = session.unsent[::-1] if self._held_back is not None else session.unsent[:]
        for event in due:
            for _ in range(2 if Fault.DUPLICATE in self._options.faults else 1):
                self._line.publish(f"event/{session.session_id}", json.dumps(event).encode())
        self._held_back = None
        if due:
            session.unsent.clear()
            self._spool.save(session)

    def _outcome(self, session: SpooledSession) -> Outcome:
        statuses = Counter(e.receipt["status"] for e in session.objects if e.receipt)
        return Outcome(session.session_id, dict(statuses), session.is_settled)


def open_spool(directory: Path, site: str, device: str) -> Spool:
    """Return the spool of one device below a directory."""
    return Spool(directory / site / device)


def _described(entry: SpooledObject) -> dict[str, Any]:
    return {
        "sop_uid": entry.sop_uid,
        "series_uid": entry.series_uid,
        "size": entry.size,
        "sha256": entry.sha256,
    }
