"""How much life goods should have left when they come: by form, by supplier, from a day on."""

from datetime import timedelta

import psycopg
import pytest

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.services.inventory import ExpiredLot, ShelfLifeStarts, ShortShelfLife
from erp.services.party import UnknownParty
from tests.factories import make_shop, receipt_line
from tests.services.purchasing.ordering import supplier
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("lasting", lots=0)


def ask(shop, days, **facts):
    """Set a term; `by` whom."""
    by = facts.pop("by", None)
    return shop.run("inventory.set_shelf_life", {"days": days} | facts, by=by)


def take_in(shop, days, **facts):
    """Take in a bottle that is good for so many days."""
    more = {key: facts.pop(key) for key in ("confirm", "at") if key in facts}
    line = receipt_line(shop.ctx, shop.variant_ids[0], 1, days=days)
    return shop.run("inventory.receive_goods", {"lines": [line]} | facts, **more)


def test_ninety_days_are_asked_until_a_term_is_set(shop):
    with refused(shop, ShortShelfLife, "lines.0.expires_on"):
        take_in(shop, 89)
    take_in(shop, 90)
    assert shop.run("inventory.list_shelf_lives").usual == 90
    ask(shop, 30)
    take_in(shop, 30)
    with refused(shop, ShortShelfLife) as refusal:
        take_in(shop, 29)
    assert "30 days" in refusal.value.message
    take_in(shop, 29, confirm=("short_shelf_life",))
    found = shop.run("inventory.list_shelf_lives", {"standing": "in_force"})
    assert ([row.days for row in found.rows], found.usual) == ([30], 30)


def test_the_suppliers_term_goes_before_the_forms_and_the_forms_before_all(shop):
    generous, other = supplier(shop, name="Generous"), supplier(shop, name="Other")
    ask(shop, 30)
    ask(shop, 60, form="dilution")
    ask(shop, 700, form="cosmetic")
    ask(shop, 365, supplier_id=generous)
    with refused(shop, ShortShelfLife):
        take_in(shop, 59, supplier_id=other)
    take_in(shop, 60, supplier_id=other)
    with refused(shop, ShortShelfLife):
        take_in(shop, 364, supplier_id=generous)
    take_in(shop, 365, supplier_id=generous)
    ask(shop, 10, supplier_id=generous, form="dilution")
    take_in(shop, 10, supplier_id=generous)


def test_a_term_holds_from_its_day_on_and_goods_are_asked_by_the_day_they_came(shop):
    today = shop.ctx.today
    ask(shop, 60)
    ask(shop, 400, valid_from=today + timedelta(days=1))
    take_in(shop, 60)
    rows = shop.run("inventory.list_shelf_lives", {"sort": "valid_from"}).rows
    assert [(row.days, row.standing) for row in rows] == [(60, "in_force"), (400, "to_come")]
    tomorrow = shop.ctx.now + timedelta(days=1)
    with refused(shop, ShortShelfLife):
        take_in(shop, 399, at=tomorrow)
    take_in(shop, 60, at=tomorrow, received_on=today)
    shown = shop.run("inventory.list_shelf_lives", {"sort": "valid_from"}, at=tomorrow).rows
    assert [row.standing for row in shown] == ["replaced", "in_force"]


def test_no_consent_takes_goods_that_are_expired(shop):
    ask(shop, 0)
    take_in(shop, 0)
    with refused(shop, ExpiredLot):
        take_in(shop, -1, confirm=("short_shelf_life",))


def test_terms_are_never_rewritten(shop, stranger):
    ask(shop, 60)
    with refused(shop, ShelfLifeStarts, "valid_from"):
        ask(shop, 30)
    with refused(shop, ShelfLifeStarts, "valid_from"):
        ask(shop, 30, form="syrup", valid_from=shop.ctx.today - timedelta(days=1))
    with refused(shop, PermissionDenied):
        ask(shop, 30, form="syrup", by=shop.acting_as("cashier"))
    with refused(stranger, UnknownParty, "supplier_id"):
        ask(stranger, 30, supplier_id=supplier(shop))
    with (
        db.unit_of_work(shop.ctx) as session,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)),
    ):
        db.raw(session).execute(b"update shelf_life_term set days = 1")


def test_two_terms_from_one_day_are_one(shop):
    ask(shop, 60)
    row = (
        "insert into shelf_life_term (tenant_id, id, valid_from, days, set_by, set_at)"
        " values (%s, gen_random_uuid(), %s, 30, %s, now())"
    )
    values = (shop.tenant_id, shop.ctx.today, shop.ctx.user_id)
    with pytest.raises(psycopg.errors.UniqueViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(row, values)
