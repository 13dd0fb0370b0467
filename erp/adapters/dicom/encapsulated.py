"""Frames of encapsulated pixel data, as range reads give them."""

from struct import Struct
from typing import Final

ITEM: Final = Struct("<HHL")
ITEM_TAG: Final = (0xFFFE, 0xE000)


def joined_fragments(span: bytes) -> bytes:
    """Return the bitstream of a frame whose fragments lie in `span`, item headers taken off.

    Source:
        PS3.5 A.4.
    """
    parts: list[bytes] = []
    at = 0
    while at + ITEM.size <= len(span):
        group, number, length = ITEM.unpack_from(span, at)
        if (group, number) != ITEM_TAG:
            break
        at += ITEM.size
        parts.append(span[at : at + length])
        at += length
    return b"".join(parts)
