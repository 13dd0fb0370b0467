"""A shop's day, from the counted float in the morning to the counted drawer in the evening."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from erp.core.context import RequestContext
from erp.core.errors import ConfirmationRequired, PermissionDenied
from erp.core.ids import new_id
from erp.services import pos
from erp.services.inventory import InsufficientStock
from tests.factories import PIN, Shop, broken_promises, make_shop


@dataclass
class Day:
    """The people and goods of the day, and the first bill, part of which comes back."""

    shop: Shop
    cashier: RequestContext
    storekeeper: RequestContext
    arnica: UUID
    bryonia: UUID
    first_bill: Any = None

    def sell(self, cart: dict[str, Any]) -> Any:
        return self.shop.run("pos.post_sale", cart, by=self.cashier)


def cash(amount):
    return {"method": "cash", "amount": amount}


@pytest.mark.usefixtures("environment")
def test_a_day_at_the_counter():
    shop = make_shop("day", products=2, lots=0)
    day = Day(shop, shop.acting_as("cashier"), shop.acting_as("storekeeper"), *shop.variant_ids)
    the_storekeeper_unpacks(day)
    the_cashier_finds_goods_by_their_first_letters(day)
    the_old_carton_goes_first(day)
    a_customer_pays_in_three_ways(day)
    a_discount_needs_the_managers_pin(day)
    nobody_sells_what_is_not_there(day)
    a_bill_is_put_aside_and_taken_up_again(day)
    a_bottle_comes_back(day)
    the_cashier_keeps_to_the_till(day)
    the_drawer_is_counted_blind(day)
    the_z_report_says_it_all_once_more(day)
    assert broken_promises() == []


def the_storekeeper_unpacks(day):
    """An old carton that goes first, and a new one; nothing that expires within weeks."""
    shop, by = day.shop, day.storekeeper
    shop.receive(day.arnica, 2, lot_number="OLD", days=120, by=by)
    shop.receive(day.arnica, 10, lot_number="NEW", days=700, by=by)
    shop.receive(day.bryonia, 5, lot_number="BRY", days=500, by=by)
    assert shop.on_hand(day.arnica) == 12
    with pytest.raises(ConfirmationRequired):
        shop.receive(day.bryonia, 1, lot_number="LATE", days=20, by=by)


def the_cashier_finds_goods_by_their_first_letters(day):
    found = day.shop.run("catalog.search_products", {"search": "arn 1"}, by=day.cashier).rows
    assert [(row.variant_id, row.price, row.sellable) for row in found] == [(day.arnica, 105, 12)]


def the_old_carton_goes_first(day):
    """Three bottles: two from the old carton, one from the new; change for four hundred."""
    bill = day.sell(day.shop.cart({day.arnica: 3}, tenders=[cash("400.00")]))
    assert [(line.lot_number, line.quantity) for line in bill.lines] == [("OLD", 2), ("NEW", 1)]
    assert (bill.total, bill.change_due) == (Decimal("315.00"), Decimal("85.00"))
    assert bill.number.startswith("POS1/")
    assert bill.number.endswith("/00001")
    day.first_bill = bill


def a_customer_pays_in_three_ways(day):
    split = [
        {"method": "upi", "amount": "100.00", "reference": "612345678901"},
        {"method": "card", "amount": "10.00", "reference": "4242"},
        cash("100.00"),
    ]
    bill = day.sell(day.shop.cart({day.bryonia: 2}, tenders=split))
    assert (bill.total, bill.change_due) == (Decimal("210.00"), Decimal("0.00"))


def a_discount_needs_the_managers_pin(day):
    """Twenty percent is above what the cashier may give; a wrong PIN does not help."""
    shop, cart = day.shop, day.shop.cart({day.bryonia: 1}, tenders=[cash("84.00")])
    cart["lines"][0]["discount_percent"] = "20"
    with pytest.raises(pos.ApprovalRequired):
        day.sell(cart)
    approvers = shop.run("identity.list_approvers", by=day.cashier).rows
    wish = {
        "origin_id": cart["sale_id"],
        "kind": "discount",
        "level": "20",
        "approver_id": next(a.id for a in approvers if a.display_name.startswith("Manager")),
        "reason": "A regular for years",
    }
    assert not shop.run("pos.request_approval", wish | {"pin": "1357"}, by=day.cashier).granted
    assert shop.run("pos.request_approval", wish | {"pin": PIN}, by=day.cashier).granted
    assert day.sell(cart).total == Decimal("84.00")


def nobody_sells_what_is_not_there(day):
    with pytest.raises(InsufficientStock, match="2"):
        day.sell(day.shop.cart({day.bryonia: 3}))
    assert day.shop.on_hand(day.bryonia) == 2


def a_bill_is_put_aside_and_taken_up_again(day):
    shop, by = day.shop, day.cashier
    parked = {"label": "Red scarf", "lines": [{"variant_id": day.bryonia, "quantity": 1}]}
    cart_id = shop.run("pos.park_cart", parked, by=by).id
    recalled = shop.run("pos.recall_cart", {"cart_id": cart_id}, by=by).cart
    assert recalled["lines"][0]["quantity"] == 1
    assert shop.run("pos.list_parked_carts", by=by).rows == []


def a_bottle_comes_back(day):
    """The money leaves the drawer, and the bottle goes back into its own carton."""
    given = {
        "return_id": new_id(),
        "sale_id": day.first_bill.sale_id,
        "shift_id": day.shop.shift_id,
        "lines": [{"line_no": 1, "quantity": 1}],
        "reason": "Wrong potency",
    }
    note = day.shop.run("pos.post_return", given, by=day.cashier)
    assert (note.total, note.original_number) == (Decimal("105.00"), day.first_bill.number)
    lots = day.shop.run("inventory.stock_by_lot", {"variant_id": day.arnica}).rows
    assert {lot.lot_number: lot.on_hand for lot in lots} == {"OLD": 1, "NEW": 9}


def the_cashier_keeps_to_the_till(day):
    """The books and the shelves are other people's work."""
    for name in ("accounting.trial_balance", "inventory.adjust_stock"):
        lines = [{"lot_id": new_id(), "change": 1}]
        given = {"reason_code": "count", "lines": lines} if "adjust" in name else {}
        with pytest.raises(PermissionDenied):
            day.shop.run(name, given, by=day.cashier)


def the_drawer_is_counted_blind(day):
    """It is five rupees short, which a cashier need not explain; then the till is shut."""
    expected = Decimal("500.00") + 315 + 100 + 84 - 105
    closing = {"shift_id": day.shop.shift_id, "counted_cash": expected - 5, "float_left": "500.00"}
    counted = day.shop.run("pos.close_shift", closing, by=day.cashier)
    assert (counted.expected_cash, counted.difference) == (expected, Decimal("-5.00"))
    with pytest.raises(pos.ShiftClosed):
        day.sell(day.shop.cart({day.bryonia: 1}))


def the_z_report_says_it_all_once_more(day):
    manager = day.shop.acting_as("manager")
    report = day.shop.run("pos.get_shift", {"shift_id": day.shop.shift_id}, by=manager)
    assert (report.sale_count, report.return_count) == (3, 1)
    assert (report.sales_total, report.returns_total) == (Decimal("609.00"), Decimal("105.00"))
    takings = {row.method: row.sales - row.refunds for row in report.by_method}
    assert takings == {
        "cash": Decimal("394.00"),
        "upi": Decimal("100.00"),
        "card": Decimal("10.00"),
    }
