"""The audit: who did what, when, from where, with which input and answer."""

import json
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.platform.commanding import query
from erp.services.platform.filtering import conditions_of
from erp.services.platform.inputs import Nothing, Query, Result, Rows
from erp.services.platform.sorting import Order, SortedPage, fetch_page

Withheld = Callable[[Session, RequestContext, Collection[UUID]], set[UUID]]
"""Of some entries of the audit, those whose content the actor must not read now."""
UNTOLD = "withheld"
WITHHELD_NOTE = "Told once the second reader has decided."
_WITHHELD: list[Withheld] = []


def withhold_audit(withheld: Withheld) -> None:
    """Keep untold what was done while a rule of its domain says so; who acted and when is told."""
    _WITHHELD.append(withheld)


def _withheld_of(session: Session, ctx: RequestContext, ids: Collection[UUID]) -> set[UUID]:
    return {found for rule in _WITHHELD for found in rule(session, ctx, ids)} if ids else set()


class ListAudit(SortedPage):
    """Commands that were run, newest first; `search` finds part of a command's name."""

    sort: Annotated[str, Order("-recorded_at", {"recorded_at": "instant", "source": "text"})] = ""
    command: Annotated[str, Field(max_length=120)] = ""
    user_id: UUID | None = None
    from_day: date | None = None
    to_day: date | None = None


class AuditRow(Result):
    """One command that took effect; `withheld` where its name must not be told yet."""

    id: UUID
    command: str
    person: str
    source: str
    ip_address: str
    request_id: str
    recorded_at: datetime


class AuditPage(Rows):
    """A page of the audit."""

    rows: list[AuditRow]


class GetAudit(Query):
    """One command that was run."""

    audit_id: UUID


class AuditDetail(Result):
    """A command with what was asked and what was answered, as JSON; secrets are masked.

    Attributes:
        acted_at: The instant the command acted on; a back-dated one differs from `recorded_at`.
        on_behalf_of: The person a process acted for.
    """

    id: UUID
    command: str
    person: str
    on_behalf_of: str
    source: str
    ip_address: str
    request_id: str
    idempotency_key: str
    acted_at: datetime
    recorded_at: datetime
    input: str
    answer: str


class AuditChoice(Result):
    """A value the audit can be narrowed to."""

    value: str
    label: str


class AuditChoices(Result):
    """Who acted, and which commands were run."""

    people: list[AuditChoice]
    commands: list[str]


_LIST: LiteralString = """
    select l.id, l.command, coalesce(m.display_name, 'system') as person, l.source,
           coalesce(l.ip_address, '') as ip_address, l.request_id, l.recorded_at
      from command_log l
      left join membership m on (m.tenant_id, m.user_id) = (l.tenant_id, l.user_id)
     where l.tenant_id = %(tenant)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "command": "and l.command = %(command)s",
    "search": "and l.command ilike '%%' || %(search)s || '%%'",
    "user_id": "and l.user_id = %(user)s",
    "from_day": "and l.recorded_at >= %(from)s::date::timestamp at time zone %(zone)s",
    "to_day": "and l.recorded_at < (%(to)s::date + 1)::timestamp at time zone %(zone)s",
}


@query("platform.list_audit", permission="platform.view", rest="GET /audit")
def list_audit(session: Session, ctx: RequestContext, wanted: ListAudit) -> AuditPage:
    """List commands that took effect, newest first, by name, person and the business's own days.

    What another reads blind is told without its name, and found by no name, until they decided.
    """
    conditions = conditions_of(wanted, _CONDITIONS)
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_LIST} {conditions}",
        {
            "tenant": ctx.tenant_id,
            "zone": ctx.time_zone,
            "command": wanted.command,
            "search": wanted.search,
            "user": wanted.user_id,
            "from": wanted.from_day,
            "to": wanted.to_day,
        },
    )
    shown = rows
    hidden = _withheld_of(session, ctx, [row["id"] for row in shown])
    is_by_name = bool(wanted.command or wanted.search)
    page = [
        AuditRow(**row | ({"command": UNTOLD} if row["id"] in hidden else {}))
        for row in shown
        if not (is_by_name and row["id"] in hidden)
    ]
    return AuditPage(rows=page, next_cursor=cursor)


@query("platform.get_audit", permission="platform.view", rest="GET /audit/{audit_id}")
def get_audit(session: Session, ctx: RequestContext, wanted: GetAudit) -> AuditDetail:
    """Return one command with its input and its answer, unless another reads blind what it says.

    Raises:
        NotFound: There is no such entry.
    """
    row = db.fetch_one(
        session,
        """
        select l.id, l.command, coalesce(m.display_name, 'system') as person,
               coalesce(b.display_name, '') as on_behalf_of, l.source,
               coalesce(l.ip_address, '') as ip_address, l.request_id, l.idempotency_key,
               l.acted_at, l.recorded_at, l.input, l.answer
          from command_log l
          left join membership m on (m.tenant_id, m.user_id) = (l.tenant_id, l.user_id)
          left join membership b on (b.tenant_id, b.user_id) = (l.tenant_id, l.on_behalf_of)
         where l.tenant_id = %s and l.id = %s
        """,
        (ctx.tenant_id, wanted.audit_id),
    )
    if row is None:
        raise NotFound("There is no such entry in the audit.")
    shown = {"input": _pretty(row["input"]), "answer": _pretty(json.loads(row["answer"]))}
    if _withheld_of(session, ctx, [row["id"]]):
        shown = {"command": UNTOLD, "input": WITHHELD_NOTE, "answer": WITHHELD_NOTE}
    return AuditDetail(**row | shown)


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


@query("platform.list_audit_choices", permission="platform.view", rest="GET /audit-choices")
def list_audit_choices(session: Session, ctx: RequestContext, _wanted: Nothing) -> AuditChoices:
    """Return the people and the commands the audit can be narrowed to."""
    people = db.fetch_all(
        session,
        "select user_id::text as value, display_name as label from membership"
        " where tenant_id = %s order by display_name limit 500",
        (ctx.tenant_id,),
    )
    commands = db.fetch_all(
        session,
        """
        with recursive known as (
            (select command from command_log where tenant_id = %(tenant)s order by command limit 1)
            union all
            select (select l.command from command_log l where l.tenant_id = %(tenant)s
                       and l.command > known.command order by l.command limit 1)
              from known where known.command is not null)
        select command from known where command is not null
        """,
        {"tenant": ctx.tenant_id},
    )
    return AuditChoices(
        people=[AuditChoice(**row) for row in people],
        commands=[row["command"] for row in commands],
    )
