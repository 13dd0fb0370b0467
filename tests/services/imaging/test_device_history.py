"""How devices stood over time: on, off and silent, their clocks, their sessions by day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from erp.core.clock import utc_now
from erp.core.errors import NotFound
from erp.services import imaging, platform
from tests.dicom.objects import good
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.people import act, member

HOUR = timedelta(hours=1)


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


def said(line, at, state="online", birth_seq=1, off=timedelta(0)):
    """Have the device say something at an instant; its clock is off by so much."""
    state = imaging.DeviceState.model_validate(
        {"state": state, "boot_id": line.device_id, "birth_seq": birth_seq, "ts": at + off}
    )
    given = imaging.NoteDeviceState(device_id=line.device_id, state=state)
    platform.run("imaging.note_device_state", replace(line.ctx, now=at), given)


def history(line, who, at=None, **more):
    return act(who, "get_device_history", {"device_id": line.device_id} | more, at=at)


def reports(line):
    return line.rows("select standing, clock_skew_ms from device_report order by said_at, id")


def test_what_a_device_says_is_shown_as_spans_the_newest_first(line, asha):
    now = utc_now()
    said(line, now - 5 * HOUR)
    said(line, now - 3 * HOUR, "maintenance")
    said(line, now - 2 * HOUR, "offline")
    shown = history(line, asha, now).spans
    assert [span.standing for span in shown] == ["offline", "maintenance", "online"]
    assert shown[0].until is None
    assert shown[2].until == shown[1].since == now - 3 * HOUR


def test_the_same_word_is_written_down_once_an_hour(line, asha):
    now = utc_now()
    for minutes in (150, 140, 91, 89, 20, 10):
        said(line, now - timedelta(minutes=minutes))
    assert len(reports(line)) == 3
    [span] = history(line, asha, now).spans
    assert (span.standing, span.since) == ("online", now - timedelta(minutes=150))


def test_silence_is_a_span_of_its_own_from_the_last_word_on(line, asha):
    now = utc_now()
    said(line, now - 5 * HOUR)
    act(asha, "alert_devices", {}, at=now - HOUR)
    assert history(line, asha, now).spans[0].standing == "silent"
    said(line, now, birth_seq=2)
    spans = history(line, asha, now).spans
    assert [span.standing for span in spans] == ["online", "silent"]
    assert spans[1].since == now - 5 * HOUR


def test_a_clock_is_followed_and_a_will_says_nothing_of_it(line, asha):
    now = utc_now()
    said(line, now - 3 * HOUR, off=timedelta(seconds=2))
    said(line, now - 2 * HOUR, off=timedelta(seconds=-40))
    said(line, now - HOUR, "offline", off=-9 * HOUR)
    shown = history(line, asha, now)
    assert [point.skew_ms for point in shown.clock] == [2000, -40000]
    worst = [day.worst_skew_ms for day in shown.days if day.worst_skew_ms is not None]
    assert min(worst) == -40000
    device = act(asha, "get_device", {"device_id": line.device_id})
    assert device.clock_skew_ms == -40000


def test_the_hours_of_a_day_are_what_it_had_so_far(line, asha):
    now = utc_now()
    said(line, now - timedelta(days=2))
    said(line, now - HOUR, "offline")
    days = history(line, asha, now, days=5).days
    assert len(days) == 5
    assert days[0].hours == {"unknown": 24.0}
    assert sum(days[3].hours.values()) == pytest.approx(24, abs=0.1)
    together: dict[str, float] = {}
    for day in days:
        for standing, hours in day.hours.items():
            together[standing] = together.get(standing, 0) + hours
    assert together["offline"] == pytest.approx(1, abs=0.05)
    assert together["online"] == pytest.approx(47, abs=0.1)


def test_sessions_are_counted_on_their_day(line, asha):
    line.start()
    line.deliver(good())
    assert [day.sessions for day in history(line, asha, days=2).days] == [0, 1]


def test_a_retired_device_is_off(line, asha):
    line.state()
    line.ask("imaging.retire_device", device_id=line.device_id)
    assert history(line, asha).spans[0].standing == "offline"


def test_reports_of_a_quarter_ago_are_forgotten_but_for_the_last_word(line, asha):
    now = utc_now()
    said(line, now - timedelta(days=120))
    said(line, now - timedelta(days=110), "offline")
    act(asha, "alert_devices", {}, at=now)
    assert [row["standing"] for row in reports(line)] == ["offline"]
    [span] = history(line, asha, now).spans
    assert (span.standing, span.until) == ("offline", None)


def test_another_organisations_device_has_no_history_here(line):
    stranger = member(open_clinic("other"), "Ravi")
    with pytest.raises(NotFound):
        history(line, stranger)
