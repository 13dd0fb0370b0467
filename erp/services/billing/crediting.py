"""Credit notes: what a return or a later discount takes back from an invoice (s.34(1))."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from erp.core.errors import InvalidInput
from erp.core.gst.taxing import PriceMode, SupplyNature, TaxedLine, tax_on
from erp.core.money import EXACT, ZERO, round_money


class ReturnExceedsSale(InvalidInput):
    """More would come back than was sold."""

    code = "return_exceeds_sale"


@dataclass(frozen=True, slots=True)
class SoldLine:
    """What the invoice charged for one line, as stored; the credit never recomputes it."""

    ref: str
    quantity: Decimal
    gst_rate: Decimal
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal

    @classmethod
    def of(cls, line: TaxedLine) -> "SoldLine":
        """Take over what the tax calculation gave."""
        return cls(
            line.ref,
            line.quantity,
            line.gst_rate,
            line.taxable_value,
            line.cgst,
            line.sgst,
            line.igst,
            line.total,
        )


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What one line of a credit note takes back; all amounts positive."""

    ref: str
    quantity: Decimal
    gst_rate: Decimal
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class CreditTotals:
    """Sums of a credit note; `note_value` is what the recipient gets."""

    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    note_value: Decimal


def credit_return(
    sold: SoldLine,
    *,
    quantity: Decimal,
    already_returned: Decimal,
    price_mode: PriceMode,
) -> CreditLine:
    """Value a part return by the cumulative method.

    The credit is the value of all returned so far minus the value already credited, so the notes
    of a line add up to the line exactly. Exclusive documents apply it to the taxable value and
    each head; inclusive ones to the line total and each head, taxable value by difference, so
    that the refund is the price paid. On lines of a few paise a single inclusive note can thereby
    carry a paisa more tax than value; the notes together never do.

    Raises:
        ReturnExceedsSale: The quantity is not above zero, or exceeds what is left of the line.

    Source: CGST Act s.34(1); rule 6 of the calculation rules.
    """
    if quantity <= 0 or already_returned < 0:
        raise ReturnExceedsSale("The quantity returned must be above zero.")
    until = already_returned + quantity
    if until > sold.quantity:
        raise ReturnExceedsSale(
            f"Only {sold.quantity - already_returned:f} of {sold.quantity:f} are left to return.",
            fields={"quantity": "More than is left of this line"},
        )

    def part(amount: Decimal) -> Decimal:
        return _through(amount, until, sold) - _through(amount, already_returned, sold)

    cgst, sgst, igst = part(sold.cgst), part(sold.sgst), part(sold.igst)
    tax = cgst + sgst + igst
    is_inclusive = price_mode is PriceMode.INCLUSIVE
    taxable = part(sold.total) - tax if is_inclusive else part(sold.taxable_value)
    return CreditLine(sold.ref, quantity, sold.gst_rate, taxable, cgst, sgst, igst, taxable + tax)


def _through(amount: Decimal, returned: Decimal, sold: SoldLine) -> Decimal:
    """Return the credit due on an amount once so much of the line is back."""
    return round_money(EXACT.divide(EXACT.multiply(amount, returned), sold.quantity))


def credit_value(
    ref: str, taxable_value: Decimal, gst_rate: Decimal, nature: SupplyNature
) -> CreditLine:
    """Value a credit note that lowers price without goods, such as a turnover discount.

    Args:
        ref: What the caller calls the line.
        taxable_value: By how much the taxable value falls.
        gst_rate: Percent charged on the original supply.
        nature: Of the original supply.

    Raises:
        ReturnExceedsSale: The value is not above zero.

    Source: CGST Act s.15(3)(b), s.34; the recipient reverses the tax of the note.
    """
    if taxable_value <= 0:
        raise ReturnExceedsSale("A credit note needs a value above zero.")
    value = round_money(taxable_value)
    heads = tax_on(value, gst_rate, nature, PriceMode.EXCLUSIVE)
    return CreditLine(
        ref, ZERO, gst_rate, value, heads.cgst, heads.sgst, heads.igst, value + heads.total
    )


def turnover_discount(taxable_turnover: Decimal, discount_pct: Decimal) -> Decimal:
    """Return the value by which a percentage of past turnover lowers the price, in paise."""
    return round_money(EXACT.divide(EXACT.multiply(taxable_turnover, discount_pct), Decimal(100)))


def total_credit(lines: Iterable[CreditLine], round_off: Decimal = ZERO) -> CreditTotals:
    """Add up a credit note.

    Args:
        lines: The lines of the note.
        round_off: The invoice's own round-off where this note completes the return of the whole
            bill, so that the refunds add up to what was paid; else zero.
    """
    listed = list(lines)
    total = sum((line.total for line in listed), ZERO)
    return CreditTotals(
        taxable_value=sum((line.taxable_value for line in listed), ZERO),
        cgst=sum((line.cgst for line in listed), ZERO),
        sgst=sum((line.sgst for line in listed), ZERO),
        igst=sum((line.igst for line in listed), ZERO),
        round_off=round_off,
        note_value=total + round_off,
    )
