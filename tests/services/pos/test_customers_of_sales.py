"""Customers at the till: named where the input names them, and as the law wants them."""

import pytest

from erp.core import db
from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.services import pos
from tests.factories import Shop, gstin_in
from tests.services.trading import add_customer, refused


@pytest.mark.parametrize("kind", ["unknown", "closed"])
def test_a_customer_who_cannot_buy_is_named_at_the_field(trader: Shop, kind: str):
    customer = new_id() if kind == "unknown" else add_customer(trader, is_active=False)
    cart = trader.cart({trader.variant_ids[0]: 1}, customer_id=customer)
    assert refused(trader, DomainError, "pos.post_sale", cart).fields.keys() == {"customer_id"}


def test_a_bill_to_an_sez_unit_says_so(trader: Shop):
    """Source: CGST Rules r.46, third proviso."""
    unit = add_customer(
        trader, kind="sez_unit", gst_category="sez", gstin=gstin_in("27"), name="Export Unit"
    )
    sale = trader.sell({trader.variant_ids[0]: 1}, customer_id=unit)
    assert (sale.cgst, sale.igst) == (0, 5)
    plain = trader.sell({trader.variant_ids[0]: 1})
    with db.unit_of_work(trader.ctx) as session:
        printed = pos.get_printed_bill(session, trader.ctx, sale.invoice_id)
        other = pos.get_printed_bill(session, trader.ctx, plain.invoice_id)
    assert "SEZ" in printed.endorsement
    assert "PAYMENT OF INTEGRATED TAX" in printed.endorsement
    assert not other.endorsement
