import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from erp.core.errors import InvalidInput
from erp.services.billing.upi import UpiPayment, qr_png, qr_svg, upi_link

D = Decimal

FORMATS = json.loads((Path(__file__).parents[1] / "data/gst_examples.json").read_text("utf-8"))
VECTORS = FORMATS["formatting_examples"]["upi"]
VECTORS = VECTORS if isinstance(VECTORS, list) else [VECTORS]
PAYMENT = UpiPayment("demohomoeo@examplebank", "Demo Homoeo Traders", amount=D("105"))


@pytest.mark.parametrize("vector", VECTORS)
def test_vector(vector):
    given = vector["input"]
    payment = UpiPayment(
        given["pa"], given["pn"], given["mc"], given["tr"], given["tn"], D(given["am"])
    )
    assert upi_link(payment) == vector["output"]


def test_a_static_link_names_no_amount():
    assert "am=" not in upi_link(UpiPayment("demo@bank", "Demo"))


def test_values_cannot_add_parameters():
    link = upi_link(UpiPayment("demo@bank", "A&am=1#?%", note="x&pa=thief@bank", amount=D(5)))
    assert link.count("am=") == 1
    assert link.count("pa=") == 1
    assert "pn=A%26am%3D1%23%3F%25" in link


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payee_address": "demo"}, "payee_address"),
        ({"payee_address": "a b@bank"}, "payee_address"),
        ({"payee_address": "demo@bank&am=1"}, "payee_address"),
        ({"payee_name": ""}, "payee_name"),
        ({"payee_name": "a\x00b"}, "payee_name"),
        ({"merchant_code": "59"}, "merchant_code"),
        ({"reference": "POS/1"}, "reference"),
        ({"reference": "9" * 36}, "reference"),
        ({"note": "n" * 81}, "note"),
        ({"note": "a\nb"}, "note"),
        ({"amount": D(0)}, "amount"),
        ({"amount": D("-1")}, "amount"),
        ({"amount": D("0.004")}, "amount"),
    ],
)
def test_refuses(changes, field):
    given = {"payee_address": "demo@bank", "payee_name": "Demo", "amount": D(1)}
    with pytest.raises(InvalidInput) as refused:
        upi_link(UpiPayment(**(given | changes)))
    assert list(refused.value.fields) == [field]


def test_qr_images():
    link = upi_link(PAYMENT)
    assert qr_png(link).startswith(b"\x89PNG\r\n\x1a\n")
    svg = qr_svg(link)
    assert re.match(r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \d+ \d+"', svg)
    assert "<script" not in svg
    assert qr_svg(link) == svg
    assert qr_svg(link + "0") != svg
