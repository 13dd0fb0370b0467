"""Credit on lost goods goes back once, to the unit, on the account of the loss, in the month's return."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.gst_returns import NothingLost
from tests.concurrency.crowd import at_once
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import bill, billed, came, goods, registered
from tests.services.books import balance
from tests.services.gst_returns.months import gstin_of
from tests.services.unchanged import refused


def lot(shop: Shop, quantity: int = 20, **facts):
    """Take in units at 100 and their bill; return the lot."""
    if not shop.run("party.list_parties", {"search": "SBL"}).rows:
        registered(shop, name="SBL Agencies")
    receipt = came(shop, goods(shop, quantity, unit_cost="100", **facts))
    value = Decimal(quantity) * 105
    bill(shop, f"{value:.2f}", billed(receipt, quantity, "100"))
    return receipt.lines[0].lot_id


def write_off(shop: Shop, lot_id, quantity: int, reason: str = "damaged"):
    line = {"lot_id": lot_id, "quantity": quantity}
    return shop.run("inventory.write_off_stock", {"reason_code": reason, "lines": [line]})


def losses(shop: Shop, **more):
    return shop.run("gst_returns.list_lost_goods", more).rows


def reverse(shop: Shop, **more):
    return shop.run("gst_returns.reverse_losses", {"gstin": gstin_of(shop)} | more)


def test_a_loss_waits_with_the_credit_on_its_units_and_is_reversed_once(trader: Shop):
    lot_id = lot(trader)
    written = write_off(trader, lot_id, 3)
    (row,) = losses(trader)
    assert (row.id, row.cgst, row.sgst, row.tax) == (
        written.write_off_id, Decimal("7.50"), Decimal("7.50"), 15,
    )  # fmt: skip
    assert (row.standing, row.value) == ("waiting", 300)
    done = reverse(trader)
    assert (done.documents, done.tax) == (1, 15)
    assert balance(trader, "loss_expired") == 315
    assert [x.standing for x in losses(trader)] == ["reversed"]
    assert losses(trader, state="waiting") == []
    with refused(trader, NothingLost):
        reverse(trader)
    assert broken_promises() == []


def test_credit_is_not_given_back_before_the_goods_are_lost(trader: Shop):
    write_off(trader, lot(trader), 3)
    today = trader.ctx.today
    with refused(trader, NothingLost):
        reverse(trader, booked_on=today - timedelta(days=1), until=today)
    assert reverse(trader, until=today).tax == 15


def test_free_units_share_the_credit_and_no_more_than_was_taken_goes_back(trader: Shop):
    lot_id = lot(trader, 10, free_quantity=1)
    for units in (4, 4, 3):
        write_off(trader, lot_id, units)
    done = reverse(trader)
    assert (done.documents, done.tax) == (3, 50)
    assert balance(trader, "input_cgst") == balance(trader, "input_sgst") == 0


def test_free_units_of_a_delivery_that_two_bills_share_count_once(trader: Shop):
    registered(trader, name="SBL Agencies")
    receipt = came(trader, goods(trader, 10, unit_cost="100", free_quantity=1))
    for number in ("SBL/1", "SBL/2"):
        bill(trader, "525.00", billed(receipt, 5, "100"), bill_number=number)
    write_off(trader, receipt.lines[0].lot_id, 11)
    assert [row.tax for row in losses(trader)] == [50]
    assert reverse(trader).tax == 50


def test_goods_without_a_bill_bear_no_credit_until_it_comes(trader: Shop):
    registered(trader, name="SBL Agencies")
    receipt = came(trader, goods(trader, 5, unit_cost="100"))
    written = write_off(trader, receipt.lines[0].lot_id, 2)
    assert [(row.tax, row.standing) for row in losses(trader)] == [(0, "none")]
    with refused(trader, NothingLost):
        reverse(trader)
    bill(trader, "525.00", billed(receipt, 5, "100"))
    assert [(row.tax, row.standing) for row in losses(trader)] == [(10, "waiting")]
    assert reverse(trader, origin_ids=[written.write_off_id]).tax == 10


def test_a_count_and_a_sample_bear_it_on_their_own_accounts(trader: Shop):
    lot_id = lot(trader)
    for reason in ("sample", "theft"):
        given = {"reason_code": reason, "lines": [{"lot_id": lot_id, "change": -1}]}
        trader.run("inventory.adjust_stock", given)
    reverse(trader)
    assert balance(trader, "sales_promotion") == balance(trader, "stock_adjustment") == 105


def adjust(shop: Shop, lot_id, change: int):
    given = {"reason_code": "count", "lines": [{"lot_id": lot_id, "change": change}]}
    shop.run("inventory.adjust_stock", given)


def test_goods_that_were_found_again_were_not_lost(trader: Shop):
    lot_id = lot(trader)
    adjust(trader, lot_id, -5)
    assert [row.tax for row in losses(trader)] == [25]
    adjust(trader, lot_id, 3)
    assert [row.tax for row in losses(trader)] == [10]
    assert reverse(trader).tax == 10
    adjust(trader, lot_id, 2)
    adjust(trader, lot_id, -1)
    assert sorted(row.tax for row in losses(trader)) == [5, 10]
    assert reverse(trader).tax == 5
    adjust(trader, lot_id, -4)
    adjust(trader, lot_id, 4)
    with refused(trader, NothingLost):
        reverse(trader)


def test_goods_found_do_not_take_back_what_was_damaged(trader: Shop):
    lot_id = lot(trader)
    write_off(trader, lot_id, 3)
    adjust(trader, lot_id, 2)
    assert [row.tax for row in losses(trader)] == [15]
    assert reverse(trader).tax == 15


def test_what_was_given_back_by_hand_before_waits_no_more(trader: Shop):
    written = write_off(trader, lot(trader), 3)
    typed = {"gstin": gstin_of(trader), "kind": "blocked", "cgst": "7.50", "sgst": "7.50"}
    trader.run("gst_returns.change_credit", typed | {"reason": "Typed before"})
    with refused(trader, InvalidInput, "origin_ids"):
        reverse(trader, is_done_by_hand=True)
    done = reverse(trader, origin_ids=[written.write_off_id], is_done_by_hand=True)
    assert (done.documents, done.tax, balance(trader, "loss_expired")) == (1, 0, 315)
    assert losses(trader, state="waiting") == []
    assert [row.standing for row in losses(trader)] == ["none"]


def test_two_who_reverse_at_once_give_it_back_once(trader: Shop):
    write_off(trader, lot(trader), 3)
    given = {"gstin": gstin_of(trader)}
    outcomes = at_once(
        [lambda: trader.run("gst_returns.reverse_losses", dict(given)) for _ in range(4)]
    )
    assert sum(isinstance(x, NothingLost) for x in outcomes) == 3
    assert balance(trader, "loss_expired") == 315
    assert broken_promises() == []


def test_pages_follow_each_other_and_only_bookkeepers_reverse(trader: Shop):
    lot_id = lot(trader)
    for _ in range(3):
        write_off(trader, lot_id, 1)
    first = trader.run("gst_returns.list_lost_goods", {"limit": 2})
    rest = trader.run("gst_returns.list_lost_goods", {"limit": 2, "cursor": first.next_cursor})
    assert (len(first.rows), len(rest.rows), bool(rest.next_cursor)) == (2, 1, False)
    given = {"gstin": gstin_of(trader)}
    with pytest.raises(PermissionDenied):
        trader.run("gst_returns.reverse_losses", given, by=trader.acting_as("cashier"))
