"""WADO-RS: single frames as they are stored or as plain samples, and as pictures."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.adapters.dicom.encapsulated import joined_fragments
from erp.adapters.dicom.facts import Pixels, Window
from erp.adapters.dicom.file_meta import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from erp.adapters.dicom.rendering import (
    THUMBNAIL_EDGE,
    NotRenderable,
    RenderOptions,
    default_renderer,
    frame_ranges,
)
from erp.adapters.dicom.sandbox import SandboxUnavailable
from erp.adapters.object_storage import object_storage
from erp.adapters.object_storage.comparing import part_reader
from erp.api.actions import guarded
from erp.api.dicomweb.accepting import BYTES, MediaRange, NotAcceptable, accepted
from erp.api.dicomweb.addresses import (
    INSTANCE,
    SERIES,
    STUDY,
    caller,
    found_objects,
    instance_address,
    root_of,
    uids_of,
)
from erp.api.dicomweb.parts import Part, multipart
from erp.api.imaging import PRIVATE, PictureNotPossible, frame_source, rendered_frame
from erp.core.crossing import off_the_loop
from erp.core.errors import InvalidInput, NotFound, Unavailable
from erp.services import imaging

MOST_FRAMES: Final = 2000
NATIVE: Final = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE})
MEDIA: Final = {
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}
"""Media type of a frame by its transfer syntax (PS3.18 8.7.3.3.2)."""
PICTURES: Final = {"image/jpeg": "jpeg", "image/png": "png"}
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
LINEAR: Final = frozenset({"", "LINEAR", "LINEAR_EXACT"})


@dataclass(frozen=True, slots=True)
class _Sent:
    """How frames go: as stored, or as plain samples; and what the caller is told they are."""

    kind: str
    syntax: str
    is_stored: bool
    is_single: bool


def frame_routes() -> list[Route]:
    """Return the routes of frames, pictures and thumbnails."""
    framed = f"{INSTANCE}/frames/{{frames}}"
    routes = [
        Route(framed, guarded(send_frames), methods=["GET"]),
        Route(f"{framed}/rendered", guarded(send_rendered), methods=["GET"]),
        Route(f"{framed}/thumbnail", guarded(send_thumbnail), methods=["GET"]),
        Route(f"{INSTANCE}/rendered", guarded(send_rendered), methods=["GET"]),
    ]
    small = (f"{address}/thumbnail" for address in (STUDY, SERIES, INSTANCE))
    return routes + [Route(address, guarded(send_thumbnail), methods=["GET"]) for address in small]


async def send_frames(request: Request) -> Response:
    """Send frames, from 1 and separated by commas, a part each, in the order asked for.

    A caller who takes any transfer syntax gets the stored bytes, read by range. One who takes
    explicit little endian only gets plain samples, which the limited reader decodes.

    Raises:
        UnknownObject: There is no such object.
        NotFound: It has no such frame.
        NotAcceptable: The caller takes neither the stored form nor plain samples.
        PictureNotPossible: The frame cannot be decoded.
    """
    numbers = _numbers(request.path_params["frames"])
    [found] = await off_the_loop(found_objects, caller(request), uids_of(request))
    if max(numbers) > found.frames or found.pixels is None:
        raise NotFound(f"The object has {found.frames} frames.")
    sent = _sent(accepted(request), found)
    if sent.is_single and len(numbers) == 1:
        content = await off_the_loop(_content, found, numbers[0], sent)
        media = f"{sent.kind}; transfer-syntax={sent.syntax}"
        return Response(content, headers=PRIVATE | {"content-type": media})
    return await multipart(sent.kind, _parts(root_of(request), found, numbers, sent))


def _parts(
    root: str, found: imaging.ArchivedObject, numbers: list[int], sent: _Sent
) -> Iterator[Part]:
    place = instance_address(root, found.study_uid, found.series_uid, found.sop_uid)
    media = f"{sent.kind}; transfer-syntax={sent.syntax}"
    for number in numbers:
        yield Part(media, f"{place}/frames/{number}", iter([_content(found, number, sent)]))


def _sent(wanted: list[MediaRange], found: imaging.ArchivedObject) -> _Sent:
    """Return how frames go to a caller who takes these, the most wanted first."""
    stored = found.transfer_syntax
    plain = EXPLICIT_LITTLE if stored in NATIVE else stored
    for media in wanted:
        is_single = not media.is_multipart and media.kind != "*/*"
        if media.syntax in {"*", stored, plain} or (media.kind == "*/*" and not media.syntax):
            if media.takes(BYTES):
                return _Sent(BYTES, plain, is_stored=_is_addressable(found), is_single=is_single)
            if stored in MEDIA and media.takes(MEDIA[stored]):
                return _Sent(MEDIA[stored], stored, is_stored=True, is_single=is_single)
        if not media.syntax and stored in MEDIA and media.takes(MEDIA[stored]):
            return _Sent(MEDIA[stored], stored, is_stored=True, is_single=is_single)
        if media.syntax in {"", EXPLICIT_LITTLE} and media.takes(BYTES):
            is_stored = stored in NATIVE and _is_addressable(found)
            return _Sent(BYTES, EXPLICIT_LITTLE, is_stored=is_stored, is_single=is_single)
    kind = MEDIA.get(stored, BYTES)
    raise NotAcceptable(
        f"Frames of this object go as {kind} (transfer syntax {plain}) or as"
        f" application/octet-stream (transfer syntax {EXPLICIT_LITTLE})."
    )


def _is_addressable(found: imaging.ArchivedObject) -> bool:
    """Tell whether the stored bytes of each frame can be read, and are what a caller can use."""
    pixels = Pixels.model_validate(found.pixels)
    if pixels.spans:
        return True
    return found.transfer_syntax in NATIVE and frame_ranges(pixels, 0) is not None


def _content(found: imaging.ArchivedObject, number: int, sent: _Sent) -> bytes:
    if not sent.is_stored:
        return _decoded(found, number)
    pixels = Pixels.model_validate(found.pixels)
    ranges = frame_ranges(pixels, number - 1)
    if ranges is None:
        return _decoded(found, number)
    about = object_storage(), found.storage_key, found.size
    content = part_reader.read(*about, *ranges.frame)
    return joined_fragments(content) if pixels.spans else content


def _decoded(found: imaging.ArchivedObject, number: int) -> bytes:
    try:
        return default_renderer().stored_frame(*frame_source(found, number))
    except NotRenderable as error:
        raise PictureNotPossible(str(error)) from error
    except SandboxUnavailable as error:
        raise Unavailable("The reader of images does not start; try again later.") from error


def _numbers(text: str) -> list[int]:
    parts = text.split(",")
    if len(parts) > MOST_FRAMES or not all(_WHOLE.fullmatch(part) for part in parts):
        message = "Frames are whole numbers from 1, separated by commas."
        raise InvalidInput(message, fields={"frames": "must be whole numbers from 1"})
    numbers = [int(part) for part in parts]
    if min(numbers) < 1:
        raise NotFound("Frames are counted from 1.")
    return numbers


async def send_rendered(request: Request) -> Response:
    """Send a frame as JPEG or PNG: `?window=&quality=&viewport=`; without a frame the first one.

    Raises:
        UnknownObject: There is no such object.
        PictureNotPossible: No picture can be made.
        InvalidInput: A parameter cannot be read.
        NotAcceptable: The caller takes neither JPEG nor PNG.
    """
    options = _options(request)
    number = _numbers(request.path_params.get("frames", "1"))[0]
    [found] = await off_the_loop(found_objects, caller(request), uids_of(request))
    if number > max(1, found.frames):
        raise NotFound(f"The object has {found.frames} frames.")
    picture = await off_the_loop(rendered_frame, found, number, options)
    return Response(picture.content, headers=PRIVATE, media_type=picture.media)


async def send_thumbnail(request: Request) -> Response:
    """Send a small JPEG of a frame, or of the object in the middle of a series or study.

    Raises:
        UnknownObject: There is no such study, series or object.
        PictureNotPossible: None of them holds a picture.
    """
    number = _numbers(request.path_params.get("frames", "1"))[0]
    found = await off_the_loop(found_objects, caller(request), uids_of(request))
    shown = [one for one in found if one.is_renderable] or found
    one = shown[len(shown) // 2]
    if number > max(1, one.frames):
        raise NotFound(f"The object has {one.frames} frames.")
    if "frames" not in request.path_params:
        number = (max(1, one.frames) + 1) // 2
    options = RenderOptions(max_edge=THUMBNAIL_EDGE)
    picture = await off_the_loop(rendered_frame, one, number, options)
    return Response(picture.content, headers=PRIVATE, media_type=picture.media)


def _options(request: Request) -> RenderOptions:
    """Return how a picture is to look.

    Source:
        PS3.18 8.3.5.
    """
    asked = request.query_params
    given: dict[str, object] = {"format": _format(request)}
    if "quality" in asked:
        given["quality"] = _numbered(asked["quality"], "quality", 1)[0]
    if "window" in asked:
        given["window"] = _window(asked["window"])
    if "viewport" in asked:
        numbers = _numbered(asked["viewport"], "viewport", 2, 6)
        given["viewport"] = numbers[:2]
        if len(numbers) > 2:  # noqa: PLR2004  with a region
            given["region"] = numbers[2:]
    try:
        return RenderOptions.model_validate(given)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise InvalidInput(f"{field} is out of range.", fields={field: "is out of range"}) from None


def _format(request: Request) -> str:
    for media in accepted(request):
        for kind, name in PICTURES.items():
            if media.takes(kind):
                return name
    raise NotAcceptable("Pictures are sent as image/jpeg or image/png; accept one of them.")


def _window(text: str) -> Window:
    center, width, function = [*text.split(","), "", "", ""][:3]
    if function.upper() not in LINEAR:
        raise InvalidInput("Only linear windows are drawn.", fields={"window": "must be linear"})
    try:
        values = float(center), float(width)
        if all(math.isfinite(value) for value in values):
            return Window(center=values[0], width=values[1])
    except ValueError:
        pass
    message = "window must be center,width,linear with a width above 0."
    raise InvalidInput(message, fields={"window": "must be center,width,linear"})


def _numbered(text: str, field: str, *counts: int) -> list[int]:
    parts = text.split(",")
    if len(parts) not in counts or not all(_WHOLE.fullmatch(part) for part in parts):
        expected = " or ".join(str(count) for count in counts)
        message = f"{field} must be {expected} whole numbers, separated by commas."
        raise InvalidInput(message, fields={field: "must be whole numbers"})
    return [int(part) for part in parts]
