"""Pages of rows that are worked out and not stored, by key like any other."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from erp.core.errors import InvalidInput
from erp.services.platform import Page, decode_cursor, encode_cursor

Row = TypeVar("Row")


def page_of(rows: Sequence[Row], wanted: Page, key: Callable[[Row], str]) -> tuple[list[Row], str]:
    """Return the rows after the cursor's, and the cursor of the next page.

    Raises:
        InvalidInput: The cursor names no row of this list.
    """
    after = decode_cursor(wanted.cursor, 2)
    start = 0
    if after is not None:
        places = [place for place, row in enumerate(rows) if key(row) == after[0]]
        at = int(after[1]) if after[1].isdecimal() else len(places)
        if at >= len(places):
            message = "The list has changed. Start again from the first page."
            raise InvalidInput(message, fields={"cursor": "not a row of this list"})
        start = places[at] + 1
    page = list(rows[start : start + wanted.limit])
    more = len(rows) > start + wanted.limit
    return page, _cursor(rows[: start + len(page)], key) if more else ""


def _cursor(shown: Sequence[Row], key: Callable[[Row], str]) -> str:
    """Return the place of the last row: its key, and how many rows before it have the same one."""
    last = key(shown[-1])
    return encode_cursor(last, f"{sum(key(row) == last for row in shown) - 1}")
