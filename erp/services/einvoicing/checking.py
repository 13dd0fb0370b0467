"""What the portal would refuse, found before anything is sent. Pure.

Source: domain rules 1.3, 1.4, 1.11, 1.13 to 1.15; limits of the public schema 1.1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from erp.core.errors import DomainError
from erp.core.formatting import date_text
from erp.services.einvoicing.document import EDocument, Item, Trader
from erp.services.einvoicing.law import HSN_DIGITS, MOST_ITEMS, NUMBER_PATTERN, reported_by
from erp.services.einvoicing.payload import clean
from erp.services.gst_returns import UNITS
from erp.services.party import LIVE_STATES, read_gstin

SHORTEST_NAME: Final = 3
LONGEST_HSN: Final = 8
PIN: Final = re.compile(r"[1-9][0-9]{5}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to be mended: the field as the portal calls it, and what to do in words."""

    field: str
    message: str


def problems_of(document: EDocument, today: date, *, reports_in_days: bool) -> list[Problem]:
    """Return everything that the portal would refuse of a document, in its order."""
    found = list(_document(document, today, reports_in_days=reports_in_days))
    found += _trader("SellerDtls", "This branch", document.seller)
    found += _buyer(document)
    for place, item in enumerate(document.items, 1):
        found += _item(place, item)
    return found


def _document(document: EDocument, today: date, *, reports_in_days: bool) -> Iterator[Problem]:
    if not re.fullmatch(NUMBER_PATTERN, document.number.upper()):
        yield Problem(
            "DocDtls.No",
            f"Number {document.number}: the portal takes up to 16 letters, digits,"
            " / and -, not beginning with 0, / or -.",
        )
    if document.issued_on > today:
        yield Problem("DocDtls.Dt", "Its day lies ahead. Send it on that day or later.")
    last = reported_by(document.issued_on)
    if reports_in_days and last and last < today:
        yield Problem(
            "DocDtls.Dt",
            f"It had to be reported by {date_text(last)}; the portal takes it no more."
            " Take the goods back with a credit note and bill them anew.",
        )
    if not document.items or len(document.items) > MOST_ITEMS:
        yield Problem(
            "ItemList", f"It has {len(document.items)} lines; the portal takes 1 to {MOST_ITEMS}."
        )
    if document.kind != "INV" and document.original is None:
        yield Problem("RefDtls.PrecDocDtls", "The note names no invoice that it belongs to.")


def _buyer(document: EDocument) -> Iterator[Problem]:
    buyer = document.buyer
    if document.is_export:
        yield from _foreign_buyer(buyer)
        return
    yield from _trader("BuyerDtls", "The customer", buyer)
    if buyer.gstin == document.seller.gstin:
        yield Problem(
            "BuyerDtls.Gstin",
            "Buyer and seller have one GSTIN: goods of a transfer need no invoice.",
        )
    if document.place not in LIVE_STATES:
        yield Problem("BuyerDtls.Pos", f"Place of supply {document.place} is no state's code.")


def _foreign_buyer(buyer: Trader) -> Iterator[Problem]:
    """A buyer abroad has no GSTIN, PIN or state here, but a name, an address and a town."""
    if buyer.gstin:
        yield Problem(
            "BuyerDtls.Gstin",
            f"Goods that leave the country go to a buyer without GSTIN; this one has {buyer.gstin}."
            " Choose the place of supply anew.",
        )
    yield from _named("BuyerDtls", "The customer", buyer)


def _trader(block: str, who: str, trader: Trader) -> Iterator[Problem]:
    try:
        read_gstin(trader.gstin)
    except DomainError as error:
        yield Problem(
            f"{block}.Gstin", f"{who}: GSTIN {trader.gstin or 'missing'}. {error.message}"
        )
    yield from _named(block, who, trader)
    if not PIN.fullmatch(trader.pin):
        yield Problem(f"{block}.Pin", f"{who} has no PIN code of six digits. Type it on its page.")
    if trader.state not in LIVE_STATES or trader.gstin[:2] != trader.state:
        yield Problem(
            f"{block}.Stcd",
            f"{who}: state {trader.state or 'missing'} is not the one of its GSTIN.",
        )


def is_found(trader: Trader) -> bool:
    """Tell whether the portal would take a trader's name, address, town and PIN code."""
    return bool(PIN.fullmatch(trader.pin)) and not any(_named("", "", trader))


def _named(block: str, who: str, trader: Trader) -> Iterator[Problem]:
    if len(clean(trader.name, "LglNm")) < SHORTEST_NAME:
        yield Problem(f"{block}.LglNm", f"{who} needs a name of three letters or more.")
    if not clean(trader.address, "Addr1"):
        yield Problem(f"{block}.Addr1", f"{who} has no address. Type it on its page.")
    if len(clean(trader.city, "Loc")) < SHORTEST_NAME:
        yield Problem(f"{block}.Loc", f"{who} has no town. Type it on its page.")


def _item(place: int, item: Item) -> Iterator[Problem]:
    line = f"Line {place}, {item.description}"
    where = f"ItemList.{place}"
    if not item.hsn.isdigit() or not HSN_DIGITS <= len(item.hsn) <= LONGEST_HSN:
        yield Problem(
            f"{where}.HsnCd",
            f"{line}: HSN {item.hsn or 'missing'}; the portal wants {HSN_DIGITS} to {LONGEST_HSN} digits."
            " Mend the product; a posted line keeps its code.",
        )
    if not item.is_service and item.unit.upper() not in UNITS:
        yield Problem(
            f"{where}.Unit", f"{line}: {item.unit or 'no unit'} is no unit code of the portal."
        )
