"""A list of goods as people send it, such as `Arnica 30 - 5, Nux vom 200 x 2`, made out."""

import re
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.catalog.searching import FoundProduct, SearchProducts, search_products
from erp.services.platform import Query, Result, query

MOST_CHARACTERS = 20_000
MOST_LINES = 200
CHOICES = 3
_PLAIN = str.maketrans({"\u00d7": "x", "\u2013": "-", "\u2014": "-", "\u2022": "*"})
"""Signs that phones write for `x`, `-` and `*`."""

_BREAKS = re.compile(r"[\n;,]+")
_BULLET = re.compile(r"^\s*(?:[-*]|\d{1,3}[.)])\s+")
_LEADING = re.compile(r"^(?P<units>\d{1,6})\s*(?:x|nos?\b|pcs?\b)\s*(?P<name>\S.*)$", re.IGNORECASE)
_MARKED = re.compile(
    r"^(?P<name>.*\S)\s*(?:\s-\s*|[=:]\s*|\s[x*]\s*|\bqty\s*)(?P<units>\d{1,6})"
    r"\s*(?:nos?|pcs?|bottles?|units?|packs?)?\.?$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^(?P<name>.*\S)\s+(?P<units>\d{1,6})\s*(?:nos?|pcs?|bottles?|units?|packs?)\.?$",
    re.IGNORECASE,
)


class ReadList(Query):
    """A list: a product with its quantity per line, or between commas."""

    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


class ListedChoice(Result):
    """A product that a line may mean."""

    variant_id: UUID
    label: str
    sellable: int


class ListedLine(Result):
    """A line as it was read.

    Attributes:
        text: As it was written.
        quantity: Base units; one where the line gives none.
        is_sure: Whether the first choice is the only one named so, or exactly what was asked for.
        choices: What it may mean, the likeliest first; empty where nothing was found.
    """

    text: str
    quantity: int
    is_sure: bool
    choices: list[ListedChoice]


class ListedGoods(Result):
    """A list that was read, in its order."""

    lines: list[ListedLine]


@query("catalog.read_list", permission="catalog.view", rest="POST /goods/lists")
def read_list(session: Session, ctx: RequestContext, wanted: ReadList) -> ListedGoods:
    """Find the products of a list; lines that mean several things show their choices.

    Raises:
        InvalidInput: The list has more than 200 lines.
    """
    lines = [
        text
        for part in _BREAKS.split(wanted.text.translate(_PLAIN))
        if (text := _BULLET.sub("", part).strip())
    ]
    if len(lines) > MOST_LINES:
        message = f"These are {len(lines)} lines. Paste up to {MOST_LINES} at once."
        raise InvalidInput(message, fields={"text": message})
    return ListedGoods(lines=[_read(session, ctx, text) for text in lines])


def split_quantity(text: str) -> tuple[str, int | None]:
    """Return the name in a line, and its quantity where one is marked as such.

    A bare number at the end is a potency, so only `- 5`, `x 5`, `= 5`, `5 nos` and `5 x` count.
    """
    for pattern in (_LEADING, _MARKED, _NAMED):
        found = pattern.match(text)
        if found and int(found["units"]):
            return found["name"].strip(" -:="), int(found["units"])
    return text, None


def _read(session: Session, ctx: RequestContext, text: str) -> ListedLine:
    name, units = split_quantity(text)
    asked = SearchProducts(search=name[:200], limit=CHOICES)
    found = search_products(session, ctx, asked).rows
    choices = [
        ListedChoice(variant_id=row.variant_id, label=row.label, sellable=row.sellable)
        for row in found
    ]
    return ListedLine(
        text=text,
        quantity=units or 1,
        is_sure=_is_sure(found),
        choices=choices,
    )


def _is_sure(found: Sequence[FoundProduct]) -> bool:
    """Tell whether the first find is what was asked for: it alone is named so, or it is its code."""
    if not found or found[0].is_close:
        return False
    return len(found) == 1 or found[0].is_exact
