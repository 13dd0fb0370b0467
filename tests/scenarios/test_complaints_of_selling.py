"""What users of other systems complain of in selling, by number: each cannot happen here.

Numbers are those of the table of complaints the product set out to answer.
"""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from erp.core.errors import IdempotencyKeyReused
from erp.core.ids import new_id
from erp.services.billing import ReturnExceedsSale
from erp.services.inventory import InsufficientStock
from erp.simulate.invoice_portal import Fault
from tests.concurrency.crowd import at_once, refusals
from tests.crash.till import counted
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.einvoicing.portals import (
    ask,
    einvoice_of,
    invoiced,
    portal,
    queue,
    switched_on,
)
from tests.services.pos.devices import Device
from tests.services.sales.ordering import buyer, deliver, order
from tests.services.sales.pricing import make_list, quote, set_price, set_scheme
from tests.services.trading import add_customer, add_goods, rows, tender

__all__ = ["portal"]


def test_3_06_a_till_opens_by_asking_for_what_it_shows_however_many_goods_there_are(trader: Shop):
    def opened() -> list[str]:
        with counted(lambda _: None) as asked:
            trader.run("pos.list_registers", {})
            trader.run("pos.get_shift", {"shift_id": trader.shift_id})
            trader.run("pos.list_favourites", {})
        return asked

    before = opened()
    for _ in range(3):
        add_goods(trader)
    assert opened() == before


def test_3_07_a_cart_of_thirty_lines_and_many_rules_asks_no_more_than_one_of_one(trader: Shop):
    everyone = make_list(trader)
    set_price(trader, everyone, scope="all", percent="-5", basis="mrp")
    for variant in trader.variant_ids:
        set_price(trader, everyone, scope="variant", goods_id=variant, amount="90.00")
    more = [add_goods(trader) for _ in range(27)]
    with counted(lambda _: None) as one:
        quote(trader, {trader.variant_ids[0]: 1})
    with counted(lambda _: None) as many:
        shown = quote(trader, dict.fromkeys([*trader.variant_ids, *more], 1))
    assert [line.unit_price for line in shown.lines] == [90] * 3 + [Decimal("99.75")] * 27
    assert len(many) == len(one)


def test_3_08_closing_a_shift_posts_nothing_of_its_bills(trader: Shop):
    """Each bill was posted in full when it was paid; closing writes what was counted."""
    for _ in range(5):
        trader.sell({trader.variant_ids[0]: 1})
    before = trader.count("journal_entry")
    counted_cash = {"shift_id": trader.shift_id, "counted_cash": "1025.00"}
    trader.run("pos.close_shift", counted_cash)
    assert trader.count("journal_entry") - before <= 1
    assert broken_promises() == []


def test_3_09_stock_and_books_are_right_before_any_shift_is_closed(trader: Shop):
    there = trader.on_hand(trader.variant_ids[0])
    sold = trader.sell({trader.variant_ids[0]: 4})
    assert trader.on_hand(trader.variant_ids[0]) == there - 4
    assert balance(trader, "cogs") == 240
    entries = rows(trader, "select 1 from journal_entry where origin_id = %s", sold.sale_id)
    assert len(entries) == 1


def test_3_10_a_bill_that_is_sent_again_is_one_bill(trader: Shop):
    cart = trader.cart({trader.variant_ids[0]: 1}, idempotency_key="till-1-000001")
    answers = at_once([partial(trader.answer, "pos.post_sale", cart)] * 6)
    assert len({answer.text for answer in answers}) == 1
    assert trader.count("sale") == 1
    with pytest.raises(IdempotencyKeyReused):
        trader.run("pos.post_sale", cart | {"note": "other"})


def test_3_11_a_receipt_that_can_be_printed_is_in_the_books(trader: Shop):
    """The receipt is drawn from the posted bill, so there is none without it."""
    sold = trader.sell({trader.variant_ids[0]: 1})
    assert rows(trader, "select total from invoice where id = %s", sold.invoice_id) == [
        {"total": sold.total}
    ]
    lost = trader.cart({trader.variant_ids[0]: 1}, sale_id=new_id())
    assert rows(trader, "select 1 from sale where id = %s", lost["sale_id"]) == []


def test_3_12_a_till_sells_without_its_server_and_every_bill_is_posted_once(trader: Shop):
    """In Chromium, with the server killed: `tests/browser/test_offline_till.py`."""
    goods = trader.variant_ids[0]
    device = Device(trader, by=trader.acting_as("cashier"))
    bills = [device.bill({goods: units}) for units in (1, 2, 3)]  # the server is away
    for bill in (bills[2], bills[0], bills[2], bills[1], bills[0]):
        assert device.sends(bill).status == "posted"
    device.hands_in()
    numbers = [row["number"] for row in rows(trader, "select number from invoice order by number")]
    assert numbers == [f"{device.lease.prefix}{at:0{device.lease.width}d}" for at in (1, 2, 3)]
    assert trader.on_hand(goods) == 194
    assert broken_promises() == []


def test_3_21_order_bill_return_and_books_agree_to_the_paisa(trader: Shop):
    variant = add_goods(trader, mrp="99.99", unit_cost="40.00", quantity=50)
    made = order(trader, buyer(trader), {"variant_id": variant, "quantity": 7})
    sent = deliver(trader, made, 7)
    assert sent.total == made.total
    notes = [
        trader.run(
            "billing.take_back_goods",
            {
                "invoice_id": sent.invoice_id,
                "reason": "No",
                "lines": [{"line_no": 1, "quantity": n}],
            },
        ).total
        for n in (3, 4)
    ]
    assert sum(notes) == sent.total
    assert balance(trader, "output_cgst") == balance(trader, "debtors") == 0
    assert broken_promises() == []


def test_3_22_a_refused_bill_takes_no_number(trader: Shop):
    first = trader.sell({trader.variant_ids[0]: 1})
    with pytest.raises(InsufficientStock):
        trader.sell({trader.variant_ids[0]: 100_000})
    second = trader.sell({trader.variant_ids[0]: 1})
    numbers = [int(bill.number.rpartition("/")[2]) for bill in (first, second)]
    assert numbers[1] == numbers[0] + 1


def test_3_23_taking_back_is_a_document_of_today_and_the_bill_stays_as_it_was(trader: Shop):
    then = trader.ctx.now - timedelta(days=3)
    cart = trader.cart({trader.variant_ids[0]: 2})
    sold = trader.run("pos.post_sale", cart, at=then)
    asked = "select * from invoice where id = %s"
    before = rows(trader, asked, sold.invoice_id)
    back = trader.run(
        "pos.post_return",
        {
            "sale_id": sold.sale_id,
            "shift_id": trader.shift_id,
            "lines": [{"line_no": 1, "quantity": 1}],
            "reason": "Not wanted",
        },
    )
    assert rows(trader, asked, sold.invoice_id) == before
    note = rows(trader, asked, back.invoice_id)[0]
    assert (note["issued_on"], note["original_invoice_id"]) == (trader.ctx.today, sold.invoice_id)


@pytest.mark.parametrize(("bought", "free"), [(9, 0), (10, 1), (19, 1), (20, 2)])
def test_3_26_free_goods_are_whole_and_follow_the_cart(trader: Shop, bought: int, free: int):
    variant = trader.variant_ids[0]
    set_scheme(trader, make_list(trader), 10, 1, scope="variant", goods_id=variant)
    shown = quote(trader, {variant: bought})
    assert sum(line.quantity for line in shown.lines) == bought + free
    assert shown.total == bought * 105


def test_3_27_points_go_with_the_goods_that_earned_them_and_are_spent_once(trader: Shop):
    terms = {"is_active": True, "points_per_rupee": "0.01", "worth": "1.00"}
    trader.run("loyalty.set_programme", terms)
    asha = add_customer(trader, name="Asha")
    sold = trader.sell({trader.variant_ids[0]: 10}, customer_id=asha)
    held = partial(trader.run, "loyalty.get_points", {"party_id": asha})
    assert held().balance == 10
    back = {"sale_id": sold.sale_id, "shift_id": trader.shift_id, "reason": "Not wanted"}
    back |= {"lines": [{"line_no": 1, "quantity": 10}]}
    answers = at_once([partial(trader.run, "pos.post_return", back)] * 3)
    assert refusals(answers, ReturnExceedsSale) == 2
    assert held().balance == 0
    assert broken_promises() == []


def test_3_29_the_rate_is_that_of_the_day_of_supply(trader: Shop):
    rates = [
        {"valid_from": "2017-07-01", "rate": "12"},
        {"valid_from": str(trader.ctx.today), "rate": "5"},
    ]
    named = {"code": "CHANGED", "name": "Changed", "treatment": "taxable", "rates": rates}
    trader.run("catalog.create_tax_class", named)
    product = {"name": "Arnica Q", "form": "dilution", "brand": "SBL", "hsn": "30049014"}
    made = trader.run("catalog.create_product", product | {"tax_class": "CHANGED"})
    pack = {"product_id": made.id, "potency": "Q", "pack_quantity": 30, "pack_unit": "ml"}
    variant = trader.run("catalog.create_variant", pack).id
    trader.run(
        "inventory.receive_goods",
        {"lines": [_line(trader, variant)]},
        at=trader.ctx.now - timedelta(days=5),
    )
    cart = trader.cart({variant: 1}, tenders=[tender("cash", "105.00")])
    before = trader.run("pos.post_sale", cart, at=trader.ctx.now - timedelta(days=2))
    after = trader.sell({variant: 1})
    assert [_rate(trader, bill) for bill in (before, after)] == [12, 5]


def test_3_28_an_answer_that_was_lost_ends_in_one_registration_and_no_error(trader, portal):
    sent = invoiced(switched_on(trader))
    portal.faults.append(Fault.DONE_UNSAID)
    ask(trader, queue(trader, sent.invoice_id))
    row = einvoice_of(trader, sent.invoice_id)
    assert (row["status"], row["problem"]) == ("registered", "")
    assert len(portal.books.documents) == 1


def _line(trader: Shop, variant: object) -> dict[str, object]:
    facts = {"lot_number": "A1", "mrp": "105.00", "quantity": 5, "unit_cost": "60.00"}
    expiry = trader.ctx.today + timedelta(days=500)
    return {"variant_id": variant, "expires_on": expiry} | facts


def _rate(trader: Shop, bill: object) -> Decimal:
    asked = "select rate from invoice_line where invoice_id = %s"
    found: Decimal = rows(trader, asked, bill.invoice_id)[0]["rate"]  # type: ignore[attr-defined]
    return found
