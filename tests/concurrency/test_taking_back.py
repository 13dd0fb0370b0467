"""What is taken back, made again or runs out at once, while somebody else uses it."""

from datetime import timedelta
from functools import partial

from erp.core.clock import utc_now
from erp.core.errors import Busy, DomainError, Unavailable
from erp.services.inventory import InsufficientStock, OpeningMoved
from erp.services.inventory.errors import TransferNotOpen
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.inventory.past_goods import second_branch
from tests.services.inventory.test_opening_stock import COMMAND, LOTS, back, opening
from tests.services.inventory.transfers import units
from tests.services.trading import add_customer, rows


def test_a_making_is_made_again_while_its_goods_last(trader: Shop):
    about = {"location_id": trader.storage_id, "variant_id": trader.variant_ids[2], "packs": 1}
    line = {"variant_id": trader.variant_ids[0], "quantity": 60}
    first = trader.run("inventory.dispense_packs", about | {"mrp": "60.00", "lines": [line]})
    again = {"dispensing_id": first.dispensing_id}
    had, left = 60, trader.on_hand(trader.variant_ids[0])
    answers = at_once([partial(trader.run, "inventory.make_again", again) for _ in range(5)])
    refused = [one for one in answers if isinstance(one, DomainError)]
    assert not [one for one in refused if isinstance(one, (Busy, Unavailable))]
    assert 5 - len(refused) == left // had
    assert broken_promises() == []


def test_an_opening_is_taken_back_or_used_and_never_both(trader: Shop):
    done = trader.run(COMMAND, opening(trader, *LOTS))
    (lot,) = rows(trader, "select id from lot where lot_number = 'B1'")
    lines = [{"lot_id": lot["id"], "quantity": 1}]
    about = {"reason_code": "damaged", "lines": lines}
    use = partial(trader.run, "inventory.write_off_stock", about)
    outcomes = at_once([partial(back, trader, done.import_id), use])
    assert refusals(outcomes, (OpeningMoved, InsufficientStock)) == 1
    assert broken_promises() == []


def test_a_request_is_sent_or_called_off_and_never_both(trader: Shop):
    far = second_branch(trader)
    ends = {"from_location_id": trader.storage_id, "to_location_id": far.storage_id}
    lines = {"lines": [units(trader, 5)]}
    asked = trader.run("inventory.request_transfer", ends | lines)
    named = {"transfer_id": asked.transfer_id}
    send = partial(trader.run, "inventory.dispatch_transfer", ends | lines | named)
    call_off = partial(trader.run, "inventory.cancel_transfer", named | {"reason": "sold out"})
    assert refusals(at_once([send, call_off]), TransferNotOpen) == 1
    assert broken_promises() == []


def test_points_run_out_once(trader: Shop):
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "1.00", "valid_months": 1}
    trader.run("loyalty.set_programme", terms)
    about = {"party_id": add_customer(trader), "points": 50, "reason": "x"}
    trader.run("loyalty.adjust_points", about)
    later = utc_now() + timedelta(days=60)
    outcomes = at_once([partial(trader.run, "loyalty.expire_points", at=later) for _ in range(4)])
    assert sum(one.points for one in outcomes) == 50
    assert broken_promises() == []
