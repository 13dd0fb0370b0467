from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.core.ids import new_id
from erp.services.party import UnknownParty
from tests.factories import make_shop
from tests.services.inventory.past_goods import make_supplier, receive, second_branch, sell
from tests.services.inventory.transfers import dispatch, units
from tests.services.inventory.transfers import receive as arrive
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("idle", lots=0)


@pytest.fixture
def supplier(shop):
    return make_supplier(shop)


def idle(shop, **wanted):
    return shop.run("inventory.list_idle", wanted).rows


def summed(shop, **wanted):
    rows = shop.run("inventory.idle_stock", wanted).rows
    return {row.idleness: (row.lots, row.units, row.at_stake) for row in rows if row.lots}


@pytest.mark.parametrize(
    ("days", "kind"), [(89, None), (90, "slow"), (179, "slow"), (180, "dead"), (400, "dead")]
)
def test_the_edges_of_slow_and_dead(shop, days, kind):
    receive(shop, days_ago=days)

    assert [row.idleness for row in idle(shop)] == ([kind] if kind else [])
    assert summed(shop) == ({kind: (1, 10, Decimal("600.00"))} if kind else {})


def test_the_thresholds_are_the_askers(shop):
    receive(shop, days_ago=40)

    assert [row.idleness for row in idle(shop, slow_days=30, dead_days=60)] == ["slow"]
    assert summed(shop, slow_days=10, dead_days=40) == {"dead": (1, 10, Decimal("600.00"))}
    with pytest.raises(ValueError, match="dead_days"):
        idle(shop, slow_days=60, dead_days=60)


def test_a_product_that_sells_is_not_idle_however_old_its_lots(shop):
    receive(shop, days_ago=300)
    receive(shop, days_ago=300, quantity=5)
    shop.sell({shop.variant_ids[0]: 5})

    assert idle(shop) == []


def test_days_count_from_the_last_issue(shop):
    receive(shop, days_ago=300)
    sell(shop, 1, days_ago=100)

    (row,) = idle(shop)
    assert (row.idleness, row.idle_days) == ("slow", 100)
    assert row.reason.startswith("Not sold for 100 days.")


def test_what_will_not_sell_before_its_expiry_is_at_stake(shop):
    early = receive(shop, days_ago=20, days=45, quantity=30)
    late = receive(shop, days_ago=20, days=90, quantity=30)
    sell(shop, 20, days_ago=1)

    # 20 in 90 days: 10 in the 45 that the first lot has left of 10; 20 by day 90, of which 10 are taken
    rows = {row.lot_id: (row.idleness, row.units, row.at_stake) for row in idle(shop)}
    assert rows == {late: ("surplus", 20, Decimal("1200.00"))}
    assert early not in rows
    assert summed(shop) == {"surplus": (1, 20, Decimal("1200.00"))}


def test_what_an_early_lot_cannot_sell_takes_no_pace_from_later_ones(shop):
    early = receive(shop, days_ago=20, days=9, quantity=50)
    receive(shop, days_ago=20, days=180, quantity=1)
    receive(shop, days_ago=20, days=225, quantity=30)
    sell(shop, 20, days_ago=1)

    # 20 in 90 days: 2 of the 30 left of the first in its 9 days, and 48 more until day 225
    assert [(row.lot_id, row.units) for row in idle(shop)] == [(early, 28)]


def test_what_comes_back_slows_the_pace(shop):
    receive(shop, days_ago=20, days=90, quantity=30)
    sale = sell(shop, 15, days_ago=1)
    assert idle(shop) == []
    back = {
        "return_id": new_id(),
        "sale_id": sale.sale_id,
        "shift_id": shop.shift_id,
        "lines": [{"line_no": 1, "quantity": 5}],
        "reason": "broken",
    }
    shop.run("pos.post_return", back)

    (row,) = idle(shop)
    assert (row.pace, row.on_hand, row.units) == (10, 20, 10)


def test_a_product_that_just_came_is_given_time_unless_it_expires_soon(shop):
    receive(shop, days_ago=3, days=91)
    assert idle(shop) == []

    soon = receive(shop, days_ago=3, days=90, product=1)
    assert [(row.lot_id, row.idleness) for row in idle(shop)] == [(soon, "surplus")]


def test_goods_without_an_expiry_are_never_too_many(shop):
    with db.unit_of_work(shop.ctx) as session:
        db.execute(session, "update product set is_expiry_required = false")
    receive(shop, days_ago=20, expires_on=None, quantity=1000)
    sell(shop, 1, days_ago=1)

    assert idle(shop) == []


def test_the_supplier_takes_it_back_while_the_window_is_open(shop, supplier):
    receive(shop, days_ago=200, days=90, supplier=supplier)
    (row,) = idle(shop)

    assert (row.advice, row.supplier) == ("return", "SBL")
    assert (row.claim_from, row.claim_until) == (
        shop.ctx.today,
        shop.ctx.today + timedelta(days=180),
    )
    assert "SBL takes it back until" in row.reason


@pytest.mark.parametrize(
    ("days", "advice"),
    [(271, "discount"), (270, "wait"), (91, "wait"), (90, "return"), (-90, "return")],
)
def test_the_edges_of_the_window(shop, supplier, days, advice):
    receive(shop, days_ago=200, days=days, supplier=supplier)

    assert [row.advice for row in idle(shop)] == [advice]


def test_what_expired_beyond_the_window_is_written_off(shop, supplier):
    receive(shop, days_ago=200, days=-91, supplier=supplier)
    receive(shop, days_ago=200, days=-1, product=1)

    rows = idle(shop)
    assert {(row.idleness, row.advice) for row in rows} == {("expired", "write_off")}
    reasons = " ".join(row.reason for row in rows)
    assert "SBL took it back until" in reasons
    assert "No supplier is known" in reasons


def test_a_suppliers_own_terms_go_before_those_for_all(shop, supplier):
    receive(shop, days_ago=200, days=100, supplier=supplier)
    assert [row.advice for row in idle(shop)] == ["wait"]

    shop.run("inventory.set_claim_terms", {"opens_days": 120, "closes_days": 0})
    assert [row.advice for row in idle(shop)] == ["return"]
    own = {"supplier_id": supplier, "opens_days": 30, "closes_days": 30}
    shop.run("inventory.set_claim_terms", own)
    assert [row.advice for row in idle(shop)] == ["wait"]
    shop.run("inventory.set_claim_terms", own | {"opens_days": 100})
    assert [row.advice for row in idle(shop)] == ["return"]

    rows = shop.run("inventory.list_claim_terms").rows
    assert [(r.supplier, r.opens_days, r.closes_days) for r in rows] == [
        ("", 120, 0),
        ("SBL", 100, 30),
    ]


def test_terms_are_only_for_suppliers_of_ours_and_set_by_planners(shop, stranger):
    given = {"name": "X", "kind": "manufacturer", "state_code": "27", "roles": ["manufacturer"]}
    foreign = stranger.run("party.create_party", given).id
    terms = {"opens_days": 1, "closes_days": 1}
    with refused(shop, UnknownParty):
        shop.run("inventory.set_claim_terms", terms | {"supplier_id": foreign})
    with refused(shop, PermissionDenied):
        shop.run("inventory.set_claim_terms", terms, by=shop.acting_as("storekeeper"))


def test_goods_go_to_the_branch_that_sells_them(shop):
    receive(shop, days_ago=200, quantity=10)
    other = second_branch(shop)
    sent = dispatch(shop, other, units(shop, 5))
    arrive(other, sent.transfer_id, {"line_no": 1, "arrived": 5})
    assert [row.advice for row in idle(shop)] == ["discount"]
    other.sell({shop.variant_ids[0]: 4})

    (row,) = idle(shop)
    assert (row.advice, row.units) == ("transfer", 5)
    assert "Second sold 4 in 90 days and has 1." in row.reason
    ends = {"from_location_id": shop.storage_id, "to_location_id": other.storage_id}
    (advice,) = shop.run("inventory.advise_transfer", ends).rows
    assert (advice.lot_id, advice.quantity, advice.reason) == (row.lot_id, 5, row.reason)


def test_goods_are_not_sent_where_an_invoice_would_be_needed(shop):
    receive(shop, days_ago=200, quantity=10)
    other = second_branch(shop)
    receive(other, days_ago=1, quantity=5)
    other.sell({shop.variant_ids[0]: 4})
    assert [row.advice for row in idle(shop)] == ["transfer"]
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "update branch set gstin = null where tenant_id = %s and id = %s",
            (shop.tenant_id, other.ctx.branch_id),
        )
    assert [row.advice for row in idle(shop)] == ["discount"]


def test_lots_are_narrowed_and_paged_by_money(shop):
    for product, quantity in enumerate((10, 40, 20)):
        number = f"NO{quantity}"
        receive(shop, days_ago=200, quantity=quantity, product=product, lot_number=number)
    receive(shop, days_ago=95, quantity=30, product=1)
    seen, cursor = [], ""
    while True:
        page = shop.run("inventory.list_idle", {"limit": 3, "cursor": cursor})
        seen += [row.on_hand for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break

    assert seen == [40, 30, 20, 10]
    assert [row.on_hand for row in idle(shop, idleness="slow")] == [30]
    assert [row.on_hand for row in idle(shop, search="no20")] == [20]
    assert idle(shop, advice="transfer") == []
    assert idle(shop, location_id=shop.expired_store_id) == []


def test_the_sums_are_those_of_the_lots(shop, supplier):
    receive(shop, days_ago=200, quantity=7, unit_cost="33.33", days=-3)
    receive(shop, days_ago=120, quantity=9, unit_cost="12.35", product=1, supplier=supplier)
    receive(shop, days_ago=10, quantity=9, unit_cost="10.01", product=2, days=60)

    rows = idle(shop)
    assert {row.idleness for row in rows} == {"expired", "slow", "surplus"}
    assert shop.run("inventory.idle_stock").at_stake == sum(row.at_stake for row in rows)


def test_seeing_it_needs_the_permission(shop):
    for name in ("idle_stock", "list_idle", "list_claim_terms"):
        with pytest.raises(PermissionDenied):
            shop.run(f"inventory.{name}", by=shop.acting_as("technician"))


def test_a_branch_sees_its_own_goods_and_pace_alone(shop):
    receive(shop, days_ago=200)
    other = second_branch(shop)
    receive(other, days_ago=120, quantity=5)
    sell(other, 1, days_ago=0)

    assert [row.on_hand for row in idle(shop)] == [10]
    assert idle(shop)[0].pace == 0
    assert idle(other) == []


def test_another_tenant_sees_none_of_it(shop, stranger, supplier):
    lot_id = receive(shop, days_ago=200, supplier=supplier)
    shop.run("inventory.set_claim_terms", {"opens_days": 7, "closes_days": 7})

    assert lot_id not in {row.lot_id for row in stranger.run("inventory.list_idle").rows}
    assert stranger.run("inventory.list_claim_terms").rows[0].opens_days == 90
