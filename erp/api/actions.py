"""One HTTP route per action of the registry; the till, scripts and partners use the same ones."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, get_origin

import structlog
from pydantic import ValidationError
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.api.bodies import parse_object, parse_query, read_body, require_json
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.api.problems import IdempotencyKeyMissing, MalformedRequest, problem_response
from erp.core.crossing import off_the_loop
from erp.core.errors import DomainError
from erp.services import platform

BASE: Final = "/api/erp"
KEY_FIELD: Final = "idempotency_key"
MOST_CONFIRMATIONS = 20
_log = structlog.get_logger()
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where an action is reached."""

    method: str
    path: str

    @property
    def path_fields(self) -> tuple[str, ...]:
        """Input fields that stand in the path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request asks of an action, read but not yet understood."""

    body: bytes
    fields: dict[str, Any]
    confirm: tuple[str, ...]
    is_preview: bool


def addresses_of(action: platform.Action) -> list[Address]:
    """Return where an action is reached: its own path, or one made from its name."""
    if action.rest:
        method, _, path = action.rest.partition(" ")
        return [Address(method, BASE + path)]
    if action.kind == "command":
        return [Address("POST", f"{BASE}/commands/{action.name}")]
    path = f"{BASE}/queries/{action.name}"
    return [Address("GET", path), Address("POST", path)]


def success_status(action: platform.Action, address: Address) -> int:
    """Return 201 where a command adds something with an id to a collection, else 200."""
    adds = bool(action.rest) and address.method == "POST" and not address.path_fields
    makes = any(name == "id" or name.endswith("_id") for name in action.result_model.model_fields)
    return 201 if action.kind == "command" and adds and makes else 200


def action_routes() -> list[Route]:
    """Return a route for every address of every action, fixed paths before those with fields."""
    pairs = [(a, address) for a in platform.list_actions() for address in addresses_of(a)]
    pairs.sort(key=lambda pair: (len(pair[1].path_fields), pair[1].path))
    return [
        Route(address.path, guarded(endpoint_for(action, address)), methods=[address.method])
        for action, address in pairs
    ]


def guarded(endpoint: Endpoint) -> Endpoint:
    """Answer every error of an endpoint as a problem document."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:  # noqa: BLE001  the edge: whatever it is, the caller gets a document
            return refusal(error, request)

    return answered


def refusal(error: Exception, request: Request) -> Response:
    """Return the problem document of an error, and log it if it is a bug."""
    if not isinstance(error, DomainError | ValidationError):
        _log.error("request_failed", path=request.scope["path"], exc_info=error)
    return problem_response(error, request_id_of(request.scope))


def endpoint_for(action: platform.Action, address: Address) -> Endpoint:
    """Return the function that serves an action at an address."""
    status = success_status(action, address)
    read = _read_command if action.kind == "command" else _read_query
    lists = _list_fields(action)

    async def endpoint(request: Request) -> Response:
        sent = await read(request, lists)
        credentials = credentials_of(request)
        request_id = request_id_of(request.scope)
        return await off_the_loop(_perform, action, credentials, sent, request_id, status)

    return endpoint


async def _read_command(request: Request, _lists: frozenset[str]) -> Sent:
    is_preview = request.query_params.get("dry_run", "").lower() in {"true", "1"}
    key = request.headers.get("idempotency-key")
    if key is None and not is_preview:
        raise IdempotencyKeyMissing(
            "Send the header Idempotency-Key with a value of your own, such as a UUID,"
            " and the same value again when you retry.",
            fields={"Idempotency-Key": "is required; add it"},
        )
    body = await read_body(request)
    if body:
        require_json(request.headers.get("content-type", ""))
    named = {KEY_FIELD: key} if key is not None else {}
    return Sent(body, {**request.path_params, **named}, _confirmed(request), is_preview)


async def _read_query(request: Request, lists: frozenset[str]) -> Sent:
    if request.method == "POST":
        body = await read_body(request)
        require_json(request.headers.get("content-type", ""))
        return Sent(body, dict(request.path_params), (), is_preview=False)
    asked = parse_query(request.query_params, lists)
    return Sent(b"", {**asked, **request.path_params}, (), is_preview=False)


def _perform(
    action: platform.Action, credentials: Credentials, sent: Sent, request_id: str, status: int
) -> Response:
    """Run an action for a caller; blocks, so it runs off the loop."""
    ctx = context_of(credentials, request_id)
    given = _merged(sent)
    if sent.is_preview:
        shown = platform.preview(action.name, ctx, given, confirm=sent.confirm)
        body = {"result": shown.result, "effects": shown.effects}
        return Response(to_json(body), 200, media_type="application/json")
    answer = platform.run(action.name, ctx, given, confirm=sent.confirm)
    headers = {"idempotent-replayed": "true"} if answer.replayed else {}
    return Response(answer.text, status, headers, "application/json")


def _merged(sent: Sent) -> dict[str, Any]:
    """Return body and path as one input; a field may stand in one place only."""
    given = parse_object(sent.body)
    twice = sorted(given.keys() & (sent.fields.keys() | {KEY_FIELD}))
    if twice:
        raise MalformedRequest(
            f"Leave {', '.join(twice)} out of the body: the path and the headers say it.",
            fields=dict.fromkeys(twice, "belongs into the path or a header; remove it"),
        )
    return {**given, **sent.fields}


def _confirmed(request: Request) -> tuple[str, ...]:
    codes = [code.strip() for code in request.headers.get("confirm", "").split(",")]
    return tuple(code for code in codes if code)[:MOST_CONFIRMATIONS]


def _list_fields(action: platform.Action) -> frozenset[str]:
    fields = action.input_model.model_fields.items()
    return frozenset(
        name for name, f in fields if get_origin(f.annotation) in {list, tuple, set, frozenset}
    )
