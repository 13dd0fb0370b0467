"""What goods cost on a device without the server: the prices of a lot as steps, sealed, and read back."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services import sales
from erp.services.catalog import SaleLine
from erp.services.platform import Closed, Percent, Quantity, UnitPrice
from erp.services.pos.basket import UnitCode
from erp.services.pos.errors import ForeignPrice
from erp.services.pos.offline_leasing import Lease
from erp.services.pos.offline_sealing import seal_of_prices
from erp.services.sales import ALL_GOODS, Asked, LotPrices, PriceBook, Rule

SCOPES = "pba"
"""Whose units a step counts: its product's, its brand's, all goods'; none of these is the variant's."""
ENDLESS = sys.maxsize
_FAMILIES: LiteralString = """
    select v.id, v.product_id, p.brand_id
      from variant v join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where v.tenant_id = %s and v.id = any(%s)
"""
Step = tuple[str, int, Decimal]
"""Whose units, from how many of them, and the price."""


class OfflineLine(Closed):
    """Units of one lot that were handed over.

    Attributes:
        unit_price: Of a base unit, tax included, before discounts.
        discount_percent: Taken off.
        unit, sold: What they were sold as, and how many of it, where that is a whole number of
            another unit than the base unit.
        prices, ceiling, seal: As the server gave them with the lot.
    """

    variant_id: UUID
    lot_id: UUID
    quantity: Quantity
    unit_price: UnitPrice
    prices: Annotated[str, Field(max_length=2000)]
    ceiling: Annotated[str, Field(pattern=r"^(\d{1,3}\.\d{2})?$")] = ""
    seal: Annotated[str, Field(max_length=64)]
    discount_percent: Percent = ZERO
    unit: UnitCode = ""
    sold: Quantity | None = None


def steps_of(book: PriceBook, line: SaleLine, lot: LotPrices) -> str:
    """Return the prices of a lot by what is in the cart, the walk-in customer's, tax included.

    Steps as `1:105.00;a20:102.00;p10:99.00`, of which the last one reached holds: the letter says
    whose units count, those of all goods, the brand or the product; without one the variant's.
    """
    every = Asked(line.variant_id, line.product_id, line.brand_id, ENDLESS)
    closest: list[Step] = []
    for rule, priced in sales.offers(book, every, lot, sales.PriceMode.INCLUSIVE):
        step = (_scope(rule, line), rule.min_quantity if rule else 1, priced.unit_price)
        if not any(_holds_with(known, step) for known in closest):
            closest.append(step)
    kept: list[Step] = []
    for step in reversed(closest):
        if not (kept and kept[-1][2] == step[2] and _holds_with(kept[-1], step)):
            kept.append(step)
    return ";".join(f"{scope}{start}:{price:.2f}" for scope, start, price in kept)


def _scope(rule: Rule | None, line: SaleLine) -> str:
    if rule is None or rule.is_for_lot or rule.min_quantity == 1:
        return ""
    return {line.product_id: "p", line.brand_id: "b", ALL_GOODS: "a"}.get(rule.target, "")


def _holds_with(one: Step, other: Step) -> bool:
    """Tell whether one step is reached wherever the other is."""
    is_wider = SCOPES.find(one[0] or " ") >= SCOPES.find(other[0] or " ")
    return one[1] == 1 or (is_wider and one[1] <= other[1])


def price_in(prices: str, units: Mapping[str, int]) -> Decimal:
    """Return the price of a base unit for the units in the cart, by whose they are."""
    steps = (step.split(":") for step in prices.split(";"))
    return next(
        Decimal(price)
        for start, price in reversed(list(steps))
        if int(start.lstrip(SCOPES)) <= units[start.rstrip("0123456789")]
    )


def are_prices_as_lent(
    session: Session, ctx: RequestContext, lease: Lease, lines: Sequence[OfflineLine]
) -> bool:
    """Tell whether the server gave the device every price of a bill."""
    try:
        require_prices(session, ctx, lease, lines)
    except ForeignPrice:
        return False
    return True


def require_prices(
    session: Session, ctx: RequestContext, lease: Lease, lines: Sequence[OfflineLine]
) -> None:
    """Refuse a price that the server did not give the device for what is on the bill.

    Raises:
        ForeignPrice: It is such a price.
    """
    counts = _counts(session, ctx, lines)
    for at, line in enumerate(lines):
        lot = (lease.id, line.variant_id, line.lot_id)
        is_ours = seal_of_prices(*lot, line.prices, line.ceiling) == line.seal
        if not is_ours or price_in(line.prices, counts[line.variant_id]) != line.unit_price:
            raise ForeignPrice(
                f"Line {at + 1} was sold at {line.unit_price}, which the device was not given.",
                fields={f"lines.{at}.unit_price": "not as given"},
            )


def _counts(
    session: Session, ctx: RequestContext, lines: Sequence[OfflineLine]
) -> dict[UUID, dict[str, int]]:
    """Return how many units count for each variant of a bill, by whose they are."""
    ids = sorted({line.variant_id for line in lines})
    rows = db.fetch_all(session, _FAMILIES, (ctx.tenant_id, ids))
    family = {row["id"]: (row["product_id"], row["brand_id"]) for row in rows}
    units: Counter[Any] = Counter()
    for line in lines:
        for whose in (line.variant_id, *family.get(line.variant_id, ()), ALL_GOODS):
            units[whose] += line.quantity
    whose = {id_: (id_, *family.get(id_, (id_, id_)), ALL_GOODS) for id_ in ids}
    return {
        id_: {scope: units[each] for scope, each in zip(("", *SCOPES), whose[id_], strict=True)}
        for id_ in ids
    }
