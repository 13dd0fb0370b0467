"""What providers tell of messages afterwards: taken by the phone, read, or never taken."""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final, Literal, cast
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.settings import get_settings
from erp.models.messaging import Channel, Receipt
from erp.services import identity, platform
from erp.services.messaging.errors import unknown_message
from erp.services.messaging.sending import end_message, hold_message
from erp.services.platform import Command, Result, command

HEAR: Final = "messaging.hear"
LARGEST_RECEIPT: Final = 20_000
RECEIPTS: Final = frozenset(receipt.value for receipt in Receipt if receipt)
ON: Final = {
    Receipt.NONE: frozenset({Receipt.DELIVERED, Receipt.READ, Receipt.UNDELIVERED}),
    Receipt.DELIVERED: frozenset({Receipt.READ}),
    Receipt.READ: frozenset[Receipt](),
    Receipt.UNDELIVERED: frozenset[Receipt](),
}
"""Where a receipt may move to; a phone that never took a message stays so, since it goes another way then."""


class NoteReceipt(Command):
    """A provider's signed word of a message.

    Attributes:
        carrier_ref: The provider's name for it. reason: Why the phone did not take it.
    """

    message_id: UUID
    channel: Channel
    receipt: Literal[Receipt.DELIVERED, Receipt.READ, Receipt.UNDELIVERED]
    carrier_ref: Annotated[str, Field(max_length=200)] = ""
    reason: Annotated[str, Field(max_length=300)] = ""


class Noted(Result):
    """Whether a receipt said something new."""

    is_new: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What a receipt says, read from its bytes once they were found signed."""

    tenant_id: UUID
    message_id: UUID
    receipt: str
    carrier_ref: str
    reason: str


def is_signed(channel: Channel, signature: str, body: bytes) -> bool:
    """Tell whether a provider's secret signed exactly these bytes (HMAC-SHA256, in hexadecimal)."""
    secret = _secret_of(channel)
    made = hmac.new(secret.encode(), body, sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(made.encode(), signature.lower().encode())


def hears(channel: Channel) -> bool:
    """Tell whether word of delivery of a channel is taken here."""
    return bool(_secret_of(channel))


def hear_receipt(
    channel: Channel, heard: Heard, body: bytes, now: datetime, request_id: str
) -> bool:
    """Note a signed receipt, committed when this returns; tell whether it said something new.

    It acts in the branch that the message is from, so that what follows of it is of that company.

    Raises:
        UnknownMessage: There is no such message.
        ValidationError: It says what no receipt says.
    """
    place = identity.find_place(heard.tenant_id)
    if place is None:
        raise unknown_message()
    ctx = RequestContext(
        tenant_id=place.tenant_id,
        company_id=place.company_id,
        branch_id=place.branch_id,
        user_id=identity.NOBODY,
        user_name=f"Receipts of {channel}",
        permissions=frozenset({HEAR}),
        now=now,
        request_id=request_id,
        source="device",
        time_zone=place.time_zone,
    )
    ctx = _at_home(ctx, heard.message_id)
    given = {
        "idempotency_key": f"message-receipt-{sha256(body).hexdigest()}",
        "message_id": heard.message_id,
        "channel": channel,
        "receipt": heard.receipt,
        "carrier_ref": heard.carrier_ref[:200],
        "reason": heard.reason[:300],
    }
    answer = platform.run("messaging.note_receipt", ctx, given)
    return not answer.replayed and cast("Noted", answer.result).is_new


def _at_home(ctx: RequestContext, message_id: UUID) -> RequestContext:
    """Return the context of the branch that a message is from; of the tenant's first where it names none."""
    with db.unit_of_work(ctx) as session:
        row = db.fetch_one(
            session,
            "select b.id, b.company_id from message m"
            " join branch b on (b.tenant_id, b.id) = (m.tenant_id, m.branch_id)"
            " where m.tenant_id = %s and m.id = %s",
            (ctx.tenant_id, message_id),
        )
    return replace(ctx, branch_id=row["id"], company_id=row["company_id"]) if row else ctx


@command("messaging.note_receipt", permission=HEAR)
def note_receipt(session: Session, ctx: RequestContext, cmd: NoteReceipt) -> Noted:
    """Note what a provider tells of a message; what came late or twice changes nothing. Locks the message.

    A phone that took it proves that it was sent, whatever was known; one that never takes it lets the message fail, so
    that it goes another way.

    Raises:
        UnknownMessage: There is no such message of this channel.

    Emits:
        messaging.message_ended.v1 where the message is sent or fails by it.
    """
    found = hold_message(session, ctx, cmd.message_id)
    if found["channel"] != cmd.channel:
        raise unknown_message()
    receipt = Receipt(cmd.receipt)
    if receipt not in ON[Receipt(found["receipt"])]:
        return Noted(is_new=False)
    db.execute(
        session,
        "update message set receipt = %s, receipt_at = %s where tenant_id = %s and id = %s",
        (receipt, ctx.now, ctx.tenant_id, cmd.message_id),
    )
    if receipt is Receipt.UNDELIVERED and found["status"] in ("queued", "sent"):
        problem = f"The phone did not take it. {cmd.reason}".strip()
        end_message(
            session, ctx, found, "failed", problem=problem, carrier_ref=found["carrier_ref"]
        )
    if receipt is not Receipt.UNDELIVERED and found["status"] != "sent":
        end_message(session, ctx, found, "sent", carrier_ref=cmd.carrier_ref)
    return Noted(is_new=True)


def _secret_of(channel: Channel) -> str:
    settings = get_settings()
    secrets = {
        Channel.SMS: settings.sms_receipt_secret,
        Channel.WHATSAPP: settings.whatsapp_receipt_secret,
    }
    return secrets[channel].get_secret_value() if channel in secrets else ""
