"""Papers of money and of reverse charge: what the law asks of each stands on it."""

from typing import Any

from tests.api.test_printing import bearer, words
from tests.factories import Shop
from tests.services.gst_returns.months import gstin_of
from tests.services.payments.paying import owing, receive
from tests.services.purchasing.ordering import supplier
from tests.services.service_advances.serving import retailer, training


def charged(shop: Shop, **facts: Any) -> Any:
    """Record freight of a carrier under reverse charge."""
    about = {"name": "Ganesh Roadways", "gst_category": "unregistered", "state_code": "27"}
    carrier = supplier(shop, **(about | {"address": "Bay 4", "city": "Pune"} | facts))
    given = {
        "gstin": gstin_of(shop), "supplier_id": carrier, "description": "Freight to Pune",
        "hsn": "996791", "taxable": "2000.00", "rate": "5",
    }  # fmt: skip
    made = shop.run("gst_returns.record_reverse_charge", given)
    return made, carrier


def test_a_self_invoice_bears_what_the_law_asks(rest, trader: Shop, stranger: Shop):
    """CGST Rules r.46 with r.47A: both parties, number, day, code, value, rate and tax per head, reverse charge."""
    made, _ = charged(trader)
    path = f"/api/erp/reverse-charges/{made.id}/self-invoice.pdf"
    answer = rest.get(path, headers=bearer(trader, "accountant"))
    assert answer.headers["content-type"] == "application/pdf"
    text = words(answer.content)
    for word in (
        "SELF-INVOICE", made.number, "Ganesh Roadways", "Unregistered", gstin_of(trader), "Freight to Pune",
        "996791", "2,000.00", "CGST", "SGST", "50.00", "2,100.00", "Maharashtra (27)", "reverse charge: Yes",
    ):  # fmt: skip
        assert word in text, word
    assert rest.get(path, headers=bearer(stranger, "accountant")).status_code == 404
    assert rest.get(path, headers=bearer(trader, "cashier")).status_code == 403


def test_a_registered_supplier_invoices_themselves(rest, trader: Shop):
    known = {"gst_category": "regular", "gstin": "27AAPFU0939F1ZV", "name": "Registered Carrier"}
    made, _ = charged(trader, **known)
    path = f"/api/erp/reverse-charges/{made.id}/self-invoice.pdf"
    answer = rest.get(path, headers=bearer(trader, "accountant"))
    assert answer.status_code == 422
    assert "their own invoice" in answer.text


def test_a_payment_voucher_names_the_reverse_charge_that_it_pays(
    rest, trader: Shop, stranger: Shop
):
    """CGST Rules r.52: both parties, number, day, what for, amount, rate and tax per head, place of supply."""
    made, carrier = charged(trader)
    paid = {"party_id": carrier, "ledger": "supplier", "amount": "2000.00", "method": "bank"}
    voucher = trader.run("payments.make_payment", paid)
    path = f"/api/erp/payments/{voucher.id}/voucher.pdf"
    text = words(rest.get(path, headers=bearer(trader, "accountant")).content)
    for word in (
        "PAYMENT VOUCHER", voucher.number, "Ganesh Roadways", "Freight to Pune (996791)", made.number,
        "2,000.00", "5%", "50.00", "Maharashtra (27)", "reverse charge: Yes",
    ):  # fmt: skip
        assert word in text, word
    assert rest.get(path, headers=bearer(stranger, "accountant")).status_code == 404
    assert rest.get(path, headers=bearer(trader, "cashier")).status_code == 403


def test_a_receipt_voucher_says_what_of_it_is_an_advance_and_bears_no_tax(rest, trader: Shop):
    """CGST Rules r.50; goods bear no tax on advances (Notification 66/2017-CT)."""
    customer = owing(trader, 4)
    voucher = receive(trader, customer, "500.00", reference="UTR 1")
    path = f"/api/erp/payments/{voucher.id}/voucher.pdf"
    text = words(rest.get(path, headers=bearer(trader, "accountant")).content)
    for word in (
        "RECEIPT VOUCHER",
        voucher.number,
        "420.00",
        "80.00",
        "66/2017",
        "UTR 1",
        "Five Hundred",
    ):
        assert word in text, word
    trader.run("payments.reverse_payment", {"payment_id": voucher.id, "reason": "Typed twice"})
    assert "TAKEN BACK" in words(rest.get(path, headers=bearer(trader, "accountant")).content)


def test_what_was_recorded_is_listed(trader: Shop):
    made, _ = charged(trader)
    (row,) = trader.run("gst_returns.list_reverse_charges", {"search": "ganesh"}).rows
    assert (row.number, row.tax, row.is_self_invoiced) == (made.number, 100, True)
    assert trader.run("gst_returns.list_reverse_charges", {"search": "nobody"}).rows == []


def test_the_vouchers_of_an_advance_for_a_service_bear_its_tax(rest, trader: Shop):
    """CGST Rules r.50, r.51: both parties, number, day, what for, amount, rate and tax per head, place of supply."""
    customer = retailer(trader, "24", name="Gujarat Clinic")
    given = {"party_id": customer, "amount": "1180.00", "method": "bank"}
    given["variant_id"] = training(trader)
    made = trader.run("service_advances.receive_advance", given)
    back = {"advance_id": made.id, "amount": "590.00", "method": "bank", "reason": "Half held"}
    paid = trader.run("service_advances.refund_advance", back)
    about = (
        "Gujarat Clinic",
        gstin_of(trader),
        "(999293)",
        "18%",
        "IGST",
        "Gujarat (24)",
        "charge: No",
    )
    for payment_id, own in (
        (made.id, ("RECEIPT VOUCHER", made.number, "1,000.00", "180.00", "1,180.00")),
        (
            paid.payment_id,
            ("REFUND VOUCHER", paid.number, made.number, "500.00", "90.00", "590.00"),
        ),
    ):
        path = f"/api/erp/payments/{payment_id}/voucher.pdf"
        text = words(rest.get(path, headers=bearer(trader, "accountant")).content)
        for word in (*about, *own):
            assert word in text, word
        assert "Advance for goods" not in text
