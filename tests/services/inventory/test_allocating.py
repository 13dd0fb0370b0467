from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services import accounting, inventory
from erp.services.inventory import (
    ExpiredLot,
    InsufficientStock,
    LotOnHold,
    LotRequired,
    Origin,
    ReasonRequired,
    Returned,
    Wanted,
)
from tests.factories import broken_promises, make_shop
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("picker", lots=0)


@contextmanager
def basket(shop, ctx=None):
    with db.unit_of_work(ctx or shop.ctx) as session:
        yield session, ctx or shop.ctx


def allocate(shop, *wanted, ctx=None, location_id=None, **more):
    with basket(shop, ctx) as (session, acting):
        return inventory.allocate(session, acting, location_id or shop.storage_id, wanted, **more)


def issue(shop, *wanted, ctx=None):
    with basket(shop, ctx) as (session, acting):
        picks = inventory.allocate(session, acting, shop.storage_id, wanted)
        return picks, hand_over(session, acting, picks)


def hand_over(session, ctx, picks):
    """Issue as a sale does: the goods and their cost in one statement."""
    origin = Origin("test", new_id())
    accounting.account_ids(session, ctx)
    accounting.period_id(session, ctx, ctx.today)
    with db.together(session):
        cost = inventory.issue(session, ctx, picks, origin)
        book(session, ctx, origin, {"cogs": cost, "inventory": -cost})
    return cost


def book(session, ctx, origin, changes):
    lines = [accounting.debit(key, amount) for key, amount in changes.items()]
    entry = accounting.NewEntry(
        "sales", ctx.today, origin.type, origin.id, "cost", "Cost of goods", lines
    )
    accounting.post_entry(session, ctx, entry)


def take_back(shop, *came, ctx=None):
    origin = Origin("test", new_id())
    with basket(shop, ctx) as (session, acting):
        back = inventory.take_back(session, acting, shop.storage_id, came, origin)
        changes = {line.account_key: line.value for line in back}
        book(session, acting, origin, changes | {"cogs": -sum(changes.values())})
    return back


def taken(picks):
    return [(pick.lot_number, pick.quantity) for pick in picks]


def test_the_first_to_expire_goes_first_and_a_line_may_be_split(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 5, lot_number="LATE", days=500)
    shop.receive(one, 3, lot_number="SOON", days=100)

    picks = allocate(shop, Wanted(1, one, 6))

    assert taken(picks) == [("SOON", 3), ("LATE", 3)]


def test_lots_without_expiry_go_last(shop):
    one = shop.variant_ids[0]
    shop.run("catalog.update_product", {"product_id": _product(shop), "is_expiry_required": False})
    shop.receive(one, 5, lot_number="NEVER", expires_on=None)
    shop.receive(one, 5, lot_number="DATED", days=900)

    assert taken(allocate(shop, Wanted(1, one, 6))) == [("DATED", 5), ("NEVER", 1)]


def _product(shop):
    return shop.run("catalog.list_products").rows[0].product_id


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("fefo", "SECOND"), ("fifo", "FIRST"), ("lifo", "THIRD")],
)
def test_the_policy_decides_the_order(shop, policy, expected):
    one = shop.variant_ids[0]
    for number, days in (("FIRST", 300), ("SECOND", 200), ("THIRD", 400)):
        shop.receive(one, 5, lot_number=number, days=days)

    assert taken(allocate(shop, Wanted(1, one, 1), policy=policy)) == [(expected, 1)]


def test_two_lines_of_one_product_never_take_the_same_units(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 3, lot_number="A", days=100)
    shop.receive(one, 3, lot_number="B", days=200)

    picks = allocate(shop, Wanted(1, one, 2), Wanted(2, one, 3))

    assert [(p.line_no, p.lot_number, p.quantity) for p in picks] == [
        (1, "A", 2),
        (2, "A", 1),
        (2, "B", 2),
    ]


def test_every_short_line_is_named_at_once(shop):
    one, two, three = shop.variant_ids
    shop.receive(one, 2)
    shop.receive(three, 9)

    with refused(shop, InsufficientStock, "lines.0.quantity", "lines.1.quantity") as refusal:
        allocate(shop, Wanted(1, one, 3), Wanted(2, two, 1), Wanted(3, three, 9))
    assert refusal.value.fields["lines.0.quantity"].startswith("Only 2 of Arnica 1 30C")
    assert "sold out" in refusal.value.fields["lines.1.quantity"]
    assert [line["available"] for line in refusal.value.details["lines"]] == [2, 0]


def test_expired_held_quarantined_and_recalled_lots_are_never_chosen(shop):
    one = shop.variant_ids[0]
    for number, status in (("HELD", "hold"), ("QUAR", "quarantine"), ("GONE", "recall")):
        lot = shop.receive(one, 5, lot_number=number, days=100)
        if status == "recall":
            shop.run("inventory.recall_lot", {"lot_id": lot, "reason": "Maker's notice"})
        else:
            given = {"lot_id": lot, "status": status, "reason": "Label unclear"}
            shop.run("inventory.hold_lot", given)
    shop.receive(one, 5, lot_number="GOOD", days=300)
    shop.receive(one, 5, lot_number="OLD", days=95)

    later = shop.ctx.today + timedelta(days=96)

    assert taken(allocate(shop, Wanted(1, one, 5), effective_on=later)) == [("GOOD", 5)]
    with refused(shop, InsufficientStock) as refusal:
        allocate(shop, Wanted(1, one, 6), effective_on=later)
    assert "20 expired or on hold" in refusal.value.message


def test_a_lot_is_good_through_its_last_day(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 5, days=100)
    last = shop.ctx.today + timedelta(days=100)

    assert allocate(shop, Wanted(1, one, 1), effective_on=last)
    with pytest.raises(InsufficientStock):
        allocate(shop, Wanted(1, one, 1), effective_on=last + timedelta(days=1))


def test_a_named_lot_that_is_not_next_needs_a_reason_which_is_kept(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 5, lot_number="SOON", days=100)
    late = shop.receive(one, 5, lot_number="LATE", days=500)

    with refused(shop, ReasonRequired, "lines.0.reason") as refusal:
        allocate(shop, Wanted(1, one, 1, late))
    assert "SOON" in refusal.value.message
    issue(shop, Wanted(1, one, 1, late, "Sealed pack asked for"))
    move = shop.run("inventory.list_moves", {"lot_id": late, "limit": 1}).rows[0]
    assert move.reason == "Sealed pack asked for"
    assert move.to_kind == "customer"


def test_a_named_lot_that_is_next_needs_no_reason(shop):
    one = shop.variant_ids[0]
    soon = shop.receive(one, 5, lot_number="SOON", days=100)
    shop.receive(one, 5, lot_number="LATE", days=500)

    assert taken(allocate(shop, Wanted(1, one, 5, soon))) == [("SOON", 5)]


def test_a_named_lot_is_not_helped_out_by_another(shop):
    one = shop.variant_ids[0]
    soon = shop.receive(one, 2, lot_number="SOON", days=100)
    shop.receive(one, 5, lot_number="LATE", days=500)

    with refused(shop, InsufficientStock, "lines.0.quantity"):
        allocate(shop, Wanted(1, one, 3, soon))


def test_named_lots_are_served_before_free_choice(shop):
    one = shop.variant_ids[0]
    soon = shop.receive(one, 2, lot_number="SOON", days=100)
    shop.receive(one, 5, lot_number="LATE", days=500)

    picks = allocate(shop, Wanted(1, one, 2), Wanted(2, one, 2, soon))

    assert [(p.line_no, p.lot_number) for p in picks] == [(1, "LATE"), (2, "SOON")]


def test_a_named_lot_that_may_not_be_sold_says_why(shop):
    one = shop.variant_ids[0]
    old = shop.receive(one, 5, lot_number="OLD", days=100)
    held = shop.receive(one, 5, lot_number="HELD", days=200)
    shop.run("inventory.hold_lot", {"lot_id": held, "reason": "Label unclear"})
    late = shop.ctx.today + timedelta(days=101)

    with refused(shop, ExpiredLot, "lines.0.lot_id"):
        allocate(shop, Wanted(1, one, 1, old, "asked for"), effective_on=late)
    with refused(shop, LotOnHold, "lines.0.lot_id"):
        allocate(shop, Wanted(1, one, 1, held, "asked for"))


def test_the_explicit_policy_takes_named_lots_only(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 5, lot_number="SOON", days=100)
    late = shop.receive(one, 5, lot_number="LATE", days=500)

    assert taken(allocate(shop, Wanted(1, one, 1, late), policy="explicit")) == [("LATE", 1)]
    with refused(shop, LotRequired, "lines.0.lot_id"):
        allocate(shop, Wanted(1, one, 1), policy="explicit")


def test_another_tenants_goods_and_places_are_not_there(shop, stranger):
    with refused(shop, InsufficientStock):
        allocate(shop, Wanted(1, stranger.variant_ids[0], 1))
    with refused(shop, InsufficientStock):
        allocate(shop, Wanted(1, shop.variant_ids[0], 1), location_id=stranger.storage_id)


def test_issued_goods_take_their_cost_and_the_last_unit_the_rest(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 3, unit_cost="33.3333")

    costs = [issue(shop, Wanted(1, one, 1))[1] for _ in range(3)]

    assert costs == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert sum(costs) == Decimal("100.00")
    assert shop.on_hand(one) == 0


def test_goods_come_back_at_the_cost_they_left_with(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 10)
    picks, _ = issue(shop, Wanted(1, one, 4))
    came = Returned(1, one, picks[0].lot_id, 1, picks[0].value / 4)

    back = take_back(shop, came)

    assert [(b.location_id, b.account_key, b.value) for b in back] == [
        (shop.storage_id, "inventory", Decimal("60.00"))
    ]
    assert shop.on_hand(one) == 7


@pytest.mark.parametrize("why", ["expired", "recalled"])
def test_goods_that_may_not_be_sold_again_go_to_the_expired_store(shop, why):
    one = shop.variant_ids[0]
    lot = shop.receive(one, 10, days=100)
    picks, cost = issue(shop, Wanted(1, one, 1))
    late = replace(shop.ctx, now=shop.ctx.now + timedelta(days=101 if why == "expired" else 0))
    if why == "recalled":
        shop.run("inventory.recall_lot", {"lot_id": lot, "reason": "Maker's notice"})

    back = take_back(shop, Returned(1, one, picks[0].lot_id, 1, cost), ctx=late)

    assert [(b.location_id, b.account_key) for b in back] == [
        (shop.expired_store_id, "inventory_expired")
    ]


def test_a_lot_of_nobody_does_not_come_back(shop):
    with refused(shop, inventory.UnknownLot):
        take_back(shop, Returned(1, shop.variant_ids[0], uuid4(), 1, Decimal(1)))


def _promise(shop, quantity, hours=1, origin=None):
    origin = origin or Origin("quotation", new_id())
    with basket(shop) as (session, ctx):
        wanted = [Wanted(1, shop.variant_ids[0], quantity)]
        picks = inventory.allocate(session, ctx, shop.storage_id, wanted)
        until = ctx.now + timedelta(hours=hours)
        inventory.reserve(session, ctx, picks, origin, until)
    return origin


def test_reserved_stock_is_kept_from_others_and_handed_over_unchecked(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 5)
    origin = _promise(shop, 4)

    with refused(shop, InsufficientStock) as refusal:
        allocate(shop, Wanted(1, one, 2))
    assert "4 reserved" in refusal.value.message
    assert "S2" not in {verdict.code for verdict in broken_promises()}
    with basket(shop) as (session, ctx):
        picks = inventory.take_reserved(session, ctx, origin.id)
        cost = hand_over(session, ctx, picks)
    assert (cost, shop.on_hand(one), shop.count("stock_reservation")) == (Decimal("240.00"), 1, 0)


def test_a_released_promise_frees_the_stock(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 5)
    origin = _promise(shop, 4)

    with basket(shop) as (session, ctx):
        assert inventory.release(session, ctx, origin.id) == 1
        assert inventory.release(session, ctx, origin.id) == 0
    assert taken(allocate(shop, Wanted(1, one, 5)))[0][1] == 5


def test_lapsed_promises_are_freed_and_others_kept(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 5)
    _promise(shop, 2, hours=1)
    _promise(shop, 2, hours=48)

    answer = shop.run(
        "inventory.release_lapsed_reservations", at=shop.ctx.now + timedelta(hours=24)
    )

    assert answer.released == 1
    assert sum(pick.quantity for pick in allocate(shop, Wanted(1, one, 3))) == 3


def test_a_promise_for_the_past_is_refused(shop):
    shop.receive(shop.variant_ids[0], 5)

    with refused(shop, InvalidInput, "expires_at"):
        _promise(shop, 1, hours=-1)
