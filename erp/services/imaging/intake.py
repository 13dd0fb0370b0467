"""The way of bytes from where a device put them into the archive.

Not a command: it waits for the object store and for the reader, with no transaction open,
and then runs one command that records the outcome. Everything before that command may be
repeated: bytes lie under their digest, and a second copy of the same is the same.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from struct import unpack
from typing import Final, Literal, cast
from uuid import UUID

from erp.core.context import RequestContext
from erp.services import platform
from erp.services.documents import (
    ObjectDamaged,
    ObjectMissing,
    ObjectStorage,
    blob_key,
    staging_key,
)
from erp.services.imaging.crc32c import crc32c
from erp.services.imaging.delivering import (
    DeliveredObject,
    DeliverySource,
    ObjectsTaken,
    TakenObject,
    TakeObjects,
)
from erp.services.imaging.messages import CHUNK_BYTES, ObjectOffer
from erp.services.imaging.offering import OfferAnswer, OfferObjects, OffersAnswered
from erp.services.imaging.ports import ObjectFacts, ObjectInspector, RefusedObject
from erp.services.imaging.taking import (
    MEDIA,
    ArrivedObject,
    ObjectTaken,
    RejectTransfer,
    TakeUploads,
    UploadsTaken,
)

Mode = Literal["put", "chunk"]

IN_MEMORY_BYTES: Final = 32 * 1024 * 1024
TRAILER_BYTES: Final = 4
GRANT_SECONDS: Final = 900
KEEPERS: Final = 16
MARK_AT: Final = 128


@dataclass(frozen=True, slots=True)
class Upload:
    """A transfer whose bytes may have arrived; `size` and `sha256` as offered.

    Attributes:
        is_decided: It has its receipt; nothing is to be received any more.
    """

    transfer_id: UUID
    mode: Mode
    size: int
    sha256: str
    is_decided: bool = False


class Incomplete(Exception):
    """Not all bytes are there; grant the upload again."""


class Intake:
    """Receives uploads; threads may share one.

    Args:
        storage: Where devices put bytes, and where they are kept.
        inspector: Reads strangers' objects within limits.
    """

    def __init__(self, storage: ObjectStorage, inspector: ObjectInspector) -> None:
        self._storage = storage
        self._inspector = inspector

    def keep_chunk(self, ctx: RequestContext, upload: Upload, index: int, body: bytes) -> bool:
        """Keep one piece durably; false if it is damaged or beyond the object.

        Raises:
            StorageUnavailable: The object store is away; the piece must come again.
        """
        content, trailer = body[:-TRAILER_BYTES], body[-TRAILER_BYTES:]
        fits = 0 < len(content) <= CHUNK_BYTES and index < chunks_of(upload.size)
        if not fits or unpack(">L", trailer)[0] != crc32c(content):
            return False
        digest = hashlib.sha256(content).hexdigest()
        key = _chunk_key(ctx, upload, index)
        self._storage.put(key, content, sha256=digest, media="application/octet-stream")
        return True

    def receive(self, ctx: RequestContext, upload: Upload) -> ObjectTaken:
        """Check, inspect and keep the bytes of an upload, then record what became of it.

        Raises:
            Incomplete: Bytes are missing.
            StorageUnavailable: The object store is away; nothing was recorded.
            Unavailable: The database or the reader is away; nothing was recorded.
        """
        return record_uploads(ctx, [self.fetch(ctx, upload)])[0]

    def fetch(self, ctx: RequestContext, upload: Upload) -> ArrivedObject:
        """Check and inspect the bytes of an upload and keep them durably; nothing is recorded yet.

        Raises:
            Incomplete: Bytes are missing.
            StorageUnavailable: The object store is away.
            Unavailable: The reader is away.
        """
        if upload.size > IN_MEMORY_BYTES and upload.mode == "put":
            return self._fetch_large(ctx, upload)
        content = self._content(ctx, upload)
        digest = hashlib.sha256(content).hexdigest()
        if digest != upload.sha256:
            return _arrived(upload, digest, len(content), None)
        return self._looked_at(ctx, upload, digest, content)

    def receive_bytes(self, ctx: RequestContext, upload: Upload, content: bytes) -> ObjectTaken:
        """Receive an object whose bytes are at hand, as `receive` does."""
        digest = hashlib.sha256(content).hexdigest()
        return record_uploads(ctx, [self._looked_at(ctx, upload, digest, content)])[0]

    def _looked_at(
        self, ctx: RequestContext, upload: Upload, digest: str, content: bytes
    ) -> ArrivedObject:
        """Inspect an object and keep its bytes meanwhile where they are sure to be kept."""
        early = self._keep_early(ctx, digest, content)
        finding = self._inspector.inspect(content)
        if early is not None:
            early.result()
        elif _is_kept(finding):
            self._keep(ctx, digest, content)
        return _arrived(upload, digest, len(content), finding)

    def deliver(
        self,
        ctx: RequestContext,
        device_id: UUID,
        source: DeliverySource,
        content: bytes | Path,
        *,
        sop_uid: str = "",
    ) -> TakenObject:
        """Receive an object that nothing announced over MQTT; it is durable once this returns.

        Args:
            device_id: The way in that brought it.
            sop_uid: The identity its sender announced beside it, if it announced one.

        Raises:
            StorageUnavailable: The object store is away; nothing was recorded.
            Unavailable: The database or the reader is away; nothing was recorded.
            Busy: Another transaction is in the way; the same call will do.
        """
        prepared = self.prepare(ctx, content, sop_uid=sop_uid)
        return self.record(ctx, device_id, source, [prepared])[0]

    def prepare(
        self, ctx: RequestContext, content: bytes | Path, *, sop_uid: str = ""
    ) -> DeliveredObject:
        """Inspect an object that nothing announced, and keep its bytes if they are worth it.

        Raises:
            StorageUnavailable: The object store is away.
            Unavailable: The reader does not start.
        """
        digest, size = _measure(content)
        early = self._keep_early(ctx, digest, content)
        finding = self._inspector.inspect(content)
        if early is not None:
            early.result()
        elif _is_kept(finding):
            key = blob_key(ctx.tenant_id, digest)
            self._storage.put(key, content, sha256=digest, media=MEDIA)
        return DeliveredObject(sha256=digest, size=size, sop_uid=sop_uid, finding=finding)

    def _keep_early(
        self, ctx: RequestContext, digest: str, content: bytes | Path
    ) -> "Future[None] | None":
        """Begin to keep bytes while they are read, if they are sure to be kept whatever is found."""
        if isinstance(content, Path) or not has_mark(content):
            return None
        return self._keepers.submit(self._keep, ctx, digest, content)

    @cached_property
    def _keepers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(KEEPERS, thread_name_prefix="keep")

    def record(
        self,
        ctx: RequestContext,
        device_id: UUID,
        source: DeliverySource,
        prepared: Sequence[DeliveredObject],
    ) -> list[TakenObject]:
        """Record what became of prepared objects, all in one transaction.

        Raises:
            Unavailable: The database is away; nothing was recorded.
            Busy: Another transaction is in the way; nothing was recorded.
        """
        cmd = TakeObjects(device_id=device_id, source=source, objects=tuple(prepared))
        taken = cast("ObjectsTaken", platform.run("imaging.take_objects", ctx, cmd).result)
        return taken.objects

    def inspect_kept(self, ctx: RequestContext, sha256: str) -> ObjectFacts | RefusedObject:
        """Read an object again that is kept under its digest.

        Raises:
            ObjectMissing: Its bytes are gone.
            ObjectDamaged: They are not those that came.
            StorageUnavailable: The object store is away.
        """
        with tempfile.TemporaryDirectory(prefix="object-") as folder:
            path = Path(folder) / "object"
            if self._storage.download(blob_key(ctx.tenant_id, sha256), path) != sha256:
                raise ObjectDamaged(f"What is kept under {sha256} is damaged.")
            return self._inspector.inspect(path)

    def _content(self, ctx: RequestContext, upload: Upload) -> bytes:
        if upload.mode == "chunk":
            return b"".join(self._chunks(ctx, upload))
        try:
            return self._storage.read(put_key(ctx, upload.transfer_id))
        except ObjectMissing as missing:
            raise Incomplete from missing

    def _chunks(self, ctx: RequestContext, upload: Upload) -> list[bytes]:
        count = chunks_of(upload.size)
        try:
            return [self._storage.read(_chunk_key(ctx, upload, n)) for n in range(count)]
        except ObjectMissing as missing:
            raise Incomplete from missing

    def _fetch_large(self, ctx: RequestContext, upload: Upload) -> ArrivedObject:
        with tempfile.TemporaryDirectory(prefix="object-") as folder:
            path = Path(folder) / "object"
            staged = put_key(ctx, upload.transfer_id)
            try:
                digest = self._storage.download(staged, path)
            except ObjectMissing as missing:
                raise Incomplete from missing
            size = path.stat().st_size
            if digest != upload.sha256:
                return _arrived(upload, digest, size, None)
            finding = self._inspector.inspect(path)
            if _is_kept(finding):
                key = blob_key(ctx.tenant_id, digest)
                self._storage.put(key, path, sha256=digest, media=MEDIA)
            return _arrived(upload, digest, size, finding)

    def _keep(self, ctx: RequestContext, digest: str, content: bytes) -> None:
        """Keep bytes under their digest; writing the same again is harmless and checked."""
        key = blob_key(ctx.tenant_id, digest)
        self._storage.put(key, content, sha256=digest, media=MEDIA)


def has_mark(content: bytes) -> bool:
    """Tell whether bytes are a DICOM file by their mark; such bytes are always kept."""
    return content[MARK_AT : MARK_AT + 4] == b"DICM"


def _measure(content: bytes | Path) -> tuple[str, int]:
    """Return digest and size of an object in memory or in a file."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest(), len(content)
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), content.stat().st_size


def put_key(ctx: RequestContext, transfer_id: UUID) -> str:
    """Return where a device puts the bytes of a transfer."""
    return staging_key(ctx.tenant_id, transfer_id.hex)


def chunks_of(size: int) -> int:
    """Return the number of pieces of an object of so many bytes."""
    return -(-size // CHUNK_BYTES)


def give_up(ctx: RequestContext, transfer_id: UUID, reason: str) -> None:
    """Reject a transfer whose bytes never came right."""
    platform.run(
        "imaging.reject_transfer", ctx, RejectTransfer(transfer_id=transfer_id, reason=reason)
    )


def _chunk_key(ctx: RequestContext, upload: Upload, index: int) -> str:
    return staging_key(ctx.tenant_id, f"{upload.transfer_id.hex}-{index}")


def _is_kept(finding: ObjectFacts | RefusedObject) -> bool:
    return isinstance(finding, ObjectFacts) or finding.keep_bytes


def _arrived(
    upload: Upload, digest: str, size: int, finding: ObjectFacts | RefusedObject | None
) -> ArrivedObject:
    return ArrivedObject(
        transfer_id=upload.transfer_id,
        source=upload.mode,
        sha256=digest,
        size=size,
        finding=finding,
    )


def record_uploads(ctx: RequestContext, arrived: Sequence[ArrivedObject]) -> list[ObjectTaken]:
    """Record what became of uploads of one device, all in one transaction.

    Raises:
        Unavailable: The database is away; nothing was recorded.
        Busy: Another transaction is in the way; nothing was recorded.
    """
    cmd = TakeUploads(objects=tuple(arrived))
    return cast("UploadsTaken", platform.run("imaging.take_uploads", ctx, cmd).result).objects


def record_offers(
    ctx: RequestContext, device_id: UUID, offers: Sequence[ObjectOffer]
) -> list[OfferAnswer]:
    """Record offers of one device, all in one transaction; raises as `record_uploads` does."""
    cmd = OfferObjects(device_id=device_id, offers=tuple(offers))
    return cast("OffersAnswered", platform.run("imaging.offer_objects", ctx, cmd).result).answers
