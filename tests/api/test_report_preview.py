"""Previews over REST: who gets them, how soon, and that nothing is kept."""

import io
import time

import pytest
from pypdf import PdfReader

from erp.adapters.object_storage import object_storage
from erp.api import previewing
from erp.core.ids import new_id
from erp.services import platform
from tests.dicom.objects import good
from tests.fixtures.clinics import open_clinic
from tests.fixtures.people import _token
from tests.services.imaging.line import make_line
from tests.services.imaging.people import act, member


@pytest.fixture
def line(engine):
    assert engine
    object_storage.cache_clear()
    made = make_line(open_clinic())
    content = good()
    made.start()
    made.deliver(content)
    made.complete(content)
    return made


def bearer(who):
    return {"authorization": f"Bearer {_token(who)}"}


def path_of(line):
    return f"/api/erp/imaging/sessions/{line.session()['id']}/report-preview.pdf"


def words(body):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)


def test_a_session_is_previewed_at_once_and_nothing_is_kept(rest, line):
    asha = member(line.owner, "Asha")
    act(asha, "write_summary", {"session_id": line.session()["id"], "text": "Fine.", "version": 0})
    before = line.snapshot()
    rest.get(path_of(line), headers=bearer(asha))
    began = time.monotonic()
    answer = rest.get(path_of(line), headers=bearer(asha))
    assert time.monotonic() - began < 2
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert "no-store" in answer.headers["cache-control"]
    shown = words(answer.content)
    assert "PREVIEW" in shown
    assert "Fine." in shown
    assert any(page.images for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert line.snapshot() == before
    assert line.count("imaging_report") == 0


def test_foreign_and_absent_sessions_look_the_same(rest, line):
    stranger = member(open_clinic(), "Nina")
    paths = [path_of(line), path_of(line).replace(str(line.session()["id"]), str(new_id()))]
    paths.append("/api/erp/imaging/sessions/none/report-preview.pdf")
    answers = [rest.get(path, headers=bearer(stranger)) for path in paths]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_who_may_not_see_sessions_is_refused(rest, line):
    cashier = member(line.owner, "Ravi", "cashier")
    for path in (path_of(line), "/api/erp/imaging/report-preview.pdf"):
        assert rest.get(path, headers=bearer(cashier)).status_code == 403
    assert rest.get(path_of(line)).status_code == 401


def test_a_trial_is_shown_to_who_tries_it(rest, line):
    meera = member(line.owner, "Meera", "manager")
    given = {"code": "", "template": {"title": "Tried out"}}
    platform.run("imaging.try_report_template", meera, given)
    for path in (path_of(line), "/api/erp/imaging/report-preview.pdf"):
        answer = rest.get(f"{path}?trial_code=", headers=bearer(meera))
        assert "Tried out" in words(answer.content)
        other = rest.get(f"{path}?trial_code=other", headers=bearer(meera))
        assert other.status_code == 404
    asha = member(line.owner, "Asha")
    assert rest.get(f"{path_of(line)}?trial_code=", headers=bearer(asha)).status_code == 403


@pytest.mark.parametrize("query", ["trial_code=" + "x" * 65, "colour=red", "trial_code=%00"])
def test_what_is_not_known_is_refused_by_name(rest, line, query):
    meera = member(line.owner, "Meera", "manager")
    answer = rest.get(f"{path_of(line)}?{query}", headers=bearer(meera))
    assert answer.status_code in {400, 422}
    assert query.partition("=")[0] in answer.text


def test_more_than_a_few_at_once_are_asked_to_come_again(rest, line, monkeypatch):
    meera = member(line.owner, "Meera", "manager")
    monkeypatch.setattr(previewing, "WAIT_SECONDS", 0.05)
    for _ in range(previewing.AT_ONCE):
        assert previewing._room.acquire(blocking=False)
    try:
        assert rest.get(path_of(line), headers=bearer(meera)).status_code == 503
    finally:
        previewing._room.release(previewing.AT_ONCE)
    assert rest.get(path_of(line), headers=bearer(meera)).status_code == 200


def test_a_picture_too_large_to_draw_at_once_is_said_to_be_left_out(rest, line, monkeypatch):
    meera = member(line.owner, "Meera", "manager")
    monkeypatch.setattr(previewing, "LARGEST_BYTES", 10)
    answer = rest.get(path_of(line), headers=bearer(meera))
    assert "1 key images are too large" in words(answer.content)
