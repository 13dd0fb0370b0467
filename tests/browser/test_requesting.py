"""Buying in a real browser: goods are asked for, suppliers answer, the best gets the order, a lot fails."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter
from tests.factories import Shop, broken_promises, make_shop
from tests.services.purchasing.ordering import line, place, supplier

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("asking")
    supplier(made)
    supplier(made, name="Wheezal Agencies")
    return made


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def pick(page: Page, label: str, words: str) -> None:
    page.get_by_label(label).fill(words)
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")


def ready(page: Page) -> None:
    """Wait until the form has its key."""
    page.locator("input[name=idempotency_key]:not([value=''])").first.wait_for(state="attached")


def ask_for_goods(page: Page) -> None:
    ready(page)
    pick(page, "Add a product", "arnica 1")
    page.get_by_label("Quantity").fill("100")
    page.get_by_label("Reason").fill("Sold out twice")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Somebody else approves what you ask for.")).to_be_visible()


def test_goods_are_asked_for_compared_and_ordered(acting, shop, troubles):
    ask_for_goods(acting("cashier", "/purchases/requisitions/new"))
    desk = acting("manager", "/inbox")
    desk.get_by_role("row", name="waits for your approval").get_by_role("button").first.click()
    desk.get_by_role("button", name="Approve").click()
    desk.get_by_role("link", name="Ask suppliers").click()
    ready(desk)
    expect(desk.get_by_label("Quantity")).to_have_value("100")
    for count, name in enumerate(("SBL", "Wheezal"), start=1):
        pick(desk, "Add a supplier", name)
        expect(desk.locator(".asked-suppliers li")).to_have_count(count)
    desk.get_by_role("button", name="Make request").click()
    expect(desk.get_by_text("No answer yet").first).to_be_visible()

    for price, scheme in (("50", ""), ("52", "10")):
        desk.get_by_role("link", name="Record answer").first.click()
        ready(desk)
        desk.get_by_label("Price of a unit").fill(price)
        if scheme:
            desk.get_by_label("Paid", exact=True).fill(scheme)
            desk.get_by_label("Free with them").fill("1")
        desk.get_by_role("button", name="Record answer").click()
        expect(desk.get_by_role("table", name="Comparison")).to_be_visible()
    table = desk.get_by_role("table", name="Comparison")
    expect(table).to_contain_text("₹47.32")
    expect(table.get_by_role("button", name="Chosen")).to_have_count(1)
    table.get_by_role("button", name="Choose", exact=True).click()
    expect(table.locator("td[data-on=true]")).to_contain_text("₹50.00")
    desk.get_by_role("button", name="Order what is chosen").click()
    expect(desk.get_by_label("Why not the best")).to_have_attribute("aria-invalid", "true")
    table.get_by_role("button", name="Choose for all").last.click()
    expect(table.locator("td[data-on=true]")).to_contain_text("₹47.32")
    desk.get_by_role("button", name="Order what is chosen").click()
    expect(table.get_by_text("PO/")).to_be_visible()
    [order] = shop.run("purchasing.list_orders").rows
    assert order.supplier == "Wheezal Agencies"
    assert [x.status for x in shop.run("purchasing.list_requisitions").rows] == ["ordered"]
    assert broken_promises() == []
    assert troubles == []


def test_a_lot_that_fails_its_checklist_goes_into_quarantine(acting, shop, troubles):
    desk = acting("manager", "/stock/checklists/edit")
    ready(desk)
    desk.get_by_label("Name").fill("At the door")
    desk.get_by_label("Question").fill("Seal is intact")
    desk.get_by_role("button", name="Save version").click()
    expect(desk.get_by_role("heading", name="All other goods: At the door")).to_be_visible()

    order = place(shop, line(shop, 10))
    page = acting("storekeeper", f"/purchases/{order.id}/receive")
    page.get_by_role("button", name="Everything came").click()
    page.get_by_label("Lot").fill("chk1")
    page.get_by_label("Expiry").fill("0330")
    page.get_by_role("button", name="Review").click()
    seal = page.get_by_role("radiogroup", name="Seal is intact")
    expect(seal).to_have_attribute("aria-invalid", "true")
    seal.get_by_label("No").check(force=True)
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Receive goods").click()
    expect(page.get_by_text("Everything came; the order is closed.")).to_be_visible()
    [check] = shop.run("inventory.list_checks").rows
    assert (check.outcome, check.waiting) == ("failed", 10)
    page.goto(page.url.partition("/purchases")[0] + f"/stock/lots/{check.lot_id}")
    expect(page.get_by_role("table", name="Quality checks")).to_contain_text("Failed")
    assert troubles == []
