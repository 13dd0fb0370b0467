"""Quantities: stock is counted in whole base units; other units convert by exact fractions."""

from decimal import Decimal
from fractions import Fraction

from erp.core.errors import InvalidInput

LARGEST_COUNT = 2**63 - 1
"""What BIGINT holds."""


class NotWholeUnits(InvalidInput):
    """The quantity is no whole number of the smallest unit that can be dispensed."""

    code = "not_whole_units"


class QuantityTooLarge(InvalidInput):
    """The quantity does not fit the stock ledger."""

    code = "quantity_too_large"


class BadUnitFactor(InvalidInput):
    """A unit of measure must be a positive fraction of the base unit."""

    code = "bad_unit_factor"


def unit_factor(numerator: int, denominator: int = 1) -> Fraction:
    """Return how many base units one unit of measure holds, exactly.

    A box of 12 bottles is `unit_factor(12)`; a dram where the base unit is a
    quarter ounce may be `unit_factor(1, 2)`.

    Raises:
        BadUnitFactor: Either number is not positive.
    """
    if numerator <= 0 or denominator <= 0:
        raise BadUnitFactor("A unit of measure needs a positive factor.")
    return Fraction(numerator, denominator)


def to_base_units(quantity: Decimal, factor: Fraction = Fraction(1)) -> int:
    """Convert a document's quantity into whole base units of stock.

    Args:
        quantity: In the document's unit; not rounded in any way.
        factor: Base units in one such unit.

    Raises:
        NotWholeUnits: The result is not whole, or the quantity is not a finite number.
        QuantityTooLarge: The result does not fit the stock ledger.
    """
    if not quantity.is_finite():
        raise NotWholeUnits("The quantity is not a number.")
    if quantity.adjusted() > len(str(LARGEST_COUNT)):
        raise QuantityTooLarge("The quantity is larger than the stock ledger can hold.")
    units = Fraction(quantity) * factor
    if units.denominator != 1:
        raise NotWholeUnits(
            f"{quantity:f} is {units} base units; stock moves in whole base units only.",
            details={"quantity": f"{quantity:f}", "base_units": str(units)},
        )
    if abs(units.numerator) > LARGEST_COUNT:
        raise QuantityTooLarge("The quantity is larger than the stock ledger can hold.")
    return units.numerator


def from_base_units(base_units: int, factor: Fraction) -> Fraction:
    """Return stock in another unit of measure, exactly: 30 bottles are 5/2 boxes of 12."""
    return Fraction(base_units) / factor
