"""Any order of what four people do to a session leaves every promise of the review kept."""

import random
from datetime import timedelta
from typing import Any

import pytest

from erp.core.clock import utc_now
from erp.core.errors import DomainError
from tests.dicom.objects import good
from tests.services.imaging.conftest import clinic, line
from tests.services.imaging.people import PIN, act, member
from tests.services.imaging.test_objects import sound

FIXTURES = (clinic, line)
STEPS = 70
RULES = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}
SHARP = {"key": "sharp", "label": "Sharp", "kind": "yes_no"}
DEEDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("start_review", {}),
    ("give_back_session", {}),
    ("take_over_session", {"reason": "Late"}),
    ("answer_checklist", {"answers": {"sharp": "yes"}}),
    ("accept_session", {}),
    ("accept_session", {}),
    ("reject_session", {"reason_code": "113001"}),
    ("request_repeat", {"reason_code": "focus"}),
    ("resolve_discrepancy", {"verdict": "accepted", "note": "Seen"}),
    ("hold_session", {"note": "Letter"}),
    ("resume_session", {}),
    ("sign_off_session", {"pin": PIN}),
    ("add_addendum", {"text": "Later"}),
    ("reopen_session", {"note": "Again"}),
)
VERDICTS = frozenset({"accepted", "rejected", "repeat_requested", "signed_off"})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_people_do_in_whatever_order_the_promises_hold(line, seed):
    chance = random.Random(seed)  # noqa: S311  a walk that can be repeated
    people = [member(line.owner, name, "manager") for name in ("Asha", "Meera", "Om", "Ravi")]
    act(people[0], "save_protocol", RULES | {"second_reader": "sample", "sample_percent": 50})
    act(people[0], "save_checklist", {"items": [SHARP]})
    line.start()
    line.deliver(good())
    at, done = utc_now(), 0
    for step in range(STEPS):
        at += timedelta(minutes=chance.choice((1, 1, 20)))
        if chance.random() < 0.05:
            line.deliver(good(SOPInstanceUID=f"1.2.3.{seed}.{step}"))
        if chance.random() < 0.1:
            rules = {"second_reader": chance.choice(("none", "always", "on_reject"))}
            act(people[0], "save_protocol", RULES | rules)
        name, more = chance.choice(DEEDS)
        given = {"session_id": line.session()["id"]} | more
        done += _tried(chance.choice(people), name, given, at)
        held = line.session()
        assert (held["decided_at"] is not None) == (held["qa_state"] in VERDICTS)
        assert held["claimed_by"] is None or held["qa_state"] == "in_review"
    assert done > STEPS / 10
    assert sound()


def _tried(who, name, given, at):
    """Tell whether a deed was done; a refusal is no failure."""
    try:
        act(who, name, given, at=at, confirm=["session_incomplete"])
    except DomainError:
        return False
    return True
