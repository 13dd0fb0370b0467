"""Read what strangers send: size, depth and text are checked before anything looks at it."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NoReturn

from starlette.datastructures import QueryParams
from starlette.requests import Request

from erp.api.problems import BodyTooLarge, MalformedRequest, NotJson

LARGEST_BODY = 1_000_000
DEEPEST_JSON = 32
LONGEST_NUMBER = 64


async def read_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """Return the body, at most `largest` bytes of it.

    Raises:
        BodyTooLarge: There is more.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > largest:
        raise _too_large(largest)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise _too_large(largest)
    return bytes(body)


def require_json(content_type: str) -> None:
    """Refuse a body that is declared as something else; a form of another site cannot be JSON.

    Raises:
        NotJson: The content type is another.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise NotJson("Send the body as JSON, with the header Content-Type: application/json.")


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body; numbers with a point stay exact.

    Raises:
        MalformedRequest: It is no JSON object, too deep, or holds what no text holds.
    """
    if not body.strip():
        return {}
    try:
        parsed = json.loads(
            body.decode(),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise MalformedRequest(f"The body is not valid JSON: {_position(error)}.") from None
    if not isinstance(parsed, dict):
        raise MalformedRequest("The body must be a JSON object, such as {}.")
    _check_values(parsed, body)
    return parsed


def parse_query(params: QueryParams, lists: frozenset[str]) -> dict[str, Any]:
    """Return query parameters as input; those of a list field may be repeated.

    Raises:
        MalformedRequest: A parameter is repeated, or holds a NUL character.
    """
    found: dict[str, Any] = {}
    for name in params:
        values = params.getlist(name)
        if any("\0" in value for value in values):
            raise _bad_text(name)
        if name in lists:
            found[name] = values
        elif len(values) > 1:
            raise MalformedRequest(f"Give {name} once.", fields={name: "was given twice"})
        else:
            found[name] = values[0]
    return found


def _check_values(parsed: dict[str, Any], body: bytes) -> None:
    """Look closer at the few bodies that could be too deep or hold what is no text."""
    if body.count(b"[") + body.count(b"{") > DEEPEST_JSON or b"\\u" in body or b"\0" in body:
        for path, value, depth in _walk(parsed):
            if depth > DEEPEST_JSON:
                raise _too_deep()
            if isinstance(value, str) and not _is_text(value):
                raise _bad_text(path)


def _walk(parsed: Any) -> Iterator[tuple[str, Any, int]]:  # noqa: ANN401  any JSON
    waiting: list[tuple[str, Any, int]] = [("", parsed, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        yield path, value, depth
        if depth > DEEPEST_JSON:
            return
        for key, item in _items(value):
            inner = f"{path}.{key}" if path else str(key)
            waiting.append((inner, str(key), depth))
            waiting.append((inner, item, depth + 1))


def _items(value: Any) -> Iterable[tuple[object, Any]]:  # noqa: ANN401  any JSON
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _is_text(value: str) -> bool:
    if "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decimal(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("a number has too many digits")
    number = Decimal(text)
    if not -LONGEST_NUMBER < number.adjusted() < LONGEST_NUMBER:
        raise ValueError("a number is too large or too small")
    return number


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("a number has too many digits")
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return made


def _position(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    return str(error)


def _too_large(largest: int) -> BodyTooLarge:
    most = f"{largest // 1_000_000} MB" if largest >= LARGEST_BODY else f"{largest // 1_000} KB"
    return BodyTooLarge(f"This is larger than {most}. Send less at once.")


def _too_deep() -> MalformedRequest:
    return MalformedRequest(f"The JSON is nested deeper than {DEEPEST_JSON} levels.")


def _bad_text(path: str) -> MalformedRequest:
    name = path.encode("ascii", "replace").decode().replace("\0", "?")[:120]
    return MalformedRequest(
        "A text holds characters that cannot be stored. Type it again as plain text.",
        fields={name: "holds a NUL or broken character"},
    )
