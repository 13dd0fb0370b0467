"""Calls of payment providers: verified over their raw bytes, kept, and only then answered."""

from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from erp.adapters.payment_gateways import is_signed, read_notice
from erp.api.actions import guarded
from erp.api.bodies import parse_object, read_body
from erp.api.observing import request_id_of
from erp.api.problems import MalformedRequest
from erp.core import db
from erp.core.clock import utc_now
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound
from erp.services import gateways

EVENTS: Final = "/api/erp/gateways/{account_id}/events"


def gateway_hook_routes() -> list[Route]:
    """Return the route that providers call."""
    return [Route(EVENTS, guarded(take_event), methods=["POST"])]


async def take_event(request: Request) -> Response:
    """Keep an event of a provider; 200 says that it is committed.

    The address names the account, which decides the tenant and the secret. Nothing of a call is read before its
    signature was found right over its raw bytes.

    Raises:
        NotFound: There is no such account.
        BadSignature: The call is not signed with the account's secret; it is counted, and nothing of it kept.
        MalformedRequest: It is signed, but no event.
    """
    body = await read_body(request, gateways.LARGEST_EVENT)
    is_new = await off_the_loop(_take, request, body)
    return JSONResponse({"taken": True, "known": not is_new})


def _take(request: Request, body: bytes) -> bool:
    now = utc_now()
    account = _account_of(request.path_params["account_id"], now)
    ctx = gateways.event_context(account, now, request_id_of(request.scope))
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not is_signed(account.keys, headers, body):
        gateways.count_rejected(ctx, account)
        raise gateways.BadSignature(
            "The signature is not of this account's secret over these bytes. Compare the secret at the provider with"
            " the one typed in here."
        )
    try:
        notice = read_notice(account.keys.provider, headers, parse_object(body))
    except ValueError as odd:
        raise MalformedRequest(f"This is no event of the provider: {odd}.") from odd
    return gateways.hear_event(ctx, account, notice, body)


def _account_of(name: str, now: datetime) -> gateways.HookedAccount:
    try:
        account_id = UUID(name)
    except ValueError as odd:
        raise _unknown() from odd
    with db.ops_session() as session:
        found = gateways.find_account(session, account_id, now)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound(
        "There is no gateway account at this address. Look the address up under Gateways."
    )
