"""Packs made again: by a recipe, or as they were made before, of the lots of the day."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.inventory.dispensing import (
    DispensedPacks,
    DispensePacks,
    ShownLot,
    UsedLine,
    make_packs,
)
from erp.services.inventory.errors import UnknownRecipe
from erp.services.inventory.receiving import LARGEST_QUANTITY
from erp.services.inventory.recipes import GetRecipe, RecipeLine, get_recipe, making_of
from erp.services.platform import Amount, Command, Text, command

Times = Annotated[int, Field(ge=1, le=100)]
Shown = Annotated[tuple[ShownLot, ...], Field(max_length=500)]


class MakeRecipe(Command):
    """Make packs by a recipe.

    Attributes:
        location_id: Where the goods are; the branch's first storage where none is named.
        times: How often its quantities are taken, all into one batch.
        mrp: Of one base unit, where it is not the recipe's.
        shown: The lots that a trial of it named; others are then not taken in their place.
    """

    recipe_id: UUID
    location_id: UUID | None = None
    times: Times = 1
    mrp: Annotated[Amount, Field(gt=0)] | None = None
    shown: Shown | None = None


class MakeAgain(Command):
    """Make packs as they were made before; the fields are those of `MakeRecipe`.

    Attributes:
        note: Printed on the label. What was printed then was said of those packs, and is not said again.
    """

    dispensing_id: UUID
    location_id: UUID | None = None
    times: Times = 1
    mrp: Annotated[Amount, Field(gt=0)] | None = None
    note: Text = ""
    shown: Shown | None = None


@command(
    "inventory.make_recipe",
    permission="inventory.dispense",
    rest="POST /dispensing-recipes/{recipe_id}/makings",
)
def make_recipe(session: Session, ctx: RequestContext, cmd: MakeRecipe) -> DispensedPacks:
    """Make packs by a recipe of the lots that the warehouse would take today.

    A recipe is not locked: one that is retired meanwhile may be made once more.

    Raises:
        UnknownRecipe: It is not on offer here.
        OtherLots: Others would be taken now than were shown.
        DomainError: Whatever `dispense_packs` refuses, with the recipe's lines.

    Emits:
        inventory.packs_dispensed.v1, in the same transaction.
    """
    recipe = get_recipe(session, ctx, GetRecipe(recipe_id=cmd.recipe_id))
    if not recipe.is_active:
        message = "This recipe is offered no more. Choose one of the list."
        raise UnknownRecipe(message, fields={"recipe_id": message})
    facts = recipe.model_dump(include={"variant_id", "packs", "mrp", "good_for_days", "note"})
    lines = [RecipeLine(**line.model_dump(exclude={"label"})) for line in recipe.lines]
    return make_packs(session, ctx, _scaled(cmd, facts, lines), cmd.recipe_id, cmd.shown)


@command(
    "inventory.make_again",
    permission="inventory.dispense",
    rest="POST /dispensings/{dispensing_id}/makings",
)
def make_again(session: Session, ctx: RequestContext, cmd: MakeAgain) -> DispensedPacks:
    """Make packs of the same goods as before, of the lots that the warehouse would take today.

    Raises:
        UnknownDispensing: The acting branch made no such packs.
        OtherLots: Others would be taken now than were shown.
        DomainError: Whatever `dispense_packs` refuses, with the lines of that making.

    Emits:
        inventory.packs_dispensed.v1, in the same transaction.
    """
    facts, lines = making_of(session, ctx, cmd.dispensing_id)
    return make_packs(
        session, ctx, _scaled(cmd, facts | {"note": cmd.note}, lines), None, cmd.shown
    )


def _scaled(
    cmd: MakeRecipe | MakeAgain, facts: dict[str, Any], lines: Sequence[RecipeLine]
) -> DispensePacks:
    """Return the making that is asked for, with quantities taken as often as it says."""
    most = max(facts["packs"], *(line.quantity for line in lines)) * cmd.times
    if most > LARGEST_QUANTITY:
        message = "This is more than one batch holds. Make it fewer times."
        raise InvalidInput(message, fields={"times": message})
    used = [
        UsedLine(variant_id=line.variant_id, quantity=line.quantity * cmd.times, unit=line.unit)
        for line in lines
    ]
    wanted = facts | {"packs": facts["packs"] * cmd.times, "mrp": cmd.mrp or facts["mrp"]}
    return DispensePacks(
        idempotency_key=cmd.idempotency_key,
        location_id=cmd.location_id,
        lines=tuple(used),
        **wanted,
    )
