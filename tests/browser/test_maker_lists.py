"""A maker's list, a picture and a pack that was not there, in a real browser."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.offices import enter
from tests.factories import Shop, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("pricing")


@pytest.fixture
def storekeeper(browser_window, interface, shop):
    """Open a page as the shop's storekeeper."""
    return lambda path: enter(browser_window, interface, shop, "storekeeper", path)


def test_a_maker_list_is_uploaded_looked_at_and_applied(storekeeper, shop, s3):
    assert s3
    variant = shop.run("catalog.get_variant", {"variant_id": shop.variant_ids[0]})
    text = f"Code,New MRP,Nonsense\n{variant.sku},118.00,x\nUNKNOWN-1,90,x\n"
    page = storekeeper("/maker-lists")
    file = {"name": "yearly.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Choose a price list").set_input_files(file)

    expect(page.get_by_role("heading", level=1)).to_have_text("yearly.csv")
    expect(page.get_by_role("row", name=re.compile(variant.label))).to_contain_text("₹118.00")
    expect(page.get_by_role("row", name=re.compile("UNKNOWN-1"))).to_contain_text("No product has")
    page.get_by_role("button", name="Apply prices").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Apply prices").click()
    expect(page.get_by_text("1 of 2 rows have errors")).to_be_visible()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    leaving_out = page.get_by_label("Apply without the rows that have errors")
    leaving_out.click()
    expect(leaving_out).to_be_checked()
    page.get_by_role("button", name="Apply prices").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Apply prices").click()
    expect(page.get_by_text("In force")).to_be_visible()
    price = shop.run("catalog.get_listed_price", {"variant_id": variant.variant_id})
    assert str(price.mrp) == "118.00"


def test_a_picture_is_shown_and_what_is_no_picture_is_refused(storekeeper, shop, s3):
    assert s3
    product = shop.run("catalog.get_variant", {"variant_id": shop.variant_ids[0]}).product_id
    page = storekeeper(f"/products/{product}")
    pick = page.get_by_label("Choose a picture")
    pick.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"<svg/>"})
    expect(page.get_by_role("alert")).to_contain_text("This is no picture")
    png = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(png, "PNG")
    pick.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png.getvalue()})
    shown = page.locator("img.product-picture")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 300)
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(shown).to_have_count(0)


def test_a_pack_that_is_not_there_is_made_while_goods_come_in(storekeeper, shop):
    name = shop.run("catalog.get_variant", {"variant_id": shop.variant_ids[0]}).label.split(" 30C")[
        0
    ]
    page = storekeeper("/receiving/new")
    page.get_by_label("Add a product").fill(f"{name} 10M 100ml")
    page.get_by_role("option", name=re.compile("^Make .*10M.*100 ml")).click()
    expect(page.locator("[data-line]")).to_contain_text("10M")
