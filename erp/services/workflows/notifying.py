"""Put news into inboxes: once per person and matter, however often it is reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.platform import Command, Result, ShortText, Text, command, emit
from erp.services.workflows.events import MemberNotified
from erp.services.workflows.queries import members_who_may


@dataclass(frozen=True, slots=True)
class News:
    """One matter, as its readers will see it.

    Attributes:
        kind: What it is about, e.g. `inventory.lots_expiring`.
        dedupe_key: The same key reaches a person once for ever; put the day or the
            document's id into it.
        link: Route inside the product that shows the matter, e.g. `/inventory/expiry`.
    """

    kind: str
    title: str
    dedupe_key: str
    body: str = ""
    link: str = ""
    severity: Literal["info", "warning", "urgent"] = "info"


def notify(session: Session, ctx: RequestContext, user_ids: Iterable[UUID], news: News) -> int:
    """Put news into the inboxes of users of the acting tenant.

    Returns how many people had not had it yet.

    Emits:
        workflows.member_notified.v1 for each of them.
    """
    reached = db.fetch_all(
        session,
        "insert into notification"
        " (tenant_id, id, user_id, kind, severity, title, body, link, dedupe_key, created_at)"
        " select %s, id, user_id, %s, %s, %s, %s, %s, %s, %s"
        " from unnest(%s::uuid[], %s::uuid[]) as reader (id, user_id)"
        " on conflict (tenant_id, user_id, dedupe_key) do nothing returning user_id",
        (
            ctx.tenant_id,
            *(news.kind, news.severity, news.title, news.body, news.link, news.dedupe_key),
            ctx.now,
            *_with_ids(sorted(set(user_ids))),
        ),
    )
    for row in reached:
        event = MemberNotified(user_id=row["user_id"], kind=news.kind, severity=news.severity)
        emit(session, ctx, row["user_id"], event)
    return len(reached)


def notify_members(
    session: Session,
    ctx: RequestContext,
    *,
    permission: str,
    news: News,
    branch_id: UUID | None = None,
) -> int:
    """Put news into the inbox of every active member who holds a permission.

    Where a branch is named, only of those who work there or may do everything. Returns how many
    people had not had it yet.
    """
    return notify(session, ctx, members_who_may(session, ctx, permission, branch_id), news)


def close_news(session: Session, ctx: RequestContext, dedupe_key: str) -> None:
    """Mark news read in everybody's inbox whose matter is settled; nothing where nobody had it."""
    db.execute(
        session,
        "update notification set read_at = %s where tenant_id = %s and dedupe_key = %s and read_at is null",
        (ctx.now, ctx.tenant_id, dedupe_key),
    )


def _with_ids(user_ids: list[UUID]) -> tuple[list[UUID], list[UUID]]:
    return [new_id() for _ in user_ids], user_ids


Link = Annotated[Text, Field(pattern=r"^(/([^/\\].*)?)?$")]
"""A page of the product; an address elsewhere is no link of ours."""


class RaiseMatter(Command):
    """Tell every member who holds a permission of a matter."""

    kind: ShortText
    title: ShortText
    body: Text = ""
    link: Link = ""
    severity: Literal["info", "warning", "urgent"] = "info"
    for_permission: ShortText


class MatterRaised(Result):
    """How many people had not heard of it."""

    reached: int


@command("workflows.raise_matter", permission="platform.operate")
def raise_matter(session: Session, ctx: RequestContext, cmd: RaiseMatter) -> MatterRaised:
    """Put a matter into the inbox of every active member who holds a permission.

    Emits:
        workflows.member_notified.v1 for each of them.
    """
    news = News(
        kind=cmd.kind,
        title=cmd.title,
        body=cmd.body,
        link=cmd.link,
        severity=cmd.severity,
        dedupe_key=cmd.idempotency_key,
    )
    reached = notify_members(session, ctx, permission=cmd.for_permission, news=news)
    return MatterRaised(reached=reached)
