"""Who has the queue open sees what others do to its sessions, without loading the page again."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_imaging import acquire
from tests.browser.test_review import badge, enter, open_session
from tests.browser.viewing import WHOLE

__all__ = ["enter"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def test_a_second_open_list_sees_a_claim_and_a_verdict(product, enter, troubles):
    acquire(product, "Lele", "--count", "2", "--source", "iris")
    manager, technician = enter("manager"), enter("technician")
    row = manager.locator("tbody tr", has_text="Lele")
    expect(row).to_contain_text(WHOLE, timeout=30_000)
    expect(row.locator(".badge", has_text="New")).to_be_visible()
    manager.evaluate("window.neverLoadedAgain = true")

    open_session(technician, "Lele")
    technician.get_by_role("button", name="Start review").click()
    badge(technician, "In review")
    expect(row.locator(".badge", has_text="In review")).to_be_visible()

    technician.get_by_role("button", name="Accept").click()
    badge(technician, "Accepted")
    expect(row).to_have_count(0)
    assert manager.evaluate("window.neverLoadedAgain")
    assert troubles == []
