"""Bytes that are kept under their digest, compared with it on the way out."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from erp.services.documents.ports import ObjectDamaged, ObjectStorage, digest_of

COMPARED_BYTES: Final = 32 * 1024 * 1024
"""Larger objects are compared by the nightly reading alone before a part of them goes out."""
COMPARED_SECONDS: Final = 600
REMEMBERED: Final = 8192


def whole(key: str, content: bytes) -> bytes:
    """Return bytes that were read whole.

    Raises:
        ObjectDamaged: The key promises other bytes.
    """
    wanted = digest_of(key)
    if wanted and hashlib.sha256(content).hexdigest() != wanted:
        raise damaged(key)
    return content


def whole_pieces(key: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield bytes piece by piece; the last one only once all of them are what the key promises.

    Raises:
        ObjectDamaged: They are not. What went out by then is cut short.
    """
    wanted = digest_of(key)
    if not wanted:
        yield from pieces
        return
    digest, held = hashlib.sha256(), b""
    for piece in pieces:
        digest.update(piece)
        if held:
            yield held
        held = piece
    if digest.hexdigest() != wanted:
        raise damaged(key)
    if held:
        yield held


def damaged(key: str) -> ObjectDamaged:
    """Return the refusal of bytes that are not what was kept."""
    return ObjectDamaged(
        f"What is kept under {key} was damaged since. Send the object again, or restore it from a"
        " backup."
    )


class PartReader:
    """Reads parts of kept objects, each object compared with its digest first; threads may share one.

    An object of up to 32 MiB is read whole the first time and once more every ten minutes; parts
    in between are read alone.
    """

    def __init__(self) -> None:
        self._compared: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, storage: ObjectStorage, key: str, size: int, offset: int, length: int) -> bytes:
        """Return part of an object of `size` bytes.

        Raises:
            ObjectMissing: It is gone, or damaged (ObjectDamaged).
        """
        if size > COMPARED_BYTES or self._is_fresh(key):
            return storage.read_range(key, offset, length)
        content = storage.read(key)
        self._note(key)
        return content[offset : offset + length]

    def _is_fresh(self, key: str) -> bool:
        with self._lock:
            at = self._compared.get(key)
        return at is not None and time.monotonic() - at < COMPARED_SECONDS

    def _note(self, key: str) -> None:
        with self._lock:
            self._compared[key] = time.monotonic()
            self._compared.move_to_end(key)
            if len(self._compared) > REMEMBERED:
                self._compared.popitem(last=False)


part_reader: Final = PartReader()
"""The one of this process."""
