"""Free goods come whole, from the whole cart, and leave the shop with the paid ones."""

from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput
from erp.services.inventory import InsufficientStock
from erp.services.pos import MoreThanScheme
from tests.factories import Shop, broken_promises
from tests.services.sales.pricing import make_list, named, quote, set_price, set_scheme
from tests.services.trading import rows, snapshot


def free_units(found) -> int:
    return sum(line.quantity for line in found.lines if line.is_free)


@pytest.mark.parametrize(("bought", "free"), [(9, 0), (10, 1), (19, 1), (20, 2), (25, 3), (37, 4)])
def test_steps_are_taken_from_the_largest_down(trader: Shop, bought, free):
    every = make_list(trader)
    set_scheme(trader, every, 10, 1)
    set_scheme(trader, every, 25, 3)
    assert free_units(quote(trader, {trader.variant_ids[0]: bought})) == free


def test_a_scheme_that_does_not_repeat_gives_once(trader: Shop):
    set_scheme(trader, make_list(trader), 5, 1, repeats=False)
    assert free_units(quote(trader, {trader.variant_ids[0]: 40})) == 1


def test_free_goods_are_worked_out_from_the_whole_cart(trader: Shop):
    """Complaint 3.26: half free pieces, not taken away, not given again."""
    variant = trader.variant_ids[0]
    set_scheme(trader, make_list(trader), 10, 1)
    halves = [{"variant_id": variant, "quantity": 5}] * 2
    found = trader.run("pos.quote_cart", {"shift_id": trader.shift_id, "lines": halves})
    assert free_units(found) == 1
    assert free_units(quote(trader, {variant: 8})) == 0


def test_ten_and_one_is_the_worked_example(trader: Shop):
    """E21 and J21: tax on ten, stock and cost of eleven."""
    variant = trader.variant_ids[0]
    set_scheme(trader, make_list(trader), 10, 1)
    before = trader.on_hand(variant)
    sold = trader.sell({variant: 10})
    lines = trader.run("billing.get_invoice", {"invoice_id": sold.invoice_id}).lines
    assert [(line.quantity, line.unit_price, line.total) for line in lines] == [
        (10, 105, 1050),
        (1, 0, 0),
    ]
    assert lines[1].rate == 5
    assert (lines[1].taxable, lines[1].cgst, lines[1].sgst) == (0, 0, 0)
    assert lines[1].price_trace["scheme"] == "10+1"
    assert before - trader.on_hand(variant) == 11
    cost = rows(
        trader,
        "select sum(debit) as cost from journal_line j join account a on a.id = j.account_id"
        " join journal_entry e on e.id = j.entry_id where a.key = 'cogs' and e.origin_id = %s",
        sold.sale_id,
    )
    assert cost[0]["cost"] == 11 * 60
    assert broken_promises() == []


def test_another_product_may_come_free(trader: Shop):
    paid, gift = trader.variant_ids[:2]
    set_scheme(
        trader, make_list(trader), 5, 2, scope="variant", goods_id=paid, free_variant_id=gift
    )
    lines = quote(trader, {paid: 5}).lines
    assert [(line.variant_id, line.quantity, line.is_free) for line in lines] == [
        (paid, 5, False),
        (gift, 2, True),
    ]
    trader.sell({paid: 5})
    assert broken_promises() == []


def test_free_units_cross_lots(trader: Shop):
    variant = trader.variant_ids[0]
    set_scheme(trader, make_list(trader), 10, 1)
    lines = quote(trader, {variant: 95}).lines
    told = [(line.quantity, line.is_free, line.lot_id) for line in lines]
    first, second = trader.lot_ids[variant]
    assert told == [(95, False, first), (5, True, first), (4, True, second)]
    trader.sell({variant: 95})
    assert broken_promises() == []


def test_fewer_may_be_handed_over_and_never_more(trader: Shop):
    variant = trader.variant_ids[0]
    set_scheme(trader, make_list(trader), 10, 2)

    def cart(free: int):
        line = {"variant_id": variant, "quantity": 10, "free_quantity": free}
        return trader.cart({}) | {"lines": [line]}

    before = snapshot(trader)
    with pytest.raises(MoreThanScheme) as refused:
        trader.run("pos.post_sale", cart(3))
    assert set(refused.value.fields) == {"lines.0.free_quantity"}
    assert snapshot(trader) == before
    had = trader.on_hand(variant)
    trader.run("pos.post_sale", cart(0))
    trader.run("pos.post_sale", cart(1))
    assert had - trader.on_hand(variant) == 21


def test_free_units_that_are_not_there_name_the_line(trader: Shop):
    variant = trader.variant_ids[0]
    set_scheme(trader, make_list(trader), 100, 10)
    before = snapshot(trader)
    with pytest.raises(InsufficientStock) as refused:
        trader.sell({variant: 200})
    assert set(refused.value.fields) == {"lines.0.quantity"}
    assert snapshot(trader) == before


def test_schemes_do_not_add_up(trader: Shop):
    variant = trader.variant_ids[0]
    buyer = named(trader)
    set_scheme(trader, make_list(trader), 10, 1)
    deal = make_list(trader, "DEAL", audience="customer", customer_id=buyer)
    set_scheme(trader, deal, 10, 3, scope="variant", goods_id=variant)
    assert free_units(quote(trader, {variant: 10})) == 1
    assert free_units(quote(trader, {variant: 10}, customer_id=buyer)) == 3


def test_a_scheme_goes_with_a_price_and_a_discount(trader: Shop):
    variant = trader.variant_ids[0]
    every = make_list(trader)
    set_scheme(trader, every, 10, 1)
    set_price(trader, every, amount="100")
    line = {"variant_id": variant, "quantity": 10, "discount_percent": "5"}
    found = trader.run("pos.quote_cart", {"shift_id": trader.shift_id, "lines": [line]})
    assert found.total == Decimal("950.00")
    assert found.discount_level == 5, "what is free is no discount"


def test_an_ended_scheme_gives_nothing(trader: Shop):
    rule = set_scheme(trader, make_list(trader), 10, 1)
    trader.run("sales.end_rule", {"rule_id": rule})
    assert free_units(quote(trader, {trader.variant_ids[0]: 10})) == 0


def test_a_scheme_for_a_lot_is_refused(trader: Shop):
    every = make_list(trader)
    lot = trader.lot_ids[trader.variant_ids[0]][0]
    with pytest.raises(InvalidInput, match="lots are chosen at the sale"):
        set_scheme(trader, every, 10, 1, scope="lot", goods_id=lot)
    assert trader.count("price_rule") == 0


def test_free_units_come_back_for_nothing(trader: Shop):
    variant = trader.variant_ids[0]
    set_scheme(trader, make_list(trader), 10, 1)
    sold = trader.sell({variant: 10})
    found = trader.run("billing.get_invoice", {"invoice_id": sold.invoice_id})
    wanted = [{"line_no": line.line_no, "quantity": line.quantity} for line in found.lines]
    back = {
        "shift_id": trader.shift_id,
        "sale_id": sold.sale_id,
        "lines": wanted,
        "reason": "Wrong goods",
        "tenders": [{"method": "cash", "amount": "1050.00"}],
    }
    had = trader.on_hand(variant)
    assert trader.run("pos.post_return", back).total == 1050
    assert trader.on_hand(variant) - had == 11
    assert broken_promises() == []
