"""GSTR-2B files as the portal writes them: every field of its published list, documents of a test's choice."""

import base64
import json
from decimal import Decimal
from typing import Any

from tests.factories import Shop, gstin_in
from tests.services.gst_returns.months import at, gstin_of

HOME = "27"


def tax_of(state: str, value: str, rate: str = "5") -> dict[str, Any]:
    """Return the tax of a value by head, as a supplier of a state owes it to the shop."""
    whole = Decimal(value) * Decimal(rate) / 100
    halves = (Decimal("0.00"), whole / 2) if state == HOME else (whole, Decimal("0.00"))
    return {"igst": float(halves[0]), "cgst": float(halves[1]), "sgst": float(halves[1]), "cess": 0}


def _items(state: str, value: str, rate: str = "5") -> list[dict[str, Any]]:
    return [{"num": 1, "rt": float(rate), "txval": float(value)} | tax_of(state, value, rate)]


def _whole(value: str) -> dict[str, Any]:
    return {"val": float(value), "pos": HOME, "rev": "N", "itcavl": "Y", "rsn": "", "diffprcnt": 1}


def supplier(state: str, papers: str, *documents: dict[str, Any]) -> dict[str, Any]:
    """Return a supplier of a state with its documents, as each section of the file has them."""
    told = {"trdnm": f"Supplier of {state}", "supfildt": "11-11-2025", "supprd": "102025"}
    return {"ctin": gstin_in(state), **told, papers: list(documents)}


def invoice(state: str, number: str, value: str, day: str = "08-10-2025") -> dict[str, Any]:
    """Return a document of section b2b."""
    about = {"inum": number, "typ": "R", "dt": day, **_whole(value)}
    return about | {"srctyp": "", "irn": "", "irngendate": "", "items": _items(state, value)}


def amended_invoice(
    state: str, before: str, number: str, value: str, day: str = "08-10-2025"
) -> dict[str, Any]:
    """Return a document of section b2ba; `before` is what it was called on 8 October."""
    return {"oinum": before, "oidt": "08-10-2025", **invoice(state, number, value, day)}


def note(state: str, number: str, value: str, kind: str = "C") -> dict[str, Any]:
    """Return a document of section cdnr of 20 October."""
    about = {"ntnum": number, "typ": kind, "suptyp": "R", "dt": "20-10-2025", **_whole(value)}
    return about | {"items": _items(state, value)}


def amended_note(state: str, before: str, number: str, value: str) -> dict[str, Any]:
    """Return a document of section cdnra."""
    original = {"onttyp": "C", "ontnum": before, "ontdt": "20-10-2025"}
    return original | note(state, number, value)


def share(state: str, number: str, value: str, kind: str = "ISDI") -> dict[str, Any]:
    """Return a document of section isd: tax of a value, without the value."""
    about = {"doctyp": kind, "docnum": number, "docdt": "08-10-2025", "oinvnum": "P0079"}
    return about | {"oinvdt": "03-10-2025", "itcelg": "Y"} | tax_of(state, value)


def file_of(shop: Shop, month: int = 10, **sections: list[dict[str, Any]]) -> bytes:
    """Return a statement of a month of 2025 with the given sections of `docdata`."""
    data = {
        "gstin": gstin_of(shop), "rtnprd": f"{month:02d}2025", "version": "1.0",
        "gendt": f"14-{month + 1:02d}-2025", "itcsumm": {}, "cpsumm": {}, "docdata": sections,
    }  # fmt: skip
    return json.dumps({"chksum": "ADFADRGA4GADFADGERER", "data": data}).encode()


def keep(shop: Shop, month: int = 10, **sections: list[dict[str, Any]]) -> Any:
    """Import such a statement."""
    content = base64.b64encode(file_of(shop, month, **sections)).decode()
    given = {"file_name": "2b.json", "content": content}
    return shop.run("gst_returns.import_2b", given, at=at(16, month + 1))
