"""Pixels over HTTP: whole objects, plain frames for the viewer, rendered frames for the rest."""

import hashlib
import json
import math
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError
from starlette.concurrency import iterate_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from erp.adapters.dicom.facts import Window
from erp.adapters.dicom.file_meta import zeroed_preamble
from erp.adapters.dicom.rendering import (
    FrameParts,
    NotRenderable,
    Picture,
    RenderOptions,
    default_renderer,
)
from erp.adapters.dicom.sandbox import SandboxUnavailable
from erp.adapters.dicom.stored_frames import stored_frame
from erp.adapters.object_storage import object_storage
from erp.api.actions import BASE, guarded
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.core import db
from erp.core.crossing import off_the_loop
from erp.core.errors import InvalidInput, NotFound, Unavailable
from erp.services import imaging

T = TypeVar("T")
READER_VERSION: Final = 3
"""Counts up when the same bytes are to be read or drawn otherwise."""
CACHED_BYTES: Final = 32 * 1024 * 1024
PLAIN_BYTES: Final = 96 * 1024 * 1024
PRIVATE: Final = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
_ASKED_AGAIN: Final = PRIVATE | {"cache-control": "private, no-cache", "vary": "cookie"}
"""A browser keeps the picture but asks each time: who may not see it any more gets nothing."""


class PictureNotPossible(InvalidInput):
    """No picture can be made of this frame; the message says why."""

    code = "not_renderable"


class _Kept(Generic[T]):
    """What was made last, by digest, frame and look, within a number of bytes."""

    def __init__(self, limit: int, size_of: Callable[[T], int]) -> None:
        self._limit = limit
        self._size_of = size_of
        self._kept: OrderedDict[tuple[object, ...], T] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()

    def get(self, key: tuple[object, ...]) -> T | None:
        with self._guard:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: tuple[object, ...], made: T) -> None:
        with self._guard:
            if key not in self._kept:
                self._kept[key] = made
                self._bytes += self._size_of(made)
            while self._bytes > self._limit:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= self._size_of(oldest)


_pictures: _Kept[Picture] = _Kept(CACHED_BYTES, lambda picture: len(picture.content))
_plain_frames: _Kept[tuple[bytes, str]] = _Kept(PLAIN_BYTES, lambda plain: len(plain[0]))


def imaging_routes() -> list[Route]:
    """Return the routes of pixels and whole objects."""
    below = f"{BASE}/imaging/instances/{{instance_id}}"
    return [
        Route(f"{below}/file", guarded(send_file), methods=["GET"]),
        Route(f"{below}/frames/{{frame}}", guarded(send_frame), methods=["GET"]),
        Route(f"{below}/rendered", guarded(send_rendered), methods=["GET"]),
    ]


async def send_file(request: Request) -> Response:
    """Stream an object as it was delivered, but for a preamble, which could pose as another type.

    Raises:
        UnknownObject: There is none, or it is another tenant's.
        StorageUnavailable: The object store is away.
    """
    found = await off_the_loop(_find, *_asked(request))
    attachment = {
        "content-disposition": f'attachment; filename="{found.sop_uid}.dcm"',
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return await streamed(found, attachment)


async def streamed(
    found: imaging.InstanceSource, more: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """Return an object piece by piece, whatever its size.

    Raises:
        StorageUnavailable: The object store is away.
    """
    pieces = object_pieces(found)
    first = await off_the_loop(next, pieces, b"")

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in iterate_in_threadpool(pieces):
            yield piece

    headers = PRIVATE | {"content-length": str(found.size), **more}
    return StreamingResponse(body(), media_type="application/dicom", headers=headers)


async def send_frame(request: Request) -> Response:
    """Send the plain samples of a frame (from 1), described in `Pixel-Description`.

    Raises:
        UnknownObject: There is none, or it is another tenant's.
        PictureNotPossible: The object has no such frame, or none that can be decoded.
    """
    frame = _whole_number(request.path_params["frame"], "frame")
    found = await off_the_loop(_find, *_asked(request))
    tag = _tag(found, frame, "plain")
    if _is_known(request, tag):
        return Response(status_code=304, headers=_ASKED_AGAIN | {"etag": tag})
    content, description = await off_the_loop(plain_frame, found, frame)
    headers = _ASKED_AGAIN | {"pixel-description": description, "etag": tag}
    return Response(content, headers=headers, media_type="application/octet-stream")


async def send_rendered(request: Request) -> Response:
    """Send a frame as JPEG: `?frame=&center=&width=&invert=&edge=`.

    Raises:
        UnknownObject: There is none, or it is another tenant's.
        PictureNotPossible: No picture can be made.
        InvalidInput: A parameter is no number, or out of range.
    """
    asked = request.query_params
    frame = _whole_number(asked.get("frame", "1"), "frame")
    options = _options(asked)
    found = await off_the_loop(_find, *_asked(request))
    tag = _tag(found, frame, options.model_dump_json())
    if _is_known(request, tag):
        return Response(status_code=304, headers=_ASKED_AGAIN | {"etag": tag})
    picture = await off_the_loop(rendered_frame, found, frame, options)
    headers = _ASKED_AGAIN | {"etag": tag}
    return Response(picture.content, headers=headers, media_type=picture.media)


def _tag(found: imaging.InstanceSource, frame: int, look: str) -> str:
    """Return what a picture is made of: the same bytes looked at alike are the same picture."""
    made_of = f"{READER_VERSION} {found.sha256} {frame} {look}"
    return f'"{hashlib.sha256(made_of.encode()).hexdigest()[:32]}"'


def _is_known(request: Request, tag: str) -> bool:
    return tag in {part.strip() for part in request.headers.get("if-none-match", "").split(",")}


def _asked(request: Request) -> tuple[Credentials, str, str]:
    return (
        credentials_of(request),
        request_id_of(request.scope),
        request.path_params["instance_id"],
    )


def _find(credentials: Credentials, request_id: str, wanted: str) -> imaging.InstanceSource:
    ctx = context_of(credentials, request_id)
    try:
        query = imaging.GetInstance(instance_id=UUID(wanted))
    except ValueError:
        raise NotFound("There is no such object.") from None
    with db.unit_of_work(ctx) as session:
        return imaging.find_instance(session, ctx, query)


def plain_frame(found: imaging.InstanceSource, frame: int) -> tuple[bytes, str]:
    """Return the plain samples of a frame (from 1) and their description as JSON.

    Raises:
        PictureNotPossible: There is no such frame, or it cannot be decoded.
        Unavailable: The reader or the object store is away.
    """
    key = (found.sha256, frame)
    known = _plain_frames.get(key)
    if known is not None:
        return known
    try:
        plain = default_renderer().plain_frame(*frame_source(found, frame))
    except NotRenderable as error:
        raise PictureNotPossible(str(error)) from error
    except SandboxUnavailable as error:
        raise Unavailable("The reader of images does not start; try again later.") from error
    described = json.dumps(plain.description.model_dump(mode="json"), separators=(",", ":"))
    made = (plain.content, described)
    _plain_frames.put(key, made)
    return made


def rendered_frame(found: imaging.InstanceSource, frame: int, options: RenderOptions) -> Picture:
    """Return a frame (from 1) as a picture; the last ones are kept by digest, frame and look.

    Raises:
        PictureNotPossible: No picture can be made.
        Unavailable: The reader or the object store is away.
    """
    key = (found.sha256, frame, options.model_dump_json())
    known = _pictures.get(key)
    if known is not None:
        return known
    try:
        picture = default_renderer().render(*frame_source(found, frame), options)
    except NotRenderable as error:
        raise PictureNotPossible(str(error)) from error
    except SandboxUnavailable as error:
        raise Unavailable("The reader of images does not start; try again later.") from error
    _pictures.put(key, picture)
    return picture


def frame_source(found: imaging.InstanceSource, frame: int) -> tuple[bytes | FrameParts, int]:
    """Read what one frame (from 1) needs: its own range where it has one.

    Raises:
        NotRenderable: There is no picture, or no such frame.
    """
    return stored_frame(object_storage(), found, frame)


def _options(asked: QueryParams) -> RenderOptions:
    center, width, edge = asked.get("center"), asked.get("width"), asked.get("edge")
    window = None
    if (center is None) != (width is None):
        raise InvalidInput("Give center and width together.", fields={"width": "is needed"})
    if center is not None and width is not None:
        window = {"center": _number(center, "center"), "width": _number(width, "width")}
    try:
        return RenderOptions(
            window=Window.model_validate(window) if window else None,
            invert=asked.get("invert", "").lower() in {"true", "1"},
            max_edge=_whole_number(edge, "edge") if edge else None,
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][-1])
        raise InvalidInput(f"{field} is out of range.", fields={field: "is out of range"}) from None


def _number(text: str, field: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInput(f"{field} must be a number.", fields={field: "must be a number"})
    return value


def _whole_number(text: str, field: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004
        message = f"{field} must be a whole number from 1."
        raise InvalidInput(message, fields={field: "must be a whole number from 1"})
    return int(text)


def object_pieces(found: imaging.InstanceSource) -> Iterator[bytes]:
    """Yield the bytes of an object as they are handed out: as stored, its preamble blanked."""
    pieces = object_storage().stream(found.storage_key)
    return pieces if found.preamble == "zero" else _without_preamble(pieces)


def _without_preamble(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield an object with an empty preamble of the same length."""
    first = next(pieces, b"")
    yield zeroed_preamble(first)
    yield from pieces
