"""Balances under lock, for movements that name their lots."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import round_money
from erp.services.inventory.errors import InsufficientStock, UnknownLot
from erp.services.inventory.picking import value_of

EMPTY = (0, 0, Decimal("0.00"))


@dataclass(slots=True)
class HeldLot:
    """A lot in one place; locked if there is a balance, empty if there is none.

    Attributes:
        value: Cost of what is on hand, to the paisa.
        unit_cost: Cost of a base unit when the lot was first received.
    """

    lot_id: UUID
    variant_id: UUID
    lot_number: str
    label: str
    unit_cost: Decimal
    on_hand: int
    reserved: int
    value: Decimal

    def take(self, quantity: int, at: str) -> Decimal:
        """Take units off and return their cost.

        Raises:
            InsufficientStock: Fewer units are free; names the field `at`.
        """
        free = self.on_hand - self.reserved
        if quantity > free:
            besides = f" ({self.reserved} more are reserved)" if self.reserved else ""
            message = (
                f"Only {free} of lot {self.lot_number} of {self.label} are here{besides}."
                " Lower the quantity."
            )
            raise InsufficientStock(message, fields={at: message})
        cost = value_of(self.value, quantity, self.on_hand)
        self.on_hand -= quantity
        self.value -= cost
        return cost

    def worth(self, quantity: int) -> Decimal:
        """Return what more units of the lot cost: as those here, else as first received."""
        if self.on_hand:
            return round_money(self.value * quantity / self.on_hand)
        return round_money(self.unit_cost * quantity)


def lock_lots(
    session: Session,
    ctx: RequestContext,
    location_id: UUID,
    lot_ids: Iterable[UUID],
    *,
    also_in: Iterable[UUID] = (),
) -> dict[UUID, HeldLot]:
    """Return lots as they are in one place, their balances locked in allocation's order.

    Who puts the goods into other places of ours names them in `also_in`: all ends are locked in
    one order then, so that two transfers in opposite directions never wait in a circle.

    Raises:
        UnknownLot: A lot is not in the acting tenant; names `lines.N.lot_id`.
    """
    wanted = list(lot_ids)
    balances = _lock_balances(session, ctx, [location_id, *also_in], wanted)
    return {
        lot_id: _held(lot, balances.get((location_id, lot_id), EMPTY))
        for lot_id, lot in _lots(session, ctx, wanted).items()
    }


def lock_placed_lots(
    session: Session, ctx: RequestContext, wanted: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], HeldLot]:
    """Return lots by place and lot, their balances locked in allocation's order.

    Raises:
        UnknownLot: A lot is not in the acting tenant; names `lines.N.lot_id`.
    """
    places, lot_ids = [place for place, _ in wanted], [lot_id for _, lot_id in wanted]
    balances = _lock_balances(session, ctx, places, lot_ids)
    lots = _lots(session, ctx, lot_ids)
    return {key: _held(lots[key[1]], balances.get(key, EMPTY)) for key in wanted}


def _lots(session: Session, ctx: RequestContext, wanted: Sequence[UUID]) -> dict[UUID, db.Row]:
    rows = db.fetch_all(
        session,
        "select l.id as lot_id, l.variant_id, l.lot_number, v.label, l.unit_cost"
        " from lot l join variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id"
        " where l.tenant_id = %s and l.id = any(%s)",
        (ctx.tenant_id, list(wanted)),
    )
    found = {row["lot_id"]: row for row in rows}
    missing = [at for at, lot_id in enumerate(wanted) if lot_id not in found]
    if missing:
        message = "This lot is not known here. Choose one of the list."
        raise UnknownLot(message, fields={f"lines.{at}.lot_id": message for at in missing})
    return found


def _lock_balances(
    session: Session, ctx: RequestContext, location_ids: list[UUID], lot_ids: list[UUID]
) -> dict[tuple[UUID, UUID], tuple[int, int, Decimal]]:
    rows = db.raw(session).execute(
        "select location_id, lot_id, on_hand, reserved, value from stock_balance"
        " where tenant_id = %s and location_id = any(%s) and lot_id = any(%s)"
        " order by variant_id, lot_id, location_id for update",
        (ctx.tenant_id, location_ids, lot_ids),
    )
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def _held(lot: db.Row, balance: tuple[int, int, Decimal]) -> HeldLot:
    on_hand, reserved, value = balance
    return HeldLot(**lot, on_hand=on_hand, reserved=reserved, value=value)
