"""Reports: a template is laid out, a summary written with a model's draft, signed and printed."""

import json
import os
from collections.abc import Iterator
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.offices import SIZES, expect_to_fit
from tests.browser.test_imaging import acquire, make_report, viewer
from tests.browser.test_review import PIN, badge, enter, open_session, send, set_pin
from tests.fixtures.models import FakeModel, says
from tests.fixtures.product import Product

assert enter
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]
PROTOCOL = ("--source", "iris", "--protocol", "Reported", "--count", "2")
DRAFT = "Two pictures were taken. The session was accepted."
SHOTS = os.environ.get("REPORT_SHOTS", "")


@pytest.fixture
def model(product: Product) -> Iterator[FakeModel]:
    """The model that the product asks; it says the draft again afterwards."""
    product.model.answer = says(DRAFT)
    yield product.model
    product.model.answer = says(DRAFT)


def shoot(page: Page, name: str) -> None:
    """Keep pictures of a page in every size, where somebody wants to look at them."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect_to_fit(page)
        if SHOTS:
            page.wait_for_timeout(400)
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def lay_out(page: Page) -> None:
    """Let the manager make the template of the protocol, after a look at it."""
    page.get_by_role("button", name="Reported").click()
    expect(page.get_by_role("heading", name="Reported", level=2)).to_be_visible()
    expect(page.get_by_text("The built-in layout is used")).to_be_visible()
    title = page.get_by_label("Title")
    expect(title).to_have_value("Session report")
    title.fill("Iris of {patients}")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#title-error")).to_contain_text("{patients} is no placeholder")
    title.fill("Iris report")
    page.get_by_label("Opening text").fill("For {patient} at {clinic}.")
    page.get_by_role("button", name="Leave Comments out").click()
    page.get_by_role("button", name="Move Key images up").click()
    page.get_by_label("Key images beside each other").select_option("3")
    page.get_by_role("button", name="Summary: no report without it").click()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview").click()
    expect_preview(page, opened.value.url, "Iris report", "PREVIEW")
    opened.value.close()
    shoot(page, "template")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1").first).to_be_visible()
    expect(title).to_have_value("Iris report")


def expect_preview(page: Page, url: str, *words: str) -> None:
    answer = page.context.request.get(url)
    assert answer.status == 200, answer.text()
    assert answer.headers["content-type"] == "application/pdf"
    shown = words_of(answer.body())
    assert [word for word in words if word not in shown] == []


def words_of(content: bytes) -> str:
    return "\n".join(one.extract_text() for one in PdfReader(BytesIO(content)).pages)


def test_a_summary_is_drafted_by_a_model_changed_signed_and_printed(
    product, enter, model, troubles, tmp_path
):
    technician = enter("technician", "/imaging")
    acquire(product, "Ghatge", *PROTOCOL)
    open_session(technician, "Ghatge")
    lay_out(enter("manager", "/imaging/report-templates"))
    viewer(technician)
    need_a_summary(technician)
    write_by_hand(technician)
    technician.get_by_role("button", name="Accept").click()
    badge(technician, "Accepted")
    draft(model, technician)
    take(technician)
    sign(product, technician)
    words = make_report(product, technician, tmp_path)
    for wanted in ("Iris report", "For Test Ghatge", "Checked by hand.", "fake-8b"):
        assert wanted in words
    assert "Two pictures were taken." in words
    assert "not signed" not in words
    assert "No abnormality seen" not in words
    assert troubles == []


def need_a_summary(page: Page) -> None:
    """No report is made without what the template requires."""
    page.get_by_role("button", name="Make report").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_role("button", name="Make report").click()
    expect(dialog).to_contain_text("no summary; write it on the session's page")
    dialog.get_by_role("button", name="Cancel").click()


def write_by_hand(page: Page) -> None:
    field = page.get_by_role("textbox", name="Summary")
    field.fill("Lids wide open.")
    page.get_by_role("button", name="Save summary").click()
    expect(page.get_by_role("button", name="Version 1,")).to_be_visible()
    expect(field).to_have_value("Lids wide open.")
    field.fill("Lids wide open, all sharp.")
    page.get_by_role("heading", level=1).click()
    expect(page.get_by_role("button", name="Version 2,")).to_be_visible()


def draft(model: FakeModel, page: Page) -> None:
    page.get_by_role("button", name="Draft by model").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Accepted")
    shoot(page, "sending")
    dialog.get_by_role("button", name="Send and draft").click()
    expect(page.get_by_role("region", name="Draft by a model")).to_be_visible(timeout=30_000)
    sent = model.got[-1][2].decode()
    assert "ghatge" not in sent.casefold()
    assert json.loads(sent)["model"] == "fake-8b"


def take(page: Page) -> None:
    field = page.get_by_role("textbox", name="Draft by the model")
    expect(field).to_have_value(DRAFT)
    shoot(page, "draft")
    field.fill(f"{DRAFT} Checked by hand.")
    page.get_by_role("button", name="Use as my summary").click()
    expect(page.get_by_role("region", name="Draft by a model")).to_have_count(0)
    summary = page.get_by_role("textbox", name="Summary")
    expect(summary).to_have_value(f"{DRAFT} Checked by hand.")
    expect(page.get_by_role("button", name="from a draft by fake-8b")).to_be_visible()
    page.get_by_role("button", name="Drafts").click()
    log = page.get_by_role("dialog")
    expect(log).to_contain_text("Taken as the summary")
    log.get_by_text("What was sent", exact=True).click()
    expect(log.locator("pre").first).to_contain_text('"model": "fake-8b"')
    shoot(page, "log")
    page.keyboard.press("Escape")


def sign(product: Product, page: Page) -> None:
    address = page.url
    set_pin(product, page)
    page.goto(address)
    page.get_by_role("button", name="Sign off").click()
    send(page, "Sign off", pin=PIN)
    badge(page, "Signed off")
    expect(page.get_by_role("textbox", name="Summary")).to_have_count(0)
    expect(page.get_by_text(f"{DRAFT} Checked by hand.").first).to_be_visible()
    session = page.url.rpartition("/")[2]
    origin = page.url.split("/imaging/")[0]
    preview = f"{origin}/api/erp/imaging/sessions/{session}/report-preview.pdf"
    expect_preview(page, preview, "PREVIEW", "Iris report", "Checked by hand.")
    shoot(page, "signed")


def test_a_draft_that_cannot_be_used_says_why_and_the_text_stays(product, enter, model):
    model.answer = says("A malignant tumour.")
    page = enter("technician", "/imaging")
    acquire(product, "Sawant", *PROTOCOL)
    open_session(page, "Sawant")
    page.get_by_role("button", name="Start review").click()
    badge(page, "In review")
    page.get_by_role("button", name="Draft by model").click()
    expect(page.get_by_text("There is nothing to write about yet.")).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    badge(page, "Accepted")
    page.get_by_role("textbox", name="Summary").fill("My own words")
    page.get_by_role("button", name="Draft by model").click()
    page.get_by_role("dialog").get_by_role("button", name="Send and draft").click()
    expect(page.locator(".draft .notice")).to_contain_text("names no illness", timeout=30_000)
    expect(page.get_by_role("textbox", name="Summary")).to_have_value("My own words")
    shoot(page, "failed")
