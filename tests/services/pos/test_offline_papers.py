"""A receipt that was printed offline and its reprint name the seller alike."""

from datetime import UTC, datetime, timedelta
from typing import Any

from erp.core import db
from erp.core.clock import utc_now
from erp.services import pos
from tests.factories import Shop
from tests.services.pos.devices import Device
from tests.services.trading import rows


def reprinted(shop: Shop, bill: Any) -> Any:
    """Return what the reprint of a bill says of the seller: name and address."""
    sale = rows(shop, "select invoice_id from sale where id = %s", bill["sale_id"])[0]
    with db.unit_of_work(shop.ctx) as session:
        seller = pos.get_printed_bill(session, shop.ctx, sale["invoice_id"]).seller
    return seller.name, list(seller.address)


def printed(device: Device) -> Any:
    """Return what the device's receipts say of the seller."""
    seller = device.lease.seller
    return seller.name, [line for line in seller.lines if not line.startswith("Phone")]


def rename(shop: Shop) -> None:
    """Name the company anew and move the branch."""
    names = {"legal_name": "Renamed Private Limited", "trade_name": "Renamed"}
    shop.run("organisation.rename_organisation", names)
    moved = {"branch_id": shop.ctx.branch_id, "address": "9 New Road", "pin": "411002"}
    shop.run("organisation.update_branch", moved)


def some(device: Device, **more: Any) -> dict[str, Any]:
    return device.bill({device.shop.variant_ids[0]: 1}, **more)


def test_a_bill_of_before_a_change_that_arrives_after_it_is_reprinted_as_it_was(trader: Shop):
    device = Device(trader)
    bill = some(device, at=utc_now())
    rename(trader)

    assert device.sends(bill).status == "posted"

    assert reprinted(trader, bill) == printed(device)


def test_the_original_of_a_bill_of_a_device_is_the_devices(trader: Shop):
    device = Device(trader)
    bill = some(device)
    assert device.sends(bill).status == "posted"
    sale = rows(trader, "select invoice_id from sale where id = %s", bill["sale_id"])[0]
    with db.unit_of_work(trader.ctx) as session:
        assert pos.print_bill(session, trader.ctx, sale["invoice_id"], "receipt").is_duplicate


def test_a_device_that_did_not_hear_of_a_change_prints_and_is_reprinted_as_before(trader: Shop):
    device = Device(trader)
    rename(trader)
    bill = some(device)

    assert device.sends(bill).status == "posted"

    assert reprinted(trader, bill) == printed(device)
    assert reprinted(trader, bill)[0] != "Renamed Private Limited"
    heard = Device(trader, key=device.key)
    after = some(heard)
    assert heard.sends(after).status == "posted"
    assert reprinted(trader, after) == printed(heard)
    assert reprinted(trader, after)[0] == "Renamed Private Limited"


def test_a_bill_that_takes_the_day_it_arrived_is_reprinted_as_it_was(trader: Shop):
    device = Device(trader)
    bill = some(device, at=utc_now() - timedelta(days=2))
    rename(trader)
    assert device.sends(bill).status == "waiting"

    trader.run("pos.settle_offline", {"sale_id": bill["sale_id"], "answer": "a wrong clock"})

    assert reprinted(trader, bill) == printed(device)


def test_a_device_claims_no_name_of_before_its_lease(trader: Shop):
    rename(trader)
    device = Device(trader)
    bill = some(device, named_at=datetime(2000, 1, 1, tzinfo=UTC))

    assert device.sends(bill).status == "posted"

    assert reprinted(trader, bill) == printed(device)
