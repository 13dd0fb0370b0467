"""A laboratory's file over REST, and results as a list: nothing executes, and nobody else sees it."""

import csv
import io

from erp.core.ids import new_id
from tests.api.test_printing import bearer, words
from tests.factories import Shop
from tests.services.laboratory.samples import bring, observed, open_lab, oru, patient, waiting

FILE = {"content-type": "application/octet-stream"}


def test_results_come_by_rest_and_go_out_as_a_list(rest, s3, trader: Shop, stranger: Shop):
    assert s3
    lab, asha = open_lab(trader, "=cmd()"), patient(trader)
    stranger_asha = patient(stranger)
    path = f"/api/erp/laboratories/{lab}/files?file_name=a.hl7"
    content = oru("=1+1", observed("4548-4", "5.4", "%"), code=asha.code).encode()

    def send(shop: Shop, role: str, body: bytes = content, to: str = path):
        return rest.post(to, content=body, headers=bearer(shop, role) | FILE)

    assert send(trader, "auditor").status_code == 403
    assert send(stranger, "manager").status_code == 404
    assert send(trader, "manager", to=path.replace(f"{lab}", f"{new_id()}")).status_code == 404
    assert send(trader, "manager", b"MSH|^~").status_code == 422
    assert send(trader, "manager", b"x" * 5_000_001).status_code == 413
    workbook = send(trader, "manager", b"PK\x03\x04")
    assert (workbook.status_code, "as CSV" in workbook.json()["detail"]) == (422, True)
    first, again = send(trader, "technician"), send(trader, "manager")
    assert (first.status_code, first.json()["format"], first.json()["is_known"]) == (
        201,
        "hl7",
        False,
    )
    assert again.json() == first.json() | {"is_known": True}
    by = bearer(trader, "technician")
    taken = rest.post(
        f"/api/erp/lab-files/{first.json()['id']}/import",
        headers=by | {"Idempotency-Key": str(new_id())},
        json={},
    )
    assert (taken.json()["taken"], taken.json()["waiting"]) == (1, 0)

    export = f"/api/erp/export/laboratory.list_results.csv?patient_id={asha.id}"
    rows = list(
        csv.DictReader(io.StringIO(rest.get(export, headers=by).content.decode("utf-8-sig")))
    )
    assert [(row["report_number"], row["laboratory"], row["value"]) for row in rows] == [
        ("'=1+1", "'=cmd()", "5.40000000")
    ]
    foreign = rest.get(f"/api/erp/patients/{asha.id}/lab-trends", headers=bearer(stranger, "owner"))
    assert foreign.status_code == 404
    empty = rest.get(
        f"/api/erp/patients/{stranger_asha.id}/lab-trends", headers=bearer(stranger, "owner")
    )
    assert empty.json()["trends"] == []


def test_another_tenants_patient_is_never_matched(trader: Shop, stranger: Shop):
    theirs = patient(stranger, code="P-SECRET")
    lab = open_lab(trader)
    bring(trader, lab, oru("H1", observed("4548-4", "5.4", "%"), code=theirs.code))
    [held] = waiting(trader)
    assert held.reason == "patient"
    assert trader.run("laboratory.suggest_patients", {"row_id": held.id}).rows == []


def test_trends_are_printed_with_what_programs_told(rest, trader: Shop, stranger: Shop):
    lab, asha = open_lab(trader, "Metro"), patient(trader)
    for number, (value, day) in enumerate((("5.4", "20261001"), ("9.1", "20261101"))):
        content = oru(
            f"R{number}",
            observed("4548-4", value, "%"),
            code=asha.code,
            collected=f"{day}083000+0530",
        )
        bring(trader, lab, content)
    path = f"/api/erp/patients/{asha.id}/lab-trends.pdf"
    sheet = words(rest.get(path, headers=bearer(trader, "technician")).content)
    for word in ("RESULTS OVER TIME", "All results", "5.4", "9.1", "High", "Metro", "2 results"):
        assert word in sheet
    assert rest.get(path, headers=bearer(stranger, "owner")).status_code == 404
    assert rest.get(path, headers=bearer(trader, "cashier")).status_code == 403
    nothing = rest.get(f"{path}?to_day=2020-01-01", headers=bearer(trader, "owner"))
    assert (nothing.status_code, "Choose other days" in nothing.text) == (422, True)
    wrong = rest.get(f"{path}?from_day=soon", headers=bearer(trader, "owner"))
    assert (wrong.status_code, "from_day" in wrong.text) == (422, True)
