"""What stands in a name stays text; files depend on their document alone."""

import hashlib
import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader

from erp.adapters.pdf import PdfPrinter
from erp.adapters.pdf.canvas import Canvas
from erp.adapters.pdf.lettering import ELLIPSIS, printable, runs_of
from erp.services.party import PrintedParty
from tests.pdf.documents import counter_bill, report, text, trade_bill

PRINTER = PdfPrinter()
ROOT = Path(__file__).parents[2]
SCRIPT = "<script>alert(1)</script>"
HOSTILE = {
    "script": (SCRIPT, SCRIPT),
    "nul": ("Asha\x00Zedkar", "AshaZedkar"),
    "bell and escape": ("Asha\x07 \x1b[31mZedkar", "Asha [31mZedkar"),
    "line breaks": ("Asha\r\nTotal 0.00", "Asha Total 0.00"),
    "reversed": ("Asha \u202edevorppa\u202c", "Asha devorppa"),
    "hidden": ("Asha\u200b\ufeffZedkar", "AshaZedkar"),
    "pdf syntax": (") Tj ET /JS (x) \\(", ") Tj ET /JS (x) \\("),
    "markdown": ("**Asha** __x__", "**Asha** __x__"),
    "page count alias": ("{nb}", "{nb}"),
    "formula": ("=HYPERLINK('x')", "=HYPERLINK('x')"),
    "surrogate": ("Asha\ud800", "Asha"),
}


@pytest.mark.parametrize(("name", "shown"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_is_inert(name, shown):
    buyer = PrintedParty(name, (name,))
    line = replace(counter_bill().lines[0], description=name, lot_number=name)
    bill = counter_bill(buyer=buyer, lines=(line,), cashier=name, terms=(name,))
    for pdf in (
        PRINTER.receipt(bill),
        PRINTER.invoice(bill),
        PRINTER.session_report(report(images=0, patient_name=name, findings=name)),
    ):
        assert shown in text(pdf).replace("\n", " ")
        assert b"/JavaScript" not in pdf
        assert b"/URI" not in pdf
        reader = PdfReader(io.BytesIO(pdf))
        assert all("/Annots" not in page for page in reader.pages)


@pytest.mark.parametrize(
    ("name", "faces"),
    [
        ("Asha ₹5 é \u2013 “x”", ["core"]),
        ("Čapek Ελένη", ["wide", "core", "wide", "core", "wide"]),
        ("आशा झेडकर", ["devanagari"]),
        ("Dr आशा", ["core", "devanagari"]),
    ],
)
def test_scripts_find_a_face(name, faces):
    assert printable(name) == name
    found = [face for face, _ in runs_of(name)]
    assert found[0] == faces[0]
    assert set(found) == set(faces)
    assert "".join(piece for _, piece in runs_of(name)) == name


def test_names_in_other_scripts_are_printed():
    bill = trade_bill(buyer=PrintedParty("आशा झेडकर"), seller=PrintedParty("Čapek Ελένη"))
    shown = text(PRINTER.invoice(bill))
    assert "Čapek Ελένη" in shown
    assert "झ" in shown


def test_letters_without_a_face_become_question_marks():
    assert printable("Asha \u09a4\u09ae 😀") == "Asha ?? ?"


def test_a_very_long_name_is_wrapped_and_ends_in_an_ellipsis():
    long_name = "Homoeopathic " * 400
    line = replace(trade_bill().lines[0], description=long_name)
    bill = trade_bill(lines=(line,), buyer=PrintedParty("X" * 5000, ("Y" * 5000,)))
    for pdf in (PRINTER.invoice(bill), PRINTER.receipt(bill)):
        assert ELLIPSIS in text(pdf)
        assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


@given(st.text(max_size=200), st.floats(5, 80))
def test_wrapped_lines_fit_and_lose_nothing(given_text, width):
    with Canvas(datetime(2025, 1, 1, tzinfo=UTC), "") as canvas:
        lines = canvas.wrap(given_text, width, 8, most=1000)
        assert "".join(lines).replace(" ", "") == printable(given_text).replace(" ", "")
        for line in lines:
            assert canvas.width_of(line, 8) <= width or len(line) == 1


@given(st.text())
@example("0 \x01 0")
def test_printable_text_is_stable_and_on_one_line(given_text):
    shown = printable(given_text)
    assert printable(shown) == shown
    assert len(shown.splitlines()) <= 1


def test_equal_documents_give_equal_bytes_in_any_process():
    program = (
        "import hashlib;from tests.pdf.documents import *;from erp.adapters.pdf import PdfPrinter;"
        "p=PdfPrinter();print(hashlib.sha256(p.receipt(counter_bill())+p.invoice(trade_bill())"
        "+p.session_report(report())).hexdigest())"
    )
    here = PRINTER.receipt(counter_bill()) + PRINTER.invoice(trade_bill())
    here += PRINTER.session_report(report())
    digests = {hashlib.sha256(here).hexdigest()}
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1


def test_another_document_gives_other_bytes():
    first = PRINTER.receipt(counter_bill())
    assert first != PRINTER.receipt(counter_bill(number="POS1/25-26/00346"))
