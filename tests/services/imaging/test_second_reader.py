"""Two readers: blind, two persons, and a third who resolves where they differ."""

from uuid import UUID

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import platform
from erp.services.imaging.errors import NotReviewable, OwnReading
from erp.services.imaging.protocols import Rules
from erp.services.imaging.verdicts import needs_second
from tests.dicom.objects import good
from tests.services.imaging.people import act, member
from tests.services.imaging.test_objects import sound

MINUTES = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}


@pytest.fixture
def people(clinic):
    """Two technicians and two managers."""
    names = (
        ("Asha", "technician"),
        ("Ravi", "technician"),
        ("Meera", "manager"),
        ("Om", "manager"),
    )
    return {name: member(clinic, name, role) for name, role in names}


@pytest.fixture
def doubled(line, people):
    """A whole session of a protocol that always wants two readers."""
    act(people["Meera"], "save_protocol", MINUTES | {"second_reader": "always"})
    content = good()
    line.start()
    line.deliver(content)
    line.complete(content)
    return line


def given_of(line, **more):
    return {"session_id": line.session()["id"]} | more


def first_and_second(line, people, second="accept_session", **more):
    act(people["Asha"], "accept_session", given_of(line, note="All of it is sharp"))
    return act(people["Ravi"], second, given_of(line, **more))


def test_two_who_agree_decide(doubled, people):
    given = act(people["Asha"], "accept_session", given_of(doubled))
    assert (given.qa_state, given.awaiting) == ("in_review", "second")
    assert doubled.session()["decided_at"] is None
    assert sound()
    given = act(people["Ravi"], "accept_session", given_of(doubled))
    assert (given.qa_state, given.awaiting) == ("accepted", "")
    assert sound()


def test_nobody_reads_twice(doubled, people):
    act(people["Asha"], "accept_session", given_of(doubled))
    for name in ("accept_session", "start_review"):
        with pytest.raises(OwnReading):
            act(people["Asha"], name, given_of(doubled))
    with pytest.raises(OwnReading):
        act(people["Asha"], "reject_session", given_of(doubled, reason_code="113001"))


def test_the_database_itself_refuses_a_reader_who_reads_twice(doubled, people, owner):
    act(people["Asha"], "accept_session", given_of(doubled))
    with pytest.raises(Exception, match="reader_id"):
        owner.execute(
            "insert into qa_reading select tenant_id, gen_random_uuid(), session_id, review_round,"
            " 2, verdict, reason_code, note, checklist_id, answers, reader_id, reader_name,"
            " read_at, content_hash from qa_reading where session_id = %s",
            (doubled.session()["id"],),
        )


def test_the_second_reader_does_not_see_what_the_first_found(doubled, people):
    act(people["Asha"], "reject_session", given_of(doubled, reason_code="113001", note="Dark"))
    for name in ("Ravi", "Meera"):
        shown = act(people[name], "get_review", given_of(doubled))
        whole = act(people[name], "get_session", given_of(doubled))
        assert shown.readings == []
        said = f"{shown.model_dump_json()}{whole.model_dump_json()}"
        assert not any(word in said for word in ("113001", "Dark", "rejected", "Rejected"))
        assert act(people[name], "list_sessions", {}).rows[0].qa_state == "in_review"
    [own] = act(people["Asha"], "get_review", given_of(doubled)).readings
    assert own.verdict == "rejected"
    events = doubled.rows("select payload::text as body from event where name like 'imaging.%%'")
    assert not any("113001" in row["body"] for row in events)


def test_the_history_of_a_session_does_not_tell_a_second_reader(doubled, people):
    act(people["Asha"], "reject_session", given_of(doubled, reason_code="113001", note="Dark"))
    asked = {"record_id": doubled.session()["id"]}
    said = platform.run("platform.list_history", people["Om"], asked).result.model_dump_json()
    assert "Asha" in said
    assert "113001" not in said
    assert "Dark" not in said
    act(people["Ravi"], "reject_session", given_of(doubled, reason_code="113001"))
    told = platform.run("platform.list_history", people["Om"], asked).result.model_dump_json()
    assert "Dark" in told


def test_the_audit_does_not_tell_a_second_reader_nor_who_oversees(doubled, people):
    def told(name, **wanted):
        rows = platform.run("platform.list_audit", people[name], wanted).result.rows
        about = [row for row in rows if row.person == "Asha"]
        details = [
            platform.run("platform.get_audit", people[name], {"audit_id": row.id}).result
            for row in about
        ]
        return "".join(one.model_dump_json() for one in [*about, *details])

    act(people["Asha"], "reject_session", given_of(doubled, reason_code="113001", note="Dark"))
    said = told("Om")
    assert "withheld" in said
    assert not any(word in said for word in ("113001", "Dark", "reject"))
    assert told("Om", command="imaging.reject_session") == told("Om", search="reject") == ""
    act(people["Ravi"], "reject_session", given_of(doubled, reason_code="113001"))
    assert "Dark" in told("Om", command="imaging.reject_session")


def test_a_repeat_goes_out_only_when_it_is_decided(doubled, people):
    asked = given_of(doubled, reason_code="focus")
    act(people["Asha"], "request_repeat", asked)
    assert commands(doubled) == []
    act(people["Ravi"], "request_repeat", asked)
    assert [told["body"]["command"] for told in commands(doubled)] == ["repeat"]


def commands(line):
    return line.rows("select payload::jsonb as body from device_message where channel = 'cmd'")


def test_a_third_person_resolves_with_a_reason(doubled, people):
    given = first_and_second(doubled, people, "reject_session", reason_code="113001")
    assert given.awaiting == "resolution"
    assert sound()
    both = act(people["Meera"], "get_review", given_of(doubled)).readings
    assert [row.verdict for row in both] == ["accepted", "rejected"]
    told = doubled.rows("select user_id from notification where kind = 'imaging.discrepancy'")
    managers = {people[name].user_id for name in ("Meera", "Om")}
    assert managers <= {row["user_id"] for row in told}
    verdict = given_of(doubled, verdict="rejected", reason_code="113001", note="Blurred indeed")
    with pytest.raises(PermissionDenied):
        act(people["Asha"], "resolve_discrepancy", verdict)
    with pytest.raises(NotReviewable, match="differ"):
        act(people["Meera"], "accept_session", given_of(doubled))
    act(people["Meera"], "resolve_discrepancy", verdict)
    assert doubled.session()["qa_state"] == "rejected"
    assert [row.place for row in act(people["Asha"], "get_review", given_of(doubled)).readings] == [
        1,
        2,
        3,
    ]
    assert sound()


def test_one_of_the_two_cannot_resolve(doubled, people):
    act(people["Meera"], "accept_session", given_of(doubled))
    act(people["Ravi"], "reject_session", given_of(doubled, reason_code="113001"))
    with pytest.raises(OwnReading):
        act(
            people["Meera"],
            "resolve_discrepancy",
            given_of(doubled, verdict="accepted", note="I was right"),
        )


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        ("accepted", "motion"),
        ("rejected", ""),
        ("rejected", "motion"),
        ("repeat_requested", "113001"),
    ],
)
def test_a_resolution_needs_a_reason_of_its_verdict(doubled, people, verdict, reason):
    first_and_second(doubled, people, "reject_session", reason_code="113001")
    with pytest.raises(InvalidInput) as refusal:
        act(
            people["Meera"],
            "resolve_discrepancy",
            given_of(doubled, verdict=verdict, reason_code=reason, note="Why"),
        )
    assert "reason_code" in refusal.value.fields


def test_nothing_is_resolved_where_nobody_differs(doubled, people):
    with pytest.raises(NotReviewable, match="nothing to resolve"):
        act(
            people["Meera"],
            "resolve_discrepancy",
            given_of(doubled, verdict="accepted", note="Why"),
        )


def test_new_objects_end_a_first_reading(doubled, people):
    act(people["Asha"], "accept_session", given_of(doubled))
    doubled.deliver(good(SOPInstanceUID="1.2.3.4.5"))
    assert (doubled.session()["qa_state"], doubled.session()["awaiting"]) == ("new", "")
    act(people["Asha"], "accept_session", given_of(doubled), confirm=["session_incomplete"])
    assert sound()


def test_a_decision_taken_back_is_read_anew_by_both(doubled, people):
    first_and_second(doubled, people)
    act(people["Meera"], "reopen_session", given_of(doubled, note="Other eye"))
    assert act(people["Asha"], "get_review", given_of(doubled)).readings == []
    first_and_second(doubled, people)
    assert doubled.session()["qa_state"] == "accepted"
    assert doubled.count("qa_reading") == 4
    assert sound()


def test_a_take_over_keeps_that_a_second_reader_is_awaited(doubled, people):
    act(people["Asha"], "accept_session", given_of(doubled))
    act(people["Ravi"], "start_review", given_of(doubled))
    act(people["Meera"], "take_over_session", given_of(doubled, reason="Ravi is ill"))
    given = act(people["Meera"], "accept_session", given_of(doubled))
    assert given.qa_state == "accepted"


@pytest.mark.parametrize(
    ("rules", "accepted", "rejected"),
    [
        (Rules(second_reader="none"), 0, 0),
        (Rules(second_reader="always"), 400, 400),
        (Rules(second_reader="sample", sample_percent=0), 0, 0),
        (Rules(second_reader="sample", sample_percent=100), 400, 400),
    ],
)
def test_the_protocol_says_when_a_second_person_reads(rules, accepted, rejected):
    sessions = [UUID(int=number) for number in range(400)]
    for verdict, expected in (("accepted", accepted), ("rejected", rejected)):
        assert sum(needs_second(rules, one, verdict) for one in sessions) == expected


@pytest.mark.parametrize(("percent", "share"), [(0, 0.1), (30, 0.3)])
def test_being_the_second_reader_does_not_tell_what_the_first_found(percent, share):
    rules = Rules(second_reader="on_reject", sample_percent=percent)
    sessions = [UUID(int=number) for number in range(2000)]
    assert all(needs_second(rules, one, "rejected") for one in sessions)
    accepted = sum(needs_second(rules, one, "accepted") for one in sessions) / 2000
    assert share - 0.03 < accepted < share + 0.03


def test_a_sample_is_about_its_share_and_always_the_same():
    rules = Rules(second_reader="sample", sample_percent=20)
    drawn = [needs_second(rules, UUID(int=number), "accepted") for number in range(2000)]
    assert 0.17 < sum(drawn) / 2000 < 0.23
    assert drawn == [needs_second(rules, UUID(int=n), "accepted") for n in range(2000)]


def test_a_protocol_of_its_own_stands_before_every_other_one(line, people):
    act(people["Meera"], "save_protocol", MINUTES | {"second_reader": "always"})
    act(people["Meera"], "save_protocol", MINUTES | {"code": "OCT"})
    content = good()
    line.tell(line.event("session.started", patient={"id": "P-1"}, protocol="oct"))
    line.deliver(content)
    line.complete(content)
    assert act(people["Asha"], "accept_session", given_of(line)).qa_state == "accepted"
