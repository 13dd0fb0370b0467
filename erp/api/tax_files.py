"""Files for the tax portal, exactly as they were frozen."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.api.actions import BASE, guarded
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound
from erp.services import gst_returns, platform

PORTAL_FILE = "/gst-returns/{return_id}/portal.json"


def tax_file_routes() -> list[Route]:
    """Return the route of the portal's files."""
    return [Route(f"{BASE}{PORTAL_FILE}", guarded(download_portal_file), methods=["GET"])]


async def download_portal_file(request: Request) -> Response:
    """Send a return's file as a download.

    Raises:
        UnknownGstReturn: There is no such return.
        ReturnNotReady: Something has to be mended before it leaves the house.
    """
    try:
        return_id = UUID(request.path_params["return_id"])
    except ValueError:
        raise NotFound("There is no such return.") from None
    credentials, request_id = credentials_of(request), request_id_of(request.scope)
    found = await off_the_loop(_find, credentials, request_id, return_id)
    headers = {
        "content-disposition": f'attachment; filename="{found.file_name}"',
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return Response(found.content, headers=headers, media_type="application/json")


def _find(credentials: Credentials, request_id: str, return_id: UUID) -> gst_returns.PortalFile:
    ctx = context_of(credentials, request_id)
    found = platform.run("gst_returns.get_portal_file", ctx, {"return_id": return_id}).result
    assert isinstance(found, gst_returns.PortalFile)  # noqa: S101  the query's own answer
    return found
