"""An owner opens a branch, sends somebody there and moves the shop; a manager reads it."""

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, gstin_in, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("moving")


def test_a_branch_is_opened_staffed_and_moved(open_window, interface, shop, troubles):
    page = enter(open_window(), interface, shop, "owner", "/organisation")
    page.get_by_label("Legal name*").fill("Anew Private Limited")
    page.get_by_role("button", name="Save names").click()
    expect(page.get_by_text("those of before keep theirs")).to_be_visible()
    page.get_by_role("link", name="Add branch").click()
    for label, typed in (
        ("Name*", "Nashik"),
        ("Code*", "nashik"),
        ("Street and number*", "2 Fort Road"),
        ("City*", "Nashik"),
        ("PIN code*", "422001"),
    ):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("State*").select_option("29")
    page.get_by_role("button", name="Open the branch").click()
    expect(page.get_by_label("GSTIN", exact=True)).to_have_accessible_description(
        "A branch in Karnataka needs a registration there: enter its GSTIN."
    )
    page.get_by_label("GSTIN", exact=True).fill(gstin_in("29").lower())
    page.get_by_role("button", name="Open the branch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nashik")
    expect(page.locator("dd", has_text=gstin_in("29"))).to_be_visible()

    page.get_by_label("Street and number*").fill("3 Fort Road")
    page.get_by_role("button", name="Save branch").click()
    expect(page.get_by_text("3 Fort Road, Nashik 422001").first).to_be_visible()
    there = page.url
    page.get_by_role("link", name="Its people").click()
    page.get_by_role("link", name="Cashier").first.click()
    page.get_by_label("Branch").select_option(label="Nashik")
    page.get_by_role("button", name="Save member").click()
    expect(page.locator("dd", has_text="Nashik")).to_be_visible()
    assert str(shop.acting_as("cashier").branch_id) in there

    own = there.removeprefix(interface.url)
    page = enter(open_window(), interface, shop, "manager", own)
    expect(page.get_by_text("3 Fort Road, Nashik 422001").first).to_be_visible()
    expect(page.get_by_role("button", name="Save branch")).to_have_count(0)
    expect_to_fit_everywhere(page, interface, ["/organisation", own])
    assert troubles == []
