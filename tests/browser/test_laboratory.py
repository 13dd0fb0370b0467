"""Results in a real browser: files with faults, a patient and a test to settle, a trend; and a booking."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import broken_promises, make_shop
from tests.services.laboratory.samples import csv_of, observed, oru, patient

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


def ready(page: Page, name: str):
    """Return a dialog once its form has its key: what is typed before is lost."""
    dialog = page.get_by_role("dialog", name=name)
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    return dialog


def pick(page: Page, dialog, text: str) -> None:
    dialog.get_by_placeholder("Name, phone or code").fill(text)
    page.get_by_role("option", name=text).first.click()


def settle(page: Page) -> None:
    """Say which test it is, who the patient is, and discard what is left."""
    waits = page.get_by_role("table", name="Waiting results")
    expect(waits.locator("tbody tr")).to_have_count(3, timeout=15_000)
    waits.locator("tr", has_text="Row 2").get_by_role("button", name="Which test?").click()
    dialog = ready(page, "Which test is it?")
    dialog.locator("select").select_option(label="HbA1c (%)")
    dialog.get_by_role("button", name="It is this one").click()
    expect(waits.locator("tbody tr")).to_have_count(2, timeout=15_000)
    waits.locator("tr", has_text="X17").get_by_role("button", name="Who is it?").click()
    dialog = ready(page, "Who is it?")
    expect(dialog).to_contain_text("same name, same birthday")
    dialog.get_by_role("button", name="Choose").click()
    expect(dialog.get_by_placeholder("Name, phone or code")).to_have_value("Asha Rao")
    dialog.get_by_role("button", name="It is this patient").click()
    expect(waits.locator("tbody tr")).to_have_count(1, timeout=15_000)
    waits.get_by_role("button", name="Discard").click()
    dialog = ready(page, "Discard this row?")
    dialog.locator("[name=reason]").fill("no such day")
    dialog.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Nothing waits")).to_be_visible(timeout=15_000)


def put_right(page: Page) -> None:
    """Correct the only result of the report, wrongly at first."""
    results = page.get_by_role("table", name="Results")
    expect(results).to_contain_text("In range", timeout=15_000)
    results.get_by_role("button", name="Put right").click()
    dialog = ready(page, "Put a result right")
    dialog.locator("[name=value]").fill("5,5")
    dialog.locator("[name=reason]").fill("misread")
    dialog.get_by_role("button", name="Put right").click()
    expect(dialog.get_by_text("without commas").first).to_be_visible()
    dialog.locator("[name=value]").fill("5.8")
    dialog.get_by_role("button", name="Put right").click()
    expect(results.locator("tbody tr")).to_have_count(2, timeout=15_000)
    expect(results).to_contain_text("Corrected")


def test_files_become_trends_once_a_person_said_who_and_what(
    environment, open_window, interface, s3, troubles, tmp_path
):
    assert environment and s3  # noqa: PT018  both only start servers
    shop = make_shop("lab")
    asha = patient(shop)
    rows = [
        f"R1,{asha.code},Asha Rao,06/05/1984,F,20/08/2026 08:30,A1C,HbA1c,6.9,%,4.0 - 5.6,H,",
        "R2,X17,Asha Rao,06/05/1984,F,20/10/2026 08:30,A1C,HbA1c,6.1,%,4.0 - 5.6,H,",
        f"R3,{asha.code},Asha Rao,06/05/1984,F,31/02/2026,A1C,HbA1c,5.9,%,,,",
    ]
    table, message = tmp_path / "august.csv", tmp_path / "today.hl7"
    table.write_bytes(csv_of(*rows))
    told = oru("H1", observed("4548-4", "5.4", "%", limits="4.0-5.6"), code=asha.code)
    message.write_text(told)

    page = enter(open_window(), interface, shop, "manager", "/laboratory/files")
    page.get_by_role("button", name="Add laboratory").first.click()
    dialog = ready(page, "Add a laboratory")
    dialog.locator("input[name=name]").fill("City Lab")
    dialog.get_by_role("button", name="Add laboratory").click()
    page.get_by_label("Choose a file").set_input_files(table)
    preview = page.get_by_role("table", name="Rows of the file")
    expect(preview).to_contain_text("Which test?", timeout=15_000)
    expect(preview).to_contain_text("\u201c31/02/2026\u201d is no time")
    page.get_by_role("button", name="Take in").click()

    settle(page)
    page.goto(f"{interface.url}/laboratory/files")
    page.get_by_label("Choose a file").set_input_files(message)
    expect(page.get_by_role("table", name="Rows of the file")).to_contain_text(
        "New", timeout=15_000
    )
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_role("table", name="Reports").locator("tbody tr")).to_have_count(
        3, timeout=15_000
    )

    page.goto(f"{interface.url}/parties/{asha.id}")
    page.get_by_role("link", name="Results").click()
    numbers = page.get_by_role("table", name="In numbers")
    expect(numbers.locator("tbody tr")).to_have_count(3, timeout=15_000)
    expect(numbers.locator("tbody tr").first).to_contain_text("5.4")
    expect(numbers.locator("tbody tr").last).to_contain_text("\u2191 High")
    expect(page.locator(".js-plotly-plot .point")).to_have_count(3, timeout=15_000)
    numbers.get_by_role("link", name="H1").click()
    put_right(page)
    report = page.url.removeprefix(interface.url)
    assert broken_promises() == []
    assert troubles == []
    pages = ["/laboratory", "/laboratory/waiting", "/laboratory/files", "/laboratory/analytes",
             "/laboratory/mappings"]  # fmt: skip
    expect_to_fit_everywhere(page, interface, [*pages, report, f"/laboratory/patients/{asha.id}"])


def test_a_patient_is_booked_moved_and_arrives(environment, open_window, interface, troubles):
    assert environment
    shop = make_shop("book")
    patient(shop)
    shop.run("imaging.register_device", {"code": "cam-1", "name": "Slit lamp"})
    tomorrow = shop.ctx.today + timedelta(days=1)
    at = f"/imaging/appointments?day={tomorrow}"
    page = enter(open_window(), interface, shop, "technician", at)
    for time, is_free in (("10:00", True), ("10:15", False)):
        page.get_by_role("button", name="Book", exact=True).click()
        dialog = ready(page, "Book an appointment")
        pick(page, dialog, "Asha")
        dialog.locator("[name=procedure]").fill("Fundus both eyes")
        dialog.locator("[name=time]").fill(time)
        dialog.get_by_role("button", name="Book", exact=True).click()
        if is_free:
            expect(dialog).not_to_be_visible(timeout=15_000)
    expect(dialog.get_by_text("from 10:00 to 10:30").first).to_be_visible(timeout=15_000)
    page.keyboard.press("Escape")
    row = page.get_by_role("table", name="Slit lamp").locator("tr")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Another time").click()
    dialog = ready(page, "Another time")
    dialog.locator("[name=time]").fill("15:30")
    dialog.get_by_role("button", name="Move").click()
    expect(row).to_contain_text("15:30", timeout=15_000)
    row.get_by_role("button", name="Arrived").click()
    expect(row.locator(".badge")).to_have_text("Arrived", timeout=15_000)
    expect_to_fit_everywhere(page, interface, [at])
    row.get_by_role("button", name="Cancel").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("Cancel the appointment of Asha Rao?")
    question.get_by_role("button", name="Cancel appointment").click()
    expect(row.locator(".badge")).to_have_text("Cancelled", timeout=15_000)
    row.get_by_role("button", name="Take back").click()
    expect(row.locator(".badge")).to_have_text("Expected", timeout=15_000)
    assert broken_promises() == []
    assert troubles == []
