"""What tests of payments ask of a shop: who owes, and what they pay."""

from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.services.sales.ordering import buyer, deliver, goods, order


def owing(shop: Shop, *quantities: int, **facts: Any) -> UUID:
    """Return a customer to whom orders of these quantities were delivered, one invoice each."""
    customer = buyer(shop, credit_days=30, **facts)
    for quantity in quantities:
        deliver(shop, order(shop, customer, goods(shop, quantity)), quantity)
    return customer


def receive(shop: Shop, customer: UUID, amount: str, **more: Any) -> Any:
    confirm = more.pop("confirm", ())
    given = {"party_id": customer, "amount": amount, "method": "bank"} | more
    return shop.run("payments.receive_payment", given, confirm=confirm)


def account(shop: Shop, customer: UUID, **more: Any) -> Any:
    return shop.run("payments.list_items", {"party_id": customer} | more)
