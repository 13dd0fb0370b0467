"""Drafts of entries: kept as typed, posted when they are right."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.accounting import DraftStatus
from erp.services import party
from erp.services.accounting.held_drafts import held_draft, mark_posted
from erp.services.accounting.posting import ManualLine, post_typed
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Day,
    Identified,
    Page,
    Query,
    Result,
    Rows,
    Text,
    command,
    decode_cursor,
    encode_cursor,
    query,
)

LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class DraftLine(Closed):
    """A line as far as it is known; what is missing is asked for when it is posted."""

    account_key: Annotated[str, Field(max_length=120)] = ""
    debit: Amount = ZERO
    credit: Amount = ZERO
    party_id: UUID | None = None
    cost_centre: Annotated[str, Field(max_length=120)] | None = None
    note: Text = ""


DraftLines = Annotated[tuple[DraftLine, ...], Field(min_length=1, max_length=200)]


class SaveDraft(Command):
    """Keep an entry as it is typed; a draft that is named is replaced."""

    draft_id: UUID | None = None
    effective_on: Day
    narration: Text = ""
    lines: DraftLines


class PostDraft(Command):
    """Post a draft as it stands."""

    draft_id: UUID


class DropDraft(Command):
    """Throw a draft away."""

    draft_id: UUID


class ListDrafts(Page):
    """Drafts that wait, the newest first."""

    status: DraftStatus = DraftStatus.DRAFT


class GetDraft(Query):
    """One draft."""

    draft_id: UUID


class DraftRow(Result):
    """A draft; `total` is what its debits add up to.

    Attributes:
        why: Why it waits, where a template meant to post it. branch: Where it was made and is posted.
    """

    id: UUID
    effective_on: date
    narration: str
    status: DraftStatus
    total: Decimal
    person: str
    branch: str
    why: str
    recorded_at: datetime
    template_id: UUID | None
    entry_id: UUID | None


class DraftList(Rows):
    """A page of drafts."""

    rows: list[DraftRow]


class DraftDetail(DraftRow):
    """A draft with its lines."""

    lines: list[DraftLine]


def insert_draft(
    session: Session,
    ctx: RequestContext,
    day: date,
    narration: str,
    lines: Sequence[DraftLine],
    template_id: UUID | None = None,
) -> UUID | None:
    """Add a draft; nothing where its template has one of that day."""
    draft_id = new_id()
    row = db.fetch_one(
        session,
        "insert into entry_draft (tenant_id, id, company_id, branch_id, effective_on, narration, lines,"
        " status, template_id, why, user_id) values (%s, %s, %s, %s, %s, %s, %s::jsonb, 'draft', %s, '', %s)"
        " on conflict (tenant_id, template_id, effective_on) do nothing returning id",
        (
            ctx.tenant_id,
            draft_id,
            ctx.company_id,
            ctx.branch_id,
            day,
            narration,
            as_json(lines),
            template_id,
            ctx.user_id,
        ),
    )
    return draft_id if row else None


def check_parties(session: Session, ctx: RequestContext, lines: Sequence[DraftLine]) -> None:
    """Refuse lines about a party of nobody; what else they lack is asked for when they are posted.

    Raises:
        UnknownParty: The party of a line is not in the acting tenant.
    """
    for at, line in enumerate(lines):
        if line.party_id is not None:
            party.check_known(session, ctx, line.party_id, f"lines.{at}.party_id")


def as_json(lines: Sequence[DraftLine]) -> str:
    """Return lines as they are kept."""
    return json.dumps([line.model_dump(mode="json") for line in lines])


@command("accounting.save_draft", permission="accounting.post", rest="POST /entry-drafts")
def save_draft(session: Session, ctx: RequestContext, cmd: SaveDraft) -> Identified:
    """Keep a draft of an entry.

    Raises:
        NotFound: The company has no such draft.
        Conflict: It has been posted or thrown away.
        UnknownParty: The party of a line is not known.
    """
    check_parties(session, ctx, cmd.lines)
    if cmd.draft_id is None:
        made = insert_draft(session, ctx, cmd.effective_on, cmd.narration, cmd.lines)
        assert made is not None  # noqa: S101  without a template nothing conflicts
        return Identified(id=made)
    held_draft(session, ctx, cmd.draft_id)
    db.execute(
        session,
        "update entry_draft set effective_on = %s, narration = %s, lines = %s::jsonb, why = ''"
        " where tenant_id = %s and id = %s",
        (cmd.effective_on, cmd.narration, as_json(cmd.lines), ctx.tenant_id, cmd.draft_id),
    )
    return Identified(id=cmd.draft_id)


@command(
    "accounting.post_draft",
    permission="accounting.post",
    rest="POST /entry-drafts/{draft_id}/posting",
)
def post_draft(session: Session, ctx: RequestContext, cmd: PostDraft) -> Identified:
    """Post a draft; the answer is its entry.

    Raises:
        NotFound: The company has no such draft, or a line names what is not there.
        Conflict: It has been posted or thrown away.
        InvalidInput: A line names no account.
        EntryUnbalanced: Debits and credits differ, or a line has both or neither.
        KeptAccount: Something else keeps an account.
        PartyMissing: An account is kept per party and the line names none.
        PeriodClosed: The books are closed for its day.
    """
    held = held_draft(session, ctx, cmd.draft_id)
    lines = [_typed(at, DraftLine.model_validate(x)) for at, x in enumerate(held["lines"])]
    there = replace(ctx, branch_id=held["branch_id"])
    entry_id = post_typed(session, there, held["effective_on"], held["narration"] or "Entry", lines)
    mark_posted(session, ctx, cmd.draft_id, entry_id)
    return Identified(id=entry_id)


def _typed(at: int, line: DraftLine) -> ManualLine:
    """Return a line of a draft as it is posted."""
    if not line.account_key:
        message = "Choose an account."
        raise InvalidInput(message, fields={f"lines.{at}.account_key": message})
    return ManualLine(**line.model_dump() | {"cost_centre": line.cost_centre or None})


@command(
    "accounting.drop_draft", permission="accounting.post", rest="DELETE /entry-drafts/{draft_id}"
)
def drop_draft(session: Session, ctx: RequestContext, cmd: DropDraft) -> Identified:
    """Throw a draft away; it stays on the list of those.

    Raises:
        NotFound: The company has no such draft.
        Conflict: It has been posted or thrown away.
    """
    held_draft(session, ctx, cmd.draft_id)
    db.execute(
        session,
        "update entry_draft set status = 'dropped' where tenant_id = %s and id = %s",
        (ctx.tenant_id, cmd.draft_id),
    )
    return Identified(id=cmd.draft_id)


_ROW = """
    select d.id, d.effective_on, d.narration, d.status, d.why, d.recorded_at, d.template_id, d.entry_id,
           coalesce(m.display_name, 'system') as person, b.name as branch, d.lines,
           coalesce((select sum((line ->> 'debit')::numeric) from jsonb_array_elements(d.lines) line), 0.00)
               as total
      from entry_draft d
      join branch b on (b.tenant_id, b.id) = (d.tenant_id, d.branch_id)
      left join membership m on (m.tenant_id, m.user_id) = (d.tenant_id, d.user_id)
     where d.tenant_id = %(tenant)s and d.company_id = %(company)s
"""


@query("accounting.list_drafts", permission="accounting.view", rest="GET /entry-drafts")
def list_drafts(session: Session, ctx: RequestContext, wanted: ListDrafts) -> DraftList:
    """List drafts, those that wait unless others are asked for, the newest first."""
    after = (decode_cursor(wanted.cursor, 1) or [LAST])[0]
    rows = db.fetch_all(
        session,
        _ROW + " and d.status = %(status)s and d.id < %(after)s::uuid"
        " and d.narration ilike '%%' || %(search)s || '%%' order by d.id desc limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "status": wanted.status.value,
            "after": after,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [DraftRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return DraftList(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@query("accounting.get_draft", permission="accounting.view", rest="GET /entry-drafts/{draft_id}")
def get_draft(session: Session, ctx: RequestContext, wanted: GetDraft) -> DraftDetail:
    """Return a draft with its lines.

    Raises:
        NotFound: The company has no such draft.
    """
    row = db.fetch_one(
        session,
        _ROW + " and d.id = %(id)s",
        {"tenant": ctx.tenant_id, "company": ctx.company_id, "id": wanted.draft_id},
    )
    if row is None:
        raise NotFound("There is no such draft.")
    return DraftDetail(**row)
