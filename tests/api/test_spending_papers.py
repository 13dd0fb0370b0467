"""Petty cash and the asset register on paper and in a spreadsheet."""

import pytest

from tests.api.conftest import RestClient


@pytest.fixture
def box(rest: RestClient, asha) -> str:
    key = {"idempotency-key": "spending-box"}
    given = {"amount": "5000.00", "custodian_id": str(asha["owner"].ctx.user_id)}
    made = rest.post("/api/erp/petty-cash", headers=asha["owner"].headers | key, json=given)
    found: str = made.json()["id"]
    return found


def test_the_book_of_petty_cash_is_a_pdf_for_who_may_see_it(rest, asha, bodhi, box):
    address = f"/api/erp/petty-cash/{box}/book.pdf"
    shown = rest.get(address, headers=asha["owner"].headers)
    assert (shown.status_code, shown.content[:5]) == (200, b"%PDF-")
    assert rest.get(address, headers=asha["cashier"].headers).status_code == 403
    assert rest.get(address, headers=bodhi["owner"].headers).status_code == 404
    wrong = rest.get(f"{address}?from_day=yesterday", headers=asha["owner"].headers)
    assert wrong.status_code == 422


def test_the_asset_register_is_a_pdf_and_a_spreadsheet(rest, asha):
    headers = asha["owner"].headers
    shown = rest.get("/api/erp/asset-register.pdf", headers=headers)
    assert (shown.status_code, shown.content[:5]) == (200, b"%PDF-")
    sheet = rest.get("/api/erp/export/assets.show_register.xlsx", headers=headers)
    assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")
    assert (
        rest.get("/api/erp/asset-register.pdf", headers=asha["cashier"].headers).status_code == 403
    )
