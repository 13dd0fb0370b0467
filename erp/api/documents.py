"""Stored documents: bytes from object storage, to those who may read them."""

from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import UUID

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from erp.adapters.object_storage import object_storage
from erp.api.actions import BASE, guarded
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.core import db
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound
from erp.services import documents

SHOWN_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})
_LOCKED_DOWN = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def document_routes() -> list[Route]:
    """Return the route of stored documents."""
    return [Route(f"{BASE}/documents/{{document_id}}", guarded(download), methods=["GET"])]


async def download(request: Request) -> Response:
    """Stream a stored document: shown inline if asked and harmless, else as a download.

    Raises:
        NotFound: There is none that the caller may read.
        StorageUnavailable: The object store is away.
    """
    credentials = credentials_of(request)
    request_id = request_id_of(request.scope)
    wanted = request.path_params["document_id"]
    found = await off_the_loop(_find, credentials, request_id, wanted)
    pieces = object_storage().stream(found.storage_key)
    first = await off_the_loop(next, pieces, b"")
    wants_inline = request.query_params.get("inline", "").lower() in {"true", "1"}

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in iterate_in_threadpool(pieces):
            yield piece

    return StreamingResponse(
        body(), media_type=found.media_type, headers=_headers(found, wants_inline)
    )


def _find(credentials: Credentials, request_id: str, wanted: str) -> documents.DocumentContent:
    ctx = context_of(credentials, request_id)
    try:
        query = documents.GetDocument(document_id=UUID(wanted))
    except ValueError:
        raise NotFound("There is no such document.") from None
    with db.unit_of_work(ctx) as session:
        return documents.get_document(session, ctx, query)


def _headers(found: documents.DocumentContent, wants_inline: bool) -> dict[str, str]:  # noqa: FBT001
    is_inline = wants_inline and found.media_type in SHOWN_INLINE
    place = "inline" if is_inline else "attachment"
    plain = found.file_name.encode("ascii", "replace").decode()
    plain = "".join(c if c.isalnum() or c in "-_. " else "_" for c in plain)
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(found.file_name, safe='')}"
    headers = {
        "content-disposition": f"{place}; {named}",
        "content-length": str(found.size),
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    if not is_inline or found.media_type != "application/pdf":
        headers["content-security-policy"] = _LOCKED_DOWN
    return headers
