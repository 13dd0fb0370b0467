"""How much of an item its supplier sells: in suggestions and on orders."""

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.services.inventory import SoldBy
from erp.services.party import UnknownParty
from erp.services.purchasing import NotSoldSo
from tests.factories import make_shop
from tests.services.inventory.past_goods import receive
from tests.services.purchasing.ordering import amend, line, place
from tests.services.purchasing.ordering import supplier as register
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("dozens", lots=0)


@pytest.fixture
def supplier(shop):
    return register(shop)


def sells(shop, supplier, least=1, step=1, *, at=0, by=None):
    """Write down how a supplier sells a product."""
    wanted = {"supplier_id": supplier, "variant_id": shop.variant_ids[at]}
    given = wanted | {"least": least, "step": step}
    return shop.run("inventory.set_order_quantity", given, by=by)


def lacking(shop, units):
    """Ask for so many units beyond what is here: ten came from the supplier."""
    rule = {"variant_id": shop.variant_ids[0], "reorder_point": 10 + units}
    shop.run("inventory.set_reorder_rule", rule)
    return shop.run("inventory.get_reorder_plan", {"variant_id": shop.variant_ids[0]})


@pytest.mark.parametrize(
    ("least", "step", "units", "ordered"),
    [(1, 1, 7, 7), (12, 1, 7, 12), (1, 6, 7, 12), (10, 6, 7, 12), (12, 12, 13, 24), (5, 3, 0, 0)],
)
def test_a_suggestion_is_what_the_supplier_sells(shop, supplier, least, step, units, ordered):
    receive(shop, days_ago=3, quantity=10, supplier=supplier)
    sells(shop, supplier, least, step)
    if not units:
        rule = {"variant_id": shop.variant_ids[0], "reorder_point": 9}
        shop.run("inventory.set_reorder_rule", rule)
        plan = shop.run("inventory.get_reorder_plan", {"variant_id": shop.variant_ids[0]})
        assert plan.quantity == 0
        return
    plan = lacking(shop, units)
    assert (plan.quantity, plan.least, plan.step) == (ordered, least, step)
    shop.run("inventory.suggest_reorders")
    (row,) = shop.run("inventory.list_suggestions").rows
    assert row.quantity == ordered
    order = place(shop, line(shop, row.quantity), supplier_id=supplier)
    assert order.status == "placed"


def test_anothers_terms_change_nothing(shop, supplier):
    receive(shop, days_ago=3, quantity=10, supplier=supplier)
    other = register(shop, name="Other House")
    sells(shop, other, 100, 50)
    sells(shop, supplier, 100, at=1)
    assert lacking(shop, 7).quantity == 7
    assert place(shop, line(shop, 7), supplier_id=supplier).status == "placed"


def test_an_order_asks_about_what_is_not_sold_so(shop, supplier):
    sells(shop, supplier, 12, 6)
    with refused(shop, NotSoldSo, "lines.1.quantity") as refusal:
        place(shop, line(shop, 1, at=1), line(shop, 13), supplier_id=supplier)
    assert "12 or more in steps of 6" in refusal.value.message
    assert "Ask for 18" in refusal.value.message
    with refused(shop, NotSoldSo, "lines.0.quantity"):
        place(shop, line(shop, 6, free_quantity=6), supplier_id=supplier)
    order = place(shop, line(shop, 18, free_quantity=1), supplier_id=supplier)
    with refused(shop, NotSoldSo, "lines.0.quantity"):
        amend(shop, order, line(shop, 17))
    assert amend(shop, order, line(shop, 24)).version == 2
    agreed = place(shop, line(shop, 5), supplier_id=supplier, confirm=["not_sold_so"])
    assert agreed.status == "placed"


def test_terms_are_replaced_and_ended(shop, supplier, stranger):
    made = sells(shop, supplier, 12, 6)
    assert sells(shop, supplier, 10).id == made.id
    (row,) = shop.run("inventory.list_order_quantities").rows
    assert (row.least, row.step, row.supplier_id) == (10, 1, supplier)
    sells(shop, supplier)
    assert shop.run("inventory.list_order_quantities").rows == []
    with refused(shop, PermissionDenied):
        sells(shop, supplier, 5, by=shop.acting_as("cashier"))
    with refused(stranger, UnknownParty, "supplier_id"):
        sells(stranger, supplier, 5)


@pytest.mark.parametrize("column", ["least", "step"])
def test_the_database_keeps_quantities_whole_and_positive(shop, supplier, column):
    sells(shop, supplier, 12, 6)
    with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(f"update order_quantity set {column} = 0".encode())  # noqa: S608


@given(units=st.integers(1, 10_000), least=st.integers(1, 500), step=st.integers(1, 500))
def test_enough_is_the_fewest_that_are_sold_and_cover_what_is_asked(units, least, step):
    sold = SoldBy(least, step)
    enough = sold.enough_for(units)
    assert enough >= max(units, least)
    assert enough % step == 0
    assert enough - step < max(units, least)
    assert sold.enough_for(enough) == enough
