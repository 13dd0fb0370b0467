"""One search over everything a person may see, for the command palette."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from erp.api.actions import BASE, guarded
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.core.errors import InvalidInput
from erp.services import platform

HITS_PER_KIND = 6
LONGEST_QUESTION = 100
Hit = dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A list query that takes part in the search.

    Attributes:
        kind: What its hits are, e.g. `product`.
        hit: Makes title, subtitle and id of a row.
    """

    kind: str
    query: str
    hit: Callable[[Any], Hit]


SOURCES = (
    Source(
        "product",
        "catalog.search_products",
        lambda row: {"id": str(row.product_id), "title": row.label, "subtitle": row.sku},
    ),
    Source(
        "party",
        "party.find_parties",
        lambda row: {"id": str(row.id), "title": row.name, "subtitle": f"{row.code} {row.city}"},
    ),
    Source(
        "invoice",
        "billing.list_invoices",
        lambda row: {"id": str(row.id), "title": row.number, "subtitle": row.party},
    ),
    Source(
        "sale",
        "pos.list_sales",
        lambda row: {"id": str(row.id), "title": row.number, "subtitle": row.customer},
    ),
    Source(
        "purchase_order",
        "purchasing.list_orders",
        lambda row: {"id": str(row.id), "title": row.number, "subtitle": row.supplier},
    ),
    Source(
        "purchase_requisition",
        "purchasing.list_requisitions",
        lambda row: {"id": str(row.id), "title": row.number, "subtitle": row.asked_by},
    ),
    Source(
        "quotation_request",
        "purchasing.list_requests",
        lambda row: {"id": str(row.id), "title": row.number, "subtitle": row.asked_by},
    ),
    Source(
        "supplier_bill",
        "billing.list_bills",
        lambda row: {"id": str(row.id), "title": row.bill_number, "subtitle": row.supplier},
    ),
    Source(
        "supplier_return",
        "billing.list_returns",
        lambda row: {"id": str(row.id), "title": row.number, "subtitle": row.supplier},
    ),
)


def search_routes() -> list[Route]:
    """Return the route of the search."""
    return [Route(f"{BASE}/search", guarded(search), methods=["GET"])]


async def search(request: Request) -> Response:
    """Find products, parties, documents and commands by words.

    Raises:
        InvalidInput: The question is too long.
    """
    question = request.query_params.get("q", "").replace("\0", " ").strip()
    if len(question) > LONGEST_QUESTION:
        raise InvalidInput("Search for fewer words.", fields={"q": "at most 100 characters"})
    credentials = credentials_of(request)
    hits = await off_the_loop(_find, credentials, request_id_of(request.scope), question)
    return JSONResponse({"hits": hits})


def _find(credentials: Credentials, request_id: str, question: str) -> list[Hit]:
    ctx = context_of(credentials, request_id)
    if not question:
        return []
    hits = [hit for source in SOURCES for hit in _from_source(ctx, source, question)]
    return hits + _commands(ctx, question)


def _from_source(ctx: RequestContext, source: Source, question: str) -> list[Hit]:
    action = platform.get_action(source.query)
    if action.permission and not ctx.may(action.permission):
        return []
    wanted = {"search": question, "limit": HITS_PER_KIND}
    found = platform.run(source.query, ctx, wanted).result
    assert isinstance(found, platform.Rows)  # noqa: S101  sources are list queries
    return [{"kind": source.kind, **source.hit(row)} for row in found.rows[:HITS_PER_KIND]]


def _commands(ctx: RequestContext, question: str) -> list[Hit]:
    words = question.lower().split()
    return [
        {"kind": "command", "id": action.name, "title": action.summary, "subtitle": action.name}
        for action in platform.list_actions("command")
        if (not action.permission or ctx.may(action.permission))
        and all(word in f"{action.name} {action.summary}".lower() for word in words)
    ][:HITS_PER_KIND]
