"""CRC-32C (Castagnoli), the check of one chunk on the wire."""

from collections.abc import Iterator
from typing import Final

_POLYNOMIAL: Final = 0x82F63B78


def _entries() -> Iterator[int]:
    for value in range(256):
        remainder = value
        for _ in range(8):
            remainder = remainder >> 1 ^ (_POLYNOMIAL if remainder & 1 else 0)
        yield remainder


_TABLE: Final = tuple(_entries())


def crc32c(content: bytes) -> int:
    """Return the checksum of some bytes.

    Source:
        RFC 3720 appendix B.4, whose examples are the tests.
    """
    remainder = 0xFFFFFFFF
    table = _TABLE
    for byte in content:
        remainder = table[(remainder ^ byte) & 0xFF] ^ remainder >> 8
    return remainder ^ 0xFFFFFFFF
