"""Figures of a model in a real browser: a file, its columns, its rows, and where they are seen."""

import re

import pytest
from playwright.sync_api import Page, expect

from erp.adapters.object_storage import object_storage
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.dicom.objects import good
from tests.factories import Shop, broken_promises, make_shop
from tests.services.imaging.line import Line, make_line
from tests.services.laboratory.samples import patient

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]
HEAD = "Session,Model,Version,Run,Biomarker,Grade,Unit\n"


def session_of(shop: Shop, patient_id: object) -> Line:
    """Return a line whose session holds a picture of a patient of the house."""
    made = make_line(shop.ctx)
    made.start()
    made.deliver(good())
    about = {"session_id": made.session()["id"], "patient_id": patient_id}
    shop.run("imaging.assign_patient", about)
    return made


def file(name: str, *rows: str) -> dict[str, object]:
    text = HEAD + "".join(f"{row}\n" for row in rows)
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def choose(page: Page, given: dict[str, object]) -> None:
    """Choose a file whose heading of the values nobody knows, and say which column they are in."""
    page.get_by_label("Choose the file").set_input_files([given])  # type: ignore[list-item]
    expect(page.get_by_text(str(given["name"]), exact=True)).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Choose the columns marked with *")).to_be_visible()
    expect(page.get_by_label("Biomarker *", exact=True)).to_have_value("Biomarker")
    page.get_by_label("Value *", exact=True).select_option("Grade")


def test_a_file_of_figures_is_mapped_looked_at_kept_and_seen(
    environment, open_window, interface, s3, troubles
):
    assert environment and s3  # noqa: PT018  both only start servers
    object_storage.cache_clear()
    object_storage().ensure_bucket()
    shop = make_shop("figures")
    asha = patient(shop)
    session = session_of(shop, asha.id).session()
    rows = [
        f"{session['number']},FundusNet,1.0,r1,Cup to disc ratio,0.42,",
        f"{session['number']},FundusNet,1.0,r1,Vessel width,0.140,mm",
    ]
    page = enter(open_window(), interface, shop, "technician", "/imaging/biomarkers")

    choose(page, file("wrong.csv", rows[0], rows[1].replace("0.140", "<0.2")))
    preview = page.get_by_role("table", name="Figures of the file")
    first = preview.locator("tbody tr").first
    expect(first).to_contain_text("Put right", timeout=15_000)
    expect(first).to_contain_text("Grade: No plain number")
    expect(page.get_by_role("button", name="Keep the figures")).to_have_count(0)

    choose(page, file("figures.csv", *rows))
    expect(preview.locator("tbody tr")).to_have_count(2, timeout=15_000)
    expect(preview).to_contain_text("0.140 mm")
    expect(preview.get_by_text("New", exact=True)).to_have_count(2)
    page.get_by_role("button", name="Keep the figures").click()
    expect(page.get_by_text("2 figures kept in 1 run.")).to_be_visible(timeout=15_000)
    expect(preview).to_have_count(0)

    choose(page, file("again.csv", *rows))
    expect(preview.get_by_text("Known", exact=True)).to_have_count(2, timeout=15_000)
    expect(page.get_by_role("button", name="Keep the figures")).to_have_count(0)
    preview.get_by_role("link", name=session["number"]).first.click()
    expect(page.get_by_role("heading", name="Biomarkers")).to_be_visible(timeout=30_000)
    expect(page.locator(".imaging-rows").get_by_text("Cup to disc ratio")).to_be_visible()

    page.goto(f"{interface.url}/laboratory/patients/{asha.id}")
    trend = page.get_by_role("heading", name=re.compile("Cup to disc ratio.*FundusNet 1.0"))
    expect(trend).to_be_visible(timeout=15_000)
    expect(page.get_by_role("table", name="In numbers")).to_contain_text("0.42")
    assert broken_promises() == []
    assert troubles == []
    expect_to_fit_everywhere(page, interface, ["/imaging/biomarkers"])
