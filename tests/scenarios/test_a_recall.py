"""A maker recalls a lot: it stops at every till, whoever got it is known, and the loss is booked."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.services.inventory import InsufficientStock, LotOnHold
from tests.factories import Shop, broken_promises, make_shop


@dataclass
class Recall:
    """Two lots of one product, the bad one expiring first, and the bills it went out on."""

    shop: Shop
    cashier: RequestContext
    storekeeper: RequestContext
    arnica: UUID
    bad: UUID
    good: UUID
    bills: list[Any] = field(default_factory=list)

    def sell(self, cart: dict[str, Any]) -> Any:
        return self.shop.run("pos.post_sale", cart, by=self.cashier)

    def store(self, name: str, given: dict[str, Any]) -> Any:
        return self.shop.run(name, given, by=self.storekeeper)


@pytest.mark.usefixtures("environment")
def test_a_lot_is_recalled():
    shop = make_shop("recall", products=1, lots=0)
    (arnica,) = shop.variant_ids
    bad = shop.receive(arnica, 10, lot_number="BAD", days=300)
    good = shop.receive(arnica, 4, lot_number="GOOD", days=600)
    people = shop.acting_as("cashier"), shop.acting_as("storekeeper")
    story = Recall(shop, *people, arnica, bad, good)
    two_customers_get_the_lot(story)
    a_held_lot_is_passed_over(story)
    a_recalled_lot_is_never_sold_again(story)
    whoever_got_it_is_known(story)
    what_comes_back_does_not_return_to_the_shelf(story)
    the_rest_is_destroyed_and_the_books_know_the_loss(story)
    assert broken_promises() == []


def two_customers_get_the_lot(story):
    for name in ("Asha", "Ravi"):
        person = {"name": name, "kind": "patient", "state_code": "27"}
        customer = story.shop.run("party.create_party", person).id
        story.bills.append(story.sell(story.shop.cart({story.arnica: 2}, customer_id=customer)))
    assert {line.lot_number for bill in story.bills for line in bill.lines} == {"BAD"}


def a_held_lot_is_passed_over(story):
    held = story.store("inventory.hold_lot", {"lot_id": story.bad, "reason": "Cloudy"})
    assert (held.status, held.on_hand) == ("hold", 6)
    bill = story.sell(story.shop.cart({story.arnica: 1}))
    assert [line.lot_number for line in bill.lines] == ["GOOD"]


def a_recalled_lot_is_never_sold_again(story):
    """Not by insisting, not for want of others, and nobody can release it."""
    letter = {"lot_id": story.bad, "reason": "Maker's letter 12/26"}
    recalled = story.store("inventory.recall_lot", letter)
    assert (recalled.status, recalled.on_hand) == ("recalled", 6)
    insisting = story.shop.cart({})
    insisting["lines"] = [
        {"variant_id": story.arnica, "quantity": 1, "lot_id": story.bad, "reason": "In my hand"}
    ]
    with pytest.raises(LotOnHold):
        story.sell(insisting)
    with pytest.raises(InsufficientStock):
        story.sell(story.shop.cart({story.arnica: 4}))
    with pytest.raises(DomainError):
        story.store("inventory.release_lot", {"lot_id": story.bad, "reason": "?"})


def whoever_got_it_is_known(story):
    """The moves of the lot name the bills, and the bills name the customers."""
    moves = story.store("inventory.list_moves", {"lot_id": story.bad}).rows
    gone = {move.origin_id: move.quantity for move in moves if move.to_kind == "customer"}
    assert gone == {bill.sale_id: 2 for bill in story.bills}
    sales = [story.shop.run("pos.get_sale", {"sale_id": sale_id}) for sale_id in gone]
    assert {sale.customer for sale in sales} == {"Asha", "Ravi"}


def what_comes_back_does_not_return_to_the_shelf(story):
    shop = story.shop
    given = {
        "return_id": new_id(),
        "sale_id": story.bills[0].sale_id,
        "shift_id": shop.shift_id,
        "lines": [{"line_no": 1, "quantity": 2}],
        "reason": "Recalled",
    }
    refund = shop.run("pos.post_return", given, by=story.cashier)
    assert refund.total == Decimal("210.00")
    assert shop.on_hand(story.arnica, shop.expired_store_id) == 2
    assert shop.on_hand(story.arnica) == 9


def the_rest_is_destroyed_and_the_books_know_the_loss(story):
    """Eight bottles at sixty rupees; three good ones are left."""
    shop = story.shop
    goods = {
        "from_location_id": shop.storage_id,
        "to_location_id": shop.expired_store_id,
        "lines": [{"lot_id": story.bad, "quantity": 6}],
    }
    story.store("inventory.transfer_stock", goods)
    destroyed = {
        "location_id": shop.expired_store_id,
        "reason_code": "recalled",
        "lines": [{"lot_id": story.bad, "quantity": 8}],
    }
    assert story.store("inventory.write_off_stock", destroyed).value == Decimal(480)
    lots = shop.run("inventory.stock_by_lot", {"variant_id": story.arnica}).rows
    assert [(lot.lot_id, lot.on_hand) for lot in lots if lot.on_hand] == [(story.good, 3)]
    rows = shop.run("accounting.trial_balance").rows
    by_name = {row.name: row.debit - row.credit for row in rows}
    assert by_name["Loss on Expired Stock"] == Decimal(480)
    assert by_name["Inventory"] == Decimal(180)
