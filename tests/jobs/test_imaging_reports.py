"""A session's report in the background: drawn, or said to have failed, never left hanging."""

from dataclasses import replace
from typing import Any

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.ids import new_id
from erp.services import platform
from jobs import imaging as background
from jobs.subscriptions import SUBSCRIBERS
from tests.dicom.objects import good
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.line import Line, make_line


@pytest.fixture
def line(redis) -> Line:
    """A session with one picture."""
    assert redis
    object_storage.cache_clear()
    made = make_line(open_clinic())
    made.start()
    made.deliver(good())
    return made


def ask_for_report(line: Line) -> Any:
    wanted = {"session_id": line.session()["id"], "findings": "Nothing seen"}
    return line.ask("imaging.request_report", **wanted)


def make(line: Line, attempts: int) -> None:
    """Run the job for the report that was asked for, as its delivery of this attempt and with its rights."""
    [report] = line.rows("select id from imaging_report")
    delivery = platform.Delivery(
        delivery_id=new_id(),
        subscriber="imaging_report",
        lease_token=new_id(),
        attempts=attempts,
        event_id=new_id(),
        event_name="imaging.report_requested.v1",
        aggregate_id=line.session()["id"],
        payload={"report_id": str(report["id"])},
        occurred_at=line.owner.now,
        user_id=line.owner.user_id,
    )
    ctx = replace(line.owner, permissions=SUBSCRIBERS["imaging.make_report"].permissions)
    with db.unit_of_work(ctx) as session:
        background.make_report(session, ctx, delivery)


def report_of(line: Line) -> dict[str, Any]:
    [report] = line.rows("select status, problem, document_id from imaging_report")
    return report


def test_a_report_is_drawn_and_kept(line):
    ask_for_report(line)
    make(line, attempts=1)
    made = report_of(line)
    assert made["status"] == "done"
    assert made["document_id"] is not None


def breaks(_session, _ctx, _plan):
    raise ValueError("a font is missing")


def breaks_the_transaction(session, _ctx, _plan):
    db.execute(session, "select 1 / 0")


@pytest.mark.parametrize("fault", [breaks, breaks_the_transaction])
def test_what_fails_three_times_is_said_to_have_failed(line, monkeypatch, fault):
    ask_for_report(line)
    monkeypatch.setattr(background, "_draw", fault)
    for attempt in (1, 2):
        with pytest.raises(Exception, match=r"font|stored"):
            make(line, attempt)
        assert report_of(line)["status"] in {"queued", "running"}
    make(line, attempts=3)
    assert report_of(line)["status"] == "failed"
    assert "Ask for it again" in report_of(line)["problem"]
    monkeypatch.undo()
    make(line, attempts=4)
    assert report_of(line)["status"] == "failed"


def test_a_report_whose_picture_is_gone_says_so_in_its_place(line, monkeypatch):
    ask_for_report(line)
    [row] = line.rows("select storage_key from blob")
    object_storage().remove(row["storage_key"])
    seen = []

    def drawn(_printer, report):
        seen.append(report.images)
        return b"%PDF"

    monkeypatch.setattr("erp.adapters.pdf.PdfPrinter.session_report", drawn)
    make(line, attempts=1)
    [[image]] = seen
    assert (image.png, image.problem) == (b"", "Its bytes are gone or damaged.")
    assert report_of(line)["status"] == "done"
