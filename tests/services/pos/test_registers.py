"""Tills: numbers of two tills never begin alike, bills and notes together."""

import pytest

from erp.core.errors import Conflict, NotFound, PermissionDenied
from tests.factories import Shop, broken_promises
from tests.services.branches import add_branch, registration
from tests.services.trading import refused

CREATE = "pos.create_register"
CHANGE = "pos.change_register"


def till(trader: Shop, code: str) -> dict[str, object]:
    return {"code": code, "name": f"Till {code}", "location_id": trader.storage_id}


@pytest.mark.parametrize(
    ("first", "second"), [("A1", "CA1"), ("CA1", "A1"), ("CC", "C"), ("FA1", "A1"), ("A1", "FA1")]
)
def test_a_tills_bills_never_begin_as_anothers_notes(trader: Shop, first: str, second: str):
    trader.run(CREATE, till(trader, first))
    error = refused(trader, Conflict, CREATE, till(trader, second))
    assert first in error.fields["code"]


def test_a_code_is_taken_once(trader: Shop):
    assert refused(trader, Conflict, CREATE, till(trader, "POS1")).fields.keys() == {"code"}


def test_one_key_makes_a_bill_and_its_return(trader: Shop):
    key = {"idempotency_key": "order-4711"}
    cart = trader.cart({trader.variant_ids[0]: 1}) | key
    del cart["sale_id"]
    sale = trader.run("pos.post_sale", cart)
    line = {"line_no": 1, "quantity": 1}
    back = {
        "sale_id": sale.sale_id,
        "shift_id": trader.shift_id,
        "lines": [line],
        "reason": "Broken",
    }
    note = trader.run("pos.post_return", back | key)
    assert note.return_id != sale.sale_id
    assert trader.answer("pos.post_return", back | key).replayed
    assert broken_promises() == []


def test_a_till_is_named_anew_and_taken_out_of_use_once_no_shift_is_open(trader: Shop):
    change = {"register_id": trader.register_id, "name": "Front desk", "is_active": False}
    error = refused(trader, Conflict, CHANGE, change)
    assert error.fields.keys() == {"is_active"}
    trader.run(CHANGE, change | {"is_active": True})
    trader.run("pos.close_shift", {"shift_id": trader.shift_id, "counted_cash": "0.00"})
    trader.run(CHANGE, change)
    assert trader.run("pos.list_registers").rows == []
    (till_,) = trader.run("pos.list_registers", {"is_everywhere": True}).rows
    assert (till_.name, till_.is_active, till_.place) == ("Front desk", False, "Main")
    opening = {"register_id": trader.register_id, "opening_float": "0.00"}
    refused(trader, NotFound, "pos.open_shift", opening)
    trader.run(CHANGE, change | {"is_active": True})
    trader.run("pos.open_shift", opening)


def test_only_who_runs_the_shop_sets_tills_up(trader: Shop, stranger: Shop):
    change = {"register_id": trader.register_id, "name": "Mine", "is_active": True}
    refused(trader, PermissionDenied, CHANGE, change, by=trader.acting_as("manager"))
    theirs = change | {"register_id": stranger.register_id}
    assert "register_id" in refused(trader, NotFound, CHANGE, theirs).fields


def test_tills_of_other_branches_are_listed_for_who_manages_tills(trader: Shop):
    side = add_branch(trader, gstin=registration(trader))
    everywhere = {"is_everywhere": True}
    cashier = trader.acting_as("cashier")
    assert len(trader.run("pos.list_registers", everywhere, by=cashier).rows) == 1
    found = trader.run("pos.list_registers", everywhere).rows
    assert {row.id for row in found} == {trader.register_id, side.register_id}
