"""The cart as a value: what it sends, what it keeps, what it reads of typed text."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from erp.core.ids import new_id
from erp.services.pos import PostSale, QuoteCart
from erp.state.pos.cart import MOST_LINES, SCANNED, Cart, read_amount, read_count, troubles

GOODS = new_id()


def empty_cart() -> Cart:
    return Cart(shift_id=new_id())


def test_the_same_goods_grow_one_line_and_another_lot_gets_its_own():
    lot = new_id()
    cart = empty_cart().adding(GOODS, None, "Arnica").adding(GOODS, None, "Arnica")
    cart = cart.adding(GOODS, lot, "Arnica")
    assert [(e.quantity, e.lot_id) for e in cart.entries] == [(2, None), (1, lot)]
    assert len({entry.uid for entry in cart.entries}) == 2


def test_a_pack_never_counts_as_the_box_of_another_line():
    cart = empty_cart().adding(GOODS, None, "Arnica").changing(1, unit="BOX")
    assert cart.last_touched(GOODS, None) == 0
    cart = cart.adding(GOODS, None, "Arnica", 15).adding(GOODS, None, "Arnica")
    assert [(e.quantity, e.unit) for e in cart.entries] == [(1, "BOX"), (16, "")]
    assert cart.last_touched(GOODS, None) == cart.entries[1].uid


def test_a_removed_line_takes_its_name_along_and_leaves_the_others_theirs():
    cart = empty_cart().adding(GOODS, None, "a").adding(new_id(), None, "b")
    kept = cart.removing(cart.entries[0].uid)
    assert [entry.label for entry in kept.entries] == ["b"]
    assert kept.entries[0].uid == cart.entries[1].uid
    assert kept.changing(99, quantity=5) == kept


def test_a_full_cart_takes_no_further_line():
    cart = empty_cart()
    for _ in range(MOST_LINES + 1):
        cart = cart.adding(new_id(), None, "")
    assert len(cart.entries) == MOST_LINES


def test_identity_and_key_stand_before_the_first_line_and_never_change():
    cart = empty_cart()
    grown = cart.adding(GOODS, None, "").changing(1, quantity=3, discount_percent=Decimal(5))
    assert (grown.sale_id, grown.key) == (cart.sale_id, cart.key)
    other = empty_cart()
    assert (other.sale_id, other.key) != (cart.sale_id, cart.key)


def test_what_it_sends_fits_the_commands_and_is_the_same_each_time():
    lot = new_id()
    cart = empty_cart().adding(GOODS, lot, "Arnica").changing(1, price=Decimal("95.00"))
    tenders = [{"method": "cash", "amount": "95.00", "reference": ""}]
    assert cart.sale_input(tenders) == cart.sale_input(tenders)
    sale = PostSale.model_validate(cart.sale_input(tenders))
    assert (sale.sale_id, sale.idempotency_key) == (cart.sale_id, cart.key)
    assert (sale.lines[0].unit_price, sale.lines[0].reason) == (Decimal("95.00"), SCANNED)
    asked = QuoteCart.model_validate(cart.quote_input())
    assert asked.lines[0].unit_price is None


def test_it_comes_back_from_its_text_as_it_was():
    cart = empty_cart().adding(GOODS, None, "Arnica").changing(1, discount_percent=Decimal("2.5"))
    assert Cart.model_validate_json(cart.model_dump_json()) == cart


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"shift_id": "x"}', '{"shift_id": 1, "entries": [{"uid": 0}]}'],
)
def test_text_that_is_no_cart_is_refused(text):
    with pytest.raises(ValidationError):
        Cart.model_validate_json(text)


def test_refusals_find_their_lines_and_others_name_none():
    cart = empty_cart().adding(GOODS, None, "a").adding(new_id(), None, "b")
    fields = {
        "lines.1.quantity": "short",
        "lines.7.quantity": "beyond",
        "tenders": "no",
        "lines": "x",
    }
    assert list(troubles(fields, cart.entries)) == [(cart.entries[1].uid, "quantity", "short")]


@pytest.mark.parametrize(
    ("text", "count"),
    [("3", 3), (" 12 ", 12), ("0", 0), ("", None), ("-1", None), ("1.5", None), ("²", None)],
)
def test_a_quantity_is_a_whole_number(text, count):
    assert read_count(text) == count


def test_an_absurd_quantity_is_none():
    assert read_count("9" * 30) is None
    assert read_count("10000001") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("", Decimal(0)),
        ("25.50", Decimal("25.50")),
        ("1,250", Decimal(1250)),
        ("100", Decimal(100)),
        ("-1", None),
        ("1.234", None),
        ("NaN", None),
        ("1e99999", None),
        ("abc", None),
    ],
)
def test_an_amount_has_two_places_and_no_sign(text, amount):
    assert read_amount(text, Decimal(2000)) == amount


def test_an_amount_stops_at_its_limit():
    assert read_amount("100.01", Decimal(100)) is None
