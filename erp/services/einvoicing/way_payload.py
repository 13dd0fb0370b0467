"""The portal's JSON of a way bill. Pure. Source: public developer documentation of the way-bill portal."""

from collections.abc import Mapping
from typing import Any, Final

from erp.core.money import ZERO
from erp.services.einvoicing.consignment import Consignment
from erp.services.einvoicing.payload import clean, trader
from erp.services.gst_returns import Exact

BULK_VERSION: Final = "1.0.0621"
SUPPLY, OWN_USE = "1", "5"
"""The portal's kinds of movement: a sale, and goods between places of one registration."""

CLOSED_STATES: Final = {"96": 99, "97": 97}


def way_bill_payload(goods: Consignment, way: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a consignment and of how it travels (`way`: a row of way bills)."""
    seller, buyer = trader(goods.seller), trader(goods.buyer)
    is_transfer = goods.kind == "CHL"
    return {
        "supplyType": "O",
        "subSupplyType": OWN_USE if is_transfer else SUPPLY,
        "docType": goods.kind,
        "docNo": goods.number.upper(),
        "docDate": f"{goods.dated_on:%d/%m/%Y}",
        **_side("from", seller),
        "actFromStateCode": _state(seller["Stcd"]),
        **_side("to", buyer),
        "actToStateCode": _state(buyer["Stcd"]),
        "transactionType": 1,
        "totalValue": sum((item.taxable for item in goods.items), ZERO),
        "cgstValue": sum((item.cgst for item in goods.items), ZERO),
        "sgstValue": sum((item.sgst for item in goods.items), ZERO),
        "igstValue": sum((item.igst for item in goods.items), ZERO),
        "cessValue": ZERO,
        "totInvValue": goods.total,
        **carrying(way),
        "itemList": [
            {
                "productName": clean(item.description, "Addr1"),
                "hsnCode": int(item.hsn) if item.hsn.isdigit() else 0,
                "quantity": Exact(item.quantity),
                "qtyUnit": item.unit.upper(),
                "taxableAmount": item.taxable,
                "igstRate": item.rate if goods.is_inter else ZERO,
                "cgstRate": ZERO if goods.is_inter else item.rate / 2,
                "sgstRate": ZERO if goods.is_inter else item.rate / 2,
                "cessRate": ZERO,
            }
            for item in goods.items
        ],
    }


def bulk_file(payload: Mapping[str, Any], gstin: str) -> dict[str, Any]:
    """Return the file that the portal's own page takes for a way bill."""
    return {"version": BULK_VERSION, "billLists": [{"userGstin": gstin, **payload}]}


def carrying(way: Mapping[str, Any]) -> dict[str, Any]:
    """Return how goods travel."""
    given = way["transport_document_on"]
    return {
        "transMode": way["mode"],
        "transDistance": str(way["distance_km"]),
        "transporterId": way["transporter_gstin"],
        "transporterName": way["transporter_name"],
        "transDocNo": way["transport_document"],
        "transDocDate": f"{given:%d/%m/%Y}" if given else "",
        "vehicleNo": way["vehicle_no"],
        "vehicleType": "O" if way["is_oversize"] else "R",
    }


def vehicle_payload(way: Mapping[str, Any], state: str) -> dict[str, Any]:
    """Return the change of a way bill's vehicle (part B)."""
    given = way["transport_document_on"]
    return {
        "ewbNo": int(way["number"]),
        "vehicleNo": way["new_vehicle"],
        "fromPlace": clean(way["new_place"], "Loc"),
        "fromState": _state(state),
        "reasonCode": "4",
        "reasonRem": way["new_reason"][:50],
        "transDocNo": way["transport_document"],
        "transDocDate": f"{given:%d/%m/%Y}" if given else "",
        "transMode": way["mode"],
    }


def _side(side: str, who: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{side}Gstin": who["Gstin"],
        f"{side}TrdName": who["LglNm"],
        f"{side}Addr1": who["Addr1"],
        f"{side}Addr2": who.get("Addr2", ""),
        f"{side}Place": who["Loc"],
        f"{side}Pincode": who["Pin"],
        f"{side}StateCode": _state(who["Stcd"]),
    }


def _state(code: str) -> int:
    return CLOSED_STATES.get(code, int(code or 0))
