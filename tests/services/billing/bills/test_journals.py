"""A delivery and its bill together book exactly the purchases of the domain rules."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from erp.core import db
from tests.services.billing.bills.billing import bill, billed, came, goods, registered

EXAMPLES = json.loads((Path(__file__).parents[3] / "data" / "gst_examples.json").read_text())
BILLS = {
    "J01": ("27", {"quantity": 100, "unit_cost": "100"}, "10500.00"),
    "J02": ("09", {"quantity": 160, "unit_cost": "62.56"}, "10510.00"),
    "J20": ("27", {"quantity": 10, "free_quantity": 1, "unit_cost": "70.10"}, "736.06"),
}


def booked(shop) -> set[tuple[str, Decimal, Decimal]]:
    """Return what accounts hold in the end but the till's float, named as the examples do."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session,
            "select a.name, sum(l.debit - l.credit) as amount from journal_line l"
            " join account a on a.tenant_id = l.tenant_id and a.id = l.account_id"
            " where a.company_id = %s and a.key not in ('cash', 'petty_cash')"
            " group by a.id, a.name having sum(l.debit - l.credit) <> 0",
            (shop.ctx.company_id,),
        )
    zero = Decimal(0)
    return {(r["name"], max(r["amount"], zero), max(-r["amount"], zero)) for r in rows}


@pytest.mark.parametrize("example", BILLS)
def test_a_purchase_books_stock_input_tax_and_the_debt(shop, example):
    state, facts, total = BILLS[example]
    seller = registered(shop, state, name="Bakson Agencies")
    receipt = came(shop, goods(shop, **facts), supplier_id=seller)
    line = billed(receipt, facts["quantity"], facts["unit_cost"])
    made = bill(shop, total, line, supplier_id=seller)

    assert made.status == "posted"
    lines = next(j for j in EXAMPLES["journal_examples"] if j["id"] == example)["lines"]
    rounded = {(x["account"], Decimal(x["debit"]), Decimal(x["credit"])) for x in lines}
    assert booked(shop) == rounded
