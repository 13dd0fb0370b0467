"""Reading single values of a data set that may hold anything, noting what was odd."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from math import isfinite
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from erp.adapters.dicom.facts import Reason, Refused, printable

UID_PATTERN: Final = re.compile(r"[0-9]+(\.[0-9]+)*")
UID_LENGTH: Final = 64
PATIENT_ID_LENGTH: Final = 64
REPLACEMENT: Final = "\ufffd"
FAILURES: Final = (ValueError, TypeError, KeyError, AttributeError, LookupError, OverflowError)
LARGEST_OFFSET_HOURS: Final = 14
_OFFSET: Final = re.compile(r"([+-])(\d{2})([0-5]\d)")
_DATE: Final = re.compile(r"(\d{4})[.]?(\d{2})[.]?(\d{2})")
_TIME: Final = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6}))?")


class Values:
    """Typed access to one data set.

    A value that cannot be read is None and leaves a flag named after it; nothing raises
    but identifiers, without which an object cannot be filed.
    """

    def __init__(self, dataset: Dataset, flags: set[str]) -> None:
        self.dataset = dataset
        self.flags = flags

    def raw(self, keyword: str) -> Any:  # noqa: ANN401  any DICOM value
        """Return pydicom's value, or None when absent, empty or unreadable."""
        try:
            value = self.dataset.get(keyword)
        except FAILURES:
            self.flags.add(f"{snake(keyword)}_unreadable")
            return None
        return None if value is None or value == "" else value

    def text(self, keyword: str, limit: int = 1024) -> str | None:
        """Return one printable line; several values are joined with a backslash."""
        value = self.raw(keyword)
        if value is None:
            return None
        if isinstance(value, MultiValue | list):
            value = "\\".join(str(part) for part in value)
        text = str(value).rstrip("\0 ")
        clean = printable(text, limit)
        if REPLACEMENT in clean:
            self.flags.add("charset_invalid")
        if clean != text.strip():
            self.flags.add(f"{snake(keyword)}_cleaned")
        return clean or None

    def integer(self, keyword: str) -> int | None:
        """Return a whole number that a database integer holds."""
        value = self.number(keyword)
        if value is None:
            return None
        if value != int(value) or abs(value) >= 2**31:
            self.flags.add(f"{snake(keyword)}_invalid")
            return None
        return int(value)

    def number(self, keyword: str) -> float | None:
        """Return the first finite number of the element."""
        values = self.numbers(keyword)
        return values[0] if values else None

    def numbers(self, keyword: str) -> list[float]:
        """Return the numbers of the element; empty when one of them is not finite."""
        value = self.raw(keyword)
        if value is None:
            return []
        parts: Iterable[Any] = value if isinstance(value, MultiValue | list) else [value]
        try:
            numbers = [float(part) for part in parts]
        except FAILURES:
            numbers = [float("nan")]
        if all(isfinite(number) for number in numbers):
            return numbers
        self.flags.add(f"{snake(keyword)}_invalid")
        return []

    def day(self, keyword: str) -> date | None:
        """Return a DA value; None and a flag when it is no calendar day."""
        text = self.text(keyword)
        if text is None:
            return None
        match = _DATE.fullmatch(text)
        try:
            if match:
                return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
        self._bad(keyword)
        return None

    def moment(self, day_keyword: str, time_keyword: str) -> datetime | None:
        """Return date and time; midnight when the time is unusable.

        It is naive device time, unless the object says how far its clock is from UTC.
        """
        day = self.day(day_keyword)
        if day is None:
            return None
        text = self.text(time_keyword)
        clock = self._clock(time_keyword, text) if text else time()
        return datetime.combine(day, clock, self._zone())

    def _zone(self) -> timezone | None:
        """Return the offset from UTC of every time of the object: PS3.3 C.12.1.1.8."""
        text = self.text("TimezoneOffsetFromUTC")
        if text is None:
            return None
        match = _OFFSET.fullmatch(text)
        if match is None or int(match[2]) > LARGEST_OFFSET_HOURS:
            self._bad("TimezoneOffsetFromUTC")
            return None
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)

    def uid(self, keyword: str) -> str:
        """Return a required identifier.

        Raises:
            Refused: `missing_uid` or `bad_uid`.
        """
        text = str(self.raw(keyword) or "").strip("\0 ")
        if not text:
            raise Refused(Reason.MISSING_UID, f"{keyword} is missing.")
        return checked_uid(keyword, text)

    def optional_uid(self, keyword: str) -> str | None:
        """Return an identifier; None and a flag when it is not one."""
        text = str(self.raw(keyword) or "").strip("\0 ")
        if not text:
            return None
        try:
            return checked_uid(keyword, text)
        except Refused:
            self._bad(keyword)
            return None

    def patient_id(self) -> str | None:
        """Return the patient identifier exactly as sent, without its padding.

        Raises:
            Refused: `bad_value`; an identifier that was altered could name someone else.
        """
        value = self.raw("PatientID")
        if value is None:
            return None
        text = str(value).strip("\0 ") if isinstance(value, str) else "\\".join(map(str, value))
        if "\\" in text or len(text) > PATIENT_ID_LENGTH or not text.isprintable():
            raise Refused(
                Reason.BAD_VALUE,
                "PatientID holds control characters, several values or over 64 characters.",
            )
        return text or None

    def items(self, keyword: str) -> "list[Values]":
        """Return the items of a sequence, reporting into the same flags."""
        value = self.raw(keyword)
        if not isinstance(value, Iterable) or isinstance(value, str | bytes):
            return []
        return [Values(item, self.flags) for item in value if isinstance(item, Dataset)]

    def _clock(self, keyword: str, text: str) -> time:
        match = _TIME.fullmatch(text)
        try:
            if match:
                hours, minutes, seconds, fraction = match.groups("0")
                micros = int(fraction.ljust(6, "0"))
                return time(int(hours), int(minutes), min(int(seconds), 59), micros)
        except ValueError:
            pass
        self._bad(keyword)
        return time()

    def _bad(self, keyword: str) -> None:
        self.flags.add(f"{snake(keyword)}_invalid")


def checked_uid(keyword: str, text: str) -> str:
    """Return `text` when it is a UID.

    Leading zeros in a component are against the rule but common, and harmless here.

    Raises:
        Refused: `bad_uid`.

    Source:
        PS3.5 section 9.1.
    """
    if len(text) > UID_LENGTH or not UID_PATTERN.fullmatch(text):
        raise Refused(Reason.BAD_UID, f"{keyword} is not a DICOM identifier: {text[:80]}")
    return text


def snake(keyword: str) -> str:
    """Return a DICOM keyword in snake case: `StudyDate` becomes `study_date`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", keyword).lower()
