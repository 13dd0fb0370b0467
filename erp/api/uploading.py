"""Files that people send: bounded, kept under their digest, handed to the domain they are for.

The body is the file itself, declared as `application/octet-stream`: no form of another site can
send that. Names and types that a browser claims decide nothing.
"""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from erp.adapters.object_storage import object_storage
from erp.adapters.pictures import draw_pictures
from erp.api.actions import BASE, guarded
from erp.api.bodies import read_body
from erp.api.callers import context_of, credentials_of
from erp.api.observing import request_id_of
from erp.api.problems import NotJson
from erp.core import db
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound
from erp.core.table_files import read_table
from erp.services import banking, catalog, documents, expenses, laboratory, platform

LONGEST_NAME = 120
LARGEST_FILE = 5_000_000
LARGEST_PHOTO = 12_000_000
"""What the camera of a phone makes."""
PICTURE = "/products/{product_id}/picture"
BANK_FILES = "/bank-accounts/{bank_account_id}/files"
RECEIPTS = "/expense-receipts"
LAB_FILES = "/laboratories/{laboratory_id}/files"
EDIT, RECONCILE, RECORD = "catalog.edit", "banking.reconcile", "laboratory.record"
CLAIM = "expenses.claim"
_KEPT = {
    "cache-control": "private, max-age=31536000, immutable",
    "vary": "cookie, authorization",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
}
Keep = Callable[[RequestContext, Request, str, bytes], BaseModel]


def uploading_routes() -> list[Route]:
    """Return the routes that take files."""
    return [
        Route(f"{BASE}/maker-lists", guarded(_takes(_maker_list, EDIT)), methods=["POST"]),
        Route(f"{BASE}{BANK_FILES}", guarded(_takes(_bank_file, RECONCILE)), methods=["POST"]),
        Route(f"{BASE}{LAB_FILES}", guarded(_takes(_lab_file, RECORD)), methods=["POST"]),
        Route(f"{BASE}{PICTURE}", guarded(_takes(_picture, EDIT)), methods=["POST"]),
        Route(
            f"{BASE}{RECEIPTS}", guarded(_takes(_receipt, CLAIM, LARGEST_PHOTO)), methods=["POST"]
        ),
        Route(f"{BASE}{RECEIPTS}/{{receipt_id}}", guarded(show_receipt), methods=["GET"]),
        Route(f"{BASE}{PICTURE}", guarded(show_picture), methods=["GET"]),
    ]


def _takes(keep: Keep, permission: str, largest: int = LARGEST_FILE) -> Callable[[Request], Any]:
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
            ctx.require(permission)
            return keep(ctx, request, name or "file", content)

        answer = await off_the_loop(kept)
        return JSONResponse(answer.model_dump(mode="json"), status_code=201)

    return endpoint


def _maker_list(
    ctx: RequestContext, _request: Request, name: str, content: bytes
) -> catalog.UploadedList:
    """Keep a price list: its rows to be looked at, and the file itself as it came."""
    table = read_table(content)
    digest = hashlib.sha256(content).hexdigest()
    with db.unit_of_work(ctx) as session:
        listed = catalog.keep_maker_list(session, ctx, name, digest, table)
        if not listed.is_known:
            new = documents.NewDocument(
                catalog.MAKER_LIST, listed.id, "file", name, "application/octet-stream"
            )
            documents.store_bytes(session, ctx, object_storage(), new, content)
    return listed


def _bank_file(
    ctx: RequestContext, request: Request, name: str, content: bytes
) -> banking.UploadedFile:
    """Keep a bank's file for its account: its rows to be looked at, and the file itself as it came."""
    account_id = _id(request, "bank_account_id")
    text = banking.read_bank_file(content)
    digest = hashlib.sha256(content).hexdigest()
    with db.unit_of_work(ctx) as session:
        kept = banking.keep_bank_file(session, ctx, account_id, digest, name, text)
        if not kept.is_known:
            new = documents.NewDocument(
                banking.FILE_ORIGIN, kept.id, "file", name, "application/octet-stream"
            )
            documents.store_bytes(session, ctx, object_storage(), new, content)
    return kept


def _lab_file(
    ctx: RequestContext, request: Request, name: str, content: bytes
) -> laboratory.UploadedLabFile:
    """Keep a laboratory's file: what it tells to be looked at, and the file itself as it came."""
    laboratory_id = _id(request, "laboratory_id")
    digest = hashlib.sha256(content).hexdigest()
    with db.unit_of_work(ctx) as session:
        kept = laboratory.keep_lab_file(session, ctx, laboratory_id, digest, name, content)
        if not kept.is_known:
            new = documents.NewDocument(
                laboratory.FILE_ORIGIN, kept.id, "file", name, "application/octet-stream"
            )
            documents.store_bytes(session, ctx, object_storage(), new, content)
    return kept


def _picture(
    ctx: RequestContext, request: Request, _name: str, content: bytes
) -> platform.Identified:
    """Keep a product's picture, drawn anew in two sizes, and show the product with it."""
    product_id = _id(request, "product_id")
    drawn = draw_pictures(content)
    platform.run("catalog.get_product", ctx, {"product_id": product_id})
    with db.unit_of_work(ctx) as session:
        for variant, made in (("large", drawn.large), ("small", drawn.small)):
            new = documents.NewDocument(
                catalog.PICTURE, product_id, variant, f"{variant}.jpg", "image/jpeg"
            )
            kept = documents.store_bytes(session, ctx, object_storage(), new, made)
    shown = {"product_id": product_id, "version": kept.version}
    platform.run("catalog.set_product_picture", ctx, shown)
    return platform.Identified(id=product_id)


def _receipt(
    ctx: RequestContext, _request: Request, name: str, content: bytes
) -> expenses.KeptReceipt:
    """Keep a bill's photo, drawn anew in two sizes, or its PDF as it came."""
    if expenses.is_pdf(content):
        media, parts = expenses.PDF, {"file": content}
    else:
        drawn = draw_pictures(content)
        media, parts = expenses.PICTURE, {"large": drawn.large, "small": drawn.small}
    digest = hashlib.sha256(content).hexdigest()
    with db.unit_of_work(ctx) as session:
        kept = expenses.keep_receipt(session, ctx, digest, media, name)
        for variant, made in parts.items():
            file_name = name if variant == "file" else f"{variant}.jpg"
            new = documents.NewDocument(expenses.RECEIPT, kept.id, variant, file_name, media)
            documents.store_bytes(session, ctx, object_storage(), new, made)
    return kept


async def show_receipt(request: Request) -> Response:
    """Send a bill's photo, small or `?size=large`, or its PDF, to its sender and to who decides.

    Raises:
        UnknownReceipt: There is none that the caller may see.
    """
    credentials, request_id = credentials_of(request), request_id_of(request.scope)
    receipt_id = _id(request, "receipt_id")
    variant = "large" if request.query_params.get("size") == "large" else "small"

    def found() -> tuple[bytes, str]:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            kept = expenses.get_receipt(session, ctx, receipt_id, variant)
        return object_storage().read(kept.storage_key), kept.media_type

    content, media = await off_the_loop(found)
    headers = dict(_KEPT)
    if media == expenses.PDF:
        del headers["content-security-policy"]
        headers["content-disposition"] = "inline"
    return Response(content, media_type=media, headers=headers)


async def show_picture(request: Request) -> Response:
    """Send a version of a product's picture, small or `?size=large`, to whoever may see products.

    An address with its version always means the same bytes, so a browser keeps them.

    Raises:
        NotFound: There is no such picture in the caller's organisation.
    """
    credentials = credentials_of(request)
    request_id = request_id_of(request.scope)
    product_id, version = _id(request, "product_id"), request.query_params.get("v", "")
    variant = "large" if request.query_params.get("size") == "large" else "small"

    def found() -> bytes:
        ctx = context_of(credentials, request_id)
        wanted = documents.FindDocuments(
            origin_type=catalog.PICTURE, origin_id=product_id, variant=variant
        )
        with db.unit_of_work(ctx) as session:
            kept = documents.find_documents(session, ctx, wanted).rows
            ids = [row.id for row in kept if str(row.version) == version]
            if not ids:
                raise NotFound("There is no such picture.")
            asked = documents.GetDocument(document_id=ids[0])
            document = documents.get_document(session, ctx, asked)
        return object_storage().read(document.storage_key)

    return Response(await off_the_loop(found), media_type="image/jpeg", headers=_KEPT)


def _id(request: Request, name: str) -> UUID:
    try:
        return UUID(request.path_params[name])
    except ValueError:
        raise NotFound("There is nothing at this address.") from None
