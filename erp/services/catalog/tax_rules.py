"""How goods are taxed by what they are: the rules of the trade, as data with their sources.

Source: domain rules 1.5. A rule marked uncertain there is proposed as such.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from erp.models.catalog import Form, SupplyTreatment

CHANGED_ON: Final = date(2025, 9, 22)
"""From this day the rates of the 56th GST Council hold."""
BULK: Final = 450
"""Millilitres or grams from which a pack is taken for one that is not for retail."""
_RETAIL = "Schedule I, Notification 9/2025-CT(R)"
_COUNCIL = "56th GST Council, 03-09-2025"


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """What decides how a product is taxed.

    Attributes:
        is_by_the_book: Made only to the formula of a pharmacopoeia and sold under its name there.
        pack: Quantity and measure; none means as it is put up for retail sale.
    """

    form: Form
    name: str
    is_by_the_book: bool
    pack: tuple[int, str] | None = None

    @property
    def is_bulk(self) -> bool:
        """Whether it is not put up for retail sale."""
        if self.pack is None:
            return False
        quantity, measure = self.pack[0], self.pack[1].lower()
        return measure == "kg" or (measure in {"ml", "g"} and quantity >= BULK)


@dataclass(frozen=True, slots=True)
class TaxRule:
    """How goods are taxed.

    Attributes:
        rate, rate_before: Percent from `CHANGED_ON`, and before it.
        is_certain: False where rulings differ or the source is trade practice.
    """

    hsn: str
    treatment: SupplyTreatment
    rate: Decimal
    rate_before: Decimal
    reason: str
    source: str
    is_certain: bool = True


def _taxable(hsn: str, rate: int, before: int, reason: str, source: str) -> TaxRule:
    return TaxRule(hsn, SupplyTreatment.TAXABLE, Decimal(rate), Decimal(before), reason, source)


_BY_FORM = MappingProxyType(
    {
        Form.BOOK: TaxRule(
            "4901",
            SupplyTreatment.NIL_RATED,
            Decimal(0),
            Decimal(0),
            "Printed books are nil-rated",
            "Notification 10/2025-CT(R)",
        ),
        Form.SERVICE: TaxRule(
            "999319",
            SupplyTreatment.EXEMPT,
            Decimal(0),
            Decimal(0),
            "Treatment by a registered practitioner is exempt; other services are not",
            "Notification 12/2017-CT(R), entry 74(a)",
            is_certain=False,
        ),
        Form.PACKAGING: _taxable(
            "7010", 18, 18, "Bottles and vials are not in the reduced list", _COUNCIL
        ),
    }
)
_BY_WORD: Final = (
    ("toothpaste", _taxable("3306", 5, 18, "Toothpaste", _COUNCIL)),
    ("shampoo", _taxable("3305", 5, 18, "Shampoo", _COUNCIL)),
    ("hair oil", _taxable("3305", 5, 18, "Hair oil", _COUNCIL)),
    ("soap", _taxable("3401", 5, 18, "Toilet soap in bars", _COUNCIL)),
    ("powder", _taxable("3304", 5, 18, "Talcum or face powder", _COUNCIL)),
    ("cream", _taxable("3304", 18, 18, "A skin cream sold as a cosmetic", _COUNCIL)),
    ("cotton", _taxable("3005", 5, 12, "Cotton wool, gauze, bandage", _COUNCIL)),
    ("bandage", _taxable("3005", 5, 12, "Cotton wool, gauze, bandage", _COUNCIL)),
    ("thermometer", _taxable("9025", 5, 18, "Thermometer", _COUNCIL)),
    ("sugar of milk", _taxable("17021110", 5, 18, "Lactose", "Tariff heading 1702")),
    ("lactose", _taxable("17021110", 5, 18, "Lactose", "Tariff heading 1702")),
)
_NO_MEDICINE = frozenset({Form.COSMETIC, Form.OTHER, Form.DEVICE, Form.OIL})
_BIOCHEMIC = frozenset({Form.BIOCHEMIC, Form.BIO_COMBINATION})


def rule_for(facts: TaxFacts) -> TaxRule | None:
    """Return how goods are taxed; none where no rule tells."""
    if facts.form in _BY_FORM:
        return _BY_FORM[facts.form]
    if facts.form in _NO_MEDICINE:
        name = facts.name.lower()
        return next((rule for word, rule in _BY_WORD if word in name), None)
    if facts.form is Form.KIT:
        return None
    return _medicine(facts)


def is_by_the_book(name: str, remedy: str, constituents: Sequence[str]) -> bool:
    """Tell whether a make of a pharmacopoeial remedy is that alone, sold under its name there."""
    is_named_so = bool(remedy) and name.lower().startswith(remedy.lower())
    return is_named_so and len(constituents) < 2  # noqa: PLR2004  more than one makes a combination


def hsn_of_pack(facts: TaxFacts, hsn: str, pack: tuple[int, str]) -> str | None:
    """Return the HSN that a pack has for itself; none where it has that of its product.

    The pack decides where the product bears the code that the rules give it in another pack.

    Args:
        hsn: Of the product; as many digits are returned.
    """
    packs = (pack, None, (BULK, "ml"))
    rules = [rule_for(replace(facts, pack=one)) for one in packs]
    codes = [rule.hsn for rule in rules if rule is not None]
    if not codes or is_alike(hsn, codes[0]) or not any(is_alike(hsn, code) for code in codes):
        return None
    return codes[0][: len(hsn)]


def is_alike(hsn: str, other: str) -> bool:
    """Tell whether two codes are one, as far as both go."""
    return hsn.startswith(other) or other.startswith(hsn)


def _medicine(facts: TaxFacts) -> TaxRule:
    heading = "3003" if facts.is_bulk else "3004"
    kind, tariff = ("Bio-chemic", "15") if facts.form in _BIOCHEMIC else ("Homoeopathic", "14")
    put_up = "not put up for retail" if facts.is_bulk else "put up for retail"
    made = (
        "by the pharmacopoeia, under its name there"
        if facts.is_by_the_book
        else "a combination or under a name of its own, 12 % until 21-09-2025"
    )
    return TaxRule(
        hsn=f"{heading}90{tariff}",
        treatment=SupplyTreatment.TAXABLE,
        rate=Decimal(5),
        rate_before=Decimal(5 if facts.is_by_the_book else 12),
        reason=f"{kind} medicine {put_up}; {made}",
        source=f"{_RETAIL}; West Bengal AAR, Sett Dey and Co Homoeo Lab (Dec 2025)",
        is_certain=not facts.is_bulk,
    )
