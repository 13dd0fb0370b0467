"""Word of delivery: providers tell what phones did, verified over the raw bytes before anything of it is read."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from erp.api.actions import guarded
from erp.api.bodies import parse_object, read_body
from erp.api.observing import request_id_of
from erp.api.problems import MalformedRequest
from erp.core.clock import utc_now
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound
from erp.services import messaging

RECEIPTS: Final = "/api/erp/message-receipts/{channel}"
SIGNATURE: Final = "x-signature-sha256"


def message_hook_routes() -> list[Route]:
    """Return the route that providers of SMS and WhatsApp call."""
    return [Route(RECEIPTS, guarded(take_receipt), methods=["POST"])]


async def take_receipt(request: Request) -> Response:
    """Note what a provider tells of a message; 200 says that it is committed.

    Raises:
        NotFound: No word of delivery is taken for this channel, or there is no such message.
        BadReceipt: It is not signed with the provider's secret over these bytes; nothing of it is read.
        MalformedRequest: It is signed, but says nothing that a receipt says.
    """
    body = await read_body(request, messaging.LARGEST_RECEIPT)
    is_new = await off_the_loop(_take, request, body)
    return JSONResponse({"taken": True, "known": not is_new})


def _take(request: Request, body: bytes) -> bool:
    channel = _channel_of(request.path_params["channel"])
    if not messaging.is_signed(channel, request.headers.get(SIGNATURE, ""), body):
        raise messaging.BadReceipt(
            "The signature is not of the provider's secret over these bytes. Compare the secret there with the one"
            " that is set here."
        )
    heard = _read(parse_object(body))
    return messaging.hear_receipt(channel, heard, body, utc_now(), request_id_of(request.scope))


def _channel_of(name: str) -> messaging.Channel:
    known = {channel.value: channel for channel in messaging.BY_NUMBER}
    if name not in known or not messaging.hears(known[name]):
        raise NotFound("No word of delivery is taken at this address.")
    return known[name]


def _read(told: dict[str, object]) -> messaging.Heard:
    tenant, _, message = f"{told.get('reference', '')}".partition(".")
    receipt = f"{told.get('status', '')}"
    if receipt not in messaging.RECEIPTS:
        known = ", ".join(sorted(messaging.RECEIPTS))
        raise MalformedRequest(f"`status` is none of {known}.")
    try:
        tenant_id, message_id = UUID(tenant), UUID(message)
    except ValueError as odd:
        raise MalformedRequest("`reference` is none that a message was sent with.") from odd
    name, reason = f"{told.get('id') or ''}", f"{told.get('reason') or ''}"
    return messaging.Heard(tenant_id, message_id, receipt, name, reason)
