"""Devices at once: one of them holds a till's lease, and a bill that two tabs send is one bill."""

from functools import partial

from erp.services.pos import LeaseHeld
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.pos.devices import Device, told


def test_devices_that_ask_at_once_share_no_number(trader: Shop):
    wanted = {"shift_id": trader.shift_id, "device_name": "Tablet"}
    keys = [f"{number:064d}" for number in range(4)]
    asked = [partial(trader.run, "pos.take_lease", wanted | {"device_key": key}) for key in keys]
    assert refusals(at_once(asked), LeaseHeld) == 3
    assert trader.count("till_lease") == 1
    assert broken_promises() == []


def test_a_bill_that_two_tabs_send_at_once_is_one_bill(trader: Shop):
    device = Device(trader)
    bills = [device.bill({trader.variant_ids[0]: 1}) for _ in range(3)]
    sent = [partial(trader.run, "pos.take_in_sale", told(bill)) for bill in bills for _ in range(2)]
    assert {answer.status for answer in at_once(sent)} == {"posted"}
    device.hands_in()
    assert (trader.count("sale"), trader.on_hand(trader.variant_ids[0])) == (3, 197)
    assert broken_promises() == []
