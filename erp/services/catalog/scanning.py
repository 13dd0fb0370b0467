"""Scans: what a barcode reader delivers, as a code to look up and the lot it names."""

from dataclasses import dataclass
from datetime import date

from biip import ParseError
from biip.gs1_messages import GS1Message
from stdnum import ean
from stdnum.exceptions import ValidationError

from erp.services.catalog.errors import BadBarcode

_GTIN, _LOT, _EXPIRY = "01", "10", "17"
_SYMBOLOGIES = ("]d2", "]C1", "]Q3", "]e0")
"""Prefixes by which a reader says that the text is a GS1 message."""

GTIN_LENGTHS = (8, 12, 13, 14)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned or typed text.

    Attributes:
        codes: Spellings under which the catalogue may know it: as is, GTIN-14 and shorter.
        lot_number: From application identifier 10. expires_on: from 17, last usable day.
    """

    codes: tuple[str, ...]
    lot_number: str | None = None
    expires_on: date | None = None


def read_scan(text: str) -> Scan:
    """Read a plain code or a GS1 message, in brackets as printed or raw as scanned.

    Raises:
        BadBarcode: It starts like a GS1 message and is none.

    Source: GS1 General Specifications, AI (01), (10), (17); day 00 is the month's last day.
    """
    value = text.strip()
    if not value.startswith(("(", *_SYMBOLOGIES)) and "\x1d" not in value and not _is_raw(value):
        return Scan(_spellings(value))
    try:
        found = {e.ai.ai: e for e in _message(value).element_strings}
    except ParseError as error:
        message = "This code cannot be read. Scan it again or type the product's name."
        raise BadBarcode(message, fields={"search": message}) from error
    gtin, lot, expiry = (found.get(ai) for ai in (_GTIN, _LOT, _EXPIRY))
    return Scan(
        _spellings(gtin.value) if gtin else (),
        lot.value.upper() if lot else None,
        expiry.date if expiry else None,
    )


def _is_raw(value: str) -> bool:
    """Tell whether a text without markers is a GS1 message that begins with a sound GTIN."""
    has_more = len(value) > len(_GTIN) + GTIN_LENGTHS[-1]
    return has_more and value.startswith(_GTIN) and ean.is_valid(value[2:16])


def _message(value: str) -> GS1Message:
    if value.startswith("("):
        return GS1Message.parse_hri(value)
    return GS1Message.parse(value[3:] if value.startswith(_SYMBOLOGIES) else value)


def _spellings(code: str) -> tuple[str, ...]:
    """Return a code and, for a GTIN, the same number in its other lengths."""
    if not (code.isascii() and code.isdigit() and len(code) in GTIN_LENGTHS):
        return (code,)
    bare = code.lstrip("0")
    lengths = [bare.zfill(length) for length in GTIN_LENGTHS if len(bare) <= length]
    return tuple(dict.fromkeys([code, *lengths]))


def check_barcode(code: str) -> str:
    """Return a barcode to store; eight to fourteen digits must be a sound GTIN.

    Raises:
        BadBarcode: The check digit does not fit.
    """
    if code.isdigit() and len(code) in GTIN_LENGTHS:
        try:
            ean.validate(code)
        except ValidationError as error:
            message = "The last digit does not fit the others. Scan the code instead of typing it."
            raise BadBarcode(message, fields={"code": message}) from error
    return code
