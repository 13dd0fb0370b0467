import io
from dataclasses import replace

from PIL import Image
from pypdf import PdfReader

from erp.adapters.pdf import PdfPrinter
from erp.services.imaging.printing import KeyImage, PrintedDecision
from tests.pdf.documents import AT, pages, picture, report, text

PRINTER = PdfPrinter()


def test_a_report_holds_patient_device_session_and_decision():
    shown = text(PRINTER.session_report(report()))
    for field in (
        "Session report", "SR-000042 · version 1", "Demo Zed Clinic", "Asha Zedkar", "P-000017",
        "29-02-1988", "Female", "HS2-000123", "Handheld HS-2", "4.1.0", "DEV01-20251003-0007",
        "US", "03-10-2025 12:15", "Thyroid", "41.2 x 14.8 mm", "No focal lesion seen.",
        "Key images", "Series 1, frame 10, W 400 L 40", "Accepted", "Dr Charu Zenwal",
        "Good quality.", "Name, signature and date",
    ):  # fmt: skip
        assert field in shown


def test_pages_are_numbered_and_name_the_patient():
    shown = pages(PRINTER.session_report(report(images=9)))
    assert len(shown) > 2
    for number, page in enumerate(shown, start=1):
        assert f"Page {number} of {len(shown)}" in page
        assert "Asha Zedkar" in page


def test_every_picture_is_embedded_without_loss():
    pictured = replace(report(images=0), images=(KeyImage(picture(64, 48), "one", (64, 48)),))
    pdf = PRINTER.session_report(pictured)
    (image,) = [one for page in PdfReader(io.BytesIO(pdf)).pages for one in page.images]
    with Image.open(io.BytesIO(picture(64, 48))) as original:
        assert image.image is not None
        assert image.image.size == (64, 48)
        assert image.image.convert("L").tobytes() == original.tobytes()


def test_only_a_lossy_picture_is_marked():
    marked = text(PRINTER.session_report(report(images=3)))
    assert marked.count("NOT FOR DIAGNOSIS") == 1
    clean = report(images=1)
    assert "DIAGNOSIS" not in text(PRINTER.session_report(clean)).upper()


def test_an_unreviewed_session_is_preliminary():
    shown = text(PRINTER.session_report(report(decision=None)))
    assert "Preliminary session report" in shown
    assert "Not reviewed yet" in shown


def test_a_repeat_says_why():
    decision = PrintedDecision("Repeat requested", "Dr Zenwal", AT, "Motion", "Hold breath.")
    shown = text(PRINTER.session_report(report(decision=decision)))
    assert "Motion" in shown
    assert "Hold breath." in shown


def test_long_findings_flow_over_pages():
    findings = "\n".join(f"Finding {number}: " + "word " * 40 for number in range(80))
    shown = pages(PRINTER.session_report(report(findings=findings)))
    assert all(f"Finding {number}:" in "".join(shown) for number in range(80))


def test_sparse_reports_print():
    sparse = replace(
        report(images=0), device=(), session=(), measurements=(), findings="", patient_birth_on=None
    )
    shown = text(PRINTER.session_report(sparse))
    assert "Device" not in shown
    assert "Findings" not in shown
