"""The webhooks and messages a shop owns, and inputs for their actions."""

from uuid import UUID

from erp.core import db
from erp.core.ids import new_id
from tests.factories import Shop
from tests.isolation.examples import Example, Ids, only

HOOK = {"name": "Archive", "url": "https://example.org/in", "events": ["party.party_created.v1"]}


def webhooks(shop: Shop) -> Ids:
    """Have one webhook that waits for its test event, and one whose test event failed."""
    ids = {"endpoint_id": shop.run("automation.add_webhook", HOOK).id}
    ids["stopped_endpoint_id"] = shop.run("automation.add_webhook", HOOK).id
    about = {"endpoint_id": ids["stopped_endpoint_id"]}
    ids["failed_post_id"] = shop.run("automation.test_webhook", about).id
    shop.run("automation.stop_webhook", about)
    shop.run("automation.start_webhook", about)
    return ids | {"message_id": _message(shop), "cancelled_message_id": _message(shop, "cancelled")}


def _message(shop: Shop, status: str = "queued") -> UUID:
    """Write a message as if a carrier were set up."""
    message_id = new_id()
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "insert into message (tenant_id, id, channel, purpose, to_name, to_address, subject, body,"
            " attachments, origin_type, origin_id, dedupe_key, status, attempts, problem, carrier_ref,"
            " user_id, user_name, queued_at, ended_at) values (%(tenant)s, %(id)s, 'email', 'test',"
            " 'Ravi', 'ravi@example.org', 'x', 'y', '[]', 'test', %(id)s, %(id)s::text, %(status)s::text, 0, '',"
            " '', %(user)s, 'x', %(now)s, case when %(status)s::text <> 'queued' then %(now)s end)",
            {
                "tenant": shop.tenant_id,
                "id": message_id,
                "status": status,
                "user": shop.ctx.user_id,
                "now": shop.ctx.now,
            },
        )
    return message_id


EXAMPLES: dict[str, Example] = {
    "automation.change_webhook": only("endpoint_id", **HOOK),
    "automation.get_webhook": only("endpoint_id"),
    "automation.list_webhook_deliveries": lambda ids, _: {
        "endpoint_id": ids["stopped_endpoint_id"]
    },
    "automation.renew_webhook_secret": only("endpoint_id"),
    "automation.retry_webhook": lambda ids, _: {"delivery_id": ids["failed_post_id"]},
    "automation.start_webhook": lambda ids, _: {"endpoint_id": ids["stopped_endpoint_id"]},
    "automation.stop_webhook": only("endpoint_id"),
    "automation.test_webhook": only("endpoint_id"),
    "messaging.cancel_message": only("message_id"),
    "messaging.list_messages": lambda ids, _: {"origin_id": ids["message_id"]},
    "messaging.note_receipt": only("message_id", channel="email", receipt="delivered"),
    "messaging.resend_message": lambda ids, _: {"message_id": ids["cancelled_message_id"]},
}
"""A working input of every action of webhooks and messages that names an id."""
