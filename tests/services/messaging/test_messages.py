"""Messages: queued once, refused where nothing carries them, cancelled and sent again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import messaging, platform
from erp.services.messaging.sending import GIVE_UP_AFTER


@pytest.fixture(autouse=True)
def _mail(monkeypatch):
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr("smtp://127.0.0.1:1?tls=no"))


def queue(organisation, **more):
    facts = {
        "channel": messaging.Channel.EMAIL,
        "purpose": "test",
        "to_name": "Ravi",
        "to_address": "ravi@example.org",
        "subject": "Your report\nBcc: all@example.org",
        "body": "Here it is.",
        "origin_type": "test",
        "origin_id": new_id(),
        "dedupe_key": new_id().hex,
    }
    with db.unit_of_work(organisation.system) as session:
        return messaging.queue_message(
            session, organisation.system, messaging.NewMessage(**(facts | more))
        )


def shown(organisation, message_id):
    rows = platform.run("messaging.list_messages", organisation["owner"].ctx, {}).result.rows
    return next(row for row in rows if row.id == message_id)


def note(organisation, message_id, later=timedelta(0), *, is_final=False):
    ctx = replace(organisation.system, now=organisation.system.now + later)
    with db.unit_of_work(ctx) as session:
        return messaging.note_not_carried(session, ctx, message_id, "Away.", is_final=is_final)


def test_a_message_is_queued_once_under_its_key(asha):
    key = new_id().hex
    assert queue(asha, dedupe_key=key) == queue(asha, dedupe_key=key)


def test_a_subject_holds_no_second_header(asha):
    assert "\n" not in shown(asha, queue(asha)).subject


def test_without_a_carrier_it_is_said_what_is_missing(asha, monkeypatch):
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr(""))
    with pytest.raises(messaging.ChannelNotSetUp, match="SMTP_URL"):
        queue(asha)
    with pytest.raises(messaging.ChannelNotSetUp, match="SMS"):
        queue(asha, channel=messaging.Channel.SMS)


def test_a_person_without_an_address_is_named(asha):
    with pytest.raises(messaging.NoAddress, match="Ravi"):
        queue(asha, to_address="")


def test_what_is_not_taken_waits_longer_each_time_and_fails_after_two_days(asha):
    message_id = queue(asha)
    first, second = note(asha, message_id), note(asha, message_id)
    assert first < second
    assert note(asha, message_id, GIVE_UP_AFTER) is None
    failed = shown(asha, message_id)
    assert (failed.status, failed.problem) == ("failed", "Away.")


def test_a_final_refusal_fails_at_once_and_may_be_sent_again(asha):
    message_id = queue(asha)
    assert note(asha, message_id, is_final=True) is None
    assert shown(asha, message_id).status == "failed"
    platform.run("messaging.resend_message", asha["owner"].ctx, {"message_id": message_id})
    assert shown(asha, message_id).status == "queued"


def test_a_cancelled_message_is_not_carried_any_more(asha):
    message_id = queue(asha)
    owner = asha["owner"].ctx
    platform.run("messaging.cancel_message", owner, {"message_id": message_id})
    with db.unit_of_work(asha.system) as session:
        assert messaging.plan_message(session, asha.system, message_id) is None
    with pytest.raises(messaging.MessageEnded):
        platform.run("messaging.cancel_message", owner, {"message_id": message_id})


def test_what_a_carrier_took_while_it_was_cancelled_is_sent(asha):
    message_id = queue(asha)
    platform.run("messaging.cancel_message", asha["owner"].ctx, {"message_id": message_id})
    with db.unit_of_work(asha.system) as session:
        messaging.note_carried(session, asha.system, message_id, "<letter@example.org>")
    assert (shown(asha, message_id).status, shown(asha, message_id).problem) == ("sent", "")


def test_only_operators_read_what_went_out(asha):
    with pytest.raises(PermissionDenied):
        platform.run("messaging.list_messages", asha["cashier"].ctx, {})
