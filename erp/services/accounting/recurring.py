"""Entries that come again: a template is due on its days, and makes a draft or an entry of each."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, NotFound
from erp.core.ids import new_id
from erp.models.accounting import Interval
from erp.services.accounting.drafting import (
    DraftLine,
    DraftLines,
    PostDraft,
    as_json,
    check_parties,
    insert_draft,
    post_draft,
)
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Page,
    Query,
    Result,
    Rows,
    ShortText,
    command,
    decode_cursor,
    encode_cursor,
    query,
)

MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}
WEEK = 7
MOST_AT_ONCE = 60
"""Days made up for in one run; what is left follows with the next."""


class SaveTemplate(Command):
    """Make an entry come again; a template that is named is replaced.

    Attributes:
        first_on: Its first day. ends_on: The last day it may come; it never ends where none is given.
        posts: Post each on its day; otherwise each waits as a draft.
    """

    template_id: UUID | None = None
    narration: ShortText
    lines: DraftLines
    every: Interval = Interval.MONTH
    first_on: Day
    ends_on: Day | None = None
    posts: bool = False


class GetTemplate(Query):
    """One recurring entry."""

    template_id: UUID


class StopTemplate(Command):
    """Let a template rest."""

    template_id: UUID


class MakeDueEntries(Command):
    """Make what templates of the acting company are due until today."""


class MadeEntries(Result):
    """What came of templates: entries posted, drafts that wait, and why some were not posted."""

    posted: int
    waiting: int
    kept_back: list[str]


class TemplateRow(Result):
    """A template, with what it is due next and the lines it makes."""

    id: UUID
    narration: str
    every: Interval
    first_on: date
    next_on: date
    ends_on: date | None
    posts: bool
    is_active: bool
    made: int
    lines: list[DraftLine]


class TemplateList(Rows):
    """A page of templates."""

    rows: list[TemplateRow]


class ListTemplates(Page):
    """Templates, those due first before others."""

    is_active: Annotated[bool, Field()] = True


def due_day(first: date, every: Interval, number: int) -> date | None:
    """Return the day of the nth time, counted from none; nothing beyond the calendar.

    A day that a month has not, such as the 31st, is its last.
    """
    try:
        if every is Interval.WEEK:
            return first + timedelta(days=WEEK * number)
        months = first.year * 12 + first.month - 1 + MONTHS[every] * number
        year, month = divmod(months, 12)
        return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None


@command("accounting.save_template", permission="accounting.post", rest="POST /entry-templates")
def save_template(session: Session, ctx: RequestContext, cmd: SaveTemplate) -> Identified:
    """Keep a template; its days begin with the first one given.

    A template that is replaced goes on after the last day it has made, so that nothing comes twice.

    Raises:
        InvalidInput: It would end before it begins or before its next day, or begins over a year ago.
        NotFound: The company has no such template.
        UnknownParty: The party of a line is not known.
    """
    if cmd.ends_on and cmd.ends_on < cmd.first_on:
        message = "It would end before it begins."
        raise InvalidInput(message, fields={"ends_on": message})
    if (ctx.today - cmd.first_on).days > 366:  # noqa: PLR2004  a year
        message = "Begin within the last year. Type older entries by hand."
        raise InvalidInput(message, fields={"first_on": message})
    check_parties(session, ctx, cmd.lines)
    first_on, number, next_on = _following(session, ctx, cmd)
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "branch": ctx.branch_id,
        "id": cmd.template_id or new_id(),
        "narration": cmd.narration,
        "lines": as_json(cmd.lines),
        "every": cmd.every.value,
        "first": first_on,
        "next": next_on,
        "made": number,
        "ends": cmd.ends_on,
        "posts": cmd.posts,
        "user": ctx.user_id,
    }
    row = db.fetch_one(session, _INSERT if cmd.template_id is None else _REPLACE, given)
    if row is None:
        raise NotFound("There is no such recurring entry.")
    return Identified(id=row["id"])


def _following(session: Session, ctx: RequestContext, cmd: SaveTemplate) -> tuple[date, int, date]:
    """Return the day a template counts from, and the number and day of the first that it has not made.

    Locks the template. Where it goes on with its own next day, it counts from where it did: the last of
    February may stand for the 31st.
    """
    if cmd.template_id is None:
        return cmd.first_on, 0, cmd.first_on
    known = db.fetch_one(
        session,
        "select first_on, next_on, every from entry_template"
        " where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, cmd.template_id),
    )
    goes_on = known is not None and (known["next_on"], known["every"]) == (cmd.first_on, cmd.every)
    first_on: date = known["first_on"] if known and goes_on else cmd.first_on
    row = db.fetch_one(
        session,
        "select max(effective_on) as day from entry_draft"
        " where tenant_id = %s and company_id = %s and template_id = %s",
        (ctx.tenant_id, ctx.company_id, cmd.template_id),
    )
    made_until = row["day"] if row else None
    number = 0
    day: date | None = first_on
    while day and (day < cmd.first_on or (made_until is not None and day <= made_until)):
        number += 1
        day = due_day(first_on, cmd.every, number)
    if day is None or (cmd.ends_on is not None and day > cmd.ends_on):
        message = "Every day until then has been made. Stop it, or give a later end."
        raise InvalidInput(message, fields={"ends_on": message})
    return first_on, number, day


_INSERT = """
    insert into entry_template (tenant_id, id, company_id, branch_id, narration, lines, every, first_on,
           next_on, ends_on, made, posts, is_active, user_id)
    values (%(tenant)s, %(id)s, %(company)s, %(branch)s, %(narration)s, %(lines)s::jsonb, %(every)s, %(first)s,
           %(first)s, %(ends)s, 0, %(posts)s, true, %(user)s) returning id
"""
_REPLACE = """
    update entry_template set narration = %(narration)s, lines = %(lines)s::jsonb, every = %(every)s,
           first_on = %(first)s, next_on = %(next)s, ends_on = %(ends)s, made = %(made)s, posts = %(posts)s,
           is_active = true
     where tenant_id = %(tenant)s and company_id = %(company)s and id = %(id)s returning id
"""


@command(
    "accounting.stop_template",
    permission="accounting.post",
    rest="POST /entry-templates/{template_id}/stop",
)
def stop_template(session: Session, ctx: RequestContext, cmd: StopTemplate) -> Identified:
    """Let a template rest; what it made stays.

    Raises:
        NotFound: The company has no such template.
    """
    row = db.fetch_one(
        session,
        "update entry_template set is_active = false"
        " where tenant_id = %s and company_id = %s and id = %s returning id",
        (ctx.tenant_id, ctx.company_id, cmd.template_id),
    )
    if row is None:
        raise NotFound("There is no such recurring entry.")
    return Identified(id=cmd.template_id)


@command(
    "accounting.make_due_entries", permission="accounting.post", rest="POST /entry-templates/due"
)
def make_due_entries(session: Session, ctx: RequestContext, _cmd: MakeDueEntries) -> MadeEntries:
    """Make every entry that templates are due until today; each once, whoever asks how often.

    What cannot be posted, such as into a closed month, waits as a draft that says why.
    """
    posted, waiting, kept_back = 0, 0, []
    rows = db.fetch_all(
        session,
        "select id, narration, lines, every, first_on, next_on, ends_on, made, posts from entry_template"
        " where tenant_id = %s and company_id = %s and branch_id = %s and is_active and next_on <= %s"
        " order by id for update",
        (ctx.tenant_id, ctx.company_id, ctx.branch_id, ctx.today),
    )
    left = MOST_AT_ONCE
    for row in rows:
        day, made = row["next_on"], row["made"]
        ended = False
        while not ended and left and day <= ctx.today:
            left -= 1
            why = _make(session, ctx, row, day)
            if why is not None:
                posted, waiting = (
                    (posted, waiting + 1) if why or not row["posts"] else (posted + 1, waiting)
                )
                kept_back += [f"{row['narration']}, {day}: {why}"] if why else []
            made += 1
            following = due_day(row["first_on"], Interval(row["every"]), made)
            ended = following is None or (row["ends_on"] is not None and following > row["ends_on"])
            day = following or day
        db.execute(
            session,
            "update entry_template set next_on = %s, made = %s, is_active = %s where tenant_id = %s and id = %s",
            (day, made, not ended, ctx.tenant_id, row["id"]),
        )
    return MadeEntries(posted=posted, waiting=waiting, kept_back=kept_back)


def _make(session: Session, ctx: RequestContext, row: db.Row, day: date) -> str | None:
    """Make the draft of a day and post it if it may; return why not, nothing where the day was made before."""
    lines = [DraftLine.model_validate(line) for line in row["lines"]]
    draft_id = insert_draft(session, ctx, day, row["narration"], lines, row["id"])
    if draft_id is None:
        return None
    if not row["posts"]:
        return ""
    try:
        with session.begin_nested():
            session.connection()  # sets the savepoint: what is refused leaves the rest as it was
            post_draft(session, ctx, PostDraft(draft_id=draft_id))
    except DomainError as refusal:
        db.execute(
            session,
            "update entry_draft set why = %s where tenant_id = %s and id = %s",
            (refusal.message, ctx.tenant_id, draft_id),
        )
        return refusal.message
    return ""


@query(
    "accounting.get_template",
    permission="accounting.view",
    rest="GET /entry-templates/{template_id}",
)
def get_template(session: Session, ctx: RequestContext, wanted: GetTemplate) -> TemplateRow:
    """Return a recurring entry with its lines.

    Raises:
        NotFound: The company has no such template.
    """
    row = db.fetch_one(
        session,
        "select id, narration, every, first_on, next_on, ends_on, posts, is_active, made, lines"
        " from entry_template where tenant_id = %s and company_id = %s and id = %s",
        (ctx.tenant_id, ctx.company_id, wanted.template_id),
    )
    if row is None:
        raise NotFound("There is no such recurring entry.")
    return TemplateRow(**row)


@query("accounting.list_templates", permission="accounting.view", rest="GET /entry-templates")
def list_templates(session: Session, ctx: RequestContext, wanted: ListTemplates) -> TemplateList:
    """List recurring entries, those due first before others."""
    after = decode_cursor(wanted.cursor, 2) or [str(date.min), str(UUID(int=0))]
    rows = db.fetch_all(
        session,
        "select id, narration, every, first_on, next_on, ends_on, posts, is_active, made, lines"
        " from entry_template"
        " where tenant_id = %(tenant)s and company_id = %(company)s and is_active = %(active)s"
        " and (next_on, id) > (%(day)s::date, %(id)s::uuid)"
        " and narration ilike '%%' || %(search)s || '%%' order by next_on, id limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "active": wanted.is_active,
            "day": after[0],
            "id": after[1],
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [TemplateRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(page[-1].next_on, page[-1].id) if more else ""
    return TemplateList(rows=page, next_cursor=cursor)
