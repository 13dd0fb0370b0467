"""The description of the door that payment providers call."""

from erp.api.describing_parts import Schema, get_route, parameter
from erp.api.gateway_hooks import EVENTS


def gateway_paths() -> dict[str, Schema]:
    """Return the door for payment providers, signed as each of them signs."""
    asked = [parameter("path", "account_id", {"type": "string", "format": "uuid"})]
    answer = {"application/json": {"schema": {"type": "object"}}}
    summary = "An event of a payment provider, in its own words and signed in its own way"
    described: Schema = get_route("gateways_take_event", summary, asked, answer)["get"]
    described["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    return {EVENTS: {"post": described}}
