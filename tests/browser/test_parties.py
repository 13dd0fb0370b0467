"""Customers and suppliers in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter
from tests.factories import Shop, make_shop
from tests.services.trading import add_customer, tender

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

WRONG, RIGHT = "29AAGCB7383J1Z5", "29AAGCB7383J1Z4"


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("register")


@pytest.fixture
def manager(browser_window, interface, shop):
    """Open a page as the shop's manager."""
    return lambda path: enter(browser_window, interface, shop, "manager", path)


def parties(shop: Shop, search: str) -> list[str]:
    return [row.name for row in shop.run("party.list_parties", {"search": search}).rows]


def test_a_wrong_gstin_is_refused_at_its_field_and_a_right_one_fills_in_the_rest(
    manager, shop, troubles
):
    page = manager("/parties/new")
    page.get_by_label("Name").fill("Kaveri Clinic")
    page.get_by_label("Kind").select_option("clinic")
    expect(page.get_by_label("State")).to_have_value("27")
    gstin = page.get_by_label("GSTIN")
    gstin.fill(WRONG)
    gstin.blur()
    expect(gstin).to_have_accessible_description(re.compile("The last character does not fit"))
    page.get_by_role("button", name="Save party").click()
    expect(gstin).to_have_attribute("aria-invalid", "true")
    assert parties(shop, "Kaveri") == []

    gstin.fill(RIGHT.lower())
    gstin.blur()
    expect(page.get_by_text("registered in Karnataka, PAN AAGCB7383J")).to_be_visible()
    expect(page.get_by_label("State")).to_have_value("29")
    expect(page.get_by_label("Registered for GST")).to_have_value("regular")
    page.get_by_role("button", name="Save party").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kaveri Clinic")
    expect(page.get_by_text(RIGHT, exact=True)).to_be_visible()
    expect(page.get_by_text("Valid, of Karnataka")).to_be_visible()
    assert parties(shop, "Kaveri") == ["Kaveri Clinic"]
    assert troubles == []


def test_a_party_is_changed_and_what_is_emptied_is_cleared(manager, shop):
    party_id = add_customer(
        shop, phone="98765 43210", city="Pune", drug_licence_expires_on="2020-01-01"
    )
    page = manager(f"/parties/{party_id}")
    expect(page.get_by_text("The drug licence ended on 01-01-2020")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("City")).to_have_value("Pune")
    page.get_by_label("City").fill("")
    page.get_by_label("Licence ends").fill("")
    page.get_by_label("Credit limit").fill("12,500.50")
    page.get_by_role("button", name="Save party").click()
    expect(page.get_by_text("₹12,500.50").first).to_be_visible()
    expect(page.get_by_text("The drug licence ended")).to_have_count(0)
    saved = shop.run("party.get_party", {"party_id": party_id})
    assert (saved.city, saved.drug_licence_expires_on, saved.phone) == ("", None, "98765 43210")


def test_a_party_shows_what_it_owes_and_leads_to_its_bills(manager, shop):
    party_id = add_customer(shop, credit_limit="5000.00")
    shop.sell({shop.variant_ids[0]: 3}, customer_id=party_id, tenders=[tender("credit", "315.00")])
    page = manager(f"/parties/{party_id}")
    owes = page.locator(".tile", has_text="Owes us")
    expect(owes).to_contain_text("₹315.00")
    expect(owes).to_contain_text("₹4,685.00 of credit left")
    page.get_by_role("link", name="All sales").click()
    expect(page).to_have_url(re.compile(f"/sales.*customer_id={party_id}"))
    expect(page.get_by_role("row", name="Nirmala Stores")).to_have_count(1)


def test_a_closed_party_leaves_the_list_and_comes_back(manager, shop):
    party_id = add_customer(shop, name="Old Friends Stores")
    page = manager(f"/parties/{party_id}")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("Closed for new business").first).to_be_visible()
    assert parties(shop, "Old Friends") == []
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_text("Open for business again")).to_be_visible()
    assert parties(shop, "Old Friends") == ["Old Friends Stores"]


def test_a_storekeeper_sees_parties_and_changes_none(browser_window, interface, shop):
    add_customer(shop)
    page = enter(browser_window, interface, shop, "storekeeper", "/parties")
    page.get_by_role("link", name="Nirmala Stores").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nirmala Stores")
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)
    expect(page.get_by_text("Owes us")).to_have_count(0)
    page.goto(f"{interface.url}/parties/new")
    expect(page).to_have_url(f"{interface.url}/no-permission")
