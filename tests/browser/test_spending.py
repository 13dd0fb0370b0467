"""Spending and owning, in a real browser: a bill that stands elsewhere, and pages in every size of window."""

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, make_shop
from tests.services.assets.owning import kinds, months_ago, own, run_month, seller
from tests.services.expenses.spending import box, categories, claim, spend, spent

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]
SOON = 15_000


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("spends")
    categories(made)
    return made


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def test_a_bill_that_stands_elsewhere_is_asked_about_on_the_form(acting, shop, troubles):
    supplier_id = seller(shop)
    today = {"bought_on": shop.ctx.today, "booked_on": shop.ctx.today}
    bought = {
        "bought_from": "supplier",
        "supplier_id": supplier_id,
        "bill_number": "CR/77",
        "gst_rate": "18",
    }
    asset = own(shop, "1000.00", **(bought | today))
    page = acting("cashier", "/expenses/new")
    page.get_by_label("Amount paid").fill("1180")
    page.get_by_label("What it was").select_option(label="Office expenses")
    page.get_by_label("Supplier", exact=True).fill("Croma 27")
    page.get_by_role("button", name="GST, supplier, note").click()
    page.get_by_label("Bill number").fill("cr-77")
    page.get_by_label("What for, in a few words").fill("Keyboard")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text(f"Asset {asset.number} has bill cr-77")).to_be_visible(timeout=SOON)
    assert shop.run("expenses.list_claims", {}).rows == []
    assert troubles == []


def test_the_pages_of_spending_fit_every_screen(acting, shop, interface):
    kinds(shop)
    asset = own(shop)
    run_month(shop, 3)
    float_id = box(shop)
    voucher = spend(shop, spent(shop, "300.00", "Office expenses"))
    made = claim(shop)
    assert months_ago(shop, 3)
    page = acting("owner", "/expenses")
    paths = [
        "/expenses",
        f"/expenses/{made.id}",
        f"/expenses/{voucher.id}",
        "/expenses/new",
        "/expenses/petty-cash",
        f"/expenses/petty-cash/{float_id}",
        "/fixed-assets",
        f"/fixed-assets/{asset.id}",
        "/fixed-assets/depreciation",
        "/fixed-assets/register",
    ]
    expect_to_fit_everywhere(page, interface, paths)
