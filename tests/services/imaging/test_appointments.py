"""An appointment holds its device: no two at once, and the worklist says what is booked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from psycopg.errors import UniqueViolation
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import imaging, platform
from erp.services.imaging.errors import OrderClosed
from tests.factories import Shop, broken_promises
from tests.services.laboratory.samples import patient
from tests.services.unchanged import refused


@pytest.fixture
def camera(trader: Shop):
    return trader.run("imaging.register_device", {"code": "cam-1", "name": "Camera"}).id


def tomorrow(shop):
    return str(shop.ctx.today + timedelta(days=1))


def booking(shop, camera, time="10:00", minutes=30, **more):
    who = more.pop("who", None) or patient(shop).id
    given = {"patient_id": who, "device_id": camera, "day": tomorrow(shop), "time": time}
    return given | {"minutes": minutes, "procedure": "Fundus"} | more


def book(shop, camera, *given, **more):
    return shop.run("imaging.book_appointment", booking(shop, camera, *given, **more))


def planned(shop):
    with db.unit_of_work(shop.ctx) as session:
        rows = imaging.worklist_for(session, shop.ctx, shop.ctx.branch_id, 100)
    return [(row["accession"], f"{row['local_at']:%H:%M}") for row in rows]


def day(shop):
    found = shop.run("imaging.get_day", {"day": tomorrow(shop)})
    return [
        (row.starts, row.ends, row.status, row.attendance)
        for device in found.devices
        for row in device.appointments
    ]


@pytest.mark.parametrize(
    ("time", "minutes", "fits"),
    [
        ("09:30", 30, True),
        ("10:30", 30, True),
        ("09:45", 20, False),
        ("10:00", 30, False),
        ("10:25", 5, False),
        ("09:00", 120, False),
    ],
)
def test_two_appointments_never_overlap_on_a_device(trader, camera, time, minutes, fits):
    made = book(trader, camera)
    if fits:
        book(trader, camera, time, minutes)
        assert len(planned(trader)) == 2
    else:
        given = booking(trader, camera, time, minutes)
        with refused(trader, imaging.DeviceTaken, "time") as caught:
            trader.run("imaging.book_appointment", given)
        assert "from 10:00 to 10:30" in caught.value.message
        assert planned(trader) == [(made.accession, "10:00")]
    other = trader.run("imaging.register_device", {"code": "cam-2", "name": "Other"}).id
    book(trader, other, time, minutes)
    assert broken_promises() == []


def test_of_many_who_book_one_time_at_once_one_gets_it(trader, camera):
    given = [
        booking(trader, camera, time, who=patient(trader).id) for time in ("10:00", "10:10") * 4
    ]

    def attempt(one):
        try:
            return trader.run("imaging.book_appointment", one).accession
        except imaging.DeviceTaken:
            return ""

    with ThreadPoolExecutor(8) as pool:
        done = [accession for accession in pool.map(attempt, given) if accession]
    assert len(done) == 1
    assert [accession for accession, _ in planned(trader)] == done
    assert broken_promises() == []


def test_a_moved_appointment_keeps_its_number_and_frees_its_time(trader, camera):
    made = book(trader, camera)
    given = {"order_id": made.id, "day": tomorrow(trader), "time": "15:00", "minutes": 45}
    trader.run("imaging.move_appointment", given)
    assert planned(trader) == [(made.accession, "15:00")]
    assert day(trader) == [("15:00", "15:45", "scheduled", "")]
    book(trader, camera)
    taken = {"order_id": made.id, "day": tomorrow(trader), "time": "10:15"}
    with refused(trader, imaging.DeviceTaken, "time"):
        trader.run("imaging.move_appointment", taken)
    trader.run("imaging.move_appointment", given | {"time": "15:10"})
    assert broken_promises() == []


def test_what_is_booked_far_ahead_does_not_hide_what_comes_next(trader, camera):
    made = book(trader, camera)
    for days in (90, 120):
        book(trader, camera, day=str(trader.ctx.today + timedelta(days=days)))
    with db.unit_of_work(trader.ctx) as session:
        rows = imaging.worklist_for(session, trader.ctx, trader.ctx.branch_id, 1)
    assert [row["accession"] for row in rows] == [made.accession]


def test_a_cancelled_appointment_leaves_the_worklist_and_its_time(trader, camera):
    made = book(trader, camera)
    trader.run("imaging.cancel_order", {"order_id": made.id})
    assert planned(trader) == []
    book(trader, camera)
    with refused(trader, OrderClosed):
        trader.run("imaging.note_attendance", {"order_id": made.id, "attendance": "arrived"})
    assert broken_promises() == []


def test_an_examination_of_the_worklist_becomes_an_appointment(trader, camera):
    given = {"patient_id": patient(trader).id, "procedure": "Fundus", "day": tomorrow(trader)}
    made = trader.run("imaging.schedule_order", given)
    move = {"order_id": made.id, "day": tomorrow(trader), "time": "11:00"}
    with refused(trader, InvalidInput, "device_id"):
        trader.run("imaging.move_appointment", move)
    trader.run("imaging.move_appointment", move | {"device_id": camera})
    assert day(trader) == [("11:00", "11:30", "scheduled", "")]
    assert broken_promises() == []


def test_who_came_and_who_did_not(trader, camera):
    made = book(trader, camera)
    about = {"order_id": made.id}
    with refused(trader, InvalidInput, "attendance"):
        trader.run("imaging.note_attendance", about | {"attendance": "no_show"})
    trader.run("imaging.note_attendance", about | {"attendance": "arrived"})
    assert day(trader)[0][2:] == ("scheduled", "arrived")
    trader.run("imaging.note_attendance", about | {"attendance": "expected"})
    with db.unit_of_work(trader.ctx) as session:
        for table, column in (("imaging_order", "scheduled_at"), ("imaging_slot", "starts_at")):
            text = f"update {table} set {column} = {column} - interval '2 days'"  # noqa: S608
            db.raw(session).execute(text.encode())
    trader.run("imaging.note_attendance", about | {"attendance": "no_show"})
    assert planned(trader) == []
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"time": "10:03"}, InvalidInput),
        ({"day": "2020-01-01"}, InvalidInput),
        ({"minutes": 7}, ValidationError),
        ({"minutes": 485}, ValidationError),
    ],
)
def test_times_that_cannot_be_booked_are_refused(trader, camera, change, error):
    given = booking(trader, camera) | change
    with pytest.raises(error):
        trader.run("imaging.book_appointment", given)
    assert planned(trader) == []


def test_the_database_itself_lets_nobody_hold_a_device_twice(trader, camera):
    book(trader, camera)
    copy = (
        "insert into imaging_slot (tenant_id, id, device_id, order_id, starts_at, is_held)"
        " select tenant_id, gen_random_uuid(), device_id, order_id, starts_at, true from imaging_slot"
    )
    with (
        pytest.raises(UniqueViolation, match="ix_imaging_slot_held"),
        db.unit_of_work(trader.ctx) as session,
    ):
        db.execute(session, copy)


def test_only_who_operates_books(trader, camera):
    given = booking(trader, camera)
    for role in ("auditor", "cashier", "manager"):
        with pytest.raises(PermissionDenied):
            platform.run("imaging.book_appointment", trader.acting_as(role), given)
    platform.run("imaging.book_appointment", trader.acting_as("technician"), given)


def test_what_was_cancelled_or_missed_by_mistake_is_back_under_its_number(trader, camera):
    made = book(trader, camera)
    trader.run("imaging.cancel_order", {"order_id": made.id})
    trader.run("imaging.take_back_appointment", {"order_id": made.id})
    assert planned(trader) == [(made.accession, "10:00")]
    given = booking(trader, camera)
    with refused(trader, imaging.DeviceTaken, "time"):
        trader.run("imaging.book_appointment", given)
    with refused(trader, OrderClosed):
        trader.run("imaging.take_back_appointment", {"order_id": made.id})
    assert broken_promises() == []


def test_the_time_that_somebody_else_took_is_not_taken_back(trader, camera):
    made = book(trader, camera)
    trader.run("imaging.cancel_order", {"order_id": made.id})
    other = book(trader, camera)
    with refused(trader, imaging.DeviceTaken, "time"):
        trader.run("imaging.take_back_appointment", {"order_id": made.id})
    assert planned(trader) == [(other.accession, "10:00")]


def test_once_its_day_is_over_an_appointment_is_not_taken_back(trader, camera):
    made = book(trader, camera)
    trader.run("imaging.cancel_order", {"order_id": made.id})
    with db.unit_of_work(trader.ctx) as session:
        late = "update imaging_order set scheduled_at = scheduled_at - interval '2 days'"
        db.raw(session).execute(late.encode())
    with refused(trader, OrderClosed) as caught:
        trader.run("imaging.take_back_appointment", {"order_id": made.id})
    assert "is over" in caught.value.message


def test_what_was_planned_on_a_retired_device_is_for_any_other(trader, camera):
    made = book(trader, camera)
    done = trader.run("imaging.retire_device", {"device_id": camera})
    assert done.planned == 1
    found = trader.run("imaging.get_day", {"day": tomorrow(trader)})
    assert [(one.name, len(one.appointments)) for one in found.devices] == [("Any device", 1)]
    assert planned(trader) == [(made.accession, "10:00")]
    other = trader.run("imaging.register_device", {"code": "cam-2", "name": "Other"}).id
    move = {"order_id": made.id, "day": tomorrow(trader), "time": "10:00", "device_id": other}
    trader.run("imaging.move_appointment", move)
    assert broken_promises() == []


def test_what_was_planned_on_a_device_that_is_retired_is_not_taken_back(trader, camera):
    about = {"patient_id": patient(trader).id, "procedure": "Fundus", "device_id": camera}
    made = trader.run("imaging.schedule_order", about | {"day": tomorrow(trader)})
    trader.run("imaging.cancel_order", {"order_id": made.id})
    trader.run("imaging.retire_device", {"device_id": camera})
    with refused(trader, InvalidInput, "device_id"):
        trader.run("imaging.take_back_appointment", {"order_id": made.id})
    assert planned(trader) == []
