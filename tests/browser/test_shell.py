"""The frame, its list and its form in a real browser."""

import uuid

import pytest
from playwright.sync_api import expect
from redis import Redis

from erp import erp
from erp.core.live_channel import live_channel
from erp.services import identity, platform
from erp.state.screens import list_screens
from tests.gate.serving import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

SIZES = [(1440, 900), (1024, 768), (390, 844)]


def test_a_stranger_signs_in_and_lands_where_they_wanted(browser_window, interface, troubles):
    page = browser_window.new_page()
    page.goto(f"{interface.url}/settings/members")
    expect(page).to_have_title("Sign in · Vantage")
    page.get_by_label("User name").fill("shell.owner")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    expect(page.get_by_label("User name")).to_have_value("shell.owner")
    troubles.clear()  # the refusal's status, which Chromium reports
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("cell", name="Meena Iyer")).to_be_visible()
    expect(page).to_have_url(f"{interface.url}/settings/members")
    expect(page).to_have_title("Members · Vantage")
    assert troubles == []


def test_the_bar_says_who_and_where(sign_in):
    page = sign_in()
    expect(page.locator(".place")).to_contain_text("Sanjeevani Medicals")
    expect(page.locator(".place")).to_contain_text("T. Nagar")
    page.get_by_role("button", name="Your account").click()
    expect(page.get_by_role("menu")).to_contain_text("Asha Raman")
    expect(page.get_by_role("menu")).to_contain_text("Owner")


def test_the_navigation_shows_what_the_role_may_open(sign_in):
    page = sign_in("cashier")
    navigation = page.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="Home")).to_be_visible()
    expect(navigation.get_by_role("link", name="Members")).to_have_count(0)


def test_the_navigation_brings_the_open_page_into_sight(sign_in):
    page = sign_in(path="/settings/members")
    here = page.locator(".nav-item[aria-current=page]", has_text="Members")
    expect(here).to_be_in_viewport(ratio=1)


def test_a_page_outside_the_role_stays_closed(sign_in, interface):
    page = sign_in("cashier", "/settings/members")
    expect(page).to_have_url(f"{interface.url}/no-permission")
    expect(page.get_by_text("Your role does not open this page")).to_be_visible()
    expect(page.get_by_text("Meena Iyer")).to_have_count(0)


def test_ctrl_k_finds_a_page_and_opens_it(sign_in, interface):
    page = sign_in()
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Find pages").fill("memb")
    expect(page.get_by_role("option", name="Members")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{interface.url}/settings/members")
    expect(page.get_by_placeholder("Find pages")).to_have_count(0)


def test_shortcuts_open_pages_but_not_while_typing(sign_in, interface):
    page = sign_in("owner", "/settings/members")
    page.get_by_role("cell", name="Meena Iyer").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("g h")
    expect(page).to_have_url(f"{interface.url}/settings/members?search=g+h")
    page.get_by_role("heading", name="Members").click()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(f"{interface.url}/")
    expect(page.get_by_role("heading", name="Good day, Asha")).to_be_visible()


def test_a_search_narrows_the_list_and_survives_a_reload(sign_in, interface):
    page = sign_in("owner", "/settings/members")
    page.get_by_placeholder("Search by name or login").fill("meena")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(f"{interface.url}/settings/members?search=meena")
    page.reload()
    expect(page.get_by_role("cell", name="Meena Iyer")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_placeholder("Search by name or login").fill("nobody of this name")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_role("cell", name="Ravi Kumar")).to_be_visible()


def test_a_view_is_kept_and_used_again(sign_in):
    page = sign_in("owner", "/settings/members")
    page.get_by_placeholder("Search by name or login").fill("ravi")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Save this view").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Only Ravi")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("View saved.")).to_be_visible()
    page.goto(page.url.partition("?")[0])
    expect(page.get_by_role("cell", name="Meena Iyer")).to_be_visible()
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Only Ravi").click()
    expect(page.get_by_role("row")).to_have_count(2)


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(sign_in):
    page = sign_in("owner", "/settings/members/new")
    page.get_by_label("User name").fill("has blanks")
    page.get_by_role("button", name="Add member").click()
    login = page.get_by_label("User name")
    expect(login).to_have_attribute("aria-invalid", "true")
    expect(login).to_have_accessible_description("Some of these characters are not allowed here.")
    expect(login).to_have_value("has blanks")
    expect(page.get_by_label("Name", exact=False).first).to_be_focused()


def test_a_member_is_added_and_listed(sign_in, interface):
    page = sign_in("owner", "/settings/members/new")
    page.get_by_label("Name*", exact=True).fill("Farida Sheikh")
    page.get_by_label("User name").fill(f"farida.{uuid.uuid4().hex[:6]}")
    page.get_by_label("Role").select_option("technician")
    page.get_by_label("First password").fill(PASSWORD)
    page.get_by_role("button", name="Add member").dblclick()
    expect(page.get_by_role("cell", name="Farida Sheikh")).to_be_visible()
    expect(page).to_have_url(f"{interface.url}/settings/members")
    expect(page.get_by_role("cell", name="Farida Sheikh")).to_have_count(1)


def test_a_list_follows_the_news(sign_in, organisation, redis_url):
    page = sign_in("owner", "/parties")
    expect(page).to_have_title("Customers and suppliers · Vantage")
    expect(page.get_by_role("status").filter(has_text="0 rows")).to_be_visible()
    expect(page.get_by_role("cell", name="Aarav Newcomer")).to_have_count(0)
    place = next(t for t in identity.list_tenants() if str(t.tenant_id) == organisation)
    ctx = identity.system_context(
        place.tenant_id, place.company_id, place.branch_id, place.time_zone
    )
    given = {"name": "Aarav Newcomer", "kind": "retailer", "state_code": "33"}
    platform.run("party.create_party", ctx, given)
    with Redis.from_url(redis_url) as redis:
        heard = redis.publish(live_channel(place.tenant_id, "party"), "")
    assert heard >= 1
    expect(page.get_by_role("cell", name="Aarav Newcomer")).to_be_visible()


def test_a_session_that_ends_leads_to_the_form_and_back(sign_in, browser_window, interface):
    page = sign_in("owner", "/settings/members")
    token = next(c["value"] for c in browser_window.cookies() if c["name"] == "vantage")
    identity.sign_out(token)
    page.wait_for_timeout(identity.CACHE_SECONDS * 1000 + 300)
    page.get_by_placeholder("Search by name or login").fill("meena")
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    page.get_by_label("User name").fill("shell.owner")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("cell", name="Meena Iyer")).to_be_visible()
    assert page.url.startswith(f"{interface.url}/settings/members")


def test_signing_out_and_in_as_another_shows_the_other(sign_in, interface):
    page = sign_in("owner", "/settings/members")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.get_by_label("User name").fill("shell.cashier")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".avatar", has_text="RK")).to_be_visible()
    expect(page.get_by_text("Asha Raman")).to_have_count(0)
    assert page.url == f"{interface.url}/"


def test_dark_and_narrow_are_remembered(sign_in):
    page = sign_in()
    page.get_by_role("button", name="Switch between light and dark").click()
    page.get_by_role("button", name="Collapse").click()
    page.reload()
    page.locator(".avatar", has_text="AR").wait_for()
    assert page.evaluate("document.documentElement.dataset.nav") == "narrow"
    assert "dark" in page.evaluate("document.documentElement.className")


STATIC_ROUTES = ["/", "/settings/members", "/settings/members/new", "/no-permission", "/nowhere"]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}")
def test_nothing_overflows_and_everything_has_a_name(sign_in, interface, troubles, size):
    page = sign_in()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for route in STATIC_ROUTES:
        page.goto(interface.url + route)
        page.locator(".avatar", has_text="AR").wait_for()
        page.wait_for_timeout(400)
        wide = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{route} is {wide} px too wide at {size[0]}"
        unnamed = page.evaluate(UNNAMED)
        assert unnamed == [], f"{route}: {unnamed}"
    assert [t for t in troubles if "404" not in t] == []


UNNAMED = """() => [...document.querySelectorAll('button, a, input:not([type=hidden]), select')]
  .filter((e) => e.checkVisibility() && !(e.getAttribute('aria-label') || e.innerText.trim()
     || e.labels?.length || e.title || e.querySelector('img[alt]:not([alt=""])')))
  .map((e) => e.outerHTML.slice(0, 120))"""


def test_the_frame_is_one_list_of_screens():
    assert erp.app, "importing the composition root registers every page"
    routes = [screen.route for screen in list_screens()]
    assert len(routes) == len(set(routes))
