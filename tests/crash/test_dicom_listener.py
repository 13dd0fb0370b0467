"""Kill -9 of the DICOM listener, and outages of what stands behind it, while objects arrive."""

import time
from threading import Thread

import pytest
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from erp.core.settings import get_settings
from tests.dicom.objects import SOP, good
from tests.ingest.conftest import until
from tests.peers.conftest import (
    connect,
    dataset_of,
    end,
    free_port,
    make_hospital,
    make_scp,
    send_bytes,
    sender,
    sound,
    tool,
)

CT = (CTImageStorage, ExplicitVRLittleEndian)
OBJECTS = 400
KILLS = 3


@pytest.fixture
def listener(stack, environment, engine, tmp_path):
    """A listener that is not started yet, and runs no longer than the test."""
    assert engine
    get_settings.cache_clear()
    made = make_scp(stack, environment, tmp_path)
    yield made
    if made.process:
        made.stop(kill=True)


def test_a_killed_listener_loses_and_doubles_nothing(listener, tmp_path):
    """Peers repeat what was not acknowledged; whatever was is there, and each object once."""
    listener.start()
    hospital = make_hospital()
    title = hospital.peer()
    folder = tmp_path / "study"
    folder.mkdir()
    for place in range(OBJECTS):
        (folder / f"{place:04d}").write_bytes(good(SOPInstanceUID=f"1.2.3.{place}"))
    line = ("-aet", title, "-aec", hospital.title, "+sd", "127.0.0.1")
    ends: list[int] = []

    def send() -> None:
        while True:
            done = tool("storescu", *line, listener.port, folder)
            ends.append(done.returncode)
            if done.returncode == 0:
                return
            time.sleep(0.3)

    sending = Thread(target=send, daemon=True)
    sending.start()
    for kill in range(KILLS):
        wanted = (kill + 1) * 40
        until(lambda wanted=wanted: _stored(hospital) >= wanted, 60)
        listener.stop(kill=True)
        listener.start()
    sending.join(300)

    assert ends[-1] == 0
    assert len(ends) > 1, "no transfer was broken off"
    assert _stored(hospital) == OBJECTS
    assert hospital.one("select stored from imaging_session")["stored"] == OBJECTS
    assert hospital.one("select instances from dicom_study")["instances"] == OBJECTS
    assert hospital.rows("select 1 from quarantine") == []
    assert sound()


def test_while_the_object_store_is_away_nothing_is_recorded_and_the_sender_is_told(
    listener, tmp_path
):
    listener.start(S3_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}", DICOM_PROCESSES="1")
    hospital = make_hospital()
    title = hospital.peer()
    association = connect(sender(title, CT), listener, hospital)
    status = send_bytes(association, good(), tmp_path / "o")
    end(association)
    listener.stop()
    assert status.Status == 0xA700
    assert hospital.rows("select 1 from imaging_transfer") == []

    listener.start(DICOM_PROCESSES="1")
    association = connect(sender(title, CT), listener, hospital)
    assert send_bytes(association, good(), tmp_path / "o").Status == 0
    end(association)
    assert dataset_of(hospital.kept(SOP)) == dataset_of(good())


def _stored(hospital) -> int:
    count: int = hospital.one("select count(*) as n from dicom_instance")["n"]
    return count
