"""Cursors of paged lists: the sort key of the last row, as opaque text."""

import base64
import binascii
import json

from erp.core.errors import InvalidInput

LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""Sorts after every identifier: where a list begins whose newest row comes first."""


def encode_cursor(*key: object) -> str:
    """Return the cursor after a row with this sort key."""
    text = json.dumps([str(part) for part in key], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str] | None:
    """Return the sort key in a cursor, or nothing for the first page.

    Raises:
        InvalidInput: The text is not a cursor of this list.
    """
    if not cursor:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(p, str) for p in key):
        raise InvalidInput(
            "The cursor does not belong to this list. Start again from the first page.",
            fields={"cursor": "not a cursor of this list"},
        )
    return key
