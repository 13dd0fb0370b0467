"""Commands to devices: said until they expire, again at the device's next start, and taken back."""

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.services import imaging
from tests.dicom.objects import good
from tests.services.imaging.line import Line
from tests.services.imaging.test_review import decide


@pytest.fixture
def asked(line: Line) -> Line:
    """A device whose session is to be taken again."""
    content = good()
    line.state(birth_seq=1)
    line.start()
    line.deliver(content)
    line.complete(content)
    decide(line, "request_repeat", reason_code="motion", note="Moved")
    return line


def due(line: Line) -> list[dict[str, Any]]:
    """Return the commands that are to be said now."""
    with db.ops_session() as session:
        found = imaging.due_messages(session)
    own = [m for m in found if m.tenant_id == line.owner.tenant_id and "/cmd/" in m.topic]
    return [json.loads(message.payload) for message in own]


def say(line: Line) -> None:
    """Let the broker take what is due for the device."""
    with db.ops_session() as session:
        own = [m for m in imaging.due_messages(session) if m.tenant_id == line.owner.tenant_id]
        imaging.mark_sent(session, own, utc_now())


def told(line: Line) -> list[tuple[str, str]]:
    device_id = line.session()["device_id"]
    found = line.ask("imaging.get_device", device_id=device_id).told
    return [(row.command, row.standing) for row in found]


def pass_time(line: Line, url: str, **time: float) -> None:
    """Let commands be so much older."""
    with psycopg.connect(url) as owner:
        owner.execute(
            "update device_message set expires_at = expires_at - %s where tenant_id = %s"
            " and channel = 'cmd'",
            (timedelta(**time), line.owner.tenant_id),
        )


def test_a_command_says_until_when_it_holds(asked: Line):
    [command] = due(asked)
    assert command["command"] == "repeat"
    until = asked.rows("select expires_at from device_message where channel = 'cmd'")[0]
    left = until["expires_at"] - utc_now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert command["expires_at"].startswith(f"{until['expires_at']:%Y-%m-%dT}")
    assert told(asked) == [("repeat", "waiting")]


def test_a_command_that_expired_is_said_no_more(asked: Line, database_url: str):
    pass_time(asked, database_url, days=8)
    assert due(asked) == []
    asked.state(birth_seq=2)
    assert due(asked) == []
    assert told(asked) == [("repeat", "expired")]


def test_a_device_that_begins_anew_hears_what_it_has_not_answered(asked: Line):
    say(asked)
    assert (due(asked), told(asked)) == ([], [("repeat", "sent")])
    asked.state(birth_seq=1)
    assert due(asked) == []
    asked.state(birth_seq=2)
    assert [command["command"] for command in due(asked)] == ["repeat"]
    say(asked)
    subject = asked.rows("select subject from device_message where channel = 'cmd'")[0]["subject"]
    with db.unit_of_work(asked.ctx) as session:
        imaging.note_answer(session, asked.ctx, asked.device_id, subject, "done")
    asked.state(birth_seq=3)
    assert (due(asked), told(asked)) == ([], [("repeat", "answered")])


def test_a_repeat_that_is_taken_back_is_not_said_any_more(asked: Line):
    decide(asked, "reopen_session", note="It is sharp after all")
    assert (due(asked), told(asked)) == ([], [("repeat", "expired")])


def test_a_device_that_may_have_heard_of_a_repeat_hears_that_it_is_taken_back(asked: Line):
    say(asked)
    decide(asked, "reopen_session", note="It is sharp after all")
    [command] = due(asked)
    assert command["command"] == "withdraw_repeat"
    assert command["session_id"] == asked.session_id
    assert told(asked) == [("withdraw_repeat", "waiting"), ("repeat", "expired")]


@pytest.mark.usefixtures("asked")
def test_the_database_keeps_no_command_without_its_end(database_url: str):
    with psycopg.connect(database_url) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("update device_message set expires_at = null where channel = 'cmd'")
