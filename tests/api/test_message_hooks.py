"""The door for word of delivery: raw bytes first, nothing for a forger, and a message's state only moves on."""

import psycopg
import pytest
from pydantic import SecretStr

from erp.core import db
from erp.core.settings import get_settings
from erp.services import messaging
from tests.factories import Shop, make_shop
from tests.jobs.test_text_messages import carry, late, mail, queued
from tests.jobs.test_whatsapp import chat, choose, provider, sent_one, shop
from tests.services.messaging.phone_provider import RECEIPT_SECRET, PhoneProvider
from tests.services.payments.test_reminders import reminders
from tests.services.trading import rows
from tests.services.unchanged import refused

__all__ = ["provider", "shop"]
URL = "/api/erp/message-receipts/whatsapp"


def tell(rest, body: bytes, signature: str, url: str = URL):
    return rest.post(url, content=body, headers={"x-signature-sha256": signature})


def stands(shop: Shop, message) -> tuple[str, str]:
    (row,) = rows(shop, "select status, receipt from message where id = %s", message["id"])
    return row["status"], row["receipt"]


def test_what_phones_did_is_told_and_only_moves_on(rest, shop: Shop, provider: PhoneProvider):
    customer, message = sent_one(shop)
    assert tell(rest, *provider.receipt("read")).json() == {"taken": True, "known": False}
    assert tell(rest, *provider.receipt("read")).json()["known"]
    for late_word in ("delivered", "undelivered"):
        assert tell(rest, *provider.receipt(late_word)).status_code == 200
    assert stands(shop, message) == ("sent", "read")
    assert reminders(shop, customer)[0].message_status == "read"
    with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
        db.execute(session, "update message set receipt = 'delivered'")


def test_what_a_phone_never_took_goes_by_e_mail_once(rest, shop: Shop, provider: PhoneProvider):
    _, message = sent_one(shop)
    assert tell(rest, *provider.receipt("undelivered", reason="No such number")).status_code == 200
    assert stands(shop, message) == ("failed", "undelivered")
    tell(rest, *provider.receipt("delivered"))
    assert stands(shop, message) == ("failed", "undelivered")
    for _ in range(2):
        mail(shop, message["id"])
    found = rows(shop, "select channel, problem from message order by id")
    assert [row["channel"] for row in found] == ["whatsapp", "email"]
    assert "No such number" in found[0]["problem"]
    with refused(shop, messaging.MessageEnded):
        shop.run("messaging.resend_message", {"message_id": message["id"]})


def test_a_receipt_proves_what_a_lost_answer_did_not(rest, shop: Shop, provider: PhoneProvider):
    customer = late(shop, agreed=False)
    choose(shop, customer)
    message = queued(shop, chat(shop, customer).reminder_ids[0])
    provider.lies = ["lost"]
    assert carry(shop, message["id"]) == "queued"
    assert tell(rest, *provider.receipt("delivered")).status_code == 200
    assert stands(shop, message) == ("sent", "delivered")


def test_only_the_providers_secret_over_exactly_these_bytes(
    rest, shop: Shop, provider: PhoneProvider, monkeypatch
):
    _, message = sent_one(shop)
    body, signature = provider.receipt("delivered")
    flipped = body.replace(b"delivered", b"Delivered")
    for given in ((flipped, signature), (body, ""), (body, signature[:-1])):
        assert tell(rest, *given).json()["code"] == "bad_receipt_signature"
    assert tell(rest, body, signature, URL.replace("whatsapp", "sms")).status_code == 404
    assert tell(rest, body, signature, URL.replace("whatsapp", "email")).status_code == 404
    assert stands(shop, message) == ("sent", "")
    monkeypatch.setattr(get_settings(), "sms_receipt_secret", SecretStr(RECEIPT_SECRET))
    assert tell(rest, body, signature, URL.replace("whatsapp", "sms")).status_code == 404
    odd = provider.receipt("seen"), provider.receipt("read", reference="x.y")
    assert [tell(rest, *one).status_code for one in odd] == [400, 400]
    strange = f"{make_shop().tenant_id}.{message['id']}"
    assert tell(rest, *provider.receipt("read", reference=strange)).status_code == 404
    assert stands(shop, message) == ("sent", "")


def test_more_than_a_receipt_is_refused_with_how_much_is_taken(rest, shop: Shop):  # noqa: ARG001  the door is open
    answer = tell(rest, b" " * (messaging.LARGEST_RECEIPT + 1), "")
    assert answer.status_code == 413
    assert "larger than 20 KB" in answer.text
