"""Photos of bills: judged by their content, shown to their sender and to who decides."""

import io

import pytest
from PIL import Image

from tests.api.conftest import RestClient

FILE = {"content-type": "application/octet-stream"}
RECEIPTS = "/api/erp/expense-receipts"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def photo(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def sent(rest: RestClient, asha, s3):
    assert s3

    def send(content: bytes, role: str = "cashier") -> object:
        return rest.post(RECEIPTS, headers=asha[role].headers | FILE, content=content)

    return send


def test_a_photo_is_drawn_anew_and_shown_small_and_large(rest, asha, sent):
    answer = sent(photo())
    assert answer.status_code == 201
    address = f"{RECEIPTS}/{answer.json()['id']}"
    sizes = []
    for size in ("", "?size=large"):
        shown = rest.get(address + size, headers=asha["cashier"].headers)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        assert shown.headers["x-content-type-options"] == "nosniff"
        sizes.append(Image.open(io.BytesIO(shown.content)).size)
    assert sizes == [(160, 120), (1200, 900)]


def test_a_pdf_is_kept_as_it_came(rest, asha, sent):
    answer = sent(PDF)
    shown = rest.get(f"{RECEIPTS}/{answer.json()['id']}", headers=asha["cashier"].headers)
    assert (shown.content, shown.headers["content-type"]) == (PDF, "application/pdf")


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg onload=alert(1)>", PDF + b"/JavaScript", b"MZ\x90"],
    ids=["nothing", "svg", "pdf that runs", "program"],
)
def test_what_is_no_bill_is_refused(sent, content):
    answer = sent(content)
    assert answer.status_code == 422
    assert "file" in answer.text


def test_others_do_not_see_it_while_it_is_on_no_claim(rest, asha, bodhi, sent):
    address = f"{RECEIPTS}/{sent(photo('navy')).json()['id']}"
    for role in asha.members.keys() - {"cashier"}:
        assert rest.get(address, headers=asha[role].headers).status_code == 404, role
    assert rest.get(address, headers=bodhi["owner"].headers).status_code == 404
    assert rest.get(address).status_code == 401


def test_who_may_not_claim_sends_no_photo(asha, sent):
    if "auditor" in asha.members:
        assert sent(photo("red"), "auditor").status_code == 403
