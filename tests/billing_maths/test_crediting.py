from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.core.gst.taxing import PriceMode, Supply, SupplyLine, SupplyNature, tax_supply
from erp.services.billing.crediting import (
    CreditLine,
    ReturnExceedsSale,
    SoldLine,
    credit_return,
    credit_value,
    total_credit,
)

D = Decimal


def sold(quantity=3, price="95.00", mode=PriceMode.INCLUSIVE, state="27", rate=5):
    line = SupplyLine("x", D(quantity), D(price), D(rate))
    return SoldLine.of(tax_supply(Supply("27", state, mode, [line])).lines[0])


def returned(line, mode, *quantities):
    back, notes = D(0), []
    for quantity in quantities:
        notes.append(
            credit_return(line, quantity=D(quantity), already_returned=back, price_mode=mode)
        )
        back += quantity
    return notes


@given(
    parts=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    price=st.decimals(min_value=D("0.01"), max_value=5000, places=4),
    mode=st.sampled_from(PriceMode),
    state=st.sampled_from(["27", "24"]),
    rate=st.sampled_from([0, 5, 12, 18, 28, 40]),
)
def test_notes_of_a_line_add_up_to_the_line(parts, price, mode, state, rate):
    line = sold(sum(parts), price, mode, state, rate)
    notes = returned(line, mode, *parts)
    for name in ("taxable_value", "cgst", "sgst", "igst", "total"):
        assert sum(getattr(note, name) for note in notes) == getattr(line, name)
    for note in notes:
        assert note.cgst == note.sgst >= 0
        assert note.total == note.taxable_value + note.cgst + note.sgst + note.igst


@given(quantity=st.integers(1, 50), price=st.decimals(min_value=1, max_value=500, places=2))
def test_units_bought_at_one_price_are_refunded_at_that_price(quantity, price):
    for note in returned(sold(quantity, price), PriceMode.INCLUSIVE, *[1] * quantity):
        assert note.total == price


@pytest.mark.parametrize(("quantity", "before"), [(4, 0), (1, 3), (2, 2), (0, 0), (-1, 2), (1, -1)])
def test_more_than_was_sold_cannot_come_back(quantity, before):
    with pytest.raises(ReturnExceedsSale):
        credit_return(
            sold(3),
            quantity=D(quantity),
            already_returned=D(before),
            price_mode=PriceMode.INCLUSIVE,
        )


def test_the_last_note_of_a_bill_takes_its_round_off_back():
    line = SupplyLine("x", D(3), D("95.00"), D(5), discount_pct=D("7.5"))
    bill = tax_supply(Supply("27", "27", PriceMode.INCLUSIVE, [line], is_rounded=True))
    first, last = returned(SoldLine.of(bill.lines[0]), PriceMode.INCLUSIVE, 1, 2)
    refunds = total_credit([first]).note_value
    refunds += total_credit([last], bill.totals.round_off).note_value
    assert refunds == bill.totals.invoice_value == D("264.00")


def test_a_note_without_goods_between_states():
    note = credit_value("discount", D("5000"), D(5), SupplyNature.INTER)
    assert (note.igst, note.cgst, note.total) == (D("250.00"), D("0.00"), D("5250.00"))


@pytest.mark.parametrize("value", [0, -5])
def test_a_note_needs_a_value(value):
    with pytest.raises(ReturnExceedsSale):
        credit_value("discount", D(value), D(5), SupplyNature.INTRA)


def test_an_empty_note_is_worth_nothing():
    assert total_credit(list[CreditLine]()).note_value == D("0.00")
