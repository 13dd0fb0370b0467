"""Files that people send: bounded, kept under their digest, handed to the domain they are for.

The body is the file itself, declared as `application/octet-stream`: no form of another site can
send that. Names and types that a browser claims decide nothing.
"""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from erp.adapters.object_storage import object_storage
from erp.api.actions import BASE, guarded
from erp.api.bodies import read_body
from erp.api.callers import context_of, credentials_of
from erp.api.observing import request_id_of
from erp.api.problems import NotJson
from erp.core import db
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.services import catalog, documents

LONGEST_NAME = 120
Keep = Callable[[Session, RequestContext, str, bytes], BaseModel]


def uploading_routes() -> list[Route]:
    """Return the routes that take files."""
    return [
        Route(f"{BASE}/maker-lists", guarded(_takes(_maker_list, 5_000_000)), methods=["POST"]),
    ]


def _takes(keep: Keep, largest: int) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/octet-stream":
            raise NotJson("Send the file itself, with Content-Type: application/octet-stream.")
        credentials = credentials_of(request)
        content = await read_body(request, largest)
        name = request.query_params.get("file_name", "").replace("\0", "").strip()[:LONGEST_NAME]
        request_id = request_id_of(request.scope)

        def kept() -> BaseModel:
            ctx = context_of(credentials, request_id)
            ctx.require("catalog.edit")
            with db.unit_of_work(ctx) as session:
                return keep(session, ctx, name or "file", content)

        answer = await off_the_loop(kept)
        return JSONResponse(answer.model_dump(mode="json"), status_code=201)

    return endpoint


def _maker_list(
    session: Session, ctx: RequestContext, name: str, content: bytes
) -> catalog.UploadedList:
    """Keep a price list: its rows to be looked at, and the file itself as it came."""
    table = catalog.read_table(content)
    digest = hashlib.sha256(content).hexdigest()
    listed = catalog.keep_maker_list(session, ctx, name, digest, table)
    if not listed.is_known:
        _store(session, ctx, catalog.MAKER_LIST, listed.id, name, content)
    return listed


def _store(
    session: Session,
    ctx: RequestContext,
    origin: str,
    origin_id: UUID,
    name: str,
    content: bytes,
) -> None:
    new = documents.NewDocument(
        origin_type=origin,
        origin_id=origin_id,
        variant="file",
        file_name=name,
        media_type="application/octet-stream",
    )
    documents.store_bytes(session, ctx, object_storage(), new, content)
