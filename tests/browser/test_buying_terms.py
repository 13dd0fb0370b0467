"""Costs of buying and terms of buying in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, make_shop
from tests.services.billing.bills.billing import bill, billed, came, decide, goods, registered
from tests.services.billing.bills.landing import carrier, freight
from tests.services.books import balance

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("carried", lots=0)
    registered(made, credit_days=30)
    return made


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def test_a_carriers_bill_is_spread_over_a_delivery_and_taken_off_again(
    acting, interface, shop, troubles
):
    came(shop, goods(shop, 10), reference="CH-7")
    made = freight(shop, carrier(shop), "100.00", "118.00")
    page = acting("accountant", f"/bills/{made.id}")
    expect(page.get_by_text("₹100.00 of this bill are an expense")).to_be_visible()
    page.get_by_role("link", name="Spread over goods").click()
    expect(page.get_by_label("Amount*", exact=True)).to_have_value("100")
    page.get_by_role("button", name="Bears it").first.click()
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_label("What for")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("What for").fill("LR 4711")
    page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog", name="Spread this cost?")
    expect(dialog.get_by_role("row", name="Freight inward")).to_contain_text("₹100.00")
    expect(dialog.get_by_role("row", name="Arnica 1 30C 30 ml SBL")).to_contain_text("₹100.00")
    dialog.get_by_role("button", name="Spread it").click()

    expect(page.get_by_role("heading", name="Bill VRL/9")).to_be_visible()
    expect(page.get_by_text("₹100.00 to goods on hand")).to_be_visible()
    assert balance(shop, "inventory") == 700
    page.get_by_role("button", name="Take off").click()
    page.get_by_label("Why*", exact=True).fill("Another delivery")
    page.get_by_role("dialog").get_by_role("button", name="Take off").click()
    expect(page.get_by_text("Taken off by")).to_be_visible()
    expect(page.get_by_role("link", name="Spread over goods")).to_be_visible()
    assert balance(shop, "inventory") == 600
    over = [f"/bills/{made.id}", f"/bills/spread?bill_id={made.id}"]
    expect_to_fit_everywhere(page, interface, over)
    assert broken_promises() == []
    assert troubles == []


def test_the_debit_note_of_a_bill_is_at_hand(acting, interface, shop, troubles):
    made = bill(shop, "756.00", billed(came(shop, goods(shop, 10)), 12, "60"))
    decide(shop, made, "claimed")
    page = acting("accountant", f"/bills/{made.id}")
    paper = page.get_by_role("link", name="Debit note")
    expect(paper).to_have_attribute("href", f"/api/erp/supplier-bills/{made.id}/claim.pdf")
    answer = page.request.get(f"{interface.url}/api/erp/supplier-bills/{made.id}/claim.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert troubles == []


def _choose(page: Page, label: str, typed: str, shown: str) -> None:
    field = page.get_by_role("dialog").get_by_label(label)
    field.fill(typed)
    page.get_by_role("option", name=shown).first.click()


def test_terms_of_buying_are_set(acting, interface, troubles):
    page = acting("manager", "/stock/terms")
    expect(page.get_by_text("asked for 90 days")).to_be_visible()
    page.get_by_role("button", name="Set a term").click()
    _choose(page, "Supplier", "SBL", "SBL Agencies")
    page.get_by_label("Days left").fill("365")
    page.get_by_role("button", name="Set term").click()
    expect(page.get_by_role("row", name="SBL Agencies")).to_contain_text("365 days")
    page.get_by_role("link", name="Quantities").click()
    page.get_by_role("button", name="Write down").click()
    _choose(page, "Supplier", "SBL", "SBL Agencies")
    _choose(page, "Product", "Arnica 1", "Arnica 1 30C")
    page.get_by_label("At least").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="SBL Agencies")).to_contain_text("12")
    expect_to_fit_everywhere(page, interface, ["/stock/terms", "/stock/terms/quantities"])
    assert troubles == []
