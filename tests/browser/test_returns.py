"""Goods go back in a real browser: from the expiry list to the debit note and its answer."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter
from tests.factories import Shop, broken_promises, make_shop
from tests.services.billing.bills.billing import bill, billed, goods, registered
from tests.services.billing.returns.returning import came_before
from tests.services.books import balance

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("returns", lots=0)
    registered(made)
    receipt = came_before(made, goods(made, 20, unit_cost="100", days=-3))
    bill(made, "2100.00", billed(receipt, 20, "100"))
    return made


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def review(page: Page) -> None:
    page.get_by_role("button", name="Review").click()


def test_expired_goods_go_back_and_are_credited_in_part(acting, shop, interface, troubles):
    page = acting("storekeeper", "/stock/expiry?rung=expired")
    page.get_by_role("link", name="Return", exact=True).click()
    expect(page.get_by_label("Supplier*", exact=True)).to_have_value("SBL Agencies")
    units = page.get_by_label("Units")
    expect(units).to_have_value("20")
    expect(page.get_by_label("Reason")).to_have_value("expired")
    units.fill("30")
    page.get_by_label("Taken by").fill("VRL 4711")
    review(page)
    expect(page.get_by_text("Only 20 of lot").first).to_be_visible()
    units.fill("10")
    review(page)
    dialog = page.get_by_role("dialog", name="Send these goods back?")
    expect(dialog.get_by_role("row", name="Claims on suppliers")).to_contain_text("₹1,050.00")
    expect(dialog.get_by_role("row", name="Arnica 1")).to_contain_text("\N{MINUS SIGN}10")
    dialog.get_by_role("button", name="Post debit note").click()

    expect(page.get_by_role("heading", name="Return PR/")).to_be_visible()
    expect(page.get_by_text("We ask for ₹1,050.00.")).to_be_visible()
    expect(page.get_by_role("button", name="Record credit note")).to_have_count(0)
    href = page.get_by_role("link", name="PDF").get_attribute("href")
    paper = page.request.get(f"{interface.url}{href}")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body().startswith(b"%PDF")

    desk = acting("manager", "/claims?standing=open")
    expect(desk.get_by_text("Credit notes over ₹1,050.00 are still to come")).to_be_visible()
    desk.get_by_role("link", name="PR/").click()
    desk.get_by_role("button", name="Record credit note").click()
    credit = desk.get_by_role("dialog")
    expect(credit.get_by_label("Value credited")).to_have_value("1000")
    credit.get_by_label("Credit note").fill("CN-9")
    credit.get_by_label("Value credited").fill("800")
    credit.get_by_label("Tax credited").fill("40")
    credit.get_by_label("What they said").fill("They give 80 percent")
    credit.get_by_role("button", name="Record").click()
    expect(desk.get_by_text("gave ₹840.00 of ₹1,050.00. They give 80 percent")).to_be_visible()
    assert balance(shop, "loss_expired") == 210
    assert balance(shop, "supplier_claims") == 0
    assert broken_promises() == []
    assert troubles == []
