"""Files for the tax portals."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.api.actions import BASE, guarded
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound
from erp.services import einvoicing, gst_returns, platform

PORTAL_FILE = "/gst-returns/{return_id}/portal.json"
EINVOICE_FILE = "/e-invoices/{einvoice_id}/portal.json"
WAY_BILL_FILE = "/way-bills/{way_bill_id}/portal.json"


def tax_file_routes() -> list[Route]:
    """Return the routes of the portals' files."""
    return [
        Route(f"{BASE}{PORTAL_FILE}", guarded(download_portal_file), methods=["GET"]),
        Route(f"{BASE}{EINVOICE_FILE}", guarded(download_einvoice), methods=["GET"]),
        Route(f"{BASE}{WAY_BILL_FILE}", guarded(download_way_bill), methods=["GET"]),
    ]


async def download_portal_file(request: Request) -> Response:
    """Send a return's file as a download.

    Raises:
        UnknownGstReturn: There is no such return.
        ReturnNotReady: Something has to be mended before it leaves the house.
    """
    return await _download(request, "gst_returns.get_portal_file", "return_id")


async def download_einvoice(request: Request) -> Response:
    """Send a document as the invoice portal's own upload takes it.

    Raises:
        UnknownEInvoice: There is none.
    """
    return await _download(request, "einvoicing.get_file", "einvoice_id")


async def download_way_bill(request: Request) -> Response:
    """Send a way bill as its portal's own upload takes it.

    Raises:
        UnknownWayBill: There is none.
    """
    return await _download(request, "einvoicing.get_way_bill_file", "way_bill_id")


async def _download(request: Request, query: str, name: str) -> Response:
    try:
        record_id = UUID(request.path_params[name])
    except ValueError:
        raise NotFound("There is no such file.") from None
    credentials, request_id = credentials_of(request), request_id_of(request.scope)
    found = await off_the_loop(_find, credentials, request_id, query, {name: record_id})
    headers = {
        "content-disposition": f'attachment; filename="{found.file_name}"',
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return Response(found.content, headers=headers, media_type="application/json")


def _find(
    credentials: Credentials, request_id: str, query: str, asked: dict[str, UUID]
) -> gst_returns.PortalFile | einvoicing.EInvoiceFile:
    ctx = context_of(credentials, request_id)
    found = platform.run(query, ctx, asked).result
    assert isinstance(found, gst_returns.PortalFile | einvoicing.EInvoiceFile)  # noqa: S101  the queries' own answers
    return found
