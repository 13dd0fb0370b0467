"""What an order holds when it is printed, and how its standing marks it."""

from datetime import timedelta

import pytest

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.services.purchasing import UnknownOrder, get_printed_order
from tests.factories import make_shop
from tests.services.purchasing.ordering import amend, decide, finish, line, place, supplier


def printed(shop, order, *, by=None, version=None):
    acting = by or shop.ctx
    with db.unit_of_work(acting) as session:
        return get_printed_order(session, acting, order.id, version)


def test_both_sides_are_printed_with_their_registrations(shop):
    seller = supplier(
        shop,
        name="Wheezal House",
        address="4 Mill Road",
        city="Mumbai",
        pin="400002",
        drug_licence_no="MH-20B-77",
        credit_days=21,
    )
    day = shop.ctx.today + timedelta(days=5)
    ordered = line(shop, 10, free_quantity=2)
    order = place(shop, ordered, supplier_id=seller, expected_on=day, note="Pack it well.")
    paper = printed(shop, order)

    assert paper.supplier.name == "Wheezal House"
    assert paper.supplier.address == ("4 Mill Road", "Mumbai 400002")
    assert (paper.supplier.state_code, paper.supplier.drug_licence) == ("27", "MH-20B-77")
    with db.unit_of_work(shop.ctx) as session:
        branch = db.fetch_one(
            session,
            "select gstin, drug_licence_no from branch where id = %s",
            (shop.ctx.branch_id,),
        )
    assert branch is not None
    assert paper.buyer.gstin == branch["gstin"]
    (goods,) = paper.lines
    assert (goods.quantity, goods.free_quantity, goods.hsn) == (10, 2, "30049014")
    assert paper.total == order.total
    assert (paper.mark, paper.expected_on) == ("", day)
    assert paper.terms[0] == "Pack it well."
    assert any(order.number in term for term in paper.terms)
    assert any("90 days" in term for term in paper.terms)
    assert paper.terms[-1] == "Payment within 21 days of the invoice."


def test_orders_say_the_life_that_is_asked_of_their_goods(shop):
    seller = supplier(shop)

    def asked(order):
        return [term for term in printed(shop, order).terms if "to their expiry" in term]

    shop.run("inventory.set_shelf_life", {"days": 365, "supplier_id": seller})
    order = place(shop, line(shop, 1), supplier_id=seller)
    assert "less than 365 days to" in asked(order)[0]
    tomorrow = {"form": "dilution", "valid_from": shop.ctx.today + timedelta(days=1)}
    shop.run("inventory.set_shelf_life", {"days": 0, "supplier_id": seller} | tomorrow)
    assert "less than 365 days to" in asked(order)[0]
    late = shop.run(
        "purchasing.place_order",
        {"supplier_id": seller, "location_id": shop.storage_id, "lines": [line(shop, 1)]},
        at=shop.ctx.now + timedelta(days=1),
    )
    assert asked(late) == []


def test_an_order_is_a_draft_until_it_is_approved(shop, storekeeper, manager):
    order = place(shop, line(shop, 1000), by=storekeeper)
    assert printed(shop, order).mark == "Draft - not approved"
    assert printed(shop, order).approval == ""
    decide(shop, order, by=manager)
    paper = printed(shop, order)
    assert (paper.mark, paper.approval) == ("", f"Approved by {manager.user_name}")


def test_an_amendment_that_waits_is_a_draft_beside_the_version_in_force(shop, storekeeper, manager):
    order = place(shop, line(shop, 10), by=storekeeper)
    waiting = amend(shop, order, line(shop, 1000), by=storekeeper)
    assert (printed(shop, order).version, printed(shop, order).mark) == (1, "")
    assert printed(shop, order, version=2).mark == "Draft - not approved"
    decide(shop, waiting, by=manager)
    assert printed(shop, order).version == 2
    assert printed(shop, order, version=1).mark == "Replaced by version 2"


def test_a_refused_and_a_cancelled_order_say_so(shop, storekeeper, manager):
    order = place(shop, line(shop, 1000), by=storekeeper)
    decide(shop, order, "refused", note="Too much", by=manager)
    assert printed(shop, order).mark == "Refused"
    given_up = place(shop, line(shop, 10))
    finish(shop, given_up)
    assert printed(shop, given_up).mark == "Cancelled"


def test_an_order_is_printed_for_who_may_see_it(shop):
    order = place(shop, line(shop, 10))
    with pytest.raises(PermissionDenied):
        printed(shop, order, by=shop.acting_as("cashier"))
    with pytest.raises(UnknownOrder):
        printed(make_shop("stranger", lots=0), order)
    with pytest.raises(UnknownOrder):
        printed(shop, order, version=2)
