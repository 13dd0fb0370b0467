"""Sales, returns and closings book exactly the journals of the domain rules."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.factories import Shop
from tests.services.trading import add_customer, add_goods, journal, rows, tender

EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "gst_examples.json").read_text())
LIMIT = Decimal(100_000)
STATES = {"J03": "27", "J04": "24"}


def expected(example: str) -> set[tuple[str, Decimal, Decimal]]:
    lines = next(j for j in EXAMPLES["journal_examples"] if j["id"] == example)["lines"]
    return {(x["account"], Decimal(x["debit"]), Decimal(x["credit"])) for x in lines}


def on_account(trader: Shop, state: str = "27"):
    """Sell fifty for 5,250 at a cost of 3,500, all of it owed."""
    goods = add_goods(trader, mrp="105.00", unit_cost="70.00", quantity=100)
    buyer = add_customer(trader, state_code=state, credit_limit=LIMIT)
    return trader.sell({goods: 50}, customer_id=buyer, tenders=[tender("credit", "5250.00")])


@pytest.mark.parametrize("example", ["J03", "J04"])
def test_a_credit_sale_books_debtors_income_tax_and_cost(trader: Shop, example: str):
    sale = on_account(trader, STATES[example])
    assert journal(trader, sale.sale_id) == expected(example)


@pytest.mark.parametrize("example", ["J05", "J06"])
def test_a_return_books_the_opposite_and_keeps_unsellable_goods_apart(trader: Shop, example: str):
    sale = on_account(trader)
    if example == "J06":
        lot = rows(trader, "select lot_id from invoice_line where invoice_id = %s", sale.invoice_id)
        held = {"lot_id": lot[0]["lot_id"], "reason": "Damaged in storage"}
        trader.run("inventory.hold_lot", held)
    back = trader.run(
        "pos.post_return",
        {
            "sale_id": sale.sale_id,
            "shift_id": trader.shift_id,
            "lines": [{"line_no": 1, "quantity": 10}],
            "tenders": [tender("credit", "1050.00")],
            "reason": "Not wanted",
        },
    )
    assert journal(trader, back.return_id) == expected(example)


def test_a_days_takings_by_method_are_the_counter_day_close(trader: Shop):
    goods = add_goods(trader, mrp="25.00", unit_cost="10.00")
    takings = {"cash": "4000.00", "upi": "5075.00", "card": "3000.00"}
    sales = [
        trader.sell({goods: int(Decimal(amount) / 25)}, tenders=[tender(method, amount)])
        for method, amount in takings.items()
    ]
    booked = journal(trader, *(sale.sale_id for sale in sales))
    cost = {
        ("Cost of Goods Sold", Decimal(4830), Decimal(0)),
        ("Inventory", Decimal(0), Decimal(4830)),
    }
    assert booked == expected("J08") | cost


def test_cash_short_at_closing_is_a_cost(trader: Shop):
    counted = {
        "shift_id": trader.shift_id,
        "counted_cash": "480.00",
        "reason": "Change given wrong",
    }
    trader.run("pos.close_shift", counted)
    assert journal(trader, trader.shift_id, purpose="short_over") == expected("J11")


def test_cash_over_at_closing_is_a_gain_of_the_same_account(trader: Shop):
    trader.run(
        "pos.close_shift",
        {"shift_id": trader.shift_id, "counted_cash": "520.00", "reason": "Found a note"},
    )
    turned = {(name, credit, debit) for name, debit, credit in expected("J11")}
    assert journal(trader, trader.shift_id, purpose="short_over") == turned
