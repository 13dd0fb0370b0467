"""An accountant's month end in a real browser: from the bank's file to filed returns and a locked month."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from erp.core.clock import utc_now
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, gstin_in, make_shop
from tests.services.banking.statements import bank_account, csv_of
from tests.services.billing.bills.billing import billed, registered
from tests.services.books import balance
from tests.services.payments.paying import receive
from tests.services.sales.ordering import buyer, goods

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]
ARN = "AA2711260000012"
WAIT = 20_000


class Month:
    """Last month, with a customer who paid, a supplier who billed, and a bank that has both."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.last = shop.ctx.today.replace(day=1) - timedelta(days=1)
        self.bank: UUID = bank_account(shop)
        self.sell()
        self.buy()

    @property
    def then(self) -> datetime:
        """Three days before the month ended."""
        return utc_now() - (self.shop.ctx.today - self.last + timedelta(days=3))

    @property
    def day(self) -> date:
        return self.last - timedelta(days=3)

    def sell(self) -> None:
        customer = buyer(self.shop, name="Nirmala Stores")
        wanted = {"customer_id": customer, "lines": [goods(self.shop, 10)]}
        made = self.shop.run("sales.take_order", wanted, at=self.then)
        sent = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 10}]}
        self.shop.run("billing.deliver_order", sent, at=self.then)
        receive(self.shop, customer, "1050.00", reference="UTR5501", paid_on=str(self.day))

    def buy(self) -> None:
        seller = registered(self.shop, "09", name="Bakson Agencies")
        line = {
            "variant_id": self.shop.variant_ids[1], "lot_number": "PB1", "quantity": 4, "unit_cost": "100",
            "mrp": "300.00", "expires_on": self.last + timedelta(days=700),
        }  # fmt: skip
        came = {"supplier_id": seller, "lines": [line], "received_on": self.day}
        receipt = self.shop.run("inventory.receive_goods", came)
        bill = {
            "supplier_id": seller, "bill_number": "BA-1", "billed_on": self.day, "booked_on": self.day,
            "total": "420.00", "lines": [billed(receipt, 4, "100")],
        }  # fmt: skip
        self.shop.run("billing.record_bill", bill)

    def statement(self, folder: Path) -> Path:
        """Return the bank's file of the month."""
        file = folder / "bank.csv"
        lines = (
            (self.day, "NEFT UTR5501 NIRMALA", "", 1050),
            (self.last, "SMS CHARGES", "", -118),
        )
        file.write_bytes(csv_of("0", *lines))
        return file

    def reported(self, folder: Path) -> Path:
        """Return the portal's GSTR-2B of the month."""
        invoice = {
            "inum": "BA-1", "typ": "R", "dt": f"{self.day:%d-%m-%Y}", "itcavl": "Y",
            "items": [{"num": 1, "rt": "5", "txval": "400.00", "igst": "20.00"}],
        }  # fmt: skip
        seller = {"ctin": gstin_in("09"), "trdnm": "Bakson Agencies", "inv": [invoice]}
        own = self.shop.run("gst_returns.list_registrations").rows[0].gstin
        data = {"gstin": own, "rtnprd": f"{self.last:%m%Y}", "docdata": {"b2b": [seller]}}
        file = folder / "2b.json"
        file.write_text(json.dumps({"data": data}))
        return file


@pytest.fixture
def month(environment: dict[str, str], s3: object) -> Month:
    assert environment
    assert s3
    return Month(make_shop("monthend"))


def entry_line(page: Page, number: int) -> Locator:
    return page.locator(".entry-lines tbody tr").nth(number)


def matched_by_keys(page: Page, month: Month, folder: Path) -> None:
    """Import the bank's file, accept the receipt with Enter, book the charge, see it agree."""
    page.get_by_label("Choose a statement").set_input_files(month.statement(folder))
    page.get_by_role("button", name="Import").click(timeout=WAIT)
    waits = page.get_by_role("listbox", name="Lines that wait")
    expect(waits.get_by_role("option")).to_have_count(2, timeout=WAIT)
    expect(page.get_by_role("list", name="Suggestions")).to_contain_text("UTR5501 stands")
    page.keyboard.press("Enter")
    expect(waits.get_by_role("option")).to_have_count(1, timeout=WAIT)
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name="Book this line")
    expect(dialog.locator("[name=amount-1]")).to_have_value("-118.00")
    dialog.locator("[name=account-1]").select_option("bank_charges")
    dialog.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Everything is matched")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Reconciliation").click()
    expect(page.get_by_text("Agrees")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("table", name="Reconciliation")).to_contain_text("932.00")


def provided(page: Page, month: Month, every: str = "") -> None:
    """Type the month's salaries, which are owed; as an entry, or as one that comes again from today."""
    day = month.shop.ctx.today if every else month.last
    expect(page.locator("input[name=idempotency_key]")).not_to_have_value("")
    page.get_by_label("Day").fill(f"{day:%d-%m-%Y}")
    page.get_by_label("Narration").fill("Salaries of the month")
    if every:
        page.get_by_label("Comes again").select_option(label=every)
    entry_line(page, 0).get_by_label("Account").select_option(label="6001 Salaries")
    entry_line(page, 0).get_by_label("Debit").fill("300")
    entry_line(page, 1).get_by_label("Account").select_option(label="2090 Salaries Payable")
    entry_line(page, 1).get_by_label("Credit").fill("300")
    expect(page.locator(".entry-foot .badge")).to_have_text("Balanced")


def account_opened(page: Page) -> None:
    """Open the account that provisions stand on."""
    page.get_by_role("button", name="New account").click()
    dialog = page.get_by_role("dialog", name="New account")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("Code").fill("2090")
    dialog.get_by_label("Name").fill("Salaries Payable")
    dialog.get_by_label("Group").select_option("Current Liabilities")
    dialog.get_by_role("button", name="Open account").click()
    expect(page.get_by_text("Account opened.")).to_be_visible(timeout=WAIT)


def looked_at(page: Page, url: str, month: Month) -> None:
    """See the trial balance balance, the profit, and go from a figure to its voucher."""
    page.goto(f"{url}/books/trial-balance?as_of={month.last}")
    sums = page.locator(".sums dd")
    expect(sums).to_have_count(2, timeout=WAIT)
    assert sums.nth(0).inner_text() == sums.nth(1).inner_text()
    first = month.last.replace(day=1)
    page.goto(f"{url}/books/profit-and-loss?from_day={first}&to_day={month.last}")
    row = page.get_by_role("row", name=re.compile("Salaries"))
    row.get_by_role("link", name="300.00").click(timeout=WAIT)
    expect(page.get_by_role("heading", level=1)).to_have_text("Salaries")
    page.locator(".row-link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Salaries of the month")


def purchases_matched(page: Page, month: Month, folder: Path) -> None:
    page.get_by_label("Choose the GSTR-2B file").set_input_files(month.reported(folder))
    page.get_by_role("button", name="Import", exact=True).click(timeout=WAIT)
    table = page.get_by_role("table", name="Purchases and reported documents")
    expect(table).to_contain_text("BA-1", timeout=WAIT)
    expect(table).to_contain_text("Agrees", timeout=WAIT)


def prepared(page: Page, url: str, form: str) -> None:
    """Prepare last month's return and see that it agrees with the books."""
    page.goto(f"{url}/gst")
    page.get_by_role("button", name="Prepare a return").first.click(timeout=WAIT)
    dialog = page.get_by_role("dialog", name="Prepare a return")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.locator("[name=form]").select_option(label=form)
    dialog.get_by_role("button", name="Prepare").click()
    expect(page.get_by_role("heading", name=form)).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("table", name="What does not agree with the books")).to_have_count(0)


def exported(page: Page, start: str) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Portal JSON").click()
    assert download.value.suggested_filename.startswith(start)


def filed(page: Page, month: Month) -> None:
    page.get_by_role("button", name="Mark as filed").click()
    dialog = page.get_by_role("dialog", name="Filed on the portal?")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("ARN").fill(ARN)
    dialog.get_by_label("Filed on").fill(f"{month.shop.ctx.today:%d-%m-%Y}")
    dialog.get_by_role("button", name="Mark as filed").click()
    expect(page.get_by_text("Its period is locked.")).to_be_visible(timeout=WAIT)


def deposited(page: Page, url: str, amount: str) -> None:
    page.goto(f"{url}/gst")
    page.get_by_role("button", name="Challan").click(timeout=WAIT)
    dialog = page.get_by_role("dialog", name="Record a challan")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("Challan number").fill("CIN7")
    dialog.get_by_label("Amount").fill(amount)
    dialog.get_by_role("button", name="Record challan").click()
    expect(page.get_by_text("Challan recorded")).to_be_visible(timeout=WAIT)


def locked(page: Page, url: str, month: Month) -> None:
    """Close the month, then lock it: what is filed never opens again."""
    page.goto(f"{url}/books/periods")
    row = page.get_by_role("row", name=re.compile(f"{month.last:%B %Y}"))
    for verb, becomes in (("Close", "Closed"), ("Lock", "Locked")):
        row.get_by_role("button", name=verb, exact=True).click(timeout=WAIT)
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("Filed")
        dialog.get_by_role("button", name=re.compile(f"^{verb} ")).click()
        expect(row).to_contain_text(becomes, timeout=WAIT)


def test_a_month_goes_from_the_banks_file_to_filed_returns_and_a_lock(
    month: Month, open_window: Any, interface: Any, troubles: list[str], tmp_path: Path
):
    enter_as: Callable[[str], Page] = lambda path: enter(  # noqa: E731  names the office once
        open_window(), interface, month.shop, "accountant", path
    )
    page, url = enter_as(f"/bank/{month.bank}"), interface.url
    matched_by_keys(page, month, tmp_path)

    page.goto(f"{url}/books/accounts")
    account_opened(page)
    page.goto(f"{url}/books/journal/new")
    provided(page, month)
    page.get_by_role("button", name="Post entry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Salaries of the month")
    page.goto(f"{url}/books/journal/new")
    provided(page, month, "Every month")
    page.get_by_role("button", name="Save recurring entry").click()
    expect(page).to_have_url(re.compile("/books/recurring"), timeout=WAIT)
    looked_at(page, url, month)

    page.goto(f"{url}/gst/matching")
    purchases_matched(page, month, tmp_path)
    prepared(page, url, "GSTR-1")
    exported(page, "GSTR1_27")
    filed(page, month)
    prepared(page, url, "GSTR-3B")
    exported(page, "GSTR3B_27")
    address = page.url
    deposited(page, url, "30.00")
    page.goto(address)
    filed(page, month)

    locked(page, url, month)
    page.goto(f"{url}/books/journal/new")
    provided(page, month)
    page.get_by_role("button", name="Post entry").click()
    expect(page.get_by_text(re.compile("locked|closed")).first).to_be_visible(timeout=WAIT)
    assert balance(month.shop, "salaries") == 300
    assert broken_promises() == []
    assert troubles == []
    expect_to_fit_everywhere(
        page, interface, ["/books/accounts", "/books/opening/stock", "/gst/lost-goods", "/payables"]
    )
