"""A bill made without the server names a lot once, though its units stand on two shelves."""

from tests.factories import Shop, broken_promises
from tests.services.pos.devices import Device
from tests.services.trading import add_goods, rows


def test_a_lot_that_stands_on_two_shelves_is_posted_as_its_paper_says(trader: Shop):
    goods = add_goods(trader, mrp="10.00", unit_cost="3.00", quantity=3)
    (house,) = trader.run("inventory.list_warehouses").rows
    about = {
        "warehouse_id": house.id,
        "code": "S1",
        "name": "Shelf",
        "parent_id": trader.storage_id,
    }
    shelf = trader.run("inventory.create_location", about).id
    (lot,) = rows(trader, "select id from lot where variant_id = %s", goods)
    ends = {"from_location_id": trader.storage_id, "to_location_id": shelf}
    trader.run("inventory.transfer_stock", ends | {"lines": [{"lot_id": lot["id"], "quantity": 2}]})
    device = Device(trader)
    bill = device.bill({goods: 3})
    assert len(bill["lines"]) == 1
    sent = device.sends(bill)
    assert (sent.status, sent.reason) == ("posted", "")
    (kept,) = rows(trader, "select total from invoice where origin_id = %s", bill["sale_id"])
    assert kept["total"] == bill["totals"]["total"]
    assert broken_promises() == []
