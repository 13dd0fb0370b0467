"""Uses of coupons go back to when none was given back, and come forward again."""

import psycopg
from alembic import command

from erp.core import db, migrations
from tests.factories import make_shop

USES = "select {} from coupon_use order by use_no"


def test_uses_keep_their_limit_on_the_way_back_and_forward(scratch: str):
    shop = make_shop("before")
    shop.run("sales.create_coupon", {"code": "TEN", "name": "Ten", "percent": "10", "max_uses": 2})
    goods = {shop.variant_ids[0]: 2}
    first, second = (shop.sell(goods, coupon="TEN").sale_id for _ in range(2))
    line, refund = {"line_no": 1, "quantity": 2}, {"method": "cash", "amount": "189.00"}
    back = {"sale_id": first, "lines": [line], "tenders": [refund], "reason": "Not wanted"}
    shop.run("pos.post_return", back | {"shift_id": shop.shift_id})
    third = shop.sell(goods, coupon="TEN").sale_id
    db.dispose()

    config = migrations._alembic_config(scratch)
    command.downgrade(config, "0091")
    command.downgrade(config, "-1")
    assert _uses(scratch, "use_no, document_id") == [(1, third), (2, second)]
    command.upgrade(config, "head")
    assert _uses(scratch, "use_no, slot, given_back_at") == [(1, 1, None), (2, 2, None)]


def _uses(url: str, columns: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(USES.format(columns).encode()).fetchall()
