from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import PermissionDenied
from tests.factories import make_shop
from tests.services.inventory.past_goods import make_supplier, receive
from tests.services.unchanged import refused

DAYS = {"expired": 10, "0-30": 40, "31-60": 70, "61-90": 100}
LATER = timedelta(days=20)


@pytest.fixture
def shop(environment):
    """A shop whose lots stand, twenty days on, one on each rung, and one beyond."""
    assert environment
    shop = make_shop("ager", lots=0)
    one = shop.variant_ids[0]
    for rung, days in (DAYS | {"beyond": 131}).items():
        line = {
            "variant_id": one,
            "lot_number": rung,
            "expires_on": shop.ctx.today + timedelta(days=days),
            "mrp": "105.00",
            "quantity": 2,
            "unit_cost": "60",
        }
        shop.run("inventory.receive_goods", {"lines": [line]}, confirm=["short_shelf_life"])
    return shop


def later(shop):
    return shop.ctx.now + LATER


def test_each_lot_stands_on_its_rung(shop):
    rungs = shop.run("inventory.expiry_ladder", at=later(shop)).rungs

    assert [(r.rung, r.lots, r.quantity, r.value) for r in rungs] == [
        (rung, 1, 2, Decimal("120.00")) for rung in DAYS
    ]


@pytest.mark.parametrize(
    ("days", "rung"),
    [
        (-1, "expired"),
        (0, "0-30"),
        (30, "0-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
    ],
)
def test_the_edges_of_the_rungs(environment, days, rung):
    assert environment
    shop = make_shop("edges", lots=0)
    shop.receive(shop.variant_ids[0], 1, days=95)
    day = shop.ctx.now + timedelta(days=95 - days)

    ladder = shop.run("inventory.expiry_ladder", at=day).rungs

    assert [r.rung for r in ladder if r.lots] == [rung]
    rows = shop.run("inventory.list_expiring", {"rung": rung}, at=day).rows
    assert [row.days_left for row in rows] == [days]


def test_a_rung_opens_into_its_lots(shop):
    for rung in DAYS:
        rows = shop.run("inventory.list_expiring", {"rung": rung}, at=later(shop)).rows
        assert [row.lot_number for row in rows] == [rung.upper()]


def test_a_lot_on_a_rung_tells_when_its_supplier_takes_it_back(shop):
    supplier = make_supplier(shop)
    receive(shop, days_ago=0, days=40, product=2, supplier=supplier)
    own = {"supplier_id": supplier, "opens_days": 10, "closes_days": 20}
    shop.run("inventory.set_claim_terms", own)

    rows = shop.run("inventory.list_expiring", {"rung": "0-30"}, at=later(shop)).rows
    windows = {row.supplier: (row.claim_from, row.claim_until) for row in rows}
    today = shop.ctx.today
    assert windows == {
        "": (None, None),
        "SBL": (today + timedelta(days=30), today + timedelta(days=60)),
    }


def test_a_rung_is_paged_by_key(shop):
    for _ in range(4):
        shop.receive(shop.variant_ids[1], 1, days=100)
    seen, cursor = [], ""
    while True:
        wanted = {"rung": "61-90", "limit": 2, "cursor": cursor}
        page = shop.run("inventory.list_expiring", wanted, at=later(shop))
        seen += [row.lot_id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break

    assert (len(seen), len(set(seen))) == (5, 5)


def test_the_alert_reaches_everyone_who_may_see_stock_once_a_day(shop):
    first = shop.run("inventory.alert_expiring_lots", at=later(shop))
    second = shop.run("inventory.alert_expiring_lots", at=later(shop))

    viewers = [r for r in shop.user_ids if shop.acting_as(r).may("inventory.view")]
    assert (first.expired, first.expiring, first.value) == (1, 3, Decimal("480.00"))
    assert (first.told, second.told) == (len(viewers), 0)
    inbox = shop.run("workflows.list_inbox", by=shop.acting_as("storekeeper")).rows
    assert inbox[0].title == "Lots in Main shop: 1 expired, 3 expire within 90 days"
    assert shop.run("workflows.list_inbox", by=shop.acting_as("technician")).rows == []


def test_the_alert_leaves_an_event(shop):
    shop.run("inventory.alert_expiring_lots", at=later(shop))

    with db.unit_of_work(shop.ctx) as session:
        row = db.fetch_one(
            session, "select payload from event where name = 'inventory.lots_expiring.v1'"
        )
    assert row is not None
    assert (row["payload"]["expired"], row["payload"]["expiring"]) == (1, 3)


def test_nothing_to_say_says_nothing(environment):
    assert environment
    shop = make_shop("fresh", lots=0)
    before = (shop.count("notification"), shop.count("event"))

    answer = shop.run("inventory.alert_expiring_lots")

    assert answer.told == 0
    assert (shop.count("notification"), shop.count("event")) == before


def test_the_alert_needs_the_permission(shop):
    with refused(shop, PermissionDenied):
        shop.run("inventory.alert_expiring_lots", by=shop.acting_as("cashier"))


def test_another_tenant_sees_none_of_it(shop, stranger):
    rungs = stranger.run("inventory.expiry_ladder", at=later(shop)).rungs

    assert sum(rung.lots for rung in rungs) == 0
    assert shop.run("inventory.expiry_ladder", at=later(shop)).rungs[0].lots == 1
