"""Pixels over HTTP: whole objects, plain frames for the viewer, rendered frames for the rest."""

import json
import math
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from starlette.concurrency import iterate_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from erp.adapters.dicom.facts import Pixels, Window
from erp.adapters.dicom.file_meta import zeroed_preamble
from erp.adapters.dicom.rendering import (
    FrameParts,
    NotRenderable,
    Picture,
    RenderOptions,
    default_renderer,
    frame_ranges,
)
from erp.adapters.dicom.sandbox import SandboxUnavailable
from erp.adapters.object_storage import object_storage
from erp.api.actions import BASE, guarded
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.core import db
from erp.core.crossing import off_the_loop
from erp.core.errors import InvalidInput, NotFound, Unavailable
from erp.services import imaging

CACHED_BYTES: Final = 32 * 1024 * 1024
WHOLE_OBJECT_BYTES: Final = 512 * 1024 * 1024
PRIVATE: Final = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}


class PictureNotPossible(InvalidInput):
    """No picture can be made of this frame; the message says why."""

    code = "not_renderable"


class _Pictures:
    """The pictures rendered last, by digest, frame and look, within a number of bytes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Picture] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()

    def get(self, key: tuple[object, ...]) -> Picture | None:
        with self._guard:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: tuple[object, ...], picture: Picture) -> None:
        with self._guard:
            if key not in self._kept:
                self._kept[key] = picture
                self._bytes += len(picture.content)
            while self._bytes > CACHED_BYTES:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.content)


_pictures = _Pictures()


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
    pieces = object_pieces(found)
    first = await off_the_loop(next, pieces, b"")

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in iterate_in_threadpool(pieces):
            yield piece

    headers = PRIVATE | {
        "content-length": str(found.size),
        "content-disposition": f'attachment; filename="{found.sop_uid}.dcm"',
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return StreamingResponse(body(), media_type="application/dicom", headers=headers)


async def send_frame(request: Request) -> Response:
    """Send the plain samples of a frame (from 1), described in `Pixel-Description`.

    Raises:
        UnknownObject: There is none, or it is another tenant's.
        PictureNotPossible: The object has no such frame, or none that can be decoded.
    """
    frame = _whole_number(request.path_params["frame"], "frame")
    found = await off_the_loop(_find, *_asked(request))
    content, description = await off_the_loop(plain_frame, found, frame)
    headers = PRIVATE | {"pixel-description": description}
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
    picture = await off_the_loop(rendered_frame, found, frame, options)
    return Response(picture.content, headers=PRIVATE, media_type=picture.media)


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
    try:
        plain = default_renderer().plain_frame(*frame_source(found, frame))
    except NotRenderable as error:
        raise PictureNotPossible(str(error)) from error
    except SandboxUnavailable as error:
        raise Unavailable("The reader of images does not start; try again later.") from error
    described = json.dumps(plain.description.model_dump(mode="json"), separators=(",", ":"))
    return plain.content, described


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
    if not found.is_renderable or found.pixels is None:
        raise NotRenderable(found.not_renderable_because or "The object holds no picture.")
    pixels = Pixels.model_validate(found.pixels)
    ranges = frame_ranges(pixels, frame - 1)
    storage = object_storage()
    if ranges is None or pixels.frames == 1:
        if found.size > WHOLE_OBJECT_BYTES:
            raise NotRenderable("The object is too large to be shown; download it instead.")
        return storage.read(found.storage_key), frame - 1
    head = storage.read_range(found.storage_key, *ranges.head)
    part = storage.read_range(found.storage_key, *ranges.frame)
    return FrameParts(head, part, pixels), frame - 1


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
