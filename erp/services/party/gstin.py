"""GSTIN: the registration number of a business under GST, and what a wrong one has wrong."""

import re
from dataclasses import dataclass

from stdnum import luhn

from erp.core.errors import InvalidInput

LENGTH = 15
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LIVE_STATES = frozenset({f"{number:02d}" for number in range(1, 39)} - {"25", "28"} | {"97"})
"""Codes in use; 25 and 28 occur only in old records, 96 and 99 in no GSTIN."""

_PATTERN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABD-J][0-9A-Z]", re.ASCII)
_LETTER, _DIGIT = "a letter", "a digit"
_PLACES = (
    (slice(0, 2), re.compile(r"[0-9]", re.ASCII), _DIGIT),
    (slice(2, 7), re.compile(r"[A-Z]", re.ASCII), _LETTER),
    (slice(7, 11), re.compile(r"[0-9]", re.ASCII), _DIGIT),
    (slice(11, 12), re.compile(r"[A-Z]", re.ASCII), _LETTER),
    (slice(12, 13), re.compile(r"[1-9A-Z]", re.ASCII), "1 to 9 or a letter"),
    (slice(13, 14), re.compile(r"[Z1-9ABD-J]", re.ASCII), "Z for a regular registration"),
    (slice(14, 15), re.compile(r"[0-9A-Z]", re.ASCII), "a letter or a digit"),
)


class InvalidGstin(InvalidInput):
    """The number cannot be a GSTIN of this party; the message says which part is wrong."""

    code = "invalid_gstin"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"gstin": message})


@dataclass(frozen=True, slots=True)
class Gstin:
    """A GSTIN that passed every check, in upper case.

    Attributes:
        warnings: What deserves a look but does not refuse the number.
    """

    value: str
    warnings: tuple[str, ...] = ()

    @property
    def state_code(self) -> str:
        """The two-digit code of the state that registered the business."""
        return self.value[:2]

    @property
    def pan(self) -> str:
        """The income-tax number of the business."""
        return self.value[2:12]


def read_gstin(
    text: str,
    *,
    pan: str | None = None,
    address_state: str | None = None,
    is_check_character_skipped: bool = False,
) -> Gstin:
    """Read a GSTIN as typed: blanks around it and lower case are mended, nothing else is.

    The checks run in a fixed order and the first that fails is reported: length, pattern, state
    code, check character, the party's PAN. A differing state of the address is only a warning.

    Args:
        text: What was typed.
        pan: The party's income-tax number, where it is known.
        address_state: State code of the party's address, where it is known.
        is_check_character_skipped: Accept the sandbox numbers of the tax portal, which break the
            rule of the check character.

    Raises:
        InvalidGstin: One check failed.

    Source: GSTIN layout and check rule as published by the GST portal.
    """
    value = text.strip().upper()
    _check_form(value)
    if value[:2] not in LIVE_STATES:
        raise InvalidGstin(f"No state has the code {value[:2]}, with which this GSTIN begins.")
    if not is_check_character_skipped and value[-1] != check_character(value[:-1]):
        raise InvalidGstin("The last character does not fit the others: look for a typing error.")
    if pan is not None and value[2:12] != pan.strip().upper():
        raise InvalidGstin("Characters 3 to 12 differ from the PAN of this party.")
    return Gstin(value, _warnings(value, address_state))


def is_gstin(text: str) -> bool:
    """Tell whether a text is a valid GSTIN exactly as it stands."""
    try:
        return read_gstin(text).value == text
    except InvalidGstin:
        return False


def check_character(first_fourteen: str) -> str:
    """Return the last character that the first fourteen ask for (Luhn modulo 36)."""
    return luhn.calc_check_digit(first_fourteen, ALPHABET)


def _check_form(value: str) -> None:
    if len(value) != LENGTH:
        raise InvalidGstin(f"A GSTIN has 15 characters; this has {len(value)}.")
    if _PATTERN.fullmatch(value):
        return
    for places, allowed, expected in _PLACES:
        for place in range(*places.indices(LENGTH)):
            if not allowed.fullmatch(value[place]):
                raise InvalidGstin(f"Character {place + 1} must be {expected}.")


def _warnings(value: str, address_state: str | None) -> tuple[str, ...]:
    if address_state is None or address_state == value[:2]:
        return ()
    return (f"The GSTIN is of state {value[:2]}, the address of state {address_state}.",)
