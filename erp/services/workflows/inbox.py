"""A person's inbox: what is new, and marking it read. Nobody can see another's."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.platform import (
    LAST_ID,
    Command,
    Nothing,
    Query,
    Result,
    Rows,
    command,
    decode_cursor,
    encode_cursor,
    query,
)


class ListInbox(Query):
    """A page of the inbox."""

    unread_only: bool = False
    cursor: Annotated[str, Field(max_length=400)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class InboxItem(Result):
    """One piece of news."""

    id: UUID
    kind: str
    severity: str
    title: str
    body: str
    link: str
    created_at: datetime
    read_at: datetime | None


class InboxPage(Rows):
    """A page of the inbox, newest first."""

    rows: list[InboxItem]


class InboxCount(Result):
    """How much is unread."""

    unread: int


class MarkRead(Command):
    """Mark one piece of news read."""

    notification_id: UUID


class MarkAllRead(Command):
    """Mark everything read that is there now."""


class MarkedRead(Result):
    """How many pieces were unread before."""

    marked: int


@query("workflows.list_inbox", permission="", rest="GET /inbox")
def list_inbox(session: Session, ctx: RequestContext, wanted: ListInbox) -> InboxPage:
    """List the acting person's news, newest first."""
    before = (decode_cursor(wanted.cursor, 1) or [LAST_ID])[0]
    rows = db.fetch_all(
        session,
        "select id, kind, severity, title, body, link, created_at, read_at from notification"
        " where tenant_id = %(tenant)s and user_id = %(user)s and id < %(before)s::uuid"
        " and (read_at is null or not %(unread)s) order by id desc limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "user": ctx.user_id,
            "before": before,
            "unread": wanted.unread_only,
            "limit": wanted.limit + 1,
        },
    )
    page = [InboxItem(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return InboxPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@query("workflows.count_unread", permission="", rest="GET /inbox/unread")
def count_unread(session: Session, ctx: RequestContext, _wanted: Nothing) -> InboxCount:
    """Count the acting person's unread news."""
    row = db.fetch_one(
        session,
        "select count(*) as unread from notification"
        " where tenant_id = %s and user_id = %s and read_at is null",
        (ctx.tenant_id, ctx.user_id),
    )
    return InboxCount(unread=row["unread"] if row else 0)


@command("workflows.mark_read", permission="", rest="POST /inbox/{notification_id}/read")
def mark_read(session: Session, ctx: RequestContext, cmd: MarkRead) -> MarkedRead:
    """Mark one piece of the acting person's news read; the first time counts.

    Raises:
        NotFound: There is no such news for this person.
    """
    found = db.fetch_one(
        session,
        "select read_at from notification where tenant_id = %s and user_id = %s and id = %s"
        " for update",
        (ctx.tenant_id, ctx.user_id, cmd.notification_id),
    )
    if found is None:
        raise NotFound("There is no such message in your inbox.")
    if found["read_at"] is not None:
        return MarkedRead(marked=0)
    db.execute(
        session,
        "update notification set read_at = %s where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, cmd.notification_id),
    )
    return MarkedRead(marked=1)


@command("workflows.mark_all_read", permission="", rest="POST /inbox/read")
def mark_all_read(session: Session, ctx: RequestContext, _cmd: MarkAllRead) -> MarkedRead:
    """Mark all of the acting person's news read."""
    rows = db.fetch_all(
        session,
        "update notification set read_at = %s"
        " where tenant_id = %s and user_id = %s and read_at is null returning id",
        (ctx.now, ctx.tenant_id, ctx.user_id),
    )
    return MarkedRead(marked=len(rows))
