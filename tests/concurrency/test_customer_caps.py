"""However many tills sell to a customer at once, they have no more than they may."""

from functools import partial
from uuid import UUID

from erp.services.sales import BeyondCap
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, rows


def packs_of_one_product(shop: Shop, packs: int) -> list[UUID]:
    """Return variants of one capped product, whose sales lock no balance of each other."""
    (found,) = rows(shop, "select product_id from variant where id = %s", shop.variant_ids[0])
    cap = {"licence_class": "homeopathic", "max_per_day": 3}
    shop.run("catalog.set_licence_class", {"product_id": found["product_id"]} | cap)
    made = []
    for size in range(packs):
        pack = {"potency": "200C", "pack_quantity": 10 + size, "pack_unit": "ml"}
        about = {"product_id": found["product_id"], "sku": f"CAP-{size}"}
        made.append(shop.run("catalog.create_variant", about | pack).id)
        shop.receive(made[-1], 10)
    return made


def test_a_customer_who_buys_at_many_tills_at_once_has_no_more_than_the_cap(trader: Shop):
    packs = packs_of_one_product(trader, 8)
    asha = add_customer(trader, name="Asha")
    sales = [partial(trader.sell, {pack: 1}, customer_id=asha) for pack in packs]
    answers = at_once(sales)
    assert refusals(answers, BeyondCap) == 5
    (sold,) = rows(trader, "select sum(quantity)::int as units from invoice_line")
    assert sold["units"] == 3
    assert broken_promises() == []
