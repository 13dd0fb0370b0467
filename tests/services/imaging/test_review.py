"""Review: decisions are rows, can be taken back, and reach the device."""

from dataclasses import replace

import pytest

from erp.core.errors import NotFound, PermissionDenied
from erp.services import identity, platform
from erp.services.imaging.errors import (
    NotReviewable,
    ReviewOvertaken,
    UnknownSession,
    UnseenObjects,
)
from erp.services.imaging.reviewing import IncompleteSession
from tests.dicom.objects import good
from tests.services.imaging.test_objects import sound


@pytest.fixture
def whole(line):
    """A session with everything its device announced."""
    content = good()
    line.start()
    line.deliver(content)
    line.complete(content)
    return line


def state_of(line):
    return line.session()["qa_state"]


def decide(line, name, **more):
    given = {"session_id": line.session()["id"]} | more
    return platform.run(f"imaging.{name}", line.owner, given).result


def refused(line, error, name, **more):
    """Run a decision that must be refused and see that nothing changed."""
    before, state = line.snapshot(), state_of(line)
    with pytest.raises(error):
        decide(line, name, **more)
    assert (line.snapshot(), state_of(line)) == (before, state)


def test_a_whole_session_is_accepted(whole):
    decide(whole, "start_review")
    assert state_of(whole) == "in_review"
    decide(whole, "accept_session", note="Clear images")

    assert state_of(whole) == "accepted"
    found = whole.ask("imaging.get_session", session_id=whole.session()["id"])
    assert [row.decision for row in found.decisions] == ["Accepted", "In review"]
    assert whole.ask("imaging.list_sessions", show="open").rows == []
    assert whole.ask("imaging.count_waiting").waiting == 0
    assert sound()


def test_a_decided_session_cannot_be_decided_again(whole):
    decide(whole, "accept_session")

    for name, more in (
        ("accept_session", {}),
        ("request_repeat", {"reason_code": "motion"}),
        ("reject_session", {"reason_code": "113001"}),
        ("start_review", {}),
    ):
        refused(whole, NotReviewable, name, **more)


def test_a_session_that_is_not_whole_asks_first(line):
    one, two = good(), good(SOPInstanceUID="1.2.3.4.5")
    line.start()
    line.deliver(one)
    line.complete(one, two)

    refused(line, IncompleteSession, "accept_session")
    given = {"session_id": line.session()["id"]}
    platform.run("imaging.accept_session", line.owner, given, confirm=["session_incomplete"])
    assert state_of(line) == "accepted"


def test_a_session_with_something_held_asks_first(line):
    content = good()
    line.start()
    line.deliver(content)
    line.deliver(b"no picture at all " * 20)
    line.complete(content)

    refused(line, IncompleteSession, "accept_session")


def test_an_empty_session_cannot_be_accepted(line):
    line.start()
    refused(line, NotReviewable, "accept_session")


def test_a_repeat_reaches_the_device_with_its_reason(whole):
    decide(whole, "request_repeat", reason_code="motion", note="Patient moved at image 3")

    assert state_of(whole) == "repeat_requested"
    [told] = whole.rows("select payload::jsonb as body from device_message where channel = 'cmd'")
    assert told["body"] == {
        "command": "repeat",
        "session_id": whole.session_id,
        "reason": "motion",
        "note": "Patient moved at image 3",
    }


def test_a_repeat_of_a_retired_device_is_for_any_other(whole):
    device_id = whole.session()["device_id"]
    platform.run("imaging.retire_device", whole.owner, {"device_id": device_id})
    decide(whole, "request_repeat", reason_code="motion")
    assert whole.rows("select device_id, status from imaging_order") == [
        {"device_id": None, "status": "scheduled"}
    ]


def test_a_repeat_needs_a_reason_of_the_list(whole):
    with pytest.raises(ValueError, match="reason_code"):
        decide(whole, "request_repeat", reason_code="because")
    with pytest.raises(ValueError, match="reason_code"):
        decide(whole, "request_repeat")


def test_a_rejection_carries_the_codes_of_dicom(whole):
    decide(whole, "reject_session", reason_code="113037")

    assert state_of(whole) == "rejected"
    assert whole.session()["qa_reason"] == "113037"
    assert whole.count("dicom_instance") == 1


def test_a_decision_can_be_taken_back_and_stays_on_record(whole):
    refused(whole, NotReviewable, "reopen_session", note="Wrong patient")
    decide(whole, "accept_session")
    decide(whole, "reopen_session", note="Wrong patient")

    assert state_of(whole) == "in_review"
    assert whole.count("qa_review") == 2


def test_a_repeat_that_is_taken_back_leaves_the_worklist(whole):
    for _ in range(2):
        decide(whole, "request_repeat", reason_code="motion")
        decide(whole, "reopen_session", note="It is sharp after all")
    decide(whole, "request_repeat", reason_code="focus")
    planned = whole.rows("select status from imaging_order order by id")
    assert [row["status"] for row in planned] == ["cancelled", "cancelled", "scheduled"]


def test_two_reviewers_do_not_overwrite_each_other(whole):
    seen = whole.session()["version"]
    decide(whole, "request_repeat", reason_code="focus", version=seen)
    decide(whole, "reopen_session", note="Wrong eye")

    refused(whole, ReviewOvertaken, "accept_session", version=seen)


def test_new_objects_bring_a_decided_session_back(whole):
    decide(whole, "accept_session")
    whole.deliver(good(SOPInstanceUID="1.2.3.4.5"))

    assert state_of(whole) == "new"
    found = whole.ask("imaging.get_session", session_id=whole.session()["id"])
    assert found.decisions[0].reason == "New objects arrived"
    assert sound()


def test_a_decision_says_what_it_was_made_on(whole):
    decide(whole, "accept_session")
    decide(whole, "reopen_session", note="Wrong eye")
    whole.deliver(good(SOPInstanceUID="1.2.3.4.5"))
    decide(whole, "accept_session", version=None)

    hashes = whole.rows("select content_hash from qa_review order by id")
    assert hashes[0]["content_hash"] == hashes[1]["content_hash"] != hashes[2]["content_hash"]


@pytest.mark.parametrize(
    "verdict",
    [
        ("accept_session", {}),
        ("request_repeat", {"reason_code": "focus"}),
        ("reject_session", {"reason_code": "113001"}),
    ],
    ids=lambda verdict: verdict[0],
)
def test_nobody_decides_about_objects_they_have_not_been_shown(whole, verdict):
    name, given = verdict
    session_id = whole.session()["id"]
    whole.ask("imaging.start_review", session_id=session_id)
    shown = whole.session()
    whole.deliver(good(SOPInstanceUID="1.2.3.4.5"))
    about = {"session_id": session_id} | given
    with pytest.raises(UnseenObjects, match=r"1 object of session .* came since"):
        whole.ask(f"imaging.{name}", **about, seen=shown["stored"])
    with pytest.raises(UnseenObjects, match="not the 99 that you name"):
        whole.ask(f"imaging.{name}", **about, seen=99)
    with pytest.raises(ReviewOvertaken):
        whole.ask(f"imaging.{name}", **about, version=shown["version"])
    assert whole.session()["qa_state"] == "in_review"
    now = {"seen": shown["stored"] + 1, "version": whole.session()["version"]}
    whole.ask(f"imaging.{name}", **about, **now)
    assert whole.session()["qa_state"] in {"accepted", "repeat_requested", "rejected"}


def test_decisions_are_never_changed(whole, owner):
    decide(whole, "accept_session")

    for table in ("qa_review", "session_event", "dicom_instance", "ingest_attempt"):
        with pytest.raises(Exception, match="never changed"):
            owner.execute(f"update {table} set tenant_id = tenant_id")  # noqa: S608
        with pytest.raises(Exception, match="never changed"):
            owner.execute(f"delete from {table}")  # noqa: S608


@pytest.mark.parametrize(
    ("role", "may"),
    [("technician", True), ("manager", True), ("auditor", False), ("cashier", False)],
)
def test_only_reviewers_decide(whole, role, may):
    permissions = next(r for r in identity.STANDARD_ROLES if r.name == role).permissions
    actor = replace(whole.owner, permissions=frozenset(permissions))
    given = {"session_id": whole.session()["id"]}
    if may:
        platform.run("imaging.accept_session", actor, given)
        return
    before = whole.snapshot()
    with pytest.raises(PermissionDenied):
        platform.run("imaging.accept_session", actor, given)
    assert whole.snapshot() == before


def test_another_tenants_session_does_not_exist(whole, bodhi):
    given = {"session_id": whole.session()["id"]}
    named = {"reopen_session": {"note": "Why"}}
    for name in ("accept_session", "start_review", "reopen_session", "request_report"):
        with pytest.raises(UnknownSession):
            platform.run(f"imaging.{name}", bodhi.system, given | named.get(name, {}))
    with pytest.raises(UnknownSession):
        platform.run("imaging.get_session", bodhi.system, given)
    assert state_of(whole) == "new"


def test_reviewers_hear_of_a_session_once(whole):
    content = good()
    whole.complete(content)

    rows = whole.rows("select 1 from event where name = 'imaging.session_completed.v1'")
    assert len(rows) == 1


def test_a_patient_is_assigned(line):
    line.deliver(good(PatientID="X-9"))
    given = {"code": "C7", "name": "Asha Rao", "kind": "patient", "state_code": "27"}
    known = platform.run("party.create_party", line.owner, given | {"roles": ["patient"]}).result
    decide(line, "assign_patient", patient_id=known.id)

    assert line.session()["patient_name"] == "Asha Rao"
    [patient] = line.rows("select match_state, party_id from dicom_patient")
    assert (patient["match_state"], patient["party_id"]) == ("assigned", known.id)


def test_lengths_are_kept_with_the_source_of_their_millimetres(line):
    line.start()
    line.deliver(good(PixelSpacing=[0.5, 0.5]))
    [image] = line.rows("select id from dicom_instance")
    drawn = {
        "instance_id": image["id"],
        "frame": 1,
        "points_px": ((1.0, 2.0), (11.0, 2.0)),
    }
    made = line.ask("imaging.record_measurement", **drawn)

    session_id = line.session()["id"]
    [length] = line.ask("imaging.get_session", session_id=session_id).measurements
    assert (length.value, length.unit, length.spacing_source) == (5.0, "mm", "pixel_spacing")
    line.ask("imaging.withdraw_measurement", annotation_id=made.id)
    assert line.ask("imaging.get_session", session_id=session_id).measurements == []
    assert line.count("annotation") == 2
    with pytest.raises(Exception, match="no such measurement"):
        line.ask("imaging.withdraw_measurement", annotation_id=made.id)
    with pytest.raises(Exception, match="no such picture"):
        line.ask("imaging.record_measurement", **(drawn | {"frame": 2}))


def test_a_length_whose_end_is_moved_replaces_the_earlier_one(line):
    line.start()
    line.deliver(good(PixelSpacing=None))
    [instance] = line.rows("select id, session_id from dicom_instance")
    drawn = {"instance_id": instance["id"], "frame": 1}
    first = line.ask("imaging.record_measurement", **drawn, points_px=[(1, 1), (4, 5)])
    moved = drawn | {"points_px": [(1, 1), (7, 9)], "supersedes": first.id}
    second = line.ask("imaging.record_measurement", **moved)
    [length] = line.ask("imaging.get_session", session_id=instance["session_id"]).measurements
    assert (length.id, length.value) == (second.id, 10.0)
    with pytest.raises(NotFound) as refusal:
        line.ask("imaging.record_measurement", **moved)
    assert refusal.value.fields == {"supersedes": "no such measurement"}
    with pytest.raises(NotFound):
        line.ask("imaging.withdraw_measurement", annotation_id=first.id)
    assert line.count("annotation") == 2
