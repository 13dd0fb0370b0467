"""Turns query rows into the display text that a browser may hold.

Reflex sends `Decimal` as a binary float, so every number leaves as text, written the Indian
way, and every instant in the tenant's time zone.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from erp.core.columns import STATUS_TONES, Column, Kind
from erp.core.formatting import (
    date_text,
    expiry_text,
    group_count,
    group_number,
    instant_text,
    money_text,
    plain_decimal,
)

NOTHING = "\N{EN DASH}"
_CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def _plain(value: Any) -> str:
    return plain_decimal(Decimal(str(value)))


_WRITERS: dict[Kind, Callable[[Any], str]] = {
    Kind.MONEY: lambda value: money_text(Decimal(str(value))),
    Kind.COUNT: lambda value: group_count(int(value)),
    Kind.NUMBER: lambda value: group_number(Decimal(str(value))),
    Kind.PERCENT: lambda value: f"{_plain(value)}%",
    Kind.YES_NO: lambda value: "Yes" if value else "No",
}


def display_rows(
    rows: Iterable[Any], columns: Iterable[Column], time_zone: str, link: str = ""
) -> list[dict[str, str]]:
    """Return rows as text: one entry per column, plus `id`, `href` and `<key>_tone`.

    Args:
        link: Route with fields in braces, such as `/products/{id}`; empty for no link.
    """
    wanted = tuple(columns)
    return [_display_row(_fields(row), wanted, time_zone, link) for row in rows]


def display_value(value: Any, kind: Kind, time_zone: str = "Asia/Kolkata") -> str:
    """Return one value as text for the screen; a dash where there is none."""
    if value is None or value == "":
        return NOTHING
    if kind in {Kind.DATE, Kind.EXPIRY, Kind.INSTANT}:
        return _moment(value, kind, time_zone)
    if kind in _WRITERS:
        return _WRITERS[kind](value)
    return str(value)


def _moment(value: Any, kind: Kind, time_zone: str) -> str:
    if kind == Kind.INSTANT:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return instant_text(instant, time_zone)
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    return expiry_text(day) if kind == Kind.EXPIRY else date_text(day)


def _display_row(
    row: Mapping[str, Any], columns: tuple[Column, ...], time_zone: str, link: str
) -> dict[str, str]:
    shown = {"id": str(row.get("id", "")), "href": link.format_map(row) if link else ""}
    for column in columns:
        value = row.get(column.key)
        shown[column.key] = _label(value, column) or display_value(value, column.kind, time_zone)
        if column.is_badge:
            shown[f"{column.key}_tone"] = _tone(row, column)
        if column.picture:
            shown[column.picture] = row.get(column.picture) or ""
        if column.detail:
            detail = row.get(column.detail)
            words = display_value(detail, Kind.TEXT, time_zone)
            shown[column.detail] = words if detail not in (None, "") else ""
    return shown


def _tone(row: Mapping[str, Any], column: Column) -> str:
    """Return the colour of a badge; none where there is no value to show."""
    if row.get(column.key) in (None, ""):
        return ""
    code = f"{row.get(column.tone or column.key)}"
    return column.tones.get(code, STATUS_TONES.get(code, "gray"))


def _label(value: Any, column: Column) -> str:
    """Return the word for a code, in plain letters where none is given; nothing for other values."""
    known = column.labels.get(f"{value}", "")
    is_code = column.kind == Kind.STATUS or (column.labels and _CODE.fullmatch(f"{value}"))
    return known or (f"{value}".replace("_", " ").capitalize() if value and is_code else "")


def _fields(row: Any) -> Mapping[str, Any]:
    if isinstance(row, BaseModel):
        kind = type(row)
        return {
            name: getattr(row, name) for name in (*kind.model_fields, *kind.model_computed_fields)
        }
    return row if isinstance(row, Mapping) else vars(row)
