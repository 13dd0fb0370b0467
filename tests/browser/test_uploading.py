"""Pictures brought by hand: uploaded, found in the archive, copied without identity; a conflict filed."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pydicom.uid import generate_uid

from tests.browser.offices import SIZES, expect_to_fit
from tests.browser.signing_in import signed_in
from tests.browser.test_imaging import password_of
from tests.dicom.objects import dataset, encode
from tests.fixtures.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def acting(product: Product, window: BrowserContext, who: str, path: str) -> Page:
    login = f"{who}@demo.example"
    return signed_in(window, product.url, login, password_of(product, login), path)


@pytest.fixture
def disc(tmp_path: Path) -> list[Path]:
    """A disc of three pictures, one of them of another patient, and a text."""
    study, series = generate_uid(), generate_uid()
    files = []
    for number in (1, 2, 3):
        data = dataset(
            StudyInstanceUID=study,
            SeriesInstanceUID=series,
            SOPInstanceUID=generate_uid(),
            InstanceNumber=number,
            PatientID="U-1" if number < 3 else "U-2",
            PatientName="Upload^Uma",
            StudyDescription="Macula of both eyes",
        )
        files.append(tmp_path / f"picture-{number}.dcm")
        files[-1].write_bytes(encode(data))
    files.append(tmp_path / "readme.txt")
    files[-1].write_text("This is no picture, but it lies on every disc. " * 9)
    return files


def send(page: Page, files: list[Path], before: int = 0) -> None:
    """Send files, and wait until every one of the list has come to its end."""
    count = before + len(files)
    page.get_by_label("Files", exact=True).set_input_files(files)
    expect(page.locator(".upload-counts strong")).to_have_text(
        f"{count} of {count}", timeout=30_000
    )


def test_a_disc_is_uploaded_and_each_file_says_what_became_of_it(
    product, browser_window, troubles, disc
):
    page = acting(product, browser_window, "technician", "/imaging/upload")
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload")
    send(page, disc[:2])
    send(page, disc[2:], before=2)
    rows = page.locator(".upload-table tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(0)).to_contain_text("Stored")
    held = page.locator(".upload-table tbody tr[data-status=quarantined]")
    expect(held.filter(has_text="another patient")).to_have_count(1)
    expect(page.locator(".upload-table tbody tr", has_text="readme.txt")).to_contain_text(
        re.compile("Not a DICOM object")
    )
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect_to_fit(page)
    page.get_by_label("Only what was not stored").check()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="All of it is here").click()
    expect(page.locator(".upload-studies")).to_contain_text("Marked as complete")
    page.get_by_role("button", name="Clear the list").click()
    send(page, disc[:2])
    expect(page.locator(".upload-table tbody tr[data-status=duplicate]")).to_have_count(2)
    page.locator(".upload-table a", has_text="Session").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Uma Upload")
    assert troubles == []


def test_what_is_held_is_looked_at_and_filed_under_its_studys_patient(
    product, browser_window, troubles, disc
):
    page = acting(product, browser_window, "technician", "/imaging/upload")
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload")
    send(page, disc[:2])
    send(page, disc[2:3], before=2)
    page.goto(f"{product.url}/imaging/quarantine")
    strip = page.get_by_label("What comes in")
    expect(strip).to_contain_text("On the way")
    rows = page.locator("tbody tr", has_text="Study belongs to another patient")
    expect(rows.first).to_be_visible()
    waiting = rows.count()
    rows.first.get_by_role("button", name="Look").click()
    expect(page.locator("img.held-preview")).to_be_visible()
    width = page.locator("img.held-preview").evaluate("image => image.naturalWidth")
    assert width == 16
    page.get_by_role("button", name="It is the study's patient").click()
    form = page.get_by_role("dialog")
    expect(form.locator("input[name=idempotency_key]")).not_to_have_value("")
    form.get_by_label("How do you know").fill("The number on the disc was typed wrong")
    form.get_by_role("button", name="File it").click()
    expect(rows).to_have_count(waiting - 1, timeout=30_000)
    assert troubles == []


def test_a_study_is_held_and_copied_without_identity(
    product, browser_window, troubles, disc, tmp_path
):
    page = acting(product, browser_window, "owner", "/imaging/upload")
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload")
    send(page, disc[:2])
    page.goto(f"{product.url}/imaging/studies")
    expect(page.get_by_role("heading", level=1)).to_have_text("Archive")
    row = page.locator("tbody tr", has_text="Uma Upload").first
    row.get_by_role("button", name="Look").click()
    page.get_by_role("button", name="Hold", exact=True).click()
    form = page.get_by_role("dialog")
    expect(form.locator("input[name=idempotency_key]")).not_to_have_value("")
    form.get_by_label("Why it must stay").fill("A complaint is open")
    form.get_by_role("button", name="Hold").click()
    expect(row).to_contain_text("Held")
    row.get_by_role("button", name="Look").click()
    page.get_by_role("button", name="Copy without identity").click()
    form = page.get_by_role("dialog")
    expect(form.locator("input[name=idempotency_key]")).not_to_have_value("")
    form.get_by_label("What the copy is for").fill("Teaching")
    form.get_by_role("button", name="Make the copy").click()
    row.get_by_role("button", name="Look").click()
    link = page.get_by_role("link", name="Copy without identity (ZIP)")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as coming:
        link.click()
    target = tmp_path / "copy.zip"
    coming.value.save_as(target)
    assert b"Uma" not in target.read_bytes()
    assert b"DICOMDIR" in target.read_bytes()
    assert troubles == []
