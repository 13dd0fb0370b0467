"""Money: exact decimals of a currency with two places, and the one way to round them."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from erp.core.errors import InvalidInput

PAISA = Decimal("0.01")
RUPEE = Decimal(1)
ZERO = Decimal("0.00")
LARGEST_AMOUNT = Decimal("9999999999999999.99")
"""What NUMERIC(18,2) holds."""

EXACT = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
"""Wide enough for any product of two stored numbers, so nothing is rounded twice."""

_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,18})(?:\.(?P<fraction>[0-9]+))?", re.ASCII)


class AmountTooLarge(InvalidInput):
    """The amount does not fit the books."""

    code = "amount_too_large"


class UnshareableAmount(InvalidInput):
    """There is nothing to share the amount over."""

    code = "unshareable_amount"


def round_money(amount: Decimal) -> Decimal:
    """Round to two places, half up on the absolute value.

    This is the only rounding of money in the product.

    Raises:
        AmountTooLarge: The amount is no number or has more than 16 digits before the point.
    """
    if not amount.is_finite() or amount.adjusted() > LARGEST_AMOUNT.adjusted() + 1:
        raise AmountTooLarge("This is not an amount the books can hold.")
    rounded = amount.quantize(PAISA, ROUND_HALF_UP, EXACT)
    if abs(rounded) > LARGEST_AMOUNT:
        raise AmountTooLarge("The amount is larger than the books can hold.")
    return rounded or ZERO


def round_to_rupee(amount: Decimal) -> Decimal:
    """Return the nearest whole rupee with two places; half a rupee goes up in absolute value."""
    return amount.quantize(RUPEE, ROUND_HALF_UP, EXACT).quantize(PAISA)


def allocate(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share an amount over weights so that the shares add up to it exactly.

    Each share is floored to the paisa; the paise left over go to the largest remainders, ties to
    the earlier weight. A zero weight gets nothing, and no share exceeds its weight unless the
    amount exceeds the sum of weights. A negative amount is shared by its absolute value.

    Args:
        amount: In currency units, at most two places.
        weights: Not negative; any number of places.

    Raises:
        UnshareableAmount: The weights add up to zero, one is negative, or the amount has a
            fraction of a paisa.

    Source: rule 2 of the calculation rules for invoices (s.15(3)(a) CGST Act).
    """
    paise = amount.scaleb(2, EXACT)
    if paise != paise.to_integral_value():
        raise UnshareableAmount("Only whole paise can be shared.")
    if any(weight < 0 for weight in weights):
        raise UnshareableAmount("An amount cannot be shared over a negative weight.")
    shares = _allocate_paise(abs(int(paise)), _as_integers(weights))
    return [Decimal(-share if amount < 0 else share).scaleb(-2, EXACT) for share in shares]


def _as_integers(weights: Sequence[Decimal]) -> list[int]:
    """Scale all weights by one power of ten that makes them whole."""
    places = max((-int(weight.as_tuple().exponent) for weight in weights), default=0)
    return [int(weight.scaleb(max(places, 0), EXACT)) for weight in weights]


def _allocate_paise(paise: int, weights: list[int]) -> list[int]:
    total = sum(weights)
    if paise == 0:
        return [0] * len(weights)
    if total == 0:
        raise UnshareableAmount("There is nothing to share this amount over.")
    shares = [paise * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(paise * weights[place] % total))
    for place in by_remainder[: paise - sum(shares)]:
        shares[place] += 1
    return shares


def parse_decimal(text: str, *, places: int = 2) -> Decimal:
    """Read a plain decimal number as a person or a partner writes it.

    Only ASCII digits, one leading minus and one point are read: no exponent, no grouping, no
    infinity, no other script's digits. Blanks around the number are dropped.

    Args:
        text: What was typed.
        places: The most digits allowed after the point.

    Raises:
        ValueError: The text is no such number; the message says what is expected. It is a
            ValueError so that an input model reports it at its field.
    """
    match = _DECIMAL.fullmatch(text.strip(" "))
    if match is None:
        raise ValueError("Write a plain number such as 1250.50, without commas or letters.")
    if len(match["fraction"] or "") > places:
        raise ValueError(f"Use at most {places} digits after the point.")
    return Decimal(match.group())


def parse_money(text: str) -> Decimal:
    """Read an amount of money and give it two places.

    Raises:
        ValueError: The text is not a plain number with at most two places that fits the books.
    """
    amount = parse_decimal(text, places=2)
    if abs(amount) > LARGEST_AMOUNT:
        raise ValueError("The amount is larger than the books can hold.")
    return amount.quantize(PAISA, ROUND_HALF_UP, EXACT)
