"""Performed procedure steps (MPPS): what modalities tell by N-CREATE and N-SET, and what is refused.

dcmtk has no tool for it; pynetdicom plays the modality.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom.sop_class import ModalityPerformedProcedureStep

from erp.core.clock import business_date
from tests.dicom.objects import SOP, STUDY, good
from tests.ingest.conftest import until
from tests.peers.conftest import connect, end, make_hospital, send_bytes, sender, sound
from tests.peers.test_searching import patient, search

CT = (CTImageStorage, ExplicitVRLittleEndian)
MPPS = ModalityPerformedProcedureStep
STEP = (MPPS, ExplicitVRLittleEndian)
NAME = "1.2.9.1"


def item(**given):
    """Return a data set, of values that no modality should send too."""
    made = Dataset()
    with config.disable_value_validation():
        for keyword, value in given.items():
            setattr(made, keyword, value)
    return made


def beginning(**changes):
    """Return what a modality says when it begins; a change of None leaves the attribute out."""
    values = {
        "ScheduledStepAttributesSequence": Sequence([item(StudyInstanceUID=STUDY)]),
        "PatientName": "Rao^Asha",
        "PatientID": "P-100",
        "PerformedProcedureStepID": "S1",
        "PerformedStationAETitle": "CT1",
        "PerformedProcedureStepStartDate": "20261123",
        "PerformedProcedureStepStartTime": "101112",
        "PerformedProcedureStepStatus": "IN PROGRESS",
        "PerformedProcedureStepDescription": "CT head",
        "Modality": "CT",
        "PerformedSeriesSequence": Sequence(),
    } | changes
    return item(**{keyword: value for keyword, value in values.items() if value is not None})


def ending(status="COMPLETED", *images, **changes):
    series = item(SeriesInstanceUID="1.2.3.1", ProtocolName="Head", OperatorsName="Rao^Ravi")
    series.ReferencedImageSequence = Sequence(
        [item(ReferencedSOPClassUID=CTImageStorage, ReferencedSOPInstanceUID=uid) for uid in images]
    )
    values = {
        "PerformedProcedureStepStatus": status,
        "PerformedProcedureStepEndDate": "20261123",
        "PerformedProcedureStepEndTime": "102000",
        "PerformedSeriesSequence": Sequence([series]),
    } | changes
    return item(**{keyword: value for keyword, value in values.items() if value is not None})


@pytest.fixture
def modality(scp, hospital):
    """An association of a modality that may read the worklist and store."""
    title = hospital.peer()
    association = connect(sender(title, CT, STEP), scp, hospital)
    association.title = title
    yield association
    end(association)


def begin(association, told, name=NAME):
    with config.disable_value_validation():
        return association.send_n_create(told, MPPS, name)


def change(association, told, name=NAME):
    with config.disable_value_validation():
        status, _ = association.send_n_set(told, MPPS, name)
    return status


def held(hospital):
    return hospital.rows("select reason_code, detail, topic, payload from quarantine order by id")


def test_a_planned_examination_is_performed_from_the_worklist_to_the_end(
    scp, hospital, modality, tmp_path
):
    planned = hospital.run(
        "imaging.schedule_order",
        patient_id=patient(hospital),
        procedure="CT head",
        day=str(business_date(hospital.ctx.now, hospital.ctx.time_zone)),
        modality="CT",
    )
    keys = ["AccessionNumber", "StudyInstanceUID", "PatientID"]
    [listed] = search(scp, hospital, modality.title, "", *keys, model="-W")
    assert listed["AccessionNumber"] == planned.accession
    step = item(
        StudyInstanceUID=listed["StudyInstanceUID"],
        AccessionNumber=listed["AccessionNumber"],
        ScheduledProcedureStepID=planned.accession,
    )
    told = beginning(
        ScheduledStepAttributesSequence=Sequence([step]), PatientID=listed["PatientID"]
    )
    assert begin(modality, told)[0].Status == 0x0000
    found = hospital.one("select * from imaging_session")
    assert (found["state"], found["order_id"]) == ("in_progress", planned.id)
    assert search(scp, hospital, modality.title, "", *keys, model="-W") == []

    assert change(modality, ending("COMPLETED", SOP)).Status == 0x0000
    found = hospital.one("select * from imaging_session")
    assert (found["state"], found["expected"], found["settled_at"]) == ("complete", 1, None)
    content = good(StudyInstanceUID=listed["StudyInstanceUID"], PatientID=listed["PatientID"])
    assert send_bytes(modality, content, tmp_path / "o").Status == 0
    until(lambda: hospital.rows("select 1 from imaging_session where settled_at is not null"))
    assert hospital.one("select status from imaging_order")["status"] == "done"
    row = hospital.one("select state, images, series from performed_step")
    assert (row["state"], row["images"]) == ("completed", 1)
    said = hospital.one("select operator, protocol from imaging_session")
    assert said == {"operator": "Rao Ravi", "protocol": "Head"}
    assert held(hospital) == []
    assert sound()


def test_an_examination_nobody_planned_has_a_session_too_and_a_step_without_a_name_gets_one(
    hospital, modality
):
    status, _ = modality.send_n_create(beginning(), MPPS, None)
    assert status.Status == 0x0000
    row = hospital.one("select sop_uid, started_at from performed_step")
    assert row["sop_uid"].startswith("2.25.")
    assert row["started_at"].isoformat() == "2026-11-23T04:41:12+00:00"
    found = hospital.one("select patient_code, order_id, state from imaging_session")
    assert found == {"patient_code": "P-100", "order_id": None, "state": "in_progress"}
    assert change(modality, ending("DISCONTINUED"), row["sop_uid"]).Status == 0x0000
    assert hospital.one("select state from imaging_session")["state"] == "aborted"


def test_what_a_step_says_of_its_end_is_kept(hospital, modality):
    begin(modality, beginning())
    reason = item(CodeValue="110514", CodingSchemeDesignator="DCM")
    reason.CodeMeaning = "Incorrect worklist entry selected"
    told = ending("DISCONTINUED", PerformedSeriesSequence=None)
    told.PerformedProcedureStepDiscontinuationReasonCodeSequence = Sequence([reason])
    assert change(modality, told).Status == 0x0000
    row = hospital.one("select state, reason, ended_at from performed_step")
    assert row["reason"] == "Incorrect worklist entry selected"
    assert row["ended_at"].isoformat() == "2026-11-23T04:50:00+00:00"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"ScheduledStepAttributesSequence": None}, 0x0120),
        ({"ScheduledStepAttributesSequence": Sequence()}, 0x0121),
        ({"ScheduledStepAttributesSequence": Sequence([item(AccessionNumber="1")])}, 0x0120),
        ({"PerformedProcedureStepID": None}, 0x0120),
        ({"PerformedProcedureStepID": ""}, 0x0121),
        ({"PerformedProcedureStepStatus": "COMPLETED"}, 0x0106),
        ({"PerformedProcedureStepStartDate": "20261399"}, 0x0106),
        ({"PerformedProcedureStepStartTime": "999999"}, 0x0106),
        ({"ScheduledStepAttributesSequence": Sequence([item(StudyInstanceUID="a b")])}, 0x0106),
        ({"PatientName": "x" * 50_000, "StudyID": "x" * 50_000}, 0x0213),
    ],
)
def test_a_beginning_that_cannot_be_is_refused_in_dicoms_words_and_put_aside(
    hospital, modality, changes, status
):
    answer, _ = begin(modality, beginning(**changes))
    assert answer.Status == status
    assert hospital.rows("select 1 from performed_step") == []
    assert hospital.rows("select 1 from imaging_session") == []
    [row] = held(hospital)
    assert row["reason_code"] == "step_invalid"
    assert row["topic"] == f"mpps/{NAME}"
    assert b"CT" in bytes(row["payload"])


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (ending("DONE"), 0x0106),
        (ending("COMPLETED", PerformedProcedureStepEndDate=None), 0x0120),
        (ending("COMPLETED", PerformedProcedureStepEndTime=None), 0x0120),
        (ending("COMPLETED", PerformedSeriesSequence=None), 0x0120),
        (ending("COMPLETED", "not a uid"), 0x0106),
        (ending("COMPLETED", PatientID="P-101"), 0x0106),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_the_step_goes_on(hospital, modality, told, status):
    begin(modality, beginning())
    assert change(modality, told).Status == status
    assert hospital.one("select state from performed_step")["state"] == "in_progress"
    assert len(held(hospital)) == 1
    assert change(modality, ending("COMPLETED", PatientID="P-100")).Status == 0x0000


def test_a_name_is_used_once_and_a_step_that_ended_stays(hospital, modality):
    assert change(modality, ending()).Status == 0x0112
    begin(modality, beginning())
    assert begin(modality, beginning())[0].Status == 0x0111
    change(modality, ending())
    answer = change(modality, ending("DISCONTINUED"))
    assert (answer.Status, answer.ErrorID) == (0x0110, 0xA710)
    codes = [row["reason_code"] for row in held(hospital)]
    assert codes == ["unknown_step", "step_reused", "step_closed"]
    assert hospital.one("select state from performed_step")["state"] == "completed"


def test_a_refused_step_is_said_in_words_and_not_taken_by_looking_again(hospital, modality):
    begin(modality, beginning(PerformedProcedureStepID=None))
    [row] = hospital.run("imaging.list_held").rows
    assert row.reason == "A step's message is wrong"
    assert "PerformedProcedureStepID" in row.detail


def test_a_peer_that_may_not_read_the_worklist_tells_of_no_steps(scp, hospital):
    title = hospital.peer(may_worklist=False)
    association = connect(sender(title, CT, STEP), scp, hospital)
    assert [str(cx.abstract_syntax) for cx in association.rejected_contexts] == [MPPS]
    end(association)


def test_a_right_that_is_taken_away_ends_steps_over_an_association_that_stands(hospital, modality):
    given = {"name": "CT", "address": "127.0.0.1", "may_store": True}
    hospital.run("imaging.change_peer", device_id=hospital.peers[modality.title], **given)
    until(
        lambda: (
            begin(modality, beginning(), f"1.2.9.{hospital.ctx.tenant_id.int}")[0].Status == 0x0124
        )
    )


def test_a_step_of_one_organisation_is_nobodys_in_another(scp, hospital, modality):
    begin(modality, beginning())
    other = make_hospital()
    title = other.peer()
    association = connect(sender(title, STEP), scp, other)
    assert change(association, ending("DISCONTINUED")).Status == 0x0112
    assert begin(association, beginning())[0].Status == 0x0000
    end(association)
    assert hospital.one("select state from performed_step")["state"] == "in_progress"
    assert other.one("select state from performed_step")["state"] == "in_progress"


def test_of_two_ends_over_two_associations_one_counts(scp, hospital, modality):
    begin(modality, beginning())
    others = [connect(sender(modality.title, STEP), scp, hospital) for _ in range(3)]
    ends = [ending("COMPLETED", SOP), ending("DISCONTINUED"), ending("DISCONTINUED")]
    with ThreadPoolExecutor(3) as pool:
        said = list(pool.map(lambda pair: change(*pair).Status, zip(others, ends, strict=True)))
    for association in others:
        end(association)
    assert sorted(said) == [0x0000, 0x0110, 0x0110]
    state = hospital.one("select state from performed_step")["state"]
    assert state == ("completed" if said[0] == 0 else "discontinued")
    assert sound()
