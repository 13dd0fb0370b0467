"""Refusals as RFC 9457 problem documents: what is wrong, in which field, and what to do."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_jsonable_python
from starlette.responses import Response

from erp.core.errors import (
    Busy,
    ConfirmationRequired,
    DomainError,
    InvalidInput,
    NotSignedIn,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1
_WORDING = {
    "missing": "is required; add it",
    "extra_forbidden": "is not known here; remove it or check its spelling",
    "uuid_parsing": "must be an id, such as one copied from a list",
    "uuid_type": "must be an id, such as one copied from a list",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large; give a smaller number",
    "decimal_parsing": "must be a number such as 12.50",
    "decimal_type": "must be a number such as 12.50",
    "decimal_max_digits": "has too many digits; use at most {max_digits}",
    "decimal_max_places": "has too many decimals; use at most {decimal_places}",
    "decimal_whole_digits": "is too large; use at most {whole_digits} digits before the point",
    "finite_number": "must be a finite number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_type": "must be text",
    "string_unicode": "holds characters that are not text; type it again",
    "string_too_long": "is too long; use at most {max_length} characters",
    "string_too_short": "is too short; use at least {min_length} characters",
    "string_pattern_mismatch": "does not have the right form; it must match {pattern}",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "date_parsing": "must be a date written as YYYY-MM-DD",
    "date_from_datetime_parsing": "must be a date written as YYYY-MM-DD",
    "date_from_datetime_inexact": "must be a date without a time, written as YYYY-MM-DD",
    "date_type": "must be a date written as YYYY-MM-DD",
    "datetime_parsing": "must be an instant such as 2026-11-21T09:30:00+05:30",
    "datetime_from_date_parsing": "must be an instant such as 2026-11-21T09:30:00+05:30",
    "datetime_type": "must be an instant such as 2026-11-21T09:30:00+05:30",
    "timezone_aware": "must name its time zone, such as 2026-11-21T09:30:00+05:30",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
}


class MalformedRequest(DomainError):
    """The request cannot be read; nothing was looked at, let alone done."""

    code = "malformed_request"
    status = 400


class IdempotencyKeyMissing(MalformedRequest):
    """A command came without the key that makes a retry safe."""

    code = "idempotency_key_missing"


class BodyTooLarge(MalformedRequest):
    """The body is larger than any request of ours."""

    code = "body_too_large"
    status = 413


class NotJson(MalformedRequest):
    """The body is declared as something else than JSON."""

    code = "not_json"
    status = 415


class TooManyAttempts(DomainError):
    """Too many refused credentials came from one address."""

    code = "too_many_attempts"
    status = 429


class CrossSiteRequest(DomainError):
    """A page of another site tried to act with this browser's session."""

    code = "cross_site_request"
    status = 403


def problem_response(error: Exception, request_id: str) -> Response:
    """Return the problem document of a refusal; a bug becomes a 500 that tells nothing."""
    if isinstance(error, ValidationError):
        error = invalid_input(error)
    if not isinstance(error, DomainError):
        detail = "Something went wrong on our side. Nothing was changed; report the request id."
        return _response(500, "internal_error", detail, request_id)
    more: dict[str, Any] = {"errors": error.fields} if error.fields else {}
    if error.details:
        more["details"] = to_jsonable_python(error.details)
    if isinstance(error, ConfirmationRequired):
        more["confirm"] = error.code
    return _response(error.status, error.code, error.message, request_id, more, _headers(error))


def plain_problem(status: int, code: str, request_id: str) -> Response:
    """Return a problem document that says no more than its HTTP status does."""
    return _response(status, code, f"{HTTPStatus(status).phrase}.", request_id)


def invalid_input(error: ValidationError) -> InvalidInput:
    """Return the refusal that names every wrong field, with what to do about it."""
    problems = _faults_of_their_own(error.errors(include_input=False, include_url=False))
    fields = {field_path(problem["loc"]): wording(problem) for problem in reversed(problems)}
    listed = ", ".join(sorted(fields)[:5])
    return InvalidInput(f"Correct these and try again: {listed}.", fields=fields)


def _faults_of_their_own(problems: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out what is wrong only because something else is.

    A default that is made of other fields, and a list that is short without its wrong entries.
    """
    inside = {place["loc"][:depth] for place in problems for depth in range(len(place["loc"]))}
    return [
        problem
        for problem in problems
        if problem["type"] != "default_factory_not_called"
        and not (problem["type"] == "too_short" and problem["loc"] in inside)
    ]


def field_path(loc: tuple[int | str, ...]) -> str:
    """Return where a field is, as `lines.0.quantity`; the whole input is `request`."""
    return ".".join(str(part) for part in loc) or "request"


def wording(problem: ErrorDetails) -> str:
    """Say in plain words what is wrong with a value."""
    template = _WORDING.get(problem["type"])
    if template is None:
        return problem["msg"].removeprefix("Value error, ")
    return template.format_map(problem.get("ctx", {}))


def _headers(error: DomainError) -> dict[str, str]:
    if isinstance(error, Busy | Unavailable):
        return {"retry-after": str(RETRY_SECONDS)}
    if isinstance(error, TooManyAttempts):
        return {"retry-after": str(error.details.get("retry_after_seconds", 60))}
    if isinstance(error, NotSignedIn):
        return {"www-authenticate": 'Bearer realm="erp"'}
    return {}


def _response(
    status: int,
    code: str,
    detail: str,
    request_id: str,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = {
        "type": f"urn:vantage:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        **(more or {}),
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, dict(headers or {}), MEDIA_TYPE)
