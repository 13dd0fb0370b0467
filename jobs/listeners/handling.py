"""What one message of a device does: one command, and the answer that goes out at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from pydantic import ValidationError

from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.errors import Busy, DomainError, NotFound, Unavailable
from erp.core.ids import new_id
from erp.services import documents, imaging, platform
from jobs.listeners.directory import Directory
from jobs.listeners.recording import Recorder

UPLOAD_TRIES: Final = 5
REMEMBERED: Final = 2000
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as the broker delivered it."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """A message for the device that needs no memory: it asks again if it is lost."""

    topic: str
    payload: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A message whose sender is known."""

    topic: imaging.Topic
    device: imaging.DeviceAccount
    ctx: RequestContext
    message: Incoming


@dataclass
class Handler:
    """Takes messages, one at a time per thread; threads may share one.

    Args:
        directory: Who may speak.
        intake: Receives uploads.
        storage: Signs upload addresses.
        offers: Writes offers of a device down. `uploads`: what was found in objects.
    """

    directory: Directory
    intake: imaging.Intake
    storage: documents.ObjectStorage
    offers: Recorder[imaging.ObjectOffer, imaging.OfferAnswer] = field(
        default_factory=lambda: Recorder(imaging.record_offers)
    )
    uploads: Recorder[imaging.ArrivedObject, imaging.ObjectTaken] = field(
        default_factory=lambda: Recorder(_record_uploads)
    )
    _uploads: dict[tuple[UUID, str], imaging.Upload] = field(default_factory=dict)
    _granted: dict[tuple[UUID, str], imaging.Upload] = field(default_factory=dict)
    _tries: dict[UUID, int] = field(default_factory=dict)

    def handle(self, message: Incoming) -> list[Reply]:
        """Take a message; when this returns, what it says is committed or parked for good.

        Raises:
            Busy, Unavailable: Database, object store or reader is away; nothing was lost,
                the message must come again.
        """
        said = self._who(message)
        if said is None:
            return []
        try:
            return self._take(said)
        except imaging.BadMessage as bad:
            self._park(said, bad.code, bad.detail)
        except (Busy, Unavailable):
            raise
        except NotFound as error:
            _log.warning("message_about_nothing", topic=message.topic, code=error.code)
        except DomainError as error:
            self._park(said, error.code, error.message)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            self._park(said, "invalid", f"{first['loc']}: {first['msg']}"[:500])
        return []

    def park_hopeless(self, message: Incoming, error: Exception) -> None:
        """Keep a message that makes the product fail, so that it blocks nothing."""
        said = self._who(message)
        if said is not None:
            self._park(said, "unreadable", f"The product failed on it: {type(error).__name__}.")

    def _who(self, message: Incoming) -> _Said | None:
        try:
            topic = imaging.read_topic(message.topic)
        except imaging.BadMessage:
            _log.warning("message_on_no_topic", topic=message.topic[:200])
            return None
        device = self.directory.find(topic.site, topic.device)
        if device is None:
            _log.warning("message_of_no_device", topic=message.topic)
            return None
        ctx = imaging.device_context(device, utc_now(), f"mqtt-{new_id()}")
        return _Said(topic, device, ctx, message)

    def _take(self, said: _Said) -> list[Reply]:
        takers: dict[imaging.Channel, Callable[[_Said], list[Reply]]] = {
            imaging.Channel.STATE: self._state,
            imaging.Channel.EVENT: self._event,
            imaging.Channel.OFFER: self._offer,
            imaging.Channel.CHUNK: self._chunk,
            imaging.Channel.DONE: self._done,
            imaging.Channel.RESULT: self._result,
        }
        taker = takers.get(said.topic.channel)
        return taker(said) if taker is not None else []

    def _state(self, said: _Said) -> list[Reply]:
        if said.message.payload:
            state = imaging.read_message(said.message.payload, imaging.DeviceState)
            noted = imaging.NoteDeviceState(device_id=said.device.device_id, state=state)
            platform.run("imaging.note_device_state", said.ctx, noted)
        return []

    def _event(self, said: _Said) -> list[Reply]:
        event = imaging.read_message(said.message.payload, imaging.SessionEvent)
        if event.session_id != said.topic.subject:
            raise imaging.BadMessage("invalid", "session_id: differs from the topic")
        recorded = imaging.RecordSessionEvent(
            device_id=said.device.device_id,
            event=event,
            idempotency_key=f"{said.device.device_id}:{event.event_id}",
        )
        answer = platform.run("imaging.record_session_event", said.ctx, recorded)
        if answer.replayed and event.complete is not None:
            with db.unit_of_work(said.ctx) as session:
                imaging.repeat_settlement(
                    session, said.ctx, said.device.device_id, event.session_id
                )
        return []

    def _offer(self, said: _Said) -> list[Reply]:
        offer = imaging.read_message(said.message.payload, imaging.ObjectOffer)
        if offer.transfer_id != said.topic.subject:
            raise imaging.BadMessage("invalid", "transfer_id: differs from the topic")
        answer = self.offers.record(said.ctx, said.device.device_id, offer)
        upload = imaging.Upload(
            answer.transfer_id,
            "chunk" if answer.grant == "chunk" else "put",
            offer.size,
            offer.sha256,
        )
        if answer.grant == "have":
            return [_reply(said, imaging.HaveGrant().model_dump_json())]
        _remember(self._granted, _key(said), upload)
        return [self._grant(said, upload)]

    def _chunk(self, said: _Said) -> list[Reply]:
        upload = self._remembered(said)
        if upload is None or said.topic.index is None:
            raise imaging.BadMessage("unknown_transfer", "No object was offered under this name.")
        if not upload.is_decided and not self.intake.keep_chunk(
            said.ctx, upload, said.topic.index, said.message.payload
        ):
            _log.warning("chunk_damaged", topic=said.message.topic)
        return []

    def _done(self, said: _Said) -> list[Reply]:
        done = imaging.read_message(said.message.payload, imaging.ObjectDone)
        # The first word after a grant asks the database nothing; any later one may be a repeat.
        upload = self._granted.pop(_key(said), None) or self._find(said)
        if upload is None:
            raise imaging.BadMessage("unknown_transfer", "No object was offered under this name.")
        if upload.is_decided:
            self._repeat_receipt(said)
        elif (done.sha256, done.size) != (upload.sha256, upload.size):
            imaging.give_up(said.ctx, upload.transfer_id, "digest_mismatch")
        else:
            return self._receive(said, upload)
        return []

    def _receive(self, said: _Said, upload: imaging.Upload) -> list[Reply]:
        try:
            arrived = self.intake.fetch(said.ctx, upload)
        except imaging.Incomplete:
            tries = self._tries.get(upload.transfer_id, 0) + 1
            if tries < UPLOAD_TRIES:
                self._tries[upload.transfer_id] = tries
                return [self._grant(said, upload)]
            imaging.give_up(said.ctx, upload.transfer_id, "upload_incomplete")
        else:
            self.uploads.record(said.ctx, said.device.device_id, arrived)
        self._tries.pop(upload.transfer_id, None)
        return []

    def _result(self, said: _Said) -> list[Reply]:
        answer = said.message.payload.decode("utf-8", "replace").replace("\0", "")
        with db.unit_of_work(said.ctx) as session:
            imaging.note_answer(
                session, said.ctx, said.device.device_id, said.topic.subject, answer
            )
        return []

    def _repeat_receipt(self, said: _Said) -> None:
        with db.unit_of_work(said.ctx) as session:
            imaging.repeat_receipt(session, said.ctx, said.device.device_id, said.topic.subject)

    def _grant(self, said: _Said, upload: imaging.Upload) -> Reply:
        if upload.mode == "chunk":
            return _reply(said, imaging.ChunkGrant().model_dump_json())
        granted = self.storage.grant_upload(
            imaging.put_key(said.ctx, upload.transfer_id),
            size=upload.size,
            sha256=upload.sha256,
            media="application/dicom",
            seconds=imaging.GRANT_SECONDS,
        )
        grant = imaging.PutGrant(
            put_url=granted.url, headers=granted.headers, expires_at=granted.expires_at
        )
        return _reply(said, grant.model_dump_json())

    def _remembered(self, said: _Said) -> imaging.Upload | None:
        """Return the upload of a chunk without asking the database for each."""
        key = _key(said)
        known = self._uploads.get(key)
        if known is None:
            known = self._find(said)
            if known is not None:
                _remember(self._uploads, key, known)
        return known

    def _find(self, said: _Said) -> imaging.Upload | None:
        with db.unit_of_work(said.ctx) as session:
            return imaging.find_upload(session, said.ctx, said.device.device_id, said.topic.subject)

    def _park(self, said: _Said, code: str, detail: str) -> None:
        message = said.message
        parked = imaging.ParkMessage(
            device_id=said.device.device_id,
            topic=message.topic[:300],
            reason_code=code,
            detail=detail[:1000],
            payload=message.payload,
            digest=imaging.message_digest(message.topic, message.payload),
        )
        platform.run("imaging.park_message", said.ctx, parked)
        _log.warning("message_parked", topic=message.topic, code=code)


def _record_uploads(
    ctx: RequestContext, _device_id: UUID, arrived: Sequence[imaging.ArrivedObject]
) -> list[imaging.ObjectTaken]:
    return imaging.record_uploads(ctx, arrived)


def _key(said: _Said) -> tuple[UUID, str]:
    return said.device.device_id, said.topic.subject


def _remember(
    known: dict[tuple[UUID, str], imaging.Upload], key: tuple[UUID, str], upload: imaging.Upload
) -> None:
    if len(known) >= REMEMBERED:
        known.clear()
    known[key] = upload


def _reply(said: _Said, payload: str) -> Reply:
    topic = imaging.topic_for(
        said.topic.site, said.topic.device, imaging.Channel.GRANT, said.topic.subject
    )
    return Reply(topic, payload)
