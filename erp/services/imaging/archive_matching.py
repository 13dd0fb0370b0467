"""DICOM's rules of matching as conditions of SQL, for every way of searching the archive.

Source: PS3.4 C.2.2.2. Every value is bound; columns are ours.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from erp.core.errors import InvalidInput

Kind = Literal["text", "name", "uid", "day", "instant_day", "instant_time", "number", "modalities"]
"""How a key is matched; `instant_day` and `instant_time` are parts of an instant."""
_RANGE: Final = re.compile(r"(?P<low>[^-]*)-(?P<high>[^-]*)")
_DAY_TEXT: Final = re.compile(r"\d{8}")
_TIME_TEXT: Final = re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?")
_NAME: Final = (
    "' ' || regexp_replace(regexp_replace(normalize(lower({column}), nfkd), '[\u0300-\u036f]', '', 'g'),"
    " '[\\^=,.[:space:]]+', ' ', 'g')"
)


@dataclass(slots=True)
class Statement:
    """Conditions, and the values they name.

    Attributes:
        zone: The tenant's time zone, in which days and times are meant.
        fuzzy: Names match by the beginnings of their words, in any order, accents aside.
    """

    zone: str
    fuzzy: bool = False
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def value(self, value: object) -> str:
        """Bind a value and return its place."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def match(self, kind: Kind, column: str, text: str, key: str) -> None:
        """Add that a column matches what was sent for a key; nothing and `*` match everything.

        Raises:
            InvalidInput: What was sent is no date, time, number or UID; the key is named.
        """
        if not is_universal(text):
            self.conditions.append(_MATCHERS[kind](self, column, text.strip("\0 "), key))

    @property
    def where(self) -> str:
        """Return all conditions, each begun with `and`."""
        return "".join(f" and {condition}" for condition in self.conditions)


def is_universal(text: str) -> bool:
    """Tell whether a key matches everything."""
    return text.strip("\0 ").strip("*") == ""


def _text(made: Statement, column: str, text: str, _key: str) -> str:
    return _plain(made, column, text)


def _plain(made: Statement, column: str, text: str) -> str:
    """Match a text with wildcards, or one of several that backslashes separate."""
    wanted = [part.strip() for part in text.split("\\") if part.strip()]
    if any(is_universal(part) for part in wanted):
        return "true"
    found = [
        f"{column} like {made.value(_pattern(part))}"
        if "*" in part or "?" in part
        else f"{column} = {made.value(part)}"
        for part in wanted
    ]
    return f"({' or '.join(found)})" if found else "true"


def _pattern(text: str) -> str:
    """Return the LIKE pattern of DICOM's wildcards."""
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return plain.replace("*", "%").replace("?", "_")


def _name(made: Statement, column: str, text: str, _key: str) -> str:
    """Names match whatever their case; fuzzily by the beginnings of their words."""
    if not made.fuzzy:
        return _plain(made, f"lower({column})", text.lower())
    words = re.split(r"[\^=,.*?\s]+", text.lower())
    folded = _NAME.replace("{column}", column)
    found = [
        f"{folded} like '%% ' || regexp_replace(normalize({made.value(_pattern(word))}, nfkd),"
        " '[\u0300-\u036f]', '', 'g') || '%%'"
        for word in words
        if word
    ]
    return f"({' and '.join(found)})" if found else "true"


def _uid(made: Statement, column: str, text: str, key: str) -> str:
    """Match any identifier of a list, which commas or backslashes separate."""
    uids = [part.strip("\0 ") for part in re.split(r"[,\\]", text) if part.strip("\0 ")]
    if not all(re.fullmatch(r"[0-9.]{1,64}", uid) for uid in uids):
        raise InvalidInput(f"{key} is no list of UIDs.", fields={key: "must be UIDs"})
    return f"{column} = any({made.value(uids)})"


def _number(made: Statement, column: str, text: str, key: str) -> str:
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise InvalidInput(f"{key} must be a whole number.", fields={key: "is no whole number"})
    return f"{column} = {made.value(int(text))}"


def _modalities(made: Statement, _column: str, text: str, _key: str) -> str:
    wanted = [part.strip() for part in re.split(r"[,\\]", text) if part.strip()]
    found = " or ".join(_plain(made, "own.modality", one) for one in wanted) or "true"
    return (
        "exists (select from dicom_series own where own.tenant_id = study.tenant_id"
        f" and own.study_id = study.id and ({found}))"
    )


def _day(made: Statement, column: str, text: str, key: str) -> str:
    low, high = _days(text, key)
    parts = [f"{column} >= {made.value(low)}"] if low else []
    parts += [f"{column} <= {made.value(high)}"] if high else []
    return f"({' and '.join(parts)})"


def _instant_day(made: Statement, column: str, text: str, key: str) -> str:
    """Match a day, or a range of days, of the tenant's time zone by its instants."""
    low, high = _days(text, key)
    zone = ZoneInfo(made.zone)
    parts = []
    if low:
        parts.append(f"{column} >= {made.value(_start(low, zone))}")
    if high:
        parts.append(f"{column} < {made.value(_start(high + timedelta(days=1), zone))}")
    return f"({' and '.join(parts)})"


def _instant_time(made: Statement, column: str, text: str, key: str) -> str:
    """Match a time of day, to the precision given, or a range of them."""
    low, high = _ends(text.replace(":", ""), key, _TIME_TEXT)
    local = f"({column} at time zone {made.value(made.zone)})::time"
    parts = []
    if low:
        parts.append(f"{local} >= {made.value(_clock(low, key, '000000.000000'))}")
    if high:
        parts.append(f"{local} <= {made.value(_clock(high, key, '005959.999999'))}")
    return f"({' and '.join(parts)})"


def _days(text: str, key: str) -> tuple[date | None, date | None]:
    low, high = _ends(text.replace(".", ""), key, _DAY_TEXT)
    return _calendar_day(low, key), _calendar_day(high, key)


def _ends(text: str, key: str, form: re.Pattern[str]) -> tuple[str, str]:
    """Return both ends of a range, either of which may be open; a single value is both."""
    match = _RANGE.fullmatch(text)
    low, high = (match["low"].strip(), match["high"].strip()) if match else (text, text)
    if not (low or high) or any(end and not form.fullmatch(end) for end in (low, high)):
        raise InvalidInput(
            f"{key} must be a value such as 20240131, or a range such as 20240101-20240131.",
            fields={key: "is no date, time or range"},
        )
    return low, high


def _calendar_day(text: str, key: str) -> date | None:
    if not text:
        return None
    try:
        found = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise InvalidInput(
            f"{key} names no day of the calendar.", fields={key: "is no day"}
        ) from None
    if not date(1, 1, 2) <= found <= date(9999, 12, 30):
        raise InvalidInput(f"{key} is out of range.", fields={key: "is out of range"})
    return found


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _clock(text: str, key: str, rest: str) -> time:
    """Return a time whose missing digits are `rest`'s."""
    whole = text + rest[len(text) :]
    try:
        return datetime.strptime(whole.ljust(13, "0"), "%H%M%S.%f").replace(tzinfo=UTC).time()
    except ValueError:
        raise InvalidInput(f"{key} names no time of day.", fields={key: "is no time"}) from None


_MATCHERS: Final[dict[Kind, Callable[[Statement, str, str, str], str]]] = {
    "text": _text,
    "name": _name,
    "uid": _uid,
    "day": _day,
    "instant_day": _instant_day,
    "instant_time": _instant_time,
    "number": _number,
    "modalities": _modalities,
}
