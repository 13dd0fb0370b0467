"""Answers of several parts, streamed one after the other."""

import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse

from erp.api.imaging import PRIVATE
from erp.core.crossing import off_the_loop


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its media type with parameters, where it comes from, and its bytes."""

    media: str
    location: str
    pieces: Iterator[bytes]


async def multipart(kind: str, parts: Iterator[Part]) -> StreamingResponse:
    """Return parts of one kind as `multipart/related`.

    The first part is opened before the answer starts, so that what is away or missing is a
    refusal; what fails later breaks the connection off, and the caller sees it is not whole.
    """
    boundary = secrets.token_hex(16)
    pieces = _written(boundary, parts)
    first = await off_the_loop(next, pieces, b"")

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in iterate_in_threadpool(pieces):
            yield piece

    media = f'multipart/related; type="{kind}"; boundary={boundary}'
    return StreamingResponse(body(), headers=PRIVATE | {"content-type": media})


def _written(boundary: str, parts: Iterator[Part]) -> Iterator[bytes]:
    for part in parts:
        pieces = iter(part.pieces)
        first = next(pieces, b"")
        head = f"--{boundary}\r\nContent-Type: {part.media}\r\nContent-Location: {part.location}\r\n\r\n"
        yield head.encode() + first
        yield from pieces
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()
