"""The embedded object store by its directory: on disk before it is acknowledged, and without HTTP."""

import errno
import hashlib
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final
from uuid import uuid4

from erp.adapters.object_storage.comparing import whole, whole_pieces
from erp.adapters.object_storage.s3 import PIECE_BYTES, S3ObjectStorage
from erp.core.settings import Settings
from erp.services.documents.ports import ObjectMissing, StorageUnavailable, StoredObject

BUCKETS: Final = "buckets"
DRAFTS: Final = "drafts"
NO_NEW_NAME: Final = frozenset({errno.EEXIST, errno.EPERM, errno.ENOTSUP, errno.EMLINK})
"""The name is given already, or the file system gives no file a second one."""


class DirectoryObjectStorage(S3ObjectStorage):
    """The ObjectStorage port over the directory that the embedded store serves as S3.

    For programs on the store's own machine. What is put here lies on disk under its name
    once `put` returns; the store's own endpoint acknowledges earlier. Devices still upload
    through that endpoint, by the addresses that are granted.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        home = Path(settings.s3_directory)
        self._root = home / BUCKETS / settings.s3_bucket
        self._drafts = home / DRAFTS

    def ensure_bucket(self) -> None:
        """Create the bucket's folder when it does not exist."""
        with self._mapped(self._root.name):
            self._root.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, body: bytes | Path, *, sha256: str, media: str) -> None:
        """Store bytes or a file; an existing object of the same key is replaced at once."""
        del media
        with self._mapped(key):
            self._put_pieces(key, _pieces_of(body), sha256)

    def read(self, key: str) -> bytes:
        """Return the whole object."""
        with self._mapped(key):
            content = self._path(key).read_bytes()
        return whole(key, content)

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return part of the object; empty beyond its end."""
        if length <= 0:
            return b""
        with self._mapped(key), self._path(key).open("rb", buffering=0) as file:
            file.seek(offset)
            return file.read(length) or b""

    def stream(self, key: str) -> Iterator[bytes]:
        """Yield the object in pieces, compared with its digest before the last."""
        return whole_pieces(key, self._pieces(key))

    def _pieces(self, key: str) -> Iterator[bytes]:
        with self._mapped(key):
            yield from _pieces_of(self._path(key))

    def find(self, key: str) -> StoredObject | None:
        """Return size and time of an object, or None."""
        try:
            with self._mapped(key):
                path = self._path(key)
                return _described(key, path)
        except ObjectMissing:
            return None

    def list_older(self, prefix: str, before: datetime) -> Iterator[StoredObject]:
        """Yield objects last written before an instant."""
        folder = self._path(prefix.rpartition("/")[0])
        with self._mapped(prefix):
            self._root.stat()
            for parent, _, names in os.walk(folder, onerror=_raise_unless_gone):
                for name in names:
                    key = (Path(parent) / name).relative_to(self._root).as_posix()
                    found = self.find(key) if key.startswith(prefix) else None
                    if found is not None and found.modified_at < before:
                        yield found

    def remove_unfinished(self, before: datetime) -> int:
        """Remove drafts whose writer died before it could give them their name."""
        removed = 0
        for draft in self._drafts.glob("*"):
            with suppress(FileNotFoundError):  # it was given its name meanwhile
                if draft.stat().st_mtime < before.timestamp():
                    draft.unlink()
                    removed += 1
        return removed

    def copy(self, source: str, target: str, *, size: int) -> None:
        """Copy inside the bucket."""
        with self._mapped(source):
            self._put_pieces(target, _pieces_of(self._path(source)), "", size)

    def remove(self, key: str) -> None:
        """Delete an object; absent is fine."""
        with self._mapped(key):
            self._path(key).unlink(missing_ok=True)

    @contextmanager
    def _mapped(self, key: str) -> Generator[None]:
        """Turn what the file system says into what a store says.

        A store whose directory is not mounted is away; nothing in it is missing.
        """
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            if not self._root.is_dir():
                raise StorageUnavailable(
                    f"The object store's directory {self._root} is not there; mount it, or unset"
                    " S3_DIRECTORY."
                ) from error
            raise ObjectMissing(f"No object is stored under {key}.") from error
        except OSError as error:
            raise StorageUnavailable(
                f"The object store's disk refuses ({error.strerror}); try again later."
            ) from error

    def _path(self, key: str) -> Path:
        """Return where an object lies.

        Raises:
            ValueError: The key would lead out of the bucket.
        """
        parts = PurePosixPath(key).parts
        if ".." in parts or "/" in parts[:1]:
            raise ValueError("A key has no steps upward.")
        return self._root.joinpath(*parts)

    def _put_pieces(
        self, key: str, pieces: Iterator[bytes], sha256: str, size: int | None = None
    ) -> None:
        """Write a draft, check it, and give it its name; both are on disk afterwards."""
        target, draft = self._path(key), self._drafts / uuid4().hex
        self._drafts.mkdir(exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, written = _write(file, pieces)
                if (sha256 and digest != sha256) or (size is not None and written != size):
                    raise StorageUnavailable(
                        "What arrived at the object store is not what was sent (BadDigest); it does"
                        " not hold the object. Try again later."
                    )
                self._name(draft, target, file.fileno())
        finally:
            draft.unlink(missing_ok=True)

    def _name(self, draft: Path, target: Path, handle: int) -> None:
        """Give a draft its name, and bring bytes and name to disk.

        A new name is given first, so that the disk is waited for once: one that a power cut
        leaves without bytes was acknowledged to nobody. What has the name already may have been,
        so it is replaced by bytes that are on disk only.
        """
        try:
            self._link(draft, target)
            os.fsync(handle)
        except OSError as error:
            if error.errno not in NO_NEW_NAME:
                raise
            os.fsync(handle)
            self._make_folder(target.parent)
            draft.replace(target)
        _sync_folder(target.parent)

    def _link(self, draft: Path, target: Path) -> None:
        try:
            os.link(draft, target)
        except FileNotFoundError:
            self._make_folder(target.parent)
            os.link(draft, target)

    def _make_folder(self, folder: Path) -> None:
        """Make a folder of the bucket so that it is there after a power cut."""
        if folder == self._root or folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _pieces_of(body: bytes | Path) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    with body.open("rb", buffering=0) as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _write(file: BinaryIO, pieces: Iterator[bytes]) -> tuple[str, int]:
    """Write a file; return its digest and its size."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += file.write(piece)
    file.flush()
    return digest.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    """Bring the names of a folder to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _raise_unless_gone(error: OSError) -> None:
    """Let a listing fail on what cannot be read; a folder that is not there holds nothing."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _described(key: str, path: Path) -> StoredObject:
    known = path.stat()
    if not stat.S_ISREG(known.st_mode):
        raise IsADirectoryError(key)
    return StoredObject(key, known.st_size, datetime.fromtimestamp(known.st_mtime, UTC))
