"""The dashboard: figures that are the documents they drill to, in the business's own days."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from erp.core.errors import PermissionDenied
from tests.factories import Shop
from tests.services.payments.paying import owing
from tests.services.payments.test_reminders import LADDER
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.trading import member_id, tender

INDIA = ZoneInfo("Asia/Kolkata")


def dashboard(trader: Shop, **more):
    return trader.run("reporting.get_dashboard", **more)


def at(trader: Shop, hour: int, days: int = 0) -> datetime:
    day = trader.ctx.today + timedelta(days=days)
    return datetime.combine(day, time(hour, 30), INDIA)


def sell(trader: Shop, moment: datetime, units: int = 1, method: str = "cash"):
    cart = trader.cart(
        {trader.variant_ids[0]: units}, tenders=[tender(method, f"{105 * units}.00")]
    )
    return trader.run("pos.post_sale", cart, at=moment)


def test_sales_are_net_of_returns_and_split_by_the_shops_own_hour_and_day(trader: Shop):
    sell(trader, at(trader, 0), 2)
    noon = sell(trader, at(trader, 12), 3, "upi")
    sell(trader, at(trader, 23, -1), 1, "card")
    back = {"sale_id": noon.sale_id, "shift_id": trader.shift_id, "reason": "Broken"}
    lines = {"lines": [{"line_no": 1, "quantity": 1}], "tenders": [tender("upi", "105.00")]}
    trader.run("pos.post_return", back | lines, at=at(trader, 12))
    shown = dashboard(trader, at=at(trader, 23))
    assert (shown.today.total, shown.today.sales, shown.today.returns) == (420, 525, 105)
    assert shown.today.bills == 2
    assert shown.yesterday.total == 105
    assert {f.hour: f.total for f in shown.by_hour} == {0: 210, 12: 210}
    methods = {f.method: f.total for f in shown.by_method}
    assert (methods["cash"], methods["upi"]) == (210, 210)
    assert shown.by_day[-1].total == 420


def test_invoiced_orders_count_less_what_came_back_of_them(trader: Shop):
    sell(trader, at(trader, 12), 2)
    made = order(trader, buyer(trader), goods(trader, 4))
    sent = deliver(trader, made, 4)
    back = {"invoice_id": sent.invoice_id, "reason": "Not wanted"}
    back |= {"lines": [{"line_no": 1, "quantity": 1}]}
    trader.run("billing.take_back_goods", back)
    shown = dashboard(trader)
    assert (shown.today.sales, shown.today.returns, shown.today.bills) == (630, 105, 2)
    assert {f.method: f.total for f in shown.by_method} == {"order": 315, "cash": 210}
    of_orders = trader.run("billing.list_invoices", {"source": "order"}).rows
    assert sum(row.total if row.kind != "credit_note" else -row.total for row in of_orders) == 315
    assert [row.total for row in trader.run("billing.list_invoices", {"source": "till"}).rows] == [
        210
    ]


def test_interest_is_no_sale_nor_is_what_takes_it_back(trader: Shop):
    rate = {"levels": LADDER, "interest_percent": "18"}
    trader.run("payments.set_reminder_rule", rate)
    customer = owing(trader, 10)
    late = at(trader, 12, 60)
    before = standing_of(trader, customer)
    (note,) = trader.run("interest.bill_interest", {"party_id": customer}, at=late).notes
    nothing = dashboard(trader, at=late)
    assert (nothing.today.total, nothing.today.bills, nothing.by_hour) == (0, 0, [])
    trader.run("interest.reverse_interest", {"note_id": note.id, "reason": "Waived"}, at=late)
    shown = dashboard(trader, at=late)
    assert (shown.today.total, shown.today.returns, shown.by_day, shown.by_method) == (0, 0, [], [])
    assert standing_of(trader, customer) == before

    listed = trader.run("billing.list_invoices", {"counts": "other"}).rows
    assert [row.kind for row in listed] == ["credit_note", "debit_note"]
    assert [row.total for row in trader.run("billing.list_invoices", {"counts": "sale"}).rows] == [
        1050
    ]


def standing_of(trader: Shop, customer):
    found = trader.run("reporting.get_party_standing", {"party_id": customer})
    return found.bills, found.billed, found.last_on


def test_a_sale_of_tomorrow_by_the_servers_clock_is_of_its_own_day(trader: Shop):
    late = at(trader, 23)
    sell(trader, late + timedelta(hours=1, minutes=0))
    assert dashboard(trader, at=late).today.total == 0


def test_stock_is_shown_at_its_cost(trader: Shop):
    shown = dashboard(trader)
    assert (shown.stock_units, shown.stock_value) == (600, Decimal(36_000))


def test_the_expiry_ladder_holds_each_lot_on_one_rung(trader: Shop):
    for days in (129, 130, 160, 161, 190, 191, 220):
        trader.receive(trader.variant_ids[0], 10, days=days)
    shown = dashboard(trader, at=at(trader, 12, 130))
    rungs = {f.rung: (f.lots, f.units, f.value) for f in shown.expiry}
    assert rungs == {
        "expired": (1, 10, 600),
        "0-30": (2, 20, 1200),
        "31-60": (2, 20, 1200),
        "61-90": (2, 20, 1200),
    }


def test_exceptions_name_what_a_manager_should_look_at(trader: Shop):
    assert dashboard(trader).exceptions == []
    held = {"lot_id": trader.lot_ids[trader.variant_ids[0]][0], "reason": "Complaint"}
    trader.run("inventory.hold_lot", held)
    short = {"shift_id": trader.shift_id, "counted_cash": "480.00", "reason": "Lost a note"}
    trader.run("pos.close_shift", short)
    found = {e.key: e.count for e in dashboard(trader).exceptions}
    assert found == {"held": 1, "cash": 1}


@pytest.mark.parametrize("role", ["cashier", "storekeeper", "technician"])
def test_only_those_who_may_see_reports_do(trader: Shop, role: str):
    with pytest.raises(PermissionDenied):
        dashboard(trader, by=trader.acting_as(role))


def test_nothing_of_a_stranger_is_counted(trader: Shop, stranger: Shop):
    sell(stranger, at(stranger, 12))
    shown = dashboard(trader, at=at(trader, 23))
    assert (shown.today.total, shown.today.bills) == (0, 0)
    assert member_id(trader, "owner") != member_id(stranger, "owner")
