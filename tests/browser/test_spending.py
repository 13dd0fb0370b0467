"""Spending and owning, in a real browser: a claim with its photo, petty cash, and an asset from bill to sale."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from erp.adapters.object_storage import object_storage
from tests.browser.offices import enter
from tests.factories import Shop, broken_promises, make_shop
from tests.services.assets.owning import kinds, months_ago, own, seller
from tests.services.books import balance
from tests.services.expenses.spending import COURIER, box, categories, claim, spent
from tests.services.sales.ordering import buyer

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


@pytest.fixture
def store(s3):
    """The object store, with the bucket that photos go to."""
    object_storage.cache_clear()
    object_storage().ensure_bucket()
    return s3


def pick(place: Page | Locator, label: str, words: str) -> None:
    """Choose the first record that a lookup finds."""
    place.get_by_label(label).fill(words)
    place.get_by_role("option", name=words).first.click()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """The photo of a taxi bill."""
    picture = Image.new("RGB", (900, 1200), "white")
    ImageDraw.Draw(picture).text((80, 100), "UBER  24-11-2026  Rs 640.00", fill="black")
    content = io.BytesIO()
    picture.save(content, "JPEG")
    path = tmp_path / "bill.jpg"
    path.write_bytes(content.getvalue())
    return path


def test_a_claim_with_its_photo_is_approved_and_paid_back(acting, shop, store, photo, troubles):
    assert store
    page = acting("cashier", "/expenses/new")
    page.locator("input[type=file]").last.set_input_files(photo)
    expect(page.get_by_role("img", name="The bill")).to_be_visible(timeout=SOON)
    page.get_by_label("Amount paid").fill("640")
    page.get_by_label("What it was").select_option(label="Travel and conveyance")
    page.get_by_label("Supplier", exact=True).fill("Uber")
    page.get_by_label("What for, in a few words").fill("Visit to Dr Rao")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", name="EC/")).to_be_visible(timeout=SOON)
    number = page.get_by_role("heading", level=1).inner_text().split()[0]
    assert balance(shop, "travel") == 0

    boss = acting("owner", "/expenses")
    boss.get_by_role("link", name=number).click()
    expect(boss.get_by_role("img", name="Photo of the bill")).to_be_visible(timeout=SOON)
    boss.get_by_role("button", name="Approve").click()
    expect(boss.get_by_role("link", name="Pay back")).to_be_visible(timeout=SOON)
    assert (balance(shop, "travel"), balance(shop, "creditors")) == (640, -640)
    boss.get_by_role("link", name="Pay back").click()
    boss.get_by_label("By", exact=True).select_option("bank")
    boss.get_by_label("Amount").fill("640")
    boss.get_by_label("Reference").fill("UTR26112200640")
    boss.get_by_role("button", name="Record payment").click()
    expect(boss.get_by_role("heading", name="PY/")).to_be_visible(timeout=SOON)
    assert (balance(shop, "creditors"), balance(shop, "bank")) == (0, -640)
    page.reload()
    paid_back = page.locator("dt:text-is('Paid back') + dd")
    expect(paid_back).to_have_text("₹640.00", timeout=SOON)
    assert broken_promises() == []
    assert troubles == []


def test_who_approves_corrects_the_gst_of_a_whole_bill(acting, shop, troubles):
    bill = spent(shop, "1180.00", "Courier and postage", **COURIER, bill_tax="200.00")
    made = claim(shop, bill)
    page = acting("manager", f"/expenses/{made.id}")
    page.get_by_role("button", name="Correct its GST").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Bill BD-17 of Blue Dart")).to_be_visible(timeout=SOON)
    dialog.get_by_label("GST on the whole bill").fill("360")
    dialog.get_by_role("button", name="Correct", exact=True).click()
    expect(page.locator('dt:text-is("Bills\' GST corrected") + dd')).to_contain_text(
        "Manager", timeout=SOON
    )
    line = shop.run("expenses.get_claim", {"claim_id": made.id}).lines[0]
    assert (line.bill_tax, line.amount) == (360, 1180)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("button", name="Correct its GST")).to_have_count(0, timeout=SOON)
    assert (balance(shop, "input_cgst"), balance(shop, "creditors")) == (90, -1180)
    assert broken_promises() == []
    assert troubles == []


def test_petty_cash_pays_a_voucher_and_is_counted(acting, shop, troubles):
    float_id = box(shop)
    page = acting("manager", "/expenses/petty-cash/new")
    page.get_by_label("Amount paid").fill("320")
    page.get_by_label("What it was").select_option(label="Office expenses")
    page.get_by_label("What for, in a few words").fill("Drinking water")
    page.get_by_role("button", name="Pay and book").click()
    expect(page.get_by_role("heading", name="PV/")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("button", name="Take back")).to_have_count(0)
    assert balance(shop, "petty_floats") == 4680

    page.goto(page.url.partition("/expenses")[0] + f"/expenses/petty-cash/{float_id}")
    page.get_by_role("button", name="Count", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Counted").fill("4670")
    dialog.get_by_role("button", name="Book the count").click()
    expect(dialog.locator("#note-error")).to_contain_text("Count again", timeout=SOON)
    dialog.get_by_label("Why it differs").fill("Change not taken")
    dialog.get_by_role("button", name="Book the count").click()
    expect(page.get_by_text("₹10.00 short, booked")).to_be_visible(timeout=SOON)
    assert (balance(shop, "petty_floats"), balance(shop, "cash_short_over")) == (4670, 10)
    assert broken_promises() == []
    assert troubles == []


def register(page: Page, bought: str) -> None:
    """Bring a computer into the books from its supplier's bill."""
    page.get_by_label("Name*", exact=True).fill("Till computer")
    page.get_by_label("Kind*", exact=True).select_option(label="Computers and tills")
    page.get_by_label("Price without GST").fill("36000")
    pick(page, "Supplier", "Croma")
    page.get_by_label("Bill number").fill("CR/81")
    page.get_by_label("GST on the bill").select_option("18")
    page.get_by_label("Day of the bill").fill(bought)
    page.get_by_label("Booked on").fill(bought)
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Till computer")).to_be_visible(timeout=SOON)


def test_an_asset_is_bought_depreciated_and_sold(acting, shop, troubles):
    kinds(shop)
    seller(shop)
    buyer(shop, name="Nirmala Stores", credit_limit="100000.00")
    page = acting("accountant", "/fixed-assets/new")
    register(page, f"{months_ago(shop, 3):%d-%m-%Y}")
    assert (balance(shop, "computers"), balance(shop, "creditors")) == (36_000, -42_480)
    at = page.url

    page.goto(page.url.partition("/fixed-assets")[0] + "/fixed-assets/depreciation")
    page.get_by_role("button", name="Post depreciation").click()
    expect(page.get_by_text("posted for 1 asset.")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Posted until")).to_be_visible(timeout=SOON)
    assert balance(shop, "accumulated_depreciation") < 0

    page.goto(at)
    page.get_by_role("button", name="Sell", exact=True).click()
    dialog = page.get_by_role("dialog", name="Sell this asset")
    pick(dialog, "Buyer", "Nirmala")
    dialog.get_by_label("Price without GST").fill("30000")
    dialog.get_by_label("HSN").fill("8471")
    dialog.get_by_label("GST, percent").fill("18")
    dialog.get_by_label("Reason").fill("Replaced by a new one")
    dialog.get_by_role("button", name="Sell and make the invoice").click()
    expect(page.get_by_role("button", name="Cancel the sale")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("button", name="Sell", exact=True)).to_have_count(0)
    assert (balance(shop, "computers"), balance(shop, "accumulated_depreciation")) == (0, 0)
    assert balance(shop, "debtors") == 35_400
    page.get_by_role("link", name="SFA/").click()
    page.wait_for_url("**/invoices/*")
    expect(page.get_by_text("₹35,400.00").first).to_be_visible(timeout=SOON)
    assert broken_promises() == []
    assert troubles == []


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
