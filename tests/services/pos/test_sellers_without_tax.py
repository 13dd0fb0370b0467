"""Who is not registered, or under composition, collects no tax: bills of supply at the price alone.

Source: CGST Act s.10 (composition), s.24(i), s.32(1).
"""

import pytest

from erp.core import db
from erp.services import pos
from erp.services.billing import UntaxableSupply
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, refused, rows


@pytest.fixture(params=["unregistered", "no GSTIN", "composition"])
def untaxed(request: pytest.FixtureRequest, trader: Shop) -> Shop:
    with db.unit_of_work(trader.ctx) as session:
        if request.param == "no GSTIN":
            db.execute(session, "update branch set gstin = null")
        else:
            db.execute(session, "update company set gst_scheme = %s", (request.param,))
    return trader


def test_no_tax_is_collected(untaxed: Shop):
    sale = untaxed.sell({untaxed.variant_ids[0]: 2})
    assert sale.kind == "bill_of_supply"
    assert (sale.taxable, sale.cgst, sale.sgst, sale.igst, sale.total) == (210, 0, 0, 0, 210)
    booked = rows(
        untaxed,
        "select 1 from account a join journal_line l on l.account_id = a.id where a.key like 'output%%'",
    )
    assert booked == []
    assert broken_promises() == []


def test_a_return_gives_back_what_was_paid_and_no_tax(untaxed: Shop):
    sale = untaxed.sell({untaxed.variant_ids[0]: 2})
    back = {"sale_id": sale.sale_id, "shift_id": untaxed.shift_id, "reason": "Broken"}
    note = untaxed.run("pos.post_return", back | {"lines": [{"line_no": 1, "quantity": 1}]})
    assert (note.taxable, note.cgst, note.total) == (105, 0, 105)
    assert broken_promises() == []


def test_nothing_is_sold_to_another_state(untaxed: Shop):
    far = add_customer(untaxed, state_code="29")
    cart = untaxed.cart({untaxed.variant_ids[0]: 1}, customer_id=far)
    refused(untaxed, UntaxableSupply, "pos.post_sale", cart)


def test_the_printed_bill_has_no_tax(untaxed: Shop):
    sale = untaxed.sell({untaxed.variant_ids[0]: 1})
    with db.unit_of_work(untaxed.ctx) as session:
        printed = pos.get_printed_bill(session, untaxed.ctx, sale.invoice_id)
    assert not printed.bears_tax
