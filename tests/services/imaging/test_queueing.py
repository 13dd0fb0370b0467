"""The worklist: order, due times, filters, what comes next; repeats find what they repeat."""

from datetime import timedelta

import pytest

from erp.core.clock import utc_now
from erp.core.errors import PermissionDenied
from tests.services.imaging.line import make_line
from tests.services.imaging.people import act, member
from tests.services.imaging.test_objects import sound

MINUTES = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


@pytest.fixture
def ravi(clinic):
    return member(clinic, "Ravi")


@pytest.fixture
def meera(clinic):
    return member(clinic, "Meera", "manager")


def visit(line, name, **told):
    """Let the device finish a session of its own name, and return its id."""
    line.session_id, line.seq = f"session-of-{name}", 0
    patient = told.pop("patient", f"P-{name}")
    line.tell(line.event("session.started", patient={"id": patient}, **told))
    line.complete(expected_objects=0)
    return line.session()["id"]


def ids(who, **wanted):
    return [row.id for row in act(who, "list_sessions", wanted).rows]


def test_the_most_urgent_comes_first_then_what_is_due_first(line, asha):
    first, second, third, fourth = (visit(line, name) for name in ("a", "bb", "ccc", "dddd"))
    act(asha, "prioritise_session", {"session_id": third, "urgency": "stat"})
    act(asha, "prioritise_session", {"session_id": fourth, "urgency": "urgent"})
    assert ids(asha, show="open") == [third, fourth, first, second]
    assert ids(asha) == [fourth, third, second, first]
    for order in ("queue", "newest"):
        walked, cursor = [], ""
        while True:
            page = act(asha, "list_sessions", {"order": order, "limit": 1, "cursor": cursor})
            walked += [row.id for row in page.rows]
            cursor = page.next_cursor
            if not cursor:
                break
        assert walked == ids(asha, order=order)


def test_due_follows_urgency_and_protocol(line, asha, meera):
    one = visit(line, "a")
    assert due_in(line, one) == timedelta(days=1)
    act(asha, "prioritise_session", {"session_id": one, "urgency": "urgent"})
    assert due_in(line, one) == timedelta(hours=4)
    act(meera, "save_protocol", MINUTES)
    act(meera, "save_protocol", MINUTES | {"code": "OCT", "stat_minutes": 10})
    assert due_in(line, one) == timedelta(hours=4), "what is set stays"
    act(asha, "prioritise_session", {"session_id": one, "urgency": "stat"})
    assert due_in(line, one) == timedelta(minutes=30)
    other = visit(line, "bb", protocol="Oct")
    assert due_in(line, other) == timedelta(minutes=600)
    act(asha, "prioritise_session", {"session_id": other, "urgency": "stat"})
    assert due_in(line, other) == timedelta(minutes=10)


def due_in(line, session_id):
    [row] = line.rows(
        "select due_at - completed_at as after from imaging_session where id = %s", session_id
    )
    return row["after"]


def test_what_still_arrives_is_not_due(line):
    line.start()
    assert line.session()["due_at"] is None


def test_overdue_is_shown_and_found(line, asha):
    one = visit(line, "a")
    later = utc_now() + timedelta(days=2)
    found = act(asha, "list_sessions", {"due": "overdue"}, at=later).rows
    assert [(row.id, row.due_is) for row in found] == [(one, "overdue")]
    assert act(asha, "list_sessions", {"due": "overdue"}).rows == []
    soon = utc_now() + timedelta(hours=23, minutes=30)
    assert [r.due_is for r in act(asha, "list_sessions", {"due": "soon"}, at=soon).rows] == ["soon"]
    act(asha, "reject_session", {"session_id": one, "reason_code": "113001"}, at=later)
    [row] = act(asha, "list_sessions", {"due": "decided_late"}, at=later).rows
    assert (row.id, row.due_is) == (one, "late")


def test_every_filter_finds_its_own(line, asha, ravi, clinic):
    mine = visit(line, "a", protocol="OCT", operator="Imran")
    other_line = make_line(clinic)
    other = visit(other_line, "bb", protocol="Iris", operator="Sana")
    act(asha, "start_review", {"session_id": mine})
    act(asha, "prioritise_session", {"session_id": mine, "urgency": "stat"})
    act(asha, "prioritise_session", {"session_id": mine, "urgency": "stat"})
    today = str(act(asha, "list_sessions", {}).rows[0].completed_at.date())
    for wanted in (
        {"urgency": "stat"},
        {"assignee": "me"},
        {"assignee": asha.user_id},
        {"qa_state": "in_review"},
        {"device_id": line.device_id},
        {"protocol": "oct"},
        {"operator": "Imran"},
        {"search": "P-a"},
    ):
        assert ids(asha, **wanted) == [mine], wanted
    assert ids(asha, assignee="nobody") == [other]
    assert ids(ravi, assignee="me") == []
    assert len(ids(asha, state="complete", from_day="2020-01-01")) == 2
    assert ids(asha, to_day="2020-01-01") == []
    assert today


def test_the_next_session_is_free_and_comes_round(line, asha, ravi):
    one, two, three = (visit(line, name) for name in ("a", "bb", "ccc"))
    view = {"show": "open"}

    def following(who, here):
        return act(who, "next_session", view | {"session_id": here}).session_id

    assert [following(asha, here) for here in (one, two, three)] == [two, three, one]
    act(ravi, "start_review", {"session_id": two})
    assert following(asha, one) == three
    assert following(ravi, one) == two
    act(asha, "reject_session", {"session_id": three, "reason_code": "113001"})
    assert following(asha, three) == one
    assert following(asha, one) is None


def test_a_repeat_finds_what_it_repeats_and_both_say_so(line, asha, ravi):
    first = visit(line, "a", patient="P-7")
    stranger = visit(line, "bb", patient="P-8")
    act(asha, "request_repeat", {"session_id": first, "reason_code": "motion"})
    act(asha, "prioritise_session", {"session_id": first, "urgency": "urgent"})
    other = visit(line, "ccc", patient="P-9")
    again = visit(line, "dddd", patient="P-7")
    once_more = visit(line, "eeeee", patient="P-7")

    shown = act(ravi, "get_review", {"session_id": again})
    assert (shown.repeat_of.id, shown.urgency) == (first, "urgent")
    assert act(ravi, "get_review", {"session_id": first}).repeated_by.id == again
    for unrelated in (stranger, other, once_more):
        assert act(ravi, "get_review", {"session_id": unrelated}).repeat_of is None
    [row] = [r for r in act(asha, "list_sessions", {}).rows if r.id == again]
    assert row.attention == "repeat"
    [event] = line.rows("select payload from event where name = 'imaging.repeat_arrived.v1'")
    assert event["payload"]["repeat_of"] == str(first)


def test_what_began_before_the_request_is_no_repeat(line, asha):
    first = visit(line, "a", patient="P-7")
    line.session_id, line.seq = "session-early", 0
    line.start("P-7")
    early = line.session()["id"]
    act(asha, "request_repeat", {"session_id": first, "reason_code": "motion"})
    line.complete(expected_objects=0)
    assert act(asha, "get_review", {"session_id": early}).repeat_of is None
    assert sound()


def test_figures_count_decisions_by_device_technician_and_protocol(line, asha, meera, clinic):
    day = str(meera.today)
    sessions = [visit(line, "x" * n, protocol="OCT", operator="Imran") for n in range(1, 11)]
    for minutes, session_id in enumerate(sessions, start=1):
        at = utc_now() + timedelta(minutes=10 * minutes)
        name, more = (
            ("request_repeat", {"reason_code": "motion"})
            if minutes <= 3
            else (
                "reject_session",
                {"reason_code": "113001"},
            )
        )
        act(asha, name, {"session_id": session_id} | more, at=at)
    other = visit(make_line(clinic), "other", operator="Sana")
    act(asha, "reject_session", {"session_id": other, "reason_code": "113001"})
    given = {"from_day": day, "to_day": str(meera.today + timedelta(days=1))}
    for by, key in (
        ("device", str(line.device_id)),
        ("technician", "Imran"),
        ("protocol", "oct"),
    ):
        found = act(meera, "review_figures", given | {"by": by})
        group = next(row for row in found.rows if row.key == key)
        assert (group.sessions, group.repeats, group.rejected) == (10, 3, 7)
        assert (group.median_minutes, group.p90_minutes) == (55, 91)
        assert group.repeat_rate == 30.0
        assert (found.whole.sessions, sum(row.sessions for row in found.rows)) == (11, 11)
        assert sum(one.sessions for one in found.days) == 11
        narrowed = {"device": "device_id", "technician": "operator", "protocol": "protocol"}[by]
        drilled = {"show": "decided", "decided_from": day, narrowed: key}
        assert len(ids(meera, **drilled)) == 10
        assert len(ids(meera, **drilled, outcome="repeat_requested")) == 3


def test_what_a_device_did_not_tell_is_a_group_with_its_sessions(line, asha, meera):
    told = visit(line, "x" * 8, protocol="OCT", operator="Imran")
    untold = visit(line, "y" * 8)
    for session_id in (told, untold):
        act(asha, "reject_session", {"session_id": session_id, "reason_code": "113001"})
    given = {"from_day": str(meera.today), "to_day": str(meera.today)}
    for by, fact in (("technician", "operator"), ("protocol", "protocol")):
        found = act(meera, "review_figures", given | {"by": by})
        [group] = [row for row in found.rows if not row.key]
        assert (group.label, group.sessions, found.groups) == ("Not told", 1, 2)
        assert ids(meera, show="decided", untold=fact) == [untold]


def test_more_groups_than_are_shown_are_counted(line, asha, meera, monkeypatch):
    monkeypatch.setattr("erp.services.imaging.figures.MOST_GROUPS", 2)
    for name in ("A", "B", "C"):
        session_id = visit(line, name * 8, operator=name)
        act(asha, "reject_session", {"session_id": session_id, "reason_code": "113001"})
    given = {"from_day": str(meera.today), "to_day": str(meera.today), "by": "technician"}
    found = act(meera, "review_figures", given)
    assert (len(found.rows), found.groups) == (2, 3)


def test_figures_are_for_those_who_may_and_of_a_period(asha, meera):
    given = {"from_day": "2026-01-02", "to_day": "2026-01-01"}
    with pytest.raises(Exception, match="last day"):
        act(meera, "review_figures", given)
    with pytest.raises(PermissionDenied):
        act(asha, "review_figures", given | {"to_day": "2026-01-03"})
    empty = act(meera, "review_figures", given | {"to_day": "2026-01-03"})
    assert (empty.rows, empty.whole.sessions, empty.whole.median_minutes) == ([], 0, None)
