"""Sales: everything of a bill or nothing, and every refusal says what to do."""

from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from erp.core.errors import (
    Conflict,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    PermissionDenied,
)
from erp.core.ids import new_id
from erp.services import platform
from erp.services.catalog import UnknownProduct
from erp.services.inventory import InsufficientStock
from erp.services.party import InactiveParty, UnknownParty
from erp.services.pos import PaymentMismatch, PriceChanged, ShiftClosed
from erp.services.sales import CreditRefused
from tests.factories import Shop, broken_promises
from tests.services.trading import (
    add_customer,
    add_goods,
    add_service,
    journal,
    refused,
    rows,
    snapshot,
    tender,
)

SALE = "pos.post_sale"
GUJARAT = {"state_code": "24"}
FIRM = GUJARAT | {"gst_category": "regular", "gstin": "24ZZZPZ0105Z1ZA"}


def cart(trader: Shop, quantity: int = 1, **more):
    return trader.cart({trader.variant_ids[0]: quantity}, **more)


def line(trader: Shop, **facts):
    return {"variant_id": trader.variant_ids[0], "quantity": 1} | facts


def test_a_sale_writes_bill_stock_tenders_and_event_together(trader: Shop):
    first, second = trader.variant_ids[:2]
    sale = trader.sell({first: 3, second: 1})
    assert (sale.taxable, sale.cgst, sale.sgst, sale.igst) == (400, 10, 10, 0)
    assert (sale.total, sale.change_due) == (420, 999_580)
    assert sale.number.startswith("POS1/")
    assert sale.number.endswith("/00001")
    assert (trader.on_hand(first), trader.on_hand(second)) == (197, 199)
    paid = trader.run("pos.get_sale", {"sale_id": sale.sale_id}).tenders
    assert [(t.method, t.amount, t.tendered) for t in paid] == [("cash", 420, 1_000_000)]
    events = rows(trader, "select name from event where aggregate_id = %s", sale.sale_id)
    assert [event["name"] for event in events] == ["pos.sale_posted.v1"]
    assert broken_promises() == []


def test_the_first_to_expire_is_sold_first_and_one_line_may_take_two_lots(trader: Shop):
    early, late = trader.lot_ids[trader.variant_ids[0]]
    sale = trader.sell({trader.variant_ids[0]: 120})
    taken = rows(
        trader,
        "select lot_id, quantity from invoice_line where invoice_id = %s order by line_no",
        sale.invoice_id,
    )
    assert [(row["lot_id"], row["quantity"]) for row in taken] == [(early, 100), (late, 20)]


def test_payment_is_split_and_change_comes_from_cash_alone(trader: Shop):
    tenders = [tender("upi", "50.00"), tender("card", "30.00"), tender("cash", "100.00")]
    sale = trader.run(SALE, cart(trader, tenders=tenders))
    assert sale.change_due == 75
    booked = {name: debit for name, debit, _ in journal(trader, sale.sale_id) if debit}
    assert booked == {
        "UPI Clearing": 50,
        "Card Clearing": 30,
        "Cash in Hand": 25,
        "Cost of Goods Sold": 60,
    }


def test_a_person_of_another_state_pays_integrated_tax(trader: Shop):
    buyer = add_customer(trader, **GUJARAT)
    sale = trader.sell({trader.variant_ids[0]: 1}, customer_id=buyer)
    assert (sale.cgst, sale.sgst, sale.igst) == (0, 0, 5)


def test_goods_handed_to_a_firm_over_the_counter_are_supplied_there(trader: Shop):
    buyer = add_customer(trader, **FIRM)
    sale = trader.sell({trader.variant_ids[0]: 1}, customer_id=buyer)
    assert (sale.cgst, sale.sgst, sale.igst) == (Decimal("2.50"), Decimal("2.50"), 0)


def test_a_bill_is_rounded_to_the_rupee_on_a_line_of_its_own(trader: Shop):
    goods = add_goods(trader, mrp="99.60", unit_cost="50.00")
    sale = trader.sell({goods: 1})
    assert (sale.total, sale.round_off) == (100, Decimal("0.40"))


def test_a_bill_that_rounds_to_nothing_is_paid_with_nothing(trader: Shop):
    goods = add_goods(trader, mrp="0.40", unit_cost="0.10")
    sale = trader.sell({goods: 1}, tenders=[])
    assert sale.total == 0
    assert broken_promises() == []


def test_goods_may_be_given_free_of_charge(trader: Shop):
    free = cart(trader, lines=[line(trader, discount_percent="100")], tenders=[])
    sale = trader.run(SALE, free)
    assert (sale.total, trader.on_hand(trader.variant_ids[0])) == (0, 199)
    assert broken_promises() == []


def test_the_same_key_sells_once_and_answers_byte_for_byte(trader: Shop):
    wanted = cart(trader, idempotency_key="till-1-sale-77")
    first = trader.answer(SALE, wanted)
    before = snapshot(trader)
    again = trader.answer(SALE, wanted)
    assert (again.replayed, again.text) == (True, first.text)
    assert snapshot(trader) == before


def test_the_same_key_for_another_cart_is_a_conflict(trader: Shop):
    wanted = cart(trader, idempotency_key="till-1-sale-78")
    trader.run(SALE, wanted)
    refused(trader, IdempotencyKeyReused, SALE, cart(trader, 2, idempotency_key="till-1-sale-78"))


def test_the_same_sale_id_under_another_key_is_a_conflict(trader: Shop):
    wanted = cart(trader)
    trader.run(SALE, wanted)
    assert "sale_id" in refused(trader, Conflict, SALE, wanted).fields


def test_short_lines_are_all_named_and_nothing_is_sold(trader: Shop):
    first, second, third = trader.variant_ids
    wanted = trader.cart({first: 201, second: 1, third: 500})
    error = refused(trader, InsufficientStock, SALE, wanted)
    assert set(error.fields) == {"lines.0.quantity", "lines.2.quantity"}


def test_a_price_the_customer_was_not_shown_is_refused(trader: Shop):
    wanted = cart(trader, lines=[line(trader, unit_price="100.00")])
    assert "lines.0.unit_price" in refused(trader, PriceChanged, SALE, wanted).fields


def test_an_unknown_product_is_refused_at_its_line(trader: Shop):
    wanted = cart(trader, lines=[line(trader), line(trader, variant_id=new_id())])
    error = refused(trader, UnknownProduct, SALE, wanted)
    assert set(error.fields) == {"lines.1.variant_id"}


def test_a_service_is_refused_and_never_left_out_in_silence(trader: Shop):
    service = add_service(trader)
    wanted = cart(trader, lines=[line(trader), line(trader, variant_id=service)])
    error = refused(trader, InvalidInput, SALE, wanted)
    assert set(error.fields) == {"lines.1.variant_id"}


def test_too_little_money_is_refused_and_says_how_much_is_missing(trader: Shop):
    wanted = cart(trader, tenders=[tender("cash", "100.00")])
    assert "5.00" in refused(trader, PaymentMismatch, SALE, wanted).fields["tenders"]


def test_cards_and_upi_are_never_paid_out_as_change(trader: Shop):
    wanted = cart(trader, tenders=[tender("upi", "110.00"), tender("cash", "1.00")])
    refused(trader, PaymentMismatch, SALE, wanted)


def test_a_nameless_customer_owes_nothing(trader: Shop):
    refused(trader, CreditRefused, SALE, cart(trader, tenders=[tender("credit", "105.00")]))


def test_credit_ends_at_the_customers_limit_and_a_return_frees_it(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(210))
    owed = {"customer_id": buyer, "tenders": [tender("credit", "105.00")]}
    first = trader.run(SALE, cart(trader, **owed))
    trader.run(SALE, cart(trader, **owed))
    refused(trader, CreditRefused, SALE, cart(trader, **owed))
    back = {"lines": [{"line_no": 1, "quantity": 1}], "reason": "Not wanted"}
    there = {"sale_id": first.sale_id, "shift_id": trader.shift_id}
    trader.run("pos.post_return", there | back)
    trader.run(SALE, cart(trader, **owed))


@pytest.mark.parametrize(("state", "error"), [("unknown", UnknownParty), ("closed", InactiveParty)])
def test_a_customer_who_is_not_there_or_closed_is_refused(trader: Shop, state: str, error):
    buyer = add_customer(trader, is_active=False) if state == "closed" else new_id()
    refused(trader, error, SALE, cart(trader, customer_id=buyer))


def test_a_closed_shift_sells_nothing(trader: Shop):
    trader.run("pos.close_shift", {"shift_id": trader.shift_id, "counted_cash": "500.00"})
    assert "shift_id" in refused(trader, ShiftClosed, SALE, cart(trader)).fields


def test_a_shift_of_another_branch_is_not_there(trader: Shop, owner):
    branch = new_id()
    owner.execute(
        "insert into branch (tenant_id, id, company_id, code, name, gstin, state_code, address, city,"
        " pin, phone) select tenant_id, %s, company_id, 'TWO', 'Two', null, '24', '', '', '', ''"
        " from branch where tenant_id = %s",
        (branch, trader.tenant_id),
    )
    elsewhere = replace(trader.ctx, branch_id=branch)
    refused(trader, NotFound, SALE, cart(trader), by=elsewhere)


@pytest.mark.parametrize(
    "given",
    [
        {"lines": []},
        {"lines": [{"variant_id": "x", "quantity": 1}]},
        {"tenders": [{"method": "cowries", "amount": "1.00"}]},
        {"tenders": [{"method": "cash", "amount": "-5.00"}]},
        {"tenders": [{"method": "cash", "amount": "0"}]},
        {"tenders": [{"method": "cash", "amount": "1.005"}]},
        {"note": "x" * 501},
        {"note": "a\x00b"},
        {"surprise": 1},
        {"bill_discount": "-1"},
    ],
)
def test_what_does_not_fit_is_refused_before_anything_happens(trader: Shop, given):
    refused(trader, ValidationError, SALE, cart(trader) | given)


@pytest.mark.parametrize("quantity", [0, -1, 1.5, 10**8, "many", None])
def test_absurd_quantities_are_refused(trader: Shop, quantity):
    refused(trader, ValidationError, SALE, cart(trader, lines=[line(trader, quantity=quantity)]))


def test_a_discount_beyond_the_bill_is_refused(trader: Shop):
    refused(trader, InvalidInput, SALE, cart(trader, bill_discount="105.01"))


@pytest.mark.parametrize("role", ["storekeeper", "accountant", "technician", "auditor"])
def test_only_those_at_the_till_sell(trader: Shop, role: str):
    refused(trader, PermissionDenied, SALE, cart(trader), by=trader.acting_as(role))


@pytest.mark.parametrize("of", ["shift", "product", "customer"])
def test_nothing_of_a_stranger_can_be_used(trader: Shop, stranger: Shop, of: str):
    given = {
        "shift": {"shift_id": stranger.shift_id},
        "product": {"lines": [{"variant_id": stranger.variant_ids[0], "quantity": 1}]},
        "customer": {"customer_id": add_customer(stranger)},
    }[of]
    before = snapshot(stranger)
    refused(trader, (NotFound, UnknownProduct, UnknownParty), SALE, cart(trader) | given)  # type: ignore[arg-type]
    assert snapshot(stranger) == before


@pytest.mark.parametrize("name", ["pos.get_sale", "pos.get_shift"])
def test_nothing_of_a_stranger_can_be_read(trader: Shop, stranger: Shop, name: str):
    theirs = stranger.sell({stranger.variant_ids[0]: 1})
    wanted = (
        {"sale_id": theirs.sale_id} if name == "pos.get_sale" else {"shift_id": stranger.shift_id}
    )
    with pytest.raises(NotFound):
        trader.run(name, wanted)
    assert trader.run("pos.list_sales").rows == []


def test_a_dry_run_shows_what_would_happen_and_does_nothing(trader: Shop):
    before = snapshot(trader)
    shown = platform.preview(SALE, trader.ctx, cart(trader))
    assert {effect["kind"] for effect in shown.effects} == {"stock", "ledger", "tax"}
    assert snapshot(trader) == before


def test_a_quote_is_what_the_sale_costs_and_holds_nothing(trader: Shop):
    goods = [
        line(trader, quantity=3, discount_percent="5"),
        line(trader, variant_id=trader.variant_ids[1]),
    ]
    before = snapshot(trader)
    asked = {"shift_id": trader.shift_id, "lines": goods, "bill_discount": "7.50"}
    quote = trader.run("pos.quote_cart", asked)
    assert snapshot(trader) == before
    sale = trader.run(SALE, cart(trader, lines=goods, bill_discount="7.50"))
    assert (quote.total, quote.taxable, quote.cgst) == (sale.total, sale.taxable, sale.cgst)


def test_sales_are_listed_newest_first_by_page_search_and_kind(trader: Shop):
    sales = [trader.sell({trader.variant_ids[0]: 1}) for _ in range(3)]
    page = trader.run("pos.list_sales", {"limit": 2})
    rest = trader.run("pos.list_sales", {"limit": 2, "cursor": page.next_cursor})
    assert [r.id for r in (*page.rows, *rest.rows)] == [s.sale_id for s in reversed(sales)]
    assert rest.next_cursor == ""
    found = trader.run("pos.list_sales", {"search": sales[1].number})
    assert [r.id for r in found.rows] == [sales[1].sale_id]
    assert trader.run("pos.list_sales", {"kind": "return"}).rows == []


def test_a_repeat_that_names_no_sale_id_answers_the_same(trader: Shop):
    unnamed = cart(trader, idempotency_key="till-1-sale-79")
    del unnamed["sale_id"]
    first = trader.answer(SALE, unnamed)
    again = trader.answer(SALE, unnamed)
    assert (again.replayed, again.text) == (True, first.text)
