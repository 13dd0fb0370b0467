"""A shop in October 2025, that buys, spends and owns."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.factories import Shop, gstin_in
from tests.services.assets.owning import kinds
from tests.services.expenses.spending import categories
from tests.services.gst_returns.months import at

Buy = Callable[..., Any]


@pytest.fixture(autouse=True)
def kinds_of_all(trader: Shop) -> None:
    """Have kinds of expense and of asset."""
    categories(trader)
    kinds(trader)


def line(shop: Shop, number: str, amount: str = "1180.00", **more: Any) -> dict[str, Any]:
    """Return a bill of the 8th October, with GST of 18 %, of a supplier in Gujarat."""
    return {
        "category_id": categories(shop)["Courier and postage"],
        "spent_on": "2025-10-08",
        "amount": amount,
        "supplier": "Speedy Logistics",
        "supplier_gstin": gstin_in("24"),
        "bill_number": number,
        "gst_rate": "18",
    } | more


def claimed(shop: Shop, *lines: dict[str, Any], day: int = 9, month: int = 10, **more: Any) -> Any:
    """Hand a claim in."""
    given = {"purpose": "Parcels", "lines": list(lines)}
    when = at(day, month)
    return shop.run("expenses.submit_claim", given, by=shop.acting_as("cashier"), at=when, **more)


def approved(shop: Shop, made: Any, day: int = 9, month: int = 10, **more: Any) -> Any:
    """Approve a claim and return it as it is then."""
    given = {"claim_id": made.id, "revision": made.revision, "outcome": "approved"}
    who, when = shop.acting_as("owner"), at(day, month)
    shop.run("expenses.decide_claim", given, by=who, at=when, **more)
    return shop.run("expenses.get_claim", {"claim_id": made.id})


def supplier(shop: Shop, state: str = "24", name: str = "Speedy Logistics") -> UUID:
    """Add a registered supplier."""
    given = {
        "name": name, "kind": "other", "roles": ["supplier"], "state_code": state,
        "gst_category": "regular", "gstin": gstin_in(state),
    }  # fmt: skip
    made: UUID = shop.run("party.create_party", given).id
    return made


def owned(
    shop: Shop,
    supplier_id: UUID,
    number: str,
    price: str = "1000.00",
    day: int = 9,
    month: int = 10,
    **more: Any,
) -> Any:
    """Bring a printer into the books by a supplier's bill of the 8th October."""
    confirm = more.pop("confirm", ())
    given = {
        "category_id": kinds(shop)["Computers and tills"],
        "name": "Printer",
        "bought_from": "supplier",
        "supplier_id": supplier_id,
        "bill_number": number,
        "price": price,
        "gst_rate": "18",
        "bought_on": "2025-10-08",
        "booked_on": at(day, month).date(),
    } | more
    return shop.run("assets.register_asset", given, at=at(day, month), confirm=confirm)
