"""Inputs made from an action's own schema: well formed, about whatever id they are given."""

import re
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import find
from hypothesis.strategies import from_regex

from erp.services import platform

SAMPLES = (
    "27",
    "AB12",
    "sample",
    "Sample text",
    "sample@example.com",
    "+91 98765 43210",
    "3004",
    "411001",
    "8901234567890",
    "12",
    "2026-27",
    "sales.list",
    "1.2.840.10008.1.1",
    "0" * 64,
    "",
)
FORMATS = {
    "date": "2026-11-21",
    "date-time": "2026-11-21T09:30:00+05:30",
    "password": "a long enough secret",
}
Schema = dict[str, Any]


def uuid_fields(action: platform.Action) -> list[str]:
    """Return the input's own fields that hold an id."""
    properties = _schema_of(action).get("properties", {})
    return [name for name, schema in properties.items() if "uuid" in str(schema)]


def sample_input(action: platform.Action, an_id: UUID) -> Schema:
    """Return a well-formed input in which every required id, and every given one, is `an_id`."""
    schema = _schema_of(action)
    wanted = set(schema.get("required", ())) | set(uuid_fields(action))
    wanted.discard("idempotency_key")
    made = {name: _value(schema["properties"][name], schema, an_id) for name in wanted}
    return {name: value for name, value in made.items() if value is not None}


@cache
def _schema_of(action: platform.Action) -> Schema:
    return action.input_model.model_json_schema()


def _value(part: Schema, root: Schema, an_id: UUID) -> Any:
    if "$ref" in part:
        return _value(root["$defs"][part["$ref"].rpartition("/")[2]], root, an_id)
    for choice in ("const", "default"):
        if part.get(choice) is not None and part.get("format") != "uuid":
            return part[choice]
    if "enum" in part:
        return part["enum"][0]
    options = part.get("anyOf") or part.get("oneOf")
    if options:
        return _value(next(o for o in options if o.get("type") != "null"), root, an_id)
    return _typed(part, root, an_id)


def _typed(part: Schema, root: Schema, an_id: UUID) -> Any:
    kind = part.get("type")
    if kind == "object":
        names = set(part.get("required", ())) - {"idempotency_key"}
        return {name: _value(part["properties"][name], root, an_id) for name in names}
    if kind == "array":
        items = part.get("items") or part.get("prefixItems", [{}])[0]
        return [_value(items, root, an_id) for _ in range(max(1, part.get("minItems", 0)))]
    if kind in {"integer", "number"}:
        return max(1, part.get("minimum", 1), part.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return False
    return _text(part, an_id)


def _text(part: Schema, an_id: UUID) -> str:
    if part.get("format") == "uuid":
        return str(an_id)
    if part.get("format") in FORMATS:
        return FORMATS[part["format"]]
    lengths = part.get("minLength", 0), part.get("maxLength", 99)
    return _matching(part.get("pattern", ""), *lengths)


@cache
def _matching(pattern: str, shortest: int, longest: int) -> str:
    for sample in SAMPLES:
        if re.search(pattern, sample) and shortest <= len(sample) <= longest:
            return sample
    return find(from_regex(pattern, fullmatch=True), lambda text: shortest <= len(text) <= longest)
