"""DICOMweb (PS3.18): search, retrieve and store, for viewers, scripts and other archives."""

from starlette.routing import Route

from erp.api.dicomweb.framing import frame_routes
from erp.api.dicomweb.retrieving import retrieve_routes
from erp.api.dicomweb.searching import search_routes
from erp.api.dicomweb.storing import store_routes

__all__ = ["dicomweb_routes"]


def dicomweb_routes() -> list[Route]:
    """Return the routes of the archive over DICOMweb."""
    return [*search_routes(), *store_routes(), *frame_routes(), *retrieve_routes()]
