"""Reads of messages."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import (
    LAST_ID,
    Page,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)


class ListMessages(Page):
    """Messages, newest first; `origin_id` narrows to what they are about."""

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
    before = (decode_cursor(wanted.cursor, 1) or [LAST_ID])[0]
    rows = db.fetch_all(
        session,
        """
        select id, channel, purpose, party_id, to_name, to_address, subject, body,
               jsonb_array_length(attachments) as files, status, attempts, problem, receipt, receipt_at, why,
               user_name, queued_at, ended_at
          from message
         where tenant_id = %(tenant)s and id < %(before)s::uuid
           and (%(status)s = '' or status = %(status)s)
           and (%(channel)s = '' or channel = %(channel)s)
           and (%(origin)s::uuid is null or origin_id = %(origin)s)
           and lower(to_name || ' ' || to_address || ' ' || subject) like %(words)s
         order by id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "before": before,
            "status": wanted.status,
            "channel": wanted.channel,
            "origin": wanted.origin_id,
            "words": f"%{wanted.search.lower()}%",
            "limit": wanted.limit + 1,
        },
    )
    page = [MessageRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return MessagePage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")
