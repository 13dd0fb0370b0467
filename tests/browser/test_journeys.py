"""Trade from beginning to end in a real browser: a customer's order to its last rupee, a need to what goes back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter, expect_to_fit
from tests.factories import Shop, broken_promises, make_shop
from tests.services.billing.bills.billing import registered
from tests.services.books import balance
from tests.services.sales.ordering import buyer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

SLOW = 15_000


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("journey")


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def pick(page: Page, label: str, words: str, *, exact: bool = False) -> None:
    page.get_by_label(label, exact=exact).fill(words)
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")


def ready(page: Page) -> None:
    """Wait until the form has its key."""
    page.locator("input[name=idempotency_key]:not([value=''])").first.wait_for(state="attached")


def pay(page: Page, at: str, amount: str) -> None:
    """Take a customer's payment by bank and see it kept."""
    page.goto(f"{at}/receivables")
    page.get_by_role("link", name="Nirmala Stores").click()
    page.get_by_role("link", name="Receive payment").click()
    ready(page)
    page.get_by_label("By", exact=True).select_option("bank")
    page.get_by_label("Amount").fill(amount)
    page.get_by_label("Reference").fill(f"UTR{amount.zfill(8)}")
    page.get_by_role("button", name="Record payment").click()
    expect(page.get_by_role("heading", name="RC/")).to_be_visible(timeout=SLOW)


def quote_and_take(page: Page) -> str:
    """Make a quotation of a pasted list, take it as an order, and return the order's address."""
    pick(page, "Customer*", "Nirmala", exact=True)
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog", name="Paste a customer")
    dialog.get_by_label("The list").fill("Arnica 1 30 - 250")
    dialog.get_by_role("button", name="Add these").click()
    page.get_by_role("button", name="Make quotation").click()
    expect(page.get_by_role("heading", name="QT/")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Customer ordered").click()
    page.get_by_role("dialog").get_by_role("button", name="Take the order").click()
    expect(page.get_by_text("200 kept, 50 missing")).to_be_visible(timeout=SLOW)
    return page.url


def give_link(page: Page) -> Page:
    """Make the customer's link and open it on a phone that nobody signed in on."""
    page.get_by_role("button", name="Copy a link").click()
    page.get_by_role("dialog").get_by_role("button", name="Make the link").click()
    link = page.locator("#issued-secret")
    expect(link).to_contain_text("/track/", timeout=SLOW)
    shown = link.inner_text()
    page.get_by_role("button", name="I have kept it").click()
    browser = page.context.browser
    assert browser is not None
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    phone.goto(shown)
    return phone


def deliver_all_kept(page: Page, units: str) -> None:
    page.get_by_role("link", name="Deliver", exact=True).click()
    expect(page.get_by_label("Units")).to_have_value(units, timeout=SLOW)
    page.get_by_role("button", name="Deliver and invoice").click()


def test_a_customers_order_becomes_goods_invoices_and_money(acting, shop, interface, troubles):
    buyer(shop, name="Nirmala Stores", credit_limit="100000.00")
    page = acting("owner", "/orders/quote")
    order = quote_and_take(page)
    phone = give_link(page)
    expect(phone.get_by_text("Being prepared")).to_be_visible()
    expect(phone.get_by_text("200 kept for you, 50 awaited")).to_be_visible()

    deliver_all_kept(page, "200")
    expect(page.get_by_text("50 missing").first).to_be_visible(timeout=SLOW)
    pay(page, interface.url, "21000")
    assert balance(shop, "debtors") == 0

    shop.receive(shop.variant_ids[0], 60)
    page.goto(order)
    page.get_by_role("button", name="Keep what is there now").click()
    expect(page.get_by_text("50 kept").first).to_be_visible(timeout=SLOW)
    deliver_all_kept(page, "50")
    expect(page.get_by_text("All delivered")).to_be_visible(timeout=SLOW)
    pay(page, interface.url, "5250")

    phone.reload()
    expect(phone.get_by_text("All delivered").first).to_be_visible()
    papers = phone.get_by_role("link", name="Invoice PDF")
    expect(papers).to_have_count(2)
    paper = phone.request.get(f"{interface.url}{papers.first.get_attribute('href')}")
    assert paper.body().startswith(b"%PDF")
    expect_to_fit(phone)
    page.goto(order)
    page.get_by_role("button", name="End this link").click()
    expect(page.get_by_text("Ended by us")).to_be_visible(timeout=SLOW)
    phone.reload()
    expect(phone.get_by_text("This link does not work.")).to_be_visible()
    phone.context.close()
    assert (balance(shop, "debtors"), balance(shop, "bank")) == (0, 26_250)
    assert broken_promises() == []
    assert troubles == []


def ask_and_order(desk: Page) -> None:
    """Approve what is asked for, ask the supplier, and order at the price of their answer."""
    desk.get_by_role("row", name="waits for your approval").get_by_role("button").first.click()
    desk.get_by_role("button", name="Approve").click()
    desk.get_by_role("link", name="Ask suppliers").click()
    ready(desk)
    pick(desk, "Add a supplier", "SBL")
    expect(desk.locator(".asked-suppliers li")).to_have_count(1)
    desk.get_by_role("button", name="Make request").click()
    desk.get_by_role("link", name="Record answer").first.click()
    ready(desk)
    desk.get_by_label("Price of a unit").fill("50")
    desk.get_by_role("button", name="Record answer").click()
    table = desk.get_by_role("table", name="Comparison")
    expect(table.locator("td[data-on=true]")).to_contain_text("₹50.00", timeout=SLOW)
    desk.get_by_role("button", name="Order what is chosen").click()
    table.get_by_role("link", name="PO/").click()


def take_in(desk: Page) -> None:
    desk.get_by_role("link", name="Receive goods").click()
    desk.get_by_role("button", name="Everything came").click()
    desk.get_by_label("Lot").fill("jrn1")
    desk.get_by_label("Expiry").fill("0330")
    desk.get_by_label("MRP").fill("105")
    desk.get_by_role("button", name="Review").click()
    desk.get_by_role("dialog").get_by_role("button", name="Receive goods").click()
    expect(desk.get_by_text("Everything came; the order is closed.")).to_be_visible(timeout=SLOW)


def bill_it(desk: Page) -> None:
    desk.get_by_role("link", name="Not billed yet").click()
    expect(desk.get_by_text("Goods worth ₹5,000.00")).to_be_visible(timeout=SLOW)
    desk.get_by_role("link", name="SBL Agencies").first.click()
    desk.get_by_role("button", name="Put on bill").click()
    worth = desk.get_by_role("status").filter(has_text="GST")
    expect(worth).to_contain_text("₹5,250.00", timeout=SLOW)
    desk.get_by_label("Bill number").fill("SBL/200")
    desk.get_by_label("Total of the bill").fill("5250")
    desk.get_by_role("button", name="Review").click()
    desk.get_by_role("dialog").get_by_role("button", name="Record bill").click()
    matched = desk.get_by_role("row", name="Arnica 1 30C 30 ml SBL")
    expect(matched).to_contain_text("Matches", timeout=SLOW)


def test_a_need_becomes_an_order_goods_a_bill_and_what_goes_back(
    open_window, interface, environment, troubles
):
    assert environment
    shop = make_shop("need", lots=0)
    registered(shop, credit_days=30)
    counter = enter(open_window(), interface, shop, "cashier", "/purchases/requisitions/new")
    ready(counter)
    pick(counter, "Add a product", "arnica 1")
    counter.get_by_label("Quantity").fill("100")
    counter.get_by_label("Reason").fill("Sold out twice")
    counter.get_by_role("button", name="Hand in").click()
    expect(counter.get_by_text("Somebody else approves what you ask for.")).to_be_visible()

    desk = enter(open_window(), interface, shop, "owner", "/inbox")
    ask_and_order(desk)
    take_in(desk)
    desk.goto(f"{interface.url}/bills")
    bill_it(desk)
    assert (balance(shop, "grni"), balance(shop, "creditors")) == (0, -5250)

    lot = next(x for x in shop.run("inventory.stock_by_lot").rows if x.lot_number == "JRN1")
    seller = shop.run("party.list_parties", {"role": "supplier"}).rows[0].id
    goods = f"supplier_id={seller}&lot_id={lot.lot_id}&location_id={shop.storage_id}"
    desk.goto(f"{interface.url}/returns/new?{goods}")
    expect(desk.get_by_label("Supplier*", exact=True)).to_have_value("SBL Agencies", timeout=SLOW)
    desk.get_by_label("Units").fill("10")
    desk.get_by_label("Reason").select_option("damaged")
    desk.get_by_role("button", name="Review").click()
    desk.get_by_role("dialog").get_by_role("button", name="Post debit note").click()
    expect(desk.get_by_role("heading", name="Return PR/")).to_be_visible(timeout=SLOW)
    expect(desk.get_by_text("We ask for ₹525.00.")).to_be_visible()
    assert shop.on_hand(shop.variant_ids[0]) == 90
    assert broken_promises() == []
    assert troubles == []
