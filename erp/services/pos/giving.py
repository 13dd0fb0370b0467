"""What comes free with a cart, and what leaves the shop with it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from erp.services.catalog import SaleLine
from erp.services.pos.basket import CartLine
from erp.services.pos.errors import MoreThanScheme
from erp.services.sales import Asked, FreeGoods, Handed


def handed_over(given: Iterable[FreeGoods], lines: Sequence[CartLine]) -> list[FreeGoods]:
    """Return the free goods that leave the shop: what the schemes give, or fewer where a line says so."""
    by_variant = {free.for_variant_id: free for free in given}
    said: dict[UUID, int] = {}
    for at, line in enumerate(lines):
        if line.free_quantity is None:
            continue
        said[line.variant_id] = said.get(line.variant_id, 0) + line.free_quantity
        free = by_variant.get(line.variant_id)
        most = free.quantity if free else 0
        if said[line.variant_id] > most:
            message = f"The scheme gives {most} free. Take no more than that."
            raise MoreThanScheme(message, fields={f"lines.{at}.free_quantity": message})
    handed = (
        replace(free, quantity=said.get(variant_id, free.quantity))
        for variant_id, free in by_variant.items()
    )
    return [free for free in handed if free.quantity]


def all_handed(
    lines: Sequence[CartLine],
    goods: Mapping[UUID, SaleLine],
    asked: Mapping[UUID, Asked],
    free: Sequence[FreeGoods],
) -> list[Handed]:
    """Return what leaves the shop; goods that only come free stand on the line that gives them."""
    units = Counter({variant_id: line.quantity for variant_id, line in asked.items()})
    for gift in free:
        units[gift.variant_id] += gift.quantity
    places = [(at, line.variant_id, False) for at, line in enumerate(lines)]
    places += [
        (giver_of(lines, gift), gift.variant_id, True)
        for gift in free
        if gift.variant_id not in asked
    ]
    return [
        Handed(f"lines.{at}.quantity", goods[variant_id], units[variant_id], is_gift)
        for at, variant_id, is_gift in places
    ]


def giver_of(lines: Sequence[CartLine], gift: FreeGoods) -> int:
    """Return the place of the first line that a gift comes with."""
    return next(at for at, line in enumerate(lines) if line.variant_id == gift.for_variant_id)
