"""Filters that a person keeps for a list under a name, alone or for everyone who sees the list."""

import json
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, NotFound
from erp.core.ids import new_id
from erp.services.platform.commanding import command, query
from erp.services.platform.inputs import Command, Identified, Query, Result, Rows, ShortText, Text

MOST_VIEWS = 50
MOST_FILTERS = 20
Screen = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=120)]


class TooManyViews(Conflict):
    """A person keeps no more than `MOST_VIEWS` views of one list."""

    code = "too_many_views"


class SaveView(Command):
    """Keep the filters of a list under a name; the same name is overwritten.

    Attributes:
        screen: The list: its query, such as `billing.list_invoices`, or a name of its own where
            several lists show one query.
        filters: Search, sort and filter values as the list takes them.
        is_shared: Everyone of the tenant is offered it; only its maker changes or forgets it.
    """

    screen: Screen
    name: Annotated[ShortText, Field(max_length=60)]
    filters: Annotated[dict[ShortText, Text], Field(max_length=MOST_FILTERS)]
    is_shared: bool = False


class ForgetView(Command):
    """Forget a kept view."""

    view_id: UUID


class ViewsOf(Query):
    """Ask for the actor's views of one list."""

    screen: Screen


class ViewRow(Result):
    """One kept view; `is_own` unless somebody else shares it."""

    id: UUID
    name: str
    filters: dict[str, str]
    is_shared: bool
    is_own: bool


class ViewList(Rows):
    """The actor's views of one list and those others share, by name."""

    rows: list[ViewRow]


@query("platform.list_views", permission="", rest="GET /views")
def list_views(session: Session, ctx: RequestContext, wanted: ViewsOf) -> ViewList:
    """List the acting person's kept filters of one list, then those that others share."""
    rows = db.fetch_all(
        session,
        "select id, name, filters, is_shared, user_id = %(me)s as is_own from saved_view"
        " where tenant_id = %(tenant)s and screen = %(screen)s and (user_id = %(me)s or is_shared)"
        " order by user_id <> %(me)s, name, id limit %(most)s",
        {
            "me": ctx.user_id,
            "tenant": ctx.tenant_id,
            "screen": wanted.screen,
            "most": 2 * MOST_VIEWS,
        },
    )
    return ViewList(rows=[ViewRow(**row) for row in rows])


@command("platform.save_view", permission="", rest="POST /views")
def save_view(session: Session, ctx: RequestContext, cmd: SaveView) -> Identified:
    """Keep the acting person's filters of a list under a name.

    Raises:
        TooManyViews: The person keeps too many views of this list already.
    """
    others = db.fetch_one(
        session,
        "select count(*) as n from saved_view"
        " where tenant_id = %s and user_id = %s and screen = %s and name <> %s",
        (ctx.tenant_id, ctx.user_id, cmd.screen, cmd.name),
    )
    if others and others["n"] >= MOST_VIEWS:
        raise TooManyViews("Forget a saved view of this list first.", fields={"name": "too many"})
    row = db.fetch_one(
        session,
        "insert into saved_view (tenant_id, id, user_id, screen, name, filters, is_shared)"
        " values (%s, %s, %s, %s, %s, %s::jsonb, %s)"
        " on conflict (tenant_id, user_id, screen, name) do update"
        " set filters = excluded.filters, is_shared = excluded.is_shared returning id",
        (
            *(ctx.tenant_id, new_id(), ctx.user_id, cmd.screen, cmd.name),
            *(json.dumps(cmd.filters), cmd.is_shared),
        ),
    )
    if row is None:
        raise NotFound("The view was not kept.")
    return Identified(id=row["id"])


@command("platform.forget_view", permission="", rest="DELETE /views/{view_id}")
def forget_view(session: Session, ctx: RequestContext, cmd: ForgetView) -> Identified:
    """Forget one of the acting person's kept views.

    Raises:
        NotFound: The person keeps no such view.
    """
    row = db.fetch_one(
        session,
        "delete from saved_view where tenant_id = %s and user_id = %s and id = %s returning id",
        (ctx.tenant_id, ctx.user_id, cmd.view_id),
    )
    if row is None:
        raise NotFound("There is no such saved view.")
    return Identified(id=row["id"])
