"""Who agreed to be reached by a channel, and who wants no more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.messaging import Channel
from erp.models.messaging import ContactChoice as ChoiceTable
from erp.services import party
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
    """What somebody said, and who noted it."""

    id: UUID
    channel: str
    is_agreed: bool
    how: str
    user_name: str
    chosen_at: datetime


class ChoiceList(Rows):
    """Words of a party, the latest first."""

    rows: list[ChoiceRow]


@command("messaging.record_choice", permission="party.edit", rest="POST /contact-choices")
def record_choice(session: Session, ctx: RequestContext, cmd: RecordChoice) -> Identified:
    """Note that a party agreed to be reached by a channel, or wants no more; the latest word holds.

    Raises:
        UnknownParty: There is no such party, or it is the nameless customer.
    """
    party.require_account(session, ctx, cmd.party_id, "party_id")
    choice_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": choice_id,
        "party_id": cmd.party_id,
        "channel": cmd.channel.value,
        "is_agreed": cmd.is_agreed,
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
        "select id, channel, is_agreed, how, user_name, chosen_at from contact_choice"
        " where tenant_id = %s and party_id = %s order by id desc limit 100",
        (ctx.tenant_id, wanted.party_id),
    )
    return ChoiceList(rows=[ChoiceRow(**row) for row in rows])


def has_agreed(session: Session, ctx: RequestContext, party_id: UUID, channel: Channel) -> bool:
    """Tell whether a party's latest word is that it may be reached by a channel."""
    row = db.fetch_one(
        session,
        "select is_agreed from contact_choice where tenant_id = %s and party_id = %s and channel = %s"
        " order by id desc limit 1",
        (ctx.tenant_id, party_id, channel.value),
    )
    return bool(row and row["is_agreed"])
