"""Reminders by WhatsApp: to who agreed to that, in an approved template, once; else by SMS, else by e-mail."""

import json
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from pydantic import SecretStr, ValidationError

from erp.adapters.object_storage import object_storage
from erp.core.clock import utc_now
from erp.core.errors import PermissionDenied
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import identity, messaging, platform
from tests.factories import Shop, make_shop
from tests.jobs.test_text_messages import (
    SENDER,
    TEXTED,
    carry,
    late,
    mail,
    number,
    queued,
)
from tests.services.messaging.phone_provider import KEY, RECEIPT_SECRET, PhoneProvider
from tests.services.payments.test_reminders import after, reminders
from tests.services.trading import rows
from tests.services.unchanged import refused

CHATTED = TEXTED | {
    "whatsapp_template": "payment_reminder_1",
    "whatsapp_text": "Dear {party}, {overdue} is due since {days} days: {bills} {company}",
}
NUMBER = {"number": "+912248901234", "language": "en"}


@pytest.fixture
def provider(monkeypatch) -> Iterator[PhoneProvider]:
    made, settings = PhoneProvider(), get_settings()
    for channel in ("sms", "whatsapp"):
        monkeypatch.setattr(settings, f"{channel}_url", made.url)
        monkeypatch.setattr(settings, f"{channel}_key", SecretStr(KEY))
    monkeypatch.setattr(settings, "whatsapp_receipt_secret", SecretStr(RECEIPT_SECRET))
    yield made
    made.stop()


@pytest.fixture
def shop(s3, provider, monkeypatch) -> Shop:  # noqa: ARG001  servers that must be there
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr("smtp://127.0.0.1:1?tls=no"))
    object_storage.cache_clear()
    made = make_shop()
    made.run("payments.set_reminder_rule", {"levels": [CHATTED]})
    made.run("messaging.set_sms_sender", SENDER)
    made.run("messaging.set_whatsapp_sender", NUMBER)
    return made


def choose(shop: Shop, customer, *, agreed: bool = True, channel: str = "whatsapp") -> None:
    given = {"party_id": customer, "is_agreed": agreed, "how": "On paper", "channel": channel}
    shop.run("messaging.record_choice", given)


def chat(shop: Shop, customer):
    given = {"party_ids": [customer], "method": "whatsapp"}
    return shop.run("payments.remind_parties", given, at=after(shop, 6))


def sent_one(shop: Shop, **facts: str):
    """Have a reminder of a customer who agreed go out; return the customer and the message."""
    customer = late(shop, agreed=False, **facts)
    choose(shop, customer)
    (reminder_id,) = chat(shop, customer).reminder_ids
    message = queued(shop, reminder_id)
    assert carry(shop, message["id"]) == "sent"
    return customer, message


def test_a_template_goes_out_with_what_stands_in_its_places(shop: Shop, provider: PhoneProvider):
    customer, message = sent_one(shop)
    assert carry(shop, message["id"]) == "sent"
    (sent,) = provider.sent
    assert (sent["from"], sent["to"]) == ("+912248901234", "+919820012345")
    assert (sent["template"], sent["language"]) == ("payment_reminder_1", "en")
    name, overdue, days, bills, _company = sent["parameters"]
    assert (name, overdue, days) == (message["to_name"], "₹420.00", "6")
    assert "\n" not in bills
    assert sent["text"].startswith(f"Dear {name}, ₹420.00 is due since 6 days: {bills}")
    (row,) = reminders(shop, customer)
    assert (row.method, row.message_status) == ("whatsapp", "sent")


@pytest.mark.parametrize("lie", ["lost", "other", "nothing"])
def test_a_provider_that_lies_sends_nothing_twice(shop: Shop, provider: PhoneProvider, lie: str):
    customer = late(shop, agreed=False)
    choose(shop, customer)
    message = queued(shop, chat(shop, customer).reminder_ids[0])
    provider.lies = [lie]
    assert carry(shop, message["id"]) == "queued"
    assert carry(shop, message["id"]) == "sent"
    assert len(provider.sent) == 1


def test_agreeing_to_one_channel_is_no_word_of_another(shop: Shop, provider: PhoneProvider):
    """WhatsApp falls to SMS, SMS to e-mail, each only where that was agreed or is known."""
    texted = late(shop)
    assert queued(shop, chat(shop, texted).reminder_ids[0])["channel"] == "sms"
    mailed = late(shop, agreed=False)
    assert queued(shop, chat(shop, mailed).reminder_ids[0])["channel"] == "email"
    nobody = late(shop, agreed=False, email="")
    (skipped,) = chat(shop, nobody).skipped
    assert "not agreed to WhatsApp messages at this number" in skipped.reason
    choose(shop, nobody)
    number(shop, nobody, "98200 99999")
    assert "at this number" in chat(shop, nobody).skipped[0].reason
    assert provider.sent == []


def ways(shop: Shop) -> list[tuple[str, str]]:
    """Return channel and state of every message, the oldest first."""
    found = rows(shop, "select channel, status from message order by id")
    return [(row["channel"], row["status"]) for row in found]


def hear(provider: PhoneProvider, status: str, **more: str) -> bool:
    """Carry what the provider tells of its newest message past HTTP."""
    body, _ = provider.receipt(status, **more)
    told = json.loads(body)
    tenant, _, message = told["reference"].partition(".")
    heard = messaging.Heard(UUID(tenant), UUID(message), status, "SM1", told.get("reason", ""))
    channel = messaging.Channel((provider.sent[-1].get("template") and "whatsapp") or "sms")
    return messaging.hear_receipt(channel, heard, body, utc_now(), "test")


def test_a_whatsapp_that_the_phone_did_not_take_goes_by_sms_and_then_by_mail(
    shop: Shop, provider: PhoneProvider
):
    customer = late(shop)
    choose(shop, customer)
    first = queued(shop, chat(shop, customer).reminder_ids[0])
    assert (carry(shop, first["id"]), first["why"]) == ("sent", "")
    assert hear(provider, "undelivered", reason="No such account")
    assert not hear(provider, "undelivered", reason="No such account")
    for _ in range(2):
        mail(shop, first["id"])
    assert ways(shop) == [("whatsapp", "failed"), ("sms", "queued")]
    second = rows(shop, "select * from message order by id desc limit 1")[0]
    assert "Not by WhatsApp: The phone did not take it. No such account." in second["why"]
    assert "Rs 420.00" in second["body"]
    assert not hear(provider, "delivered")
    assert carry(shop, second["id"]) == "sent"
    assert hear(provider, "undelivered")
    for _ in range(2):
        mail(shop, second["id"])
    assert ways(shop) == [("whatsapp", "failed"), ("sms", "failed"), ("email", "queued")]
    shown = shop.run("messaging.list_messages", {}).rows[0]
    assert (shown.channel, shown.why) == ("email", "Not by SMS: The phone did not take it.")


@pytest.mark.parametrize("lacks", ["consent", "words", "carrier"])
def test_what_lacks_for_sms_is_said_beside_the_e_mail_that_goes_instead(
    shop: Shop, provider: PhoneProvider, monkeypatch, lacks: str
):
    if lacks == "words":
        rule = {"levels": [CHATTED | {"sms_template_id": "", "sms_text": ""}]}
        shop.run("payments.set_reminder_rule", rule)
    customer, message = sent_one(shop)
    if lacks != "consent":
        choose(shop, customer, channel="sms")
    if lacks == "carrier":
        monkeypatch.setattr(get_settings(), "sms_url", "")
    assert hear(provider, "undelivered")
    mail(shop, message["id"])
    assert ways(shop) == [("whatsapp", "failed"), ("email", "queued")]
    words = {"consent": "not agreed to SMS", "words": "has no SMS", "carrier": "SMS is not set up"}
    assert words[lacks] in shop.run("messaging.list_messages", {}).rows[0].why


def test_word_of_delivery_acts_in_the_branch_of_its_message(
    shop: Shop, provider: PhoneProvider, monkeypatch
):
    """Whatever company of the tenant comes first."""
    sent_one(shop)
    place = identity.find_place(shop.tenant_id)
    assert place is not None
    first = replace(place, company_id=new_id(), branch_id=new_id())
    monkeypatch.setattr(identity, "find_place", lambda _: first)
    seen, run = [], platform.run

    def watched(name, ctx, given):
        seen.append((ctx.company_id, ctx.branch_id))
        return run(name, ctx, given)

    monkeypatch.setattr(platform, "run", watched)
    assert hear(provider, "undelivered")
    assert seen == [(shop.ctx.company_id, shop.ctx.branch_id)]


def test_what_goes_instead_is_of_the_company_that_reminds(shop: Shop, provider: PhoneProvider):
    """Jobs begin in the tenant's first company, which may be another."""
    customer, message = sent_one(shop)
    choose(shop, customer, channel="sms")
    assert hear(provider, "undelivered")
    elsewhere = replace(shop, ctx=replace(shop.ctx, company_id=new_id(), branch_id=new_id()))
    mail(elsewhere, message["id"])
    found = rows(shop, "select channel, branch_id from message order by id desc limit 1")[0]
    assert (found["channel"], found["branch_id"]) == ("sms", shop.ctx.branch_id)


def test_who_wants_no_more_meanwhile_is_not_written_to(shop: Shop, provider: PhoneProvider):
    customer = late(shop)
    choose(shop, customer)
    message = queued(shop, chat(shop, customer).reminder_ids[0])
    choose(shop, customer, agreed=False)
    assert carry(shop, message["id"]) == "failed"
    assert provider.sent == []


def test_levels_that_go_out_by_themselves_take_the_best_way(shop: Shop):
    rule = {"levels": [CHATTED | {"is_automatic": True}]}
    shop.run("payments.set_reminder_rule", rule)
    chatted = late(shop, agreed=False, email="")
    choose(shop, chatted)
    texted, mailed = late(shop, email=""), late(shop, phone="", agreed=False)
    silent = late(shop, agreed=False, email="")
    shop.run("payments.remind_automatically", {}, at=after(shop, 6))
    methods = [[row.method for row in reminders(shop, one)] for one in (chatted, texted, mailed)]
    assert methods == [["whatsapp"], ["sms"], ["email"]]
    assert reminders(shop, silent) == []


@pytest.mark.parametrize(
    "change",
    [{"whatsapp_template": ""}, {"whatsapp_text": ""}, {"whatsapp_template": "No Such"},
     {"whatsapp_text": "Dear {nobody}"}],
)  # fmt: skip
def test_words_and_template_belong_together(shop: Shop, change: dict[str, str]):
    with pytest.raises(ValidationError) as caught:
        shop.run("payments.set_reminder_rule", {"levels": [CHATTED | change]})
    assert "whatsapp" in f"{caught.value.errors()[0]['loc']}"


def test_only_operators_set_the_number_and_without_it_the_remedy_is_said(shop: Shop, monkeypatch):
    with refused(shop, PermissionDenied):
        shop.run("messaging.set_whatsapp_sender", NUMBER, by=shop.acting_as("cashier"))
    found = shop.run("messaging.get_whatsapp_sender")
    assert (found.number, found.is_carried, found.is_heard) == ("+912248901234", True, True)
    assert found.receipts_url.endswith("/api/erp/message-receipts/whatsapp")
    assert make_shop().run("messaging.get_whatsapp_sender").is_set is False
    monkeypatch.setattr(get_settings(), "whatsapp_url", "")
    customer = late(shop)
    with refused(shop, messaging.ChannelNotSetUp) as caught:
        chat(shop, customer)
    assert "WHATSAPP_URL" in caught.value.message
