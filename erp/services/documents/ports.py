"""What the suite needs of an object store; any S3 can be behind it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final, Protocol
from uuid import UUID

from erp.core.errors import NotFound, Unavailable

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TRANSFER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class BytesLeaving(Unavailable):
    """These bytes were removed a moment ago, perhaps after they were written again."""

    code: ClassVar[str] = "bytes_leaving"


class StorageUnavailable(Unavailable):
    """The object store does not answer or refuses us; nothing is known to be stored."""

    code: ClassVar[str] = "storage_unavailable"


class ObjectMissing(NotFound):
    """No object under this key."""

    code: ClassVar[str] = "object_missing"


class ObjectDamaged(ObjectMissing):
    """What lies under a digest has another one: the object that was kept is not there any more."""

    code: ClassVar[str] = "object_damaged"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What the store says about an object; `size` in bytes."""

    key: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """The right to upload one object of one size once, until `expires_at` (UTC).

    The uploader sends a PUT to `url` with exactly `headers`.
    """

    url: str
    headers: dict[str, str]
    expires_at: datetime


class ObjectStorage(Protocol):
    """Bytes under keys of our own making. Every method may raise StorageUnavailable.

    Bytes that are kept under their digest are compared with it whenever they are read whole.
    """

    def put(self, key: str, body: bytes | Path, *, sha256: str, media: str) -> None:
        """Store the bytes durably; the store checks what arrives against their digest."""
        ...

    def read(self, key: str) -> bytes:
        """Return the whole object. Raises ObjectMissing, and ObjectDamaged where it is another."""
        ...

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on; fewer at the end. Raises ObjectMissing."""
        ...

    def stream(self, key: str) -> Iterator[bytes]:
        """Yield the object in pieces of at most 1 MiB. Raises as `read`, before the last piece."""
        ...

    def download(self, key: str, target: Path) -> str:
        """Write the object to a file and return its SHA-256 in hex. Raises ObjectMissing."""
        ...

    def find(self, key: str) -> StoredObject | None:
        """Return what is stored under the key, or None."""
        ...

    def list_older(self, prefix: str, before: datetime) -> Iterator[StoredObject]:
        """Yield the objects under a prefix last written before an instant; for the sweeper."""
        ...

    def copy(self, source: str, target: str, *, size: int) -> None:
        """Copy inside the store and check that `size` bytes arrived. Raises ObjectMissing."""
        ...

    def remove(self, key: str) -> None:
        """Delete an object. Only the sweeper calls this, never a request."""
        ...

    def remove_unfinished(self, before: datetime) -> int:
        """Remove what writers that died left half written before an instant; return how many pieces."""
        ...

    def grant_upload(
        self, key: str, *, size: int, sha256: str, media: str, seconds: int
    ) -> UploadGrant:
        """Sign a PUT of exactly this length and checksum header to this key."""
        ...


def blob_key(tenant_id: UUID, sha256: str) -> str:
    """Return the content-addressed key of bytes; the same bytes have one place per tenant.

    Raises:
        ValueError: Not a SHA-256 in lower-case hex; nothing a stranger wrote becomes a key.
    """
    if not _SHA256.fullmatch(sha256):
        raise ValueError("A blob is addressed by its SHA-256 in lower-case hex.")
    return f"blob/{tenant_id}/{sha256[:2]}/{sha256}"


def digest_of(key: str) -> str:
    """Return the digest that what lies under a key must have; empty where the key promises none."""
    kind, _, rest = key.partition("/")
    digest = rest.rpartition("/")[2]
    return digest if kind == "blob" and _SHA256.fullmatch(digest) else ""


def staging_key(tenant_id: UUID, transfer_id: str) -> str:
    """Return the key under which one upload waits to be checked.

    Raises:
        ValueError: The transfer id holds anything but letters, digits, `_` and `-`.
    """
    if not _TRANSFER.fullmatch(transfer_id):
        raise ValueError("A transfer id has 1 to 64 letters, digits, _ or -.")
    return f"staging/{tenant_id}/{transfer_id}"
