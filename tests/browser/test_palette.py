"""Ctrl-K offers what the role may open, and nothing else."""

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter
from tests.factories import make_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture(scope="module")
def findable(environment):
    assert environment
    return make_shop("findable")


def test_it_offers_nothing_that_the_role_may_not_do(browser_window, interface, findable):
    page = enter(browser_window, interface, findable, "cashier")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Find pages").fill("member")
    expect(page.get_by_text("Nothing by that name")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_placeholder("Find pages")).to_have_count(0)
