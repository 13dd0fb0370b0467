"""Being paid, in a real browser: goods back from an invoice, a payment, a cheque that bounces."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter
from tests.factories import Shop, broken_promises, make_shop
from tests.services.books import balance
from tests.services.sales.ordering import buyer, deliver, goods, order

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("paid")


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def test_goods_come_back_and_the_rest_is_paid(acting, shop, troubles):
    customer = buyer(shop, name="Nirmala Stores")
    sent = deliver(shop, order(shop, customer, goods(shop, 4)), 4)
    page = acting("owner", f"/invoices/{sent.invoice_id}")
    page.get_by_role("link", name="Return goods").click()
    page.get_by_label("Units back").fill("1")
    page.get_by_label("Reason").fill("Not wanted")
    page.get_by_role("button", name="Review").click()
    review = page.get_by_role("dialog", name="Take these goods back?")
    expect(review.get_by_role("table", name="Effects on the stock")).to_contain_text("+1")
    review.get_by_role("button", name="Post credit note").click()
    expect(page.get_by_role("heading", name="Credit note CSI/")).to_be_visible(timeout=15_000)

    page.goto(page.url.partition("/invoices")[0] + "/receivables")
    page.get_by_role("link", name="Nirmala Stores").click()
    expect(page.get_by_role("table", name="Invoices")).to_contain_text("315.00")
    page.get_by_role("link", name="Receive payment").click()
    expect(page.get_by_text("₹315.00 open")).to_be_visible()
    page.get_by_label("By", exact=True).select_option("cheque")
    page.get_by_label("Amount").fill("315")
    page.get_by_label("Cheque number").fill("000123")
    page.get_by_label("Day on the cheque").fill(f"{shop.ctx.today:%d-%m-%Y}")
    page.get_by_role("button", name="Record payment").click()
    expect(page.get_by_role("heading", name="RC/")).to_be_visible(timeout=15_000)
    assert (balance(shop, "debtors"), balance(shop, "cheques_in_hand")) == (0, 315)

    page.get_by_role("button", name="Bank cheque").click()
    page.get_by_role("dialog").get_by_role("button", name="Bank it").click()
    expect(page.get_by_text(re.compile(r"^Banked on \d"))).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Take back").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Funds insufficient")
    dialog.get_by_role("button", name="Take back").click()
    expect(page.get_by_text(re.compile(r"^Taken back on \d"))).to_be_visible(timeout=15_000)
    assert (balance(shop, "debtors"), balance(shop, "bank")) == (315, 0)
    assert broken_promises() == []
    assert troubles == []
