"""Orders of lists: what a list may be sorted by, and its pages, found by key in each order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, LiteralString

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services.platform.cursors import decode_cursor, encode_cursor
from erp.services.platform.inputs import Page

SortKind = Literal[
    "text", "number", "yes_no", "day", "instant", "id", "number?", "day?", "instant?"
]
"""How a column is compared. With a question mark it may be missing: it stands after every other
then, and before them turned round; an index on the bare column does not serve it."""
_TYPES: Final[Mapping[SortKind, LiteralString]] = {
    "text": "text",
    "number": "numeric",
    "yes_no": "boolean",
    "day": "date",
    "instant": "timestamptz",
    "id": "uuid",
    "number?": "numeric",
    "day?": "date",
    "instant?": "timestamptz",
}
_MISSING: Final = "infinity"


@dataclass(frozen=True, slots=True)
class Order:
    """The orders that a list can be asked for, as the `Annotated` rule of its `sort`.

    Attributes:
        usual: The order where none is asked for: a key or an id, with a minus for descending.
        keys: Columns of the statement, each named as the field of the row that it fills.
        ids: Columns that together tell rows apart: they follow the key, in its direction.
    """

    usual: LiteralString
    keys: Mapping[LiteralString, SortKind]
    ids: Mapping[LiteralString, SortKind] = field(default_factory=lambda: {"id": "id"})

    @property
    def names(self) -> list[str]:
        """What `sort` may be; the empty text is the usual order."""
        return ["", *self.keys, *(f"-{key}" for key in self.keys)]

    def columns_of(self, sort: str) -> dict[LiteralString, SortKind]:
        """Return the columns a sort compares, the decisive one in front."""
        first = (sort or self.usual).removeprefix("-")
        every = {**self.keys, **self.ids}
        return {name: every[name] for name in every if name == first} | dict(self.ids)

    def is_down(self, sort: str) -> bool:
        """Whether a sort begins with the largest."""
        return (sort or self.usual).startswith("-")

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let `sort` be one of `names`; an error lists them."""
        return core_schema.literal_schema(self.names)


class SortedPage(Page):
    """Base of a query whose list can be sorted; it says how with `Annotated[str, Order(...)]`.

    Attributes:
        sort: A column's name, with a minus in front for the largest first; empty for the
            list's usual order. A cursor holds for the order that it was made in.
    """

    sort: str = ""


def order_of(wanted: type[SortedPage]) -> Order:
    """Return the orders of a query's input."""
    return next(rule for rule in wanted.model_fields["sort"].metadata if isinstance(rule, Order))


def fetch_page(
    session: Session, wanted: SortedPage, select: LiteralString, params: Mapping[str, Any]
) -> tuple[list[db.Row], str]:
    """Return the rows of the page that is asked for, and the cursor of the page after it.

    Args:
        select: The whole list's statement, without order and limit.

    Raises:
        InvalidInput: The cursor is none of this list in this order.
    """
    text, given = page_text(wanted, select)
    return cut_page(wanted, db.fetch_all(session, text, {**params, **given}))


def page_text(wanted: SortedPage, select: LiteralString) -> tuple[LiteralString, dict[str, Any]]:
    """Return the statement of the page with one row more, and what it is given besides.

    `after_<column>` is given where the page begins after a row, for lists that search from there.

    Raises:
        InvalidInput: The cursor is none of this list in this order.
    """
    order = order_of(type(wanted))
    columns = order.columns_of(wanted.sort)
    after = _begin(wanted, columns)
    text = _text(select, columns, is_down=order.is_down(wanted.sort), is_first=not after)
    return text, {**after, "page_limit": wanted.limit + 1}


def cut_page(wanted: SortedPage, rows: list[db.Row]) -> tuple[list[db.Row], str]:
    """Return the rows that `page_text` found without the one too many, and the next cursor."""
    page = rows[: wanted.limit]
    if len(rows) == len(page):
        return page, ""
    columns = order_of(type(wanted)).columns_of(wanted.sort)
    return page, encode_cursor(wanted.sort, *(_written(page[-1][name]) for name in columns))


def _begin(wanted: SortedPage, columns: Mapping[LiteralString, SortKind]) -> dict[str, str]:
    key = decode_cursor(wanted.cursor, len(columns) + 1)
    if key is None:
        return {}
    if key[0] != wanted.sort:
        raise InvalidInput(
            "The cursor belongs to another order of this list. Start again from the first page.",
            fields={"cursor": "made in another order"},
        )
    return {f"after_{name}": value for name, value in zip(columns, key[1:], strict=True)}


def _text(
    select: LiteralString,
    columns: Mapping[LiteralString, SortKind],
    *,
    is_down: bool,
    is_first: bool,
) -> LiteralString:
    compared = [_compared(name, kind) for name, kind in columns.items()]
    keys = ", ".join(compared)
    values = ", ".join([f"%(after_{name})s::{_TYPES[kind]}" for name, kind in columns.items()])
    beyond: LiteralString = "<" if is_down else ">"
    first, value = compared[0], values.partition(", ")[0]
    begin: LiteralString = (
        "" if is_first else f"where {first} {beyond}= {value} and ({keys}) {beyond} ({values})"
    )
    way: LiteralString = " desc" if is_down else ""
    by = ", ".join([f"{key}{way}" for key in compared])
    return f"select * from ({select}) listed {begin} order by {by} limit %(page_limit)s"  # noqa: S608  made of literals


def _compared(name: LiteralString, kind: SortKind) -> LiteralString:
    if kind.endswith("?"):
        return f"coalesce(listed.{name}, '{_MISSING}'::{_TYPES[kind]})"
    return f"listed.{name}"


def _written(value: object) -> str:
    if value is None:
        return _MISSING
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
