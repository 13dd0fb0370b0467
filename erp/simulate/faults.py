"""What can go wrong on purpose, to see that the product stands it."""

from enum import StrEnum


class Fault(StrEnum):
    """A misbehaviour of the simulated device."""

    DUPLICATE = "duplicate"
    """Every event and offer is published twice."""
    REORDER = "reorder"
    """Neighbouring events are published in the wrong order."""
    DROP_ACK = "drop-ack"
    """The first receipt of each object is lost, so the object is offered again."""
    CONFLICT = "conflict"
    """One object is sent again with the same identity and other pixels."""
    CORRUPT = "corrupt"
    """The first upload is damaged on the way."""
    BAD_DICOM = "bad-dicom"
    """One more object arrives whole, but is not DICOM."""
    BAD_JSON = "bad-json"
    """Messages that are no messages appear on the device's own topics."""


NONSENSE: tuple[bytes, ...] = (
    b"{",
    b"\xef\xbb\xbf{}",
    b"[" * 600,
    b'{"schema": "vis.session-event.v9"}',
    b'{"operator": "\\ud800"}',
    b"\xff\x00\xfe",
)
