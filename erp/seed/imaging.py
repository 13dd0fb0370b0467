"""A demo device and its sessions, through the same intake that devices use."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, Final
from uuid import UUID, uuid5

from pydicom import dcmread

from erp.adapters.dicom.object_inspector import object_inspector
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import imaging, platform
from erp.simulate.kinds import Kind
from erp.simulate.pictures import Acquisition

DEVICE_CODE: Final = "CAM01"
NOT_A_PICTURE: Final = b"Camera service log, not an image. " * 40


@dataclass(frozen=True, slots=True)
class _Visit:
    """A demo session: how many objects it delivers of how many, and how long ago it began."""

    patient: tuple[str, str]
    kind: Kind
    planned: int
    delivered: int
    minutes_ago: int
    has_stray: bool = False


VISITS: Final = (
    _Visit(("C002", "Zedkar^Asha"), Kind.CT, 16, 16, 190),
    _Visit(("C003", "Zeta^Bhavin"), Kind.IRIS, 6, 6, 95, has_stray=True),
    _Visit(("P-1001", "Rao^Asha"), Kind.PYDICOM, 12, 12, 40),
    _Visit(("C005", "Zimmara^Deepa"), Kind.IRIS, 8, 3, 4),
)


def seed_imaging(ctx: RequestContext) -> None:
    """Register a device and let it deliver a few sessions, one of which is still running.

    The device's broker account is kept beside the demo logins, for
    `python -m erp simulate device`. A second time changes nothing.
    """
    object_storage().ensure_bucket()
    registered = platform.run(
        "imaging.register_device",
        ctx,
        {
            "code": DEVICE_CODE,
            "name": "Iris camera, room 1",
            "modality": "OP",
            "model": "Simulated 1.0",
            "serial": "SN-000001",
            "idempotency_key": f"seed-device-{DEVICE_CODE}",
        },
    )
    if registered.replayed or not isinstance(registered.result, imaging.DeviceCredential):
        return
    _keep_account(registered.result)
    line = _Line(registered.result.id)
    line.announce()
    for visit in VISITS:
        line.deliver(visit)


def _keep_account(credential: imaging.DeviceCredential) -> None:
    path = get_settings().data_dir / "demo-devices.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.touch(mode=0o600)
    known[credential.user] = credential.password.get_secret_value()
    path.write_text(json.dumps(known, indent=1), encoding="utf-8")


class _Line:
    """A device that is wired straight into the intake, without a broker."""

    def __init__(self, device_id: UUID) -> None:
        with db.ops_session() as session:
            accounts = imaging.list_device_accounts(session)
        self._account = next(a for a in accounts if a.device_id == device_id)
        self._intake = imaging.Intake(object_storage(), object_inspector())

    @property
    def _ctx(self) -> RequestContext:
        return imaging.device_context(self._account, utc_now(), f"seed-{new_id()}")

    def announce(self) -> None:
        """Say that the device is there."""
        said = imaging.DeviceState.model_validate(
            {
                "state": "online",
                "boot_id": new_id(),
                "birth_seq": 0,
                "ts": utc_now(),
                "firmware": "simulated 1.0",
                "free_mb": 4096,
                "backlog": 0,
            }
        )
        noted = imaging.NoteDeviceState(device_id=self._account.device_id, state=said)
        platform.run("imaging.note_device_state", self._ctx, noted)

    def deliver(self, visit: _Visit) -> None:
        """Tell of a session and deliver its objects."""
        at = utc_now() - timedelta(minutes=visit.minutes_ago)
        session_id = f"demo-{self._account.device_id.hex[-8:]}-{visit.patient[0]}"
        events = _Events(session_id, at)
        shared = Acquisition(session_id, *visit.patient, f"{at.astimezone(UTC):%Y%m%d%H%M%S}")
        who = {"patient": {"id": visit.patient[0]}, "study_uid": str(shared.study_uid)}
        about = {"protocol": visit.kind.value.upper(), "operator": "Imran Khan"}
        self._tell(events.next("session.started", who | about))
        manifest = []
        for number, content in enumerate(_pictures(shared, visit)):
            offer = self._send(session_id, str(shared.study_uid), content, number)
            manifest.append((offer.sop_uid, offer.sha256))
        if visit.has_stray:
            self._send_stray(session_id, str(shared.study_uid), len(manifest))
        if len(manifest) == visit.planned:
            self._tell(events.next("session.complete", {"complete": _complete(manifest)}))

    def _tell(self, event: imaging.SessionEvent) -> None:
        recorded = imaging.RecordSessionEvent(device_id=self._account.device_id, event=event)
        platform.run("imaging.record_session_event", self._ctx, recorded)

    def _send(
        self, session_id: str, study_uid: str, content: bytes, number: int
    ) -> imaging.ObjectOffer:
        data = dcmread(BytesIO(content), stop_before_pixels=True)
        offer = _offer(session_id, study_uid, content, number) | {
            "sop_uid": str(data.SOPInstanceUID),
            "series_uid": str(data.SeriesInstanceUID),
            "sop_class": str(data.SOPClassUID),
            "transfer_syntax": str(data.file_meta.TransferSyntaxUID),
        }
        return self._hand_over(offer, content)

    def _send_stray(self, session_id: str, study_uid: str, number: int) -> None:
        offer = _offer(session_id, study_uid, NOT_A_PICTURE, number)
        self._hand_over(offer, NOT_A_PICTURE)

    def _hand_over(self, described: dict[str, Any], content: bytes) -> imaging.ObjectOffer:
        offer = imaging.ObjectOffer.model_validate(described)
        [answer] = imaging.record_offers(self._ctx, self._account.device_id, [offer])
        if answer.grant == "put":
            upload = imaging.Upload(answer.transfer_id, "put", offer.size, offer.sha256)
            self._intake.receive_bytes(self._ctx, upload, content)
        return offer


class _Events:
    """Numbers the events of one session."""

    def __init__(self, session_id: str, at: datetime) -> None:
        self._session_id = session_id
        self._at = at
        self._seq = 0

    def next(self, kind: str, fields: dict[str, Any]) -> imaging.SessionEvent:
        """Return the next event."""
        event = {
            "schema": "vis.session-event.v1",
            "event_id": new_id(),
            "session_id": self._session_id,
            "seq": self._seq,
            "at": self._at + timedelta(minutes=self._seq),
            "clock": "synced",
            "type": kind,
        }
        self._seq += 1
        return imaging.SessionEvent.model_validate(event | fields)


def _pictures(shared: Acquisition, visit: _Visit) -> Iterator[bytes]:
    for number, content in enumerate(shared.pictures(visit.kind, visit.planned)):
        if number >= visit.delivered:
            return
        yield content


def _offer(session_id: str, study_uid: str, content: bytes, number: int) -> dict[str, Any]:
    name = uuid5(UUID(int=0), f"{session_id}-{number}")
    return {
        "schema": "vis.object-offer.v1",
        "transfer_id": name.hex,
        "session_id": session_id,
        "sop_uid": f"2.25.{name.int}",
        "series_uid": f"2.25.{name.int}",
        "study_uid": study_uid,
        "sop_class": "1.2.840.10008.5.1.4.1.1.7",
        "transfer_syntax": "1.2.840.10008.1.2.1",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "modes": ["put"],
    }


def _complete(manifest: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "expected_objects": len(manifest),
        "manifest": [{"sop_uid": uid, "sha256": digest} for uid, digest in manifest],
        "manifest_sha256": imaging.manifest_sha256(manifest),
    }
