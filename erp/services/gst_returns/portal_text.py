"""JSON as the portals take it: amounts are numbers with two places, never binary fractions."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from erp.core.money import round_money


class Exact(Decimal):
    """A number that keeps its own places, such as a quantity or a unit price."""


Value = Mapping[str, "Value"] | Sequence["Value"] | Decimal | int | str


def portal_text(value: Value) -> str:
    """Return a value as JSON text; the same value always gives the same text."""
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def _write(value: Value, parts: list[str]) -> None:
    if isinstance(value, Exact):
        parts.append(f"{value:f}")
    elif isinstance(value, Decimal):
        parts.append(f"{round_money(value):f}")
    elif isinstance(value, Mapping):
        _write_object(value, parts)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, member in enumerate(value):
            parts.append("," if place else "[")
            _write(member, parts)
        parts.append("]" if value else "[]")
    else:
        parts.append(json.dumps(value, ensure_ascii=False))


def _write_object(value: Mapping[str, Value], parts: list[str]) -> None:
    for place, (name, member) in enumerate(value.items()):
        parts.append(f"{',' if place else '{'}{json.dumps(name)}:")
        _write(member, parts)
    parts.append("}" if value else "{}")
