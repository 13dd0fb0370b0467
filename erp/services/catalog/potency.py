"""Potencies: what a label says, as a scale and a number that can be ordered."""

import re
from dataclasses import dataclass

from erp.models.catalog import PotencyScale
from erp.services.catalog.errors import BadPotency

_MOTHER = frozenset({"Q", "MT", "TM", "Ø"})
_DECIMAL = re.compile(r"([0-9]{1,4})[XD]", re.ASCII)
_CENTESIMAL = re.compile(r"([0-9]{1,6})(?:C|CH)?", re.ASCII)
_THOUSANDS = re.compile(r"([0-9]{1,3})?M", re.ASCII)
_FIFTY_MILLESIMAL = re.compile(r"(?:LM(?:0/)?|0/)0?([0-9]{1,2})", re.ASCII)
_THOUSAND = 1000
_ROMAN_THOUSANDS = {"CM": 100_000, "DM": 500_000, "MM": 1_000_000}
_LETTERS = {number: letters for letters, number in _ROMAN_THOUSANDS.items()}


@dataclass(frozen=True, slots=True)
class Potency:
    """A potency of a remedy.

    Attributes:
        number: Steps of the scale; 1M is 1,000 steps of the centesimal scale.
        label: As it is printed: `Q`, `6X`, `30C`, `1M`, `CM`, `LM1`.
        rank: Ten times the logarithm of the dilution; orders potencies from the weakest
            dilution up.
    """

    scale: PotencyScale
    number: int
    label: str

    @property
    def rank(self) -> int:
        """Order among the potencies of a remedy."""
        return _TENFOLD_PER_STEP[self.scale] * self.number

    @property
    def tokens(self) -> tuple[str, ...]:
        """Words a person may type for it, lower case."""
        number = self.number
        spoken = {
            PotencyScale.MOTHER: ("q", "mt", "mother", "tincture"),
            PotencyScale.DECIMAL: (f"{number}x", f"{number}d"),
            PotencyScale.CENTESIMAL: (f"{number}c", f"{number}ch"),
            PotencyScale.LM: (f"lm{number}", f"lm{number:02d}"),
            PotencyScale.NONE: (),
        }[self.scale]
        return tuple(dict.fromkeys((*spoken, self.label.lower()))) if self.label else spoken


_TENFOLD_PER_STEP = {
    PotencyScale.NONE: 0,
    PotencyScale.MOTHER: 0,
    PotencyScale.DECIMAL: 10,
    PotencyScale.CENTESIMAL: 20,
    PotencyScale.LM: 47,
}

NO_POTENCY = Potency(PotencyScale.NONE, 0, "")


def read_potency(text: str) -> Potency:
    """Read a potency as it is written on labels and lists; an empty text is none.

    `30`, `30C` and `30CH` are the same; so are `Q`, `MT`, `TM` and `Ø`; so are `LM1`, `LM 0/1`
    and `0/1`. Blanks and lower case do not matter.

    Raises:
        BadPotency: The text is none of these, or `Q` with a number, which some print for LM.

    Source: domain rules 2.1, parser of potencies.
    """
    value = "".join(text.split()).upper()
    if not value:
        return NO_POTENCY
    potency = _read(value)
    if potency is None or (potency.scale is not PotencyScale.MOTHER and potency.number == 0):
        message = f"{text} is no potency. Write it like Q, 6X, 30C, 200C, 1M, CM or LM1."
        raise BadPotency(message, fields={"potency": message})
    return potency


def _read(value: str) -> Potency | None:
    if value in _MOTHER:
        return Potency(PotencyScale.MOTHER, 0, "Q")
    if match := _DECIMAL.fullmatch(value):
        return Potency(PotencyScale.DECIMAL, int(match[1]), f"{int(match[1])}X")
    if match := _FIFTY_MILLESIMAL.fullmatch(value):
        return Potency(PotencyScale.LM, int(match[1]), f"LM{int(match[1])}")
    number = _centesimal_number(value)
    return None if number is None else _centesimal(number)


def _centesimal_number(value: str) -> int | None:
    if match := _CENTESIMAL.fullmatch(value):
        return int(match[1])
    if match := _THOUSANDS.fullmatch(value):
        return _THOUSAND * int(match[1] or 1)
    return _ROMAN_THOUSANDS.get(value)


def _centesimal(number: int) -> Potency:
    """Return a centesimal potency, labelled in thousands where that is usual."""
    if number in _LETTERS:
        label = _LETTERS[number]
    elif number and number % _THOUSAND == 0:
        label = f"{number // _THOUSAND}M"
    else:
        label = f"{number}C"
    return Potency(PotencyScale.CENTESIMAL, number, label)
