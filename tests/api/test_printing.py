"""Printed bills over REST: who gets them, and what is said to the others."""

import io

import pytest
from pypdf import PdfReader

from erp.core.ids import new_id
from tests.factories import Shop
from tests.fixtures.people import _token
from tests.services.purchasing.ordering import line, place, supplier
from tests.services.trading import add_customer

PAPERS = ("receipt", "invoice")


def bearer(shop: Shop, role: str = "cashier") -> dict[str, str]:
    return {"authorization": f"Bearer {_token(shop.acting_as(role))}"}


def words(body: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_bill_is_printed_with_its_number(rest, trader: Shop, paper):
    sale = trader.sell({trader.variant_ids[0]: 2})
    answer = rest.get(f"/api/erp/invoices/{sale.invoice_id}/{paper}.pdf", headers=bearer(trader))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["content-disposition"].startswith('inline; filename="POS1')
    assert sale.number in words(answer.content)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_reprint_says_that_it_is_one(rest, trader: Shop, paper):
    sale = trader.sell({trader.variant_ids[0]: 1})
    path = f"/api/erp/invoices/{sale.invoice_id}/{paper}.pdf"
    first = words(rest.get(path, headers=bearer(trader)).content)
    again = words(rest.get(f"{path}?duplicate=true", headers=bearer(trader)).content)
    assert "DUPLICATE" in again.upper()
    assert first != again


@pytest.mark.parametrize("paper", PAPERS)
def test_foreign_and_absent_bills_look_the_same(rest, trader: Shop, stranger: Shop, paper):
    theirs = stranger.sell({stranger.variant_ids[0]: 1})
    ids = (theirs.invoice_id, new_id(), "none", "..%2f..")
    answers = [
        rest.get(f"/api/erp/invoices/{each}/{paper}.pdf", headers=bearer(trader)) for each in ids
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert theirs.number not in "".join(answer.text for answer in answers)


def test_who_may_neither_sell_nor_see_bills_is_refused(rest, trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 1})
    path = f"/api/erp/invoices/{sale.invoice_id}/receipt.pdf"
    assert rest.get(path, headers=bearer(trader, "technician")).status_code == 403
    assert rest.get(path).status_code == 401


def test_best_sellers_stand_by_units_sold_with_what_is_left(rest, trader: Shop, stranger: Shop):
    first, second, third = trader.variant_ids
    trader.sell({second: 5})
    trader.sell({first: 2})
    stranger.sell({stranger.variant_ids[0]: 9})
    sold_out = trader.sell({third: 200})
    assert sold_out.number
    answer = rest.get("/api/erp/best-sellers?limit=3", headers=bearer(trader))
    assert [(row["variant_id"], row["sold"], row["sellable"]) for row in answer.json()["rows"]] == [
        (str(third), 200, 0),
        (str(second), 5, 195),
        (str(first), 2, 198),
    ]
    assert answer.json()["rows"][0]["price"] is None
    assert (
        rest.get("/api/erp/best-sellers", headers=bearer(trader, "storekeeper")).status_code == 403
    )


def test_vouchers_and_shifts_are_printed_on_the_roll(rest, trader: Shop, stranger: Shop):
    asha = add_customer(trader, name="Asha Kale")
    paid = {"shift_id": trader.shift_id, "party_id": asha, "method": "cash", "amount": "300.00"}
    voucher = trader.run("pos.take_advance", paid)
    path = f"/api/erp/advances/{voucher.voucher_id}/voucher.pdf"
    text = words(rest.get(path, headers=bearer(trader)).content)
    for word in (voucher.number, "Asha Kale", "RECEIPT VOUCHER", "300.00", "66/2017"):
        assert word in text
    assert rest.get(path, headers=bearer(stranger)).status_code == 404
    trader.sell({trader.variant_ids[0]: 2})
    report = f"/api/erp/shifts/{trader.shift_id}/report.pdf"
    assert rest.get(report, headers=bearer(trader, "cashier")).status_code == 403
    assert "X REPORT" in words(rest.get(report, headers=bearer(trader, "manager")).content)
    counted = {"shift_id": trader.shift_id, "counted_cash": "1010.00"}
    trader.run("pos.close_shift", counted)
    text = words(rest.get(report, headers=bearer(trader, "cashier")).content)
    for word in ("Z REPORT", "Till 1", "210.00", "By HSN", "OVER OR SHORT"):
        assert word in text
    assert rest.get(report, headers=bearer(stranger)).status_code == 404


@pytest.fixture
def order(trader: Shop):
    supplier(trader)
    return place(trader, line(trader, 10))


def test_an_order_is_printed_with_its_number(rest, trader: Shop, order):
    path = f"/api/erp/purchase-orders/{order.id}/pdf"
    answer = rest.get(path, headers=bearer(trader, "storekeeper"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "no-store" in answer.headers["cache-control"]
    name = f"{order.number.replace('/', '-')}-v1.pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
    assert order.number in words(answer.content)
    again = rest.get(f"{path}?version=1", headers=bearer(trader, "storekeeper"))
    assert again.content == answer.content


def test_foreign_and_absent_orders_look_the_same(rest, trader: Shop, stranger: Shop, order):
    supplier(stranger)
    theirs = place(stranger, line(stranger, 10))
    ids = (theirs.id, new_id(), "none", f"{order.id}/../x")
    versions = ("2", "0", "-1", "x", "²", "9" * 30)
    base = "/api/erp/purchase-orders"
    paths = [f"{base}/{each}/pdf" for each in ids]
    paths += [f"{base}/{order.id}/pdf?version={version}" for version in versions]
    answers = [rest.get(path, headers=bearer(trader, "manager")) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    absent = {answer.json()["detail"] for answer in answers[:2]}
    assert len(absent) == 1


def test_who_may_not_see_orders_gets_no_paper(rest, trader: Shop, order):
    path = f"/api/erp/purchase-orders/{order.id}/pdf"
    assert rest.get(path, headers=bearer(trader, "cashier")).status_code == 403
    assert rest.get(path).status_code == 401
