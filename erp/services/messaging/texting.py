"""Text messages: who we are with India's operators, the words they approved, and numbers.

An operator passes on what it knows: a principal entity, a sender's header, and the words of an approved template
with the same fixed text and at most 30 characters in each place (TRAI TCCCPR 2018, operators' DLT codes of practice).
"""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services.messaging.errors import ChannelNotSetUp
from erp.services.platform import Command, Identified, Nothing, Result, command, query

LONGEST_PLACE: Final = 30
LONGEST_TEXT: Final = 600
_MOBILE: Final = re.compile(r"(?:\+?91|0)?([6-9][0-9]{9})")
_BETWEEN: Final = re.compile(r"[\s().-]+")

TemplateId = Annotated[str, Field(pattern=r"^([0-9]{8,25})?$")]
"""Number of an approved template; empty for none."""


class SetSmsSender(Command):
    """How the acting company is registered.

    Attributes:
        entity_id: Principal entity with the operators, 19 digits as a rule.
        header: The sender's name that was approved, up to six letters or digits.
    """

    entity_id: Annotated[str, Field(pattern=r"^[0-9]{8,25}$")]
    header: Annotated[str, Field(pattern=r"^[A-Z0-9]{3,6}$")]


class SmsSender(Result):
    """How the acting company sends text messages.

    Attributes:
        is_carried: A provider is set up. is_set: the company has said who it is.
    """

    entity_id: str
    header: str
    is_set: bool
    is_carried: bool


@query("messaging.get_sms_sender", permission="platform.operate", rest="GET /sms-sender")
def get_sms_sender(session: Session, ctx: RequestContext, _wanted: Nothing) -> SmsSender:
    """Return how the acting company sends text messages."""
    row = _sender(session, ctx)
    return SmsSender(
        entity_id=row["entity_id"] if row else "",
        header=row["header"] if row else "",
        is_set=row is not None,
        is_carried=bool(get_settings().sms_url),
    )


@command("messaging.set_sms_sender", permission="platform.operate", rest="PUT /sms-sender")
def set_sms_sender(session: Session, ctx: RequestContext, cmd: SetSmsSender) -> Identified:
    """Say who the acting company is with the operators; messages on their way keep what they had."""
    row = db.fetch_one(
        session,
        "insert into sms_sender (tenant_id, id, company_id, entity_id, header, user_id, set_at)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict (tenant_id, company_id) do update"
        " set entity_id = excluded.entity_id, header = excluded.header, user_id = excluded.user_id,"
        " set_at = excluded.set_at returning id",
        (
            ctx.tenant_id,
            new_id(),
            ctx.company_id,
            cmd.entity_id,
            cmd.header,
            ctx.user_id,
            ctx.now,
        ),
    )
    assert row is not None  # noqa: S101  it was written just now
    return Identified(id=row["id"])


def sms_facts(session: Session, ctx: RequestContext, template_id: str) -> dict[str, str]:
    """Return what an operator wants to know of a message besides its words.

    Raises:
        ChannelNotSetUp: No provider is set up, or the company has not said who it is.
    """
    row = _sender(session, ctx)
    if not get_settings().sms_url or row is None:
        message = (
            "SMS is not set up here. Say who you are with the operators under Messages sent,"
            " and ask whoever operates the product to set SMS_URL."
        )
        raise ChannelNotSetUp(message)
    return {"entity_id": row["entity_id"], "header": row["header"], "template_id": template_id}


def mobile_number(text: str) -> str:
    """Return an Indian mobile number with its country code; nothing of any other text."""
    found = _MOBILE.fullmatch(_BETWEEN.sub("", text))
    return f"+91{found.group(1)}" if found else ""


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return approved words with what stands in their places, each cut to what operators take.

    The rupee's sign is written out: with it a text is one of half the length.
    """
    cut = {name: _cut(" ".join(value.replace("₹", "Rs ").split())) for name, value in facts.items()}
    return text.format_map(cut)[:LONGEST_TEXT]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_PLACE else text[: LONGEST_PLACE - 2].rstrip() + ".."


def _sender(session: Session, ctx: RequestContext) -> db.Row | None:
    return db.fetch_one(
        session,
        "select entity_id, header from sms_sender where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
