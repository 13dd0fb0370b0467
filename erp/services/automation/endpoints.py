"""Webhooks: which other programs hear of which events, and their signing secrets."""

import base64
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services.automation.errors import AddressRefused, UnknownEndpoint
from erp.services.automation.events import WebhookChanged, WebhookSecretRenewed
from erp.services.platform import Command, Identified, ShortText, ShownOnce, Text, command, emit

PUBLIC_EVENTS: Final = {
    "billing.goods_returned.v1": "Goods returned to a supplier",
    "billing.goods_taken_back.v1": "Goods taken back from a customer",
    "billing.invoice_cancelled.v1": "Invoice cancelled",
    "catalog.product_created.v1": "Product created",
    "catalog.product_updated.v1": "Product changed",
    "imaging.addendum_added.v1": "Imaging: addendum to a signed session",
    "imaging.claim_changed.v1": "Imaging: session taken, given back or assigned",
    "imaging.object_held.v1": "Imaging: object or message held in quarantine",
    "imaging.patient_assigned.v1": "Imaging: session given its patient",
    "imaging.repeat_arrived.v1": "Imaging: repeat arrived",
    "imaging.report_finished.v1": "Imaging: report finished",
    "imaging.session_changed.v1": "Imaging: session moved on by its device",
    "imaging.session_completed.v1": "Imaging: session delivered in full",
    "imaging.session_reviewed.v1": "Imaging: session reviewed",
    "imaging.session_signed.v1": "Imaging: session signed off",
    "inventory.goods_received.v1": "Goods received",
    "inventory.lot_recalled.v1": "Lot recalled",
    "inventory.stock_adjusted.v1": "Stock adjusted",
    "party.party_created.v1": "Customer or supplier created",
    "party.party_updated.v1": "Customer or supplier changed",
    "payments.payment_recorded.v1": "Payment recorded",
    "payments.payment_reversed.v1": "Payment reversed",
    "purchasing.order_decided.v1": "Purchase order approved or refused",
    "sales.order_confirmed.v1": "Sales order confirmed",
    "sales.order_delivered.v1": "Sales order delivered",
}
"""Events other programs may hear of. They carry ids and numbers; who may read more asks the API."""

PREFIX: Final = "whsec_"


def _is_web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.port == 0:
        raise ValueError("is no web address; it begins with https://")
    if parts.username or parts.password or parts.fragment:
        raise ValueError("holds a password or a fragment; leave them out")
    return url


WebAddress = Annotated[
    str,
    Field(min_length=8, max_length=500, pattern=r"^[\x21-\x7e]+$"),
    AfterValidator(_is_web_address),
]


class AddWebhook(Command):
    """Have events posted to an address."""

    name: ShortText
    url: WebAddress
    events: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]


class ChangeWebhook(Command):
    """Change a webhook's name, address or events."""

    endpoint_id: UUID
    name: ShortText
    url: WebAddress
    events: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]


class OneWebhook(Command):
    """Act on one webhook."""

    endpoint_id: UUID


class StopWebhook(OneWebhook):
    """Post no more events."""

    reason: Text = ""


class WebhookSecret(ShownOnce):
    """A signing secret, shown once."""

    id: UUID
    secret: SecretStr


@command("automation.add_webhook", permission="platform.operate", rest="POST /webhooks")
def add_webhook(session: Session, ctx: RequestContext, cmd: AddWebhook) -> WebhookSecret:
    """Have events posted to an address, signed as Standard Webhooks says.

    Raises:
        AddressRefused: The address is plain HTTP or a literal address of a private network.
        InvalidInput: An event is none that other programs may hear of.

    Emits:
        automation.webhook_changed.v1.
    """
    _check(cmd.url, cmd.events)
    endpoint_id = new_id()
    db.execute(
        session,
        "insert into webhook_endpoint (tenant_id, id, name, url, events, secret_version, is_active,"
        " stopped_because, user_id, created_at) values (%s, %s, %s, %s, %s, 1, true, '', %s, %s)",
        (ctx.tenant_id, endpoint_id, cmd.name, cmd.url, _sorted(cmd.events), ctx.user_id, ctx.now),
    )
    _tell(session, ctx, endpoint_id, is_active=True)
    return WebhookSecret(id=endpoint_id, secret=SecretStr(signing_secret(endpoint_id, 1)))


@command(
    "automation.change_webhook", permission="platform.operate", rest="PUT /webhooks/{endpoint_id}"
)
def change_webhook(session: Session, ctx: RequestContext, cmd: ChangeWebhook) -> Identified:
    """Change a webhook; what is queued goes to the new address, which has three days of its own.

    Raises:
        UnknownEndpoint: There is none.
        AddressRefused: The address is plain HTTP or a literal address of a private network.
        InvalidInput: An event is none that other programs may hear of.

    Emits:
        automation.webhook_changed.v1.
    """
    _check(cmd.url, cmd.events)
    changed = db.fetch_one(
        session,
        "update webhook_endpoint set name = %s, url = %s, events = %s,"
        " failing_since = case when url = %s then failing_since end"
        " where tenant_id = %s and id = %s returning is_active",
        (cmd.name, cmd.url, _sorted(cmd.events), cmd.url, ctx.tenant_id, cmd.endpoint_id),
    )
    if changed is None:
        raise unknown_endpoint()
    _tell(session, ctx, cmd.endpoint_id, is_active=changed["is_active"])
    return Identified(id=cmd.endpoint_id)


@command(
    "automation.renew_webhook_secret",
    permission="platform.operate",
    rest="POST /webhooks/{endpoint_id}/secret",
)
def renew_webhook_secret(session: Session, ctx: RequestContext, cmd: OneWebhook) -> WebhookSecret:
    """Give a webhook a new signing secret; the old one signs nothing any more.

    Raises:
        UnknownEndpoint: There is none.

    Emits:
        automation.secret_renewed.v1
    """
    renewed = db.fetch_one(
        session,
        "update webhook_endpoint set secret_version = secret_version + 1"
        " where tenant_id = %s and id = %s returning secret_version",
        (ctx.tenant_id, cmd.endpoint_id),
    )
    if renewed is None:
        raise unknown_endpoint()
    renewal = WebhookSecretRenewed(endpoint_id=cmd.endpoint_id)
    emit(session, ctx, cmd.endpoint_id, renewal)
    secret = signing_secret(cmd.endpoint_id, renewed["secret_version"])
    return WebhookSecret(id=cmd.endpoint_id, secret=SecretStr(secret))


@command(
    "automation.stop_webhook",
    permission="platform.operate",
    rest="POST /webhooks/{endpoint_id}/stop",
)
def stop_webhook(session: Session, ctx: RequestContext, cmd: StopWebhook) -> Identified:
    """Post no more events to a webhook; what is queued for it ends as failed.

    Raises:
        UnknownEndpoint: There is none.

    Emits:
        automation.webhook_changed.v1.
    """
    stop(session, ctx, cmd.endpoint_id, cmd.reason or f"Stopped by {ctx.user_name}.")
    return Identified(id=cmd.endpoint_id)


@command(
    "automation.start_webhook",
    permission="platform.operate",
    rest="POST /webhooks/{endpoint_id}/start",
)
def start_webhook(session: Session, ctx: RequestContext, cmd: OneWebhook) -> Identified:
    """Post events to a stopped webhook again, from now on.

    Raises:
        UnknownEndpoint: There is none.

    Emits:
        automation.webhook_changed.v1.
    """
    started = db.fetch_one(
        session,
        "update webhook_endpoint set is_active = true, stopped_because = '', failing_since = null"
        " where tenant_id = %s and id = %s returning id",
        (ctx.tenant_id, cmd.endpoint_id),
    )
    if started is None:
        raise unknown_endpoint()
    _tell(session, ctx, cmd.endpoint_id, is_active=True)
    return Identified(id=cmd.endpoint_id)


def stop(session: Session, ctx: RequestContext, endpoint_id: UUID, because: str) -> None:
    """Stop a webhook and end what is queued for it.

    Raises:
        UnknownEndpoint: There is none.
    """
    stopped = db.fetch_one(
        session,
        "update webhook_endpoint set is_active = false, stopped_because = %s"
        " where tenant_id = %s and id = %s returning id",
        (because[:500], ctx.tenant_id, endpoint_id),
    )
    if stopped is None:
        raise unknown_endpoint()
    db.execute(
        session,
        "update webhook_delivery set status = 'failed', ended_at = %s"
        " where tenant_id = %s and endpoint_id = %s and status = 'due'",
        (ctx.now, ctx.tenant_id, endpoint_id),
    )
    _tell(session, ctx, endpoint_id, is_active=False)


def signing_secret(endpoint_id: UUID, version: int) -> str:
    """Return the secret that signs a webhook's posts; derived, so that it is stored nowhere."""
    derived = bytes.fromhex(get_settings().derived_secret(f"webhook-{endpoint_id}-{version}"))
    return PREFIX + base64.b64encode(derived).decode()


def unknown_endpoint() -> UnknownEndpoint:
    """Return the refusal for a webhook that is absent or foreign."""
    return UnknownEndpoint("There is no such webhook.")


def _sorted(events: Sequence[str]) -> list[str]:
    return sorted(set(events))


def _check(url: str, events: Sequence[str]) -> None:
    unknown = sorted(set(events) - set(PUBLIC_EVENTS))
    if unknown:
        message = f"There is no event {', '.join(unknown)} to hear of."
        raise InvalidInput(message, fields={"events": message})
    host = f"{urlsplit(url).hostname}"
    allowed = get_settings().reachable_networks()
    try:
        address = ip_address(host)
    except ValueError:
        is_near = False
    else:
        is_near = any(address in network for network in allowed)
        if not address.is_global and not is_near:
            message = "Events are not posted into private networks. Name a public host."
            raise AddressRefused(message, fields={"url": message})
    if urlsplit(url).scheme != "https" and not is_near:
        message = "Events are posted by HTTPS only. Begin the address with https://."
        raise AddressRefused(message, fields={"url": message})


def _tell(session: Session, ctx: RequestContext, endpoint_id: UUID, *, is_active: bool) -> None:
    emit(session, ctx, endpoint_id, WebhookChanged(endpoint_id=endpoint_id, is_active=is_active))
