"""Reads of messages."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.services.platform import (
    Order,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)


class ListMessages(SortedPage):
    """Messages, newest first; `origin_id` narrows to what they are about."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "to_name": "text",
                "channel": "text",
                "status": "text",
                "queued_at": "instant",
                "ended_at": "instant?",
            },
        ),
    ] = ""
    status: Literal["", "queued", "sent", "failed", "cancelled"] = ""
    channel: Literal["", "email", "sms", "whatsapp"] = ""
    origin_id: UUID | None = None


class MessageRow(Result):
    """A message, whether it went out, what the phone did with it, and why it goes by its channel and no other."""

    id: UUID
    channel: str
    purpose: str
    party_id: UUID | None
    to_name: str
    to_address: str
    subject: str
    body: str
    files: int
    status: str
    attempts: int
    problem: str
    receipt: str
    receipt_at: datetime | None
    why: str = ""
    user_name: str
    queued_at: datetime
    ended_at: datetime | None


class MessagePage(Rows):
    """A page of messages."""

    rows: list[MessageRow]


@query("messaging.list_messages", permission="platform.operate", rest="GET /messages")
def list_messages(session: Session, ctx: RequestContext, wanted: ListMessages) -> MessagePage:
    """List messages to people outside, newest first."""
    rows, cursor = fetch_page(
        session,
        wanted,
        """
        select id, channel, purpose, party_id, to_name, to_address, subject, body,
               jsonb_array_length(attachments) as files, status, attempts, problem, receipt, receipt_at, why,
               user_name, queued_at, ended_at
          from message
         where tenant_id = %(tenant)s
           and (%(status)s = '' or status = %(status)s)
           and (%(channel)s = '' or channel = %(channel)s)
           and (%(origin)s::uuid is null or origin_id = %(origin)s)
           and lower(to_name || ' ' || to_address || ' ' || subject) like %(words)s
        """,
        {
            "tenant": ctx.tenant_id,
            "status": wanted.status,
            "channel": wanted.channel,
            "origin": wanted.origin_id,
            "words": f"%{wanted.search.lower()}%",
        },
    )
    page = [MessageRow(**row) for row in rows]
    return MessagePage(rows=page, next_cursor=cursor)
