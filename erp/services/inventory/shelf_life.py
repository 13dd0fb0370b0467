"""The least life that goods should have left when they come: dated terms by form and by supplier."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Final, Literal, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.inventory import ShelfLifeTerm
from erp.services import catalog, party
from erp.services.inventory.errors import ShelfLifeStarts
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Order,
    Result,
    Rows,
    SortedPage,
    command,
    conditions_of,
    fetch_page,
    query,
    refuse_on,
)

DEFAULT_SHELF_DAYS: Final = 90
"""Days until the business writes down its own."""
LONGEST_SHELF_DAYS: Final = 1825

SHELF_DAYS: LiteralString = """
    coalesce((select s.days from shelf_life_term s
               where s.tenant_id = %(tenant)s and s.valid_from <= came.on_day
                 and (s.supplier_id = came.supplier_id or s.supplier_id is null)
                 and (s.form = came.form or s.form is null)
               order by s.supplier_id is null, s.form is null, s.valid_from desc limit 1),
             %(shelf_days)s)
"""
"""Days asked of goods of a `form` that `came` from a `supplier_id` on a day: what was agreed with the
supplier goes first, of it what is for the form; else the form's; else what holds for all."""


class SetShelfLife(Command):
    """Say how much life goods should have left when they come.

    Attributes:
        supplier_id: Goods of this supplier; of every one without terms of its own where none is named.
        form: Goods of this form; all forms without terms of their own where none is named.
        valid_from: Today where none is given.
        days: From the day they come to their expiry; fewer are asked about.
    """

    supplier_id: UUID | None = None
    form: catalog.Form | None = None
    valid_from: Day | None = None
    days: Annotated[int, Field(ge=0, le=LONGEST_SHELF_DAYS)]


class ListShelfLives(SortedPage):
    """Which terms to list: those in force today, those to come, or those that were replaced."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {"supplier": "text", "days": "number", "valid_from": "day"},
        ),
    ] = ""
    standing: Literal["in_force", "to_come", "replaced"] | None = None


class ShelfLifeRow(Result):
    """A term; none as `supplier_id` or `form` means all without terms of their own.

    Attributes:
        standing: Whether it holds today, is to come, or a later one holds.
    """

    id: UUID
    supplier_id: UUID | None
    supplier: str
    form: catalog.Form | None
    days: int
    valid_from: date
    standing: str
    set_by: str
    set_at: datetime


class ShelfLifePage(Rows):
    """A page of terms, the last set first.

    Attributes:
        usual: Days asked today of goods that no form's and no supplier's term is about.
    """

    rows: list[ShelfLifeRow]
    usual: int


@command("inventory.set_shelf_life", permission="inventory.plan", rest="POST /shelf-lives")
def set_shelf_life(session: Session, ctx: RequestContext, cmd: SetShelfLife) -> Identified:
    """Add a term that holds from a day on; terms already set are never rewritten.

    Raises:
        UnknownParty: The supplier is not in the acting tenant.
        ShelfLifeStarts: The day is gone, or not after the last term's of the same supplier and form.
    """
    if cmd.supplier_id is not None:
        party.check_known(session, ctx, cmd.supplier_id, "supplier_id")
    valid_from = cmd.valid_from or ctx.today
    if valid_from < ctx.today:
        message = "Goods of days gone by were asked by what held then. Use today or a later day."
        raise ShelfLifeStarts(message, fields={"valid_from": message})
    last = db.fetch_one(
        session,
        "select max(valid_from) as day from shelf_life_term where tenant_id = %s"
        " and supplier_id is not distinct from %s and form is not distinct from %s",
        (ctx.tenant_id, cmd.supplier_id, cmd.form),
    )
    if last is not None and last["day"] is not None and valid_from <= last["day"]:
        message = f"A term is set from {date_text(last['day'])}. A new one must start later."
        raise ShelfLifeStarts(message, fields={"valid_from": message})
    term_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": term_id,
        "supplier_id": cmd.supplier_id,
        "form": cmd.form,
        "valid_from": valid_from,
        "days": cmd.days,
        "set_by": ctx.user_id,
        "set_at": ctx.now,
    }
    db.insert_rows(session, ShelfLifeTerm, [row])
    return Identified(id=term_id)


refuse_on(
    "uq_shelf_life_term_start",
    lambda: ShelfLifeStarts(
        "A term from this day was set just now.",
        fields={"valid_from": "Set already. Choose a later day."},
    ),
)

_LIST: LiteralString = """
    select * from (
        select t.id, t.supplier_id, coalesce(p.name, '') as supplier, t.form, t.days, t.valid_from,
               case when t.valid_from > %(today)s then 'to_come'
                    when exists (
                         select 1 from shelf_life_term later
                          where later.tenant_id = t.tenant_id and later.valid_from <= %(today)s
                            and later.valid_from > t.valid_from
                            and later.supplier_id is not distinct from t.supplier_id
                            and later.form is not distinct from t.form) then 'replaced'
                    else 'in_force' end as standing,
               coalesce(u.display_name, '') as set_by, t.set_at
          from shelf_life_term t
          left join party p on (p.tenant_id, p.id) = (t.tenant_id, t.supplier_id)
          left join membership u on (u.tenant_id, u.user_id) = (t.tenant_id, t.set_by)
         where t.tenant_id = %(tenant)s
           and (starts_with(upper(p.name), upper(%(search)s)) or %(search)s = '')) term
     where true
"""
_CONDITIONS: dict[str, LiteralString] = {"standing": "and standing = %(standing)s"}


@query("inventory.list_shelf_lives", permission="inventory.view", rest="GET /shelf-lives")
def list_shelf_lives(
    session: Session, ctx: RequestContext, wanted: ListShelfLives
) -> ShelfLifePage:
    """List the terms of shelf life, the last set first; `search` begins a supplier's name."""
    given = {
        "tenant": ctx.tenant_id,
        "today": ctx.today,
        "standing": wanted.standing,
        "search": wanted.search.strip(),
    }
    text = _LIST + conditions_of(wanted, _CONDITIONS)
    rows, cursor = fetch_page(session, wanted, text, given)
    usual = db.fetch_one(
        session,
        "select days from shelf_life_term where tenant_id = %s and supplier_id is null"
        " and form is null and valid_from <= %s order by valid_from desc limit 1",
        (ctx.tenant_id, ctx.today),
    )
    return ShelfLifePage(
        rows=[ShelfLifeRow(**row) for row in rows],
        next_cursor=cursor,
        usual=usual["days"] if usual else DEFAULT_SHELF_DAYS,
    )


def shelf_days(
    session: Session,
    ctx: RequestContext,
    supplier_id: UUID | None,
    variant_ids: Iterable[UUID],
    day: date,
) -> Mapping[UUID, tuple[catalog.Form, int]]:
    """Return the form of variants, and the days asked of them where they come from a supplier on a day."""
    rows = db.fetch_all(
        session,
        f"""
        select came.variant_id, came.form, {SHELF_DAYS} as days
          from (select v.id as variant_id, p.form, %(supplier)s::uuid as supplier_id,
                       %(day)s::date as on_day
                  from variant v
                  join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
                 where v.tenant_id = %(tenant)s and v.id = any(%(variants)s)) came
        """,  # noqa: S608  made of literals
        {
            "tenant": ctx.tenant_id,
            "supplier": supplier_id,
            "day": day,
            "variants": sorted(set(variant_ids)),
            "shelf_days": DEFAULT_SHELF_DAYS,
        },
    )
    return {row["variant_id"]: (catalog.Form(row["form"]), row["days"]) for row in rows}
