"""WhatsApp: the number we write from, and approved templates with what stands in their places.

A business opens a talk by a template that was approved beforehand: the provider is told its name, its language and what
stands in its places, in order. A place holds no line break and no run of blanks.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services.messaging.errors import ChannelNotSetUp
from erp.services.platform import Command, Identified, Nothing, Result, command, query

LONGEST_CHAT: Final = 1024
LONGEST_VALUE: Final = 200
TemplateName = Annotated[str, Field(pattern=r"^([a-z0-9_]{1,100})?$")]
"""The provider's name of an approved template; empty for none."""


class SetWhatsAppSender(Command):
    """How the acting company writes on WhatsApp.

    Attributes:
        number: The number that phones show, with its country code: `+912248901234`.
        language: Of the approved templates, such as `en`, `en_US` or `hi`.
    """

    number: Annotated[str, Field(pattern=r"^[+][1-9][0-9]{7,14}$")]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(_[A-Z]{2})?$")] = "en"


class WhatsAppSender(Result):
    """How the acting company writes on WhatsApp.

    Attributes:
        is_carried: A provider is set up. is_heard: its word of delivery is taken, at `receipts_url`.
    """

    number: str
    language: str
    is_set: bool
    is_carried: bool
    is_heard: bool
    receipts_url: str


@query("messaging.get_whatsapp_sender", permission="platform.operate", rest="GET /whatsapp-sender")
def get_whatsapp_sender(session: Session, ctx: RequestContext, _wanted: Nothing) -> WhatsAppSender:
    """Return how the acting company writes on WhatsApp."""
    row, settings = _sender(session, ctx), get_settings()
    return WhatsAppSender(
        number=row["number"] if row else "",
        language=row["language"] if row else "en",
        is_set=row is not None,
        is_carried=bool(settings.whatsapp_url),
        is_heard=bool(settings.whatsapp_receipt_secret.get_secret_value()),
        receipts_url=f"{settings.public_url}/api/erp/message-receipts/whatsapp",
    )


@command(
    "messaging.set_whatsapp_sender", permission="platform.operate", rest="PUT /whatsapp-sender"
)
def set_whatsapp_sender(
    session: Session, ctx: RequestContext, cmd: SetWhatsAppSender
) -> Identified:
    """Say which number the acting company writes from; messages on their way keep what they had."""
    row = db.fetch_one(
        session,
        "insert into whatsapp_sender (tenant_id, id, company_id, number, language, user_id, set_at)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict (tenant_id, company_id) do update"
        " set number = excluded.number, language = excluded.language, user_id = excluded.user_id,"
        " set_at = excluded.set_at returning id",
        (
            *(ctx.tenant_id, new_id(), ctx.company_id),
            *(cmd.number, cmd.language, ctx.user_id, ctx.now),
        ),
    )
    assert row is not None  # noqa: S101  it was written just now
    return Identified(id=row["id"])


def whatsapp_facts(session: Session, ctx: RequestContext, template: str) -> dict[str, str]:
    """Return who writes, and in which template.

    Raises:
        ChannelNotSetUp: No provider is set up, or the company has not said which number it writes from.
    """
    row = _sender(session, ctx)
    if not get_settings().whatsapp_url or row is None:
        message = (
            "WhatsApp is not set up here. Give the number you write from under Messages sent,"
            " and ask whoever operates the product to set WHATSAPP_URL."
        )
        raise ChannelNotSetUp(message)
    return {"from": row["number"], "language": row["language"], "template": template}


def chat_words(text: str, facts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return approved words with what stands in their places, and these by their numbers from 1."""
    known = {name: _one_line(value) for name, value in facts.items()}
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    places = {str(at): known[name] for at, name in enumerate(names, start=1)}
    return text.format_map(known)[:LONGEST_CHAT], places


def _one_line(value: str) -> str:
    parts = (" ".join(part.split()).removeprefix("- ") for part in value.splitlines())
    line = "; ".join(part for part in parts if part)
    if len(line) > LONGEST_VALUE:
        line = line[: LONGEST_VALUE - 2].rstrip() + ".."
    return line or "-"


def _sender(session: Session, ctx: RequestContext) -> db.Row | None:
    return db.fetch_one(
        session,
        "select number, language from whatsapp_sender where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
