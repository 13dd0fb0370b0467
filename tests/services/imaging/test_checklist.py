"""Checklists: versions, answers, and what holds an acceptance up."""

from datetime import timedelta

import pytest

from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.imaging.claiming import CLAIM_MINUTES
from erp.services.imaging.errors import ChecklistIncomplete, NotReviewable
from tests.dicom.objects import good
from tests.services.imaging.people import act, member
from tests.services.imaging.test_objects import sound

SHARP = {"key": "sharp", "label": "Sharp", "kind": "yes_no"}
SIDE = {"key": "side", "label": "Side marked", "kind": "yes_no", "allows_na": True}
SIZE = {"key": "size", "label": "Pupil", "kind": "number", "low": "2", "high": "9.5", "unit": "mm"}
LIGHT = {"key": "light", "label": "Light", "kind": "choice", "choices": ["Good", "Poor"]}
NOTED = {"key": "noted", "label": "Lashes", "kind": "yes_no", "is_required": False}
ITEMS = [SHARP, SIDE, SIZE, LIGHT, NOTED]
GOOD = {"sharp": "yes", "side": "na", "size": "3.5", "light": "Poor"}


@pytest.fixture
def meera(clinic):
    return member(clinic, "Meera", "manager")


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


@pytest.fixture
def listed(line, meera):
    """A whole session of a clinic with a checklist."""
    act(meera, "save_checklist", {"items": ITEMS})
    content = good()
    line.start()
    line.deliver(content)
    line.complete(content)
    return line


def given_of(line, **more):
    return {"session_id": line.session()["id"]} | more


def answer(line, who, **answers):
    return act(who, "answer_checklist", given_of(line, answers=answers))


def test_required_items_hold_acceptance_up_and_are_named(listed, asha):
    with pytest.raises(ChecklistIncomplete) as refusal:
        act(asha, "accept_session", given_of(listed))
    assert refusal.value.details["items"] == ["Sharp", "Side marked", "Pupil", "Light"]
    assert "Lashes" not in refusal.value.message
    answer(listed, asha, **GOOD)
    assert act(asha, "accept_session", given_of(listed)).qa_state == "accepted"
    [reading] = listed.rows("select answers, checklist_id from qa_reading")
    assert reading["answers"] == GOOD
    assert reading["checklist_id"] is not None
    assert sound()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("sharp", "no", "answered with no"),
        ("side", "no", "answered with no"),
        ("size", "1.9", "1.9 is below 2"),
        ("size", "9.6", "9.6 is above 9.5"),
        ("light", "", "not answered"),
    ],
)
def test_an_answer_that_is_not_right_holds_it_up(listed, asha, key, value, said):
    answer(listed, asha, **GOOD)
    answer(listed, asha, **{key: value})
    with pytest.raises(ChecklistIncomplete, match=said):
        act(asha, "accept_session", given_of(listed))


def test_a_repeat_or_rejection_needs_no_checklist(listed, asha):
    given = given_of(listed, reason_code="113001")
    assert act(asha, "reject_session", given).qa_state == "rejected"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sharp", "na"),
        ("sharp", "maybe"),
        ("size", "wide"),
        ("size", "NaN"),
        ("light", "Fair"),
        ("odd", "yes"),
    ],
)
def test_an_answer_is_of_its_kind(listed, asha, key, value):
    before = listed.snapshot()
    with pytest.raises(InvalidInput) as refusal:
        answer(listed, asha, **{key: value})
    assert "answers" in refusal.value.fields
    assert listed.snapshot() == before


def test_answering_claims_and_answers_go_with_their_claim(listed, asha, meera):
    answer(listed, asha, sharp="yes")
    assert listed.session()["claimed_name"] == "Asha"
    shown = {item.key: item.answer for item in act(asha, "get_review", given_of(listed)).items}
    assert shown["sharp"] == "yes"
    hidden = act(meera, "get_review", given_of(listed)).items
    assert {item.answer for item in hidden} == {""}
    act(asha, "give_back_session", given_of(listed))
    assert listed.session()["answers"] == {}


def test_nobody_accepts_by_the_answers_of_a_claim_that_ran_out(listed, asha, meera):
    answer(listed, asha, **GOOD)
    later = utc_now() + timedelta(minutes=CLAIM_MINUTES + 1)
    shown = act(meera, "get_review", given_of(listed), at=later).items
    assert {item.answer for item in shown} == {""}
    with pytest.raises(ChecklistIncomplete):
        act(meera, "accept_session", given_of(listed), at=later)
    assert act(asha, "accept_session", given_of(listed), at=later).qa_state == "accepted"


def test_an_answer_is_taken_back(listed, asha):
    answer(listed, asha, sharp="yes", light="Good")
    answer(listed, asha, sharp="")
    assert listed.session()["answers"] == {"light": "Good"}


def test_a_decided_session_keeps_the_version_it_was_judged_by(listed, asha, meera):
    answer(listed, asha, **GOOD)
    act(asha, "accept_session", given_of(listed))
    saved = act(meera, "save_checklist", {"items": [SHARP]})
    assert saved.version == 2

    shown = act(asha, "get_review", given_of(listed))
    assert (shown.checklist_version, len(shown.items)) == (1, 5)
    assert {item.key: item.answer for item in shown.items} == GOOD | {"noted": ""}
    act(meera, "reopen_session", given_of(listed, note="Again"))
    shown = act(asha, "get_review", given_of(listed))
    assert (shown.checklist_version, len(shown.items)) == (2, 1)
    with pytest.raises(NotReviewable):
        act(meera, "reopen_session", given_of(listed, note="Again"))


@pytest.mark.usefixtures("listed")
def test_versions_are_never_changed(owner):
    for statement in ("update qa_checklist set version = 9", "delete from qa_checklist"):
        with pytest.raises(Exception, match="never changed"):
            owner.execute(statement)


def test_only_managers_make_rules(asha):
    rules = {"routine_minutes": 60, "urgent_minutes": 30, "stat_minutes": 10}
    for name, given in (("save_checklist", {"items": []}), ("save_protocol", rules)):
        with pytest.raises(PermissionDenied):
            act(asha, name, given)


@pytest.mark.parametrize(
    "item",
    [
        SHARP | {"key": "Not a key"},
        LIGHT | {"choices": ["One"]},
        LIGHT | {"choices": ["One", "One"]},
        SIZE | {"low": "9", "high": "2"},
        SHARP | {"kind": "essay"},
        SHARP | {"label": ""},
    ],
)
def test_an_impossible_item_is_refused(meera, item):
    with pytest.raises(ValueError, match="items"):
        act(meera, "save_checklist", {"items": [item]})


def test_two_items_of_one_name_are_refused(meera):
    with pytest.raises(InvalidInput, match="same name"):
        act(meera, "save_checklist", {"items": [SHARP, SHARP]})


def test_what_is_more_urgent_cannot_have_longer(meera):
    with pytest.raises(InvalidInput) as refusal:
        act(
            meera,
            "save_protocol",
            {"routine_minutes": 60, "urgent_minutes": 90, "stat_minutes": 10},
        )
    assert "urgent_minutes" in refusal.value.fields
    assert act(meera, "list_protocols", {}).rows[0].routine_minutes == 1440


def test_protocols_that_only_devices_speak_of_are_listed_too(line, meera):
    line.tell(line.event("session.started", patient={"id": "P-1"}, protocol="Macula OCT"))
    act(meera, "save_checklist", {"items": [SHARP]})
    rows = {row.code: row for row in act(meera, "list_protocols", {}).rows}
    assert rows["macula oct"].id is None
    assert rows["macula oct"].sessions == 1
    assert rows["macula oct"].checklist_version == 1
    act(meera, "save_checklist", {"code": "Macula OCT", "items": [SHARP, SIDE]})
    rows = {row.code: row for row in act(meera, "list_protocols", {}).rows}
    assert (len(rows["macula oct"].items), len(rows[""].items)) == (2, 1)
