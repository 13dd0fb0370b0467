"""Preamble and file meta information: what an object says about itself before its data set."""

from dataclasses import dataclass
from struct import Struct
from typing import Final, Literal

from erp.adapters.dicom.facts import Reason, Refused
from erp.adapters.dicom.source import Source
from erp.adapters.dicom.structure import LONG_VRS, SHORT_VRS, Encoding

IMPLICIT_LITTLE: Final = "1.2.840.10008.1.2"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
EXPLICIT_BIG: Final = "1.2.840.10008.1.2.2"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
PREAMBLE_BYTES: Final = 128
META_LIMIT_BYTES: Final = 64 * 1024
IMPLEMENTATION_UID: Final = "2.25.133094627309517640918317415291634017493"
"""Names this product in files and associations; a UUID of our own (PS3.5 B.2)."""

_HEADER: Final = Struct("<HH2sH")
_LONG: Final = Struct("<L")
_LONG_HEADER: Final = Struct("<HH2sHL")
_FIRST_GROUPS: Final = (b"\x02\x00", b"\x00\x02", b"\x08\x00", b"\x00\x08")
_GROUP_LENGTH: Final = 0x00020000
_SOP_CLASS: Final = 0x00020002
_SOP_UID: Final = 0x00020003
_SYNTAX: Final = 0x00020010
_IMPLEMENTATION: Final = 0x00020012


@dataclass(frozen=True, slots=True)
class FileMeta:
    """The file meta information that matters, and where the data set starts."""

    transfer_syntax: str
    sop_class: str
    sop_uid: str
    preamble: Literal["zero", "tiff", "other"]
    dataset_at: int

    @property
    def encoding(self) -> Encoding:
        """How the data set is written; unknown syntaxes are explicit little endian by rule."""
        return Encoding(
            implicit=self.transfer_syntax == IMPLICIT_LITTLE,
            little=self.transfer_syntax != EXPLICIT_BIG,
        )


def read_file_meta(source: Source) -> FileMeta:
    """Return the file meta information.

    Raises:
        Refused: `empty`, `not_dicom`, `no_meta` or `truncated`.

    Source:
        PS3.10 section 7.1.
    """
    head = source.read(0, PREAMBLE_BYTES + 4 + META_LIMIT_BYTES)
    if not head:
        raise Refused(Reason.EMPTY, "The object has no bytes.", keep_bytes=False)
    if head[PREAMBLE_BYTES : PREAMBLE_BYTES + 4] != b"DICM":
        raise _without_mark(head)
    values, dataset_at = _elements(head)
    if not values.get(_SYNTAX):
        raise Refused(Reason.NO_META, "The file meta information names no transfer syntax.")
    return FileMeta(
        transfer_syntax=values[_SYNTAX],
        sop_class=values.get(_SOP_CLASS, ""),
        sop_uid=values.get(_SOP_UID, ""),
        preamble=_preamble(head),
        dataset_at=dataset_at,
    )


def file_head(sop_class: str, sop_uid: str, transfer_syntax: str) -> bytes:
    """Return what stands before a data set in a file: the same bytes for the same object, always.

    So an object that is sent twice by C-STORE is the same file twice, whatever the software.

    Source:
        PS3.10 section 7.1.
    """
    group = (
        _LONG_HEADER.pack(2, 1, b"OB", 0, 2)
        + b"\0\1"
        + _uid_element(_SOP_CLASS, sop_class)
        + _uid_element(_SOP_UID, sop_uid)
        + _uid_element(_SYNTAX, transfer_syntax)
        + _uid_element(_IMPLEMENTATION, IMPLEMENTATION_UID)
    )
    length = _HEADER.pack(2, 0, b"UL", 4) + _LONG.pack(len(group))
    return bytes(PREAMBLE_BYTES) + b"DICM" + length + group


def _uid_element(tag: int, uid: str) -> bytes:
    value = uid.encode("ascii")
    value += b"\0" * (len(value) % 2)
    return _HEADER.pack(tag >> 16, tag & 0xFFFF, b"UI", len(value)) + value


def zeroed_preamble(head: bytes) -> bytes:
    """Return the first bytes of an object with its preamble blanked, for serving.

    The stored object keeps its bytes, so its digest stays true; what leaves the
    product cannot also be an executable, a web page or an archive (CVE-2019-11687).
    """
    if head[PREAMBLE_BYTES : PREAMBLE_BYTES + 4] != b"DICM":
        return head
    return bytes(PREAMBLE_BYTES) + head[PREAMBLE_BYTES:]


def _elements(head: bytes) -> tuple[dict[int, str], int]:
    values: dict[int, str] = {}
    at = PREAMBLE_BYTES + 4
    declared_end = at
    while at + 8 <= len(head):
        group, number, vr, length = _HEADER.unpack_from(head, at)
        if group != 2:  # noqa: PLR2004  the group of file meta information
            break
        tag, value_at = group << 16 | number, at + 8
        if vr in LONG_VRS:
            length, value_at = _long_length(head, at), at + 12
        if value_at + length > len(head):
            raise Refused(Reason.TRUNCATED, "The object ends inside its file meta information.")
        if tag == _GROUP_LENGTH and length == 4:  # noqa: PLR2004  one UL
            declared_end = value_at + length + _LONG.unpack_from(head, value_at)[0]
        values[tag] = head[value_at : value_at + length].rstrip(b"\0 ").decode("ascii", "replace")
        at = value_at + length
    if at < declared_end > len(head) or len(head) - at in range(1, 8):
        raise Refused(Reason.TRUNCATED, "The object ends inside its file meta information.")
    return values, at


def _long_length(head: bytes, at: int) -> int:
    if at + 12 > len(head):
        raise Refused(Reason.TRUNCATED, "The object ends inside its file meta information.")
    length: int = _LONG.unpack_from(head, at + 8)[0]
    return length


def _preamble(head: bytes) -> Literal["zero", "tiff", "other"]:
    if not any(head[:PREAMBLE_BYTES]):
        return "zero"
    return "tiff" if head[:4] in (b"II*\0", b"MM\0*") else "other"


def _without_mark(head: bytes) -> Refused:
    if _starts_like_a_dataset(head):
        return Refused(Reason.NO_META, "A data set without preamble and file meta information.")
    is_text = head.lstrip()[:1] in (b"{", b"[", b"<")
    return Refused(
        Reason.NOT_DICOM,
        "The DICM mark is missing; this is not a DICOM object.",
        keep_bytes=not is_text,
    )


def _starts_like_a_dataset(head: bytes) -> bool:
    """Tell whether the first element is a short one of group 2 or 8, in any encoding."""
    if head[:2] not in _FIRST_GROUPS or len(head) < 8:  # noqa: PLR2004  one header
        return False
    if head[4:6] in SHORT_VRS or head[4:6] in LONG_VRS:
        return True
    return bool(_LONG.unpack_from(head, 4)[0] < 1024)  # noqa: PLR2004  none is longer
