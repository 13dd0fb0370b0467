"""Bills that waited, and the end of a lease: whoever decides at once, each is decided once."""

from functools import partial

import pytest

from erp.core.errors import Conflict
from erp.services.pos import BillsOutstanding
from erp.services.pos.errors import AlreadySettled
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.pos.devices import Device


def end(shop: Shop, device: Device) -> None:
    """End a device's lease without it."""
    shop.run("pos.end_lease", {"lease_id": device.lease.lease_id, "reason": "lost"})


def late(shop: Shop, count: int = 1) -> tuple[Device, list[dict]]:
    """Have bills of a device come after its lease was ended; they wait."""
    device = Device(shop)
    bills = [device.bill({shop.variant_ids[0]: 1}) for _ in range(count)]
    end(shop, device)
    assert {device.sends(bill).status for bill in bills} == {"waiting"}
    return device, bills


def settle(shop: Shop, bill: dict) -> object:
    """Post a bill that waits."""
    about = {"sale_id": bill["sale_id"], "answer": "It was sold"}
    return shop.run("pos.settle_offline", about)


def discard(shop: Shop, bill: dict) -> object:
    """Put a bill that waits away."""
    about = {"sale_id": bill["sale_id"], "answer": "A trial"}
    return shop.run("pos.discard_offline_sale", about)


def test_a_bill_that_waits_is_settled_or_discarded_once(trader: Shop):
    _, (bill,) = late(trader)
    deciding = [partial(deed, trader, bill) for deed in (settle, discard, settle, discard, settle)]
    answers = at_once(deciding)

    assert refusals(answers, AlreadySettled) == 4
    (kept,) = [one for one in answers if not isinstance(one, Exception)]
    sold = 1 if kept.status == "posted" else 0
    assert (trader.count("sale"), trader.on_hand(trader.variant_ids[0])) == (sold, 200 - sold)
    assert broken_promises() == []


def test_bills_of_one_lease_are_settled_by_many_at_once(trader: Shop):
    device, bills = late(trader, 5)
    again = [partial(device.sends, bill) for bill in bills]
    answers = at_once([*[partial(settle, trader, bill) for bill in bills], *again])

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert {one.status for one in answers[:5]} == {"posted"}
    assert (trader.count("sale"), trader.on_hand(trader.variant_ids[0])) == (5, 195)
    assert broken_promises() == []


def test_a_device_hands_in_while_its_last_bill_is_on_its_way(trader: Shop):
    for turn in range(1, 5):
        device = Device(trader)
        device.sells({trader.variant_ids[0]: 1})
        last = device.bill({trader.variant_ids[0]: 1})
        answers = at_once([partial(device.sends, last), device.hands_in])
        assert answers[0].status == "posted"
        if refusals(answers, BillsOutstanding):
            device.hands_in()
        assert trader.count("sale") == 2 * turn
    assert broken_promises() == []


def test_a_number_is_not_lent_again_while_its_bill_arrives(trader: Shop):
    """A tab hands in without the bill that another tab made and is sending."""
    posted = 0
    for _ in range(5):
        device = Device(trader)
        device.sells({trader.variant_ids[0]: 1})
        used = device.place - 1
        bill = device.bill({trader.variant_ids[0]: 1})
        came, handed = at_once([partial(device.sends, bill), partial(device.hands_in, used)])
        assert came.status in {"posted", "waiting"}
        if came.status == "posted":
            assert isinstance(handed, BillsOutstanding)
            device.hands_in()
        else:
            assert not isinstance(handed, Exception)
            discard(trader, bill)
        posted += 1 + (came.status == "posted")
    after = Device(trader)
    after.sells({trader.variant_ids[1]: 1}).hands_in()
    assert trader.count("sale") == posted + 1
    assert broken_promises() == []


def test_a_lease_is_ended_while_its_bills_arrive(trader: Shop):
    device = Device(trader)
    bills = [device.bill({trader.variant_ids[0]: 1}) for _ in range(4)]
    answers = at_once([partial(end, trader, device), *[partial(device.sends, b) for b in bills]])
    assert [one for one in answers if isinstance(one, Exception)] == []
    waiting = [
        bill for bill, one in zip(bills, answers[1:], strict=True) if one.status == "waiting"
    ]
    for bill in waiting:
        settle(trader, bill)
    assert (trader.count("sale"), trader.on_hand(trader.variant_ids[0])) == (4, 196)
    assert broken_promises() == []


@pytest.mark.parametrize("others", [0, 2])
def test_a_lease_ends_once(trader: Shop, others):
    device = Device(trader)
    device.sells({trader.variant_ids[0]: 1})
    ending = [partial(end, trader, device) for _ in range(3)]
    answers = at_once([*ending, *[device.hands_in for _ in range(others)]])
    assert refusals(answers, Conflict) == 2 + others
    assert Device(trader).lease.first_number > device.lease.first_number
    assert broken_promises() == []
