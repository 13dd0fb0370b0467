"""A session report by its template: sections, order, headings, columns, scripts, the preview."""

import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from erp.adapters.pdf import PdfPrinter
from erp.services.imaging.printing import (
    LAYOUT,
    KeyImage,
    Layout,
    PrintedFact,
    PrintedSection,
    PrintedSummary,
)
from tests.pdf.documents import pages, picture, report, text

PRINTER = PdfPrinter()
WORDS = PrintedSummary("Lids wide open.", "Asha, 03-10-2025 12:15", "Draft: not signed.")


def printed(*kinds, **more):
    sections = tuple(
        kind if isinstance(kind, PrintedSection) else PrintedSection(kind) for kind in kinds
    )
    layout = Layout(more.pop("title", "Iris report"), sections, **more)
    full = replace(
        report(images=2),
        layout=layout,
        summary=WORDS,
        checklist=(PrintedFact("Sharp", "Yes"),),
        addenda=(PrintedFact("Later, Asha", "One more thing."),),
    )
    return PRINTER.session_report(full)


def test_sections_stand_in_the_order_of_the_template_and_no_others():
    shown = text(printed("signature", "summary", "patient"))
    places = [shown.index(word) for word in ("Review decision", "Lids wide open.", "Patient no.")]
    assert places == sorted(places)
    for absent in ("Key images", "Measurements", "Checklist", "Comments", "Device", "Addendum"):
        assert absent not in shown


def test_every_section_has_its_usual_heading_or_its_own():
    kinds = [section.kind for section in LAYOUT.sections]
    usual = text(printed(*kinds))
    for heading in ("Patient", "Session", "Device", "Measurements", "Summary", "Comments",
                    "Key images", "Checklist", "Addendum, Later", "Review decision"):  # fmt: skip
        assert heading in usual
    own = text(printed(*(PrintedSection(kind, f"Own {kind}") for kind in kinds)))
    assert [kind for kind in kinds if f"Own {kind}" not in own] == []


def test_texts_of_the_template_stand_at_their_places_on_every_page():
    layout = Layout(
        "Title", LAYOUT.sections, intro="First.", closing="Last.", header="Top", footer="Foot"
    )
    shown = pages(PRINTER.session_report(replace(report(images=9), layout=layout)))
    assert len(shown) > 2
    assert all("Top" in page and "Foot" in page for page in shown)
    assert shown[0].index("First.") < shown[0].index("Patient no.")
    assert "Last." in shown[-1]


def test_a_summary_says_who_wrote_it_and_what_must_be_known_of_it():
    shown = text(printed("summary"))
    assert "Written by Asha, 03-10-2025 12:15." in shown
    assert "Draft: not signed." in shown


@pytest.mark.parametrize(("columns", "rows"), [(1, 6), (2, 3), (3, 2)])
def test_key_images_stand_in_as_many_columns_as_wanted(columns, rows):
    images = tuple(KeyImage(picture(64, 48), f"Image {n}", (64, 48)) for n in range(6))
    sections = (PrintedSection("images", columns=columns),)
    pdf = PRINTER.session_report(
        replace(report(images=0), images=images, layout=Layout("T", sections))
    )
    heights = set()
    for number, page in enumerate(PdfReader(io.BytesIO(pdf)).pages):

        def place(said, _cm, matrix, _font, _size, number=number):
            if said.strip().startswith("Image "):
                heights.add((number, round(matrix[5])))

        page.extract_text(visitor_text=place)
    assert len(heights) == rows


def test_a_preview_says_so_on_every_page_and_what_keeps_the_report_from_being_made():
    looked_at = replace(report(images=9), is_preview=True, notices=("Required: a summary.",))
    shown = pages(PRINTER.session_report(looked_at))
    assert all("PREVIEW" in page for page in shown)
    assert "Required: a summary." in shown[0]
    assert "version" not in shown[0]
    assert all("PREVIEW" not in page for page in pages(PRINTER.session_report(report(images=9))))


def test_the_same_report_is_the_same_file():
    assert printed("patient", "images", "signature") == printed("patient", "images", "signature")


def fonts_of(page: PageObject) -> list[Any]:
    resources: Any = page["/Resources"]
    return list(resources["/Font"].values())


@pytest.mark.parametrize(
    ("said", "face"),
    [("बाईं आंख की जांच", "Devanagari"), ("இடது கண் பரிசோதனை", "Tamil")],
)
def test_hindi_and_tamil_are_printed_with_letters_of_their_own(said, face):
    layout = Layout(said, LAYOUT.sections, intro=said)
    pdf = PRINTER.session_report(replace(report(images=0), layout=layout, findings=said))
    fonts = {
        f"{font.get_object()['/BaseFont']}"
        for page in PdfReader(io.BytesIO(pdf)).pages
        for font in fonts_of(page)
    }
    assert any(face in font for font in fonts)
    shown = text(pdf)
    assert said[0] in shown
    assert "?" not in shown


def test_a_picture_that_cannot_be_drawn_is_said_and_not_left_out():
    gone = KeyImage(b"", "Series 1, image 7", (64, 48), problem="Its bytes are gone or damaged.")
    images = (KeyImage(picture(64, 48), "Series 1, image 6", (64, 48)), gone)
    pdf = PRINTER.session_report(
        replace(report(images=0), images=images, layout=Layout("T", (PrintedSection("images"),)))
    )
    shown = text(pdf)
    assert "No picture. Its bytes are gone or damaged." in shown
    assert "Series 1, image 7" in shown
