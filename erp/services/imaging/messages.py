"""What devices and the suite say to each other over MQTT, exactly and closed.

Topics, fields and limits are the contract; a message that is anything else is refused
with the field named, and refusing never costs more than reading 64 KiB.
"""

import hashlib
import json
import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self, TypeVar
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    model_validator,
)

MESSAGE_BYTES: Final = 512 * 1024
NESTING: Final = 16
KEYS: Final = 20_000
CHUNK_BYTES: Final = 96 * 1024
OLDEST: Final = timedelta(days=366)
FASTEST: Final = timedelta(days=2)
SESSION_EVENT: Final = "vis.session-event.v1"
OBJECT_OFFER: Final = "vis.object-offer.v1"
OBJECT_RECEIPT: Final = "vis.object-receipt.v1"

Uid = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+$")
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
TransferId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
SessionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Text16 = Annotated[str, StringConstraints(max_length=16)]
Text64 = Annotated[str, StringConstraints(max_length=64)]
Text200 = Annotated[str, StringConstraints(max_length=200)]


class BadMessage(Exception):
    """A payload that is not the message its topic promises.

    Attributes:
        code: `too_large`, `not_json`, `not_text`, `too_deep`, `too_many_keys`,
            `unknown_schema` or `invalid`.
        detail: One sentence that names the field; never the payload.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Message(BaseModel):
    """Base of all messages: closed, frozen, strict about types."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class EventType(StrEnum):
    """What a session event announces."""

    SCHEDULED = "session.scheduled"
    STARTED = "session.started"
    PROGRESS = "session.progress"
    OBJECT_ACQUIRED = "object.acquired"
    PAUSED = "session.paused"
    RESUMED = "session.resumed"
    COMPLETE = "session.complete"
    ABORTED = "session.aborted"
    NOTE = "session.note"
    FAULT = "device.fault"


class EventPatient(Message):
    """Whom the device believes it is imaging."""

    id: Text64 | None = None
    issuer: Text64 | None = None
    match_token: Text200 | None = None


class EventOrder(Message):
    """The imaging order the session fulfils."""

    accession: Text16 | None = None
    sps_id: Text16 | None = None


class EventObject(Message):
    """An object the device now holds."""

    sop_uid: Uid | None = None
    series_uid: Uid | None = None
    size: Annotated[int, Field(ge=132)] | None = None
    sha256: Sha256 | None = None


class ManifestEntry(Message):
    """One object of a complete session."""

    sop_uid: Uid
    sha256: Sha256


class Completion(Message):
    """What a complete session consists of; completeness is judged by this, not by silence.

    Attributes:
        manifest_sha256: SHA-256 of the lines `sop_uid sha256`, sorted, joined by newlines.
    """

    expected_objects: Annotated[int, Field(ge=0)]
    manifest: Annotated[tuple[ManifestEntry, ...], Field(max_length=2000)] = ()
    manifest_sha256: Sha256
    reason: Text200 | None = None


class SessionEvent(Message):
    """One event of a device session; `(session_id, seq)` and `event_id` are each unique."""

    schema_: Literal["vis.session-event.v1"] = Field(alias="schema")
    event_id: UUID
    session_id: SessionId
    seq: Annotated[int, Field(ge=0, le=2147483647)]
    boot_id: UUID | None = None
    at: AwareDatetime
    clock: Literal["synced", "unsynced", "unknown"] = "unknown"
    type: EventType
    patient: EventPatient | None = None
    order: EventOrder | None = None
    operator: Text64 | None = None
    study_uid: Uid | None = None
    protocol: Text64 | None = None
    object: EventObject | None = None
    complete: Completion | None = None
    metrics: Annotated[dict[Text64, bool | int | float | Text200], Field(max_length=64)] = {}

    @model_validator(mode="after")
    def _holds_what_its_type_needs(self) -> Self:
        if self.type is EventType.COMPLETE and self.complete is None:
            raise ValueError("session.complete needs the field complete")
        if self.type is EventType.OBJECT_ACQUIRED and self.object is None:
            raise ValueError("object.acquired needs the field object")
        return self


class ObjectOffer(Message):
    """A device offers one object; `size` in bytes."""

    schema_: Literal["vis.object-offer.v1"] = Field(alias="schema")
    transfer_id: TransferId
    session_id: SessionId
    sop_uid: Uid
    series_uid: Uid
    study_uid: Uid
    sop_class: Uid
    transfer_syntax: Uid
    size: Annotated[int, Field(ge=132, le=2**40)]
    sha256: Sha256
    media: Literal["application/dicom"] = "application/dicom"
    modes: Annotated[tuple[Literal["put", "chunk"], ...], Field(min_length=1, max_length=2)]


class ObjectDone(Message):
    """A device has sent all bytes of a transfer."""

    sha256: Sha256
    size: Annotated[int, Field(ge=132, le=2**40)]


class DeviceState(Message):
    """Birth certificate, state change or last will of a device (retained)."""

    state: Literal["online", "offline", "maintenance"]
    boot_id: UUID
    birth_seq: Annotated[int, Field(ge=0, le=2**53)]
    ts: AwareDatetime
    firmware: Text64 | None = None
    free_mb: Annotated[int, Field(ge=0)] | None = None
    backlog: Annotated[int, Field(ge=0)] | None = None


class HostState(Message):
    """Whether the suite listens at a site (retained); devices hold offers back while not."""

    online: bool
    ts: AwareDatetime


class PutGrant(Message):
    """The right to upload by HTTP."""

    put_url: str
    headers: dict[str, str]
    expires_at: AwareDatetime


class ChunkGrant(Message):
    """The right to send the object in pieces over MQTT."""

    mode: Literal["chunk"] = "chunk"
    chunk_bytes: Annotated[int, Field(gt=0, le=CHUNK_BYTES)] = CHUNK_BYTES


class HaveGrant(Message):
    """The object is already held; nothing is to be sent."""

    have: Literal[True] = True


class ReceiptStatus(StrEnum):
    """What became of an offered object."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class ObjectReceipt(Message):
    """The only proof of receipt; the device may forget the object once it has this."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_: Literal["vis.object-receipt.v1"] = Field(default=OBJECT_RECEIPT, alias="schema")
    transfer_id: TransferId
    sop_uid: str
    sha256: Sha256
    status: ReceiptStatus
    object_id: UUID | None = None
    at: AwareDatetime
    reason: str | None = None


class Settlement(Message):
    """What is still missing of a complete session (retained until read)."""

    expected: int
    stored: int
    missing: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()


M = TypeVar("M", bound=Message)


def read_message(payload: bytes, kind: type[M]) -> M:
    """Return the message in a payload.

    Raises:
        BadMessage: Oversized, not UTF-8 JSON without a byte order mark, a lone surrogate,
            too deep, too many keys, another schema version, or a field that is wrong.
    """
    data = _json(payload)
    known = kind.model_fields.get("schema_")
    if known is not None and isinstance(data, dict):
        expected = known.annotation.__args__[0] if known.annotation else None
        if data.get("schema", expected) != expected:
            raise BadMessage("unknown_schema", f"This topic carries {expected} only.")
    try:
        return kind.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "message"
        raise BadMessage("invalid", f"{field[:100]}: {first['msg'][:200]}") from None


def _json(payload: bytes) -> JsonValue:
    if len(payload) > MESSAGE_BYTES:
        raise BadMessage("too_large", f"A message has at most {MESSAGE_BYTES:,} bytes.")
    if payload.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise BadMessage("not_text", "A message starts with {, not with a byte order mark.")
    _check_nesting(payload)
    try:
        text = payload.decode("utf-8")
        data: JsonValue = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise BadMessage("not_text", "A message is valid UTF-8 without lone surrogates.") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, _Duplicate):
            raise BadMessage("not_json", "A message names each field once.") from None
        raise BadMessage("not_json", "The message is not JSON.") from None
    if "\\u0000" in text or "\0" in text:
        raise BadMessage("not_text", "A message holds no NUL character.")
    return data


def _check_nesting(payload: bytes) -> None:
    """Refuse depth and breadth before a parser pays for them."""
    if payload.count(b":") > KEYS:
        raise BadMessage("too_many_keys", f"A message has at most {KEYS:,} keys.")
    depth = 0
    for bracket in re.findall(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', payload):
        if bracket in b"{[":
            depth += 1
            if depth > NESTING:
                raise BadMessage("too_deep", f"A message is at most {NESTING} levels deep.")
        elif bracket in b"}]":
            depth -= 1


class _Duplicate(ValueError):
    """A field named twice, which two readers would understand differently."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _Duplicate
    return dict(pairs)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON.")


def manifest_sha256(entries: list[tuple[str, str]]) -> str:
    """Return the digest of a manifest of (SOP Instance UID, SHA-256) pairs."""
    lines = "\n".join(f"{sop_uid} {sha256}" for sop_uid, sha256 in sorted(entries))
    return hashlib.sha256(lines.encode()).hexdigest()


def is_plausible(at: datetime, now: datetime) -> bool:
    """Tell whether a device clock can be right; a late delivery may be a year old."""
    return -OLDEST <= at - now <= FASTEST
