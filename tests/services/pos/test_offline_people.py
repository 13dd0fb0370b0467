"""Bills made offline by somebody who moved or left since: taken in as theirs, of the branch where they were made."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from erp.core.clock import utc_now
from erp.core.errors import NotFound, PermissionDenied
from erp.services.pos import ShiftClosed
from tests.factories import Shop, broken_promises
from tests.services.pos.devices import Device, told
from tests.services.trading import refused, rows

BEFORE = timedelta(minutes=4)
NASHIK = {
    "code": "NASHIK",
    "name": "Nashik",
    "state_code": "27",
    "address": "2 Fort Road",
    "city": "Nashik",
    "pin": "422001",
}


@pytest.fixture
def device(trader: Shop) -> Device:
    """A device on which the shop's cashier sells offline."""
    return Device(trader, by=trader.acting_as("cashier"))


def change(shop: Shop, role: str, **more: Any) -> None:
    member = next(row for row in shop.run("identity.list_members").rows if row.roles == [role])
    given = {"member_id": member.id, "display_name": member.display_name, "roles": [role]}
    shop.run("identity.update_member", given | more)


def move(shop: Shop, role: str = "cashier") -> UUID:
    """Send a member to another branch."""
    there: UUID = shop.run("organisation.add_branch", NASHIK).id
    change(shop, role, branch_id=there)
    return there


def stored(shop: Shop, bill: Any) -> dict[str, Any]:
    sql = "select status, code, branch_id, received_by, number from offline_sale where id = %s"
    return rows(shop, sql, bill["sale_id"])[0]


def some(device: Device, at: datetime | None = None) -> dict[str, Any]:
    return device.bill({device.shop.variant_ids[0]: 1}, at=at)


def test_who_was_moved_hands_in_what_they_sold_before(trader: Shop, device: Device):
    bill = some(device, utc_now() - BEFORE)
    move(trader)
    device.by = trader.acting_as("cashier")
    assert device.by.branch_id != trader.ctx.branch_id

    assert device.sends(bill).status == "posted"
    device.hands_in()

    sold = rows(
        trader,
        "select s.user_id, s.shift_id, i.branch_id, i.company_id, j.branch_id as booked from sale s"
        " join invoice i on i.id = s.invoice_id join journal_entry j on j.origin_id = s.id where s.id = %s",
        bill["sale_id"],
    )
    here = trader.ctx.branch_id
    assert sold == [
        {
            "user_id": trader.user_ids["cashier"],
            "shift_id": trader.shift_id,
            "branch_id": here,
            "company_id": trader.ctx.company_id,
            "booked": here,
        }
    ]
    assert stored(trader, bill)["branch_id"] == here
    assert rows(trader, "select status from till_lease") == [{"status": "handed_in"}]
    assert broken_promises() == []


def test_who_was_moved_is_lent_nothing_more_where_they_were(trader: Shop, device: Device):
    move(trader)
    moved = {"by": trader.acting_as("cashier")}
    shift = {"shift_id": trader.shift_id, "device_key": device.key, "device_name": "x"}

    refused(trader, NotFound, "pos.take_lease", shift, **moved)
    for query in ("pos.get_lease", "pos.get_offline_goods"):
        refused(trader, NotFound, query, device.proof(), **moved)


def test_a_bill_dated_after_its_cashier_moved_waits_for_the_branch(trader: Shop, device: Device):
    move(trader)
    device.by = trader.acting_as("cashier")
    bill = some(device)

    answer = device.sends(bill)

    assert (answer.status, stored(trader, bill)["code"]) == ("waiting", "cashier_left")
    told_to = rows(
        trader,
        "select distinct m.branch_id from notification n join membership m on m.user_id = n.user_id"
        " where n.kind = 'pos.offline_sale_waits'",
    )
    assert told_to == [{"branch_id": trader.ctx.branch_id}]
    settling = {"sale_id": bill["sale_id"], "answer": "the money is in the drawer"}
    manager = trader.acting_as("manager")
    trader.run("pos.settle_offline", settling, by=manager)
    posted = stored(trader, bill)
    assert (posted["status"], posted["number"]) == ("posted", answer.number)
    assert broken_promises() == []


@pytest.mark.parametrize(("made", "code"), [(BEFORE, ""), (-BEFORE / 4, "cashier_left")])
def test_a_colleague_hands_in_for_who_was_suspended(trader: Shop, device: Device, made, code):
    bill = some(device, utc_now() - made)
    change(trader, "cashier", is_active=False)
    device.by = trader.acting_as("manager")

    device.sends(bill)
    device.hands_in()

    found = stored(trader, bill)
    assert (found["code"], found["received_by"]) == (code, trader.user_ids["manager"])


def test_who_came_back_sells_again_and_what_they_sold_between_waits(trader: Shop, device: Device):
    here, before = trader.ctx.branch_id, some(device, utc_now() - BEFORE)
    move(trader)
    between = some(device)
    change(trader, "cashier", branch_id=here)
    after = some(device)

    codes = [
        device.sends(bill) and stored(trader, bill)["code"] for bill in (before, between, after)
    ]

    assert codes == ["", "cashier_left", ""]


def test_another_branch_takes_nothing_of_somebody_else(trader: Shop, device: Device):
    bill = told(some(device))
    move(trader, "manager")
    foreign = {"by": trader.acting_as("manager")}

    refusal = refused(trader, NotFound, "pos.take_in_sale", bill, **foreign)
    assert "somebody who sells where it was sold" in refusal.message
    refused(trader, NotFound, "pos.hand_in_lease", device.proof() | {"used_until": 0}, **foreign)
    other = bill | {"device_key": "x" * 64}
    refused(trader, PermissionDenied, "pos.take_in_sale", other, by=trader.acting_as("cashier"))


def test_a_bill_of_a_till_that_is_out_of_use_says_how_it_is_settled(trader: Shop, device: Device):
    bill = some(device)
    end = {"lease_id": device.lease.lease_id, "reason": "the branch closes"}
    trader.run("pos.end_lease", end)
    closing = {"shift_id": trader.shift_id, "counted_cash": "500.00", "reason": "counted"}
    trader.run("pos.close_shift", closing)
    till = {"register_id": trader.register_id, "name": "Till"}
    trader.run("pos.change_register", till | {"is_active": False})
    assert device.sends(bill).status == "waiting"
    settling = {"sale_id": bill["sale_id"], "answer": "counted"}

    refusal = refused(trader, ShiftClosed, "pos.settle_offline", settling)

    assert "take it into use again under Tills, then open" in refusal.message
    trader.run("pos.change_register", till | {"is_active": True})
    opening = {"register_id": trader.register_id, "opening_float": "0", "reason": "reopened"}
    refused_no_more = replace(trader, shift_id=trader.run("pos.open_shift", opening).id)
    assert refused_no_more.run("pos.settle_offline", settling).status == "posted"
