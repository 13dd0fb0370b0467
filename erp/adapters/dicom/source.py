"""Bytes of an object at an offset, from memory or from a file too large for it."""

import os
import zlib
from collections.abc import Callable
from typing import Any, Final

from erp.adapters.dicom.facts import Reason, Refused

Operation = Callable[["Source", dict[str, Any]], tuple[dict[str, Any], bytes]]
"""What the sandbox can be asked: the object and the request in, JSON and bytes out."""

IN_MEMORY_BYTES: Final = 48 * 1024 * 1024
BLOCK_BYTES: Final = 64 * 1024
INFLATED_LIMIT_BYTES: Final = 256 * 1024 * 1024
INFLATED_RATIO: Final = 200
RATIO_APPLIES_FROM_BYTES: Final = 16 * 1024 * 1024


class Source:
    """Read-only bytes with a size.

    Objects of up to 48 MiB are held in memory; larger ones are read in blocks, so a
    2 GB object costs 64 KiB.
    """

    def __init__(self, fd: int | None = None, *, data: bytes = b"") -> None:
        self._fd = fd
        self._block = data
        self._block_at = 0
        self.size = len(data) if fd is None else os.fstat(fd).st_size
        if fd is not None and self.size <= IN_MEMORY_BYTES:
            self._block = _read_fully(fd, self.size, 0)
            self._fd = None

    def read(self, at: int, count: int) -> bytes:
        """Return up to `count` bytes at offset `at`; fewer at the end of the object."""
        if self._fd is None:
            return self._block[at : at + count]
        offset = at - self._block_at
        if offset < 0 or offset + count > len(self._block):
            self._block = _read_fully(self._fd, max(count, BLOCK_BYTES), at)
            self._block_at = at
            offset = 0
        return self._block[offset : offset + count]


def inflate(source: Source, at: int) -> Source:
    """Return the data set of a deflated object, expanded within limits.

    Raises:
        Refused: `expansion` beyond 256 MiB, or beyond 200 times its size from 16 MiB on;
            `truncated` when the stream ends early or is not a deflate stream.

    Source:
        PS3.5 A.5: deflate without header, RFC 1951.
    """
    allowed = min(
        INFLATED_LIMIT_BYTES,
        max(RATIO_APPLIES_FROM_BYTES, INFLATED_RATIO * (source.size - at)),
    )
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    parts: list[bytes] = []
    total = 0
    while not stream.eof:
        chunk = stream.unconsumed_tail or source.read(at, BLOCK_BYTES)
        if not stream.unconsumed_tail:
            at += len(chunk)
        if not chunk:
            raise Refused(Reason.TRUNCATED, "The deflated data set ends too early.")
        part = _expand(stream, chunk, allowed - total + 1)
        total += len(part)
        if total > allowed:
            raise Refused(
                Reason.EXPANSION, f"The deflated data set grows beyond {allowed:,} bytes."
            )
        parts.append(part)
    return Source(data=b"".join(parts))


def _expand(stream: "zlib._Decompress", chunk: bytes, limit: int) -> bytes:
    try:
        return stream.decompress(chunk, min(limit, 4 * 1024 * 1024))
    except zlib.error as error:
        raise Refused(Reason.TRUNCATED, "The deflated data set is damaged.") from error


def _read_fully(fd: int, count: int, at: int) -> bytes:
    parts: list[bytes] = []
    while count > 0:
        part = os.pread(fd, count, at)
        if not part:
            break
        parts.append(part)
        at += len(part)
        count -= len(part)
    return b"".join(parts)
