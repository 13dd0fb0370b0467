"""Claims: one person at a session, told by name, until they give it back or somebody takes it over."""

from datetime import timedelta
from functools import partial

import pytest

from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.imaging.claiming import CLAIM_MINUTES
from erp.services.imaging.errors import ClaimedByAnother, NotReviewable
from tests.concurrency.crowd import at_once, refusals
from tests.dicom.objects import good
from tests.services.imaging.people import act, member
from tests.services.imaging.test_objects import sound

LATER = timedelta(minutes=CLAIM_MINUTES + 1)


@pytest.fixture
def whole(line):
    """A session with everything its device announced."""
    content = good()
    line.start()
    line.deliver(content)
    line.complete(content)
    return line


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


@pytest.fixture
def ravi(clinic):
    return member(clinic, "Ravi")


@pytest.fixture
def meera(clinic):
    return member(clinic, "Meera", "manager")


def given_of(line, **more):
    return {"session_id": line.session()["id"]} | more


def test_of_two_who_press_at_once_one_gets_it_and_the_other_is_told_by_name(whole, asha, ravi):
    given = given_of(whole)
    outcomes = at_once([partial(act, who, "start_review", given) for who in (asha, ravi) * 3])
    holder = whole.session()["claimed_name"]
    told = [outcome for outcome in outcomes if isinstance(outcome, ClaimedByAnother)]
    assert refusals(outcomes, ClaimedByAnother) == 3
    assert all(holder in refusal.message for refusal in told)
    assert whole.count("qa_review") == 1
    assert sound()


def test_nobody_but_the_holder_decides(whole, asha, ravi):
    act(asha, "start_review", given_of(whole))
    before = whole.snapshot()
    for name, more in (
        ("accept_session", {}),
        ("reject_session", {"reason_code": "113001"}),
        ("request_repeat", {"reason_code": "focus"}),
        ("hold_session", {"note": "Letter"}),
        ("answer_checklist", {"answers": {"any": "yes"}}),
    ):
        with pytest.raises(ClaimedByAnother, match="Asha"):
            act(ravi, name, given_of(whole, **more))
    assert whole.snapshot() == before
    act(asha, "accept_session", given_of(whole))
    assert whole.session()["claimed_by"] is None


def test_a_claim_ends_by_itself_and_is_renewed_by_its_holder(whole, asha, ravi):
    now = utc_now()
    act(asha, "start_review", given_of(whole), at=now)
    act(asha, "start_review", given_of(whole), at=now + timedelta(minutes=20))
    with pytest.raises(ClaimedByAnother):
        act(ravi, "start_review", given_of(whole), at=now + LATER)
    act(ravi, "start_review", given_of(whole), at=now + timedelta(minutes=20) + LATER)
    assert whole.session()["claimed_name"] == "Ravi"


def test_a_session_is_given_back_by_its_holder_alone(whole, asha, ravi):
    act(asha, "start_review", given_of(whole))
    with pytest.raises(NotReviewable):
        act(ravi, "give_back_session", given_of(whole))
    act(asha, "give_back_session", given_of(whole))
    assert (whole.session()["qa_state"], whole.session()["claimed_by"]) == ("new", None)
    act(ravi, "start_review", given_of(whole))
    assert sound()


def test_a_manager_takes_over_with_a_reason_and_the_holder_is_told(whole, asha, ravi, meera):
    act(asha, "start_review", given_of(whole))
    with pytest.raises(PermissionDenied):
        act(ravi, "take_over_session", given_of(whole, reason="Mine"))
    with pytest.raises(ValueError, match="reason"):
        act(meera, "take_over_session", given_of(whole, reason=""))
    act(meera, "take_over_session", given_of(whole, reason="Asha has gone home"))

    assert whole.session()["claimed_name"] == "Meera"
    [news] = whole.rows(
        "select body from notification where user_id = %s and kind = 'imaging.session_taken_over'",
        asha.user_id,
    )
    assert news["body"] == "Asha has gone home"
    reasons = [row["reason_code"] for row in whole.rows("select * from qa_review order by id")]
    assert reasons[-1] == "taken_over"


def test_only_a_manager_assigns_others(whole, asha, ravi, meera):
    act(asha, "assign_session", given_of(whole, user_id=asha.user_id))
    for user_id in (ravi.user_id, None):
        with pytest.raises(PermissionDenied):
            act(ravi, "assign_session", given_of(whole, user_id=user_id))
    act(meera, "assign_session", given_of(whole, user_id=ravi.user_id))
    assert whole.session()["assigned_name"] == "Ravi"
    [news] = whole.rows(
        "select title from notification where user_id = %s and kind = 'imaging.session_assigned'",
        ravi.user_id,
    )
    assert whole.session()["number"] in news["title"]


def test_only_reviewers_are_assigned(whole, meera, clinic):
    cashier = member(clinic, "Kiran", "cashier")
    with pytest.raises(InvalidInput) as refusal:
        act(meera, "assign_session", given_of(whole, user_id=cashier.user_id))
    assert "user_id" in refusal.value.fields
    assert "Kiran" not in [row.name for row in act(meera, "list_reviewers", {}).rows]


def test_a_session_on_hold_waits_for_nobody(whole, asha):
    act(asha, "start_review", given_of(whole))
    act(asha, "hold_session", given_of(whole, note="Referral letter"))
    assert whole.session()["claimed_by"] is None
    with pytest.raises(NotReviewable, match="on hold"):
        act(asha, "accept_session", given_of(whole))
    act(asha, "resume_session", given_of(whole))
    act(asha, "accept_session", given_of(whole))
    assert sound()


def test_the_database_knows_no_claim_outside_a_review(whole, asha, owner):
    act(asha, "start_review", given_of(whole))
    with pytest.raises(Exception, match="ck_imaging_session_claim"):
        owner.execute(
            "update imaging_session set qa_state = 'new' where id = %s", [whole.session()["id"]]
        )
