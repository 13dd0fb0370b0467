"""Performed steps: they move session and order on, end a session by their lists, and go forward only."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.services import imaging, platform
from erp.services.imaging.errors import (
    OnlyDevices,
    StepClosed,
    StepFixed,
    StepIncomplete,
    StepReused,
    UnknownStep,
)
from tests.dicom.objects import SOP, STUDY, good
from tests.factories import referees
from tests.services.imaging.line import intake
from tests.services.imaging.test_peers import patient


class Modality:
    """A peer that tells of the steps it performs."""

    def __init__(self, owner, title="CT1"):
        self.owner = owner
        given = {"ae_title": title, "name": title, "address": "10.0.0.5", "may_worklist": True}
        self.device_id = platform.run("imaging.add_peer", owner, given).result.id

    @property
    def ctx(self):
        return imaging.delivery_context(replace(self.owner, now=utc_now()))

    def plan(self, **more):
        given = {"procedure": "CT head", "day": utc_now().date(), "modality": "CT"} | more
        if "patient_id" not in given:
            given["patient_id"] = patient(self.owner, f"P-{new_id().hex[:8]}")
        return platform.run("imaging.schedule_order", self.owner, given).result

    def begin(self, name="1.2.9.1", *, names=(), study=STUDY, **more):
        planned = [{"study_uid": study, "accession": one, "sps_id": one} for one in names]
        given = {
            "device_id": self.device_id,
            "sop_uid": name,
            "step_id": "S1",
            "station": "CT1",
            "modality": "CT",
            "started_at": utc_now(),
            "scheduled": planned or [{"study_uid": study}],
            "begun": {"PatientID": {"vr": "LO", "Value": ["P-1"]}},
        }
        return platform.run("imaging.begin_step", self.ctx, given | more).result.id

    def change(self, name="1.2.9.1", state="in_progress", **more):
        given = {"device_id": self.device_id, "sop_uid": name, "state": state}
        return platform.run("imaging.change_step", self.ctx, given | more)

    def complete(self, name="1.2.9.1", *images, **more):
        series = [{"series_uid": "1.2.3.1", "images": list(images)}]
        return self.change(name, "completed", ended_at=utc_now(), series=series, **more)

    def discontinue(self, name="1.2.9.1", **more):
        return self.change(name, "discontinued", ended_at=utc_now(), **more)

    def one(self, sql, *params):
        with db.unit_of_work(self.owner) as session:
            [row] = db.fetch_all(session, sql, params)
        return row

    def session(self):
        return self.one("select * from imaging_session")

    def order(self, planned):
        return self.one("select status from imaging_order where id = %s", planned.id)["status"]


@pytest.fixture
def modality(clinic):
    return Modality(clinic)


def sound():
    return [v for v in referees().values() if v.code.startswith("I") and not v.holds] == []


def test_a_step_in_progress_opens_its_session_and_starts_its_order(modality):
    planned = modality.plan()
    modality.begin(names=[planned.accession])
    found = modality.session()
    assert (found["state"], found["order_id"]) == ("in_progress", planned.id)
    assert (found["accession"], found["events"]) == (planned.accession, 1)
    assert modality.order(planned) == "started"
    [step] = platform.run(
        "imaging.get_session", modality.owner, {"session_id": found["id"]}
    ).result.steps
    assert (step.state, step.station, step.series) == ("in_progress", "CT1", 0)
    assert sound()


def test_a_session_ends_by_what_its_steps_list_whatever_came_before(modality):
    planned = modality.plan()
    modality.begin(names=[planned.accession])
    modality.complete("1.2.9.1", SOP)
    found = modality.session()
    assert (found["state"], found["expected"], found["settled_at"]) == ("complete", 1, None)
    assert modality.order(planned) == "started"
    taken = intake().deliver(modality.ctx, modality.device_id, "cstore", good())
    assert taken.session_id == found["id"]
    assert modality.session()["settled_at"]
    assert modality.order(planned) == "done"
    assert sound()


def test_a_session_with_two_steps_ends_with_the_second_and_their_lists_add_up(modality):
    modality.begin("1.2.9.1")
    modality.begin("1.2.9.2")
    modality.complete("1.2.9.1", SOP)
    assert modality.session()["state"] == "in_progress"
    modality.complete("1.2.9.2", f"{SOP}.7")
    assert (modality.session()["state"], modality.session()["expected"]) == ("complete", 2)


def test_a_step_that_lists_nothing_ends_no_session(modality):
    modality.begin()
    modality.complete()
    found = modality.session()
    assert (found["state"], found["expected"]) == ("in_progress", None)


def test_what_was_discontinued_before_any_object_came_is_on_the_worklist_again(modality):
    planned = modality.plan()
    modality.begin(names=[planned.accession])
    modality.discontinue(reason="Incorrect worklist entry selected")
    assert modality.session()["state"] == "aborted"
    assert modality.order(planned) == "scheduled"
    row = modality.one("select state, reason from performed_step")
    assert row == {"state": "discontinued", "reason": "Incorrect worklist entry selected"}
    modality.begin("1.2.9.2", names=[planned.accession])
    assert (modality.session()["state"], modality.order(planned)) == ("in_progress", "started")


def test_what_was_discontinued_after_an_object_came_is_not(modality):
    planned = modality.plan()
    modality.begin(names=[planned.accession])
    intake().deliver(modality.ctx, modality.device_id, "cstore", good())
    modality.discontinue()
    assert (modality.session()["state"], modality.order(planned)) == ("aborted", "started")


def test_examinations_that_are_made_together_are_started_and_done_together(modality):
    someone = patient(modality.owner, "P-200")
    both = [modality.plan(patient_id=someone) for _ in range(2)]
    modality.begin(names=[planned.accession for planned in both])
    assert [modality.order(planned) for planned in both] == ["started", "started"]
    modality.complete("1.2.9.1", SOP)
    intake().deliver(modality.ctx, modality.device_id, "cstore", good())
    assert [modality.order(planned) for planned in both] == ["done", "done"]


def test_a_step_of_another_patient_starts_nobodys_order(modality):
    planned = modality.plan(patient_id=patient(modality.owner, "P-300"))
    modality.begin(names=[planned.accession], patient_code="P-301")
    assert modality.order(planned) == "scheduled"
    assert modality.session()["order_id"] is None


def test_a_step_goes_forward_only(modality):
    modality.begin()
    with pytest.raises(StepReused):
        modality.begin()
    with pytest.raises(StepFixed, match="PatientID"):
        modality.change(begun={"PatientID": {"vr": "LO", "Value": ["P-2"]}})
    with pytest.raises(StepIncomplete) as refused:
        modality.change(state="completed")
    assert set(refused.value.fields) == {"ended_at", "series"}
    modality.complete("1.2.9.1", SOP)
    for state in ("in_progress", "discontinued", "completed"):
        with pytest.raises(StepClosed, match="completed"):
            modality.change(state=state, ended_at=utc_now())


@pytest.mark.parametrize(
    "change",
    [
        "state = 'in_progress', ended_at = null",
        "state = 'completed', ended_at = now()",
        "description = 'other'",
    ],
)
def test_the_database_keeps_a_step_that_ended(modality, change):
    modality.begin()
    modality.discontinue()
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="forward only"),
        db.unit_of_work(modality.owner) as session,
    ):
        db.execute(session, f"update performed_step set {change}", ())  # noqa: S608


@pytest.mark.parametrize("change", ["sop_uid = '1.2'", "begun = '{}'", "started_at = now()"])
def test_the_database_keeps_what_a_step_began_with(modality, change):
    modality.begin(started_at=utc_now() - timedelta(minutes=5))
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="forward only"),
        db.unit_of_work(modality.owner) as session,
    ):
        db.execute(session, f"update performed_step set {change}", ())  # noqa: S608


def test_nobody_else_changes_a_modalitys_step(modality):
    modality.begin()
    with pytest.raises(UnknownStep):
        Modality(modality.owner, "CT2").discontinue()
    given = {"device_id": modality.device_id, "sop_uid": "1.2.9.1"}
    with pytest.raises(OnlyDevices):
        platform.run("imaging.change_step", replace(modality.owner, source="web"), given)


def test_of_two_ends_at_once_one_counts(modality):
    modality.begin()

    def end(state):
        try:
            if state == "completed":
                modality.complete("1.2.9.1", SOP)
            else:
                modality.discontinue()
        except DomainError as error:
            return error.code
        return state

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(end, ["completed", "discontinued"] * 4))
    [ended] = [word for word in said if word != "step_closed"]
    assert modality.one("select state from performed_step")["state"] == ended
    assert modality.session()["state"] == {"completed": "complete"}.get(ended, "aborted")
    assert modality.session()["events"] == 2
    assert sound()


def test_steps_of_one_study_that_begin_at_once_share_its_session(modality):
    names = [f"1.2.9.{n}" for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(modality.begin, names))
    found = modality.session()
    assert (found["events"], found["last_seq"]) == (6, 5)
    assert modality.one("select count(*) as n from performed_step")["n"] == 6
