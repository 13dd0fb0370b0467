from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import PermissionDenied
from erp.core.ids import new_id
from tests.factories import make_shop
from tests.services.billing.bills.billing import registered
from tests.services.inventory.past_goods import receive, second_branch, sell


@pytest.fixture
def shop(environment):
    """Five products, ten thousand of each at a rupee, here since before the period."""
    assert environment
    shop = make_shop("abc", lots=0, products=5)
    for product in range(5):
        receive(shop, days_ago=200, quantity=10_000, product=product, unit_cost="1")
    return shop


def listed(shop, **wanted):
    rows = shop.run("inventory.list_classes", wanted).rows
    return {shop.variant_ids.index(row.variant_id): row for row in rows}


def test_abc_follows_the_share_of_those_before(shop):
    # of 1000: 0-80 % is A, up to 95 % B, the rest C; what crosses a border belongs above it
    for product, quantity in enumerate((790, 20, 140, 50)):
        sell(shop, quantity, days_ago=1, product=product)

    rows = listed(shop)
    assert {product: row.abc for product, row in rows.items()} == {
        0: "A",
        2: "A",
        3: "B",
        1: "C",
        4: "C",
    }
    assert rows[0].share == Decimal("79.0")
    assert list(rows) == [0, 2, 3, 1, 4]


def test_the_borders_are_eighty_and_ninety_five(shop):
    for product, quantity in enumerate((800, 150, 50)):
        sell(shop, quantity, days_ago=1, product=product)

    assert [row.abc for row in listed(shop).values()] == ["A", "B", "C", "C", "C"]


@pytest.mark.parametrize(
    ("weeks_units", "xyz"),
    [
        ([10, 10, 10, 10], "X"),
        ([15, 5, 15, 5], "X"),
        ([16, 4, 16, 4], "Y"),
        ([20, 0, 20, 0], "Y"),
        ([21, 0, 20, 0], "Z"),
        ([40, 0, 0, 0], "Z"),
    ],
)
def test_xyz_follows_how_evenly_weeks_sell(shop, weeks_units, xyz):
    for week, units in enumerate(weeks_units):
        if units:
            sell(shop, units, days_ago=week * 7)

    assert listed(shop, weeks=4)[0].xyz == xyz


def test_a_day_belongs_to_its_week(shop):
    for days_ago in (0, 6, 7, 13, 14, 20, 21, 27):
        sell(shop, 5, days_ago=days_ago)

    row = listed(shop, weeks=4)[0]
    assert (row.xyz, row.variation, row.units) == ("X", Decimal("0.00"), 40)


def test_what_does_not_sell_is_c_and_z(shop):
    row = listed(shop)[4]
    assert (row.abc, row.xyz, row.variation, row.turnover) == ("C", "Z", None, None)


def test_sales_before_the_period_do_not_count_and_returns_do(shop):
    sell(shop, 10, days_ago=28)
    sale = sell(shop, 7, days_ago=27)
    back = {
        "return_id": new_id(),
        "sale_id": sale.sale_id,
        "shift_id": shop.shift_id,
        "lines": [{"line_no": 1, "quantity": 2}],
        "reason": "broken",
    }
    shop.run("pos.post_return", back)

    row = listed(shop, weeks=4)[0]
    assert (row.units, row.consumed) == (5, Decimal("5.00"))
    assert listed(shop, weeks=5)[0].units == 15


def test_turnover_is_consumption_by_average_stock_and_the_last_moment_weighs_nothing(shop):
    sell(shop, 1000, days_ago=0)
    row = listed(shop, weeks=4)[0]
    assert row.average_value == Decimal("10000.00")
    assert row.days_of_stock == 280
    assert row.turnover == Decimal("1.3")

    receive(shop, days_ago=0, quantity=5000, unit_cost="1")
    assert listed(shop, weeks=4)[0].average_value == Decimal("10000.00")


def test_the_average_weighs_every_moment(shop):
    midnight = shop.ctx.now.replace(hour=18, minute=30, second=0, microsecond=0)
    begun = midnight - timedelta(days=28 if shop.ctx.now >= midnight else 29) + timedelta(days=1)
    share = (shop.ctx.now - begun - timedelta(days=10)) / (shop.ctx.now - begun)
    cart = shop.cart({shop.variant_ids[0]: 4000})
    shop.run("pos.post_sale", cart, at=begun + timedelta(days=10))

    average = listed(shop, weeks=4)[0].average_value
    assert float(average) == pytest.approx(10_000 - 4000 * share, abs=1)


def test_a_revaluation_counts_from_its_moment(shop):
    supplier_id = registered(shop)
    goods = shop.run("billing.list_unbilled", {"limit": 1}).rows[0]
    line = {
        "receipt_id": goods.receipt_id,
        "receipt_line_no": goods.line_no,
        "quantity": 10_000,
        "unit_cost": "1.05",
        "gst_rate": 5,
    }
    given = {
        "supplier_id": supplier_id,
        "bill_number": "SBL/1",
        "billed_on": shop.ctx.today,
        "total": "11025.00",
        "lines": [line],
    }
    made = shop.run("billing.record_bill", given)
    accepted = {"bill_id": made.id, "outcome": "accepted", "note": "Dearer by now"}
    shop.run("billing.decide_bill", accepted, at=shop.ctx.now)

    found = shop.run("inventory.classify_stock", at=shop.ctx.now)
    assert sum(cell.stock_value for cell in found.rows) == Decimal("50500.00")
    assert found.average_value == Decimal("50000.00")


def test_what_was_there_and_is_gone_unsold_was_in_stock_too(shop):
    before = shop.run("inventory.classify_stock", {"weeks": 4}).average_value
    lot = shop.run("inventory.list_ageing", {"limit": 1}).rows[0]
    lines = [{"lot_id": lot.lot_id, "quantity": 10_000}]
    off = {"location_id": shop.storage_id, "reason_code": "damaged", "lines": lines}
    shop.run("inventory.write_off_stock", off)
    after = shop.run("inventory.classify_stock", {"weeks": 4}).average_value
    assert float(after) == pytest.approx(float(before), rel=0.001)


def test_moves_between_our_own_places_are_no_consumption(shop):
    lot_id = shop.run("inventory.list_ageing", {"limit": 1}).rows[0].lot_id
    lines = [{"lot_id": lot_id, "quantity": 100}]
    places = {"from_location_id": shop.storage_id, "to_location_id": shop.expired_store_id}
    shop.run("inventory.transfer_stock", places | {"lines": lines})
    off = {"location_id": shop.storage_id, "reason_code": "damaged", "lines": lines}
    shop.run("inventory.write_off_stock", off)

    found = shop.run("inventory.classify_stock")
    assert found.consumed == 0
    assert found.average_value == Decimal("50000.00")


def test_the_matrix_adds_up_to_the_products(shop):
    for product, quantity in enumerate((790, 20, 140, 50)):
        sell(shop, quantity, days_ago=1, product=product)

    found = shop.run("inventory.classify_stock")
    rows = listed(shop).values()
    assert len(found.rows) == 9
    assert sum(cell.variants for cell in found.rows) == len(rows) == 5
    assert found.consumed == sum(row.consumed for row in rows) == 1000
    assert sum(cell.stock_value for cell in found.rows) == Decimal("49000.00")
    assert found.average_value == sum(row.average_value for row in rows)
    for cell in found.rows:
        here = [r for r in rows if (r.abc, r.xyz) == (cell.abc, cell.xyz)]
        assert cell.variants == len(here)
        assert set(listed(shop, abc=cell.abc, xyz=cell.xyz)) == {
            shop.variant_ids.index(r.variant_id) for r in here
        }


def test_products_are_paged_by_consumption(shop):
    for product, quantity in enumerate((5, 9, 7)):
        sell(shop, quantity, days_ago=1, product=product)
    seen, cursor = [], ""
    while True:
        page = shop.run("inventory.list_classes", {"limit": 2, "cursor": cursor})
        seen += [row.units for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [9, 7, 5, 0, 0]


def test_seeing_it_needs_the_permission(shop):
    for name in ("classify_stock", "list_classes"):
        with pytest.raises(PermissionDenied):
            shop.run(f"inventory.{name}", by=shop.acting_as("technician"))


def test_a_branch_has_its_own_classes(shop):
    sell(shop, 10, days_ago=1)
    other = second_branch(shop)
    receive(other, days_ago=5, quantity=3, unit_cost="1")

    assert other.run("inventory.classify_stock").consumed == 0
    assert [row.on_hand for row in other.run("inventory.list_classes").rows] == [3]
    assert listed(shop)[0].on_hand == 9990


def test_another_tenant_sees_none_of_it(shop, stranger):
    sell(shop, 10, days_ago=1)

    assert not set(shop.variant_ids) & {
        row.variant_id for row in stranger.run("inventory.list_classes").rows
    }
