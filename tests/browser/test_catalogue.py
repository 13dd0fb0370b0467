"""Products in a real browser: found by abbreviation, added, coded, taxed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter, expect_to_fit
from tests.browser.tills import CODE, open_counter
from tests.factories import Shop, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("catalogue")


@pytest.fixture
def storekeeper(browser_window, interface, shop):
    """Open a page as the shop's storekeeper."""
    return lambda path: enter(browser_window, interface, shop, "storekeeper", path)


def test_a_product_is_found_by_its_abbreviation(open_window, interface, troubles):
    shop = open_counter(open_window(), interface).shop
    page = enter(open_window(), interface, shop, "storekeeper", "/products")
    page.get_by_placeholder("Name, abbreviation or code").fill("ars alb 30")
    found = page.get_by_role("row", name="Arsenicum Album 30C dilution 30 ml Lords")
    expect(found).to_contain_text("₹88.00")
    expect(found).to_contain_text("20")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name=re.compile("Arsenicum")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Arsenicum Album")
    expect(page.get_by_text("Ars. Alb.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^ARS1"))).to_contain_text("20")
    assert troubles == []


def test_the_list_is_narrowed_by_price_and_says_when_nothing_is_left(storekeeper):
    page = storekeeper("/products")
    expect(page.get_by_role("row", name="Arnica 1 30C")).to_be_visible()
    page.get_by_label("MRP from").fill("106")
    page.get_by_label("MRP from").blur()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_role("row", name="Arnica 1 30C")).to_be_visible()
    page.get_by_label("MRP up to").fill("twelve")
    page.get_by_label("MRP up to").blur()
    expect(page.get_by_text("Type a plain number")).to_be_visible()


def test_a_product_is_added_with_its_potency_and_barcode(storekeeper, shop):
    page = storekeeper("/products/new")
    page.get_by_label("Name", exact=False).first.fill("Bryonia Alba")
    page.get_by_label("Brand").fill("Hapdco")
    page.get_by_label("Remedy").fill("Bryonia Alba")
    page.get_by_label("Abbreviations").fill("Bry, Bry alb")
    page.get_by_label("Abbreviations").blur()
    expect(page.get_by_label("HSN or SAC")).to_have_value("30049014")
    expect(page.get_by_label("Tax class")).to_have_value("GST5")
    page.get_by_role("button", name="Add product").click()
    page.get_by_role("button", name="Add the first variant").click()

    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Potency").fill("30 parrots")
    dialog.get_by_label("Pack", exact=False).first.fill("30")
    dialog.get_by_label("Pack measure").fill("ml")
    dialog.get_by_role("button", name="Add variant").click()
    expect(dialog.get_by_label("Potency")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Potency").fill("30")
    dialog.get_by_role("button", name="Add variant").click()
    expect(page.get_by_text("30C · 30 ml")).to_be_visible()

    page.get_by_role("button", name="Add a barcode").click()
    dialog.get_by_label("Barcode").fill("4006381333932")
    dialog.get_by_role("button", name="Add barcode").click()
    expect(dialog.get_by_label("Barcode")).to_have_accessible_description(
        re.compile("The last digit does not fit")
    )
    dialog.get_by_label("Barcode").fill(CODE)
    dialog.get_by_role("button", name="Add barcode").click()
    expect(page.locator(".barcode")).to_contain_text(CODE)
    found = shop.run("catalog.search_products", {"search": CODE}).rows
    assert [(row.label, row.is_exact) for row in found] == [
        ("Bryonia Alba 30C dilution 30 ml Hapdco", True)
    ]


def test_the_tax_of_a_new_product_is_proposed_while_it_is_typed(storekeeper, shop):
    rates = [{"valid_from": "2017-07-01", "rate": "18"}]
    given = {"code": "GST18", "name": "Standard 18 %", "treatment": "taxable", "rates": rates}
    shop.run("catalog.create_tax_class", given)
    page = storekeeper("/products/new")
    page.get_by_label("Name", exact=False).first.fill("Aloe Cream")
    page.get_by_label("Name", exact=False).first.blur()
    page.get_by_label("Form").select_option("cosmetic")
    expect(page.get_by_label("Tax class")).to_have_value("GST18")
    expect(page.get_by_text("A skin cream sold as a cosmetic")).to_be_visible()
    expect(page.get_by_label("HSN or SAC")).to_have_value("3304")
    page.get_by_label("Form").select_option("ointment")
    expect(page.get_by_label("Tax class")).to_have_value("GST5")
    why = page.get_by_label("Why it is taxed otherwise")
    expect(why).to_have_count(0)
    page.get_by_label("HSN or SAC").fill("33049910")
    page.get_by_label("Tax class").select_option("GST18")
    page.get_by_label("Brand").fill("Own")
    expect(why).to_be_visible()
    page.get_by_role("button", name="Add product").click()
    expect(why).to_have_accessible_description(re.compile("The rules propose GST5"))
    expect_to_fit(page)
    why.fill("Sold as a cosmetic")
    page.get_by_role("button", name="Add product").click()
    expect(page.get_by_text("Taxed otherwise: Sold as a cosmetic")).to_be_visible()
    expect(page.get_by_text("33049910").first).to_be_visible()


def test_a_large_bottle_shows_the_code_of_its_pack_and_is_given_another(storekeeper, shop):
    given = {"name": "Ruta", "form": "dilution", "brand": "Own", "hsn": "30049014"}
    made = shop.run("catalog.create_product", given | {"tax_class": "GST5"})
    pack = {"product_id": made.id, "pack_quantity": 500, "pack_unit": "ml", "potency": "30C"}
    shop.run("catalog.create_variant", pack)
    page = storekeeper(f"/products/{made.id}")
    expect(page.get_by_text("HSN 30039014").first).to_be_visible()
    page.get_by_role("button", name="Set its HSN and tax").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The rules propose HSN 30039014")).to_be_visible()
    expect(dialog.get_by_label("HSN or SAC")).to_have_value("30039014")
    dialog.get_by_label("HSN or SAC").fill("")
    dialog.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("Tax differs from the rules")).to_be_visible()
    expect(page.get_by_text("Differs from the rules", exact=True)).to_be_visible()


def test_two_remedies_are_merged_and_one_is_renamed_on_its_page(storekeeper, shop):
    goods = {"form": "globules", "brand": "Own", "hsn": "3004", "tax_class": "GST5"}
    for name in ("Ruta", "Ruta Gr"):
        given = goods | {"name": name, "remedy": {"name": name, "abbreviations": [f"{name}."]}}
        shop.run("catalog.create_product", given)
    page = storekeeper("/remedies")
    page.get_by_role("link", name="Ruta Gr", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ruta Gr")
    expect_to_fit(page)
    page.get_by_role("button", name="Merge", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("It is").fill("Ruta")
    page.get_by_role("option").first.click()
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("Merged. Its products")).to_be_visible()
    page.locator("main").get_by_role("link", name="Ruta", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ruta")
    expect(page.get_by_text("Ruta., Ruta Gr.")).to_be_visible()

    page.get_by_role("button", name="Edit").click()
    expect(dialog.get_by_label("Also known as")).to_have_value("Ruta Gr")
    dialog.get_by_label("Name", exact=False).first.fill("Ruta Graveolens")
    dialog.get_by_label("Pharmacopoeia").select_option("false")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ruta Graveolens")
    expect(page.get_by_text("In no pharmacopoeia")).to_be_visible()
    page.get_by_role("button", name="Retire").click()
    expect(page.get_by_role("button", name="Use again")).to_be_visible()


def test_a_new_rate_must_start_later_and_keeps_the_old_one(storekeeper, shop):
    page = storekeeper("/tax-classes")
    row = page.get_by_role("row", name="GST5")
    row.get_by_role("button", name="Set rate").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From").fill("2001-01-01")
    dialog.get_by_label("GST rate in percent").fill("12")
    dialog.get_by_role("button", name="Set rate").click()
    expect(dialog.get_by_label("From")).to_have_accessible_description(
        re.compile("A new one must start later")
    )
    before = len(rates(shop))
    dialog.get_by_label("From").fill("2099-04-01")
    dialog.get_by_role("button", name="Set rate").click()
    expect(row).to_contain_text("12% from 01-04-2099")
    assert len(rates(shop)) == before + 1


def rates(shop: Shop) -> list[object]:
    classes = shop.run("catalog.list_tax_classes").rows
    return next(list(row.rates) for row in classes if row.code == "GST5")


def test_a_cashier_sees_products_and_changes_none(browser_window, interface, shop):
    page = enter(browser_window, interface, shop, "cashier", "/products")
    page.get_by_role("link", name=re.compile("Arnica 1")).click()
    expect(page.get_by_text("30C · 30 ml")).to_be_visible()
    expect(page.get_by_role("button", name="New variant")).to_have_count(0)
    page.goto(f"{interface.url}/products/new")
    expect(page).to_have_url(f"{interface.url}/no-permission")
