"""The simulated device keeps the contract: nothing is lost, whatever goes wrong."""

import json
import os
import subprocess
import sys
import time
from io import BytesIO
from uuid import uuid4

import pytest
from pydantic import SecretStr
from pydicom import dcmread

from erp.adapters.dicom.inspecting import DicomInspector
from erp.adapters.mqtt import Broker
from erp.adapters.object_storage import S3ObjectStorage
from erp.core.settings import Settings
from erp.services.documents.ports import blob_key
from erp.services.imaging.crc32c import crc32c
from erp.services.imaging.messages import EventType
from erp.simulate.delivery import GaveUp
from erp.simulate.device import DeviceOptions, SimulatedDevice, open_spool
from erp.simulate.faults import Fault
from erp.simulate.kinds import Kind
from erp.simulate.pictures import Acquisition, altered
from erp.simulate.spool import RECEIPTS, SpooledObject, SpooledSession
from tests.simulate.suite import TENANT, Suite


@pytest.fixture(scope="module")
def storage(stack):
    keys = stack.objects.environment()
    made = S3ObjectStorage(
        Settings(
            _env_file=None,
            s3_endpoint_url=keys["S3_ENDPOINT_URL"],
            s3_access_key=keys["S3_ACCESS_KEY"],
            s3_secret_key=SecretStr(keys["S3_SECRET_KEY"]),
            s3_bucket="vantage-simulate-test",
        )
    )
    made.ensure_bucket()
    return made


@pytest.fixture
def suite(stack, storage):
    with Suite(stack.mqtt.url(), storage, f"site-{uuid4().hex[:8]}") as running:
        yield running
        assert running.errors == []


@pytest.fixture
def device_url(stack, suite):
    """The address of one device with its own password: the broker keeps it in its branch."""
    stack.mqtt.set_password(f"{suite.site}/cam-1", "made-up-password")
    return stack.mqtt.url().replace(
        stack.mqtt.url().split("//")[1].split("@")[0],
        f"{suite.site}%2Fcam-1:made-up-password",
    )


@pytest.fixture
def run_device(suite, device_url, tmp_path):
    def run(**options):
        chosen = DeviceOptions(
            **{"site": suite.site, "device": "cam-1", "count": 6, "settle_seconds": 20} | options
        )
        spool = open_spool(tmp_path, suite.site, "cam-1")
        return SimulatedDevice(Broker.from_url(device_url), spool, chosen, lambda _: None).run()

    return run


def spooled_objects(tmp_path) -> int:
    return len(list(tmp_path.rglob("*.dcm")))


def until(is_true) -> None:
    """Wait for what arrives a moment later over the broker."""
    deadline = time.monotonic() + 60  # a process may have to start first
    while not is_true() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_true()


def test_a_session_is_delivered_and_settled(suite, run_device, storage, tmp_path):
    outcome = run_device()

    assert outcome.receipts == {"stored": 6}
    assert outcome.is_settled
    assert spooled_objects(tmp_path) == 0
    assert [event.seq for event in suite.events] == list(range(len(suite.events)))
    assert suite.events[0].type is EventType.STARTED
    assert suite.events[-1].type is EventType.COMPLETE
    until(lambda: [state.state for state in suite.states] == ["online", "offline"])
    for uid, digest in suite.stored.items():
        content = storage.read(blob_key(TENANT, digest))
        assert dcmread(BytesIO(content)).SOPInstanceUID == uid


@pytest.mark.parametrize("kind", [Kind.IRIS, Kind.PYDICOM])
def test_other_sources(suite, run_device, kind):
    receipts = run_device(kind=kind, count=12).receipts
    assert receipts["stored"] + receipts.get("duplicate", 0) == len(suite.stored) == 12


def test_chunks_for_a_device_without_http(suite, run_device):
    assert run_device(modes=("chunk",), count=2).receipts == {"stored": 2}
    assert all(len(pieces) == 9 for pieces in suite.chunks.values())


def test_duplicates_and_disorder_change_nothing(suite, run_device):
    outcome = run_device(faults=frozenset({Fault.DUPLICATE, Fault.REORDER}))

    assert outcome.receipts["stored"] + outcome.receipts.get("duplicate", 0) == 6
    assert len(suite.stored) == 6
    seqs = [event.seq for event in suite.events]
    assert seqs != sorted(seqs)
    assert sorted(seqs) == list(range(len(seqs)))


def test_a_lost_receipt_is_asked_for_without_a_second_upload(suite, run_device):
    outcome = run_device(faults=frozenset({Fault.DROP_ACK}))

    assert outcome.receipts == {"duplicate": 6}
    assert suite.uploads == 6


def test_same_identity_with_other_pixels_is_a_conflict(run_device, tmp_path):
    outcome = run_device(faults=frozenset({Fault.CONFLICT}))

    assert outcome.receipts == {"stored": 6, "conflict": 1}
    assert outcome.is_settled
    assert spooled_objects(tmp_path) == 1  # kept: the suite did not take it


def test_damage_on_the_way_is_found_and_repaired(suite, run_device):
    outcome = run_device(faults=frozenset({Fault.CORRUPT}))

    assert outcome.receipts == {"stored": 6}
    assert [r.reason for r in suite.receipts if r.status == "rejected"] == ["digest_mismatch"]


def test_nonsense_is_refused_and_the_rest_goes_on(suite, run_device):
    outcome = run_device(faults=frozenset({Fault.BAD_DICOM, Fault.BAD_JSON}))

    assert outcome.receipts == {"stored": 6, "quarantined": 1}
    assert list(suite.quarantined.values()) == ["not_dicom"]
    assert {bad.code for bad in suite.bad} >= {"not_json", "not_text", "too_deep", "unknown_schema"}


def test_a_broken_off_delivery_is_resumed(suite, run_device, tmp_path):
    first = run_device(stop_after=2)
    held = spooled_objects(tmp_path)
    second = run_device()

    assert not first.is_settled
    assert held >= 1
    assert second.session_id == first.session_id
    assert second.is_settled
    assert len(suite.stored) == 6
    until(lambda: [state.birth_seq for state in suite.states] == [1, 1, 2, 2])


def test_a_killed_device_loses_nothing(suite, device_url, run_device, tmp_path):
    command = [
        *(sys.executable, "-m", "erp", "simulate", "device", "--site", suite.site),
        *("--device", "cam-1", "--count", "30", "--spool", str(tmp_path)),
        *("--mqtt-url", device_url),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    until(lambda: len(suite.stored) >= 5)
    process.kill()
    process.wait()
    until(lambda: [s.state for s in suite.states] == ["online", "offline"])  # the last will
    assert spooled_objects(tmp_path) >= 1

    outcome = run_device(count=30)

    assert outcome.is_settled
    assert len(suite.stored) == 30
    seqs = [event.seq for event in suite.events]
    assert sorted(seqs) == list(range(len(seqs)))


def test_without_a_suite_nothing_is_lost(suite, run_device, tmp_path):
    suite.be_online(online=False)

    with pytest.raises(GaveUp, match="not listening"):
        run_device(host_seconds=0.5)
    assert spooled_objects(tmp_path) == 6

    suite.be_online(online=True)
    assert run_device().receipts == {"stored": 6}


def on_the_command_line(site, url, spool) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "erp", "simulate", "device", "--site", site),
            *("--device", "cam-1", "--source", "iris", "--count", "2", "--spool", str(spool)),
        ],
        env=os.environ | {"MQTT_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_line_says_what_happened(suite, device_url, tmp_path):
    done = on_the_command_line(suite.site, device_url, tmp_path)

    assert done.returncode == 0, done.stderr
    assert "2 stored; settled." in done.stdout


def test_an_account_the_broker_does_not_know_is_said_and_nothing_is_sent(
    suite, device_url, tmp_path
):
    done = on_the_command_line(
        suite.site, device_url.replace("made-up-password", "wrong"), tmp_path
    )

    assert done.returncode == 1
    assert f"The broker refuses {suite.site}/cam-1: " in done.stderr
    assert "--mqtt-url" in done.stderr
    assert "Traceback" not in done.stderr
    assert suite.states == []
    assert suite.events == []


def test_generated_pictures_are_sound_and_repeatable():
    inspector = DicomInspector()
    for kind in Kind:
        shared = Acquisition("S1", "P1", "Rao^Asha", "20240501100000")
        first, second = shared.pictures(kind, 2)
        again = next(Acquisition("S1", "P1", "Rao^Asha", "20240501100000").pictures(kind, 2))
        finding = inspector.inspect(first)
        assert finding.kind == "inspected"
        assert finding.is_renderable
        assert finding.flags == ()
        assert finding.patient.patient_id == "P1"
        assert first == again
        assert first != second
        assert dcmread(BytesIO(altered(first))).SOPInstanceUID == finding.instance.sop_uid
        assert altered(first) != first
    inspector.close()


def test_crc32c_matches_the_examples_of_the_standard():
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E


@pytest.mark.parametrize("url", ["", "http://x", "mqtt://", "localhost:1883"])
def test_a_wrong_broker_address_is_refused(url):
    with pytest.raises(ValueError, match="MQTT_URL"):
        Broker.from_url(url)


def test_a_broker_address_is_parsed():
    broker = Broker.from_url("mqtts://pune%2Fcam:p%40ss@mq.example/?version=5")
    assert (broker.host, broker.port, broker.is_encrypted) == ("mq.example", 8883, True)
    assert (broker.user, broker.password, broker.version) == ("pune/cam", "p@ss", 5)


def test_manifest_of_the_spool_is_json(run_device, tmp_path):
    run_device(count=1)
    [path] = tmp_path.rglob("session.json")
    assert json.loads(path.read_text())["is_settled"] is True


def test_a_receipt_that_a_kill_cut_short_is_asked_for_again(tmp_path):
    spool = open_spool(tmp_path, "site", "cam-1")
    session = SpooledSession("S1", "1.2", "P-1", "Rao", "20261122101500")
    for number in range(2):
        entry = SpooledObject(number, f"t{number}", f"1.2.{number}", "1.3", "", "", 1, "")
        spool.keep(session, entry, b"x")
    spool.save(session)
    for entry in session.objects:
        entry.receipt = {"status": "stored"}
        spool.note_receipt(session, entry)
    notes = tmp_path / "site" / "cam-1" / "S1" / RECEIPTS
    notes.write_text(notes.read_text()[:-5])
    [found] = open_spool(tmp_path, "site", "cam-1").unfinished()
    assert [entry.number for entry in found.objects if entry.receipt is None] == [1]
    assert [entry.number for entry in spool.held(found)] == [1]
