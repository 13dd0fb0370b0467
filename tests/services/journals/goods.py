"""Journals of goods: bought, sold, brought back, sent back, lost, given away."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.services.billing.bills.billing import bill, billed, came, goods, registered, settle
from tests.services.billing.returns.returning import came_before, leaving, send_back
from tests.services.inventory.counts import approve, record, start, submit
from tests.services.journals.recording import Driver
from tests.services.sales.ordering import buyer, deliver, order
from tests.services.sales.pricing import make_list, set_scheme
from tests.services.trading import add_customer, add_goods, rows, tender

LIMIT = Decimal(100_000)


def bought(state: str, facts: dict[str, Any], total: str) -> Driver:
    """J01, J02, J20: a delivery and its bill."""

    def driver(shop: Shop):
        seller = registered(shop, state, name="Bakson Agencies")
        yield
        receipt = came(shop, goods(shop, **facts), supplier_id=seller)
        line = billed(receipt, facts["quantity"], facts["unit_cost"])
        bill(shop, total, line, supplier_id=seller)

    return driver


def owed_sale(shop: Shop, state: str = "27") -> Any:
    """Sell fifty for 5,250 at a cost of 3,500, all of it owed."""
    stocked = add_goods(shop, mrp="105.00", unit_cost="70.00", quantity=100)
    customer = add_customer(shop, state_code=state, credit_limit=LIMIT)
    return shop.sell({stocked: 50}, customer_id=customer, tenders=[tender("credit", "5250.00")])


def sold(state: str) -> Driver:
    """J03, J04: a sale on account."""

    def driver(shop: Shop):
        stocked = add_goods(shop, mrp="105.00", unit_cost="70.00", quantity=100)
        customer = add_customer(shop, state_code=state, credit_limit=LIMIT)
        yield
        owed = [tender("credit", "5250.00")]
        shop.sell({stocked: 50}, customer_id=customer, tenders=owed)

    return driver


def brought_back(*, is_damaged: bool) -> Driver:
    """J05, J06: ten of fifty come back, sellable or not."""

    def driver(shop: Shop):
        sale = owed_sale(shop)
        if is_damaged:
            find = "select lot_id from invoice_line where invoice_id = %s"
            lot_id = rows(shop, find, sale.invoice_id)[0]["lot_id"]
            shop.run("inventory.hold_lot", {"lot_id": lot_id, "reason": "Damaged in storage"})
        yield
        back = {"sale_id": sale.sale_id, "shift_id": shop.shift_id, "reason": "Not wanted"}
        back["lines"] = [{"line_no": 1, "quantity": 10}]
        shop.run("pos.post_return", back | {"tenders": [tender("credit", "1050.00")]})

    return driver


def sent_back(shop: Shop):
    """J07: goods go back and the supplier credits all of them."""
    receipt = came_before(shop, goods(shop, 20, unit_cost="100", days=-1))
    bill(shop, "2100.00", billed(receipt, 20, "100"))
    yield
    made = send_back(shop, leaving(shop, receipt, 20))
    settle(shop, made.claim_id, "2000.00", "100.00")


def expired_sent_back(shop: Shop):
    """J19: expired goods go back and 80 percent are credited."""
    receipt = came_before(shop, goods(shop, 20, unit_cost="100", days=-1))
    bill(shop, "2100.00", billed(receipt, 20, "100"))
    line = {"lot_id": receipt.lines[0].lot_id, "quantity": 20}
    ends = {"from_location_id": shop.storage_id, "to_location_id": shop.expired_store_id}
    shop.run("inventory.transfer_stock", ends | {"lines": [line]})
    yield
    store = {"location_id": shop.expired_store_id}
    made = send_back(shop, leaving(shop, receipt, 20, "expired", **store))
    settle(shop, made.claim_id, "1600.00", "80.00")


def sold_with_a_free_unit(shop: Shop):
    """J21: ten are paid for, eleven leave."""
    set_scheme(shop, make_list(shop), 10, 1)
    stocked = add_goods(shop, mrp="105.00", unit_cost="45.00", quantity=11)
    customer = buyer(shop)
    wanted = {"variant_id": stocked, "quantity": 10, "unit_price": "70.10"}
    made = order(shop, customer, wanted)
    yield
    deliver(shop, made, 10)


def billed_lot(shop: Shop, quantity: int, cost: str, total: str) -> UUID:
    """Take in a lot with its bill, so that credit was taken on it; return the lot."""
    receipt = came(shop, goods(shop, quantity, unit_cost=cost))
    bill(shop, total, billed(receipt, quantity, cost))
    lot_id: UUID = receipt.lines[0].lot_id
    return lot_id


def credit_given_back(shop: Shop) -> None:
    """Reverse the credit on everything that was lost."""
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    shop.run("gst_returns.reverse_losses", {"gstin": gstin})


def written_off(shop: Shop):
    """J18: twenty units at 100 are destroyed."""
    lot_id = billed_lot(shop, 20, "100", "2100.00")
    yield
    line = {"lot_id": lot_id, "quantity": 20}
    shop.run("inventory.write_off_stock", {"reason_code": "expired", "lines": [line]})
    credit_given_back(shop)


def given_away(shop: Shop):
    """J22: a bottle goes to a doctor to be tried."""
    lot_id = billed_lot(shop, 1, "90", "94.50")
    yield
    given = {"reason_code": "sample", "note": "Dr Rao"}
    shop.run("inventory.adjust_stock", given | {"lines": [{"lot_id": lot_id, "change": -1}]})
    credit_given_back(shop)


def counted_short(shop: Shop):
    """J30: five units of 100 are not on the shelf."""
    lot_id = billed_lot(shop, 5, "100", "525.00")
    yield
    count = start(shop)
    record(shop, count.count_id, {lot_id: 0})
    submit(shop, count.count_id)
    approve(shop, count.count_id)
    credit_given_back(shop)


DRIVERS: dict[str, Driver] = {
    "J01": bought("27", {"quantity": 100, "unit_cost": "100"}, "10500.00"),
    "J02": bought("09", {"quantity": 160, "unit_cost": "62.56"}, "10510.00"),
    "J03": sold("27"),
    "J04": sold("24"),
    "J05": brought_back(is_damaged=False),
    "J06": brought_back(is_damaged=True),
    "J07": sent_back,
    "J18": written_off,
    "J19": expired_sent_back,
    "J20": bought("27", {"quantity": 10, "free_quantity": 1, "unit_cost": "70.10"}, "736.06"),
    "J21": sold_with_a_free_unit,
    "J22": given_away,
    "J30": counted_short,
}
