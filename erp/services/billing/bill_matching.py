"""Matching a supplier's bill with what was ordered and what came: pure, and line by line."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from erp.core.money import EXACT, ZERO, round_money
from erp.models.billing import Finding

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a bill may differ; a price passes within either of its tolerances.

    Attributes:
        price_percent: Of the expected price. price_amount: rupees on the whole line.
        charge_percent: What all charges may be, of the goods of the bill.
    """

    price_percent: Decimal = Decimal(1)
    price_amount: Decimal = Decimal("10.00")
    charge_percent: Decimal = Decimal(5)

    def allows(self, difference: Decimal, expected: Decimal) -> bool:
        """Tell whether a line may differ so far from what is expected of it."""
        share = EXACT.divide(EXACT.multiply(expected, self.price_percent), HUNDRED)
        return abs(difference) <= max(share, self.price_amount)

    def allows_charges(self, charges: Decimal, goods: Decimal) -> bool:
        """Tell whether charges are no more than goods of a value let expect."""
        return charges <= EXACT.divide(EXACT.multiply(goods, self.charge_percent), HUNDRED)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A line of a delivery, as a bill may be matched with it.

    Attributes:
        quantity: To be paid for, in `unit`; paid: the same in base units.
        value: What it came in at. billed: base units on bills before; billed_value: of `value`.
        back: Paid base units that went back and were on no bill; released: of `value`.
        expected_cost: Price of one `unit` on the order in force, else on the delivery.
        gst_rate: Percent, of the product on the day of the bill.
    """

    receipt_id: UUID
    line_no: int
    variant_id: UUID
    lot_id: UUID
    label: str
    unit: str
    quantity: Decimal
    paid: int
    value: Decimal
    billed: int
    billed_value: Decimal
    expected_cost: Decimal
    gst_rate: Decimal
    back: int = 0
    released: Decimal = ZERO

    @property
    def per_unit(self) -> Fraction:
        """Base units in one `unit`."""
        return Fraction(self.paid) / Fraction(self.quantity)

    @property
    def outstanding(self) -> int:
        """Base units that are on no bill yet and did not go back."""
        return self.paid - self.back - self.billed


@dataclass(frozen=True, slots=True)
class Match:
    """What a billed line is matched with.

    Attributes:
        units: Base units that came and were on no bill; value: what those came in at.
        findings: What does not match.
        excess: Of the billed value, what is beyond those units at the expected price.
    """

    units: int
    value: Decimal
    findings: tuple[Finding, ...]
    excess: Decimal


def match_line(
    billed: tuple[int, Decimal, Decimal], came: Delivered, tolerance: Tolerance
) -> Match:
    """Match a billed line, given by base units, taxable value and GST rate, with what came.

    A delivery line that is billed in parts is used up exactly: the last part takes what rounding
    left of its value.
    """
    quantity, taxable, gst_rate = billed
    units = min(quantity, came.outstanding)
    kept = max(came.paid - came.back, 1)
    used = round_money((came.value - came.released) * (came.billed + units) / kept)
    value = max(used - came.billed_value, ZERO) if units else ZERO
    of_units = round_money(taxable * units / quantity)
    difference = of_units - _expected(came, units)
    findings = []
    if not tolerance.allows(difference, of_units - difference):
        findings.append(Finding.PRICE)
    if quantity > units:
        findings.append(Finding.QUANTITY)
    if gst_rate != came.gst_rate:
        findings.append(Finding.TAX_RATE)
    above = max(difference, ZERO) if Finding.PRICE in findings else ZERO
    return Match(units, value, tuple(findings), taxable - of_units + above)


def _expected(came: Delivered, units: int) -> Decimal:
    """Return what base units should cost."""
    cost = Fraction(came.expected_cost) * units / came.per_unit
    return round_money(EXACT.divide(Decimal(cost.numerator), Decimal(cost.denominator)))
