"""Files of laboratories for tests, and what a shop does with them."""

import hashlib
from typing import Any
from uuid import UUID

from erp.core import db
from erp.services import laboratory
from tests.factories import Shop

HEAD = "Report No,Patient ID,Patient Name,DOB,Sex,Collected,Test Code,Test,Result,Unit,Range,Flag,Status"
MSH = "MSH|^~\\&|LIS|LAB|VANTAGE|CLINIC|20261121103000||ORU^R01|M1|P|2.5.1||||||UNICODE UTF-8"


def open_lab(shop: Shop, name: str = "City Lab", **more: Any) -> UUID:
    made: UUID = shop.run("laboratory.open_laboratory", {"name": name} | more).id
    return made


def patient(shop: Shop, name: str = "Asha Rao", **more: Any) -> Any:
    """Register a patient; return id and code."""
    given = {
        "name": name,
        "kind": "patient",
        "state_code": "27",
        "birth_on": "1984-05-06",
        "sex": "female",
    }
    made = shop.run("party.create_party", given | more)
    return shop.run("party.get_party", {"party_id": made.id})


def analyte(shop: Shop, code: str) -> UUID:
    rows = shop.run("laboratory.list_analytes", {}).rows
    found: UUID = next(row.id for row in rows if row.code == code)
    return found


def csv_of(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def oru(
    number: str,
    *obx: str,
    code: str = "",
    name: str = "Rao^Asha",
    born: str = "19840506",
    collected: str = "20261120083000+0530",
    reported: str = "20261121100000+0530",
) -> str:
    """Return an ORU^R01 with one order; `obx` are the fields of OBX from 2 on."""
    return "\r".join(
        [
            MSH,
            f"PID|1||{code}^^^CLINIC^MR||{name}||{born}|F",
            f"OBR|1||{number}|PANEL^Panel|||{collected}|||||||||||||||{reported}|||F",
            *[f"OBX|{place}|{fields}" for place, fields in enumerate(obx, start=1)],
        ]
    )


def observed(
    loinc: str, value: str, unit: str, status: str = "F", kind: str = "NM", limits: str = ""
) -> str:
    return f"{kind}|{loinc}^name^LN||{value}|{unit}|{limits}||||{status}"


def upload(shop: Shop, lab: UUID, content: bytes | str, name: str = "results.csv") -> Any:
    """Keep a file as the edge does."""
    raw = content.encode() if isinstance(content, str) else content
    digest = hashlib.sha256(raw).hexdigest()
    with db.unit_of_work(shop.ctx) as session:
        return laboratory.keep_lab_file(session, shop.ctx, lab, digest, name, raw)


def bring(shop: Shop, lab: UUID, content: bytes | str, **more: Any) -> Any:
    """Upload a file and take it in."""
    return shop.run("laboratory.import_file", {"file_id": upload(shop, lab, content).id} | more)


def waiting(shop: Shop, **more: Any) -> list[Any]:
    rows: list[Any] = shop.run("laboratory.list_waiting", {"limit": 200} | more).rows
    return rows


def trend(shop: Shop, patient_id: UUID, name: str) -> list[tuple[str, str]]:
    """Return what is shown of an analyte's points with their flags, the oldest first."""
    found = shop.run("laboratory.get_trends", {"patient_id": patient_id}).trends
    return [(point.shown, point.flag) for one in found if one.name == name for point in one.points]


def tally(done: Any) -> tuple[int, int, int]:
    return done.taken, done.known, done.waiting
