"""Printed bills over REST: who gets them, and what is said to the others."""

import io

import pytest
from pypdf import PdfReader

from erp.adapters.pdf import PdfPrinter
from erp.core.errors import Conflict
from erp.core.ids import new_id
from tests.factories import Shop, gstin_in
from tests.fixtures.people import _token
from tests.services.billing.bills.billing import bill, billed, came, decide, goods, registered
from tests.services.billing.returns.returning import leaving, send_back
from tests.services.purchasing.ordering import line, place, supplier
from tests.services.purchasing.quotations import ask
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


def is_duplicate(rest, shop: Shop, sale, paper: str, role: str = "cashier") -> bool:
    path = f"/api/erp/invoices/{sale.invoice_id}/{paper}.pdf"
    answer = rest.get(path, headers=bearer(shop, role))
    assert answer.status_code == 200
    return "DUPLICATE" in words(answer.content).upper()


@pytest.mark.parametrize("papers", [PAPERS, PAPERS[::-1]])
def test_one_print_of_a_bill_is_the_original_and_every_later_one_says_what_it_is(
    rest, trader: Shop, papers
):
    sale, other = (trader.sell({trader.variant_ids[0]: 1}) for _ in range(2))
    first, second = papers
    asked = [(first, "cashier"), (first, "cashier"), (second, "owner")]
    assert [is_duplicate(rest, trader, sale, *each) for each in asked] == [False, True, True]
    assert not is_duplicate(rest, trader, other, first)


def test_a_document_tells_who_printed_it_and_when(rest, trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 1})
    assert trader.run("billing.get_invoice", {"invoice_id": sale.invoice_id}).prints == []
    for paper in PAPERS:
        is_duplicate(rest, trader, sale, paper)
    prints = trader.run("billing.get_invoice", {"invoice_id": sale.invoice_id}).prints
    facts = [(one.copy_no, one.layout, one.is_duplicate, one.source) for one in prints]
    assert facts == [(1, "receipt", False, "rest"), (2, "invoice", True, "rest")]
    assert all(one.user and one.address and one.printed_at for one in prints)
    assert trader.run("pos.get_sale", {"sale_id": sale.sale_id}).prints == prints


def test_a_print_that_failed_or_was_refused_is_not_counted(rest, trader: Shop, monkeypatch):
    sale = trader.sell({trader.variant_ids[0]: 1})
    path = f"/api/erp/invoices/{sale.invoice_id}/receipt.pdf"
    with monkeypatch.context() as broken:
        broken.setattr(PdfPrinter, "receipt", _jam)
        assert rest.get(path, headers=bearer(trader)).status_code == 409
    assert rest.get(path, headers=bearer(trader, "technician")).status_code == 403
    assert not is_duplicate(rest, trader, sale, "receipt")


def _jam(*_: object) -> bytes:
    raise Conflict("The paper is jammed.")


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


def test_a_request_for_quotation_is_printed_for_each_supplier(rest, trader: Shop, stranger: Shop):
    request = ask(trader, [supplier(trader)], (0, 10))
    theirs = ask(stranger, [supplier(stranger)], (0, 10))
    [asked] = trader.run("purchasing.get_request", {"request_id": request.id}).suppliers

    def paper(made, supplier_id, role="storekeeper"):
        path = f"/api/erp/quotation-requests/{made.id}/suppliers/{supplier_id}/pdf"
        return rest.get(path, headers=bearer(trader, role))

    answer = paper(request, asked.supplier_id)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    for word in (request.number, asked.supplier, "Answer by"):
        assert word in words(answer.content)
    assert paper(request, new_id()).status_code == 422
    assert paper(theirs, asked.supplier_id).status_code == 404
    assert paper(request, asked.supplier_id, "cashier").status_code == 403


@pytest.fixture
def sent(trader: Shop):
    """Goods of two bills and of none that went back together."""
    registered(trader, address="7 Mill Lane", city="Thane")
    receipt = came(trader, goods(trader, 10), goods(trader, 5, at=1), goods(trader, 5, at=2))
    bill(trader, "630.00", billed(receipt, 10, "60"))
    bill(trader, "315.00", billed(receipt, 5, "60", receipt_line_no=2), bill_number="SBL/118")
    lines = [leaving(trader, receipt, 2, at=at) for at in range(3)]
    return send_back(trader, *lines, transport="VRL 4711", note="Three cartons")


def test_a_return_is_a_debit_note_and_a_challan_in_three_copies(rest, trader: Shop, sent):
    path = f"/api/erp/supplier-returns/{sent.id}/pdf"
    answer = rest.get(path, headers=bearer(trader, "storekeeper"))
    assert answer.status_code == 200
    name = f"{sent.number.replace('/', '-')}.pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
    copies = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
    marks = ("ORIGINAL FOR CONSIGNEE", "DUPLICATE FOR TRANSPORTER", "TRIPLICATE FOR CONSIGNOR")
    assert [mark in page for mark, page in zip(marks, copies, strict=True)] == [True] * 3
    today = f"{trader.ctx.today:%d-%m-%Y}"
    facts = [
        "DEBIT NOTE AND DELIVERY CHALLAN", sent.number, today, "7 Mill Lane", "Thane",
        gstin_in("27"), "Place of supply: Maharashtra (27)", "30049014", "BTL", "Batch L",
        f"Against invoice SBL/117 dated {today}", f"Against invoice SBL/118 dated {today}",
        "invoice SBL/118", "Reason: Damaged", "@ 2.5%", "120.00", "6.00", "Note value", "252.00",
        "Rupees Two Hundred Fifty Two Only", "not billed yet, worth ₹120.00", "Sent by VRL 4711",
        "Three cartons", "credit note for ₹252.00", "Authorised signatory",
    ]  # fmt: skip
    flat = " ".join(copies[0].split())
    assert [fact for fact in facts if fact not in flat] == []
    assert rest.get(path, headers=bearer(trader, "storekeeper")).content == answer.content


def test_goods_on_no_bill_leave_with_a_challan(rest, trader: Shop):
    registered(trader)
    made = send_back(trader, leaving(trader, came(trader, goods(trader, 10)), 2))
    path = f"/api/erp/supplier-returns/{made.id}/pdf"
    written = words(rest.get(path, headers=bearer(trader, "manager")).content)
    assert "DELIVERY CHALLAN" in written
    assert "DEBIT NOTE" not in written
    assert "CGST" not in written.replace("CGST Act", "")
    assert "leave them out of your invoice" in written


def test_foreign_and_absent_returns_look_the_same_and_nobody_else_prints(
    rest, trader: Shop, stranger: Shop, sent
):
    path = "/api/erp/supplier-returns/{}/pdf"
    ids = (sent.id, new_id(), "none")
    answers = [rest.get(path.format(each), headers=bearer(stranger, "manager")) for each in ids]
    assert {answer.status_code for answer in answers} == {404}
    assert rest.get(path.format(sent.id), headers=bearer(trader, "cashier")).status_code == 403
    assert rest.get(path.format(sent.id)).status_code == 401


def test_what_a_bill_has_too_much_is_asked_back_by_a_debit_note(rest, trader: Shop, stranger: Shop):
    """Twelve billed where ten came, ten rupees dearer than agreed, and freight nobody agreed to."""
    registered(trader, address="7 Mill Lane", city="Thane")
    receipt = came(trader, goods(trader, 10), goods(trader, 5, at=1))
    lines = billed(receipt, 12, "60"), billed(receipt, 5, "70", receipt_line_no=2)
    freight = {"label": "Freight", "amount": "100.00", "gst_rate": 18}
    held = bill(trader, "1241.50", *lines, charges=[freight])
    path = f"/api/erp/supplier-bills/{held.id}/claim.pdf"
    assert rest.get(path, headers=bearer(trader, "accountant")).status_code == 404
    claim = decide(trader, held, "claimed")

    answer = rest.get(path, headers=bearer(trader, "accountant"))
    name = f"{claim.claim_number.replace('/', '-')}.pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
    facts = [
        "DEBIT NOTE", claim.claim_number, "7 Mill Lane", gstin_in("27"), "Batch L",
        f"Against invoice SBL/117 dated {trader.ctx.today:%d-%m-%Y}", "more than came",
        "more than the price agreed", "charges that were not agreed", "120.00", "50.00", "18.00",
        "Note value", "296.50", "Rupees Two Hundred Ninety Six and Fifty Paise Only",
        f"credit note for ₹296.50 that names {claim.claim_number}", "Authorised signatory",
    ]  # fmt: skip
    flat = " ".join(pages[0].split())
    assert [fact for fact in facts if fact not in flat] == []
    assert len(pages) == 1
    assert "CHALLAN" not in flat
    assert rest.get(path, headers=bearer(trader, "accountant")).content == answer.content
    assert rest.get(path, headers=bearer(stranger, "manager")).status_code == 404
    assert rest.get(path, headers=bearer(trader, "cashier")).status_code == 403


def test_a_statement_of_account_is_printed(rest, trader: Shop, stranger: Shop):
    customer = add_customer(trader, name="Asha Kale")
    paid = {"party_id": customer, "amount": "300.00", "method": "bank"}
    number = trader.run("payments.receive_payment", paid).number
    path = f"/api/erp/statements/{customer}/pdf"
    text = words(rest.get(path, headers=bearer(trader, "accountant")).content)
    for word in ("STATEMENT OF ACCOUNT", "Asha Kale", number, "We owe you", "300.00"):
        assert word in text
    wrong = rest.get(f"{path}?from_day=soon", headers=bearer(trader, "accountant"))
    assert (wrong.status_code, "from_day" in wrong.text) == (422, True)
    assert rest.get(path, headers=bearer(stranger, "accountant")).status_code == 404
    assert rest.get(path, headers=bearer(trader, "cashier")).status_code == 403


@pytest.mark.parametrize(
    ("paper", "query", "words_of_it"),
    [
        ("trial-balance", "", "Cash in Hand"),
        ("trial-balance", "?compare=last_year", "Total of debit balances"),
        ("stock", "?compare=previous", "Goods at cost"),
        ("profit-and-loss", "", "Net profit"),
        ("balance-sheet", "?compare=previous", "Total assets"),
        ("cash-flow", "", "Cash and bank after"),
        ("ledger", "?group_name=Cash%20in%20Hand", "Closing balance"),
        ("day-book", "", "Cost of Goods Sold"),
    ],
)
def test_a_report_of_the_books_is_printed(rest, trader: Shop, paper, query, words_of_it):
    trader.sell({trader.variant_ids[0]: 2})
    path = f"/api/erp/books/{paper}.pdf{query}"
    answer = rest.get(path, headers=bearer(trader, "accountant"))
    assert answer.status_code == 200
    assert words_of_it in words(answer.content)
    assert rest.get(path, headers=bearer(trader)).status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing.pdf", 404),
        ("ledger.pdf?group_name=Nowhere", 404),
        ("day-book.pdf?from_day=soon", 422),
        ("balance-sheet.pdf?compare=months", 422),
        ("profit-and-loss.pdf?surprise=1", 422),
    ],
)
def test_a_report_that_cannot_be_printed_says_why(rest, trader: Shop, path, status):
    answer = rest.get(f"/api/erp/books/{path}", headers=bearer(trader, "accountant"))
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_statement_is_a_sheet_with_its_columns(rest, trader: Shop):
    trader.sell({trader.variant_ids[0]: 2})
    path = "/api/erp/export/accounting.profit_and_loss.csv?compare=previous"
    head, *rows = rest.get(path, headers=bearer(trader, "accountant")).text.splitlines()
    assert head.count(" to ") == 2
    (net,) = [row for row in rows if row.startswith("net,")]
    assert net.endswith("80.00,0.00")
