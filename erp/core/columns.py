"""Columns of a list as data: one description serves the screen, its sorting and its export."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """How a value is written; numbers are aligned right, with digits of one width."""

    TEXT = "text"
    CODE = "code"
    MONEY = "money"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    EXPIRY = "expiry"
    INSTANT = "instant"
    YES_NO = "yes_no"
    STATUS = "status"


NUMERIC = frozenset({Kind.MONEY, Kind.COUNT, Kind.NUMBER, Kind.PERCENT})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Attributes:
        key: Field of the query's row.
        detail: Another field, written small below the value.
        sort: Name the query knows this order by; empty where it cannot sort so.
        width: CSS width; empty lets the content decide.
        wide_only: Hidden on narrow screens, where the row's first columns matter.
        tones: Colour of each status: `green`, `amber`, `red`, `blue` or `gray`.
        tone: Field whose value picks the colour; the column is then shown as a badge.
        picture: Field of the address of a small picture, shown before the value.
        labels: Words for stored codes; others are written with their underscores as blanks.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    detail: str = ""
    sort: str = ""
    width: str = ""
    wide_only: bool = False
    tone: str = ""
    picture: str = ""
    tones: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_badge(self) -> bool:
        """Whether the value is shown as a badge with a colour."""
        return self.kind == Kind.STATUS or bool(self.tone)

    @property
    def is_numeric(self) -> bool:
        """Whether the column is aligned right."""
        return self.kind in NUMERIC


_LISTS: dict[str, tuple[Column, ...]] = {}


def declare_list(name: str, columns: tuple[Column, ...]) -> None:
    """Make the columns of a list known by its name, for whoever writes it elsewhere."""
    _LISTS[name] = columns


def columns_of(name: str) -> tuple[Column, ...] | None:
    """Return the columns of a list; nothing where no list has this name."""
    return _LISTS.get(name)


STATUS_TONES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("active", "accepted", "posted", "paid", "completed", "done", "open"), "green"
        ),
        **dict.fromkeys(("draft", "closed", "inactive", "cancelled", "archived"), "gray"),
        **dict.fromkeys(("waiting", "pending", "partial", "due", "repeat_requested"), "amber"),
        **dict.fromkeys(("rejected", "overdue", "expired", "failed", "quarantined", "dead"), "red"),
        **dict.fromkeys(("in_progress", "running", "received", "announced"), "blue"),
    }
)
"""The colour a status has where its column names none."""
