"""Bills kept on a browser whose cashier was moved or suspended meanwhile: handed in by who may, told to who may not."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.signing_in import signed_in
from tests.browser.test_offline_till import IS_READY
from tests.browser.tills import Counter, open_counter
from tests.factories import PASSWORD, Shop, broken_promises
from tests.gate.serving import Server
from tests.services.pos.test_offline_people import change, move
from tests.services.trading import rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]
TARGETS = """() => [...document.querySelectorAll('.offline-wait :is(button, a)')]
  .filter((each) => each.getBoundingClientRect().height < 43.5).map((each) => each.textContent)"""


@pytest.fixture
def counter(browser_window: BrowserContext, interface: Server) -> Counter:
    """A till that sold one bill while its network was away."""
    made = open_counter(browser_window, interface)
    made.page.wait_for_function(IS_READY)
    browser_window.set_offline(True)
    made.page.goto(f"{interface.url}/till/offline/")
    made.ready()
    made.scan()
    made.page.keyboard.press("F10")
    made.page.get_by_role("button", name="Complete sale").click()
    made.page.get_by_role("button", name="New sale").click()
    expect(made.page.locator("#unsent")).to_have_text("1 bill to send")
    return made


def comes_back(counter: Counter, role: str) -> Page:
    """Let the network come back and somebody sign in."""
    counter.page.close()
    window = counter.page.context
    window.set_offline(False)
    login = f"{role}@{counter.shop.slug}.example"
    page = signed_in(window, counter.server.url, login, PASSWORD, "/till/offline/")
    expect(page.get_by_text("1 bill is still to be sent")).to_be_visible()
    return page


def hands_in(page: Page, counter: Counter) -> None:
    assert page.evaluate(TARGETS) == []
    page.get_by_role("button", name="Send and hand in").click()
    expect(page).to_have_url(f"{counter.server.url}/till")


def standing(shop: Shop) -> list[dict[str, Any]]:
    return rows(
        shop,
        "select o.status, o.branch_id, l.status as lease from offline_sale o join till_lease l on l.id = o.lease_id",
    )


def test_who_was_moved_hands_in_what_they_sold_before(counter):
    shop = counter.shop
    move(shop)

    hands_in(comes_back(counter, "cashier"), counter)

    here = shop.ctx.branch_id
    assert standing(shop) == [{"status": "posted", "branch_id": here, "lease": "handed_in"}]
    assert broken_promises() == []


def test_a_colleague_hands_in_for_who_was_suspended(counter):
    change(counter.shop, "cashier", is_active=False)

    hands_in(comes_back(counter, "manager"), counter)

    assert [row["lease"] for row in standing(counter.shop)] == ["handed_in"]


def test_who_works_elsewhere_is_told_who_hands_in(counter):
    move(counter.shop, "manager")

    page = comes_back(counter, "manager")

    expect(page.get_by_role("alert")).to_contain_text("or somebody who sells at Till of")
    expect(page.get_by_role("button", name="Send and hand in")).to_have_count(0)
    assert page.evaluate(TARGETS) == []
    assert standing(counter.shop) == []
