"""The description of the door for word of delivery."""

from erp.api.describing_parts import Schema, get_route, parameter
from erp.api.message_hooks import RECEIPTS, SIGNATURE


def message_paths() -> dict[str, Schema]:
    """Return the door for providers of SMS and WhatsApp."""
    channels = {"type": "string", "enum": ["sms", "whatsapp"]}
    asked = [
        parameter("path", "channel", channels),
        parameter("header", SIGNATURE, {"type": "string"}),
    ]
    answer = {"application/json": {"schema": {"type": "object"}}}
    summary = (
        "What became of a message at the phone; the body is signed with HMAC-SHA256, in hexadecimal"
    )
    described: Schema = get_route("messaging_take_receipt", summary, asked, answer)["get"]
    described["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    return {RECEIPTS: {"post": described}}
