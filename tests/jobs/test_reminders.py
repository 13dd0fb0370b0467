"""A reminder becomes an e-mail with the customer's statement, once."""

import pytest
from pydantic import SecretStr

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import platform
from jobs import payments as background
from tests.factories import make_shop
from tests.services.payments.paying import owing
from tests.services.payments.test_reminders import after, set_rule
from tests.services.trading import rows


@pytest.fixture
def shop(redis, s3, monkeypatch):  # noqa: ARG001  statements are kept in the object store
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr("smtp://127.0.0.1:1?tls=no"))
    object_storage.cache_clear()
    return make_shop()


def deliver(shop, reminder_id):
    delivery = platform.Delivery(
        delivery_id=new_id(),
        subscriber="payments.send_reminder",
        lease_token=new_id(),
        attempts=1,
        event_id=new_id(),
        event_name="payments.party_reminded.v1",
        aggregate_id=new_id(),
        payload={"reminder_id": str(reminder_id)},
        occurred_at=shop.ctx.now,
        user_id=shop.ctx.user_id,
    )
    with db.unit_of_work(shop.ctx) as session:
        background.send_reminder(session, shop.ctx, delivery)


def test_it_goes_out_once_with_the_statement(shop):
    set_rule(shop)
    customer = owing(shop, 4, email="accounts@buyer.example")
    asked = {"party_ids": [customer]}
    made = shop.run("payments.remind_parties", asked, at=after(shop, 6))
    (reminder_id,) = made.reminder_ids
    deliver(shop, reminder_id)
    deliver(shop, reminder_id)
    (message,) = rows(shop, "select to_address, attachments, subject from message")
    assert message["to_address"] == "accounts@buyer.example"
    (attached,) = message["attachments"]
    content = object_storage().read(attached["storage_key"])
    assert content.startswith(b"%PDF")
    (row,) = shop.run("payments.list_reminders", {"party_id": customer}).rows
    assert row.message_status == "queued"


def test_a_mail_server_that_is_taken_away_meanwhile_loses_no_reminder(shop, monkeypatch):
    set_rule(shop)
    customer = owing(shop, 4, email="accounts@buyer.example")
    made = shop.run("payments.remind_parties", {"party_ids": [customer]}, at=after(shop, 6))
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr(""))
    deliver(shop, made.reminder_ids[0])
    (message,) = rows(shop, "select status from message")
    assert message["status"] == "queued"


def test_a_call_sends_nothing(shop):
    set_rule(shop)
    customer = owing(shop, 4, email="accounts@buyer.example")
    asked = {"party_ids": [customer], "method": "phone"}
    made = shop.run("payments.remind_parties", asked, at=after(shop, 6))
    deliver(shop, made.reminder_ids[0])
    assert rows(shop, "select 1 from message") == []
