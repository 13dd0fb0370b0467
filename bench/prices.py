"""W9: a cart of thirty lines priced with 50,000 rules: the calculation, and with fetching its rules."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from bench.loading import Shop
from bench.measuring import Figure, figure, timed
from erp.core import db
from erp.core.ids import new_id
from erp.services import catalog, party, sales
from erp.services.sales import Asked, LotPrices, PriceBook, PriceMode

RULES = 50_000
LISTS = 10
LINES = 30


def price_figures(shop: Shop) -> list[Figure]:
    """Price thirty lines with ten lists of 5,000 prices and quantity breaks, all open to the customer."""
    _load(shop)
    with db.unit_of_work(shop.ctx) as session:
        buyer = party.get_party_for_sale(session, shop.ctx, shop.customers[0])
        goods = catalog.get_lines_for_sale(session, shop.ctx, shop.variants[:LINES], shop.ctx.today)
        every = catalog.get_lines_for_sale(session, shop.ctx, shop.variants, shop.ctx.today)
        whole = sales.load_prices(session, shop.ctx, buyer, every.values())

        def fetched() -> None:
            _price(sales.load_prices(session, shop.ctx, buyer, goods.values()), goods)

        label = f"{LINES} lines, {len(whole.rules):,} rules"
        return [
            figure(f"W10 price of a cart, {label}", timed(lambda: _price(whole, goods), 300)),
            figure(f"W10 with its rules fetched, {label}", timed(fetched, 300)),
        ]


def _price(book: PriceBook, goods: Mapping[UUID, catalog.SaleLine]) -> None:
    cart = [Asked(line.variant_id, line.product_id, line.brand_id, 12) for line in goods.values()]
    sales.free_goods(book, cart)
    lot = LotPrices(None, Decimal(95), Decimal(72), Decimal(65), Decimal(60), Decimal(5))
    for asked in cart:
        sales.price(book, asked, lot, PriceMode.INCLUSIVE)


def _load(shop: Shop) -> None:
    """Write the lists set by set: half for the customer, half for everyone; one price in two is a break."""
    with db.unit_of_work(shop.ctx, ttl_seconds=600) as session:
        for at in range(LISTS):
            given = {
                "tenant": shop.ctx.tenant_id,
                "list": new_id(),
                "code": f"L{at}",
                "audience": "customer" if at % 2 else "everyone",
                "party": shop.customers[0] if at % 2 else None,
                "today": shop.ctx.today,
                "user": shop.ctx.user_id,
                "now": shop.ctx.now,
                "variants": list(shop.variants[: RULES // LISTS]),
                "least": at + 1,
            }
            db.execute(
                session,
                "insert into price_list (tenant_id, id, code, name, audience, party_id, price_mode,"
                " valid_from, is_active) values (%(tenant)s, %(list)s, %(code)s, %(code)s,"
                " %(audience)s, %(party)s, 'inclusive', %(today)s, true)",
                given,
            )
            db.execute(
                session,
                "insert into price_rule (tenant_id, id, list_id, kind, variant_id, min_quantity,"
                " basis, percent, repeats, valid_from, reason, set_by, set_at)"
                " select %(tenant)s, gen_random_uuid(), %(list)s, 'price', v, %(least)s, 'mrp', -10,"
                " true, %(today)s, '', %(user)s, %(now)s from unnest(%(variants)s::uuid[]) v",
                given,
            )
