"""The HTTP application beside the interface."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.api import sign_in
from erp.api.actions import action_routes, guarded, refusal
from erp.api.describing import TITLE, describing_routes, openapi_document
from erp.api.dicomweb import dicomweb_routes
from erp.api.documents import document_routes
from erp.api.exporting import export_routes
from erp.api.gateway_hooks import gateway_hook_routes
from erp.api.imaging import imaging_routes
from erp.api.imaging_hooks import imaging_hook_routes
from erp.api.message_hooks import message_hook_routes
from erp.api.observing import RequestIds, observing_routes, request_id_of
from erp.api.order_tracking import order_tracking_routes
from erp.api.previewing import previewing_routes
from erp.api.printing import printing_routes
from erp.api.printing_results import result_routes
from erp.api.printing_tables import table_routes
from erp.api.printing_vouchers import voucher_routes
from erp.api.problems import MalformedRequest, plain_problem
from erp.api.quarantine import quarantine_routes
from erp.api.searching import search_routes
from erp.api.tax_files import tax_file_routes
from erp.api.uploading import uploading_routes
from erp.core.errors import DomainError, NotFound
from erp.services import catalogue_of_actions

__all__ = ["catalogue_of_actions", "create_api"]
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class MethodNotAllowed(MalformedRequest):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405


def create_api() -> FastAPI:
    """Return the application with every route but the pages."""
    api = FastAPI(title=TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    api.openapi = openapi_document  # type: ignore[method-assign]
    api.include_router(sign_in.router)
    own = [*observing_routes(), *describing_routes(), *search_routes(), *export_routes()]
    api.router.routes += [
        *own,
        *document_routes(),
        *previewing_routes(),
        *printing_routes(),
        *voucher_routes(),
        *result_routes(),
        *table_routes(),
        *imaging_routes(),
        *imaging_hook_routes(),
        *gateway_hook_routes(),
        *message_hook_routes(),
        *order_tracking_routes(),
    ]
    api.router.routes += [
        *tax_file_routes(),
        *uploading_routes(),
        *dicomweb_routes(),
        *quarantine_routes(),
    ]
    api.router.routes += action_routes()
    api.router.routes.append(Route("/api/{path:path}", guarded(_nothing_here), methods=_METHODS))
    api.add_middleware(RequestIds)
    for kind in (DomainError, ValidationError, RequestValidationError, HTTPException):
        api.add_exception_handler(kind, _handle)
    return api


async def _nothing_here(request: Request) -> Response:
    """Refuse an address below /api that no route serves, or serves with another method."""
    path = request.scope["path"]
    others = [
        route
        for route in request.app.router.routes[:-1]
        if isinstance(route, Route)
        and not route.path.endswith(":path}")
        and route.path_regex.match(path)
    ]
    methods = sorted({method for route in others for method in route.methods or ()})
    if not methods:
        raise NotFound("There is nothing at this address. See /api/docs.")
    response = refusal(MethodNotAllowed(f"Use {' or '.join(methods)} here."), request)
    response.headers["allow"] = ", ".join(methods)
    return response


async def _handle(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return plain_problem(error.status_code, "http_error", request_id_of(request.scope))
    if isinstance(error, RequestValidationError):
        error = MalformedRequest("The form cannot be read.")
    return refusal(error, request)
