"""Tills: numbers of two tills never begin alike, bills and notes together."""

import pytest

from erp.core.errors import Conflict
from tests.factories import Shop, broken_promises
from tests.services.trading import refused

CREATE = "pos.create_register"


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
