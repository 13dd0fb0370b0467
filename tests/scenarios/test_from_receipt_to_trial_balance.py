"""One carton's money: from the supplier's bill to the trial balance, every rupee by its name."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from erp.core.ids import new_id
from erp.services.accounting import PeriodClosed
from tests.factories import Shop, broken_promises, make_shop, receipt_line


@pytest.fixture
def shop(environment) -> Shop:
    assert environment
    return make_shop("books", products=1, lots=0)


def balances(shop: Shop, **when) -> dict[str, Decimal]:
    """Return every account with a balance by its name; credits are negative."""
    report = shop.run("accounting.trial_balance", when, by=shop.acting_as("accountant"))
    assert report.total_debit == report.total_credit
    return {row.name: row.debit - row.credit for row in report.rows if row.debit != row.credit}


FLOAT = {"Cash in Hand": Decimal(500), "Petty Cash": Decimal(-500)}


def unpack(shop: Shop) -> UUID:
    """Ten bottles at sixty rupees, and two more for nothing: twelve for six hundred."""
    line = receipt_line(shop.ctx, shop.variant_ids[0], 10, lot_number="C1", free_quantity=2)
    receipt = shop.run("inventory.receive_goods", {"lines": [line], "reference": "INV-77"})
    assert receipt.value == Decimal("600.00")
    lot_id: UUID = receipt.lines[0].lot_id
    return lot_id


RECEIVED = FLOAT | {"Inventory": Decimal(600), "Goods Received Not Invoiced": Decimal(-600)}


def test_a_carton_is_received_sold_and_taken_back_in_part(shop):
    (arnica,) = shop.variant_ids
    assert balances(shop) == FLOAT
    unpack(shop)
    assert shop.on_hand(arnica) == 12
    assert balances(shop) == RECEIVED

    # Three are sold at 105, five percent tax within: 300 for the shop, 7.50 for each government.
    sale = shop.sell({arnica: 3}, tenders=[{"method": "cash", "amount": "315.00"}])
    sold = RECEIVED | {
        "Cash in Hand": Decimal(815),
        "Inventory": Decimal(450),
        "Output CGST": Decimal("-7.50"),
        "Output SGST": Decimal("-7.50"),
        "Sales - GST 5%": Decimal(-300),
        "Cost of Goods Sold": Decimal(150),
    }
    assert balances(shop) == sold

    # One comes back: the sale stands, and beside it stands what was taken back.
    given = {
        "return_id": new_id(),
        "sale_id": sale.sale_id,
        "shift_id": shop.shift_id,
        "lines": [{"line_no": 1, "quantity": 1}],
        "reason": "Bought in error",
    }
    shop.run("pos.post_return", given)
    assert balances(shop) == sold | {
        "Cash in Hand": Decimal(710),
        "Inventory": Decimal(500),
        "Output CGST": Decimal("-5.00"),
        "Output SGST": Decimal("-5.00"),
        "Sales Returns": Decimal(100),
        "Cost of Goods Sold": Decimal(100),
    }
    assert shop.run("inventory.stock_valuation").value == Decimal(500)
    assert broken_promises() == []


def test_what_breaks_and_what_is_missing_is_booked_at_cost(shop):
    of_lot = {"lot_id": unpack(shop)}
    broken = {"reason_code": "broken", "lines": [of_lot | {"quantity": 1}]}
    shop.run("inventory.write_off_stock", broken)
    missing = {"reason_code": "count", "lines": [of_lot | {"change": -2}]}
    shop.run("inventory.adjust_stock", missing)
    assert balances(shop) == RECEIVED | {
        "Inventory": Decimal(450),
        "Loss on Expired Stock": Decimal(50),
        "Stock Adjustment Loss/Gain": Decimal(100),
    }
    assert shop.on_hand(shop.variant_ids[0]) == 9
    assert shop.run("inventory.stock_valuation").value == Decimal(450)
    assert broken_promises() == []


def test_the_accountant_books_the_rent_twice_and_takes_one_back(shop):
    accountant = shop.acting_as("accountant")
    rent = {
        "effective_on": shop.ctx.today,
        "narration": "Rent",
        "lines": [
            {"account_key": "rent", "debit": "90.00"},
            {"account_key": "cash", "credit": "90.00"},
        ],
    }
    shop.run("accounting.post_manual_entry", rent, by=accountant)
    twice = shop.run("accounting.post_manual_entry", rent, by=accountant)
    assert balances(shop) == FLOAT | {"Rent": Decimal(180), "Cash in Hand": Decimal(320)}
    wrong = {"entry_id": twice.id, "reason": "Booked twice"}
    shop.run("accounting.reverse_entry", wrong, by=accountant)
    assert balances(shop) == FLOAT | {"Rent": Decimal(90), "Cash in Hand": Decimal(410)}
    assert broken_promises() == []


def test_a_closed_month_takes_nothing_more_and_looks_the_same_for_ever(shop):
    (arnica,) = shop.variant_ids
    shop.run("inventory.receive_goods", {"lines": [receipt_line(shop.ctx, arnica, 10)]})
    shop.sell({arnica: 1}, tenders=[{"method": "upi", "amount": "105.00", "reference": "1"}])
    then = balances(shop)

    # The month is closed, and the next sale is refused whole.
    accountant = shop.acting_as("accountant")
    periods = shop.run("accounting.list_periods", by=accountant).rows
    period = next(p for p in periods if p.starts_on <= shop.ctx.today <= p.ends_on)
    closing = {"period_id": period.id, "status": "closed", "reason": "Month end"}
    shop.run("accounting.set_period_status", closing, by=accountant)
    sold = shop.count("sale")
    with pytest.raises(PeriodClosed):
        shop.sell({arnica: 1})
    assert shop.count("sale") == sold
    assert shop.on_hand(arnica) == 9
    assert balances(shop) == then

    # In the new month the shop sells on, and the old month's balances stay as they were.
    next_month = replace(shop.ctx, now=shop.ctx.now + timedelta(days=35))
    shop.run("pos.post_sale", shop.cart({arnica: 1}), at=next_month.now)
    assert balances(shop, as_of=period.ends_on) == then
    assert shop.count("sale") == sold + 1
    assert broken_promises() == []
