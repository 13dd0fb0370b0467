"""Goods are billed once, whoever bills them, and stock follows while it is sold."""

from decimal import Decimal
from functools import partial

from erp.services.billing import BilledTwice, BillNotHeld
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import (
    bill,
    billed,
    came,
    decide,
    detail,
    goods,
    registered,
)
from tests.services.books import balance


def test_one_bill_recorded_by_many_is_recorded_once(trader: Shop):
    registered(trader)
    receipt = came(trader, goods(trader, 100))
    wanted = [partial(bill, trader, "630.00", billed(receipt, 10, "60")) for _ in range(5)]

    assert refusals(at_once(wanted), BilledTwice) == 4
    assert balance(trader, "creditors") == -630
    assert broken_promises() == []


def test_goods_on_many_bills_match_only_as_often_as_they_came(trader: Shop):
    registered(trader)
    receipt = came(trader, goods(trader, 10))
    wanted = [
        partial(bill, trader, "252.00", billed(receipt, 4, "60"), bill_number=f"S{at}")
        for at in range(1, 6)
    ]
    made = [answer for answer in at_once(wanted) if not isinstance(answer, Exception)]

    assert sorted(one.status for one in made) == ["held"] * 3 + ["posted"] * 2
    assert sum(line.matched for one in made for line in detail(trader, one).lines) == 10
    assert broken_promises() == []


def test_of_many_decisions_on_a_bill_one_is_kept(trader: Shop):
    registered(trader)
    made = bill(trader, "735.00", billed(came(trader, goods(trader, 10)), 10, "70"))
    outcomes = ("accepted", "claimed", "refused", "accepted")
    answers = at_once([partial(decide, trader, made, outcome) for outcome in outcomes])
    assert refusals(answers, BillNotHeld) == 3
    assert broken_promises() == []


def test_stock_and_books_agree_while_goods_are_sold_and_billed(trader: Shop):
    registered(trader)
    variant = trader.variant_ids[0]
    receipts = [came(trader, goods(trader, 20, days=100)) for _ in range(4)]
    selling = [partial(trader.sell, {variant: 3}) for _ in range(12)]
    billing = [
        partial(bill, trader, "1270.50", billed(one, 20, "60.50"), bill_number=f"S{at}")
        for at, one in enumerate(receipts, start=1)
    ]
    answers = at_once([*selling, *billing])

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert balance(trader, "creditors") == Decimal("-5082.00")
    assert broken_promises() == []


def test_refusing_and_recording_bills_of_the_same_goods_never_wait_in_a_circle(trader: Shop):
    registered(trader)
    receipt = came(trader, *[goods(trader, 10, at=at) for at in (0, 1, 2)])
    lines = [billed(receipt, 10, "70", receipt_line_no=number) for number in (3, 1, 2)]
    for turn in range(5):
        held = bill(trader, "2205.00", *lines, bill_number=f"H{turn}")
        others = [
            partial(
                bill,
                trader,
                "630.00",
                billed(receipt, 10, "60", receipt_line_no=number),
                bill_number=f"T{turn}{number}",
            )
            for number in (1, 2, 3)
        ]
        answers = at_once([partial(decide, trader, held, "refused"), *others])
        assert [one for one in answers if isinstance(one, Exception)] == []
        for one in answers[1:]:
            if one.status == "held":
                decide(trader, one, "refused")
    assert broken_promises() == []
