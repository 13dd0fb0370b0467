"""Signed calls of other programs about imaging: verified over their raw bytes, kept, then done."""

from typing import Final
from uuid import UUID

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from erp.api.actions import guarded
from erp.api.bodies import parse_object, read_body
from erp.api.observing import request_id_of
from erp.core import db
from erp.core.clock import utc_now
from erp.core.crossing import off_the_loop
from erp.core.errors import NotSignedIn
from erp.services import imaging

COMPLETE: Final = "/api/imaging/sessions/{uid}/complete"
LARGEST_CALL: Final = 2_000_000
LONGEST_NAME: Final = 128
SIGNED: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


def imaging_hook_routes() -> list[Route]:
    """Return the route of the webhook that ends a session."""
    return [Route(COMPLETE, guarded(complete_session), methods=["POST"])]


async def complete_session(request: Request) -> Response:
    """Take a Standard Webhook that says a study was sent in full.

    The address names the hook (`?hook=`), which decides the tenant, the device and the secret.

    Raises:
        NotSignedIn: The hook is not known, or the signature is not right or too old.
        UnknownSession: The device has no session of this study; call again once it is sent.
    """
    body = await read_body(request, LARGEST_CALL)
    answer = await off_the_loop(_take, request, body)
    return JSONResponse(answer)


def _take(request: Request, body: bytes) -> dict[str, object]:
    account = _account_of(request.query_params.get("hook", ""))
    headers = {name: request.headers.get(name, "") for name in SIGNED}
    try:
        Webhook(account.secret).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError, OverflowError) as wrong:
        raise _refused() from wrong
    if max(len(headers["webhook-id"]), len(request.path_params["uid"])) > LONGEST_NAME:
        raise _refused()
    call = imaging.HookCall(
        webhook_id=headers["webhook-id"],
        subject=request.path_params["uid"],
        body=body,
    )
    said = imaging.Completion.model_validate(parse_object(body))
    ctx = imaging.hook_context(account, utc_now(), request_id_of(request.scope))
    return imaging.take_call(ctx, account, call, said)


def _account_of(name: str) -> imaging.HookAccount:
    try:
        hook_id = UUID(name)
    except ValueError as odd:
        raise _refused() from odd
    with db.ops_session() as session:
        found = imaging.find_hook(session, hook_id)
    if found is None:
        raise _refused()
    return found


def _refused() -> NotSignedIn:
    return NotSignedIn(
        "This call is not known here, not signed with its secret, or older than five minutes."
    )
