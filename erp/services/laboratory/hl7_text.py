"""HL7 v2 as text: files into messages, segments, fields, repetitions, components; strictly, within limits.

Source: HL7 v2.5.1, chapter 2: delimiters (2.5.4), escapes (2.7), character sets (MSH-18), batches (2.10.3).
"""

import re
from dataclasses import dataclass
from typing import Final

from erp.services.laboratory.errors import UnreadableLabFile

MOST_MESSAGES: Final = 2_000
MOST_SEGMENTS: Final = 20_000
MOST_OF_A_MESSAGE: Final = 2_000
MOST_FIELDS: Final = 200
LONGEST_SEGMENT: Final = 32_768
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")
_MLLP = str.maketrans("", "", "\x0b\x1c")
_CODECS: Final = {
    "": "utf-8",
    "ASCII": "ascii",
    "8859/1": "iso-8859-1",
    "8859/15": "iso-8859-15",
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
}
_SIGNS: Final = 5
"""Separators of a message; the last, of subcomponents, may be left out."""
_BATCH = ("FHS", "BHS", "BTS", "FTS")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The five signs that a message declares."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a message; fields are counted as HL7 counts them, from 1.

    Attributes:
        fields: As they stand in the file, escapes included; the name is the first.
    """

    name: str
    fields: tuple[str, ...]
    signs: Delimiters

    def raw(self, number: int) -> str:
        """Return a field as it stands; empty where the segment is shorter."""
        return self.fields[number] if number < len(self.fields) else ""

    def repeats(self, number: int) -> list[list[str]]:
        """Return the repetitions of a field, each as its components, unescaped."""
        text = self.raw(number)
        parts = text.split(self.signs.repetition) if text else []
        return [self._components(part) for part in parts]

    def text(self, number: int, component: int = 1) -> str:
        """Return a component of a field's first repetition; `""`, HL7's own nothing, is empty."""
        repeats = self.repeats(number)
        found = repeats[0][component - 1] if repeats and len(repeats[0]) >= component else ""
        return "" if found == '""' else found

    def whole(self, number: int) -> str:
        """Return all of a field as text: repetitions as lines, components by blanks."""
        lines = (" ".join(part for part in parts if part) for parts in self.repeats(number))
        return "\n".join(line for line in lines if line)

    def _components(self, text: str) -> list[str]:
        return [unescape(part, self.signs).strip() for part in text.split(self.signs.component)]


Message = list[Segment]


def read_messages(content: bytes) -> list[Message]:
    """Return the messages of a file, in order; each begins with its MSH.

    Raises:
        UnreadableLabFile: It is no HL7 v2, is cut off, or is beyond what a file may hold.
    """
    lines = _lines(_decoded(content))
    messages: list[Message] = []
    signs = Delimiters()
    told: dict[str, int] = {}
    opened: list[str] = []
    for place, line in enumerate(lines, start=1):
        name = line[:3]
        if not _SEGMENT.fullmatch(name):
            raise _bad(
                f"Line {place} begins with no segment. The file is damaged; export it again."
            )
        if name in ("MSH", "FHS", "BHS"):
            signs = _declared(line, place)
        segment = _segment(line, name, signs, place)
        if name in _BATCH:
            _note_batch(segment, opened, told, place)
        elif name == "MSH":
            messages.append([segment])
        elif not messages:
            raise _bad(f"Line {place} ({name}) stands before the first MSH. Export the file again.")
        else:
            messages[-1].append(segment)
        if len(messages) > MOST_MESSAGES or (
            len(messages[-1:]) and len(messages[-1]) > MOST_OF_A_MESSAGE
        ):
            raise _bad("The file holds too many messages or too long ones. Export fewer reports.")
    _check_whole(len(messages), opened, told)
    return messages


def unescape(text: str, signs: Delimiters) -> str:
    """Return a text with its escapes as what they stand for; formatting becomes lines, the rest goes."""
    if signs.escape not in text:
        return text
    mark = re.escape(signs.escape)
    return re.sub(rf"{mark}([^{mark}]*){mark}", lambda found: _meant(found[1], signs), text)


def _meant(inside: str, signs: Delimiters) -> str:
    plain = {
        "F": signs.field, "S": signs.component, "R": signs.repetition, "E": signs.escape,
        "T": signs.subcomponent, ".br": "\n", ".sp": "\n",
    }  # fmt: skip
    if inside in plain:
        return plain[inside]
    if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", inside):
        return (
            bytes.fromhex(inside[1:])
            .decode("utf-8", "replace")
            .replace("\0", "")
            .replace("\r", "\n")
        )
    return ""


def _decoded(content: bytes) -> str:
    """Return the file's text by the character set that its first message declares."""
    head = content[:4096].decode("ascii", "replace").lstrip("\ufeff\ufffd\x0b\r\n ")
    if not head.startswith(("MSH", "FHS", "BHS")):
        raise _bad("The file is no HL7 v2: it begins with neither MSH, FHS nor BHS.")
    found = re.search(r"(?:^|[\r\n\x0b])MSH([^\r\n]*)", head)
    named = found[1].split(found[1][:1])[17:18] if found and found[1] else []
    charset = re.split(r"[~^]", named[0])[0].strip().upper() if named else ""
    if charset not in _CODECS:
        raise _bad(f"MSH-18 names the character set {charset[:20]}, which is not read here. Export"
                   " as UNICODE UTF-8.")  # fmt: skip
    try:
        return content.decode(_CODECS[charset]).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _bad(f"The text is not {charset or 'UTF-8'}, as MSH-18 says. Export it with the right"
                   " character set.") from error  # fmt: skip


def _lines(text: str) -> list[str]:
    lines = [line.strip("\n") for line in re.split(r"\r\n|\r|\n", text.translate(_MLLP))]
    filled = [line for line in lines if line.strip()]
    if len(filled) > MOST_SEGMENTS:
        raise _bad(f"The file has more than {MOST_SEGMENTS:,} segments. Export fewer reports.")
    longest = max(map(len, filled), default=0)
    if longest > LONGEST_SEGMENT:
        raise _bad(f"A segment is longer than {LONGEST_SEGMENT:,} characters. Leave documents out.")
    if "\0" in text:
        raise _bad("The file holds null bytes. It is damaged; export it again.")
    return filled


def _declared(line: str, place: int) -> Delimiters:
    signs = line[3:8]
    declared = signs[:1] + signs[1:].split(signs[:1])[0] if signs else ""
    if len(declared) == _SIGNS - 1:
        declared += "&"
    is_usable = len(declared) == len(set(declared)) == _SIGNS and not any(
        sign.isalnum() or sign.isspace() for sign in declared
    )
    if not is_usable:
        raise _bad(f"Line {place} declares no usable separators; they are usually |^~\\&.")
    return Delimiters(*declared)


def _segment(line: str, name: str, signs: Delimiters, place: int) -> Segment:
    if line[3:4] not in ("", signs.field):
        raise _bad(f"Line {place} ({name}) uses another separator than its message declares.")
    fields = line.split(signs.field)
    if len(fields) > MOST_FIELDS:
        raise _bad(f"Line {place} ({name}) has more than {MOST_FIELDS} fields.")
    if name in ("MSH", "FHS", "BHS"):
        fields.insert(1, signs.field)
    return Segment(name, tuple(fields), signs)


def _note_batch(segment: Segment, opened: list[str], told: dict[str, int], place: int) -> None:
    name = segment.name
    if name in ("FHS", "BHS"):
        opened.append(name)
        return
    begins = {"BTS": "BHS", "FTS": "FHS"}[name]
    if not opened or opened[-1] != begins:
        raise _bad(
            f"Line {place} ({name}) ends what {begins} did not begin. Export the file again."
        )
    opened.pop()
    count = segment.text(1)
    if name == "BTS" and count.isdecimal():
        told["BTS"] = told.get("BTS", 0) + int(count[:9])
    elif name == "BTS":
        told["open"] = 1


def _check_whole(count: int, opened: list[str], told: dict[str, int]) -> None:
    """Refuse a batch that does not end, or that says another number of messages than it holds."""
    if not count:
        raise _bad("The file holds no message.")
    if opened:
        raise _bad(f"The file is cut off: {opened[-1]} has no end. Export it again.")
    if "BTS" in told and "open" not in told and told["BTS"] != count:
        raise _bad(f"The file says {told['BTS']} messages and holds {count}. Export it again.")


def _bad(message: str) -> UnreadableLabFile:
    return UnreadableLabFile(message, fields={"file": message})
