"""What is picked for a line of a document: units of one lot, on one shelf or several, at their cost."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from erp.core.money import ZERO, round_money


@dataclass(frozen=True, slots=True)
class OnShelf:
    """Units of a pick that stand in one place, and their cost."""

    location_id: UUID
    quantity: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Pick:
    """Units of one lot for one line, valued at cost: one line of a document, wherever they stand.

    Attributes:
        location_id: Where they stand; the first place where they stand in several.
        shelves: Each place with its units, where they are several.
        value: Cost of these units, to the paisa; what the ledger's inventory loses.
        mrp: Per base unit, tax included. ptr, pts: tax excluded, where known.
        reason: Why another lot was not taken; empty where the policy chose.
    """

    line_no: int
    variant_id: UUID
    lot_id: UUID
    lot_number: str
    expires_on: date | None
    mrp: Decimal
    ptr: Decimal | None
    pts: Decimal | None
    quantity: int
    value: Decimal
    location_id: UUID
    customer_location_id: UUID
    reason: str = ""
    shelves: tuple[OnShelf, ...] = ()

    @property
    def on_shelves(self) -> tuple[OnShelf, ...]:
        """Each place with its units."""
        return self.shelves or (OnShelf(self.location_id, self.quantity, self.value),)

    def split(self, quantity: int) -> "tuple[Pick, Pick]":
        """Return this many of the units and the rest, which together cost what all of them cost."""
        taken, rest, left = [], [], quantity
        for shelf in self.on_shelves:
            units = min(left, shelf.quantity)
            left -= units
            cost = value_of(shelf.value, units, shelf.quantity) if units else ZERO
            taken.append(OnShelf(shelf.location_id, units, cost))
            rest.append(OnShelf(shelf.location_id, shelf.quantity - units, shelf.value - cost))
        return self.standing_on(taken), self.standing_on(rest)

    def standing_on(self, shelves: Iterable[OnShelf]) -> "Pick":
        """Return the pick of the units that stand there."""
        held = tuple(shelf for shelf in shelves if shelf.quantity)
        return replace(
            self,
            location_id=held[0].location_id if held else self.location_id,
            quantity=sum(shelf.quantity for shelf in held),
            value=sum((shelf.value for shelf in held), ZERO),
            shelves=held if len(held) > 1 else (),
        )


def value_of(value: Decimal, quantity: int, on_hand: int) -> Decimal:
    """Return the cost of some of the units of a balance; all of them take its whole value."""
    return value if quantity == on_hand else round_money(value * quantity / on_hand)
