"""A quote is asked at every key: it waits for no sale, and no sale waits for it."""

from erp.core import db
from erp.services import inventory, party, platform
from erp.services.pos.shifts import hold_open_shift
from tests.factories import Shop
from tests.services.trading import add_customer, rows


def test_a_quote_is_answered_while_a_sale_holds_goods_shift_and_customer(trader: Shop):
    variant = trader.variant_ids[0]
    rows(trader, "update product set max_per_day = 9 returning 1")
    asha = add_customer(trader, name="Asha")
    wanted = {
        "shift_id": trader.shift_id,
        "customer_id": asha,
        "lines": [{"variant_id": variant, "quantity": 2}],
    }
    before = platform.run("pos.quote_cart", trader.ctx, wanted).result
    with db.unit_of_work(trader.ctx) as session:
        hold_open_shift(session, trader.ctx, trader.shift_id, alone=True)
        inventory.hold_shelves(session, trader.ctx, trader.storage_id, [variant])
        buyer = party.get_party_for_sale(session, trader.ctx, asha)
        party.hold_buyer(session, trader.ctx, buyer)
        meanwhile = platform.run("pos.quote_cart", trader.ctx, wanted).result
    assert meanwhile == before
    trader.run("pos.post_sale", trader.cart({variant: 2}, customer_id=asha))
