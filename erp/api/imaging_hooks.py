"""Signed calls of other programs about imaging: verified over their raw bytes, kept, then done."""

from typing import Any, Final
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
from erp.services import biomarkers, imaging

COMPLETE: Final = "/api/imaging/sessions/{uid}/complete"
BIOMARKERS: Final = "/api/imaging/sessions/{uid}/biomarkers"
LARGEST_CALL: Final = 2_000_000
LONGEST_NAME: Final = 128
SIGNED: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


def imaging_hook_routes() -> list[Route]:
    """Return the routes of the webhooks that end a session, and that tell what a model found."""
    return [
        Route(COMPLETE, guarded(complete_session), methods=["POST"]),
        Route(BIOMARKERS, guarded(take_biomarkers), methods=["POST"]),
    ]


async def complete_session(request: Request) -> Response:
    """Take a Standard Webhook that says a study was sent in full.

    The address names the hook (`?hook=`), which decides the tenant, the device and the secret.
    What is signed is `POST`, the address without its question, a line feed, and the body, so
    that a call about one study is none about another.

    Raises:
        NotSignedIn: The hook is not known, or the signature is not right or too old.
        UnknownSession: The device has no session of this study; call again once it is sent.
    """
    body = await read_body(request, LARGEST_CALL)
    return JSONResponse(await off_the_loop(_complete, request, body))


async def take_biomarkers(request: Request) -> Response:
    """Take a Standard Webhook with the figures of one run of a model, signed as `complete_session`'s.

    The body is a run: `model`, `model_version`, `run_name`, `figures`.

    Raises:
        NotSignedIn: As `complete_session`.
        UnknownSession: The device has no session of this study.
        RunReused: The run of this name told other figures.
    """
    body = await read_body(request, LARGEST_CALL)
    return JSONResponse(await off_the_loop(_figures, request, body))


def _complete(request: Request, body: bytes) -> dict[str, Any]:
    account, call = _call(request, COMPLETE, body, "complete")
    said = imaging.Completion.model_validate(parse_object(body))
    ctx = imaging.hook_context(account, utc_now(), request_id_of(request.scope))
    return imaging.take_call(ctx, account, call, imaging.end_by_call(said))


def _figures(request: Request, body: bytes) -> dict[str, Any]:
    account, call = _call(request, BIOMARKERS, body, "biomarkers")
    run = biomarkers.RunTold.model_validate(parse_object(body))
    ctx = imaging.hook_context(account, utc_now(), request_id_of(request.scope))
    return imaging.take_call(ctx, account, call, biomarkers.record_by_call(run))


def _call(
    request: Request, address: str, body: bytes, kind: str
) -> tuple[imaging.HookAccount, imaging.HookCall]:
    """Return whose call it is and what it says, once its signature is right."""
    account = _account_of(request.query_params.get("hook", ""))
    headers = {name: request.headers.get(name, "") for name in SIGNED}
    uid = request.path_params["uid"]
    _verify(account, headers, address.format(uid=uid), body)
    if max(len(headers["webhook-id"]), len(uid)) > LONGEST_NAME:
        raise _refused()
    return account, imaging.HookCall(headers["webhook-id"], uid, body, kind)


def _verify(
    account: imaging.HookAccount, headers: dict[str, str], address: str, body: bytes
) -> None:
    if _is_signed(account, headers, f"POST {address}\n".encode() + body):
        return
    if _is_signed(account, headers, body):
        raise NotSignedIn(
            f"The signature covers the body alone. Sign `POST {address}`, a line feed, and then the"
            " body, so that the call can be about no other study."
        )
    raise _refused()


def _is_signed(account: imaging.HookAccount, headers: dict[str, str], content: bytes) -> bool:
    """Tell whether this was signed with the hook's secret, within five minutes of now."""
    try:
        Webhook(account.secret).verify(content, headers, json_parse=False)
    except (WebhookVerificationError, ValueError, OverflowError):
        return False
    return True


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
