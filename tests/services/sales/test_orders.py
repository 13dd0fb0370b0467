"""A quotation promises nothing, an order keeps goods, a delivery makes the invoice."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.clock import utc_now
from erp.core.errors import ConfirmationRequired, InvalidInput
from erp.services.inventory import InsufficientStock, LotRequired
from erp.services.sales import (
    AboveListPrice,
    AlreadyConfirmed,
    BelowDelivered,
    BeyondDiscount,
    CreditRefused,
    MoreThanOrdered,
    NoPrice,
    NotConfirmed,
    QuotationLapsed,
    SalesOrderChanged,
    SalesOrderEnded,
    TwiceOnOrder,
    UnknownSalesOrder,
)
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.sales.ordering import (
    buyer,
    deliver,
    detail,
    goods,
    order,
    quotation,
    reserved,
)
from tests.services.sales.pricing import make_list, named, set_price, set_scheme
from tests.services.trading import rows, snapshot


def test_a_quotation_keeps_nothing_and_becomes_an_order(trader: Shop):
    customer = buyer(trader)
    made = quotation(trader, customer, goods(trader, 10), reference="PO 7")
    assert made.number.startswith("QT/")
    assert (made.status, made.total) == ("quoted", 1050)
    assert reserved(trader, trader.variant_ids[0]) == 0
    confirmed = trader.run("sales.confirm_quotation", {"order_id": made.id, "version": 1})
    assert confirmed.number.startswith("SO/")
    assert (confirmed.status, confirmed.reserved, confirmed.short) == ("confirmed", 10, 0)
    assert reserved(trader, trader.variant_ids[0]) == 10
    found = detail(trader, made)
    assert found.quotation_number == made.number
    assert [(x.kept, x.short) for x in found.lines] == [(10, 0)]
    assert found.versions[0].reference == "PO 7"
    with pytest.raises(AlreadyConfirmed):
        trader.run("sales.confirm_quotation", {"order_id": made.id, "version": 1})
    assert broken_promises() == []


def test_registered_customers_are_told_prices_without_tax(trader: Shop):
    """What was quoted is what is billed: the same calculation works out both."""
    made = order(trader, buyer(trader), goods(trader, 3))
    found = detail(trader, made)
    assert found.price_mode == "exclusive"
    assert found.lines[0].unit_price == 100
    assert (found.taxable, found.cgst, found.sgst, found.igst) == (
        300,
        Decimal("7.50"),
        Decimal("7.50"),
        0,
    )
    sent = deliver(trader, made, 3)
    assert sent.total == made.total == 315
    other = order(trader, named(trader, name="Asha", credit_limit="1000.00"), goods(trader, 3))
    assert detail(trader, other).lines[0].unit_price == 105


def test_goods_brought_to_another_state_bear_igst(trader: Shop):
    made = order(trader, buyer(trader, state_code="24", gstin="24AAPFU0939F1Z1"), goods(trader, 2))
    found = detail(trader, made)
    assert (found.place_of_supply, found.igst, found.cgst) == ("24", 10, 0)


def test_a_delivery_is_stock_invoice_and_debt_at_once(trader: Shop):
    customer = buyer(trader)
    made = order(trader, customer, goods(trader, 10), goods(trader, 5, at=1))
    had = trader.on_hand(trader.variant_ids[0])
    sent = deliver(trader, made, 4, 0, carrier="Shree Transport", carrier_reference="LR 12")
    assert not sent.is_complete
    assert had - trader.on_hand(trader.variant_ids[0]) == 4
    assert balance(trader, "debtors") == sent.total == 420
    assert reserved(trader, trader.variant_ids[0]) == 6
    found = detail(trader, made)
    assert [(x.delivered, x.kept) for x in found.lines] == [(4, 6), (0, 5)]
    assert [(x.number, x.carrier) for x in found.deliveries] == [(sent.number, "Shree Transport")]
    last = deliver(trader, made, 6, 5)
    assert last.is_complete
    assert detail(trader, made).status == "closed"
    assert reserved(trader, trader.variant_ids[0]) == reserved(trader, trader.variant_ids[1]) == 0
    assert broken_promises() == []


def test_more_than_there_is_waits_and_is_kept_when_it_comes(trader: Shop):
    """Back-order: what is missing stays ordered; an amendment keeps what has come since."""
    variant = trader.variant_ids[0]
    made = order(trader, buyer(trader), goods(trader, 230))
    assert (made.reserved, made.short) == (200, 30)
    assert trader.run("sales.list_orders", {"standing": "short"}).rows[0].short == 30
    with pytest.raises(InsufficientStock):
        deliver(trader, made, 230)
    assert not deliver(trader, made, 200).is_complete
    trader.receive(variant, 50)
    kept = trader.run("sales.keep_goods", {"order_id": made.id})
    assert (kept.reserved, kept.short) == (30, 0)
    assert deliver(trader, made, 30).is_complete
    assert broken_promises() == []


def test_nobody_else_sells_what_is_kept(trader: Shop):
    variant = trader.variant_ids[0]
    order(trader, buyer(trader), goods(trader, 195))
    with pytest.raises(InsufficientStock):
        trader.sell({variant: 6})
    trader.sell({variant: 5})


def test_a_scheme_comes_whole_with_what_is_delivered(trader: Shop):
    """E21 and J21 over two deliveries: no half units, none early, none lost."""
    set_scheme(trader, make_list(trader), 10, 1)
    made = order(trader, buyer(trader), goods(trader, 20))
    assert (made.reserved, made.total) == (22, 2100)
    deliver(trader, made, 9)
    assert detail(trader, made).lines[0].free_delivered == 0
    deliver(trader, made, 11)
    found = detail(trader, made)
    assert (found.lines[0].delivered, found.lines[0].free_delivered) == (20, 2)
    assert found.status == "closed"
    assert broken_promises() == []


def test_another_gift_has_a_line_of_its_own(trader: Shop):
    paid, gift = trader.variant_ids[:2]
    every = make_list(trader)
    set_scheme(trader, every, 10, 1, scope="variant", goods_id=paid, free_variant_id=gift)
    made = order(trader, buyer(trader), goods(trader, 10))
    assert [(x.quantity, x.free_quantity) for x in detail(trader, made).lines] == [(10, 0), (0, 1)]
    assert deliver(trader, made, 10, 0).is_complete
    assert broken_promises() == []


def test_a_price_that_was_offered_stays_when_lists_change(trader: Shop):
    every = make_list(trader)
    set_price(trader, every, amount="84.00")
    made = quotation(trader, buyer(trader), goods(trader, 10))
    set_price(trader, every, amount="94.50")
    trader.run("sales.confirm_quotation", {"order_id": made.id, "version": 1})
    sent = deliver(trader, made, 10)
    assert sent.total == made.total == 840
    line = trader.run("billing.get_invoice", {"invoice_id": sent.invoice_id}).lines[0]
    assert line.price_trace["list"] == "ALL"


def test_a_line_goes_out_in_the_lots_that_are_named(trader: Shop):
    variant = trader.variant_ids[0]
    lots = [trader.receive(variant, 6, days=days) for days in (200, 400)]
    made = order(trader, buyer(trader), goods(trader, 10), goods(trader, 1, at=1))
    place = {"warehouse_id": rows(trader, "select id from warehouse")[0]["id"]}
    trader.run(
        "inventory.set_warehouse_rules",
        place | {"removal": "explicit", "quarantines_returns": False},
    )
    assert detail(trader, made).names_lots
    with pytest.raises(LotRequired) as refused:
        deliver(trader, made, 0, 1)
    assert list(refused.value.fields) == ["lines.1.lot_id"]
    going = [
        {"order_line_no": 1, "quantity": quantity, "lot_id": lot}
        for quantity, lot in zip((6, 4), reversed(lots), strict=True)
    ]
    sent = trader.run("billing.deliver_order", {"order_id": made.id, "lines": going})
    taken = rows(
        trader, "select lot_id, quantity from invoice_line where invoice_id = %s", sent.invoice_id
    )
    assert {row["lot_id"]: row["quantity"] for row in taken} == {lots[1]: 6, lots[0]: 4}
    assert detail(trader, made).lines[0].delivered == 10
    assert broken_promises() == []


@pytest.mark.parametrize("second", [{}, {"lot_id": "same"}])
def test_a_line_is_named_once_for_a_lot(trader: Shop, second: dict[str, str]):
    lot = trader.lot_ids[trader.variant_ids[0]][0]
    made = order(trader, buyer(trader), goods(trader, 10))
    again = {"lot_id": lot} if second else {}
    going = [{"order_line_no": 1, "quantity": 1, "lot_id": lot}]
    going.append({"order_line_no": 1, "quantity": 1} | again)
    with pytest.raises(InvalidInput, match="named twice"):
        trader.run("billing.deliver_order", {"order_id": made.id, "lines": going})
    assert detail(trader, made).lines[0].delivered == 0


def test_no_lot_is_billed_above_its_mrp(trader: Shop):
    """The agreed price is lowered for a lot with a lower MRP, to the paisa."""
    variant = trader.variant_ids[0]
    made = order(trader, buyer(trader), goods(trader, 7))
    trader.receive(variant, 7, days=95, mrp="99.00")
    sent = deliver(trader, made, 7)
    lines = trader.run("billing.get_invoice", {"invoice_id": sent.invoice_id}).lines
    assert [line.quantity for line in lines] == [7]
    assert lines[0].total <= 7 * 99
    assert lines[0].price_trace["capped_at_mrp"] is True


def test_a_quotation_past_its_day_asks_before_it_holds(trader: Shop):
    made = quotation(trader, buyer(trader), goods(trader, 1), valid_until=trader.ctx.today)
    given = {"order_id": made.id, "version": 1}
    later = utc_now() + timedelta(days=2)
    with pytest.raises(QuotationLapsed):
        trader.run("sales.confirm_quotation", given, at=later)
    trader.run("sales.confirm_quotation", given, at=later, confirm=["quotation_lapsed"])


def test_amendments_are_versions(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 10), goods(trader, 5, at=1))
    deliver(trader, made, 4, 0)
    change = {"order_id": made.id, "version": 1, "reason": "They need more"}
    for lines in ([goods(trader, 3), goods(trader, 5, at=1)], [goods(trader, 5, at=1)]):
        with pytest.raises(BelowDelivered):
            trader.run("sales.amend_order", change | {"lines": lines})
    amended = trader.run(
        "sales.amend_order", change | {"lines": [goods(trader, 12), goods(trader, 1, at=2)]}
    )
    assert (amended.version, amended.reserved) == (2, 9)
    now = detail(trader, made)
    assert [(x.line_no, x.quantity) for x in now.lines] == [(1, 12), (3, 1)]
    assert [x.quantity for x in detail(trader, made, version=1).lines] == [10, 5]
    assert [x.reason for x in now.versions] == ["They need more", ""]
    assert reserved(trader, trader.variant_ids[1]) == 0, "the line that went is not kept"
    with pytest.raises(SalesOrderChanged):
        trader.run("sales.amend_order", change | {"lines": [goods(trader, 12)]})
    assert broken_promises() == []


def test_a_finished_order_frees_its_goods(trader: Shop):
    first = order(trader, buyer(trader), goods(trader, 10))
    ended = trader.run("sales.finish_order", {"order_id": first.id, "version": 1, "reason": "Gone"})
    assert (ended.status, reserved(trader, trader.variant_ids[0])) == ("cancelled", 0)
    with pytest.raises(SalesOrderEnded):
        deliver(trader, first, 1)
    part = order(trader, buyer(trader, name="B", gstin="27AAPFU0939F2ZU"), goods(trader, 10))
    deliver(trader, part, 1)
    ended = trader.run("sales.finish_order", {"order_id": part.id, "version": 1, "reason": "Gone"})
    assert ended.status == "closed"


def test_a_customer_never_owes_more_than_their_limit(trader: Shop):
    customer = buyer(trader, credit_limit="1000.00")
    before = snapshot(trader)
    with pytest.raises(CreditRefused):
        order(trader, customer, goods(trader, 10))
    assert snapshot(trader) == before
    assert reserved(trader, trader.variant_ids[0]) == 0
    made = order(trader, customer, goods(trader, 9))
    trader.sell(
        {trader.variant_ids[1]: 1},
        customer_id=customer,
        tenders=[{"method": "credit", "amount": "105.00"}],
    )
    with pytest.raises(CreditRefused):
        deliver(trader, made, 9)
    assert trader.count("sales_delivery") == 0
    assert deliver(trader, made, 8).total == 840


def test_who_owes_for_too_long_gets_nothing_more_unasked(trader: Shop):
    customer = buyer(trader, credit_days=30)
    deliver(trader, order(trader, customer, goods(trader, 1)), 1)
    later = utc_now() + timedelta(days=31)
    given = {"customer_id": customer, "lines": [goods(trader, 1)]}
    with pytest.raises(ConfirmationRequired, match="more than 30 days"):
        trader.run("sales.take_order", given, at=later)
    with pytest.raises(ConfirmationRequired):
        trader.run(
            "sales.take_order", given, at=later, confirm=["overdue"], by=trader.acting_as("cashier")
        )
    trader.run("sales.take_order", given, at=later, confirm=["overdue"])


@pytest.mark.parametrize(
    ("line", "refusal", "field"),
    [
        ({"unit_price": "100.01"}, AboveListPrice, "unit_price"),
        ({"discount_percent": "6"}, BeyondDiscount, "discount_percent"),
        ({"unit_price": "94.00"}, BeyondDiscount, "discount_percent"),
    ],
)
def test_a_price_too_high_or_too_low_is_refused(trader: Shop, line, refusal, field):
    customer = buyer(trader)
    cashier = trader.acting_as("cashier")
    given = {"customer_id": customer, "lines": [goods(trader, 1), goods(trader, 1, at=1, **line)]}
    with pytest.raises(refusal) as refused:
        trader.run("sales.take_order", given, by=cashier)
    assert set(refused.value.fields) == {f"lines.1.{field}"}
    assert trader.count("sales_order") == 0
    allowed = {"customer_id": customer, "lines": [goods(trader, 1, discount_percent="5")]}
    trader.run("sales.take_order", allowed, by=cashier)


def test_goods_that_never_came_need_a_price(trader: Shop):
    known = rows(trader, "select product_id from variant where id = %s", trader.variant_ids[0])[0]
    pack = {
        "product_id": known["product_id"],
        "potency": "1M",
        "pack_quantity": 30,
        "pack_unit": "ml",
    }
    fresh = trader.run("catalog.create_variant", pack).id
    customer = buyer(trader)
    line = {"variant_id": fresh, "quantity": 2}
    with pytest.raises(NoPrice):
        quotation(trader, customer, line)
    made = quotation(trader, customer, line | {"unit_price": "80.00"})
    assert made.total == 168


def test_wrong_orders_name_what_is_wrong(trader: Shop):
    customer = buyer(trader)
    with pytest.raises(TwiceOnOrder):
        order(trader, customer, goods(trader, 1), goods(trader, 1))
    with pytest.raises(InvalidInput, match="gone by"):
        order(trader, customer, goods(trader, 1), deliver_by="2020-01-01")
    made = quotation(trader, customer, goods(trader, 5))
    with pytest.raises(NotConfirmed):
        deliver(trader, made, 1)
    trader.run("sales.confirm_quotation", {"order_id": made.id, "version": 1})
    with pytest.raises(MoreThanOrdered) as refused:
        deliver(trader, made, 6)
    assert set(refused.value.fields) == {"lines.0.quantity"}
    with pytest.raises(InvalidInput, match="Nothing is delivered"):
        deliver(trader, made, 0)
    with pytest.raises(InvalidInput, match="not on the order"):
        deliver(trader, made, 1, 1)
    with pytest.raises(UnknownSalesOrder):
        trader.run("sales.get_order", {"order_id": "00000000-0000-7000-8000-000000000001"})


def test_what_is_kept_lapses_and_the_order_stays(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 10))
    later = utc_now() + timedelta(days=16)
    trader.run("inventory.release_lapsed_reservations", at=later)
    line = detail(trader, made).lines[0]
    assert (line.kept, line.short) == (0, 10)
    assert deliver(trader, made, 10).is_complete


def test_an_order_is_priced_before_it_is_made(trader: Shop):
    set_scheme(trader, make_list(trader), 10, 1)
    asked = {"customer_id": buyer(trader), "lines": [goods(trader, 10)]}
    told = trader.run("sales.price_order", asked)
    assert (told.total, told.lines[0].free_quantity, told.lines[0].available) == (1050, 1, 200)
    assert trader.count("sales_order") == 0


def test_a_line_that_brings_less_than_it_cost_is_marked(trader: Shop):
    asked = {"customer_id": buyer(trader), "lines": [goods(trader, 10, unit_price="59.99")]}
    assert trader.run("sales.price_order", asked).lines[0].is_below_cost
    asked["lines"] = [goods(trader, 10, unit_price="60.00")]
    assert not trader.run("sales.price_order", asked).lines[0].is_below_cost
    set_scheme(trader, make_list(trader), 10, 1)
    assert trader.run("sales.price_order", asked).lines[0].is_below_cost
