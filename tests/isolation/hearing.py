"""The webhooks a shop owns, and inputs for their actions."""

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
    return ids


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
}
"""A working input of every action of webhooks that names an id."""
