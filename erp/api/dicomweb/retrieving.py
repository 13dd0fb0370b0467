"""WADO-RS: whole objects, their metadata and their bulk values."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from erp.adapters.dicom.facts import Pixels
from erp.adapters.dicom.inspecting import default_inspector
from erp.adapters.dicom.sandbox import SandboxUnavailable
from erp.adapters.dicom.stored_frames import WHOLE_OBJECT_BYTES
from erp.adapters.object_storage import object_storage
from erp.api.actions import guarded
from erp.api.dicomweb.accepting import (
    BYTES,
    DICOM,
    MediaRange,
    NotAcceptable,
    accepted,
    require_json,
)
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
from erp.api.imaging import PRIVATE, object_pieces, streamed
from erp.core import db
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound, Unavailable
from erp.services import imaging

AT_ONCE: Final = 100
"""Objects whose attributes are in memory at once."""
PIXEL_DATA: Final = "7FE00010"
ANY: Final = frozenset({"", "*"})
DROPPED: Final = "attributes_dropped"
_TAG: Final = frozenset("0123456789ABCDEF")


def retrieve_routes() -> list[Route]:
    """Return the routes of whole objects, metadata and bulk values."""
    routes = []
    for address in (STUDY, SERIES, INSTANCE):
        routes += [
            Route(address, guarded(send_objects), methods=["GET"]),
            Route(f"{address}/metadata", guarded(send_metadata), methods=["GET"]),
        ]
    bulk = Route(f"{INSTANCE}/bulkdata/{{tag}}", guarded(send_bulk), methods=["GET"])
    return [*routes, bulk]


async def send_objects(request: Request) -> Response:
    """Stream the objects of a study, a series or one object, byte by byte as they were stored.

    Only a preamble is blanked, which could pose as another type of file. They keep their
    transfer syntax; a caller who takes only another one is refused.

    Raises:
        UnknownObject: There are none, or they are another tenant's.
        NotAcceptable: The caller takes no DICOM objects, or not in their transfer syntax.
        StorageUnavailable: The object store is away.
    """
    wanted = [media for media in accepted(request) if media.takes(DICOM)]
    if not wanted:
        raise NotAcceptable('Accept multipart/related; type="application/dicom".')
    found = await off_the_loop(found_objects, caller(request), uids_of(request))
    media = _fitting(wanted, found)
    if request.path_params.get("sop_uid") and not media.is_multipart and media.kind == DICOM:
        return await streamed(found[0])
    root = root_of(request)
    return await multipart(DICOM, (_part(root, one) for one in found))


def _fitting(wanted: list[MediaRange], found: list[imaging.ArchivedObject]) -> MediaRange:
    """Return the first range whose transfer syntax every object has."""
    for media in wanted:
        if media.syntax in ANY or all(one.transfer_syntax == media.syntax for one in found):
            return media
    stored = ", ".join(sorted({one.transfer_syntax for one in found}))
    raise NotAcceptable(
        f"Objects are sent as they are stored ({stored}); accept transfer-syntax=*."
    )


def _part(root: str, one: imaging.ArchivedObject) -> Part:
    place = instance_address(root, one.study_uid, one.series_uid, one.sop_uid)
    return Part(f"{DICOM}; transfer-syntax={one.transfer_syntax}", place, object_pieces(one))


async def send_metadata(request: Request) -> Response:
    """Send the public attributes of objects as DICOM JSON; of bulk only where it is.

    They are read and sent some objects at a time, however many there are. What fails after the
    first of them breaks the connection off, and the caller sees that it is not whole.

    Raises:
        UnknownObject: There are none, or they are another tenant's.
        NotAcceptable: The caller takes no JSON.
    """
    media = require_json(request)
    pieces = _metadata(caller(request), uids_of(request), root_of(request))
    first = await off_the_loop(next, pieces, b"")

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in iterate_in_threadpool(pieces):
            yield piece

    return StreamingResponse(body(), headers=PRIVATE, media_type=media)


def _metadata(
    who: Callable[[], RequestContext], uids: tuple[str, str, str], root: str
) -> Iterator[bytes]:
    ctx = who()
    found = found_objects(lambda: ctx, uids)
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        with db.unit_of_work(ctx) as session:
            attrs = imaging.attrs_of(session, ctx, [one.id for one in some])
        described = [_described(root, one, attrs[one.id]) for one in some]
        written = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
        yield (("," if start else "[") + written[1:-1]).encode()
    yield b"]"


def _described(root: str, one: imaging.ArchivedObject, attrs: dict[str, Any]) -> dict[str, Any]:
    """Return an object's attributes; those too large to be kept beside it are read again."""
    hides = any(a.get("vr") == "SQ" and "BulkDataURI" in a for a in attrs.values())
    if hides or DROPPED in one.flags:
        attrs = _read_again(one) or attrs
    place = instance_address(root, one.study_uid, one.series_uid, one.sop_uid)
    shown = {tag: _located(place, tag, attr) for tag, attr in attrs.items()}
    shown |= {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00083002": {"vr": "UI", "Value": [one.transfer_syntax]},
    }
    if one.pixels is not None:
        vr = Pixels.model_validate(one.pixels).pixel_vr
        shown[PIXEL_DATA] = _located(place, PIXEL_DATA, {"vr": vr, "BulkDataURI": ""})
    return dict(sorted(shown.items()))


def _located(place: str, tag: str, attr: dict[str, Any]) -> dict[str, Any]:
    if "BulkDataURI" not in attr:
        return attr
    if attr["vr"] == "SQ":
        return {"vr": "SQ"}
    return {"vr": attr["vr"], "BulkDataURI": f"{place}/bulkdata/{tag}"}


def _read_again(one: imaging.ArchivedObject) -> dict[str, Any]:
    """Return all attributes of an object from its bytes: of its head, where its end is known."""
    storage = object_storage()
    if one.pixels is not None and (one.pixels.get("frame_at") or one.pixels.get("spans")):
        head = storage.read_range(one.storage_key, 0, int(one.pixels["pixel_at"]))
    elif one.size <= WHOLE_OBJECT_BYTES:
        head = storage.read(one.storage_key)
    else:
        return {}
    try:
        return default_inspector().describe(head)
    except SandboxUnavailable as error:
        raise Unavailable("The reader of objects does not start; try again later.") from error


async def send_bulk(request: Request) -> Response:
    """Send the value of one element as it is stored; pixel data is sent by its frames.

    Raises:
        UnknownObject: There is no such object.
        NotFound: The object has no such element, or it is pixel data.
        NotAcceptable: The caller takes no bytes.
    """
    tag = request.path_params["tag"].upper()
    wanted = [media for media in accepted(request) if media.takes(BYTES)]
    if not wanted:
        raise NotAcceptable('Accept multipart/related; type="application/octet-stream".')
    found = await off_the_loop(found_objects, caller(request), uids_of(request))
    value = await off_the_loop(_bulk, found[0], tag)
    if wanted[0].kind == BYTES and not wanted[0].is_multipart:
        return Response(value, headers=PRIVATE, media_type=BYTES)
    return await multipart(BYTES, iter([Part(BYTES, request.url.path, iter([value]))]))


def _bulk(one: imaging.ArchivedObject, tag: str) -> bytes:
    is_tag = len(tag) == 8 and set(tag) <= _TAG  # noqa: PLR2004  group and element
    if not is_tag or one.size > WHOLE_OBJECT_BYTES:
        raise NotFound("The object has no such element.")
    content = object_storage().read(one.storage_key)
    try:
        value = default_inspector().bulk(content, tag)
    except SandboxUnavailable as error:
        raise Unavailable("The reader of objects does not start; try again later.") from error
    if value is None:
        raise NotFound("The object has no such element; pixel data is sent by its frames.")
    return value
