"""Goods travel between two warehouses of one branch, in the same two steps as between branches."""

from dataclasses import replace
from functools import partial

import psycopg
import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services import inventory
from erp.services.einvoicing.consignment import read_consignment
from erp.services.inventory import WrongPlace
from tests.concurrency.crowd import at_once
from tests.factories import broken_promises, make_shop
from tests.services.books import balance
from tests.services.inventory.past_goods import second_branch
from tests.services.inventory.transfers import dispatch, keeper, look, receive, settle, units
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    made = make_shop("sender", lots=0)
    made.receive(made.variant_ids[0], 6, lot_number="SOON", days=100, unit_cost="33.3333")
    made.receive(made.variant_ids[0], 6, lot_number="LATE", days=400, unit_cost="50")
    return made


@pytest.fixture
def godown(shop):
    """The shop, seen from a second warehouse of its branch."""
    given = {"branch_id": shop.ctx.branch_id, "code": "Z-GDN", "name": "Godown"}
    made = shop.run("inventory.create_warehouse", given)
    found = shop.run("inventory.list_locations").rows
    storage = next(x for x in found if x.warehouse_id == made.id and x.kind == "storage")
    return replace(shop, storage_id=storage.id)


def test_goods_leave_one_warehouse_and_arrive_in_the_other(shop, godown):
    variant = shop.variant_ids[0]
    sent = dispatch(shop, godown, units(shop, 8))
    assert (shop.on_hand(variant), shop.on_hand(variant, shop.transit_id)) == (4, 8)
    assert balance(shop, "goods_in_transit") == sent.value
    there = look(shop, sent.transfer_id).transfer
    assert (there.direction, there.under_way, there.ends[1]) == ("within", 8, "Godown")
    assert there.places[1] == "Godown"
    come = {"line_no": 1, "arrived": 5, "damaged": 1, "reason": "wet"}
    receive(shop, sent.transfer_id, come, {"line_no": 2, "arrived": 1})
    done = settle(shop, sent.transfer_id, "returned", 1, line_no=2)
    assert done.status == "settled"
    assert (shop.on_hand(variant), shop.on_hand(variant, godown.storage_id)) == (5, 6)
    assert balance(shop, "goods_in_transit") == 0
    assert broken_promises() == []


def test_what_is_on_its_way_is_for_sale_at_neither_end_and_comes_in(shop, godown):
    dispatch(shop, godown, units(shop, 5))
    plan = shop.run("inventory.get_reorder_plan", {"variant_id": shop.variant_ids[0]})
    assert (plan.available, plan.incoming) == (7, 5)


def test_within_one_warehouse_goods_are_moved_at_once(shop):
    with refused(shop, WrongPlace) as caught:
        dispatch(shop, shop, units(shop, 1))
    assert "one warehouse" in caught.value.fields["to_location_id"]


def test_the_database_itself_keeps_both_ends_apart(shop, godown):
    sent = dispatch(shop, godown, units(shop, 1))
    into_one = "update stock_transfer set to_location_id = from_location_id where id = %s"
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="from one warehouse to another"),
        db.unit_of_work(shop.ctx) as session,
    ):
        db.execute(session, into_one, (sent.transfer_id,))


def test_what_comes_damaged_where_expired_goods_are_gathered_is_told_apart(shop, godown):
    found = shop.run("inventory.list_locations").rows
    store = next(x for x in found if x.warehouse == "Godown" and x.kind == "expired_store")
    sent = dispatch(shop, replace(godown, storage_id=store.id), units(shop, 5))
    receive(shop, sent.transfer_id, {"line_no": 1, "arrived": 3, "damaged": 2, "reason": "wet"})
    (line,) = look(shop, sent.transfer_id).lines
    assert (line.arrived, line.damaged) == (3, 2)
    assert broken_promises() == []


def test_the_people_of_the_branch_ask_send_and_take_in(shop, godown):
    storekeeper = keeper(shop)
    ask = {"from_location_id": shop.storage_id, "to_location_id": godown.storage_id}
    asked = shop.run(
        "inventory.request_transfer", ask | {"lines": [units(shop, 2)]}, by=storekeeper
    )
    answer = {"transfer_id": asked.transfer_id, "lines": [units(shop, 2)]}
    shop.run("inventory.dispatch_transfer", answer, by=storekeeper)
    taken = receive(shop, asked.transfer_id, {"line_no": 1, "arrived": 2}, by=storekeeper)
    assert taken.status == "settled"


def test_of_two_who_take_the_same_goods_in_one_does(shop, godown):
    sent = dispatch(shop, godown, units(shop, 4))
    take = partial(receive, shop, sent.transfer_id, {"line_no": 1, "arrived": 4})
    answers = at_once([take, take])
    assert sum(isinstance(answer, Exception) for answer in answers) == 1
    assert shop.on_hand(shop.variant_ids[0], godown.storage_id) == 4


def test_the_way_of_a_transfer_is_asked_for_by_name(shop, godown):
    far = second_branch(shop)
    inside, outside = (dispatch(shop, end, units(shop, 1)).transfer_id for end in (godown, far))

    def listed(direction, by=None):
        rows = shop.run("inventory.list_transfers", {"direction": direction}, by=by).rows
        return [row.id for row in rows]

    assert (listed("within"), listed("outgoing"), listed("incoming")) == ([inside], [outside], [])
    assert (listed("incoming", far.ctx), listed("within", far.ctx)) == ([outside], [])


def test_its_challan_says_so_and_it_needs_no_way_bill(shop, godown):
    shop.receive(shop.variant_ids[0], 1000, lot_number="DEAR", days=95, unit_cost="900")
    inside, outside = (
        dispatch(shop, end, units(shop, 400)).transfer_id for end in (godown, second_branch(shop))
    )
    with db.unit_of_work(shop.ctx) as session:
        challan = inventory.get_printed_challan(session, shop.ctx, inside)
        ways = [read_consignment(session, shop.ctx, "transfer", x) for x in (inside, outside)]
    assert "warehouses of one branch" in challan.reason
    assert challan.to_place == "Godown"
    assert [way.value > way.limit for way in ways] == [True, True]
    assert [way.is_needed for way in ways] == [False, True]


def test_a_request_of_nowhere_names_its_field(shop, godown):
    ask = {"from_location_id": godown.storage_id, "to_location_id": godown.storage_id}
    with pytest.raises(InvalidInput) as caught:
        shop.run("inventory.request_transfer", ask | {"lines": [units(shop, 1)]})
    assert "to_location_id" in caught.value.fields
