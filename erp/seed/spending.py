"""The demo's expenses: claims at every stage, petty cash, and the shop's fixed assets."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from erp.core.clock import month_end
from erp.core.context import RequestContext
from erp.seed.orders import people_of
from erp.services import platform

COURIER = {
    "supplier": "Blue Dart Express",
    "supplier_gstin": "27AAACB0446L1ZS",
    "bill_number": "BD/2611/4471",
    "gst_rate": "18",
}
ASSETS = (
    ("Till computer", "Computers and tills", "62000.00", "12400.00", 300, "Counter 1"),
    ("Wooden racks", "Furniture and racks", "148000.00", "9800.00", 300, "Shop floor"),
    (
        "Refrigerator for tinctures",
        "Shop and clinic equipment",
        "38500.00",
        "1700.00",
        280,
        "Store",
    ),
)
"""Name, kind, cost, what it lost before, days since it was bought, place."""


def seed_spending(ctx: RequestContext) -> None:
    """Add kinds, claims, a voucher, a box, assets of the books of before, and a month's depreciation."""
    people = people_of(ctx)
    accountant = people["accountant"]
    for domain in ("expenses", "assets"):
        _run(f"{domain}.add_usual_categories", accountant, {}, "kinds")
    kinds = _ids(accountant, "expenses.list_categories")
    _claims(people, kinds)
    _box(people, kinds)
    _assets(accountant)


def _claims(people: dict[str, RequestContext], kinds: dict[str, UUID]) -> None:
    cashier, keeper, manager = (people[role] for role in ("cashier", "storekeeper", "manager"))
    day = cashier.today - timedelta(days=2)
    taxi = _bill(kinds, "Travel and conveyance", "640.00", day, supplier="Uber", note="To Dr Rao")
    parcel = _bill(kinds, "Courier and postage", "1180.00", day, **COURIER)
    booked = _run(
        "expenses.submit_claim",
        cashier,
        {"purpose": "Samples to Dr Rao", "lines": [taxi, parcel]},
        "a",
    )
    _run(
        "expenses.decide_claim",
        manager,
        {"claim_id": booked.id, "revision": 1, "outcome": "approved"},
        "a",
    )
    tea = _bill(kinds, "Food and refreshments", "860.00", day, supplier="Chai Point")
    _run(
        "expenses.submit_claim", keeper, {"purpose": "Tea for the stock count", "lines": [tea]}, "b"
    )
    fan = _bill(kinds, "Repairs and maintenance", "2300.00", day, supplier="Ravi Electricals")
    back = _run(
        "expenses.submit_claim", keeper, {"purpose": "Fan of the store", "lines": [fan]}, "c"
    )
    note = {"outcome": "returned", "note": "Please add the photo of the bill."}
    _run("expenses.decide_claim", manager, {"claim_id": back.id, "revision": 1} | note, "c")


def _box(people: dict[str, RequestContext], kinds: dict[str, UUID]) -> None:
    accountant, manager = people["accountant"], people["manager"]
    given = {"amount": "5000.00", "custodian_id": manager.user_id}
    box = _run("expenses.open_float", accountant, given, "box")
    _run("expenses.top_up_float", accountant, {"float_id": box.id}, "box")
    day = manager.today
    for place, (name, amount, purpose) in enumerate(
        (
            ("Office expenses", "320.00", "Drinking water"),
            ("Printing and stationery", "275.00", "Printer paper"),
            ("Travel and conveyance", "150.00", "Auto to the bank"),
        )
    ):
        voucher = {"purpose": purpose, "lines": [_bill(kinds, name, amount, day)]}
        _run("expenses.spend_petty_cash", manager, voucher, f"box-{place}")
    _run("expenses.count_float", manager, {"float_id": box.id, "counted": "4255.00"}, "box")


def _assets(accountant: RequestContext) -> None:
    kinds = _ids(accountant, "assets.list_categories")
    last = accountant.today.replace(day=1) - timedelta(days=1)
    for name, kind, price, lost, days, place in ASSETS:
        given = {
            "category_id": kinds[kind],
            "name": name,
            "bought_from": "opening",
            "price": price,
            "opening_depreciation": lost,
            "bought_on": last.replace(day=1) - timedelta(days=days),
            "booked_on": last.replace(day=1),
            "place": place,
        }
        _run("assets.register_asset", accountant, given, name)
    _run("assets.run_depreciation", accountant, {"month": month_end(last)}, "last month")


def _bill(kinds: dict[str, UUID], name: str, amount: str, day: date, **more: str) -> dict[str, Any]:
    return {"category_id": kinds[name], "spent_on": day, "amount": amount} | more


def _ids(by: RequestContext, query: str) -> dict[str, UUID]:
    page: Any = platform.run(query, by, {"limit": 200}).result
    return {row.name: row.id for row in page.rows}


def _run(command: str, by: RequestContext, given: dict[str, Any], key: str) -> Any:  # noqa: ANN401  any command's answer
    keyed = given | {"idempotency_key": f"seed-{command}-{key}".replace(" ", "-")}
    return platform.run(command, by, keyed).result
