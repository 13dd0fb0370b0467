"""Depreciation is no cash: the cash flow adds it back to the profit."""

from tests.factories import Shop
from tests.services.assets.owning import months_ago, own, run_month


def test_depreciation_is_added_back_and_the_purchase_is_investing(shop: Shop):
    own(shop)
    lost = run_month(shop, 1).total
    days = {"from_day": months_ago(shop, 3), "to_day": shop.ctx.today}
    found = shop.run("accounting.cash_flow", days)
    amounts = {row.label: row.amounts[0] for row in found.rows}
    added_back = [v for k, v in amounts.items() if k.endswith("Accumulated Depreciation")]
    bought = [v for k, v in amounts.items() if k.endswith("Computers")]
    assert (added_back, bought) == ([lost], [-60_000])
