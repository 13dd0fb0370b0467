"""Who agreed to be reached by a channel, and who wants no more."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.messaging import Channel
from erp.models.messaging import ContactChoice as ChoiceTable
from erp.services import party
from erp.services.messaging.texting import mobile_number
from erp.services.platform import (
    Command,
    Identified,
    Query,
    Result,
    Rows,
    ShortText,
    command,
    query,
)

BY_NUMBER: Final = frozenset({Channel.SMS, Channel.WHATSAPP})
"""Channels that go only to who agreed, at the number that they agreed for."""


class RecordChoice(Command):
    """What somebody said of being reached.

    Attributes:
        is_agreed: They agreed; else they want no more.
        how: How we know, such as a signed form, a call, or STOP sent from the phone.
    """

    party_id: UUID
    channel: Channel = Channel.SMS
    is_agreed: bool
    how: ShortText


class ListChoices(Query):
    """Whose words."""

    party_id: UUID


class ChoiceRow(Result):
    """What somebody said, and who noted it.

    Attributes:
        address: The number that it was said of. is_current: it is the number that the party has now.
    """

    id: UUID
    channel: str
    is_agreed: bool
    address: str
    is_current: bool
    how: str
    user_name: str
    chosen_at: datetime


class ChoiceList(Rows):
    """Words of a party, the latest first."""

    rows: list[ChoiceRow]


@command("messaging.record_choice", permission="party.edit", rest="POST /contact-choices")
def record_choice(session: Session, ctx: RequestContext, cmd: RecordChoice) -> Identified:
    """Note that a party agreed to be reached by a channel, or wants no more; the latest word holds.

    Who agrees to SMS or WhatsApp agrees to that one, for the mobile number that the party has now; another number is
    asked again.

    Raises:
        InvalidInput: They agree to SMS or WhatsApp, and no mobile number is known.
        UnknownParty: There is no such party, or it is the nameless customer.
    """
    party.require_account(session, ctx, cmd.party_id, "party_id")
    is_by_number = cmd.channel in BY_NUMBER
    address = _number_of(session, ctx, cmd.party_id) if is_by_number else ""
    if cmd.is_agreed and is_by_number and not address:
        message = "No Indian mobile number of this party is known. Add it first; they agree for that number."
        raise InvalidInput(message, fields={"is_agreed": message})
    choice_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": choice_id,
        "party_id": cmd.party_id,
        "channel": cmd.channel.value,
        "is_agreed": cmd.is_agreed,
        "address": address,
        "how": cmd.how,
        "user_id": ctx.user_id,
        "user_name": ctx.user_name,
    }
    db.insert_rows(session, ChoiceTable, [row])
    return Identified(id=choice_id)


@query("messaging.list_choices", permission="party.view", rest="GET /contact-choices")
def list_choices(session: Session, ctx: RequestContext, wanted: ListChoices) -> ChoiceList:
    """List what a party said of being reached, the latest first.

    Raises:
        UnknownParty: There is no such party.
    """
    party.require_account(session, ctx, wanted.party_id, "party_id")
    rows = db.fetch_all(
        session,
        "select id, channel, is_agreed, address, how, user_name, chosen_at from contact_choice"
        " where tenant_id = %s and party_id = %s order by id desc limit 100",
        (ctx.tenant_id, wanted.party_id),
    )
    now = _number_of(session, ctx, wanted.party_id)
    return ChoiceList(
        rows=[
            ChoiceRow(**row, is_current=row["channel"] not in BY_NUMBER or row["address"] == now)
            for row in rows
        ]
    )


def has_agreed(
    session: Session, ctx: RequestContext, party_id: UUID, address: str, channel: Channel
) -> bool:
    """Tell whether a party's latest word of a channel is that it may be reached at a number."""
    row = db.fetch_one(
        session,
        "select is_agreed, address from contact_choice where tenant_id = %s and party_id = %s and channel = %s"
        " order by id desc limit 1",
        (ctx.tenant_id, party_id, channel),
    )
    return bool(row and row["is_agreed"] and row["address"] == address)


def _number_of(session: Session, ctx: RequestContext, party_id: UUID) -> str:
    row = db.fetch_one(
        session,
        "select phone from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, party_id),
    )
    return mobile_number(row["phone"] or "") if row else ""
