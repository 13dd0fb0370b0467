"""Care of devices: silence, clocks, firmware, maintenance, and the page of one."""

from datetime import timedelta

import pytest

from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from tests.dicom.objects import good
from tests.services.imaging.people import act, member

NIGHT = timedelta(hours=3)


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


def page(line, who, at=None):
    return act(who, "get_device", {"device_id": line.device_id}, at=at)


def told(line, who, kind):
    return line.rows(
        "select title, link from notification where user_id = %s and kind = %s", who.user_id, kind
    )


def test_a_device_that_disconnects_without_a_word_is_silent_and_told_once(line, asha):
    line.state()
    assert page(line, asha).standing == "online"
    later = utc_now() + NIGHT
    assert page(line, asha, later).standing == "silent"
    [row] = act(asha, "list_devices", {}, at=later).rows
    assert row.standing == "silent"
    assert act(asha, "alert_devices", {}, at=later).silent == 1
    assert act(asha, "alert_devices", {}, at=later + NIGHT).silent == 0
    [news] = told(line, asha, "imaging.device_silent")
    assert news["link"] == f"/imaging/devices/{line.device_id}"


def test_a_device_that_is_heard_again_may_fall_silent_again(line, asha):
    line.state()
    act(asha, "alert_devices", {}, at=utc_now() + NIGHT)
    line.state(birth_seq=2)
    assert act(asha, "alert_devices", {}).silent == 0
    assert act(asha, "alert_devices", {}, at=utc_now() + NIGHT).silent == 1
    assert len(told(line, asha, "imaging.device_silent")) == 2


@pytest.mark.parametrize("state", ["offline", "maintenance"])
def test_a_device_that_said_it_is_off_is_not_silent(line, asha, state):
    line.state()
    line.state(state)
    later = utc_now() + NIGHT
    assert page(line, asha, later).standing == state
    assert act(asha, "alert_devices", {}, at=later).silent == 0


def test_silence_can_be_left_unwatched(line, asha):
    line.state()
    act(asha, "set_device_care", {"device_id": line.device_id, "silent_after_minutes": 0})
    later = utc_now() + NIGHT
    assert page(line, asha, later).standing == "online"
    assert act(asha, "alert_devices", {}, at=later).silent == 0


def test_a_clock_beyond_its_limit_is_shown(line, asha):
    line.state(ts=utc_now() + timedelta(seconds=90))
    assert page(line, asha).is_clock_off
    act(asha, "set_device_care", {"device_id": line.device_id, "clock_warn_seconds": 120})
    assert not page(line, asha).is_clock_off
    assert not act(asha, "list_devices", {}).rows[0].is_clock_off


def test_firmware_has_a_history(line, asha):
    for firmware in ("1.0", "1.0", "1.1"):
        line.state(firmware=firmware)
    shown = page(line, asha)
    assert [row.firmware for row in shown.firmwares] == ["1.1", "1.0"]
    assert shown.firmware == "1.1"


def test_maintenance_is_due_told_recorded_and_due_again(line, asha):
    given = {"device_id": line.device_id}
    act(asha, "set_device_care", given | {"maintenance_days": 30})
    assert act(asha, "alert_devices", {}).due == 0
    later = utc_now() + timedelta(days=31)
    assert page(line, asha, later).is_maintenance_due
    assert act(asha, "alert_devices", {}, at=later).due == 1
    act(asha, "alert_devices", {}, at=later + timedelta(days=1))
    assert len(told(line, asha, "imaging.maintenance_due")) == 1
    done = given | {"done_on": str(later.date()), "note": "Lens cleaned"}
    act(asha, "record_maintenance", done, at=later + timedelta(days=1))
    shown = page(line, asha, later)
    assert (shown.is_maintenance_due, shown.maintained_on) == (False, later.date())
    assert [row.note for row in shown.maintenances] == ["Lens cleaned"]


def test_a_maintenance_is_not_recorded_ahead_and_never_changed(line, asha, owner):
    given = {"device_id": line.device_id, "note": "Lens cleaned"}
    tomorrow = str((utc_now() + timedelta(days=2)).date())
    with pytest.raises(InvalidInput) as refusal:
        act(asha, "record_maintenance", given | {"done_on": tomorrow})
    assert "done_on" in refusal.value.fields
    act(asha, "record_maintenance", given | {"done_on": "2026-01-01"})
    with pytest.raises(Exception, match="never changed"):
        owner.execute("delete from device_maintenance")


def test_the_page_counts_what_came_of_objects(line, asha):
    content = good()
    line.start()
    line.deliver(content)
    line.deliver(b"no picture at all " * 20)
    shown = page(line, asha)
    assert (shown.objects, shown.errors, shown.sessions) == (2, 1, 1)
    assert (shown.days[-1].stored, shown.days[-1].quarantined, len(shown.days)) == (1, 1, 30)


def test_topics_are_those_of_the_broker_s_rules(line, asha):
    shown = page(line, asha)
    branch = f"vis/v1/{shown.user}"
    assert f"{branch}/offer/{{transfer}}" in shown.writes
    assert all(topic.startswith(branch) for topic in shown.writes)
    assert {f"{branch}/{part}/+" for part in ("grant", "receipt", "settle", "cmd")} < set(
        shown.reads
    )


def test_care_takes_its_permission_and_a_device(line, clinic, asha):
    auditor = member(clinic, "Uma", "auditor")
    given = {"device_id": line.device_id}
    for name, more in (
        ("set_device_care", {}),
        ("record_maintenance", {"done_on": "2026-01-01", "note": "x"}),
    ):
        with pytest.raises(PermissionDenied):
            act(auditor, name, given | more)
        with pytest.raises(NotFound):
            act(asha, name, {"device_id": asha.user_id} | more)
    with pytest.raises(NotFound):
        act(asha, "get_device", {"device_id": asha.user_id})
