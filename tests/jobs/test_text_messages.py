"""Reminders by text message: to who agreed, in approved words, once; else, or if that fails, by e-mail."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from pydantic import SecretStr, ValidationError

from erp.adapters.messages.over_http import HttpCarrier
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import messaging, platform
from erp.services.messaging import NotCarried, OutgoingMessage, filled, mobile_number
from erp.services.party import UnknownParty
from erp.services.payments import due_reminders
from jobs import messages, payments
from tests.factories import Shop, make_shop
from tests.services.messaging.phone_provider import KEY, PhoneProvider
from tests.services.payments.paying import owing
from tests.services.payments.test_reminders import LEVEL, after, reminders
from tests.services.trading import rows
from tests.services.unchanged import refused

TEXTED = LEVEL | {
    "sms_template_id": "1107160000000001234",
    "sms_text": "Dear {party}, {overdue} is due since {days} days. {company}",
}
SENDER = {"entity_id": "1101000000000012345", "header": "VNTAGE"}


@pytest.fixture
def provider(monkeypatch) -> Iterator[PhoneProvider]:
    made = PhoneProvider()
    monkeypatch.setattr(get_settings(), "sms_url", made.url)
    monkeypatch.setattr(get_settings(), "sms_key", SecretStr(KEY))
    yield made
    made.stop()


@pytest.fixture
def shop(redis, s3, provider, monkeypatch) -> Shop:  # noqa: ARG001  servers that must be there
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr("smtp://127.0.0.1:1?tls=no"))
    object_storage.cache_clear()
    made = make_shop()
    made.run("payments.set_reminder_rule", {"levels": [TEXTED]})
    made.run("messaging.set_sms_sender", SENDER)
    return made


def late(shop: Shop, *, agreed: bool = True, **facts: str):
    """Return a customer with a late bill."""
    customer = owing(shop, 4, **({"phone": "98200 12345", "email": "a@buyer.example"} | facts))
    if agreed:
        choose(shop, customer, agreed=True)
    return customer


def number(shop: Shop, customer, phone: str) -> None:
    shop.run("party.update_party", {"party_id": customer, "phone": phone})


def choose(shop: Shop, customer, *, agreed: bool) -> None:
    given = {"party_id": customer, "is_agreed": agreed, "how": "On the phone"}
    shop.run("messaging.record_choice", given)


def text(shop: Shop, customer):
    given = {"party_ids": [customer], "method": "sms"}
    return shop.run("payments.remind_parties", given, at=after(shop, 6))


def told(shop: Shop, name: str, **payload: object) -> platform.Delivery:
    return platform.Delivery(
        delivery_id=new_id(),
        subscriber="x",
        lease_token=new_id(),
        attempts=1,
        event_id=new_id(),
        event_name=name,
        aggregate_id=new_id(),
        payload={key: str(value) for key, value in payload.items()},
        occurred_at=shop.ctx.now,
        user_id=shop.ctx.user_id,
    )


def run(shop: Shop, job, delivery: platform.Delivery) -> None:
    with db.unit_of_work(shop.ctx) as session:
        job(session, shop.ctx, delivery)


def queued(shop: Shop, reminder_id) -> dict:
    """Do what the job does when a reminder was written; return its newest message."""
    run(shop, payments.send_reminder, told(shop, "r", reminder_id=reminder_id))
    return rows(shop, "select * from message order by id desc limit 1")[0]


def mail(shop: Shop, message_id) -> None:
    """Do what the job does, on the day of the reminder, when a text message failed for good."""
    then = replace(shop.ctx, now=after(shop, 6))
    with db.unit_of_work(then) as session:
        payments.remind_instead(session, then, told(shop, "e", message_id=message_id))


def carry(shop: Shop, message_id) -> str:
    """Hand a message over as the job does, and return how it stands."""
    with suppress(platform.TryLater):
        run(shop, messages.send, told(shop, "m", message_id=message_id))
    found: str = rows(shop, "select status from message where id = %s", message_id)[0]["status"]
    return found


def test_a_reminder_goes_out_as_the_approved_words_once(shop: Shop, provider: PhoneProvider):
    customer = late(shop)
    (reminder_id,) = text(shop, customer).reminder_ids
    message = queued(shop, reminder_id)
    assert queued(shop, reminder_id)["id"] == message["id"]
    assert (message["channel"], message["to_address"]) == ("sms", "+919820012345")
    assert carry(shop, message["id"]) == "sent"
    assert carry(shop, message["id"]) == "sent"
    (sent,) = provider.sent
    assert "Rs 420.00 is due since 6 days" in sent["text"]
    assert {name: sent[name] for name in SENDER} == SENDER
    assert sent["template_id"] == TEXTED["sms_template_id"]
    (row,) = reminders(shop, customer)
    assert (row.method, row.message_status) == ("sms", "sent")


@pytest.mark.parametrize("lie", ["lost", "other", "nothing"])
def test_a_provider_that_lies_sends_nothing_twice(shop: Shop, provider: PhoneProvider, lie: str):
    (reminder_id,) = text(shop, late(shop)).reminder_ids
    message = queued(shop, reminder_id)
    provider.lies = [lie]
    assert carry(shop, message["id"]) == "queued"
    assert carry(shop, message["id"]) == "sent"
    assert len(provider.sent) == 1


@pytest.mark.parametrize(
    ("facts", "agreed"),
    [({}, False), ({"phone": "020 2553 1234"}, True), ({"phone": ""}, True)],
)
def test_who_did_not_agree_or_has_no_mobile_gets_the_e_mail(shop: Shop, facts, agreed):
    customer = late(shop, agreed=agreed)
    for phone in facts.values():
        number(shop, customer, phone)
    (reminder_id,) = text(shop, customer).reminder_ids
    message = queued(shop, reminder_id)
    assert (message["channel"], message["to_address"]) == ("email", "a@buyer.example")
    assert len(message["attachments"]) == 1


def test_who_wants_no_more_is_texted_no_more_and_without_an_address_is_named(shop: Shop):
    customer = late(shop, email="")
    choose(shop, customer, agreed=False)
    (skipped,) = text(shop, customer).skipped
    assert "not agreed" in skipped.reason
    choose(shop, customer, agreed=True)
    assert len(text(shop, customer).reminder_ids) == 1
    said = shop.run("messaging.list_choices", {"party_id": customer}).rows
    assert [row.is_agreed for row in said] == [True, False, True]


def test_what_the_provider_refuses_for_good_goes_by_e_mail_once(
    shop: Shop, provider: PhoneProvider
):
    (reminder_id,) = text(shop, late(shop)).reminder_ids
    message = queued(shop, reminder_id)
    provider.lies = ["422"]
    assert carry(shop, message["id"]) == "failed"
    for _ in range(2):
        mail(shop, message["id"])
    found = rows(shop, "select channel, to_address, subject from message order by id")
    assert [row["channel"] for row in found] == ["sms", "email"]
    assert (found[1]["to_address"], found[1]["subject"]) == ("a@buyer.example", "Reminder")
    assert provider.sent == []


def test_who_agreed_for_a_number_is_asked_again_for_another(shop: Shop, provider: PhoneProvider):
    customer = late(shop, email="")
    number(shop, customer, "98200 99999")
    (skipped,) = text(shop, customer).skipped
    assert "at this number" in skipped.reason
    (said,) = shop.run("messaging.list_choices", {"party_id": customer}).rows
    assert (said.address, said.is_current) == ("+919820012345", False)
    rule = {"levels": [TEXTED | {"is_automatic": True}]}
    shop.run("payments.set_reminder_rule", rule)
    assert shop.run("payments.remind_automatically", {}, at=after(shop, 6)).reminder_ids == []
    number(shop, customer, "+91-98200-12345")
    (reminder_id,) = text(shop, customer).reminder_ids
    message = queued(shop, reminder_id)
    number(shop, customer, "98200 99999")
    assert carry(shop, message["id"]) == "sent"
    assert [sent["to"] for sent in provider.sent] == ["+919820012345"]


def test_who_agreed_before_a_number_was_known_is_asked_again(shop: Shop, provider: PhoneProvider):
    customer = late(shop, agreed=False, email="")
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "insert into contact_choice (tenant_id, id, party_id, channel, is_agreed, how, user_id, user_name,"
            " chosen_at) values (%s, %s, %s, 'sms', true, 'On paper', %s, 'Owner', now())",
            (shop.ctx.tenant_id, new_id(), customer, shop.ctx.user_id),
        )
    assert "at this number" in text(shop, customer).skipped[0].reason
    (said,) = shop.run("messaging.list_choices", {"party_id": customer}).rows
    assert (said.is_agreed, said.is_current) == (True, False)
    assert provider.sent == []


def test_nobody_agrees_without_a_mobile_number(shop: Shop):
    customer = late(shop, agreed=False, phone="020 2553 1234")
    with refused(shop, InvalidInput, "is_agreed") as caught:
        choose(shop, customer, agreed=True)
    assert "Add it first" in caught.value.message
    choose(shop, customer, agreed=False)


def test_who_paid_meanwhile_gets_no_e_mail_instead(shop: Shop, provider: PhoneProvider):
    customer = late(shop)
    (reminder_id,) = text(shop, customer).reminder_ids
    message = queued(shop, reminder_id)
    provider.lies = ["422"]
    assert carry(shop, message["id"]) == "failed"
    given = {"party_id": customer, "amount": "420.00", "method": "bank"}
    shop.run("payments.receive_payment", given, at=after(shop, 6))
    mail(shop, message["id"])
    assert [row["channel"] for row in rows(shop, "select channel from message")] == ["sms"]


def test_who_paid_a_part_meanwhile_is_told_of_the_rest(shop: Shop, provider: PhoneProvider):
    customer = late(shop)
    (reminder_id,) = text(shop, customer).reminder_ids
    message = queued(shop, reminder_id)
    provider.lies = ["422"]
    assert carry(shop, message["id"]) == "failed"
    given = {"party_id": customer, "amount": "300.00", "method": "bank"}
    shop.run("payments.receive_payment", given, at=after(shop, 6))
    mail(shop, message["id"])
    mailed = rows(shop, "select body from message where channel = 'email'")[0]["body"]
    assert "120.00" in mailed
    assert "420.00" not in mailed


def test_who_wants_no_more_meanwhile_is_not_texted(shop: Shop, provider: PhoneProvider):
    customer = late(shop)
    (reminder_id,) = text(shop, customer).reminder_ids
    message = queued(shop, reminder_id)
    choose(shop, customer, agreed=False)
    assert carry(shop, message["id"]) == "failed"
    assert provider.sent == []
    mail(shop, message["id"])
    found = rows(shop, "select channel from message order by id")
    assert [row["channel"] for row in found] == ["sms", "email"]


@pytest.mark.parametrize("status", ["429", "503", "401", "302"])
def test_what_is_put_off_is_tried_again(shop: Shop, provider: PhoneProvider, status: str):
    (reminder_id,) = text(shop, late(shop)).reminder_ids
    message = queued(shop, reminder_id)
    provider.lies = [status]
    assert carry(shop, message["id"]) == "queued"
    assert carry(shop, message["id"]) == "sent"


def test_levels_that_go_out_by_themselves_are_texted(shop: Shop, monkeypatch):
    rule = {"levels": [TEXTED | {"is_automatic": True}]}
    shop.run("payments.set_reminder_rule", rule)
    only_phone = late(shop, email="")
    only_mail = late(shop, phone="", agreed=False)
    neither = late(shop, phone="98200 12345", email="", agreed=False)
    made = shop.run("payments.remind_automatically", {}, at=after(shop, 6))
    assert len(made.reminder_ids) == 2
    assert [row.method for row in reminders(shop, only_phone)] == ["sms"]
    assert [row.method for row in reminders(shop, only_mail)] == ["email"]
    assert reminders(shop, neither) == []
    monkeypatch.setattr(get_settings(), "sms_url", "")
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr(""))
    assert shop.run("payments.remind_automatically", {}, at=after(shop, 7)).reminder_ids == []


def test_who_did_not_agree_keeps_nobody_else_from_a_text(shop: Shop, monkeypatch):
    """However many larger debtors have a phone, no address, and have not agreed, or take it back."""
    shop.run("payments.set_reminder_rule", {"levels": [TEXTED | {"is_automatic": True}]})
    silent = owing(shop, 9, phone="98200 12345", email="")
    no_more = owing(shop, 8, phone="98200 12345", email="")
    choose(shop, no_more, agreed=True)
    choose(shop, no_more, agreed=False)
    agreed = late(shop, email="")
    monkeypatch.setattr(due_reminders, "MOST", 1)
    shop.run("payments.remind_automatically", {}, at=after(shop, 6))
    assert [row.method for row in reminders(shop, agreed)] == ["sms"]
    assert reminders(shop, silent) == reminders(shop, no_more) == []


def test_without_a_provider_asking_for_a_text_says_how_to_get_one(shop: Shop, monkeypatch):
    customer = late(shop)
    monkeypatch.setattr(get_settings(), "sms_url", "")
    with refused(shop, messaging.ChannelNotSetUp) as caught:
        text(shop, customer)
    assert "SMS_URL" in caught.value.message


@pytest.mark.parametrize(
    "change",
    [{"sms_template_id": ""}, {"sms_text": ""}, {"sms_template_id": "abc"},
     {"sms_text": "Dear {nobody}"}],
)  # fmt: skip
def test_words_and_template_belong_together(shop: Shop, change: dict[str, str]):
    with pytest.raises(ValidationError):
        shop.run("payments.set_reminder_rule", {"levels": [TEXTED | change]})


def test_only_operators_say_who_we_are_and_strangers_choose_for_nobody(shop: Shop):
    with refused(shop, PermissionDenied):
        shop.run("messaging.set_sms_sender", SENDER, by=shop.acting_as("cashier"))
    other = make_shop()
    given = {"party_id": late(shop), "is_agreed": True, "how": "x"}
    with refused(other, UnknownParty):
        other.run("messaging.record_choice", given)
    assert other.run("messaging.get_sms_sender").is_set is False


def test_a_provider_that_is_away_or_knows_us_not_is_asked_later():
    message = OutgoingMessage(new_id(), "sms", "A", "+919820012345", "", "x")
    for url in ("http://127.0.0.1:9/v1",):
        with pytest.raises(NotCarried) as caught:
            HttpCarrier("SMS", url, KEY).carry(message, ())
        assert not caught.value.is_final


def test_numbers_and_places_are_as_operators_want_them():
    for given in ("98200 12345", "+91-98200-12345", "09820012345", "919820012345"):
        assert mobile_number(given) == "+919820012345"
    for given in ("", "020 2553 1234", "12345", "+44 7700 900123"):
        assert mobile_number(given) == ""
    long = filled("Dear {party}.", {"party": "A very long name of a shop in a street"})
    assert long == "Dear A very long name of a shop i..."
    assert len(long) == len("Dear .") + 30
