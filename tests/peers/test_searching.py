"""C-FIND, C-MOVE, C-GET and the worklist, asked by dcmtk's own tools."""

import hashlib
import re
import subprocess
import time
from pathlib import Path

import pytest
from pydicom import config, dcmread
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from erp.services.documents import blob_key
from tests.dicom.objects import STUDY, good
from tests.ingest.conftest import until
from tests.peers.conftest import (
    connect,
    dataset_of,
    end,
    free_port,
    make_hospital,
    send_bytes,
    sender,
    storable_files,
    tool,
    uid_of,
)

CT = (CTImageStorage, ExplicitVRLittleEndian)
FIND = "1.2.840.10008.5.1.4.1.2.2.1"


@pytest.fixture
def filled(scp, hospital, tmp_path):
    """An archive with two patients, three studies and five objects."""
    association = connect(sender(hospital.peer(), CT), scp, hospital)
    made = [
        ("1.2.3.1", STUDY, "1.2.4.1", {"AccessionNumber": "A1", "StudyDescription": "Head"}),
        ("1.2.3.2", STUDY, "1.2.4.1", {"AccessionNumber": "A1", "InstanceNumber": 8}),
        ("1.2.3.3", STUDY, "1.2.4.2", {"AccessionNumber": "A1", "SeriesNumber": 3}),
        ("1.2.3.4", "1.2.5.2", "1.2.4.3", {"StudyDate": "20250601", "AccessionNumber": "A2"}),
        (
            "1.2.3.5",
            "1.2.5.3",
            "1.2.4.4",
            {"PatientID": "P-200", "PatientName": "Iyer^Meera", "StudyDate": "20260131"},
        ),
    ]
    for sop, study, series, more in made:
        identity = {"SOPInstanceUID": sop, "StudyInstanceUID": study, "SeriesInstanceUID": series}
        assert send_bytes(association, good(**(identity | more)), tmp_path / "o").Status == 0
    end(association)
    return hospital


def search(scp, hospital, title, level, *keys, model="-S"):
    """Search with findscu; return the answers as lists of keyword to text."""
    given = [part for key in (f"QueryRetrieveLevel={level}", *keys) for part in ("-k", key)]
    line = ("-aet", title, "-aec", hospital.title, "127.0.0.1", scp.port, model, "-v")
    done = tool("findscu", *line, *given)
    assert done.returncode == 0, done.stderr + done.stdout
    text = done.stdout + done.stderr
    answers = re.split(r"Find Response: \d+ \(Pending\)", text)[1:]
    return [
        {
            found[1]: found[0].strip("\0 ")
            for found in re.findall(r"\[([^\]]*)\] +# +\d+, *\d+ (\w+)", answer)
        }
        for answer in answers
    ]


@pytest.mark.parametrize(
    ("keys", "studies"),
    [
        ((), {STUDY, "1.2.5.2", "1.2.5.3"}),
        (("PatientID=P-200",), {"1.2.5.3"}),
        (("PatientName=RAO*",), {STUDY, "1.2.5.2"}),
        (("PatientName=?yer^*",), {"1.2.5.3"}),
        (("PatientName=rao",), set()),
        (("StudyDate=20250101-20251231",), {"1.2.5.2"}),
        (("StudyDate=20250101-",), {"1.2.5.2", "1.2.5.3"}),
        (("StudyDate=-20241231",), {STUDY}),
        (("StudyDate=20240131",), {STUDY}),
        (("AccessionNumber=A2",), {"1.2.5.2"}),
        (("AccessionNumber=a2",), set()),
        (("ModalitiesInStudy=CT", "StudyDescription=He*"), {STUDY}),
        (("ModalitiesInStudy=MR",), set()),
        ((f"StudyInstanceUID={STUDY}\\1.2.5.3",), {STUDY, "1.2.5.3"}),
        (("PatientID=100%",), set()),
    ],
)
def test_studies_are_found_by_dicoms_rules(scp, filled, keys, studies):
    title = filled.peer()
    asked = [key for key in keys if not key.startswith("StudyInstanceUID")]
    uid = next((key for key in keys if key.startswith("StudyInstanceUID")), "StudyInstanceUID=")
    found = search(scp, filled, title, "STUDY", *asked, uid)

    assert {answer["StudyInstanceUID"] for answer in found} == studies


def test_every_level_is_searched(scp, filled):
    title = filled.peer()
    patients = search(scp, filled, title, "PATIENT", "PatientName=", "PatientID=", model="-P")
    assert {row["PatientName"] for row in patients} == {"Rao^Asha", "Iyer^Meera"}

    [study] = search(
        scp,
        filled,
        title,
        "STUDY",
        f"StudyInstanceUID={STUDY}",
        "NumberOfStudyRelatedSeries",
        "NumberOfStudyRelatedInstances",
        "ModalitiesInStudy",
        "StudyDate",
        "StudyTime",
    )
    assert (study["NumberOfStudyRelatedSeries"], study["NumberOfStudyRelatedInstances"]) == (
        "2",
        "3",
    )
    assert (study["StudyDate"], study["ModalitiesInStudy"]) == ("20240131", "CT")
    assert study["StudyTime"].startswith("101112")

    series = search(
        scp, filled, title, "SERIES", f"StudyInstanceUID={STUDY}", "SeriesInstanceUID", "Modality"
    )
    assert {row["SeriesInstanceUID"] for row in series} == {"1.2.4.1", "1.2.4.2"}

    images = search(
        scp,
        filled,
        title,
        "IMAGE",
        f"StudyInstanceUID={STUDY}",
        "SeriesInstanceUID=1.2.4.1",
        "SOPInstanceUID",
        "InstanceNumber",
    )
    assert [row["InstanceNumber"] for row in images] == ["7", "8"]


def test_a_peer_finds_nothing_of_another_organisation(scp, filled):
    other = make_hospital()
    assert search(scp, other, other.peer(), "STUDY", "StudyInstanceUID=") == []
    assert len(search(scp, filled, filled.peer(), "STUDY", "StudyInstanceUID=")) == 3


def test_a_search_that_cannot_be_understood_is_refused_in_words(scp, filled):
    association = connect(sender(filled.peer(), (FIND, ExplicitVRLittleEndian)), scp, filled)
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    with config.disable_value_validation():
        wanted.StudyDate = "20241399"
        [(status, _)] = list(association.send_c_find(wanted, FIND))
    assert (status.Status, "StudyDate" in status.ErrorComment) == (0xC001, True)
    wanted.StudyDate = ""
    wanted.QueryRetrieveLevel = "PATIENT"
    [(status, _)] = list(association.send_c_find(wanted, FIND))
    assert status.Status == 0xC001
    end(association)


def test_a_search_is_cancelled(scp, filled):
    association = connect(sender(filled.peer(), (FIND, ExplicitVRLittleEndian)), scp, filled)
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.StudyInstanceUID = ""
    answers = association.send_c_find(wanted, FIND, msg_id=5)
    association.send_c_cancel(5, query_model=FIND)
    statuses = [status.Status for status, _ in answers]
    end(association)
    assert statuses[-1] in {0x0000, 0xFE00}


def receiver(folder: Path, title: str, *more):
    """Start dcmtk's storescp; return it and its port."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    process = subprocess.Popen(
        ["/usr/bin/storescp", "-aet", title, *more, "-od", str(folder), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: tool("echoscu", "-aec", title, "127.0.0.1", port).returncode == 0)
    return process, port


def test_objects_are_moved_byte_for_byte(scp, hospital, tmp_path):
    sent: dict[str, bytes] = {}
    title = hospital.peer()
    for content, kind in storable_files():
        association = connect(sender(title, kind), scp, hospital)
        new = association.accepted_contexts and uid_of(content) not in sent
        if new and send_bytes(association, content, tmp_path / "o").Status == 0:
            sent[uid_of(content)] = content
        end(association)
    process, port = receiver(tmp_path / "in", "WORKSTATION", "+xa", "+B")
    hospital.peer("WORKSTATION", host="127.0.0.1", port=port)
    patients = hospital.rows("select distinct patient_code as code from dicom_patient")
    done = []
    for row in patients:
        if row["code"] and "*" not in row["code"]:
            keys = ("-k", "QueryRetrieveLevel=PATIENT", "-k", f"PatientID={row['code']}")
            line = ("-aet", title, "-aec", hospital.title, "-aem", "WORKSTATION", "-P")
            done.append(tool("movescu", *line, *keys, "127.0.0.1", scp.port))
    process.terminate()
    process.wait()

    assert len(done) >= 10
    came = {}
    for path in (tmp_path / "in").iterdir():
        content = path.read_bytes()
        came[uid_of(content)] = content
    assert len(came) >= 25
    for uid, content in came.items():
        assert dataset_of(content) == dataset_of(sent[uid]), uid


def test_a_move_goes_only_where_it_may_and_says_what_failed(scp, filled):
    title = filled.peer()
    move = "1.2.840.10008.5.1.4.1.2.2.2"
    association = connect(sender(title, (move, ExplicitVRLittleEndian)), scp, filled)
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.StudyInstanceUID = STUDY
    *_, (status, _) = association.send_c_move(wanted, "NOWHERE", move)
    assert status.Status == 0xA801

    filled.peer("DEAF", host="127.0.0.1", port=free_port())
    *_, (status, _) = association.send_c_move(wanted, "DEAF", move)
    assert status.Status == 0xA801

    filled.peer("CLOSED", host="127.0.0.1", port=1, may_retrieve=False)
    *_, (status, _) = association.send_c_move(wanted, "CLOSED", move)
    assert status.Status == 0xA801

    end(association)


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_move_names_what_could_not_be_sent(scp, filled, tmp_path, is_damaged):
    process, port = receiver(tmp_path / "in", "PARTIAL")
    filled.peer("PARTIAL", host="127.0.0.1", port=port)
    move = "1.2.840.10008.5.1.4.1.2.2.2"
    association = connect(sender(filled.peer(), (move, ExplicitVRLittleEndian)), scp, filled)
    row = filled.one("select sha256 from dicom_instance where sop_uid = '1.2.3.2'")
    key = blob_key(filled.ctx.tenant_id, row["sha256"])
    content = filled.storage.read(key)
    filled.storage.remove(key)
    if is_damaged:
        changed = content[:-1] + bytes([content[-1] ^ 1])
        digest = hashlib.sha256(changed).hexdigest()
        filled.storage.put(key, changed, sha256=digest, media="application/dicom")
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.StudyInstanceUID = STUDY
    *_, (status, named) = association.send_c_move(wanted, "PARTIAL", move)
    end(association)
    process.terminate()
    process.wait()

    assert (status.Status, status.NumberOfFailedSuboperations) == (0xB000, 1)
    assert status.NumberOfCompletedSuboperations == 2
    assert named.FailedSOPInstanceUIDList == "1.2.3.2"


def test_a_move_counts_each_object(scp, filled, tmp_path):
    process, port = receiver(tmp_path / "in", "COUNTER")
    filled.peer("COUNTER", host="127.0.0.1", port=port)
    move = "1.2.840.10008.5.1.4.1.2.2.2"
    association = connect(sender(filled.peer(), (move, ExplicitVRLittleEndian)), scp, filled)
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.StudyInstanceUID = STUDY
    *pending, (final, _) = association.send_c_move(wanted, "COUNTER", move)
    end(association)
    process.terminate()
    process.wait()

    counts = [
        (s.NumberOfRemainingSuboperations, s.NumberOfCompletedSuboperations) for s, _ in pending
    ]
    assert counts == [(2, 1), (1, 2), (0, 3)]
    assert (final.Status, final.NumberOfCompletedSuboperations) == (0, 3)
    assert len(list((tmp_path / "in").iterdir())) == 3


def test_getscu_fetches_over_its_own_association(scp, filled, tmp_path):
    (tmp_path / "got").mkdir()
    line = ("-aet", filled.peer(), "-aec", filled.title, "-S", "-od", tmp_path / "got", "+B")
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={STUDY}")
    done = tool("getscu", *line, "127.0.0.1", scp.port, *keys)

    assert done.returncode == 0, done.stderr
    got = [path.read_bytes() for path in (tmp_path / "got").iterdir()]
    assert len(got) == 3
    for content in got:
        assert dataset_of(content) == dataset_of(filled.kept(uid_of(content)))


def patient(hospital, name="Asha Devi Rao", code="P-77"):
    given = {
        "name": name,
        "code": code,
        "kind": "patient",
        "state_code": "27",
        "roles": ["patient"],
    }
    return hospital.run("party.create_party", **given).id


def test_the_worklist_is_read_and_images_find_their_order(scp, hospital, tmp_path):
    title = hospital.peer(modality="CT")
    order = hospital.run(
        "imaging.schedule_order",
        patient_id=patient(hospital),
        procedure="Head without contrast",
        day="2026-11-23",
        time="10:30",
        device_id=hospital.peers[title],
    )
    other = hospital.run(
        "imaging.schedule_order",
        patient_id=patient(hospital, "Meera Iyer", "P-78"),
        procedure="Chest",
        day="2026-11-24",
        modality="CR",
    )
    keys = [
        "PatientName",
        "PatientID",
        "StudyInstanceUID",
        "ScheduledProcedureStepSequence[0].Modality",
        "ScheduledProcedureStepSequence[0].ScheduledStationAETitle",
        "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate",
    ]

    def ask(*changes):
        wanted = [next((c for c in changes if c.startswith(key)), key) for key in keys]
        line = ("-aet", title, "-aec", hospital.title, "127.0.0.1", scp.port, "-W", "-X")
        folder = tmp_path / f"w{time.monotonic_ns()}"
        folder.mkdir()
        given = [part for key in wanted for part in ("-k", key)]
        done = tool("findscu", *line, "-od", folder, "-k", "AccessionNumber", *given)
        assert done.returncode == 0, done.stderr
        return [dcmread(path, force=True) for path in sorted(folder.iterdir())]

    both = ask()
    assert [item.AccessionNumber for item in both] == [order.accession, other.accession]
    [item] = ask("ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate=20261123")
    assert (str(item.PatientName), item.PatientID) == ("Rao^Asha^Devi", "P-77")
    step = item.ScheduledProcedureStepSequence[0]
    assert (step.Modality, step.ScheduledStationAETitle) == ("CT", title)
    assert [i.PatientID for i in ask("PatientName=IYER*")] == ["P-78"]
    assert ask("ScheduledProcedureStepSequence[0].Modality=MR") == []

    association = connect(sender(title, CT), scp, hospital)
    made = good(AccessionNumber=order.accession, PatientID="P-77", StudyInstanceUID="1.2.9.1")
    assert send_bytes(association, made, tmp_path / "o").Status == 0
    end(association)
    session = hospital.one("select id, order_id, accession from imaging_session")
    assert (session["order_id"], session["accession"]) == (order.id, order.accession)
    assert [item.AccessionNumber for item in ask()] == [other.accession]
    hospital.run("imaging.complete_session", session_id=session["id"])
    rows = {row.accession: row for row in hospital.run("imaging.list_orders").rows}
    assert rows[order.accession].status == "done"
    assert rows[order.accession].session_id == session["id"]


def test_what_is_taken_off_the_worklist_is_offered_no_more(scp, hospital):
    order = hospital.run(
        "imaging.schedule_order",
        patient_id=patient(hospital),
        procedure="Chest",
        day="2026-11-24",
    )
    hospital.run("imaging.cancel_order", order_id=order.id)
    found = search(scp, hospital, hospital.peer(), "", "AccessionNumber", model="-W")
    assert found == []
