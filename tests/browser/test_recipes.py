"""Packs made again in a real browser: kept under a name, then made in two presses."""

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("packs")
    line = {"variant_id": made.variant_ids[0], "quantity": 30}
    given = {"variant_id": made.variant_ids[1], "packs": 5, "mrp": "60.00", "lines": [line]}
    made.run("inventory.dispense_packs", given | {"note": "5 drops, thrice a day"})
    return made


def test_a_making_is_kept_and_made_again_in_two_presses(open_window, interface, shop, troubles):
    page = enter(open_window(), interface, shop, "storekeeper", "/stock/dispensing")
    page.get_by_role("button", name="Keep as a recipe").click()
    dialog = page.get_by_role("dialog", name="Keep this as a recipe")
    dialog.get_by_label("Name").fill("Arnica 30 in 10 ml")
    dialog.get_by_role("button", name="Keep recipe").click()
    expect(page.get_by_text("Saved. Make it again under Recipes.")).to_be_visible()

    page.get_by_role("link", name="Recipes").click()
    row = page.get_by_role("row", name="Arnica 30 in 10 ml")
    row.get_by_role("button", name="Make", exact=True).click()
    dialog = page.get_by_role("dialog", name="Make by this recipe")
    expect(dialog.get_by_text("30 BTL of Arnica 1 30C 30 ml SBL")).to_be_visible()
    dialog.get_by_role("button", name="Make packs").click()
    expect(page.get_by_text("is made. Print its label.")).to_be_visible()
    expect(page.get_by_role("button", name="Make again")).to_have_count(2)

    page.get_by_role("button", name="Make again").first.click()
    dialog = page.get_by_role("dialog", name="Make it again")
    dialog.get_by_label("How often").fill("5")
    dialog.get_by_label("MRP of a pack").focus()
    expect(dialog.get_by_text("Only 140 of Arnica 1")).to_be_visible()
    dialog.get_by_label("How often").fill("2")
    dialog.get_by_label("MRP of a pack").focus()
    expect(dialog.get_by_text("10 packs")).to_be_visible()
    dialog.get_by_role("button", name="Make packs").click()
    expect(page.get_by_role("button", name="Make again")).to_have_count(3)
    assert shop.on_hand(shop.variant_ids[1]) == 220
    assert shop.on_hand(shop.variant_ids[0]) == 80
    expect_to_fit_everywhere(page, interface, ["/stock/dispensing", "/stock/dispensing/recipes"])
    assert broken_promises() == []
    assert troubles == []
