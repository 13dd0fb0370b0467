"""How often the database is asked for one object more of a series that is known."""

from dataclasses import replace

import psycopg
import pytest

from erp.core.ids import new_id
from erp.services import imaging
from tests.dicom.objects import good
from tests.services.imaging.line import intake, make_line
from tests.services.imaging.test_deliveries import WayIn


@pytest.fixture
def trips(monkeypatch):
    """What was sent to the database and waited for; giving a connection back sends nothing."""
    seen, wait = [], psycopg.Connection.wait

    def counted(self, gen, *given, **more):
        if "rollback" not in getattr(gen, "__qualname__", ""):
            frame = getattr(gen, "gi_frame", None)
            seen.append(str(frame.f_locals.get("query", "commit"))[:120] if frame else "")
        return wait(self, gen, *given, **more)

    monkeypatch.setattr(psycopg.Connection, "wait", counted)
    return seen


def numbered(number):
    return good(SOPInstanceUID=f"1.2.3.700.{number}", InstanceNumber=number + 1)


def test_an_object_that_nobody_offered_takes_nine(clinic, trips):
    way = WayIn(clinic)
    for number in range(2):
        way.deliver(numbered(number))
    ctx = way.ctx
    trips.clear()
    assert intake().deliver(ctx, way.device_id, "cstore", numbered(9)).status == "stored"
    assert len(trips) <= 9, trips


def test_an_offered_object_takes_seven_for_its_offer_and_thirteen_for_itself(clinic, trips):
    line = make_line(clinic)
    line.start()
    for number in range(2):
        line.deliver(numbered(number))
    ctx, content = line.ctx, numbered(9)
    offer = line.offer(content)
    trips.clear()
    [answer] = imaging.record_offers(ctx, line.device_id, [offer])
    assert len(trips) <= 7, trips
    upload = imaging.Upload(answer.transfer_id, "put", offer.size, offer.sha256)
    trips.clear()
    again = replace(ctx, request_id=f"test-{new_id()}")
    assert intake().receive_bytes(again, upload, content).status == "stored"
    assert len(trips) <= 13, trips
