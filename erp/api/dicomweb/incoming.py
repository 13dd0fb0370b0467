"""Bodies of several parts, read as they come: small parts in memory, large ones on disk."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from starlette.requests import Request

from erp.api.dicomweb.accepting import MULTIPART, parameters
from erp.api.problems import BodyTooLarge, MalformedRequest, NotJson
from erp.core.crossing import off_the_loop

IN_MEMORY_BYTES: Final = 4 * 1024 * 1024
LARGEST_PART: Final = 4 * 1024**3
LARGEST_HEAD: Final = 8 * 1024
LONGEST_BOUNDARY: Final = 70
MOST_PARTS: Final = 5000
_CRLF: Final = b"\r\n"
_END: Final = b"--"


@dataclass(slots=True)
class IncomingPart:
    """One part that arrived whole.

    Attributes:
        content: Its bytes, or the file that holds them until it is released.
    """

    media: str
    content: bytes | Path

    def release(self) -> None:
        """Remove the file of a large part."""
        if isinstance(self.content, Path):
            self.content.unlink(missing_ok=True)


class _Body:
    """What has come of a body and was not looked at yet."""

    def __init__(self, request: Request) -> None:
        self._pieces = request.stream()
        self.buffer = bytearray()
        self.is_over = False

    async def more(self) -> bool:
        """Wait for the next piece; false at the end of the body."""
        async for piece in self._pieces:
            if piece:
                self.buffer += piece
                return True
        self.is_over = True
        return False

    def take(self, count: int) -> bytes:
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken


class _Sink:
    """Where the bytes of a part go: memory first, a file once they are many."""

    def __init__(self) -> None:
        self._parts = bytearray()
        self._file: IO[bytes] | None = None
        self._path = Path()
        self.size = 0

    async def write(self, content: bytes) -> None:
        self.size += len(content)
        if self.size > LARGEST_PART:
            raise BodyTooLarge(f"An object is larger than {LARGEST_PART // 1024**3} GiB.")
        if self._file is None and self.size <= IN_MEMORY_BYTES:
            self._parts += content
            return
        await off_the_loop(self._spill, content)

    def _spill(self, content: bytes) -> None:
        if self._file is None:
            self._file = tempfile.NamedTemporaryFile(prefix="object-", delete=False)  # noqa: SIM115
            self._path = Path(self._file.name)
            self._file.write(self._parts)
            self._parts.clear()
        self._file.write(content)

    async def close(self) -> bytes | Path:
        if self._file is None:
            return bytes(self._parts)
        await off_the_loop(self._file.close)
        return self._path

    def discard(self) -> None:
        """Remove the file, whatever state it is in."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            with suppress(OSError):
                self._file.close()


async def incoming_parts(request: Request) -> AsyncIterator[IncomingPart]:
    """Yield the parts of a `multipart/related` body as soon as each is whole.

    Raises:
        NotJson: The body is declared as something else.
        MalformedRequest: There is no boundary, it never comes, or the body ends inside a part.
        BodyTooLarge: A part is larger than any object that is taken, or there are too many.

    Source:
        RFC 2046 5.1.1, RFC 2387.
    """
    boundary = _boundary(request)
    body = _Body(request)
    delimiter = _CRLF + b"--" + boundary
    body.buffer += _CRLF
    await _preamble(body, delimiter)
    for _ in range(MOST_PARTS):
        if not await _opens(body):
            return
        media = await _head(body)
        yield IncomingPart(media, await _content(body, delimiter))
    raise BodyTooLarge(f"At most {MOST_PARTS} objects are taken at once; send fewer.")


def _boundary(request: Request) -> bytes:
    kind, given = parameters(request.headers.get("content-type", "")[:1000])
    if kind != MULTIPART or given.get("type", "application/dicom").lower() != "application/dicom":
        raise NotJson('Send multipart/related; type="application/dicom"; boundary=...')
    boundary = given.get("boundary", "")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY or not boundary.isascii():
        raise MalformedRequest("The Content-Type names no boundary of 1 to 70 characters.")
    return boundary.encode()


async def _preamble(body: _Body, delimiter: bytes) -> None:
    """Skip what precedes the first boundary."""
    while (at := body.buffer.find(delimiter)) < 0:
        if len(body.buffer) > LARGEST_HEAD or not await body.more():
            raise MalformedRequest("The boundary of the Content-Type does not stand in the body.")
    body.take(at + len(delimiter))


async def _opens(body: _Body) -> bool:
    """Tell whether another part follows the boundary that was just read."""
    while len(body.buffer) < len(_END):
        if not await body.more():
            raise MalformedRequest("The body ends at a boundary that does not close it.")
    if body.buffer.startswith(_END):
        return False
    while b"\n" not in body.buffer[:256]:
        if len(body.buffer) >= 256 or not await body.more():  # noqa: PLR2004  padding of a boundary
            raise MalformedRequest("A boundary is not followed by a line's end.")
    body.take(body.buffer.index(b"\n") + 1)
    return True


async def _head(body: _Body) -> str:
    """Return the media type that the head of a part names."""
    while not body.buffer.startswith(_CRLF) and b"\r\n\r\n" not in body.buffer[:LARGEST_HEAD]:
        if len(body.buffer) > LARGEST_HEAD or not await body.more():
            raise MalformedRequest("The head of a part has no end.")
    if body.buffer.startswith(_CRLF):
        body.take(len(_CRLF))
        return ""
    head = body.take(body.buffer.index(b"\r\n\r\n") + 4).decode("latin-1")
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-type":
            return parameters(value)[0]
    return ""


async def _content(body: _Body, delimiter: bytes) -> bytes | Path:
    sink = _Sink()
    try:
        await _pour(body, delimiter, sink)
        return await sink.close()
    except BaseException:  # a full disk and a cancelled request too leave no file
        sink.discard()
        raise


async def _pour(body: _Body, delimiter: bytes, sink: _Sink) -> None:
    """Move everything up to the next boundary into the sink."""
    while (at := body.buffer.find(delimiter)) < 0:
        sure = len(body.buffer) - len(delimiter) + 1
        if sure > 0:
            await sink.write(body.take(sure))
        if not await body.more():
            raise MalformedRequest("The body ends inside a part: its closing boundary is missing.")
    await sink.write(body.take(at))
    body.take(len(delimiter))
