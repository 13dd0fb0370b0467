"""A device without a broker: it speaks to the commands as the listener does."""

import hashlib
import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from pydicom import dcmread

from erp.adapters.dicom.object_inspector import object_inspector
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import imaging, platform

KEYWORDS = {
    "sop_uid": "SOPInstanceUID",
    "series_uid": "SeriesInstanceUID",
    "study_uid": "StudyInstanceUID",
    "sop_class": "SOPClassUID",
}
MADE_UP = {
    "sop_uid": "1.2.826.0.1.3680043.10.1.1.1",
    "series_uid": "1.2.3.1",
    "study_uid": "1.2.3",
    "sop_class": "1.2.840.10008.5.1.4.1.1.2",
    "transfer_syntax": "1.2.840.10008.1.2.1",
}


@dataclass
class Line:
    """One registered device of a tenant."""

    owner: RequestContext
    device_id: UUID
    code: str
    seq: int = 0
    session_id: str = field(default_factory=lambda: f"S{uuid4().hex[:16]}")

    @property
    def ctx(self) -> RequestContext:
        with db.ops_session() as session:
            accounts = imaging.list_device_accounts(session)
        account = next(a for a in accounts if a.device_id == self.device_id)
        return imaging.device_context(account, utc_now(), f"test-{new_id()}")

    def run(self, name: str, given: Any) -> Any:
        """Run a command as the device's line."""
        return platform.run(name, self.ctx, given).result

    def ask(self, name: str, **given: Any) -> Any:
        """Run a query or command as the owner."""
        return platform.run(name, self.owner, given).result

    def state(self, state: str = "online", birth_seq: int = 1, **more: Any) -> Any:
        said = {
            "state": state,
            "boot_id": uuid4(),
            "birth_seq": birth_seq,
            "ts": utc_now(),
            "backlog": 3,
        } | more
        noted = imaging.NoteDeviceState(
            device_id=self.device_id, state=imaging.DeviceState.model_validate(said)
        )
        return self.run("imaging.note_device_state", noted)

    def event(self, kind: str, **fields: Any) -> imaging.SessionEvent:
        """Return the next event of the session; `seq` and any field may be given."""
        body = {
            "schema": "vis.session-event.v1",
            "event_id": uuid4(),
            "session_id": self.session_id,
            "seq": self.seq,
            "at": utc_now(),
            "clock": "synced",
            "type": kind,
        } | fields
        self.seq = max(self.seq, body["seq"]) + 1
        return imaging.SessionEvent.model_validate(body)

    def tell(self, event: imaging.SessionEvent) -> Any:
        return self.run(
            "imaging.record_session_event",
            imaging.RecordSessionEvent(device_id=self.device_id, event=event),
        )

    def start(self, patient: str = "P-100") -> UUID:
        told = self.tell(self.event("session.started", patient={"id": patient}))
        found: UUID = told.session_id
        return found

    def offer(self, content: bytes, **changes: Any) -> imaging.ObjectOffer:
        body = {
            "schema": "vis.object-offer.v1",
            "transfer_id": uuid4().hex,
            "session_id": self.session_id,
            **_identity(content),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "modes": ("put", "chunk"),
        } | changes
        return imaging.ObjectOffer.model_validate(body)

    def answer(self, offer: imaging.ObjectOffer) -> imaging.OfferAnswer:
        [answer] = imaging.record_offers(self.ctx, self.device_id, [offer])
        return answer

    def deliver(self, content: bytes, **changes: Any) -> dict[str, Any]:
        """Deliver an object and return its receipt."""
        offer = self.offer(content, **changes)
        answer = self.answer(offer)
        if answer.grant != "have":
            upload = imaging.Upload(answer.transfer_id, "put", offer.size, offer.sha256)
            intake().receive_bytes(self.ctx, upload, content)
        return self.receipt(offer.transfer_id)

    def complete(self, *contents: bytes, **changes: Any) -> Any:
        listed = [
            (_identity(content)["sop_uid"], hashlib.sha256(content).hexdigest())
            for content in contents
        ]
        told = {
            "expected_objects": len(listed),
            "manifest": [{"sop_uid": uid, "sha256": digest} for uid, digest in listed],
            "manifest_sha256": imaging.manifest_sha256(listed),
        } | changes
        return self.tell(self.event("session.complete", complete=told))

    def said(self, channel: str, subject: str) -> dict[str, Any] | None:
        """Return the suite's word on a topic of the device."""
        rows = self.rows(
            "select payload::jsonb as body from device_message"
            " where device_id = %s and channel = %s and subject = %s and payload <> ''",
            self.device_id,
            channel,
            subject,
        )
        return rows[0]["body"] if rows else None

    def receipt(self, transfer_id: str) -> dict[str, Any]:
        found = self.said("receipt", transfer_id)
        assert found is not None, "no receipt"
        return found

    def session(self) -> dict[str, Any]:
        [row] = self.rows(
            "select * from imaging_session where device_id = %s and external_id = %s",
            self.device_id,
            self.session_id,
        )
        return row

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        with db.unit_of_work(self.owner) as session:
            return db.fetch_all(session, sql, params)

    def count(self, table: str) -> int:
        [row] = self.rows(f"select count(*) as n from {table}")  # noqa: S608  a test's own word
        found: int = row["n"]
        return found

    def snapshot(self) -> dict[str, int]:
        """Return how many rows every table of imaging holds."""
        return {table: self.count(table) for table in TABLES}


TABLES = (
    "imaging_session",
    "session_event",
    "imaging_transfer",
    "ingest_attempt",
    "device_message",
    "quarantine",
    "dicom_patient",
    "dicom_study",
    "dicom_series",
    "dicom_instance",
    "qa_review",
    "imaging_report",
    "annotation",
    "event",
)


def make_line(owner: RequestContext, code: str = "") -> Line:
    """Register a device of a tenant."""
    code = code or f"C{uuid4().hex[:8]}"
    made: Any = platform.run("imaging.register_device", owner, {"code": code, "name": code}).result
    return Line(owner, made.id, code)


def open_way_in(owner: RequestContext) -> UUID:
    """Open uploads of a tenant's branch."""
    given = {"branch_id": owner.branch_id, "kind": "upload"}
    made = platform.run("imaging.open_way_in", owner, given).result
    assert isinstance(made, platform.Identified)
    return made.id


def intake() -> imaging.Intake:
    """Return the intake over the real object store and the real reader."""
    storage = object_storage()
    storage.ensure_bucket()
    return imaging.Intake(storage, object_inspector())


def _identity(content: bytes) -> dict[str, str]:
    """Return what a device says of an object; what it cannot read it makes up."""
    try:
        data = dcmread(BytesIO(content), stop_before_pixels=True)
        read = {name: str(data.get(keyword, "")) for name, keyword in KEYWORDS.items()}
        read["transfer_syntax"] = str(data.file_meta.get("TransferSyntaxUID", ""))
    except Exception:  # noqa: BLE001  a stranger's bytes
        return MADE_UP
    return {name: uid if is_uid(uid) else MADE_UP[name] for name, uid in read.items()}


def is_uid(text: str) -> bool:
    """Tell whether a device may use a text as an identifier in an offer."""
    return len(text) <= 64 and re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))+", text) is not None
