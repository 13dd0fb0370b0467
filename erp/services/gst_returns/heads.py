"""A taxable value with the tax of each head on it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from erp.core.money import ZERO

NAMES = ("igst", "cgst", "sgst")
"""The heads, in the order in which credit is used. Tax of a union territory stands under `sgst`."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Rupees by head; below zero where more was taken back than given."""

    taxable: Decimal = ZERO
    igst: Decimal = ZERO
    cgst: Decimal = ZERO
    sgst: Decimal = ZERO

    def __add__(self, other: "Heads") -> "Heads":
        return Heads(
            self.taxable + other.taxable,
            self.igst + other.igst,
            self.cgst + other.cgst,
            self.sgst + other.sgst,
        )

    def __neg__(self) -> "Heads":
        return Heads(-self.taxable, -self.igst, -self.cgst, -self.sgst)

    def __sub__(self, other: "Heads") -> "Heads":
        return self + -other

    @property
    def tax(self) -> Decimal:
        """All heads together."""
        return self.igst + self.cgst + self.sgst

    def tax_only(self) -> "Heads":
        """Return the heads without the value they are of."""
        return Heads(ZERO, self.igst, self.cgst, self.sgst)

    def not_negative(self) -> "Heads":
        """Return what a return may state: the portal takes nothing below zero."""
        return Heads(*(max(getattr(self, field.name), ZERO) for field in fields(self)))

    @classmethod
    def of_texts(cls, texts: Mapping[str, str]) -> "Heads":
        """Return amounts that were kept as text, without a value; see `texts`."""
        return cls(**{name: Decimal(texts[name]) for name in NAMES})

    def texts(self) -> dict[str, str]:
        """Return amounts as text, which no reader takes for a binary fraction."""
        return {field.name: f"{getattr(self, field.name)}" for field in fields(self)}

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


NOTHING = Heads()
