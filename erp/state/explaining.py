"""What is wrong with a field, in words for the person at the form."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from erp.core.errors import DomainError

FORM = "form"
"""Where an error goes that belongs to no field."""

_NUMBER = "Type a plain number such as 1250.50."
_WHOLE = "Type a whole number."
_DAY = "Type a day such as 21-11-2026, or choose one."
_EMPTY = "Fill this in."
_CHOICE = "Choose one from the list."
_WORDS: Mapping[str, str] = {
    "missing": _EMPTY,
    "string_too_short": "Type at least {min_length} characters.",
    "string_too_long": "Type at most {max_length} characters.",
    "string_pattern_mismatch": "Some of these characters are not allowed here.",
    "string_type": "Type text.",
    "string_unicode": "Type text.",
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_max_digits": "This number is too long.",
    "decimal_max_places": "Use at most {decimal_places} digits after the point.",
    "decimal_whole_digits": "This number is too large.",
    "finite_number": _NUMBER,
    "int_parsing": _WHOLE,
    "int_parsing_size": "This number is too large.",
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "greater_than": "Type a number above {gt}.",
    "greater_than_equal": "Type a number of at least {ge}.",
    "less_than": "Type a number below {lt}.",
    "less_than_equal": "Type a number of at most {le}.",
    "date_parsing": _DAY,
    "date_type": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_parsing": "Choose a date and a time.",
    "datetime_from_date_parsing": "Choose a date and a time.",
    "uuid_parsing": _CHOICE,
    "uuid_type": _CHOICE,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "too_short": "Add at least {min_length}.",
    "too_long": "At most {max_length} are allowed.",
    "extra_forbidden": "This does not belong here. Reload the page.",
}


def errors_by_field(error: ValidationError | DomainError) -> dict[str, str]:
    """Return one message per input field; nested fields are named with dots.

    A field with several faults gets the first one's message.
    """
    if isinstance(error, DomainError):
        return dict(error.fields)
    problems = error.errors(include_input=False, include_url=False)
    return {_field(problem): _words(problem) for problem in reversed(problems)}


def _field(problem: ErrorDetails) -> str:
    return ".".join(str(part) for part in problem["loc"]) or FORM


def _words(problem: ErrorDetails) -> str:
    known = _WORDS.get(problem["type"])
    if known is None:
        return _sentence(problem["msg"].removeprefix("Value error, "))
    facts: dict[str, Any] = problem.get("ctx", {})
    if problem["type"] == "string_too_short" and facts["min_length"] == 1:
        return _EMPTY
    return known.format_map(facts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
