"""A technician's morning: the queue, a claim, the checklist, a repeat, two readers, the signature."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.offices import SIZES, expect_to_fit
from tests.browser.signing_in import signed_in
from tests.browser.test_imaging import acquire, drag, make_report, password_of, viewer
from tests.browser.viewing import WHOLE, pane
from tests.fixtures.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]
PROTOCOL = ("--source", "iris", "--protocol", "Morning", "--count", "2")
PIN = "4821"


@pytest.fixture
def enter(product: Product, open_window: OpenWindow) -> Any:
    """Open a page as a person of the demo, each in a browser of their own."""

    def opened(login: str, path: str = "/imaging") -> Page:
        person = f"{login}@demo.example"
        password = password_of(product, person)
        page = signed_in(open_window(), product.url, person, password, path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        return page

    return opened


def send(page: Page, button: str, **fields: str) -> None:
    """Fill the open dialog and send it."""
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    for name, value in fields.items():
        field = dialog.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0)


def make_rules(page: Page) -> None:
    """Let the manager say how sessions of the protocol are judged."""
    page.get_by_role("button", name="Add protocol").click()
    send(page, "Save", code="Morning", second_reader="on_reject", stat_minutes="15")
    expect(page.get_by_role("heading", name="Morning")).to_be_visible()
    for label in ("Whole iris shown", "In focus"):
        page.get_by_role("button", name="Add item").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("What is looked at").fill(label)
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_role("listitem").filter(has_text=label)).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1").first).to_be_visible()


def open_session(page: Page, patient: str) -> None:
    row = page.locator("tbody tr", has_text=patient).first
    expect(row).to_contain_text(WHOLE, timeout=30_000)
    row.locator(".row-link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(patient)


def set_pin(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/settings/account")
    form = page.locator("form").filter(has=page.get_by_label("New PIN"))
    expect(form.locator("input[name=idempotency_key]")).not_to_have_value("")
    form.get_by_label("New PIN").fill(PIN)
    form.get_by_role("button").last.click()
    expect(page.get_by_text("PIN set.")).to_be_visible()


def answer(page: Page, label: str, words: str) -> None:
    group = page.get_by_role("group", name=label)
    group.get_by_role("button", name=words, exact=True).click()
    expect(group.get_by_role("button", name=words, exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def badge(page: Page, words: str) -> None:
    expect(page.locator(".badge", has_text=words).first).to_be_visible()


def test_a_technicians_morning(product, enter, troubles, tmp_path):
    manager = enter("manager", "/imaging/protocols")
    make_rules(manager)
    technician = enter("technician")
    acquire(product, "Phadke", *PROTOCOL)
    open_session(technician, "Phadke")
    viewer(technician)
    claim_and_be_told(manager, technician)
    ask_for_a_repeat(technician)
    read_as_the_second(manager)
    acquire(product, "Phadke", *PROTOCOL)
    open_the_repeat(product, technician)
    compare(technician)
    measure(technician)
    accept_the_repeat(technician, manager)
    sign_and_add(product, technician)
    words = make_report(product, technician, tmp_path)
    assert "Phadke" in words
    assert "mm" in words
    reject_another(product, technician)
    assert troubles == []


def claim_and_be_told(manager: Page, technician: Page) -> None:
    technician.get_by_role("button", name="Start review").click()
    badge(technician, "In review")
    manager.goto(technician.url)
    expect(manager.locator(".notice", has_text="is reviewing this session")).to_be_visible()
    expect(manager.get_by_role("button", name="Accept")).to_have_count(0)
    expect(manager.get_by_role("button", name="Take over")).to_be_visible()


def ask_for_a_repeat(technician: Page) -> None:
    technician.get_by_role("button", name="Accept").click()
    expect(technician.locator(".notice[data-tone=red]")).to_contain_text("Whole iris shown")
    answer(technician, "Whole iris shown", "No")
    technician.get_by_role("button", name="Request repeat").click()
    send(technician, "Request repeat", reason_code="positioning", note="Upper lid covers it")
    expect(technician.locator(".notice", has_text="waits for a second reader")).to_be_visible()
    expect(technician.get_by_role("button", name="Accept")).to_have_count(0)


def read_as_the_second(manager: Page) -> None:
    manager.reload()
    expect(manager.get_by_role("button", name="Request repeat")).to_be_visible()
    expect(manager.get_by_text("Upper lid covers it")).to_have_count(0)
    manager.get_by_role("button", name="Request repeat").click()
    send(manager, "Request repeat", reason_code="positioning")
    badge(manager, "Repeat requested")
    expect(manager.get_by_text("Upper lid covers it").first).to_be_visible()


def open_the_repeat(product: Product, technician: Page) -> None:
    technician.goto(f"{product.url}/imaging?search=Phadke")
    row = technician.locator("tbody tr", has_text="repeat")
    expect(row).to_contain_text(WHOLE, timeout=30_000)
    row.locator(".row-link").click()
    expect(technician.locator(".notice", has_text="This repeats session")).to_be_visible()
    viewer(technician)


def compare(technician: Page) -> None:
    """Lay the session that is repeated beside the repeat, and look at both again."""
    technician.get_by_label("Compare with").select_option(index=1)
    shown = technician.get_by_label("Image viewer")
    expect(shown).to_have_attribute("data-layout", "1x2")
    expect(pane(technician, 1)).to_have_attribute("data-state", "shown")
    shown.press("End")
    for number in (0, 1):
        expect(pane(technician, number)).to_have_attribute("data-index", "1")
    technician.get_by_label("Compare with").select_option(index=0)
    technician.get_by_label("Layout: Two panes").click()
    technician.get_by_role("menuitemradio", name="One pane").click()
    expect(shown).to_have_attribute("data-layout", "1x1")


def measure(technician: Page) -> None:
    viewer(technician).press("m")
    drag(technician, (-80, 0), (80, 0))
    kept = technician.locator(".card", has_text="Measurements").locator(".imaging-rows li")
    expect(kept).to_have_count(1)
    expect(technician.get_by_label("Image viewer")).to_have_attribute("data-unsaved", "0")


def reject_another(product: Product, technician: Page) -> None:
    """What cannot be used leaves the queue for a reason."""
    acquire(product, "Rane", "--count", "2", "--source", "iris")
    technician.goto(f"{product.url}/imaging")
    open_session(technician, "Rane")
    viewer(technician)
    technician.get_by_role("button", name="Reject").click()
    dialog = technician.get_by_role("dialog")
    dialog.get_by_role("button", name="Reject").click()
    expect(dialog.locator(".error").first).to_be_visible()
    send(technician, "Reject", reason_code="113038")
    badge(technician, "Rejected")
    technician.goto(f"{product.url}/imaging?search=Rane")
    expect(technician.get_by_text("Nothing matches")).to_be_visible()


def accept_the_repeat(technician: Page, manager: Page) -> None:
    answer(technician, "Whole iris shown", "Yes")
    answer(technician, "In focus", "Yes")
    technician.keyboard.press("Alt+a")
    waits = technician.locator(".notice", has_text="waits for a second reader")
    expect(waits.or_(technician.locator(".badge", has_text="Accepted")).first).to_be_visible()
    if waits.count():  # one accepted session in ten is read twice, so that nobody can tell
        manager.goto(technician.url)
        answer(manager, "Whole iris shown", "Yes")
        answer(manager, "In focus", "Yes")
        manager.get_by_role("button", name="Accept").click()
    badge(technician, "Accepted")


def sign_and_add(product: Product, technician: Page) -> None:
    session = technician.url
    set_pin(product, technician)
    technician.goto(session)
    technician.get_by_role("button", name="Sign off").click()
    dialog = technician.get_by_role("dialog")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("Your PIN").fill("0000")
    dialog.get_by_role("button", name="Sign off").click()
    expect(dialog).to_contain_text("not right")
    send(technician, "Sign off", pin=PIN)
    badge(technician, "Signed off")
    expect(technician.get_by_text("SHA-256")).to_be_visible()
    technician.get_by_role("button", name="Addendum").click()
    send(technician, "Add", text="Compared with last year: no change.")
    expect(technician.get_by_text("no change.").first).to_be_visible()
    technician.get_by_role("link", name="IS/").first.click()
    expect(technician.locator(".notice", has_text="The repeat has come")).to_be_visible()


def test_the_next_key_leads_through_the_view(product, enter):
    for patient in ("Nadkarni", "Sathe"):
        acquire(product, patient, *PROTOCOL)
    page = enter("technician", "/imaging?protocol=morning")
    expect(page.locator("tbody tr", has_text="Sathe")).to_contain_text(WHOLE, timeout=30_000)
    page.keyboard.press("j")
    expect(page.locator(".row-link").first).to_be_focused()
    first = page.locator(".row-link").first.inner_text()
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(first)
    viewer(page)
    page.keyboard.press("n")
    expect(heading).not_to_contain_text(first)


@pytest.mark.parametrize("path", ["", "/sessions", "/protocols", "/figures", "/devices"])
def test_the_pages_of_the_review_fit_every_screen(enter, path):
    page = enter("manager", f"/imaging{path}")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect_to_fit(page)


def test_a_device_has_a_page_of_its_own(enter, troubles):
    page = enter("technician", "/imaging/devices")
    page.locator("tbody .row-link").first.click()
    expect(page.get_by_text("Objects by day")).to_be_visible()
    expect(page.get_by_text("/offer/{transfer}")).to_be_visible()
    page.get_by_role("button", name="Record maintenance").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Done on").fill("01-11-2026")
    send(page, "Record", note="Lens cleaned")
    expect(page.get_by_text("Lens cleaned")).to_be_visible()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect_to_fit(page)
    assert troubles == []
