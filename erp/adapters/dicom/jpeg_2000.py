"""What the head of a JPEG 2000 codestream says, read before any decoder sees it."""

from struct import Struct
from typing import Final

SYNTAXES: Final = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))
START: Final = b"\xff\x4f\xff\x51"
GRID: Final = Struct(">4xHH4L")


def size_of(stream: bytes) -> tuple[int, int] | None:
    """Return (columns, rows) of a codestream, bare or in a JP2 file; None where it has no head.

    Source:
        ISO/IEC 15444-1, A.5.1 (SIZ); the same for 15444-15.
    """
    at = stream.find(START)
    if at < 0 or at + GRID.size > len(stream):
        return None
    _, _, right, low, left, top = GRID.unpack_from(stream, at)
    return right - left, low - top
