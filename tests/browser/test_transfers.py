"""Goods travel to another branch: sent with first expiry first, scanned in, the rest settled."""

import re

import pytest
from playwright.sync_api import Page, expect

from erp.core import db
from tests.browser.offices import enter, scan
from tests.factories import Shop, broken_promises, make_shop
from tests.services.inventory.past_goods import second_branch
from tests.services.inventory.transfers import look

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

GTIN = "04006381333931"


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("sending", products=2, lots=2, stock=5)
    made.run("catalog.add_barcode", {"variant_id": made.variant_ids[0], "code": GTIN})
    return made


@pytest.fixture
def far(shop: Shop) -> Shop:
    """The second branch, where the shop's storekeeper works; the manager works at the first."""
    made: Shop = second_branch(shop)
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "update membership set branch_id = %s where tenant_id = %s and user_id = %s",
            (made.ctx.branch_id, shop.tenant_id, shop.user_ids["storekeeper"]),
        )
    return made


def test_goods_are_sent_scanned_in_and_the_rest_is_settled(
    open_window, interface, shop, far, troubles
):
    page = enter(open_window(), interface, shop, "manager", "/stock/transfers")
    expect(page.get_by_text("Nothing travels yet")).to_be_visible()
    page.get_by_role("link", name="Send goods").first.click()
    send(page)
    sent = shop.run("inventory.list_transfers").rows[0]
    assert (sent.sent, sent.status) == (7, "on_its_way")

    there = enter(open_window(), interface, shop, "storekeeper", f"/stock/transfers/{sent.id}")
    expect(there.get_by_role("button", name="Settle")).to_have_count(0)
    there.get_by_role("link", name="Receive goods").click()
    take_in(there)
    assert [x.arrived for x in look(far, sent.id).lines] == [4, 2]

    page.reload()
    settle = page.get_by_role("button", name="Settle")
    expect(settle).to_have_count(1)
    settle.click()
    page.get_by_label("What became of them").select_option("lost")
    page.get_by_label("Why you say so").fill("The box was open")
    page.get_by_role("button", name="Settle", exact=True).last.click()
    expect(page.get_by_text("Settled", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("The box was open"))).to_be_visible()
    assert look(shop, sent.id).transfer.status == "settled"
    with page.expect_download() as paper:
        page.get_by_role("link", name="Challan").click()
    assert paper.value.suggested_filename.endswith(".pdf")
    assert broken_promises() == []
    assert troubles == []


def send(page: Page) -> None:
    """Send seven units of the first product, which takes two lots."""
    expect(page.locator("[name=to_location_id]")).to_contain_text("Second")
    page.get_by_label("Add a product").fill("SKU1")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("[data-line]")).to_contain_text("Here 10")
    page.get_by_label("Send", exact=True).fill("7")
    page.get_by_role("button", name="Review").click()
    review = page.get_by_role("dialog")
    expect(review.get_by_role("row", name=re.compile("Lot L1 .* 5 "))).to_be_visible()
    expect(review.get_by_role("row", name=re.compile("Lot L2 .* 2 "))).to_be_visible()
    review.get_by_role("button", name="Send and make the challan").click()
    expect(page.get_by_role("heading", name=re.compile("^DC"))).to_be_visible()


def take_in(page: Page) -> None:
    """Scan two packs of the second lot, type four of the first; one is missing."""
    expect(page.locator("[data-line]")).to_have_count(2)
    for _ in range(2):
        scan(page, f"(01){GTIN}(10)L2")
    expect(page.get_by_label("Came").last).to_have_value("2")
    page.get_by_label("Came").first.fill("4")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Take in").click()
    expect(page.get_by_role("heading", name="What became of them")).to_be_visible()
