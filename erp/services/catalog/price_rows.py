"""What the rows of a price list say: which column is what, and which prices stand in a row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType

from erp.services.catalog.packing import Asked, read_asked

_LARGEST = Decimal(10_000_000)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_MONEY = re.compile(r"(?:₹|rs\.?|inr)?\s*([0-9][0-9,]*(?:\.[0-9]+)?)", re.IGNORECASE)


class Part(StrEnum):
    """What a column of a price list can be."""

    SKU = "sku"
    BARCODE = "barcode"
    NAME = "name"
    POTENCY = "potency"
    PACK = "pack"
    BRAND = "brand"
    MRP = "mrp"
    PTR = "ptr"
    PTS = "pts"
    HSN = "hsn"
    GST = "gst"


HEADERS = MappingProxyType(
    {
        Part.SKU: ("sku", "itemcode", "productcode", "code", "articleno", "materialcode"),
        Part.BARCODE: ("barcode", "ean", "gtin", "eancode", "upc"),
        Part.NAME: (
            "name",
            "product",
            "productname",
            "item",
            "itemname",
            "description",
            "medicine",
            "remedy",
            "particulars",
        ),
        Part.POTENCY: ("potency", "strength", "power"),
        Part.PACK: ("pack", "packing", "packsize", "size", "packing size"),
        Part.BRAND: ("brand", "make", "company", "maker", "manufacturer"),
        Part.MRP: ("mrp", "newmrp", "revisedmrp", "mrprs", "maximumretailprice", "mrpincltax"),
        Part.PTR: ("ptr", "newptr", "pricetoretailer", "retailerrate", "ptrexcltax"),
        Part.PTS: ("pts", "newpts", "pricetostockist", "stockistrate", "ptsexcltax"),
        Part.HSN: ("hsn", "hsncode", "hsnsac"),
        Part.GST: ("gst", "gstrate", "tax", "taxrate", "gstpercent"),
    }
)
PRICES = (Part.MRP, Part.PTR, Part.PTS)
Mapped = Mapping[Part, int]


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A row of a list as it is understood.

    Attributes:
        number: Line of the table, the first under the headers is 2.
        errors: What is wrong, in words that name the column.
    """

    number: int
    sku: str
    barcode: str
    asked: Asked
    brand: str
    prices: Mapping[Part, Decimal | None]
    hsn: str
    gst: str
    errors: tuple[str, ...]

    @property
    def shown(self) -> str:
        """How a person knows the row."""
        return self.asked.words or self.sku or self.barcode


def guess_columns(headers: Sequence[str]) -> dict[Part, int]:
    """Return which column is what by its header; a column is one thing at most."""
    plain = [_NOT_WORDS.sub("", header.lower()) for header in headers]
    guessed: dict[Part, int] = {}
    for part, names in HEADERS.items():
        places = [plain.index(name) for name in names if name in plain]
        free = [place for place in places if place not in guessed.values()]
        if free:
            guessed[part] = free[0]
    return guessed


def read_row(number: int, cells: Sequence[str], mapped: Mapped, headers: Sequence[str]) -> PriceRow:
    """Return what a row says; what cannot be read is an error that names its column."""
    errors: list[str] = []

    def cell(part: Part) -> str:
        place = mapped.get(part)
        text = cells[place] if place is not None else ""
        if text.startswith("="):
            errors.append(f"{headers[place or 0]} is a formula. Paste the values instead.")
            return ""
        return text

    texts = {part: cell(part) for part in Part}
    prices = {part: _price(texts[part], part, mapped, headers, errors) for part in PRICES}
    mrp, ptr, pts = (prices[part] for part in PRICES)
    if not errors and mrp is None:
        errors.append("The MRP is missing.")
    if mrp is not None and ptr is not None and ptr > mrp:
        errors.append(f"PTR {ptr} is above the MRP {mrp}.")
    if ptr is not None and pts is not None and pts > ptr:
        errors.append(f"PTS {pts} is above the PTR {ptr}.")
    named = " ".join(texts[part] for part in (Part.NAME, Part.POTENCY, Part.PACK) if texts[part])
    return PriceRow(
        number=number,
        sku=texts[Part.SKU].upper(),
        barcode=texts[Part.BARCODE],
        asked=read_asked(named),
        brand=texts[Part.BRAND],
        prices=prices,
        hsn=texts[Part.HSN],
        gst=texts[Part.GST].rstrip("% "),
        errors=tuple(errors),
    )


def _price(
    text: str, part: Part, mapped: Mapped, headers: Sequence[str], errors: list[str]
) -> Decimal | None:
    if not text:
        return None
    header = headers[mapped[part]]
    found = _MONEY.fullmatch(text)
    try:
        price = Decimal(found[1].replace(",", "")) if found else None
    except InvalidOperation:
        price = None
    if price is None:
        errors.append(f"{header}: {text} is no price.")
        return None
    places = 2 if part is Part.MRP else 4
    exact = round(price, places)
    if not 0 < price < _LARGEST or exact != price:
        errors.append(f"{header}: {text} is no price with at most {places} decimals.")
        return None
    return exact
