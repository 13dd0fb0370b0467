"""The portal's JSON of a document, schema 1.1. Pure. Source: domain rules 1.11."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from erp.core.money import ZERO, round_money
from erp.services.einvoicing.document import EDocument, Item, Trader
from erp.services.gst_returns import Exact, portal_text

VERSION: Final = "1.1"
LONGEST: Final = {"LglNm": 100, "Addr1": 100, "Addr2": 100, "Loc": 50, "PrdDesc": 300, "Nm": 20}
SHORTEST_LOT: Final = 3
ABROAD: Final = {"Gstin": "URP", "Pin": 999999, "Stcd": "96"}
_UNPRINTED = re.compile(r'[\x00-\x1f"\\]+')


def einvoice_payload(document: EDocument) -> dict[str, Any]:
    """Return the payload; its amounts are exact and add up as the document's do."""
    made: dict[str, Any] = {
        "Version": VERSION,
        "TranDtls": {"TaxSch": "GST", "SupTyp": document.supply_type, "RegRev": "N"},
        "DocDtls": {
            "Typ": document.kind,
            "No": document.number.upper(),
            "Dt": f"{document.issued_on:%d/%m/%Y}",
        },
        "SellerDtls": trader(document.seller),
        "BuyerDtls": _buyer(document),
        "ItemList": [_item(place, item) for place, item in enumerate(document.items, 1)],
        "ValDtls": _values(document),
    }
    if document.original:
        number, dated_on = document.original
        earlier = {"InvNo": number.upper(), "InvDt": f"{dated_on:%d/%m/%Y}"}
        made["RefDtls"] = {"PrecDocDtls": [earlier]}
    return made


def payload_text(payload: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return a payload as JSON text; the same payload always gives the same bytes."""
    return portal_text(payload)


def clean(text: str, key: str) -> str:
    """Return text as a field of the portal takes it: printable, one line, not too long."""
    plain = " ".join(_UNPRINTED.sub(" ", text).split())
    return plain[: LONGEST[key]].rstrip()


def trader(who: Trader) -> dict[str, Any]:
    """Return a seller or buyer."""
    address = clean(who.address, "Addr1")
    rest = clean(" ".join(who.address.split())[len(address) :], "Addr2")
    return {
        "Gstin": who.gstin,
        "LglNm": clean(who.name, "LglNm"),
        "Addr1": address,
        **({"Addr2": rest} if len(rest) >= SHORTEST_LOT else {}),
        "Loc": clean(who.city, "Loc"),
        "Pin": int(who.pin or 0),
        "Stcd": who.state,
    }


def _buyer(document: EDocument) -> dict[str, Any]:
    facts = trader(document.buyer)
    named = {"Gstin": facts.pop("Gstin"), "LglNm": facts.pop("LglNm"), "Pos": document.place}
    return named | facts | (ABROAD if document.is_export else {})


def _item(place: int, item: Item) -> dict[str, Any]:
    made: dict[str, Any] = {
        "SlNo": str(place),
        "PrdDesc": clean(item.description, "PrdDesc"),
        "IsServc": "Y" if item.is_service else "N",
        "HsnCd": item.hsn,
        "Qty": _three(item.quantity),
        "FreeQty": ZERO,
        "Unit": "OTH" if item.is_service else item.unit.upper(),
        "UnitPrice": _three(item.unit_price),
        "TotAmt": item.gross,
        "Discount": item.discount,
        "AssAmt": item.taxable,
        "GstRt": _three(item.rate),
        "IgstAmt": item.igst,
        "CgstAmt": item.cgst,
        "SgstAmt": item.sgst,
        "TotItemVal": item.total,
    }
    lot = clean(item.lot_number, "Nm")
    if len(lot) >= SHORTEST_LOT:
        expiry = {"ExpDt": f"{item.expires_on:%d/%m/%Y}"} if item.expires_on else {}
        made["BchDtls"] = {"Nm": lot, **expiry}
    return made


def _three(amount: Decimal) -> Exact:
    return Exact(amount.quantize(Decimal("0.001"), ROUND_HALF_UP))


def _values(document: EDocument) -> dict[str, Decimal]:
    return {
        "AssVal": document.sum_of("taxable"),
        "CgstVal": document.sum_of("cgst"),
        "SgstVal": document.sum_of("sgst"),
        "IgstVal": document.sum_of("igst"),
        "Discount": ZERO,
        "OthChrg": ZERO,
        "RndOffAmt": document.round_off,
        "TotInvVal": round_money(document.total),
    }
