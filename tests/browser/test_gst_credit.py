"""An accountant's GST beside the monthly returns: charges and their invoices, common credit, a year by composition."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import Page, expect

from erp.core.clock import utc_now
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.browser.test_month_end import WAIT, Month, deposited, filed, prepared
from tests.factories import Shop, broken_promises, gstin_in, make_shop
from tests.services.banking.statements import bank_account, bring, csv_of, waiting
from tests.services.gst_returns.months import buyer, product
from tests.services.gst_returns.test_composition import change
from tests.services.gst_returns.test_gstr4 import file_quarters, trade
from tests.services.purchasing.ordering import supplier
from tests.services.sales.ordering import goods

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("credits")


@pytest.fixture
def acting(open_window: Any, interface: Any, shop: Shop) -> Any:
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def day_of(shop: Shop) -> date:
    """Return a day in the month before this."""
    return shop.ctx.today.replace(day=1) - timedelta(days=3)


def then(shop: Shop) -> datetime:
    return utc_now() - (shop.ctx.today - day_of(shop))


def sold(shop: Shop) -> None:
    """Deliver goods for 1,000 and two consultations for 1,000."""
    visit = product(shop, "999319", "0", "1.00", treatment="exempt")
    line = {"variant_id": visit, "quantity": 2, "unit_price": "500.00"}
    wanted = {"customer_id": buyer(shop), "lines": [goods(shop, 10, unit_price="105.00"), line]}
    made = shop.run("sales.take_order", wanted, at=then(shop))
    sent = [{"order_line_no": no, "quantity": units} for no, units in ((1, 10), (2, 2))]
    shop.run("billing.deliver_order", {"order_id": made.id, "lines": sent}, at=then(shop))


def carried(shop: Shop) -> None:
    """Owe tax of 100 on freight under reverse charge, which goods and clinic share."""
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    carrier = supplier(shop, name="Ganesh Roadways", gst_category="unregistered")
    freight = {"gstin": gstin, "supplier_id": carrier, "description": "Freight", "hsn": "996791"}
    freight |= {"taxable": "2000.00", "rate": "5", "booked_on": day_of(shop)}
    shop.run("gst_returns.record_reverse_charge", freight)


def charged(shop: Shop) -> None:
    """Book a charge of 100 with its tax of 18 on the bank's line of last month."""
    account = bank_account(shop)
    bring(shop, account, csv_of("1000.00", (day_of(shop), "CARD CHARGES", "", -118)))
    (line,) = [one for one in waiting(shop, account) if one.amount < 0]
    halves = [{"account_key": f"input_{head}", "amount": "-9.00"} for head in ("cgst", "sgst")]
    parts = [{"account_key": "bank_charges", "amount": "-100.00"}, *halves]
    shop.run("banking.book_line", {"bank_line_id": line.id, "lines": parts})


def credit_of(page: Page) -> Any:
    """Return the table that leads from the accounts to the credit of a return."""
    return page.get_by_role("table", name="Credit: from the accounts to this return")


def test_a_charge_waits_until_its_invoice_is_entered_and_is_claimed(
    acting: Any, shop: Shop, interface: Any, troubles: list[str]
) -> None:
    charged(shop)
    sold(shop)
    page, url = acting("accountant", "/gst/charges"), interface.url
    expect(page.get_by_text("₹18.00 of input tax waits")).to_be_visible(timeout=WAIT)
    prepared(page, url, "GSTR-3B")
    expect(credit_of(page)).to_contain_text("Charges whose tax invoice is missing: waits")
    wrong = page.get_by_role("table", name="What has to be mended")
    wrong.get_by_role("row", name="waits for their tax invoice").get_by_role("link").click()
    page.get_by_role("button", name="Enter invoice").click(timeout=WAIT)
    dialog = page.get_by_role("dialog", name="Tax invoice of charges")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    for label, text in (
        ("Number", "MDR/77"),
        ("Day of the invoice", f"{day_of(shop):%d-%m-%Y}"),
        ("Who billed it", "Example Bank"),
        ("Their GSTIN", gstin_in("29")),
        ("Charges without tax", "100"),
        ("GST on them", "18"),
    ):
        dialog.get_by_label(label).fill(text)
    dialog.get_by_role("button", name="Enter").click()
    expect(dialog.get_by_text("lines of the bank booked CGST").first).to_be_visible(timeout=WAIT)
    dialog.get_by_label("Their GSTIN").fill(gstin_in("27"))
    dialog.get_by_role("button", name="Enter").click()
    table = page.get_by_role("table", name="Charges by month")
    expect(table).to_contain_text("MDR/77", timeout=WAIT)
    expect(table).to_contain_text("The invoice covers it")
    expect(page.get_by_text("of input tax waits")).to_be_hidden()
    prepared(page, url, "GSTR-3B")
    expect(credit_of(page)).to_contain_text("Net credit of this return: 4(C)")
    expect(credit_of(page)).not_to_contain_text("missing")
    address = page.url.partition(url)[2]
    seen = acting("auditor", "/gst/charges")
    expect(seen.get_by_role("table", name="Charges by month")).to_contain_text("MDR/77")
    expect(seen.get_by_role("button", name="Take an invoice back")).to_be_hidden()
    assert troubles == []
    expect_to_fit_everywhere(page, interface, ["/gst/charges", address])


def test_common_credit_is_given_back_and_the_month_is_filed(
    acting: Any, shop: Shop, interface: Any, troubles: list[str]
) -> None:
    sold(shop)
    carried(shop)
    page, url = acting("accountant", "/gst/common-credit"), interface.url
    row = page.get_by_role("row", name="Ganesh Roadways")
    tiles = page.locator(".tiles")
    expect(tiles).to_contain_text("₹50.00", timeout=WAIT)
    row.get_by_role("button", name="Taxable").click()
    expect(row).to_contain_text("Taxable", timeout=WAIT)
    expect(page.get_by_role("button", name="Give back")).to_be_hidden(timeout=WAIT)
    row.get_by_role("button", name="Both").click()
    page.get_by_role("button", name="Give back").click(timeout=WAIT)
    expect(page.get_by_text("₹50.00 of common credit given back.")).to_be_visible(timeout=WAIT)
    expect(tiles).to_contain_text("₹50.00 of it recorded", timeout=WAIT)
    expect(page.get_by_role("button", name="Give back")).to_be_hidden()
    figures = page.get_by_role("table", name="Figures of the rule")
    expect(figures.get_by_role("row", name="D1 What exempt")).to_contain_text("50.00")

    month = cast("Month", SimpleNamespace(shop=shop))
    prepared(page, url, "GSTR-1")
    filed(page, month)
    deposited(page, url, "100.00")
    prepared(page, url, "GSTR-3B")
    figures = page.get_by_role("table", name="Figures")
    expect(figures.get_by_role("row", name="4(B)(1)")).to_contain_text("50.00")
    filed(page, month)
    assert broken_promises() == []
    assert troubles == []
    expect_to_fit_everywhere(page, interface, ["/gst/common-credit"])


def test_a_year_by_composition_is_looked_at_and_handed_out(
    acting: Any, shop: Shop, interface: Any, troubles: list[str], tmp_path: Path
) -> None:
    change(shop)
    trade(shop)
    address = "/gst/gstr-4?year_from=2025-04-01"
    page, url = acting("accountant", address), interface.url
    wrong = page.get_by_role("table", name="To be looked at")
    expect(wrong).to_contain_text("Keeps it in the house", timeout=WAIT)
    expect(page.get_by_role("button", name="Portal JSON")).to_be_hidden()

    file_quarters(shop)
    page.goto(f"{url}{address}")
    expect(page.locator(".tiles")).to_contain_text("Equal", timeout=WAIT)
    figures = page.get_by_role("table", name="Figures")
    expect(figures.get_by_role("row", name="6 out")).to_contain_text("11,100.00")
    figures.get_by_role("row", name="4A").get_by_role("link").click()
    listed = page.get_by_role("table", name="Rows of the figure")
    expect(listed).to_contain_text("B-1", timeout=WAIT)
    expect(listed).not_to_contain_text("B-2")
    with page.expect_download() as download:
        page.get_by_role("button", name="Portal JSON").click()
    assert download.value.suggested_filename.startswith("GSTR4_27")
    download.value.save_as(tmp_path / "gstr4.json")
    assert json.loads((tmp_path / "gstr4.json").read_text())["fp"] == "032026"
    assert troubles == []
    expect_to_fit_everywhere(page, interface, [address])


def test_a_statement_says_what_of_it_is_not_read(
    acting: Any, shop: Shop, interface: Any, troubles: list[str], tmp_path: Path
) -> None:
    month = day_of(shop)
    entry: dict[str, Any] = {
        "portcode": "INNSA1",
        "boenum": "2566282",
        "boedt": f"{month:%d-%m-%Y}",
    }
    entry |= {"isamd": "N", "txval": 1000.0, "igst": 180.0}
    own = shop.run("gst_returns.list_registrations").rows[0].gstin
    data: dict[str, Any] = {"gstin": own, "rtnprd": f"{month:%m%Y}", "docdata": {"impg": [entry]}}
    data["docRejdata"] = {"b2b": [{"inv": [{"inum": "R-1"}, {"inum": "R-2"}]}]}
    file = tmp_path / "2b.json"
    file.write_text(json.dumps({"data": data}))
    page = acting("accountant", "/gst/matching")
    page.get_by_label("Choose the GSTR-2B file").set_input_files(file)
    expect(page.get_by_text("Not read: docRejdata: 2 documents")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Import", exact=True).click()
    table = page.get_by_role("table", name="Purchases and reported documents")
    expect(table).to_contain_text("2566282 INNSA1", timeout=WAIT)
    expect(table).to_contain_text("Bill of entry")
    expect(page.get_by_text("Not read of this month's file: docRejdata")).to_be_visible()
    assert troubles == []
    expect_to_fit_everywhere(page, interface, ["/gst/matching"])


def test_every_page_of_gst_is_reached_by_two_steps_and_by_keys(
    acting: Any, troubles: list[str]
) -> None:
    page = acting("accountant", "/gst/limits")
    groups = page.get_by_role("navigation", name="GST", exact=True)
    expect(groups.locator("[aria-current=page]")).to_have_text("Settings")
    own = page.get_by_role("navigation", name="Settings", exact=True)
    expect(own.locator("[aria-current=page]")).to_have_text("Limits")
    groups.get_by_role("link", name="Credit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Purchases and GSTR-2B")
    page.get_by_role("navigation", name="Credit", exact=True).get_by_role(
        "link", name="Lost goods"
    ).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Credit on lost goods")
    crumbs = page.get_by_role("navigation", name="Breadcrumbs")
    expect(crumbs).to_contain_text("GST")
    page.set_viewport_size({"width": 1024, "height": 768})
    for name in ("GST", "Credit"):
        strip = page.get_by_role("navigation", name=name, exact=True)
        assert strip.evaluate("e => e.scrollWidth <= e.clientWidth"), f"{name} scrolls"
    assert troubles == []
