"""Goods that leave for the supplier they came from: named lots, whatever their standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import DomainError, raise_all
from erp.models.inventory import LocationKind
from erp.services.inventory.balances import lock_placed_lots
from erp.services.inventory.errors import UnknownPlace, WrongPlace
from erp.services.inventory.events import StockSentBack
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.places import Place, get_places, outside
from erp.services.platform import emit

MISSING = "This location is not known here. Choose one of the list."


@dataclass(frozen=True, slots=True)
class LeavingLot:
    """Base units of a lot in a place of the acting branch; `reason` stands on the move."""

    lot_id: UUID
    location_id: UUID
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeftLot:
    """What the units cost in the books, and the ledger account that held them."""

    cost: Decimal
    account_key: str


def send_back(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    supplier_id: UUID,
    leaving: Sequence[LeavingLot],
) -> list[LeftLot]:
    """Take lots off the shelf for their supplier and return what each cost, in the same order.

    Expired, held and recalled lots may go; reserved units may not. The caller posts the costs
    from their accounts. Locks the balances.

    Raises:
        UnknownPlace, WrongPlace: A place is not of the acting branch; names `lines.N.location_id`.
        UnknownLot: A lot is not in the acting tenant.
        InsufficientStock: Fewer units are free; all such lines are named.

    Emits:
        inventory.stock_sent_back.v1, in the same transaction.
    """
    places = _places(session, ctx, leaving)
    wanted = [(line.location_id, line.lot_id) for line in leaving]
    lots = lock_placed_lots(session, ctx, wanted)
    suppliers = outside(session, ctx, LocationKind.SUPPLIER)
    refusals: list[DomainError] = []
    movements: list[Movement] = []
    for at, line in enumerate(leaving):
        lot = lots[line.location_id, line.lot_id]
        try:
            cost = lot.take(line.quantity, f"lines.{at}.quantity")
        except DomainError as refusal:
            refusals.append(refusal)
            continue
        movements.append(
            Movement(
                lot.variant_id, lot.lot_id, line.location_id, suppliers, line.quantity, cost,
                at + 1, line.reason,
            )
        )  # fmt: skip
    raise_all(refusals)
    write_moves(session, ctx, origin, movements)
    value = sum((move.value for move in movements), Decimal("0.00"))
    event = StockSentBack(
        origin_type=origin.type,
        origin_id=origin.id,
        supplier_id=supplier_id,
        lot_ids=[line.lot_id for line in leaving],
        value=value,
    )
    emit(session, ctx, origin.id, event)
    return [LeftLot(move.value, places[move.from_location_id].account_key) for move in movements]


def _places(
    session: Session, ctx: RequestContext, leaving: Sequence[LeavingLot]
) -> dict[UUID, Place]:
    """Return the places by id; all of them belong to the acting branch."""
    places = get_places(session, ctx, {line.location_id for line in leaving})
    refusals: list[DomainError] = []
    for at, line in enumerate(leaving):
        field = f"lines.{at}.location_id"
        place = places.get(line.location_id)
        if place is None:
            refusals.append(UnknownPlace(MISSING, fields={field: MISSING}))
        elif place.branch_id != ctx.branch_id or not place.is_owned:
            message = f"{place.name} is not a place of this branch. Send its goods from there."
            refusals.append(WrongPlace(message, fields={field: message}))
    raise_all(refusals)
    return places
