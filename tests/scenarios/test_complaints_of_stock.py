"""What users of other systems complain of in stock, by number: each cannot happen here.

Numbers are those of the table of complaints the product set out to answer.
"""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services import inventory
from erp.services.inventory import InsufficientStock
from erp.services.inventory.errors import LotNotThereThen
from erp.services.inventory.queries import StockByLot
from erp.services.platform import Nothing
from tests.concurrency.crowd import at_once, refusals
from tests.crash.till import counted
from tests.factories import Shop, broken_promises, receipt_line
from tests.services.books import balance
from tests.services.inventory.past_goods import receive, sell
from tests.services.sales.ordering import buyer, goods, order, reserved
from tests.services.trading import rows


def moves(shop: Shop) -> dict[object, object]:
    """Return every move of the shop as it is stored."""
    return {row["id"]: row for row in rows(shop, "select * from stock_move")}


def test_3_01_a_late_entry_rewrites_no_later_row(trader: Shop):
    for days_ago in (40, 30):
        receive(trader, days_ago=days_ago)
    for _ in range(5):
        sell(trader, 1, days_ago=10)
    before = moves(trader)
    with counted(lambda _: None) as late:
        receive(trader, days_ago=30)
    with counted(lambda _: None) as today:
        receive(trader, days_ago=0)
    assert {key: row for key, row in moves(trader).items() if key in before} == before
    more = Counter(late) - Counter(today)
    assert not more, "a late entry asks the database no more than one of today"
    assert broken_promises() == []


def test_3_02_stock_and_its_age_are_read_from_balances_not_from_moves(trader: Shop):
    """Thirty moves more, and not one row of them more is read."""
    few = moves_read(trader)
    for _ in range(10):
        trader.sell(dict.fromkeys(trader.variant_ids, 1))
    assert moves_read(trader) == few == 0


def moves_read(shop: Shop) -> int:
    """Return how many rows of moves the database fetches for the stock of a shop and its age."""
    read = (
        "select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as n"
        "  from pg_stat_xact_user_tables where relname = 'stock_move'"
    )
    with db.unit_of_work(shop.ctx) as session:
        before = db.fetch_one(session, read)
        inventory.stock_by_lot(session, shop.ctx, StockByLot())
        inventory.stock_ageing(session, shop.ctx, Nothing())
        after = db.fetch_one(session, read)
    assert before
    assert after
    return int(after["n"] - before["n"])


def test_3_03_people_who_post_stock_at_once_never_lock_each_other_out(trader: Shop):
    first, second, third = trader.variant_ids
    baskets = [{first: 1, second: 1, third: 1}, {third: 1, second: 1, first: 1}]
    answers = at_once([partial(trader.sell, basket) for basket in baskets * 5])
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert broken_promises() == []


def test_3_04_a_lot_in_a_place_has_one_balance_and_is_never_promised_twice(trader: Shop):
    variant = trader.variant_ids[0]
    line = receipt_line(trader.ctx, variant, 10, lot_number="ONE")
    came = at_once([partial(trader.run, "inventory.receive_goods", {"lines": [line]})] * 4)
    assert [one for one in came if isinstance(one, Exception)] == []
    found = trader.run("inventory.stock_by_lot", {"lot_id": came[0].lines[0].lot_id}).rows
    assert [row.on_hand for row in found] == [40]
    customer, there = buyer(trader), trader.on_hand(variant)
    wanted = goods(trader, there - 10)
    calls = [partial(order, trader, customer, wanted)] * 2
    taken = [answer for answer in at_once(calls) if not isinstance(answer, Exception)]
    assert len(taken) == 2
    assert there - 10 <= reserved(trader, variant) <= there
    assert broken_promises() == []


def test_3_05_two_lines_of_one_cart_never_take_the_same_units(trader: Shop):
    variant = trader.variant_ids[0]
    there = trader.on_hand(variant)
    lines = [{"variant_id": variant, "quantity": there}, {"variant_id": variant, "quantity": 1}]
    with pytest.raises(InsufficientStock):
        trader.run("pos.post_sale", trader.cart({}) | {"lines": lines})
    assert trader.on_hand(variant) == there
    answers = at_once([partial(trader.sell, {variant: there // 2 + 1})] * 4)
    assert refusals(answers, InsufficientStock) == 3


def test_3_13_every_lot_has_its_own_mrp_and_a_line_over_two_has_two_prices(trader: Shop):
    variant = trader.variant_ids[0]
    trader.receive(variant, 1, days=200, mrp="99.00")
    receipt = trader.sell({variant: 2})
    assert [(line.quantity, line.unit_price) for line in receipt.lines] == [(1, 99), (1, 105)]
    assert receipt.total == 204


def test_3_14_first_expiry_goes_first_on_whatever_day_it_is_entered(trader: Shop):
    receive(trader, days_ago=60, days=390, lot_number="LATER")
    receive(trader, days_ago=50, days=350, lot_number="SOONER")
    sold = sell(trader, 12, days_ago=20)
    assert [(line.lot_number, line.quantity) for line in sold.lines] == [
        ("SOONER", 10),
        ("LATER", 2),
    ]


def test_3_15_expired_goods_are_never_sold_and_may_still_be_written_off(trader: Shop):
    (variant, *_) = trader.variant_ids
    for lot in trader.lot_ids[variant]:
        trader.run(
            "inventory.write_off_stock",
            {"reason_code": "damaged", "lines": [{"lot_id": lot, "quantity": 100}]},
        )
    old = receive(trader, days_ago=30, days=-1)
    with pytest.raises(InsufficientStock):
        trader.sell({variant: 1})
    gone = {"reason_code": "expired", "lines": [{"lot_id": old, "quantity": 10}]}
    trader.run("inventory.write_off_stock", gone)
    assert trader.on_hand(variant) == 0


def test_3_16_lot_expiry_and_mrp_are_typed_on_the_line_of_the_delivery(trader: Shop):
    line = receipt_line(trader.ctx, trader.variant_ids[0], 5, lot_number="NEW1", mrp="88.00")
    receipt = trader.run("inventory.receive_goods", {"lines": [line]})
    lot = trader.run("inventory.get_lot", {"lot_id": receipt.lines[0].lot_id})
    assert (lot.lot_number, lot.mrp) == ("NEW1", Decimal("88.00"))
    assert lot.expires_on == line["expires_on"]


def test_3_17_every_move_names_its_lot(trader: Shop):
    """The lot is a column of the move that the database insists on."""
    trader.sell({trader.variant_ids[0]: 1})
    column = rows(
        trader,
        "select is_nullable from information_schema.columns"
        " where table_name = 'stock_move' and column_name = 'lot_id'",
    )
    assert column == [{"is_nullable": "NO"}]
    lots = trader.lot_ids[trader.variant_ids[0]]
    (sold,) = rows(trader, "select lot_id from stock_move where origin_type = 'sale'")
    assert sold["lot_id"] == lots[0]


def test_3_18_no_late_entry_takes_stock_below_nothing(trader: Shop):
    lot = receive(trader, days_ago=10, days=250)
    sell(trader, 10, days_ago=5)
    taken = {"reason_code": "damaged", "lines": [{"lot_id": lot, "quantity": 1}]}
    with pytest.raises(InsufficientStock):
        trader.run("inventory.write_off_stock", taken, at=trader.ctx.now - timedelta(days=7))
    came = receive(trader, days_ago=0)
    early = {"reason_code": "damaged", "lines": [{"lot_id": came, "quantity": 1}]}
    with pytest.raises(LotNotThereThen):  # full today, and not there a week ago
        trader.run("inventory.write_off_stock", early, at=trader.ctx.now - timedelta(days=7))
    assert balance(trader, "inventory") > 0
    assert broken_promises() == []


def test_3_19_what_a_sale_cost_is_written_once(trader: Shop):
    sold = trader.sell({trader.variant_ids[0]: 3})
    asked = "select value from stock_move where origin_id = %s"
    before = rows(trader, asked, sold.sale_id)
    trader.receive(trader.variant_ids[0], 50, unit_cost="90.00")
    assert rows(trader, asked, sold.sale_id) == before == [{"value": Decimal("180.00")}]


def test_3_20_no_unit_leaves_a_thousandth_of_a_box(trader: Shop):
    """Factors are whole numbers over whole numbers, and what is no whole base unit is refused."""
    variant = trader.variant_ids[0]
    unit = {"variant_id": variant, "code": "BOX", "numerator": 12, "denominator": 1}
    trader.run("catalog.define_unit", unit)
    line = receipt_line(trader.ctx, variant, 3, lot_number="BOXED") | {"unit": "BOX"}
    came = trader.run("inventory.receive_goods", {"lines": [line]})
    found = trader.run("inventory.stock_by_lot", {"lot_id": came.lines[0].lot_id}).rows
    assert [row.on_hand for row in found] == [36]
    half = line | {"quantity": "0.3", "lot_number": "HALF"}
    with pytest.raises(InvalidInput):
        trader.run("inventory.receive_goods", {"lines": [half]})
