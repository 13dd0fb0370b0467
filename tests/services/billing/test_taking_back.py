"""Goods of an order's invoice come back: credit note, stock, books and debt in one step."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from erp.core import db
from erp.core.errors import NotFound, PermissionDenied
from erp.services.accounting import PeriodClosed
from erp.services.billing import BeyondReturnLimit, ReturnExceedsSale, SoldAtTill
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.trading import add_goods, journal, rows, snapshot

EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "gst_examples.json").read_text())


def invoiced(shop: Shop, quantity: int = 10, **facts: Any) -> Any:
    """Deliver units of an order to a registered retailer."""
    made = order(shop, buyer(shop, **facts), goods(shop, quantity))
    return deliver(shop, made, quantity)


def take_back(shop: Shop, sent: Any, quantity: int, **more: Any) -> Any:
    given = {
        "invoice_id": sent.invoice_id,
        "lines": [{"line_no": 1, "quantity": quantity}],
        "reason": "Not wanted",
    }
    by = more.pop("by", None)
    return shop.run("billing.take_back_goods", given | more, by=by)


def on_shelf(shop: Shop) -> int:
    found = shop.run("inventory.stock_by_lot", {"variant_id": shop.variant_ids[0]})
    units: int = sum(row.on_hand for row in found.rows)
    return units


def test_a_return_lowers_the_debt_and_brings_the_goods_back(trader: Shop):
    before = on_shelf(trader)
    sent = invoiced(trader)
    note = take_back(trader, sent, 4)
    assert note.number.startswith("CSI/")
    assert (note.original_number, note.total) == (sent.number, 420)
    assert balance(trader, "debtors") == 630
    assert on_shelf(trader) == before - 6
    detail = trader.run("billing.get_invoice", {"invoice_id": sent.invoice_id})
    assert [(line.quantity, line.returned) for line in detail.lines] == [(10, 4)]
    assert [(x.number, x.kind) for x in detail.related] == [(note.number, "credit_note")]
    assert broken_promises() == []


@pytest.mark.parametrize("example", ["J05", "J06"])
def test_a_return_books_the_journals_of_the_rules(trader: Shop, example: str):
    variant = add_goods(trader, mrp="105.00", unit_cost="70.00", quantity=100)
    line = {"variant_id": variant, "quantity": 50}
    sent = deliver(trader, order(trader, buyer(trader), line), 50)
    if example == "J06":
        lot = rows(trader, "select lot_id from invoice_line where invoice_id = %s", sent.invoice_id)
        held = {"lot_id": lot[0]["lot_id"], "reason": "Damaged on the way"}
        trader.run("inventory.hold_lot", held)
    note = take_back(trader, sent, 10)
    lines = next(j for j in EXAMPLES["journal_examples"] if j["id"] == example)["lines"]
    assert journal(trader, note.id) == {
        (x["account"], Decimal(x["debit"]), Decimal(x["credit"])) for x in lines
    }


def test_notes_add_up_to_the_invoice_to_the_paisa(trader: Shop):
    """Sevenths of a price that rounding does not divide."""
    variant = add_goods(trader, mrp="99.99", unit_cost="70.00", quantity=100)
    made = order(trader, buyer(trader), {"variant_id": variant, "quantity": 7})
    sent = deliver(trader, made, 7)
    notes = [take_back(trader, sent, units).total for units in (2, 2, 2, 1)]
    assert sum(notes) == sent.total
    assert balance(trader, "debtors") == 0
    assert broken_promises() == []


def test_goods_go_where_they_are_told(trader: Shop):
    sent = invoiced(trader)
    take_back(trader, sent, 3, location_id=trader.expired_store_id)
    assert balance(trader, "inventory_expired") == 180
    assert broken_promises() == []


@pytest.mark.parametrize("quantity", [11, 7])
def test_no_more_comes_back_than_was_sold(trader: Shop, quantity: int):
    sent = invoiced(trader)
    if quantity < 10:
        take_back(trader, sent, 4)
    before = snapshot(trader)
    with pytest.raises(ReturnExceedsSale):
        take_back(trader, sent, quantity)
    assert snapshot(trader) == before


def test_a_tills_bill_is_returned_at_a_till(trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 2})
    with pytest.raises(SoldAtTill) as refused:
        take_back(trader, sale, 1)
    assert "till" in refused.value.fields["invoice_id"]


def test_a_note_is_no_invoice(trader: Shop):
    note = take_back(trader, invoiced(trader), 1)
    with pytest.raises(NotFound):
        trader.run(
            "billing.take_back_goods",
            {"invoice_id": note.id, "lines": [{"line_no": 1, "quantity": 1}], "reason": "Again"},
        )


def test_who_takes_back_keeps_to_their_limit(trader: Shop):
    sent = invoiced(trader)
    with pytest.raises(PermissionDenied):
        take_back(trader, sent, 1, by=trader.acting_as("storekeeper"))
    with db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            'update role set limits = limits || \'{"return_amount": "419"}\''
            " where tenant_id = %s and name = 'manager'",
            (trader.tenant_id,),
        )
    manager = trader.acting_as("manager")
    with pytest.raises(BeyondReturnLimit):
        take_back(trader, sent, 4, by=manager)
    assert take_back(trader, sent, 3, by=manager).total == 315


def test_nothing_comes_back_into_a_closed_month(trader: Shop):
    sent = invoiced(trader)
    period = rows(trader, "select id from period order by starts_on desc limit 1")[0]["id"]
    closed = {"period_id": period, "status": "closed", "reason": "Filed"}
    trader.run("accounting.set_period_status", closed)
    before = snapshot(trader)
    with pytest.raises(PeriodClosed):
        take_back(trader, sent, 1)
    assert snapshot(trader) == before
