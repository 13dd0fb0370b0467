"""Reports of sessions as they would be made now: drawn to be looked at, kept nowhere."""

import threading
from dataclasses import replace
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.adapters.dicom.object_inspector import key_images
from erp.adapters.object_storage import object_storage
from erp.adapters.pdf import PdfPrinter
from erp.adapters.pictures import WEDGE, grey_wedge
from erp.api.actions import BASE, guarded
from erp.api.bodies import parse_query
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.api.printing import as_paper
from erp.core import db
from erp.core.crossing import off_the_loop
from erp.core.errors import Busy, NotFound
from erp.services import imaging

AT_ONCE: Final = 2
"""Previews drawn at the same time; others are asked to come again."""
WAIT_SECONDS: Final = 1.0
LARGEST_BYTES: Final = 64 * 1024 * 1024
"""Of an object whose picture is drawn while somebody waits."""
EXAMPLE_PICTURES: Final = 3
_room = threading.BoundedSemaphore(AT_ONCE)


def previewing_routes() -> list[Route]:
    """Return the routes of previews."""
    of_session = f"{BASE}/imaging/sessions/{{session_id}}/report-preview.pdf"
    return [
        Route(of_session, guarded(send_preview), methods=["GET"]),
        Route(f"{BASE}/imaging/report-preview.pdf", guarded(send_preview), methods=["GET"]),
    ]


async def send_preview(request: Request) -> Response:
    """Send a session's report as it would be now, marked on every page; without one, an example.

    `?trial_code=` lays it out as the caller tries out for that protocol.

    Raises:
        NotFound: There is no such session, or nothing is being tried out.
        PermissionDenied: The caller may not see sessions, or makes no templates.
        Busy: Too many previews are being drawn.
        ValidationError: Something is not known, or too long.
    """
    given = parse_query(request.query_params, frozenset())
    named = request.path_params.get("session_id")
    if named is not None:
        given["session_id"] = _id(named)
    wanted = imaging.PreviewReport.model_validate(given)
    content = await off_the_loop(
        _draw, credentials_of(request), request_id_of(request.scope), wanted
    )
    return as_paper(content, "report-preview.pdf")


def _draw(credentials: Credentials, request_id: str, wanted: imaging.PreviewReport) -> bytes:
    ctx = context_of(credentials, request_id)
    with db.unit_of_work(ctx) as session:
        report, pictures = imaging.plan_preview(session, ctx, wanted)
    if not _room.acquire(timeout=WAIT_SECONDS):
        raise Busy("Other previews are being drawn. Try again in a moment.")
    try:
        images, left_out = _images(pictures, is_example=wanted.session_id is None)
    finally:
        _room.release()
    notices = report.notices
    if left_out:
        notices = (*notices, f"{left_out} key images are too large for a preview.")
    return PdfPrinter().session_report(replace(report, images=images, notices=notices))


def _images(
    pictures: tuple[imaging.KeyPicture, ...], *, is_example: bool
) -> tuple[tuple[imaging.KeyImage, ...], int]:
    """Return the pictures drawn, and how many were too large to draw while somebody waits."""
    if is_example:
        wedge = grey_wedge()
        captions = (f"Example image {number + 1}" for number in range(EXAMPLE_PICTURES))
        return tuple(imaging.KeyImage(wedge, caption, size=WEDGE) for caption in captions), 0
    storage, drawn, left_out = object_storage(), [], 0
    for picture in pictures:
        found = storage.find(picture.storage_key)
        if found is not None and found.size > LARGEST_BYTES:
            left_out += 1
            continue
        drawn.append(imaging.draw_picture(picture, storage, key_images()))
    return tuple(drawn), left_out


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such session.") from None
