"""A shop that owns things."""

from datetime import date
from typing import Any
from uuid import UUID

from erp.core.clock import month_end
from tests.factories import Shop, gstin_in


def kinds(shop: Shop) -> dict[str, UUID]:
    """Add the usual kinds of asset and return their ids by name."""
    shop.run("assets.add_usual_categories", {})
    return {row.name: row.id for row in shop.run("assets.list_categories", {}).rows}


def months_ago(shop: Shop, months: int) -> date:
    """Return the first day of a month some months before this one."""
    year, month = divmod(shop.ctx.today.year * 12 + shop.ctx.today.month - 1 - months, 12)
    return date(year, month + 1, 1)


def seller(shop: Shop, state: str = "27") -> UUID:
    """Add a registered supplier of computers."""
    given = {
        "name": f"Croma {state}",
        "kind": "other",
        "roles": ["supplier"],
        "state_code": state,
        "gst_category": "regular",
        "gstin": gstin_in(state),
    }
    made: UUID = shop.run("party.create_party", given).id
    return made


def own(shop: Shop, price: str = "60000.00", **more: Any) -> Any:
    """Bring a computer that was bought three months ago into the books, paid by the bank."""
    bought = months_ago(shop, 3)
    given = {
        "category_id": kinds(shop)["Computers and tills"],
        "name": "Till computer",
        "bought_from": "bank",
        "price": price,
        "bought_on": bought,
        "booked_on": bought,
    }
    return shop.run("assets.register_asset", given | more)


def run_month(shop: Shop, months: int) -> Any:
    """Run the month that lies some months before this one."""
    return shop.run("assets.run_depreciation", {"month": months_ago(shop, months)})


def end_of(shop: Shop, months: int) -> date:
    """Return the last day of a month some months before this one."""
    return month_end(months_ago(shop, months))
