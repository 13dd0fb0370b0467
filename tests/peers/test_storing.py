"""C-STORE: acknowledged is durable; refused with the code that says why; nobody gets in unnamed."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from erp.services.documents import blob_key
from jobs.listeners.peer_directory import REFRESH_SECONDS
from tests.dicom.objects import SOP, body_of, file_meta, good, nested
from tests.peers.conftest import (
    ALL,
    connect,
    dataset_of,
    end,
    make_hospital,
    send_bytes,
    send_pdu,
    sender,
    sound,
    storable_files,
    store_command,
    tool,
    uid_of,
)

CT = (CTImageStorage, ExplicitVRLittleEndian)


def test_an_object_is_durable_once_it_is_acknowledged(scp, hospital, tmp_path):
    association = connect(sender(hospital.peer(), CT), scp, hospital)
    status = send_bytes(association, good(), tmp_path / "o")
    end(association)

    assert status.Status == 0x0000
    assert dataset_of(hospital.kept(SOP)) == dataset_of(good())
    session = hospital.one("select * from imaging_session")
    assert (session["stored"], session["state"]) == (1, "in_progress")
    assert hospital.rows("select * from device_message") == []


def test_echo_by_dcmtk(scp, hospital):
    title = hospital.peer()
    done = tool("echoscu", "-aet", title, "-aec", hospital.title, "127.0.0.1", scp.port)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("calling", "called", "code"),
    [("STRANGER", None, (1, 1, 3)), (None, "NOBODY", (1, 1, 7))],
    ids=["unknown caller", "unknown called"],
)
def test_nobody_is_let_in_who_is_not_written_down(scp, hospital, calling, called, code):
    title = calling or hospital.peer()
    association = connect(sender(title, CT), scp, hospital, called=called or hospital.title)

    assert association.is_rejected
    answer = association.acceptor.primitive
    assert (answer.result, answer.result_source, answer.diagnostic) == code


def test_a_peer_is_let_in_only_from_its_address(scp, hospital):
    title = hospital.peer(address="10.9.8.7")
    association = connect(sender(title, CT), scp, hospital)

    assert association.is_rejected
    assert association.acceptor.primitive.diagnostic == 3


def test_a_peer_of_one_organisation_is_a_stranger_to_another(scp, hospital):
    other = make_hospital()
    title = hospital.peer()
    association = connect(sender(title, CT), scp, other)

    assert association.is_rejected
    assert other.rows("select * from imaging_session") == []


def test_a_retired_peer_is_let_in_no_more_and_stores_no_more(scp, hospital, tmp_path):
    title = hospital.peer()
    association = connect(sender(title, CT), scp, hospital)
    hospital.run("imaging.retire_device", device_id=hospital.peers[title])
    time.sleep(REFRESH_SECONDS + 0.2)
    status = send_bytes(association, good(), tmp_path / "o")
    end(association)

    assert status.Status == 0x0124
    assert hospital.rows("select * from dicom_instance") == []
    assert connect(sender(title, CT), scp, hospital).is_rejected


def test_a_peer_offers_only_what_it_may(scp, hospital):
    find = ("1.2.840.10008.5.1.4.1.2.2.1", ExplicitVRLittleEndian)
    worklist = ("1.2.840.10008.5.1.4.31", ExplicitVRLittleEndian)
    move = ("1.2.840.10008.5.1.4.1.2.2.2", ExplicitVRLittleEndian)
    commit = ("1.2.840.10008.1.20.1", ExplicitVRLittleEndian)
    nothing = dict.fromkeys(ALL, False)
    proposed = (CT, find, worklist, move, commit)
    for right, accepted in (
        ("may_store", {CT[0], commit[0]}),
        ("may_query", {find[0]}),
        ("may_worklist", {worklist[0]}),
    ):
        title = hospital.peer(**(nothing | {right: True}))
        association = connect(sender(title, *proposed), scp, hospital)
        assert {cx.abstract_syntax for cx in association.accepted_contexts} == accepted, right
        end(association)


def test_a_peer_that_only_searches_stores_nothing_by_the_back_door(scp, hospital, tmp_path):
    """A request names a class of its own beside its context; the context's counts."""
    find = ("1.2.840.10008.5.1.4.1.2.2.1", ExplicitVRLittleEndian)
    title = hospital.peer(may_store=False, may_retrieve=False)
    association = connect(sender(title, find), scp, hospital)
    context = association.accepted_contexts[0]
    context._abstract_syntax = CTImageStorage
    status = send_bytes(association, good(), tmp_path / "o")
    end(association)

    assert status.Status == 0xA900
    assert hospital.rows("select * from imaging_transfer") == []


def test_the_same_object_again_is_success_and_one_object(scp, hospital, tmp_path):
    association = connect(sender(hospital.peer(), CT), scp, hospital)
    statuses = [send_bytes(association, good(), tmp_path / "o").Status for _ in range(3)]
    end(association)

    assert statuses == [0, 0, 0]
    assert len(hospital.rows("select * from dicom_instance")) == 1
    outcomes = [row["outcome"] for row in hospital.rows("select outcome from ingest_attempt")]
    assert sorted(outcomes) == ["duplicate", "duplicate", "stored"]


@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (lambda: good(InstanceNumber=99), 0xC000, "uid_conflict"),
        (lambda: good(SOPInstanceUID="1.2.3.8", Rows=0), 0xC000, "bad_pixel_module"),
        (lambda: good(SOPInstanceUID="1.2.3.8", PatientID="P-2"), 0xC000, "patient_conflict"),
        (lambda: nested(200), 0xC000, "too_deep"),
        (lambda: file_meta(sop_uid="1.2.3.77") + body_of(good()), 0xA900, "uid_mismatch"),
    ],
    ids=["other bytes", "no rows", "other patient", "too deep", "names two objects"],
)
def test_what_is_held_is_refused_with_the_reason(scp, hospital, tmp_path, content, code, reason):
    association = connect(sender(hospital.peer(), CT), scp, hospital)
    send_bytes(association, good(), tmp_path / "first")
    status = send_bytes(association, content(), tmp_path / "o")
    end(association)

    assert (status.Status, reason in status.ErrorComment) == (code, True)
    held = hospital.one("select reason_code, status, sha256 from quarantine")
    assert (held["reason_code"], held["status"]) == (reason, "open")
    key = blob_key(hospital.ctx.tenant_id, held["sha256"])
    assert hospital.storage.find(key) is not None
    assert len(hospital.rows("select * from dicom_instance")) == 1


def test_an_object_that_breaks_off_leaves_nothing_and_is_taken_when_sent_again(
    scp, hospital, tmp_path
):
    title = hospital.peer()
    content = good(Rows=512, Columns=512, PixelData=bytes(512 * 512 * 2))
    association = connect(sender(title, CT), scp, hospital)
    context = association.accepted_contexts[0].context_id
    command = store_command(SOP)
    send_pdu(association, context, 0x03, command)
    send_pdu(association, context, 0x00, dataset_of(content)[:100_000])
    association.abort()
    time.sleep(0.5)
    assert hospital.rows("select * from imaging_transfer") == []

    association = connect(sender(title, CT), scp, hospital)
    assert send_bytes(association, content, tmp_path / "o").Status == 0
    end(association)
    assert dataset_of(hospital.kept(SOP)) == dataset_of(content)


def test_an_endless_pdu_and_silence_end_the_connection(scp, hospital):
    assert hospital
    with socket.create_connection(("127.0.0.1", scp.port), 5) as stranger:
        stranger.sendall(bytes([1, 0]) + (2**31).to_bytes(4, "big") + bytes(100_000))
        stranger.settimeout(10)
        assert _is_closed(stranger)


def test_every_file_of_pydicom_arrives_byte_for_byte(scp, tmp_path):
    """In an archive for each syntax: several are the same object in another encoding."""
    archives: dict[str, tuple] = {}
    sent: dict[tuple[str, str], bytes] = {}
    for content, kind in storable_files():
        if kind[1] not in archives:
            archive = make_hospital()
            archives[kind[1]] = (archive, archive.peer())
        archive, title = archives[kind[1]]
        association = connect(sender(title, kind), scp, archive)
        assert association.accepted_contexts, kind
        key = (kind[1], uid_of(content))
        if send_bytes(association, content, tmp_path / "o").Status == 0:
            sent.setdefault(key, content)
        end(association)

    assert len(sent) >= 40
    assert len({syntax for syntax, _ in sent}) >= 11
    for (syntax, uid), content in sent.items():
        assert dataset_of(archives[syntax][0].kept(uid)) == dataset_of(content), uid
    assert sound()


def test_storescu_and_four_associations_at_once(scp, hospital, tmp_path):
    title = hospital.peer()
    for number in range(4):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        for place in range(25):
            (folder / f"{place}").write_bytes(good(SOPInstanceUID=f"1.2.3.{number}.{place}"))
    run = ("storescu", "-aet", title, "-aec", hospital.title, "+sd", "127.0.0.1", scp.port)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda n: tool(*run, tmp_path / f"{n}"), range(4)))

    assert [one.returncode for one in done] == [0] * 4, done[0].stderr
    session = hospital.one("select stored, quarantined from imaging_session")
    assert (session["stored"], session["quarantined"]) == (100, 0)
    study = hospital.one("select series, instances from dicom_study")
    assert (study["series"], study["instances"]) == (1, 100)
    assert sound()


def _is_closed(connection):
    try:
        return connection.recv(100)[:1] in {b"", b"\7"}
    except ConnectionError:
        return True
