"""Words of the catalogue on the screen."""

from collections.abc import Mapping
from typing import Any

from erp.core.formatting import plain_decimal
from erp.services import catalog

FORMS: Mapping[str, str] = {
    form.value: form.value.replace("_", " ").capitalize() for form in catalog.Form
}
TREATMENTS: Mapping[str, str] = {
    "taxable": "Taxable",
    "nil_rated": "Nil rated",
    "exempt": "Exempt",
    "non_gst": "Outside GST",
}
LICENCES: Mapping[str, str] = {
    "homeopathic": "Homoeopathic medicine (Form 20-C, 20-D)",
    "restricted": "Restricted: on prescription",
    "narcotic": "Narcotic: capped in each sale",
    "open": "No drug licence needed",
}
BY_THE_BOOK: Mapping[str, str] = {
    "": "As the remedy is known",
    "true": "Made by a pharmacopoeia",
    "false": "In no pharmacopoeia",
}
"""Whether a pharmacopoeia has a remedy; a new remedy is taken for one that it has."""

STANDINGS: Mapping[str, str] = {"in_use": "In use", "retired": "Retired", "merged": "Merged"}
STANDING_TONES: Mapping[str, str] = {"in_use": "green", "retired": "gray", "merged": "gray"}

SHELF_TONES: Mapping[str, str] = {
    "expired": "red",
    "0-30": "red",
    "31-60": "amber",
    "61-90": "amber",
    "later": "",
    "none": "",
}
"""Colour of an expiry by its rung of the ladder; plain text where there is time."""

LEVEL_TONES: Mapping[str, str] = {"none": "red", "low": "amber", "enough": ""}
"""Colour of sellable stock by its level."""

UNITS = (
    ("BTL", "BTL, bottles"),
    ("TUB", "TUB, tubes"),
    ("PCS", "PCS, pieces"),
    ("NOS", "NOS, numbers"),
    ("BOX", "BOX, boxes"),
    ("PAC", "PAC, packs"),
    ("KIT", "KIT, kits"),
    ("GMS", "GMS, grams"),
    ("MLT", "MLT, millilitres"),
)
"""Unit codes of the GST portal that a shop of medicines counts in."""


def names_typed(text: Any) -> list[str]:
    """Read names with commas between them."""
    return [name for part in f"{text or ''}".split(",") if (name := part.strip())]


def gst_words(treatment: str, rate: Any) -> str:
    """Write how a product is taxed today: `5%`, `Exempt`, or that no rate is set."""
    if treatment != "taxable":
        return TREATMENTS[treatment]
    return "No rate yet" if rate is None else f"{plain_decimal(rate)}%"


def tax_words(proposal: Any) -> dict[str, str]:
    """Return what the rules say of goods' tax, in words."""
    doubt = "" if proposal.is_certain else " Rulings differ: ask an accountant."
    rate = gst_words(proposal.treatment, proposal.rate) if proposal.treatment else ""
    return {
        "proposed": " · ".join(p for p in (rate, proposal.tax_class) if p),
        "tax_class": proposal.tax_class,
        "hsn": proposal.hsn,
        "reason": f"{proposal.reason}.{doubt if proposal.source else ''}",
        "source": proposal.source,
    }
