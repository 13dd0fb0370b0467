"""Walking the elements of a DICOM object without trusting a length, a depth or a count.

pydicom reads values well, but trusts structure: it recurses into sequences, follows
lengths beyond the end and takes a cut file meta group without complaint. This walk
comes first, keeps no values, and hands pydicom only the elements that passed.

Source:
    PS3.5 section 7 (data set), 7.5 (sequences), annex A (transfer syntaxes);
    PS3.10 section 7.1 (file meta information).
"""

from dataclasses import dataclass, field
from struct import Struct
from typing import Final, NamedTuple

from pydicom._dicom_dict import DicomDictionary

from erp.adapters.dicom.facts import Reason, Refused
from erp.adapters.dicom.source import Source

DEPTH_LIMIT: Final = 32
ELEMENT_LIMIT: Final = 1_000_000
UNDEFINED: Final = 0xFFFFFFFF
ITEM_GROUP: Final = 0xFFFE
SHORT_HEADER: Final = 8
LONG_HEADER: Final = 12
ITEM: Final = 0xFFFEE000
ITEM_END: Final = 0xFFFEE00D
SEQUENCE_END: Final = 0xFFFEE0DD
PIXEL_DATA: Final = 0x7FE00010
LONG_VRS: Final = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"}
)
SHORT_VRS: Final = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()
)
LITTLE: Final = (Struct("<HH"), Struct("<H"), Struct("<L"))
BIG: Final = (Struct(">HH"), Struct(">H"), Struct(">L"))


class Element(NamedTuple):
    """Where one top-level element lies; offsets from the start of the source."""

    tag: int
    vr: bytes
    start: int
    value_at: int
    length: int
    end: int


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the elements of a data set are written."""

    implicit: bool
    little: bool = True


@dataclass(slots=True)
class Structure:
    """The top-level elements of a data set.

    Attributes:
        fragments: (item offset, value length) of each item of encapsulated pixel data,
            the basic offset table first.
        padding: Bytes of zero filling after the last element.
    """

    elements: list[Element] = field(default_factory=list)
    fragments: list[tuple[int, int]] = field(default_factory=list)
    padding: int = 0


@dataclass(slots=True)
class _Container:
    """An open sequence or item: `limit` is the offset that nothing in it may pass."""

    is_sequence: bool
    end: int | None
    limit: int
    encoding: Encoding


def walk(source: Source, at: int, encoding: Encoding) -> Structure:
    """Return the top-level elements between `at` and the end of the source.

    Nested content is visited with an explicit stack, so no depth can exhaust it.

    Raises:
        Refused: `truncated`, `too_deep`, `too_complex` or `syntax_mismatch`.
    """
    _check_first_element(source, at, encoding)
    return _Walk(source, encoding).run(at)


class _Walk:
    def __init__(self, source: Source, encoding: Encoding) -> None:
        self.source = source
        self.found = Structure()
        self.stack = [
            _Container(is_sequence=False, end=source.size, limit=source.size, encoding=encoding)
        ]
        self.outer: tuple[int, bytes, int, int, int] | None = None
        self.count = 0

    def run(self, at: int) -> Structure:
        while self.stack:
            top = self.stack[-1]
            if top.end is not None and at >= top.end:
                self._close(at)
            elif top.is_sequence:
                at = self._item(at, top)
            elif len(self.stack) == 1 and self._is_padding(at):
                at = self.source.size
            else:
                at = self._element(at, top)
        return self.found

    def _close(self, at: int) -> None:
        self.stack.pop()
        if len(self.stack) == 1 and self.outer is not None:
            self.found.elements.append(Element(*self.outer, at))
            self.outer = None

    def _item(self, at: int, top: _Container) -> int:
        tag, length = _tag_and_length(self.source, at, top)
        if tag == SEQUENCE_END and top.end is None:
            self._close(at + 8)
            return at + 8
        if tag != ITEM:
            raise Refused(
                Reason.SYNTAX_MISMATCH, f"A sequence holds {_name(tag)} where an item is due."
            )
        self._open(at + 8, length, top.encoding, is_sequence=False)
        return at + 8

    def _element(self, at: int, top: _Container) -> int:
        self.count += 1
        if self.count > ELEMENT_LIMIT:
            raise Refused(Reason.TOO_COMPLEX, f"The object has over {ELEMENT_LIMIT:,} elements.")
        tag, vr, value_at, length = _header(self.source, at, top)
        if tag == ITEM_END and top.end is None:
            self._close(at + 8)
            return at + 8
        if length == UNDEFINED and tag == PIXEL_DATA and vr != b"SQ":
            end = self._fragments(value_at, top)
            self._keep(Element(tag, vr, at, value_at, length, end))
            return end
        if length == UNDEFINED or vr == b"SQ":
            return self._sequence(at, tag, vr, value_at, length, top)
        end = value_at + length
        if end > top.limit:
            raise Refused(
                Reason.TRUNCATED,
                f"Element {_name(tag)} promises {length:,} bytes; "
                f"{max(0, top.limit - value_at):,} are there.",
            )
        self._keep(Element(tag, vr, at, value_at, length, end))
        return end

    def _sequence(
        self, at: int, tag: int, vr: bytes, value_at: int, length: int, top: _Container
    ) -> int:
        if len(self.stack) == 1:
            self.outer = (tag, b"SQ", at, value_at, length)
        inner = Encoding(implicit=True) if vr == b"UN" else top.encoding
        self._open(value_at, length, inner, is_sequence=True)
        return value_at

    def _open(self, at: int, length: int, encoding: Encoding, *, is_sequence: bool) -> None:
        limit = self.stack[-1].limit
        if len(self.stack) > 2 * DEPTH_LIMIT:
            raise Refused(Reason.TOO_DEEP, f"Sequences are nested over {DEPTH_LIMIT} deep.")
        if length == UNDEFINED:
            self.stack.append(_Container(is_sequence, None, limit, encoding))
            return
        if at + length > limit:
            raise Refused(
                Reason.TRUNCATED,
                f"A sequence or item promises {length:,} bytes; {max(0, limit - at):,} are there.",
            )
        self.stack.append(_Container(is_sequence, at + length, at + length, encoding))

    def _keep(self, element: Element) -> None:
        if len(self.stack) == 1:
            self.found.elements.append(element)

    def _fragments(self, at: int, top: _Container) -> int:
        fragments: list[tuple[int, int]] = []
        while True:
            tag, length = _tag_and_length(self.source, at, top)
            if tag == SEQUENCE_END:
                break
            if tag != ITEM or at + 8 + length > top.limit:
                raise Refused(Reason.TRUNCATED, "The encapsulated pixel data ends inside a frame.")
            if len(fragments) > ELEMENT_LIMIT:
                raise Refused(Reason.TOO_COMPLEX, f"Over {ELEMENT_LIMIT:,} pixel fragments.")
            fragments.append((at, length))
            at += 8 + length
        if len(self.stack) == 1:
            self.found.fragments = fragments
        return at + 8

    def _is_padding(self, at: int) -> bool:
        """Tell whether nothing but zero filling is left; some writers fill to a block."""
        left = self.source.size - at
        if any(self.source.read(at, 8)) or any(self.source.read(at, min(left, 65536))):
            return False
        self.found.padding = left
        return True


def _tag_and_length(source: Source, at: int, top: _Container) -> tuple[int, int]:
    raw = source.read(at, 8)
    if len(raw) < SHORT_HEADER or at + 8 > top.limit:
        raise Refused(Reason.TRUNCATED, "The object ends inside a sequence.")
    pair, _, long = LITTLE if top.encoding.little else BIG
    group, number = pair.unpack_from(raw)
    return group << 16 | number, long.unpack_from(raw, 4)[0]


def _header(source: Source, at: int, top: _Container) -> tuple[int, bytes, int, int]:
    raw = source.read(at, LONG_HEADER)
    if len(raw) < SHORT_HEADER or at + 8 > top.limit:
        raise Refused(Reason.TRUNCATED, "The object ends inside an element.")
    pair, short, long = LITTLE if top.encoding.little else BIG
    group, number = pair.unpack_from(raw)
    tag = group << 16 | number
    if group == ITEM_GROUP:
        return tag, b"", at + 8, long.unpack_from(raw, 4)[0]
    if top.encoding.implicit:
        return tag, _implicit_vr(tag), at + 8, long.unpack_from(raw, 4)[0]
    vr = raw[4:6]
    if vr in SHORT_VRS:
        return tag, vr, at + 8, short.unpack_from(raw, 6)[0]
    if vr not in LONG_VRS:
        raise Refused(Reason.SYNTAX_MISMATCH, f"Element {_name(tag)} has no value representation.")
    if len(raw) < LONG_HEADER:
        raise Refused(Reason.TRUNCATED, "The object ends inside an element.")
    return tag, vr, at + 12, long.unpack_from(raw, 8)[0]


def _implicit_vr(tag: int) -> bytes:
    entry = DicomDictionary.get(tag)
    return b"SQ" if entry is not None and entry[0] == "SQ" else b""


def _check_first_element(source: Source, at: int, encoding: Encoding) -> None:
    """Refuse a data set whose first element is written in the other syntax."""
    raw = source.read(at, 8)
    if len(raw) < SHORT_HEADER:
        raise Refused(Reason.TRUNCATED, "Nothing follows the file meta information.")
    looks_explicit = raw[4:6] in SHORT_VRS or raw[4:6] in LONG_VRS
    if looks_explicit == encoding.implicit:
        said, found = ("implicit", "explicit") if encoding.implicit else ("explicit", "implicit")
        raise Refused(
            Reason.SYNTAX_MISMATCH,
            f"The file meta information says {said} VR; the data set is {found} VR.",
        )


def _name(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
