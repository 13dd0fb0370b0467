"""What models found is printed with model and version, those of two versions apart."""

from erp.adapters.pdf import PdfPrinter
from erp.core import db
from erp.services import imaging
from tests.dicom.objects import good
from tests.pdf.documents import text
from tests.services.biomarkers.test_recording import SERIES, line, record, told

__all__ = ["line"]


def printed(line):
    wanted = imaging.PreviewReport(session_id=line.session()["id"])
    with db.unit_of_work(line.owner) as session:
        report, _ = imaging.plan_preview(session, line.owner, wanted)
    return report


def test_a_report_names_the_version_that_found_a_figure(line):
    record(line, told("12.0"))
    record(line, told("12.5", run="r2", low="11", high="14"))
    record(line, told("40.25", version="2.0", series_uid=SERIES))
    line.deliver(good(SeriesInstanceUID=SERIES, SOPInstanceUID="1.2.826.77.9", InstanceNumber=2))
    report = printed(line)
    old, new = report.worked_out
    assert old.startswith("Cup to disc ratio: 12.5 % (11 to 14) · FundusNet 1.0")
    assert new.startswith("Cup to disc ratio: 40.25 % · FundusNet 2.0 · ")
    assert new.endswith("out of date: other pictures came since")
    shown = text(PdfPrinter().session_report(report))
    assert "Worked out by software; not for diagnosis" in shown
    assert "FundusNet 1.0" in shown
    assert "FundusNet 2.0" in shown


def test_without_figures_nothing_is_said(line):
    assert printed(line).worked_out == ()
