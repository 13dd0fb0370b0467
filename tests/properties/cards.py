"""A shop as its storekeeper would write it on cards: what the random commands are judged by."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

FLOAT = Decimal("500.00")


@dataclass
class ModelLot:
    """A lot as a storekeeper would write it on a card."""

    id: UUID
    number: str
    variant: int
    expires_in: int
    shelf: int
    stays: int
    """Units that came and did not go back, wherever they are now."""
    store: int = 0
    transit: int = 0
    far: int = 0
    status: str = "available"


@dataclass
class ModelLine:
    """A line of a bill or an order's invoice with what may still come back."""

    document_id: UUID
    line_no: int
    lot: ModelLot
    left: int


@dataclass
class ModelWay:
    """Units of a lot that went off to the other branch."""

    transfer_id: UUID
    line_no: int
    lot: ModelLot
    left: int


@dataclass
class Model:
    """What the shop must look like."""

    lots: list[ModelLot] = field(default_factory=list)
    lines: list[ModelLine] = field(default_factory=list)
    invoiced: list[ModelLine] = field(default_factory=list)
    noted: set[UUID] = field(default_factory=set)
    """Invoices of orders that a note took something back of."""
    ways: list[ModelWay] = field(default_factory=list)
    cash: Decimal = FLOAT
    answers: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    entries: list[UUID] = field(default_factory=list)

    def come_back(self, line: ModelLine, quantity: int) -> None:
        """Put units of a line on the shelf, or into the store where their lot is not to be sold."""
        line.left -= quantity
        if line.lot.status == "available":
            line.lot.shelf += quantity
        else:
            line.lot.store += quantity

    def sellable(self, variant: int) -> list[ModelLot]:
        chosen = [x for x in self.lots if x.variant == variant and x.status == "available"]
        return sorted((x for x in chosen if x.shelf), key=lambda lot: lot.expires_in)

    def picks(self, variant: int, quantity: int) -> list[tuple[ModelLot, int]]:
        """First expiry first out; nothing at all where there is not enough."""
        taken = []
        for lot in self.sellable(variant):
            units_of_lot = min(quantity, lot.shelf)
            if units_of_lot:
                taken.append((lot, units_of_lot))
            quantity -= units_of_lot
        return [] if quantity else taken
