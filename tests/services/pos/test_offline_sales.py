"""Bills made without the server: posted as they happened, or kept until somebody settles them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.clock import fiscal_year, utc_now
from erp.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from erp.services.inventory import InsufficientStock
from erp.services.pos import (
    AboveMrp,
    ApprovalRequired,
    BillsOutstanding,
    LeaseHeld,
    LeaseRunOut,
    Malformed,
    ShiftClosed,
)
from tests.factories import Shop, broken_promises, make_shop
from tests.services.pos.devices import Device, told
from tests.services.sales.pricing import make_list, set_price, set_scheme
from tests.services.trading import refused, rows

SETTLE = "pos.settle_offline"


def waiting(device: Device, bill, code: str):
    """Hand in a bill that must not be posted, and return it as it waits."""
    before = device.shop.count("sale")
    answer = device.sends(bill)
    assert answer.status == "waiting", answer
    assert device.shop.count("sale") == before
    row = rows(device.shop, "select code, reason from offline_sale where id = %s", bill["sale_id"])
    assert row[0]["code"] == code, row
    assert row[0]["reason"]
    return answer


def settling(bill, **more):
    return {"sale_id": bill["sale_id"], "answer": "counted again"} | more


def settle(shop: Shop, bill, **more):
    return shop.run(SETTLE, settling(bill, **more))


def test_a_sale_is_posted_with_the_number_date_lots_and_price_it_had(trader: Shop):
    first, second = trader.variant_ids[:2]
    device = Device(trader, by=trader.acting_as("cashier"))
    assert device.lease.prefix.startswith("FPOS1/")
    assert len(f"{device.lease.prefix}{1:0{device.lease.width}d}") <= 16
    sold_at = utc_now() - timedelta(minutes=4)
    bill = device.bill({first: 101, second: 2}, at=sold_at)
    answer = device.sends(bill)
    assert answer.status == "posted"
    sale = rows(
        trader,
        "select s.user_id, s.sold_at, i.number, i.issued_on, i.total, i.cgst from sale s"
        " join invoice i on i.id = s.invoice_id where s.id = %s",
        bill["sale_id"],
    )[0]
    assert (sale["number"], sale["sold_at"]) == (answer.number, sold_at)
    assert sale["user_id"] == trader.user_ids["cashier"]
    assert (sale["total"], sale["cgst"]) == (bill["totals"]["total"], bill["totals"]["cgst"])
    moved = rows(
        trader, "select lot_id, quantity from stock_move where origin_id = %s", bill["sale_id"]
    )
    assert {(row["lot_id"], row["quantity"]) for row in moved} == {
        (line["lot_id"], line["quantity"]) for line in bill["lines"]
    }
    assert device.sends(bill) == answer
    again = trader.run(
        "pos.take_in_sale", told(bill)
    )  # another key: a tab that forgot the first answer
    assert (again.status, trader.count("offline_sale")) == ("posted", 1)
    device.hands_in()
    assert broken_promises() == []


def test_a_price_that_was_honestly_shown_stands_though_the_list_has_changed(trader: Shop):
    goods = trader.variant_ids[0]
    device = Device(trader)
    bill = device.bill({goods: 2})
    everyone = make_list(trader, "SHOP", audience="everyone")
    set_price(trader, everyone, scope="variant", goods_id=goods, amount="80.00")
    assert device.sends(bill).status == "posted"
    found = trader.run("pos.get_offline_sale", {"sale_id": bill["sale_id"]})
    assert found.differences == [
        {"label": "Arnica 1 30C 30 ml SBL", "paid": "105.00", "now": "80.00"}
    ]
    listed = trader.run("pos.list_offline_sales", {"differs": True}).rows
    assert [row.difference_count for row in listed] == [1]
    assert Device.snapshot(device, since=bill["sold_at"]).is_whole  # terms of sale changed


def test_prices_reach_the_device_by_quantity_and_free_goods_are_left_to_the_server(trader: Shop):
    goods, gift = trader.variant_ids[:2]
    everyone = make_list(trader, "SHOP", audience="everyone")
    for start, amount in ((1, "100.00"), (10, "90.00"), (50, "90.00")):
        price = {"scope": "variant", "goods_id": goods, "amount": amount, "min_quantity": start}
        set_price(trader, everyone, **price)
    set_scheme(trader, everyone, 12, 1, scope="variant", goods_id=gift)
    device = Device(trader)
    assert {lot.prices for lot in device.goods[goods].lots} == {"1:100.00;10:90.00"}
    assert device.goods[gift].free_from == 12
    for units, price in ((9, "100.00"), (10, "90.00")):
        bill = device.bill({goods: units})
        assert {line["unit_price"] for line in bill["lines"]} == {Decimal(price)}
        quote = trader.run(
            "pos.quote_cart",
            {"shift_id": trader.shift_id, "lines": [{"variant_id": goods, "quantity": units}]},
        )
        assert (quote.total, quote.cgst) == (bill["totals"]["total"], bill["totals"]["cgst"])
        assert device.sends(bill).status == "posted"


def test_the_snapshot_holds_what_this_till_may_sell_and_follows_its_changes(trader: Shop):
    sold_out = trader.variant_ids[0]
    device = Device(trader)
    known = device.snapshot().as_of
    assert device.snapshot(since=known).rows  # goods that came a moment ago
    trader.sell({sold_out: 200})
    trader.receive(trader.variant_ids[1], 5)
    change = device.snapshot(since=known)
    assert (change.is_whole, change.gone) == (False, [sold_out])
    assert (
        sum(lot.units for lot in {r.id: r for r in change.rows}[trader.variant_ids[1]].lots) == 205
    )
    pages = [device.snapshot(limit=1)]
    while pages[-1].next_cursor:
        pages.append(device.snapshot(limit=1, cursor=pages[-1].next_cursor))
    assert {row.id for page in pages for row in page.rows} == set(trader.variant_ids[1:])
    trader.run(
        "inventory.recall_lot", {"lot_id": trader.lot_ids[trader.variant_ids[2]][0], "reason": "x"}
    )
    assert len({r.id: r for r in device.snapshot().rows}[trader.variant_ids[2]].lots) == 1


def test_the_last_unit_that_somebody_else_sold_waits_and_is_settled_from_the_lot_that_left(
    trader: Shop,
):
    goods = trader.variant_ids[0]
    device = Device(trader)
    bill = device.bill({goods: 100})  # the whole first lot, named by the snapshot
    trader.sell({goods: 1})
    waiting(device, bill, "insufficient_stock")
    assert device.hands_in()  # the bill is at the server: nothing is lost
    refused(trader, InsufficientStock, SETTLE, settling(bill))
    refused(trader, PermissionDenied, SETTLE, settling(bill), by=trader.acting_as("cashier"))
    first, second = (
        {"line": 0, "lot_id": lot, "quantity": units}
        for lot, units in zip(trader.lot_ids[goods], (60, 40), strict=True)
    )
    refused(trader, InvalidInput, SETTLE, settling(bill, lots=[second]))
    assert settle(trader, bill, lots=[first, second]).status == "posted"
    assert trader.on_hand(goods) == 99
    number = rows(trader, "select i.number from invoice i where origin_id = %s", bill["sale_id"])
    assert number[0]["number"] == "FPOS1/" + number[0]["number"].split("/", 1)[1]
    with pytest.raises(Conflict):
        settle(trader, bill)
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"place": 5000}, "foreign_number"),
        ({"sold_at": utc_now() + timedelta(days=2)}, "foreign_day"),
        ({"sold_at": utc_now() - timedelta(days=2)}, "foreign_day"),
        ({"unit_price": Decimal("1.00")}, "foreign_price"),
        ({"prices": "1:1.00", "unit_price": Decimal("1.00")}, "foreign_price"),
        ({"total": Decimal("104.00")}, "other_total"),
    ],
)
def test_what_the_device_was_not_lent_is_not_posted(trader: Shop, change, code):
    device = Device(trader)
    bill = device.bill({trader.variant_ids[0]: 1})
    line = bill["lines"][0]
    bill |= {name: value for name, value in change.items() if name in bill}
    line |= {name: value for name, value in change.items() if name in line}
    if "total" in change:
        bill["totals"] |= change
    elif code == "foreign_price":
        bill["totals"] = device.totals(bill["lines"])
    waiting(device, bill, code)
    discarded = {"sale_id": bill["sale_id"], "answer": "a forgery"}
    assert trader.run("pos.discard_offline_sale", discarded).status == "discarded"
    void = trader.run("pos.list_leases").rows[0].void
    assert void.endswith("0001 (a forgery)") != (code == "foreign_number")
    assert broken_promises() == []


@pytest.mark.parametrize(
    "odd",
    [{"tenders": [{"method": "cash", "amount": "1.00"}] * 11}, {"lines": "none"}, {"place": 2}],
)
def test_what_cannot_be_read_or_stored_waits_too_and_is_no_dead_end(trader: Shop, odd):
    device = Device(trader)
    bill = device.bill({trader.variant_ids[0]: 1})
    handed = told(bill) | {"bill": told(bill)["bill"] | odd}
    assert trader.run("pos.take_in_sale", handed).status == "waiting"
    device.hands_in()
    refused(trader, Malformed, SETTLE, settling(bill))
    assert trader.run("pos.get_offline_sale", {"sale_id": bill["sale_id"]}).status == "waiting"
    discarded = {"sale_id": bill["sale_id"], "answer": "billed anew"}
    assert trader.run("pos.discard_offline_sale", discarded).status == "discarded"
    assert broken_promises() == []


def test_bills_are_dated_in_the_order_of_their_numbers(trader: Shop):
    device = Device(trader)
    now = utc_now()
    first = device.bill({trader.variant_ids[0]: 1}, at=now - timedelta(minutes=3))
    second = device.bill({trader.variant_ids[0]: 1}, at=now - timedelta(minutes=4))
    assert device.sends(second).status == "posted"
    waiting(device, first, "foreign_day")
    settle(trader, first)
    dated = rows(trader, "select sold_at, received_at from offline_sale where place = 1")
    sold = rows(trader, "select sold_at from sale where id = %s", first["sale_id"])
    assert sold[0]["sold_at"] == dated[0]["received_at"]


def test_settling_posts_nothing_above_mrp_or_below_the_managers_limit(trader: Shop):
    goods = trader.variant_ids[0]
    device = Device(trader)
    cheap, dear = device.bill({goods: 1}), device.bill({goods: 1})
    for bill, price in ((cheap, Decimal("1.00")), (dear, Decimal("500.00"))):
        bill["lines"][0]["unit_price"] = price
        bill["totals"] = device.totals(bill["lines"])
        bill["tenders"] = [{"method": "cash", "amount": bill["totals"]["total"]}]
        waiting(device, bill, "foreign_price")
    manager = trader.acting_as("manager")
    refused(trader, ApprovalRequired, SETTLE, settling(cheap), by=manager)
    refused(trader, AboveMrp, SETTLE, settling(dear), by=manager)
    assert settle(trader, cheap).status == "posted"  # the owner has no limit


def test_a_lease_past_its_last_day_is_handed_in_and_lent_anew(trader: Shop):
    device = Device(trader).sells({trader.variant_ids[0]: 1})
    with db.unit_of_work(trader.ctx) as session:
        db.execute(session, "update till_lease set until_day = until_day - 8")
    wanted = {"shift_id": trader.shift_id, "device_key": device.key, "device_name": "x"}
    refused(trader, LeaseRunOut, "pos.take_lease", wanted)
    device.hands_in()
    again = Device(trader)
    assert (again.lease.first_number, again.lease.until_day > trader.ctx.today) == (2, True)


def test_a_number_is_given_to_one_bill(trader: Shop):
    goods = trader.variant_ids[0]
    device = Device(trader)
    first, second = device.bill({goods: 1}), device.bill({goods: 1})
    second["place"] = first["place"]
    device.sends(first)
    waiting(device, second, "foreign_number")
    settle(trader, second)
    numbers = {row["number"] for row in rows(trader, "select number from invoice")}
    assert {number.split("/")[0] for number in numbers} == {"FPOS1", "POS1"}


def test_goods_that_may_not_be_sold_wait(trader: Shop):
    device = Device(trader)
    recalled = trader.variant_ids[0]
    bill = device.bill({recalled: 1})
    trader.run("inventory.recall_lot", {"lot_id": bill["lines"][0]["lot_id"], "reason": "dust"})
    waiting(device, bill, "lot_on_hold")
    poison = trader.variant_ids[2]
    assert not device.goods[poison].is_prescribed
    named = {"product_id": device.goods[poison].product_id, "licence_class": "restricted"}
    trader.run("catalog.set_licence_class", named)
    device.goods = {row.id: row for row in device.snapshot().rows}
    assert device.goods[poison].is_prescribed
    waiting(device, device.bill({poison: 1}), "prescription_required")


def test_a_closed_month_keeps_the_bill_waiting(trader: Shop):
    device = Device(trader)
    bill = device.bill({trader.variant_ids[0]: 1})
    today = trader.ctx.today
    period = rows(trader, "select id from period where %s between starts_on and ends_on", today)[0]
    closed = {"period_id": period["id"], "status": "closed", "reason": "Filed"}
    trader.run("accounting.set_period_status", closed)
    waiting(device, bill, "period_closed")
    trader.run("accounting.set_period_status", closed | {"status": "open"})
    assert settle(trader, bill).status == "posted"


def test_one_device_at_a_time_and_it_is_bound_to_till_shift_and_cashier(trader: Shop):
    device = Device(trader, by=trader.acting_as("cashier"))
    wanted = {"shift_id": trader.shift_id, "device_key": "k" * 40, "device_name": "Phone"}
    refused(trader, LeaseHeld, "pos.take_lease", wanted)
    refused(
        trader, LeaseHeld, "pos.take_lease", wanted | {"device_key": device.key}
    )  # another cashier
    refused(
        trader, PermissionDenied, "pos.get_offline_goods", device.proof() | {"device_key": "k" * 40}
    )
    bill = device.bill({trader.variant_ids[0]: 1})
    refused(trader, PermissionDenied, "pos.take_in_sale", told(bill) | {"device_key": "k" * 40})
    refused(
        trader, PermissionDenied, "pos.take_in_sale", told(bill), by=trader.acting_as("storekeeper")
    )
    stranger = make_shop("stranger", products=1)
    refused(stranger, NotFound, "pos.take_in_sale", told(bill))
    assert stranger.run("pos.list_leases").rows == []


def test_a_shift_closes_once_its_device_has_handed_in(trader: Shop):
    device = Device(trader).sells({trader.variant_ids[0]: 1})
    missing = device.bill({trader.variant_ids[0]: 1})
    closing = {"shift_id": trader.shift_id, "counted_cash": "605.00", "reason": "x"}
    refused(trader, BillsOutstanding, "pos.close_shift", closing)
    with pytest.raises(BillsOutstanding):
        device.hands_in()
    with pytest.raises(BillsOutstanding):
        device.hands_in(device.lease.first_number - 1)
    device.sends(missing)
    device.hands_in()
    again = Device(trader)
    assert again.lease.first_number == device.place  # what was not used is lent on, without a gap
    again.sells({trader.variant_ids[1]: 1}).hands_in()
    trader.run("pos.close_shift", closing)
    assert broken_promises() == []


def test_a_lost_device_is_ended_for_a_reason_and_its_numbers_are_void(trader: Shop):
    device = Device(trader).sells({trader.variant_ids[0]: 1})
    late = device.bill({trader.variant_ids[0]: 2})
    ending = {"lease_id": device.lease.lease_id, "reason": "stolen"}
    refused(trader, PermissionDenied, "pos.end_lease", ending, by=trader.acting_as("cashier"))
    trader.run("pos.end_lease", ending)
    [lease] = trader.run("pos.list_leases").rows
    assert (lease.status, lease.reason, lease.bill_count) == ("ended", "stolen", 1)
    assert lease.void.endswith("0002 to 0200")
    after = Device(trader)
    assert after.lease.first_number == 201
    after.hands_in()
    trader.run("pos.close_shift", {"shift_id": trader.shift_id, "counted_cash": "605.00"})
    waiting(device, late, "lease_ended")
    refused(trader, ShiftClosed, SETTLE, settling(late))
    opening = {"register_id": trader.register_id, "opening_float": "0.00"}
    trader.run("pos.open_shift", opening)
    answer = settle(trader, late)
    number = rows(trader, "select number from invoice where origin_id = %s", late["sale_id"])
    assert number[0]["number"] == answer.number
    assert trader.run("pos.list_leases").rows[-1].void.endswith("0003 to 0200")
    assert broken_promises() == []


def test_a_lease_that_is_half_used_is_lent_numbers_that_follow_on(trader: Shop):
    device = Device(trader)
    bill = device.bill({trader.variant_ids[0]: 1})
    device.sends(bill | {"place": 101})
    wanted = {"shift_id": trader.shift_id, "device_key": device.key, "device_name": "x"}
    assert trader.run("pos.take_lease", wanted).id == device.lease.lease_id
    again = trader.run("pos.get_lease", device.proof())
    assert (again.lease_id, again.last_number, again.next_number) == (
        device.lease.lease_id,
        400,
        102,
    )


def test_a_bill_of_the_year_before_takes_a_number_of_the_year_it_is_dated_in(trader: Shop):
    march = datetime(2026, 3, 31, 6, tzinfo=UTC)
    goods = trader.variant_ids[0]
    device = Device(trader)
    with db.unit_of_work(trader.ctx) as session:
        year = {"year": "2025-26", "taken": march, "until": march.date()}
        db.execute(
            session,
            "update till_lease set fiscal_year = %(year)s, taken_at = %(taken)s, until_day = %(until)s",
            year,
        )
    bill = device.bill({goods: 1})
    waiting(device, bill, "foreign_day")
    settle(trader, bill)
    number = rows(trader, "select number from invoice")[0]["number"]
    assert number.startswith(f"POS1/{fiscal_year(trader.ctx.today)[2:]}/")
    assert trader.run("pos.list_leases").rows[0].void.endswith(f"0001 (billed as {number})")
    assert broken_promises() == []
