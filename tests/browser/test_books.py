"""The books in the browser: balances drilled, entries posted and taken back, months closed."""

import csv
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter
from tests.factories import Shop, make_shop
from tests.services.trading import rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def books(environment) -> Shop:
    assert environment
    shop = make_shop("books")
    shop.sell({shop.variant_ids[0]: 1})
    return shop


def read_table(path: Path, kind: str) -> list[list[str]]:
    """Return the lines of a downloaded CSV or XLSX file."""
    if kind == "CSV":
        return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    kept = re.findall(r"<row\b.*?</row>", sheet, re.DOTALL)
    return [re.findall(r"<(?:v|t)\b[^>]*>([^<]*)</", row) for row in kept]


def line(page: Page, number: int):
    return page.locator(".entry-lines tbody tr").nth(number)


def type_rent(page: Page, amount: str = "1500") -> None:
    page.get_by_label("Narration").fill("Rent of November")
    line(page, 0).get_by_label("Account").select_option(label="6000 Rent")
    line(page, 0).get_by_label("Debit").fill(amount)
    line(page, 1).get_by_label("Account").select_option(label="1100 Bank")


def test_a_balance_leads_to_its_lines_and_they_to_their_entry(
    browser_window, interface, books, troubles
):
    page = enter(browser_window, interface, books, "accountant", "/books/trial-balance")
    sums = page.locator(".sums dd")
    expect(sums).to_have_count(2)
    assert sums.nth(0).inner_text() == sums.nth(1).inner_text()
    page.get_by_role("link", name="Cost of Goods Sold").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cost of Goods Sold")
    expect(page.locator("main")).to_contain_text("₹60.00 Dr")
    page.locator(".row-link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sale POS1/")
    page.get_by_role("main").get_by_role("link", name="Sale", exact=True).click()
    expect(page).to_have_url(re.compile("/sales/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sale POS1/")
    assert troubles == []


@pytest.mark.parametrize("kind", ["CSV", "XLSX"])
def test_the_trial_balance_is_downloaded_with_the_figures_of_the_page(
    browser_window, interface, books, kind
):
    page = enter(browser_window, interface, books, "accountant", "/books/trial-balance")
    expect(page.locator(".sums dd")).to_have_count(2)
    shown = page.locator("tbody tr").count()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=kind).click()
    lines = read_table(waiting.value.path(), kind)
    accounts = [line for line in lines if "Cost of Goods Sold" in line]
    assert len(lines) == shown + 1
    figures = [Decimal(cell) for cell in accounts[0] if cell in {"60", "60.00"}]
    assert figures == [Decimal("60.00")] * 2, "what moved, and the balance"


def test_a_figure_of_a_statement_leads_to_its_document_and_a_draft_is_finished(
    browser_window, interface, books, troubles
):
    page = enter(browser_window, interface, books, "accountant", "/books/profit-and-loss")
    row = page.get_by_role("row", name=re.compile("Cost of Goods Sold"))
    page.get_by_role("button", name="Direct Expenses", exact=True).press("Enter")
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Direct Expenses", exact=True).press("Enter")
    row.get_by_role("link", name="60.00").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cost of Goods Sold")
    page.locator(".row-link").first.click()
    expect(page.get_by_role("link", name="Sale", exact=True)).to_be_visible()
    page.goto(f"{interface.url}/books/journal/new")
    expect(page.locator("[name=idempotency_key]").first).not_to_have_value("")
    type_rent(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page).to_have_url(re.compile("/books/drafts"))
    page.locator(".row-link").first.click()
    expect(page.get_by_label("Narration")).to_have_value("Rent of November")
    line(page, 1).get_by_label("Credit").fill("1500")
    page.get_by_role("button", name="Post entry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rent of November")
    kept = rows(books, "select status from entry_draft")
    assert ([row["status"] for row in kept], troubles) == (["posted"], [])


def test_an_entry_is_typed_balanced_posted_and_taken_back(browser_window, interface, books):
    page = enter(browser_window, interface, books, "accountant", "/books/journal/new")
    type_rent(page)
    expect(page.locator(".entry-foot .badge")).to_have_text("Difference ₹1,500.00")
    line(page, 1).get_by_label("Credit").fill("1500")
    expect(page.locator(".entry-foot .badge")).to_have_text("Balanced")
    page.get_by_role("button", name="Post entry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rent of November")
    page.get_by_role("button", name="Reverse").click()
    page.get_by_label("Reason").fill("Wrong month")
    page.get_by_role("button", name="Reverse entry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reversal: Wrong month")
    kept = rows(books, "select purpose from journal_entry where origin_type = 'manual' order by id")
    assert [row["purpose"] for row in kept] == ["manual", "reversal"]


def test_a_new_line_takes_what_is_missing(browser_window, interface, books):
    page = enter(browser_window, interface, books, "accountant", "/books/journal/new")
    type_rent(page, "750.50")
    expect(page.locator(".entry-foot .badge")).to_contain_text("750.50")
    page.get_by_role("button", name="Add line").click()
    expect(line(page, 2).get_by_label("Credit")).to_have_value("750.50")
    expect(page.locator(".entry-foot .badge")).to_have_text("Balanced")


def test_what_cannot_be_posted_says_where_and_why(browser_window, interface, books):
    page = enter(browser_window, interface, books, "accountant", "/books/journal/new")
    type_rent(page, "abc")
    page.get_by_role("button", name="Post entry").click()
    expect(line(page, 0).get_by_role("alert")).to_contain_text("number")
    assert rows(books, "select 1 from journal_entry where origin_type = 'manual'") == []


def test_a_month_is_closed_with_a_reason_and_opened_again(browser_window, interface, books):
    page = enter(browser_window, interface, books, "accountant", "/books/periods")
    page.get_by_role("button", name="Close", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile("^Close ")).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Reason").fill("Filed")
    dialog.get_by_role("button", name=re.compile("^Close ")).click()
    expect(page.get_by_role("table", name="Periods").locator("tbody")).to_contain_text("Closed")
    expect(page.get_by_role("table", name="Periods").locator("tbody")).to_contain_text("Filed")
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_label("Reason").fill("One bill came late")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Open ")).click()
    expect(page.get_by_role("table", name="Periods").locator("tbody")).to_contain_text("Open")


def test_those_who_only_read_are_offered_no_change(browser_window, interface, books):
    page = enter(browser_window, interface, books, "auditor", "/books/periods")
    expect(page.get_by_role("table", name="Periods").locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("button", name="Close", exact=True)).to_have_count(0)
    page.goto(f"{interface.url}/books/journal/new")
    expect(page).to_have_url(re.compile("no-permission"))


def test_a_day_is_typed_as_it_is_read_whatever_the_browsers_language(
    browser_window, interface, books
):
    page = enter(browser_window, interface, books, "accountant", "/books/trial-balance")
    day = page.get_by_label("As of")
    expect(day).to_have_accessible_name("As of")
    expect(day).to_have_value(f"{books.ctx.today:%d-%m-%Y}")
    day.fill("1/4/26")
    day.blur()
    expect(day).to_have_value("01-04-2026")
    expect(page).to_have_url(re.compile("as_of=2026-04-01"))
    page.goto(f"{interface.url}/books/journal/new")
    expect(page.locator("input[name=idempotency_key]")).not_to_have_value("")
    page.get_by_label("Day").fill("31-02-2026")
    page.get_by_role("button", name="Post entry").click()
    expect(page.get_by_label("Day")).to_have_accessible_description(
        "Type a day such as 21-11-2026, or choose one."
    )
    expect(page.get_by_label("Day")).to_have_value("31-02-2026")
