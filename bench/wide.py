"""A catalogue of 50,000 variants: what a till and the lists ask of it, at the service."""

import itertools
import random
from typing import Any

from bench.loading import POTENCIES, REMEDIES, analyze, insert_catalogue, receive, tenant
from bench.measuring import Figure, figure, timed
from erp.core import db
from erp.core.context import RequestContext
from erp.services import platform

MADE_UP = 985
MAKERS = 50
BEGINNINGS = ("ac", "bal", "cal", "dro", "eu", "fer", "gal", "hel", "iri", "kal", "lac", "mer", "nat", "oe",
              "pho", "que", "rau", "sal", "ther", "ust", "ver", "xan", "zin")  # fmt: skip
MIDDLES = (
    "ba",
    "ce",
    "cho",
    "di",
    "ga",
    "li",
    "lo",
    "me",
    "ni",
    "phy",
    "ra",
    "ri",
    "sti",
    "thy",
    "vo",
)
ENDS = ("cum", "da", "lis", "mum", "num", "phora", "ris", "rum", "tica", "via", "xia", "ziga")
QUESTIONS = {
    "exact": ("SKU00017", "SKU31000", "SKU49999", "SKU04242"),
    "abbreviation": ("ars alb 30", "nux vom 200", "puls 1m", "rhus tox 6c", "bell 30", "arn mont 10m"),
    "misspelt": ("arsenic albam", "nux vomika 200", "pulsetila", "rus toxi 30", "beladona 1m", "likopodium"),
    "a word that fits all": ("30", "a", "bench 30", "ml"),
}  # fmt: skip


SORTS = {
    "catalog.list_products": ("-label", "sku", "brand", "-form"),
    "inventory.stock_by_lot": ("-label", "expires_on", "-on_hand", "value", "mrp", "location"),
}


def wide_catalogue() -> list[Figure]:
    """Load 50,000 variants in two lots each, and search and page through them."""
    ctx = tenant("wide", "27ZZZFZ0002Z1ZS")
    platform.run("inventory.create_warehouse", ctx, {"code": "MAIN", "name": "Main"})
    with db.unit_of_work(ctx, ttl_seconds=600) as session:
        variants = insert_catalogue(session, ctx, _goods())
    receive(ctx, variants)
    analyze()
    return [_searches(ctx, kind) for kind in QUESTIONS] + [
        _pages(ctx, "W9 page of the product list", "catalog.list_products"),
        _pages(ctx, "W9 page of the stock list", "inventory.stock_by_lot"),
        *(
            _pages(ctx, f"W9 page of {query}, by {sort}", query, sort)
            for query, sorts in SORTS.items()
            for sort in sorts
        ),
    ]


def _goods() -> list[tuple[str, str]]:
    chance = random.Random(5)
    names = [*REMEDIES, *itertools.islice(_made_up(chance), MADE_UP)]
    return [
        (f"{name} {maker:02d}", POTENCIES[maker % len(POTENCIES)])
        for name in names
        for maker in range(MAKERS)
    ]


def _made_up(chance: random.Random) -> Any:
    """Yield Latin-like names of two words, each once."""
    seen: set[str] = set()
    while True:
        words = [
            f"{chance.choice(BEGINNINGS)}{chance.choice(MIDDLES)}{chance.choice(ENDS)}"
            for _ in range(2)
        ]
        name = " ".join(words).title()
        if name not in seen:
            seen.add(name)
            yield name


def _searches(ctx: RequestContext, kind: str) -> Figure:
    asked = itertools.cycle(QUESTIONS[kind])
    return figure(
        f"W9 search of 50,000, {kind}",
        timed(lambda: _ask(ctx, "catalog.search_products", search=next(asked), limit=20), 300),
    )


def _pages(ctx: RequestContext, label: str, query: str, sort: str = "") -> Figure:
    """Turn pages of 50 from the first on, as a person does who looks for something."""
    cursors = [""]

    def turn() -> None:
        cursors.append(_ask(ctx, query, sort=sort, cursor=cursors[-1], limit=50).next_cursor)

    return figure(label, timed(turn, 50 if sort else 200))


def _ask(ctx: RequestContext, query: str, **given: Any) -> Any:
    return platform.run(query, ctx, given).result
