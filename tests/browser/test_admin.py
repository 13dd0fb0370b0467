"""Members, roles, tokens, the audit, background work and the inbox in the browser."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from erp.services import identity
from tests.browser.offices import enter
from tests.factories import PASSWORD, Shop, make_shop, receipt_line
from tests.services.trading import member_id, rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def office(environment) -> Shop:
    assert environment
    return make_shop("office")


def test_a_member_gets_another_role_a_pin_and_is_suspended(browser_window, interface, office):
    path = f"/settings/members/{member_id(office, 'cashier')}"
    page = enter(browser_window, interface, office, "owner", path)
    page.get_by_label("Storekeeper").check()
    page.get_by_label("May sign in").uncheck()
    page.get_by_role("button", name="Save member").click()
    expect(page.locator(".facts .badge")).to_have_text("Suspended")
    expect(page.locator(".facts")).to_contain_text("Cashier, Storekeeper")
    page.get_by_label("New PIN").fill("1111")
    page.get_by_role("button", name="Set PIN").click()
    expect(page.get_by_role("alert")).to_contain_text("four to eight digits")
    page.get_by_label("New PIN").fill("4821")
    page.get_by_role("button", name="Set PIN").click()
    expect(page.locator(".facts")).to_contain_text("Set")
    with pytest.raises(identity.SignInRefused):
        identity.sign_in(f"cashier@{office.slug}.example", PASSWORD)


def test_the_last_owner_is_told_why_they_stay(browser_window, interface, office):
    path = f"/settings/members/{member_id(office, 'owner')}"
    page = enter(browser_window, interface, office, "owner", path)
    page.get_by_label("Owner").uncheck()
    page.get_by_label("Cashier").check()
    page.get_by_role("button", name="Save member").click()
    expect(page.locator(".notice")).to_contain_text("must stay an owner")


def test_roles_show_what_they_allow(browser_window, interface, office):
    page = enter(browser_window, interface, office, "owner", "/settings/roles")
    cashier = page.locator("section.card", has=page.get_by_role("heading", name="Cashier"))
    expect(cashier).to_contain_text("cash, return, sell, view")
    expect(cashier).to_contain_text("Discount up to 5%")


def test_a_token_is_shown_once_works_and_is_revoked(browser_window, interface, office):
    page = enter(browser_window, interface, office, "owner", "/settings/tokens/new")
    page.get_by_label("Name").fill("Web shop")
    page.get_by_role("button", name="Issue token").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("pos.view").check()
    page.get_by_role("button", name="Issue token").click()
    place = page.locator("#issued-secret")
    expect(place).to_contain_text("vt_")
    bearer = {"authorization": f"Bearer {place.inner_text()}"}
    assert httpx.get(f"{interface.url}/api/erp/sales", headers=bearer).status_code == 200
    assert httpx.get(f"{interface.url}/api/erp/journal-entries", headers=bearer).status_code == 403
    page.get_by_role("button", name="I have kept it").click()
    expect(page.locator("tbody")).to_contain_text("Web shop")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke token").click()
    expect(page.locator("tbody .badge")).to_have_text("Revoked")
    page.wait_for_timeout(2_100)
    assert httpx.get(f"{interface.url}/api/erp/sales", headers=bearer).status_code == 401


def test_one_changes_ones_own_password_and_signs_in_with_it(browser_window, interface, office):
    page = enter(browser_window, interface, office, "cashier", "/settings/account")
    page.get_by_label("Present password").fill("not the one")
    page.get_by_label("New password").fill("quite another phrase")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password").fill("quite another phrase")
    page.get_by_role("button", name="Change password").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    assert identity.sign_in(f"cashier@{office.slug}.example", "quite another phrase")


def test_the_audit_says_who_did_what_with_which_answer(browser_window, interface, office):
    cashier = office.acting_as("cashier")
    sale = office.run("pos.post_sale", office.cart({office.variant_ids[0]: 1}), by=cashier)
    page = enter(browser_window, interface, office, "auditor", "/system/audit")
    page.get_by_label("Person").select_option(label=f"Cashier of {office.slug}")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator(".row-link").click()
    expect(page.locator("pre.json").nth(1)).to_contain_text(sale.number)
    expect(page.locator("main")).to_contain_text("pos.post_sale")


def test_work_that_failed_is_shown_with_its_error_and_tried_again(
    browser_window, interface, office, owner
):
    sale = office.sell({office.variant_ids[0]: 1})
    owner.execute(
        "insert into event_delivery (tenant_id, id, event_id, subscriber, status, attempts,"
        " next_attempt_at, last_error) select tenant_id, gen_random_uuid(), id, 'test.echo', 'dead',"
        " 8, now(), 'The printer is on fire' from event where aggregate_id = %s",
        (sale.sale_id,),
    )
    page = enter(browser_window, interface, office, "manager", "/system/deliveries")
    expect(page.locator("tbody")).to_contain_text("The printer is on fire")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("main")).to_contain_text("Nothing failed")
    found = rows(
        office, "select status, attempts from event_delivery where subscriber = 'test.echo'"
    )
    assert found == [{"status": "pending", "attempts": 0}]


def test_news_is_opened_and_counted(browser_window, interface, office):
    for number in range(2):
        matter = {"kind": "test", "title": f"Matter {number}", "for_permission": "pos.view"}
        office.run("workflows.raise_matter", matter | {"link": "/sales"})
    page = enter(browser_window, interface, office, "manager", "/inbox")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".bar-count").first).to_have_text("2")
    page.get_by_role("button", name="Open").first.click()
    expect(page).to_have_url(re.compile("/sales"))
    expect(page.locator(".bar-count").first).to_have_text("1")
    page.goto(f"{interface.url}/inbox")
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator("tbody .badge", has_text="New")).to_have_count(0)


def test_an_alert_asked_for_arrives_in_the_inbox_and_is_read(browser_window, interface, office):
    line = receipt_line(office.ctx, office.variant_ids[0], 4, days=20)
    office.run("inventory.receive_goods", {"lines": [line]}, confirm=["short_shelf_life"])
    page = enter(browser_window, interface, office, "manager", "/stock/expiry")
    page.get_by_role("button", name="Alert now").click()
    expect(page.get_by_text(re.compile("Put into the inbox of"))).to_be_visible()
    page.goto(f"{interface.url}/inbox")
    expect(page.locator("tbody tr", has_text="1 expire within")).to_have_count(1)
    expect(page.locator(".bar-count").first).to_have_text("1")
    page.get_by_role("button", name="Open").click()
    expect(page).to_have_url(re.compile("/stock/expiry"))
    expect(page.locator(".bar-count")).to_have_count(0)
