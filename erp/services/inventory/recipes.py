"""Recipes of packs: saved under a name, listed, retired."""

from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.core.quantity import to_base_units
from erp.models.inventory import DispensingRecipe, DispensingRecipeLine
from erp.services import catalog
from erp.services.inventory.errors import RecipeNameTaken, UnknownRecipe
from erp.services.inventory.events import RecipeRetired, RecipeSaved
from erp.services.inventory.genealogy import get_dispensing
from erp.services.inventory.receiving import UnitQuantity
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Identified,
    Page,
    Quantity,
    Query,
    Result,
    Rows,
    ShortText,
    Text,
    command,
    decode_cursor,
    emit,
    encode_cursor,
    query,
)

DaysKept = Annotated[int, Field(ge=1, le=1825)]


class RecipeLine(Closed):
    """What one making uses up; `unit` is the base unit where none is named."""

    variant_id: UUID
    quantity: Annotated[UnitQuantity, Field(gt=0)]
    unit: Annotated[str, Field(max_length=20)] = ""


class SaveRecipe(Command):
    """Keep how packs are made.

    Attributes:
        replaces: The recipe that this one takes the place of.
        packs: Base units that one making brings.
        note: Printed on the label.
    """

    replaces: UUID | None = None
    name: ShortText
    variant_id: UUID
    packs: Quantity
    mrp: Annotated[Amount, Field(gt=0)]
    good_for_days: DaysKept | None = None
    note: Text = ""
    lines: Annotated[tuple[RecipeLine, ...], Field(min_length=1, max_length=20)]


class KeepMaking(Command):
    """Keep how packs were made once, under a name.

    Attributes:
        note: Printed on the label of all that is made by it; what was printed then is not kept.
    """

    dispensing_id: UUID
    name: ShortText
    note: Text = ""


class RetireRecipe(Command):
    """Offer a recipe no more."""

    recipe_id: UUID


class GetRecipe(Query):
    """Which recipe."""

    recipe_id: UUID


class RecipeLineRow(Result):
    """What a making uses up."""

    variant_id: UUID
    label: str
    quantity: Decimal
    unit: str


class RecipeRow(Result):
    """A recipe in words.

    Attributes:
        unit: The base unit of what is made. made_of: the lines in words.
        makings: How often packs were made by it.
    """

    id: UUID
    name: str
    variant_id: UUID
    label: str
    unit: str
    packs: int
    mrp: Decimal
    good_for_days: int | None
    note: str
    made_of: str
    makings: int
    is_active: bool


class RecipeDetail(RecipeRow):
    """A recipe with its lines."""

    lines: list[RecipeLineRow]


class RecipePage(Rows):
    """Recipes on offer, by name."""

    rows: list[RecipeRow]


@command("inventory.save_recipe", permission="inventory.dispense", rest="POST /dispensing-recipes")
def save_recipe(session: Session, ctx: RequestContext, cmd: SaveRecipe) -> Identified:
    """Keep a recipe; one that is replaced is offered no more and stays with what was made by it.

    Locks the recipe that is replaced.

    Raises:
        UnknownProduct: A product is not known here. UnknownUnit: it is not counted in the unit.
        UnknownRecipe: The one to replace is not known here, or is offered no more.
        RecipeNameTaken: Another recipe has the name.
        InvalidInput: A quantity is no whole number of base units, or a product is made of itself.

    Emits:
        inventory.recipe_saved.v1, in the same transaction.
    """
    _check_lines(session, ctx, cmd)
    if cmd.replaces:
        _retire(session, ctx, cmd.replaces, "replaces")
    return _keep(session, ctx, cmd)


@command(
    "inventory.keep_making",
    permission="inventory.dispense",
    rest="POST /dispensings/{dispensing_id}/recipe",
)
def keep_making(session: Session, ctx: RequestContext, cmd: KeepMaking) -> Identified:
    """Keep how packs were made as a recipe: the same goods, counted in base units, of any lot.

    Raises:
        UnknownDispensing: The acting branch made no such packs.
        RecipeNameTaken: Another recipe has the name.

    Emits:
        inventory.recipe_saved.v1, in the same transaction.
    """
    facts, lines = making_of(session, ctx, cmd.dispensing_id)
    own = {"name": cmd.name, "note": cmd.note}
    recipe = SaveRecipe(idempotency_key=cmd.idempotency_key, lines=lines, **facts, **own)
    return _keep(session, ctx, recipe)


@command(
    "inventory.retire_recipe",
    permission="inventory.dispense",
    rest="POST /dispensing-recipes/{recipe_id}/retirement",
)
def retire_recipe(session: Session, ctx: RequestContext, cmd: RetireRecipe) -> Identified:
    """Offer a recipe no more; its name is free again. Locks it.

    Raises:
        UnknownRecipe: It is not known here, or is offered no more.

    Emits:
        inventory.recipe_retired.v1, in the same transaction.
    """
    _retire(session, ctx, cmd.recipe_id, "recipe_id")
    emit(session, ctx, cmd.recipe_id, RecipeRetired(recipe_id=cmd.recipe_id))
    return Identified(id=cmd.recipe_id)


@query("inventory.list_recipes", permission="inventory.view", rest="GET /dispensing-recipes")
def list_recipes(session: Session, ctx: RequestContext, wanted: Page) -> RecipePage:
    """List the recipes on offer by name; `search` is a part of the name or of what is made."""
    after = decode_cursor(wanted.cursor, 2) or ["", str(UUID(int=0))]
    rows = db.fetch_all(
        session,
        f"{_RECIPES} and r.is_active and (lower(r.name), r.id) > (%(name)s, %(id)s::uuid)"
        " and (strpos(lower(r.name), lower(%(search)s)) > 0"
        " or strpos(lower(v.label), lower(%(search)s)) > 0)"
        " order by lower(r.name), r.id limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "name": after[0],
            "id": after[1],
            "search": wanted.search.strip(),
            "limit": wanted.limit + 1,
        },
    )
    page = [RecipeRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(page[-1].name.lower(), page[-1].id) if more else ""
    return RecipePage(rows=page, next_cursor=cursor)


@query(
    "inventory.get_recipe", permission="inventory.view", rest="GET /dispensing-recipes/{recipe_id}"
)
def get_recipe(session: Session, ctx: RequestContext, wanted: GetRecipe) -> RecipeDetail:
    """Return a recipe, on offer or not.

    Raises:
        UnknownRecipe: It is not known here.
    """
    row = db.fetch_one(
        session,
        f"{_RECIPES} and r.id = %(id)s",
        {"tenant": ctx.tenant_id, "id": wanted.recipe_id},
    )
    if row is None:
        raise _unknown("recipe_id")
    lines = db.fetch_all(
        session,
        "select l.variant_id, v.label, l.quantity, coalesce(nullif(l.unit, ''), v.base_unit) as unit"
        " from dispensing_recipe_line l"
        " join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)"
        " where l.tenant_id = %s and l.recipe_id = %s order by l.line_no",
        (ctx.tenant_id, wanted.recipe_id),
    )
    return RecipeDetail(**row, lines=[RecipeLineRow(**line) for line in lines])


def making_of(
    session: Session, ctx: RequestContext, dispensing_id: UUID
) -> tuple[dict[str, object], tuple[RecipeLine, ...]]:
    """Return what packs were made and of what goods, in base units, of whatever lots; not what their label said.

    Raises:
        UnknownDispensing: The acting branch made no such packs.
    """
    made = get_dispensing(session, ctx, dispensing_id)
    facts = db.fetch_one(
        session,
        "select d.variant_id, d.packs, l.mrp, d.good_for_days from dispensing d"
        " join lot l on (l.tenant_id, l.id) = (d.tenant_id, d.lot_id)"
        " where d.tenant_id = %s and d.id = %s",
        (ctx.tenant_id, made.id),
    )
    rows = db.fetch_all(
        session,
        "select variant_id, sum(quantity)::bigint as quantity from dispensing_source"
        " where tenant_id = %s and dispensing_id = %s group by variant_id order by min(id::text)",
        (ctx.tenant_id, made.id),
    )
    assert facts is not None  # noqa: S101  it was just found
    return dict(facts), tuple(RecipeLine(**row) for row in rows)


_RECIPES: LiteralString = """
    select r.id, r.name, r.variant_id, v.label, v.base_unit as unit, r.packs, r.mrp,
           r.good_for_days, r.note, used.made_of, r.is_active,
           (select count(*) from dispensing d
             where d.tenant_id = r.tenant_id and d.recipe_id = r.id) as makings
      from dispensing_recipe r
      join variant v on (v.tenant_id, v.id) = (r.tenant_id, r.variant_id)
      cross join lateral (
            select string_agg(trim_scale(l.quantity) || ' '
                              || coalesce(nullif(l.unit, ''), lv.base_unit) || ' of ' || lv.label,
                              '; ' order by l.line_no) as made_of
              from dispensing_recipe_line l
              join variant lv on (lv.tenant_id, lv.id) = (l.tenant_id, l.variant_id)
             where l.tenant_id = r.tenant_id and l.recipe_id = r.id) used
     where r.tenant_id = %(tenant)s
"""


def _check_lines(session: Session, ctx: RequestContext, cmd: SaveRecipe) -> None:
    ids = [cmd.variant_id, *(line.variant_id for line in cmd.lines)]
    known = catalog.get_stock_variants(session, ctx, ids)
    for at, line in enumerate(cmd.lines):
        if line.variant_id == cmd.variant_id:
            message = "A product is not made of itself. Choose the stock bottle."
            raise InvalidInput(message, fields={f"lines.{at}.variant_id": message})
        try:
            to_base_units(line.quantity, known[line.variant_id].factor(line.unit))
        except InvalidInput as error:
            named = {f"lines.{at}.quantity": error.message}
            raise type(error)(error.message, fields=named) from error


def _retire(session: Session, ctx: RequestContext, recipe_id: UUID, at: str) -> None:
    found = db.fetch_one(
        session,
        "update dispensing_recipe set is_active = false"
        " where tenant_id = %s and id = %s and is_active returning id",
        (ctx.tenant_id, recipe_id),
    )
    if found is None:
        raise _unknown(at)


def _unknown(at: str) -> UnknownRecipe:
    message = "This recipe is not on offer here. Choose one of the list."
    return UnknownRecipe(message, fields={at: message})


def _keep(session: Session, ctx: RequestContext, cmd: SaveRecipe) -> Identified:
    taken = db.fetch_one(
        session,
        "select 1 from dispensing_recipe"
        " where tenant_id = %s and lower(name) = lower(%s) and is_active",
        (ctx.tenant_id, cmd.name),
    )
    if taken is not None:
        message = "Another recipe has this name. Choose another, or retire that recipe first."
        raise RecipeNameTaken(message, fields={"name": message})
    recipe_id = new_id()
    facts = cmd.model_dump(exclude={"idempotency_key", "replaces", "lines"})
    kept = {"tenant_id": ctx.tenant_id, "id": recipe_id, "is_active": True}
    kept |= {"saved_at": ctx.now, "saved_by": ctx.user_id}
    db.insert_rows(session, DispensingRecipe, [facts | kept])
    lines = [
        line.model_dump()
        | {"tenant_id": ctx.tenant_id, "id": new_id(), "recipe_id": recipe_id, "line_no": at}
        for at, line in enumerate(cmd.lines, start=1)
    ]
    db.insert_rows(session, DispensingRecipeLine, lines)
    emit(session, ctx, recipe_id, RecipeSaved(recipe_id=recipe_id, replaces=cmd.replaces))
    return Identified(id=recipe_id)
