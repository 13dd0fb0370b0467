"""A month at the bank, in a real browser: a statement comes, is matched by keys, and agrees to the paisa."""

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import broken_promises, make_shop
from tests.services.banking.statements import bank_account, csv_of, days_ago
from tests.services.books import balance
from tests.services.payments.paying import owing, receive

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


def pages_of(account):
    at = f"/bank/{account}"
    return ["/bank", at, f"{at}/reconciliation", f"/bank/rules?account={account}"]


def test_a_statement_is_imported_matched_by_keys_and_agrees(
    environment, open_window, interface, s3, troubles, tmp_path
):
    assert environment and s3  # noqa: PT018  both only start servers
    shop = make_shop("bank")
    customer = owing(shop, 4, name="Nirmala Stores")
    receive(shop, customer, "420.00", reference="UTR5501")
    account = bank_account(shop)
    lines = [
        (days_ago(shop, 1), "NEFT UTR5501 NIRMALA", "", 420),
        (days_ago(shop, 1), "SMS CHARGES", "", -118),
        (shop.ctx.today, "INTEREST", "", 7),
    ]
    head = "When,What,Ref,Out,In,Left"
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(csv_of("0", *lines[:2], head=head))
    second.write_bytes(csv_of("0", *lines, head=head))

    page = enter(open_window(), interface, shop, "owner", f"/bank/{account}")
    page.get_by_label("Choose a statement").set_input_files(first)
    for label, column in (
        ("Date", "When"),
        ("Text", "What"),
        ("Debit", "Out"),
        ("Credit", "In"),
        ("Balance", "Left"),
    ):
        chooser = page.locator("label.field", has=page.get_by_text(label, exact=True))
        chooser.locator("select").select_option(label=column)
    expect(page.get_by_role("table", name="Lines of the file")).to_contain_text("₹302.00")
    page.get_by_role("button", name="Import").click()

    waits = page.get_by_role("listbox", name="Lines that wait")
    expect(waits.get_by_role("option")).to_have_count(2, timeout=15_000)
    expect(page.get_by_role("list", name="Suggestions")).to_contain_text(
        "UTR5501 stands in the bank's text"
    )
    page.keyboard.press("Enter")
    expect(waits.get_by_role("option")).to_have_count(1)
    expect(page.get_by_text("1 of 2 matched")).to_be_visible()
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name="Book this line")
    expect(dialog.locator("[name=amount-1]")).to_have_value("-118.00")
    dialog.locator("[name=account-1]").select_option("bank_charges")
    dialog.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Everything is matched")).to_be_visible(timeout=15_000)
    assert (balance(shop, "bank"), balance(shop, "bank_charges")) == (302, 118)

    page.get_by_role("link", name="Reconciliation").click()
    expect(page.get_by_text("Agrees")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("table", name="Reconciliation")).to_contain_text("₹302.00")
    page.get_by_role("link", name="Account").click()
    page.get_by_label("Choose a statement").set_input_files(second)
    expect(page.get_by_text("2 known already")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Import").click()
    expect(waits.get_by_role("option")).to_have_count(1, timeout=15_000)
    assert broken_promises() == []
    assert troubles == []
    expect_to_fit_everywhere(page, interface, pages_of(account))
