"""Whose prices decide, from which day, and why."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.clock import utc_now
from erp.core.errors import Conflict, InvalidInput
from erp.services.party import UnknownParty
from erp.services.pos import PriceChanged
from erp.services.sales import UnknownPriceList, UnknownRule
from tests.factories import MRP, Shop
from tests.services.sales.pricing import make_list, named, price_of, quote, set_price
from tests.services.trading import rows, snapshot

NOBODY = "00000000-0000-7000-8000-000000000001"


def test_without_a_list_goods_cost_their_mrp(trader: Shop):
    line = quote(trader, {trader.variant_ids[0]: 2}).lines[0]
    assert line.unit_price == MRP
    assert line.trace == {"source": "lot_mrp", "mrp": "105.00"}


def test_the_closest_list_decides(trader: Shop):
    """Lot, then contract, the customer's list, their kind's, everyone's (data-model: selling)."""
    variant = trader.variant_ids[0]
    buyer = named(trader, price_list="VIP")
    for code, amount, audience in (
        ("ALL", "90", {"audience": "everyone"}),
        ("KIND", "95", {"audience": "kind", "customer_kind": "retailer"}),
        ("VIP", "85", {"audience": "assigned"}),
        ("DEAL", "99", {"audience": "customer", "customer_id": buyer}),
    ):
        set_price(
            trader,
            make_list(trader, code, **audience),
            scope="variant",
            goods_id=variant,
            amount=amount,
        )
        assert price_of(trader, variant, customer_id=buyer) == Decimal(amount), code
    lot = trader.lot_ids[variant][0]
    everyone = rows(trader, "select id from price_list where code = 'ALL'")[0]["id"]
    set_price(trader, everyone, scope="lot", goods_id=lot, amount="70")
    assert price_of(trader, variant, customer_id=buyer) == 70
    assert price_of(trader, variant) == 70, "the lot's price is everyone's"


def test_a_list_is_open_to_nobody_else(trader: Shop):
    variant = trader.variant_ids[0]
    buyer, other = named(trader), named(trader, name="Other", kind="doctor")
    set_price(
        trader, make_list(trader, "DEAL", audience="customer", customer_id=buyer), amount="50"
    )
    set_price(
        trader, make_list(trader, "KIND", audience="kind", customer_kind="retailer"), amount="60"
    )
    assert price_of(trader, variant, customer_id=buyer) == 50
    assert price_of(trader, variant, customer_id=other) == MRP
    assert price_of(trader, variant) == MRP


def test_the_narrowest_goods_decide_within_a_list(trader: Shop):
    variant = trader.variant_ids[0]
    known = rows(
        trader,
        "select product_id, brand_id from variant v join product p on p.id = v.product_id"
        " where v.id = %s",
        variant,
    )[0]
    every = make_list(trader)
    for goods, amount in (
        ({}, "90"),
        ({"scope": "brand", "goods_id": known["brand_id"]}, "91"),
        ({"scope": "product", "goods_id": known["product_id"]}, "92"),
        ({"scope": "variant", "goods_id": variant}, "93"),
    ):
        set_price(trader, every, amount=amount, **goods)
        assert price_of(trader, variant) == Decimal(amount)


def test_a_quantity_break_counts_all_lines_of_the_goods(trader: Shop):
    variant = trader.variant_ids[0]
    every = make_list(trader)
    set_price(trader, every, scope="variant", goods_id=variant, amount="100")
    set_price(trader, every, scope="variant", goods_id=variant, amount="90", min_quantity=10)
    assert price_of(trader, variant, 9) == 100
    assert price_of(trader, variant, 10) == 90
    twice = [{"variant_id": variant, "quantity": 5}] * 2
    split = trader.run("pos.quote_cart", {"shift_id": trader.shift_id, "lines": twice})
    assert {line.unit_price for line in split.lines} == {Decimal(90)}
    assert split.lines[0].trace["from_quantity"] == 10


def test_a_customers_own_list_and_its_breaks_go_before_breaks_of_everyone(trader: Shop):
    variant, buyer = trader.variant_ids[0], named(trader)
    every = make_list(trader)
    own = make_list(trader, "DEAL", audience="customer", customer_id=buyer)
    set_price(trader, every, scope="variant", goods_id=variant, amount="80", min_quantity=10)
    set_price(trader, own, scope="variant", goods_id=variant, amount="95", min_quantity=5)
    set_price(trader, own, scope="variant", goods_id=variant, amount="88", min_quantity=20)
    paid = [price_of(trader, variant, count, customer_id=buyer) for count in (4, 5, 10, 20)]
    assert paid == [MRP, 95, 95, 88]
    assert [price_of(trader, variant, count) for count in (9, 10)] == [MRP, 80]


@pytest.mark.parametrize(
    ("rule", "price"),
    [
        ({"basis": "mrp", "percent": "-10"}, "94.50"),
        ({"basis": "ptr"}, "84.00"),
        ({"basis": "pts"}, "75.60"),
        ({"basis": "cost", "percent": "20"}, "75.60"),
        ({"basis": "mrp", "percent": "-33", "round_to": "0.50"}, "70.50"),
        ({"basis": "fixed", "amount": "88.88"}, "88.88"),
    ],
)
def test_a_price_is_worked_out_from_what_is_printed_or_paid(trader: Shop, rule, price):
    variant = trader.variant_ids[0]
    rows(trader, "update lot set ptr = 80, pts = 72 where variant_id = %s returning 1", variant)
    set_price(trader, make_list(trader), **rule)
    assert price_of(trader, variant) == Decimal(price)


def test_a_rule_without_its_basis_is_passed_over(trader: Shop):
    every = make_list(trader)
    set_price(trader, every, amount="99")
    set_price(trader, every, scope="variant", goods_id=trader.variant_ids[0], basis="ptr")
    assert price_of(trader, trader.variant_ids[0]) == 99


def test_no_price_exceeds_the_mrp(trader: Shop):
    set_price(trader, make_list(trader), amount="106")
    line = quote(trader, {trader.variant_ids[0]: 1}).lines[0]
    assert line.unit_price == MRP
    assert line.trace["capped_at_mrp"] is True


def test_a_line_over_two_lots_pays_each_lots_price(trader: Shop):
    """Complaint 3.13: the price belongs to the batch."""
    variant = trader.variant_ids[0]
    trader.receive(variant, 10, days=2000, mrp="210.00")
    set_price(trader, make_list(trader), basis="mrp", percent="-10")
    lines = quote(trader, {variant: 205}).lines
    assert [(line.quantity, line.unit_price) for line in lines] == [
        (100, Decimal("94.50")),
        (100, Decimal("94.50")),
        (5, Decimal("189.00")),
    ]


def test_a_price_holds_from_its_day_to_its_day(trader: Shop):
    variant = trader.variant_ids[0]
    every = make_list(trader)
    day = trader.ctx.today
    set_price(trader, every, amount="90")
    offer = {"valid_from": day + timedelta(days=2), "valid_until": day + timedelta(days=3)}
    set_price(trader, every, amount="80", **offer)

    def on(days: int) -> Decimal:
        cart = [{"variant_id": variant, "quantity": 1}]
        asked = {"shift_id": trader.shift_id, "lines": cart}
        found = trader.run("pos.quote_cart", asked, at=utc_now() + timedelta(days=days))
        price: Decimal = found.lines[0].unit_price
        return price

    assert [on(days) for days in (1, 2, 3, 4)] == [90, 80, 80, 90]


def test_the_later_recorded_of_one_day_holds_and_the_first_is_kept(trader: Shop):
    every = make_list(trader)
    set_price(trader, every, amount="90")
    set_price(trader, every, amount="95", reason="Typed wrongly before")
    assert price_of(trader, trader.variant_ids[0]) == 95
    told = trader.run("sales.list_price_rules", {"list_id": every})
    assert [rule.amount for rule in told.rows] == [95]
    past = trader.run("sales.list_price_rules", {"list_id": every, "with_past": True})
    assert [(rule.amount, rule.is_in_force) for rule in past.rows] == [(95, True), (90, False)]


def test_an_ended_price_gives_way(trader: Shop):
    every = make_list(trader)
    rule = set_price(trader, every, amount="90")
    trader.run("sales.end_rule", {"rule_id": rule, "reason": "Season is over"})
    assert price_of(trader, trader.variant_ids[0]) == MRP
    assert trader.run("sales.list_price_rules", {"list_id": every}).rows == []


def test_a_stopped_list_and_one_that_is_over_decide_nothing(trader: Shop):
    every = make_list(trader)
    set_price(trader, every, amount="90")
    change = {"list_id": every, "name": "All", "is_active": False}
    trader.run("sales.update_price_list", change)
    assert price_of(trader, trader.variant_ids[0]) == MRP
    trader.run("sales.update_price_list", change | {"is_active": True})
    assert price_of(trader, trader.variant_ids[0]) == 90
    over = change | {"is_active": True, "valid_until": trader.ctx.today}
    trader.run("sales.update_price_list", over)
    cart = [{"variant_id": trader.variant_ids[0], "quantity": 1}]
    asked = {"shift_id": trader.shift_id, "lines": cart}
    tomorrow = trader.run("pos.quote_cart", asked, at=utc_now() + timedelta(days=1))
    assert tomorrow.lines[0].unit_price == MRP


def test_rules_are_only_added_to(trader: Shop):
    set_price(trader, make_list(trader), amount="90")
    with pytest.raises(Exception, match=r"permission denied|immutable|never changed"):
        rows(trader, "update price_rule set amount = 1 returning 1")


def test_a_price_shown_before_it_changed_is_refused(trader: Shop):
    variant = trader.variant_ids[0]
    set_price(trader, make_list(trader), amount="90")
    before = snapshot(trader)
    shown = [{"variant_id": variant, "quantity": 1, "unit_price": "105.00"}]
    with pytest.raises(PriceChanged, match=r"now costs 90"):
        trader.run("pos.post_sale", trader.cart({}) | {"lines": shown})
    assert snapshot(trader) == before


def test_the_bill_stores_why_its_price_is_what_it_is(trader: Shop):
    every = make_list(trader, "FEST")
    set_price(trader, every, basis="mrp", percent="-20")
    sold = trader.sell({trader.variant_ids[0]: 1})
    line = trader.run("billing.get_invoice", {"invoice_id": sold.invoice_id}).lines[0]
    assert line.unit_price == 84
    told = {name: line.price_trace[name] for name in ("source", "list", "basis", "percent", "mrp")}
    assert told == {
        "source": "everyone",
        "list": "FEST",
        "basis": "mrp",
        "percent": "-20.0000",
        "mrp": "105.00",
    }


def test_a_list_price_is_no_discount_of_the_cashier(trader: Shop):
    set_price(trader, make_list(trader), amount="10")
    assert quote(trader, {trader.variant_ids[0]: 1}).discount_level == 0


def test_goods_below_cost_are_marked(trader: Shop):
    set_price(trader, make_list(trader), amount="62.99")
    assert quote(trader, {trader.variant_ids[0]: 1}).lines[0].is_below_cost, "59.99 without tax"
    set_price(trader, make_list(trader, "B2", audience="everyone"), amount="63.00", min_quantity=2)
    assert not quote(trader, {trader.variant_ids[0]: 2}).lines[0].is_below_cost


def test_the_usual_lists_are_made_once(trader: Shop):
    first = trader.run("sales.make_standard_lists")
    assert first.made == ["DOCTOR", "RETAILER_PTR", "STOCKIST_PTS", "INSTITUTION"]
    assert trader.run("sales.make_standard_lists").made == []
    doctor = named(trader, name="Dr Rao", kind="doctor")
    assert price_of(trader, trader.variant_ids[0], customer_id=doctor) == Decimal("94.50")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"scope": "variant", "goods_id": NOBODY}, "goods_id"),
        ({"scope": "brand", "goods_id": NOBODY}, "goods_id"),
    ],
)
def test_a_wrong_rule_names_its_field_and_changes_nothing(trader: Shop, given, field):
    every = make_list(trader)
    with pytest.raises(InvalidInput) as refused:
        set_price(trader, every, amount="90", **given)
    assert set(refused.value.fields) == {field}
    assert trader.count("price_rule") == 0


def test_what_is_unknown_is_refused(trader: Shop):
    with pytest.raises(UnknownPriceList):
        set_price(trader, NOBODY, amount="1")
    with pytest.raises(UnknownRule):
        trader.run("sales.end_rule", {"rule_id": NOBODY})
    with pytest.raises(UnknownParty):
        make_list(trader, audience="customer", customer_id=NOBODY)
    make_list(trader, "SAME")
    with pytest.raises(Conflict):
        make_list(trader, "same")
    assert trader.count("price_list") == 1
