"""Results out of HL7 v2 messages: ORU^R01, observation by observation.

Source: HL7 v2.5.1, chapter 7: PID, OBR, OBX, NTE; tables 0078 (flags), 0085 (status of a result).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from erp.services.laboratory.hl7_text import Message, Segment, read_messages
from erp.services.laboratory.reading_times import read_stamp
from erp.services.laboratory.told import Told

STATUSES: Final = {
    "F": "final", "C": "corrected", "P": "preliminary", "R": "preliminary", "S": "preliminary",
    "I": "none", "O": "none", "N": "none", "X": "none", "D": "withdrawn", "W": "withdrawn",
    "U": "final",
}  # fmt: skip
NUMERIC: Final = frozenset({"NM", "SN"})
TEXTS: Final = frozenset({"ST", "TX", "FT", "CE", "CWE", "CNE", "ID", "IS"})
_LONGEST: Final = {
    "report_number": (60, "OBR-3"), "patient_name": (120, "PID-5"), "code": (40, "OBX-3"),
    "test_name": (120, "OBX-3"), "sub_id": (20, "OBX-4"), "unit": (40, "OBX-6"),
    "range": (60, "OBX-7"), "flag": (10, "OBX-8"),
}  # fmt: skip
_LONGEST_VALUE: Final = 200
_LONGEST_NOTE: Final = 500
_LONGEST_NUMBER: Final = 60
_CUT: Final = " [cut here; the file says more]"


@dataclass
class _Reading:
    """What the segments so far say: whose, which order."""

    message: int
    zone: str
    patient: Segment | None = None
    order: Segment | None = None
    observations: int = 0
    after: str = ""
    order_note: list[str] = field(default_factory=list)


def read_hl7(content: bytes, time_zone: str, facility: str = "") -> list[Told]:
    """Return what an HL7 file tells, one for each OBX; what cannot be taken says why.

    Args:
        time_zone: Of times without an offset.
        facility: MSH-4 that messages must have; empty for any.

    Raises:
        UnreadableLabFile: The file as a whole is no HL7 v2.
    """
    found: list[Told] = []
    for place, message in enumerate(read_messages(content), start=1):
        refusal = _refusal(message[0], facility)
        if refusal:
            found.append(Told(label=f"Message {place}", problem=refusal))
        else:
            found += _observations(message, place, time_zone)
    return found


def _refusal(head: Segment, facility: str) -> str:
    """Return why a message is not taken; nothing where it is."""
    kind = "^".join(part for part in (head.text(9), head.text(9, 2)) if part)
    if (head.text(9), head.text(9, 2)) not in {("ORU", "R01"), ("ORU", "")}:
        return f"MSH-9 says {kind or 'nothing'}; only results (ORU^R01) are taken."
    if not head.text(12).startswith("2."):
        return f"MSH-12 says version {head.text(12) or 'nothing'}; only version 2 is read."
    if head.text(11) not in {"P", ""}:
        return f"MSH-11 says {head.text(11)}: a message for trying. Ask for the real one (P)."
    if facility and head.text(4).casefold() != facility.casefold():
        return (
            f"MSH-4 says {head.text(4) or 'nothing'}, not {facility}: another laboratory's message."
        )
    return ""


def _observations(message: Message, place: int, zone: str) -> list[Told]:
    now = _Reading(place, zone)
    told: list[Told] = []
    for segment in message[1:]:
        if segment.name == "PID":
            now.patient, now.order = segment, None
        elif segment.name == "OBR":
            now.order, now.order_note = segment, []
        elif segment.name == "OBX":
            now.observations += 1
            told.append(_told(now, segment))
        elif segment.name == "NTE":
            _note(now, segment, told)
        now.after = segment.name if segment.name != "NTE" else now.after
    told = [one.model_copy(update={"note": _shown(one.note)}) for one in told]
    return told or [Told(label=f"Message {place}", problem="The message holds no result (OBX).")]


def _note(now: _Reading, segment: Segment, told: list[Told]) -> None:
    """Add a comment to the result before it; one after the order belongs to all its results."""
    words = segment.whole(3)
    if not words:
        return
    if told and now.after == "OBX":
        joined = f"{told[-1].note}\n{words}".strip()
        told[-1] = told[-1].model_copy(update={"note": joined})
    elif now.after == "OBR":
        now.order_note.append(words)


def _shown(note: str) -> str:
    """Return a comment as it is kept: one that is cut says so."""
    if len(note) <= _LONGEST_NOTE:
        return note
    return note[: _LONGEST_NOTE - len(_CUT)] + _CUT


def _told(now: _Reading, segment: Segment) -> Told:
    label = f"Message {now.message}, OBX {segment.text(1) or now.observations}"
    known = {
        "label": label,
        **(_patient(now.patient) if now.patient else {}),
        **(_order(now) if now.order else {}),
        **_test(segment),
        "sub_id": segment.text(4),
        "unit": segment.text(6),
        "range": segment.text(7),
        "flag": segment.text(8),
        "note": "\n".join(now.order_note),
        "status": STATUSES.get(segment.text(11), ""),
    }
    problem = _missing(now, segment, known) or _too_long(known)
    value, unread = _value(segment)
    known |= {"value": value}
    own_time = read_stamp(segment.text(14), now.zone)
    if own_time:
        known |= {"collected_at": own_time.at.isoformat(), "is_time_known": own_time.is_time_known}
    if not problem and not known.get("collected_at"):
        problem = ("collected_at", "OBR-7 says no time at which the sample was taken.")
    where, what = problem or unread or ("", "")
    known |= {name: f"{known.get(name, '')}"[:most] for name, (most, _) in _LONGEST.items()}
    return Told(**known, field=where, problem=what)


def _too_long(known: dict[str, object]) -> tuple[str, str] | None:
    """Return the first field that could not be kept whole: such a result waits, shown shortened."""
    for name, (most, where) in _LONGEST.items():
        if len(f"{known.get(name, '')}") > most:
            return name, f"{where} is longer than {most} characters. Take the result in by hand."
    numbers = known.get("patient_ids", ())
    if isinstance(numbers, tuple) and any(len(one) > _LONGEST_NUMBER for one in numbers):
        return "patient_ids", "A number of PID-3 is longer than 60 characters. Choose who it is."
    return None


def _missing(now: _Reading, segment: Segment, known: dict[str, object]) -> tuple[str, str] | None:
    if now.patient is None:
        return "patient", "No patient (PID) stands before this result."
    if now.order is None:
        return "report_number", "No order (OBR) stands before this result."
    if not known.get("report_number"):
        return "report_number", "The order has no number (OBR-3, OBR-2)."
    if not known.get("code") and not known.get("test_name"):
        return "code", "OBX-3 does not say what was measured."
    if not known["status"]:
        return "status", f"OBX-11 says {segment.text(11) or 'nothing'}; F, P, C and X are known."
    return None


def _patient(segment: Segment) -> dict[str, object]:
    numbers = [parts[0] for number in (3, 2) for parts in segment.repeats(number) if parts[0]]
    birth = segment.text(7)[:8]
    return {
        "patient_ids": tuple(dict.fromkeys(numbers))[:10],
        "patient_name": _name(segment.repeats(5)[:1]),
        "birth_on": _day(birth),
        "sex": {"M": "male", "F": "female", "O": "other"}.get(segment.text(8).upper(), ""),
    }


def _name(names: list[list[str]]) -> str:
    family, given, middle = [*(names[0] if names else []), "", "", ""][:3]
    return " ".join(part for part in (given, middle, family) if part)


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y%m%d").date().isoformat()  # noqa: DTZ007  a day
    except ValueError:
        return ""


def _order(now: _Reading) -> dict[str, object]:
    order = now.order
    assert order is not None  # noqa: S101  its caller looked
    taken, told = read_stamp(order.text(7), now.zone), read_stamp(order.text(22), now.zone)
    return {
        "report_number": order.text(3) or order.text(2),
        "collected_at": taken.at.isoformat() if taken else "",
        "is_time_known": bool(taken and taken.is_time_known),
        "reported_at": told.at.isoformat() if told else "",
    }


def _test(segment: Segment) -> dict[str, object]:
    """Return the test's code, LOINC before the laboratory's own, and its name."""
    parts = [*next(iter(segment.repeats(3)), []), "", "", "", "", "", ""][:6]
    own: dict[str, object] = {"code": parts[0], "system": parts[2]}
    if parts[5] == "LN" and parts[2] != "LN":
        own = {"code": parts[3], "system": "LN"}
    return own | {"test_name": parts[1] or parts[4]}


def _value(segment: Segment) -> tuple[str, tuple[str, str] | None]:
    """Return a result's value as text, or which field cannot be read and why."""
    kind, repeats = segment.text(2), segment.repeats(5)
    if kind == "SN":
        return _structured(next(iter(repeats), []))
    if kind not in NUMERIC | TEXTS:
        told = kind or "nothing"
        return "", (
            "value",
            f"OBX-2 says {told}: only numbers and words are taken (NM, SN, ST, TX, CE).",
        )
    if len(repeats) > 1 and kind == "NM":
        return "", ("value", "OBX-5 holds several numbers. Take them in by hand.")
    text = "; ".join(_word(parts, kind) for parts in repeats)
    if len(text) > _LONGEST_VALUE:
        return "", ("value", "OBX-5 is longer than 200 characters. Take its meaning in by hand.")
    return text, None


def _word(parts: list[str], kind: str) -> str:
    if kind in {"CE", "CWE", "CNE"}:
        return (parts[1] if len(parts) > 1 and parts[1] else parts[0]).strip()
    return " ".join(part for part in parts if part)


def _structured(parts: list[str]) -> tuple[str, tuple[str, str] | None]:
    bound, first, separator, second = [*parts, "", "", "", ""][:4]
    if separator or second or bound not in {"", "<", ">", "<=", ">=", "="}:
        return "", ("value", "OBX-5 holds a ratio or a span. Take it in by hand.")
    return f"{bound.replace('=', '') if bound == '=' else bound}{first}", None
