"""What commands and queries are given: closed, frozen, validated."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

MAX_TEXT = 500
LONGEST_CURSOR = 4096
"""Holds the longest text in the widest script, and the identifiers beside it."""
LARGEST_AMOUNT = Decimal("9999999999999999.99")


def _printable(value: str) -> str:
    if any(char < " " and char not in "\n\t" for char in value) or "\x7f" in value:
        msg = "holds control characters; type it again as plain text"
        raise ValueError(msg)
    return value


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_printable)]
ShortText = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_printable)]
Amount = Annotated[Decimal, Field(ge=0, le=LARGEST_AMOUNT, max_digits=18, decimal_places=2)]
SignedAmount = Annotated[
    Decimal, Field(ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT, max_digits=18, decimal_places=2)
]
UnitPrice = Annotated[Decimal, Field(ge=0, le=LARGEST_AMOUNT, max_digits=18, decimal_places=4)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
Quantity = Annotated[int, Field(ge=1, le=10_000_000)]
StateCode = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Day = date
Key = Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[\x21-\x7e]+$")]


class Closed(BaseModel):
    """A value with no room for unknown fields, never changed after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Command(Closed):
    """Base of every command input.

    Attributes:
        idempotency_key: Made by the caller before the first attempt and repeated with
            every retry; the command takes effect once per key.
    """

    idempotency_key: Key = Field(default_factory=lambda: str(uuid4()))


def id_from_key(data: Mapping[str, Any]) -> UUID:
    """Return the id of a thing whose maker named none: the same for every repeat of a request."""
    return uuid5(NAMESPACE_OID, f"{data.get('idempotency_key', '')}")


class Query(Closed):
    """Base of every query input."""


class Page(Query):
    """Base of a query that lists: one page, found by key and never by offset.

    Attributes:
        search: Words to find, in any order.
        cursor: `next_cursor` of the page before; empty for the first.
        limit: Rows of a page.
    """

    search: Text = ""
    cursor: Annotated[str, Field(max_length=LONGEST_CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Result(BaseModel):
    """Base of what commands and queries answer: data, never a table row."""

    model_config = ConfigDict(frozen=True)

    def first_answer(self) -> str:
        """Return the text given to the first caller; a repeat gets the stored one, which masks secrets."""
        return self.model_dump_json()


class ShownOnce(Result):
    """An answer with secrets: the first caller reads them, the stored answer masks them."""

    def first_answer(self) -> str:
        """Return the answer with its secrets in clear."""
        clear = {
            name: value.get_secret_value() for name, value in self if isinstance(value, SecretStr)
        }
        return json.dumps(self.model_dump(mode="json") | clear, separators=(",", ":"))


class Rows(Result):
    """A page of a list.

    Attributes:
        rows: The page's rows.
        next_cursor: Key of the page that follows; empty at the end.
    """

    rows: list[Any]
    next_cursor: str = ""


class Identified(Result):
    """The answer of a command that made or changed one thing."""

    id: UUID


class Nothing(Query):
    """The input of a query that needs none."""

    @model_validator(mode="before")
    @classmethod
    def _none_is_empty(cls, value: Any) -> Any:  # noqa: ANN401  anything may arrive
        return {} if value is None else value
