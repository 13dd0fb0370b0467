"""A document as the portal hears of it: what was posted, and nothing looked up later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.core.gst.taxing import EXPORT
from erp.core.money import ZERO


@dataclass(frozen=True, slots=True)
class Trader:
    """A seller or buyer, or where goods start or end."""

    gstin: str
    name: str
    address: str
    city: str
    pin: str
    state: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line, its amounts without tax.

    Attributes:
        gross: Quantity at the unit price. discount: Of the line and its share of the bill's.
    """

    description: str
    hsn: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    gross: Decimal
    discount: Decimal
    taxable: Decimal
    rate: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    is_taxable: bool = True
    lot_number: str = ""
    expires_on: date | None = None

    @property
    def is_service(self) -> bool:
        """Whether its code is one of services."""
        return self.hsn.startswith("99")

    @property
    def total(self) -> Decimal:
        """Value with tax."""
        return self.taxable + self.igst + self.cgst + self.sgst


@dataclass(frozen=True, slots=True)
class EDocument:
    """An invoice or note with everything the portal asks for.

    Attributes:
        kind: `INV`, `CRN` or `DBN`.
        category: How the buyer is registered; `sez` decides the kind of supply.
        original: Number and day of the invoice that a note belongs to.
    """

    kind: str
    number: str
    fiscal_year: str
    issued_on: date
    seller: Trader
    buyer: Trader
    place: str
    category: str
    items: Sequence[Item]
    round_off: Decimal
    total: Decimal
    original: tuple[str, date] | None = None

    @property
    def is_export(self) -> bool:
        """Whether it is supplied outside India."""
        return self.place == EXPORT

    @property
    def supply_type(self) -> str:
        """The portal's word for the kind of supply."""
        with_tax = any(item.igst for item in self.items)
        if self.is_export:
            return "EXPWP" if with_tax else "EXPWOP"
        if self.category == "sez":
            return "SEZWP" if with_tax else "SEZWOP"
        return "B2B"

    def sum_of(self, head: str) -> Decimal:
        """Add up one amount of all lines."""
        return sum((getattr(item, head) for item in self.items), ZERO)
