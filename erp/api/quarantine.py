"""A look at what is held: a picture of it, where one can be made."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.adapters.dicom.rendering import (
    NotRenderable,
    Picture,
    RenderOptions,
    default_renderer,
)
from erp.adapters.dicom.sandbox import SandboxUnavailable
from erp.adapters.dicom.stored_frames import WHOLE_OBJECT_BYTES
from erp.adapters.object_storage import object_storage
from erp.api.actions import BASE, guarded
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.imaging import PRIVATE, PictureNotPossible
from erp.api.observing import request_id_of
from erp.core import db
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound, Unavailable
from erp.services import imaging

EDGE = 560
PREVIEW = f"{BASE}/imaging/quarantine/{{quarantine_id}}/preview"


def quarantine_routes() -> list[Route]:
    """Return the route of previews."""
    return [Route(PREVIEW, guarded(send_preview), methods=["GET"])]


async def send_preview(request: Request) -> Response:
    """Send a small JPEG of a held object's first frame, decoded like any stranger's bytes.

    Raises:
        UnknownHeld: There is no held object of this id.
        PictureNotPossible: No picture can be made of it.
    """
    credentials, request_id = credentials_of(request), request_id_of(request.scope)
    wanted = request.path_params["quarantine_id"]
    picture = await off_the_loop(_preview, credentials, request_id, wanted)
    return Response(picture.content, headers=PRIVATE, media_type=picture.media)


def _preview(credentials: Credentials, request_id: str, wanted: str) -> Picture:
    ctx = context_of(credentials, request_id)
    try:
        held_id = UUID(wanted)
    except ValueError:
        raise NotFound("Nothing of this id waits in quarantine.") from None
    with db.unit_of_work(ctx) as session:
        held = imaging.find_held(session, ctx, held_id)
    if held.size > WHOLE_OBJECT_BYTES:
        raise PictureNotPossible("The object is too large to be shown.")
    content = object_storage().read(held.storage_key)
    try:
        return default_renderer().render(content, 0, RenderOptions(max_edge=EDGE))
    except NotRenderable as error:
        raise PictureNotPossible(str(error)) from error
    except SandboxUnavailable as error:
        raise Unavailable("The reader of images does not start; try again later.") from error
