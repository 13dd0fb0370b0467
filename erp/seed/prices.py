"""The demo's selling prices: the usual lists, a contract, a scheme, a quantity break, a coupon."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.services import platform

COUPON = "MONSOON-5"
_FAST, _BULK = "arnica 30c", "calendula"
"""Words of the products that have a scheme and a quantity break."""
_CONTRACT = "Zest Homoeo Pharmacy"


def seed_prices(ctx: RequestContext) -> None:
    """Set the demo's prices as from the acting day; a second time it changes nothing."""
    _run(ctx, "make_standard_lists")
    shop = _run(
        ctx, "create_price_list", code="SHOP", name="Offers of the shop", audience="everyone"
    )
    fast, bulk = _variant(ctx, _FAST), _variant(ctx, _BULK)
    scheme = {"scope": "variant", "goods_id": fast, "buy_quantity": 10, "free_quantity": 1}
    _run(ctx, "set_scheme", list_id=shop, reason="Maker's offer of the season", **scheme)
    for units, percent in ((6, "-5"), (12, "-8")):
        price = {"scope": "variant", "goods_id": bulk, "min_quantity": units, "basis": "mrp"}
        _run(ctx, "set_price", list_id=shop, percent=percent, reason="Sold by the box", **price)
    _contract(ctx, fast)
    until = ctx.today + timedelta(days=90)
    coupon = {"code": COUPON, "name": "Monsoon, five percent", "percent": "5", "min_bill": "300.00"}
    _run(ctx, "create_coupon", max_discount="75.00", max_uses=200, valid_until=until, **coupon)


def _contract(ctx: RequestContext, fast: UUID) -> None:
    found: Any = platform.run("party.list_parties", ctx, {"search": _CONTRACT, "limit": 1}).result
    terms = {"audience": "customer", "customer_id": found.rows[0].id, "price_mode": "exclusive"}
    deal = _run(ctx, "create_price_list", code="ZEST-2026", name="Zest, contract 2026", **terms)
    _run(ctx, "set_price", list_id=deal, basis="ptr", percent="-2", reason="Pays within ten days")
    goods = {"scope": "variant", "goods_id": fast, "min_quantity": 50}
    _run(ctx, "set_price", list_id=deal, basis="ptr", percent="-6", reason="By the carton", **goods)


def _variant(ctx: RequestContext, words: str) -> UUID:
    found: Any = platform.run("catalog.list_products", ctx, {"search": words, "limit": 1}).result
    variant_id: UUID = found.rows[0].variant_id
    return variant_id


def _run(ctx: RequestContext, command: str, **given: object) -> UUID | None:
    """Run a command of selling under a key of its own; return the id of what it made, if any."""
    named = (given.get("code"), given.get("list_id"), given.get("min_quantity"), given.get("basis"))
    key = "-".join(f"{part}" for part in ("seed", command, *named) if part)
    done = platform.run(f"sales.{command}", ctx, given | {"idempotency_key": key}).result
    return done.id if isinstance(done, platform.Identified) else None
