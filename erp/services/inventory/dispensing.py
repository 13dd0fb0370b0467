"""In-house dispensing: packs made of a stock bottle, with a lot of their own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.core.quantity import to_base_units
from erp.models.inventory import Dispensing, DispensingSource, LocationKind
from erp.services import catalog
from erp.services.inventory.allocating import Wanted, allocate
from erp.services.inventory.errors import LotRequired, OtherLots, WrongPlace
from erp.services.inventory.events import PacksDispensed
from erp.services.inventory.labelling import LotLabel, ensure_lots
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.picking import Pick
from erp.services.inventory.places import Place, get_owned_place, outside
from erp.services.inventory.receiving import UnitQuantity
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Quantity,
    Result,
    Series,
    Text,
    command,
    emit,
    next_number,
)


class UsedLine(Closed):
    """What is used up.

    Attributes:
        lot_id: The bottle that is opened; the shelves' own order decides where none is named.
        unit: The base unit where none is named; it must come out whole in base units.
    """

    variant_id: UUID
    lot_id: UUID | None = None
    quantity: UnitQuantity
    unit: Annotated[str, Field(max_length=20)] = ""


class ShownLot(Closed):
    """Base units of a lot that somebody saw would be taken."""

    lot_id: UUID
    quantity: Quantity


class DispensePacks(Command):
    """Make packs of a product out of other lots.

    Attributes:
        location_id: Where what is made goes, and what is used is, there or in places that are part of it; the branch's
            first storage where none is named.
        packs: Base units of what is made.
        mrp: Of one base unit of it, tax included.
        good_for_days: How long it keeps once made; never longer than what it is made of.
        lines: Per making as a whole, not per pack.
    """

    location_id: UUID | None = None
    variant_id: UUID
    packs: Quantity
    mrp: Annotated[Amount, Field(gt=0)]
    good_for_days: Annotated[int, Field(ge=1, le=1825)] | None = None
    note: Text = ""
    lines: Annotated[tuple[UsedLine, ...], Field(min_length=1, max_length=20)]


class UsedLot(Result):
    """Base units of a lot that were used up."""

    variant_id: UUID
    label: str
    unit: str
    lot_id: UUID
    lot_number: str
    expires_on: date | None
    quantity: int
    value: Decimal


class DispensedPacks(Result):
    """The lot that was made, at the cost of what it was made of."""

    dispensing_id: UUID
    number: str
    lot_id: UUID
    packs: int
    expires_on: date | None
    value: Decimal
    used: list[UsedLot]


@command("inventory.dispense_packs", permission="inventory.dispense", rest="POST /dispensings")
def dispense_packs(session: Session, ctx: RequestContext, cmd: DispensePacks) -> DispensedPacks:
    """Use lots up and put what was made of them on hand, as a lot of its own.

    Its number is the document's; it expires with the first of what it was made of, or when its own
    days are over. Cost goes over to the paisa, so the books do not change. Only what may be sold
    may be used. Both lots are kept together: recalling the one recalls the other. Locks the
    balances of what is used.

    Raises:
        UnknownProduct: A product is not known here. InvalidInput: a quantity is no whole number of
            base units, or a product is made of itself.
        InsufficientStock, ExpiredLot, LotOnHold: As in `allocate`.
        LotRequired: What is made must have an expiry and none follows.
        WrongPlace: Goods there are not for sale.

    Emits:
        inventory.packs_dispensed.v1, in the same transaction.

    Source: Drugs and Cosmetics (Eleventh Amendment) Rules 2017: homoeopathic medicines leave the
    maker's sealed pack when they are dispensed.
    """
    return make_packs(session, ctx, cmd)


def make_packs(
    session: Session,
    ctx: RequestContext,
    cmd: DispensePacks,
    recipe_id: UUID | None = None,
    shown: Sequence[ShownLot] | None = None,
) -> DispensedPacks:
    """Make packs as `dispense_packs` does, by a recipe where one is named, and of the lots that were shown if any.

    Raises:
        OtherLots: Others would be taken now than were shown.
    """
    place = get_owned_place(session, ctx, cmd.location_id)
    if place.kind != LocationKind.STORAGE:
        message = f"Goods in {place.name} are not for sale. Choose a storage."
        raise WrongPlace(message, fields={"location_id": message})
    wanted = _wanted(session, ctx, cmd)
    picks = allocate(session, ctx, place.id, wanted, with_parts=True)
    used = _merged(picks)
    _refuse_other_lots(used, shown)
    value = sum((pick.value for pick in used), ZERO)
    expires_on = _expiry(session, ctx, cmd, used)
    series = Series(
        place.branch_id or ctx.branch_id, "dispensing", fiscal_year(ctx.today), "DP", width=4
    )
    number = next_number(session, ctx, series)
    lot_id = _make_lot(session, ctx, cmd, (number, expires_on, value))
    dispensing_id = _keep(session, ctx, cmd, (number, place, lot_id, expires_on, recipe_id), used)
    _move(session, ctx, cmd, Origin("dispensing", dispensing_id), (place, lot_id, picks))
    event = PacksDispensed(
        dispensing_id=dispensing_id,
        lot_id=lot_id,
        from_lot_ids=[pick.lot_id for pick in used],
        packs=cmd.packs,
        value=value,
    )
    emit(session, ctx, dispensing_id, event)
    return DispensedPacks(
        dispensing_id=dispensing_id,
        number=number,
        lot_id=lot_id,
        packs=cmd.packs,
        expires_on=expires_on,
        value=value,
        used=_used_lots(session, ctx, used),
    )


def _refuse_other_lots(used: Sequence[Pick], shown: Sequence[ShownLot] | None) -> None:
    if shown is None:
        return
    seen = {lot.lot_id: lot.quantity for lot in shown}
    if len(seen) == len(shown) and seen == {pick.lot_id: pick.quantity for pick in used}:
        return
    now = ", ".join(f"{pick.quantity} of lot {pick.lot_number}" for pick in used)
    message = f"Other lots would be taken now than you saw: {now}. Look again, then make the packs."
    raise OtherLots(message, fields={"shown": message})


def _used_lots(session: Session, ctx: RequestContext, picks: Sequence[Pick]) -> list[UsedLot]:
    known = catalog.get_stock_variants(session, ctx, [pick.variant_id for pick in picks])
    return [
        UsedLot(
            variant_id=pick.variant_id,
            label=known[pick.variant_id].label,
            unit=known[pick.variant_id].base_unit,
            lot_id=pick.lot_id,
            lot_number=pick.lot_number,
            expires_on=pick.expires_on,
            quantity=pick.quantity,
            value=pick.value,
        )
        for pick in picks
    ]


def _wanted(session: Session, ctx: RequestContext, cmd: DispensePacks) -> list[Wanted]:
    """Return what is used in whole base units."""
    known = catalog.get_stock_variants(session, ctx, [line.variant_id for line in cmd.lines])
    wanted = []
    for at, line in enumerate(cmd.lines):
        if line.variant_id == cmd.variant_id:
            message = "A product is not made of itself. Choose the stock bottle."
            raise InvalidInput(message, fields={f"lines.{at}.variant_id": message})
        try:
            units = to_base_units(line.quantity, known[line.variant_id].factor(line.unit))
        except InvalidInput as error:
            raise type(error)(
                error.message, fields={f"lines.{at}.quantity": error.message}
            ) from error
        if not units:
            message = "Say how much of it is used."
            raise InvalidInput(message, fields={f"lines.{at}.quantity": message})
        named = "the bottle that is open" if line.lot_id else ""
        wanted.append(Wanted(at + 1, line.variant_id, units, line.lot_id, named))
    return wanted


def _merged(picks: Sequence[Pick]) -> list[Pick]:
    """Return one pick of each lot."""
    lots: dict[UUID, list[Pick]] = {}
    for pick in picks:
        lots.setdefault(pick.lot_id, []).append(pick)
    return [
        replace(
            some[0],
            line_no=at,
            quantity=sum(pick.quantity for pick in some),
            value=sum((pick.value for pick in some), ZERO),
        )
        for at, some in enumerate(lots.values(), start=1)
    ]


def _expiry(
    session: Session, ctx: RequestContext, cmd: DispensePacks, used: Sequence[Pick]
) -> date | None:
    days = [pick.expires_on for pick in used if pick.expires_on]
    if cmd.good_for_days:
        days.append(ctx.today + timedelta(days=cmd.good_for_days))
    made = catalog.get_stock_variants(session, ctx, [cmd.variant_id])[cmd.variant_id]
    if made.is_expiry_required and not days:
        message = f"{made.label} must have an expiry. Say how many days it keeps."
        raise LotRequired(message, fields={"good_for_days": message})
    return min(days, default=None)


def _make_lot(
    session: Session,
    ctx: RequestContext,
    cmd: DispensePacks,
    about: tuple[str, date | None, Decimal],
) -> UUID:
    number, expires_on, value = about
    label = LotLabel(
        at=0,
        variant_id=cmd.variant_id,
        lot_number=number,
        maker="",
        manufactured_on=ctx.today,
        expires_on=expires_on,
        mrp=cmd.mrp,
        ptr=None,
        pts=None,
        unit_cost=(value / cmd.packs).quantize(Decimal("0.0001")),
    )
    return ensure_lots(session, ctx, [label], None, ctx.now)[label].id


def _keep(
    session: Session,
    ctx: RequestContext,
    cmd: DispensePacks,
    about: tuple[str, Place, UUID, date | None, UUID | None],
    used: Sequence[Pick],
) -> UUID:
    """Keep the making as a document, with both lots."""
    number, place, lot_id, expires_on, recipe_id = about
    dispensing_id = new_id()
    made = {
        "tenant_id": ctx.tenant_id,
        "id": dispensing_id,
        "number": number,
        "branch_id": place.branch_id,
        "location_id": place.id,
        "variant_id": cmd.variant_id,
        "lot_id": lot_id,
        "packs": cmd.packs,
        "value": sum((pick.value for pick in used), ZERO),
        "expires_on": expires_on,
        "note": cmd.note,
        "good_for_days": cmd.good_for_days,
        "recipe_id": recipe_id,
        "made_at": ctx.now,
        "made_by": ctx.user_id,
    }
    db.insert_rows(session, Dispensing, [made])
    sources = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "dispensing_id": dispensing_id,
            "variant_id": pick.variant_id,
            "lot_id": pick.lot_id,
            "quantity": pick.quantity,
            "value": pick.value,
        }
        for pick in used
    ]
    db.insert_rows(session, DispensingSource, sources)
    return dispensing_id


def _move(
    session: Session,
    ctx: RequestContext,
    cmd: DispensePacks,
    origin: Origin,
    about: tuple[Place, UUID, Sequence[Pick]],
) -> None:
    place, lot_id, picks = about
    production = outside(session, ctx, LocationKind.PRODUCTION)
    movements = [
        Movement(
            pick.variant_id,
            pick.lot_id,
            shelf.location_id,
            production,
            shelf.quantity,
            shelf.value,
            pick.line_no,
        )
        for pick in picks
        for shelf in pick.on_shelves
    ]
    value = sum((pick.value for pick in picks), ZERO)
    movements.append(Movement(cmd.variant_id, lot_id, production, place.id, cmd.packs, value))
    write_moves(session, ctx, origin, movements)
