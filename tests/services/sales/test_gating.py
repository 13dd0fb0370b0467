"""Medicines go to resellers with a licence in force; some goods only up to a cap."""

from datetime import timedelta

import pytest

from erp.core.clock import utc_now
from erp.services.sales import BeyondCap, CustomerLicenceMissing
from tests.factories import Shop
from tests.services.sales.ordering import buyer, deliver, goods, order, quotation
from tests.services.sales.pricing import make_list, named, set_scheme
from tests.services.trading import rows, snapshot


def without_licence(shop: Shop):
    return buyer(shop, drug_licence_no="")


def test_a_reseller_without_a_licence_is_sold_no_medicine(trader: Shop):
    customer = without_licence(trader)
    before = snapshot(trader)
    for attempt in (
        lambda: order(trader, customer, goods(trader, 1)),
        lambda: quotation(trader, customer, goods(trader, 1)),
        lambda: trader.sell({trader.variant_ids[0]: 1}, customer_id=customer),
    ):
        with pytest.raises(CustomerLicenceMissing, match="no drug licence") as refused:
            attempt()
        assert set(refused.value.fields) == {"customer_id"}
    assert snapshot(trader) == before


def test_a_licence_that_has_ended_is_none(trader: Shop):
    ends = trader.ctx.today + timedelta(days=1)
    customer = buyer(trader, drug_licence_expires_on=ends)
    made = order(trader, customer, goods(trader, 2))
    deliver(trader, made, 1)
    later = utc_now() + timedelta(days=2)
    going = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 1}]}
    with pytest.raises(CustomerLicenceMissing, match="ended on"):
        trader.run("billing.deliver_order", going, at=later)


def test_a_licence_for_other_medicines_is_none(trader: Shop):
    customer = buyer(trader, drug_licence_form="other")
    before = snapshot(trader)
    with pytest.raises(CustomerLicenceMissing, match="20-C, 20-D") as refused:
        order(trader, customer, goods(trader, 1))
    assert set(refused.value.fields) == {"customer_id"}
    assert snapshot(trader) == before
    order(trader, buyer(trader, drug_licence_form="20-C"), goods(trader, 1))


def test_patients_doctors_and_goods_that_are_no_medicine_need_none(trader: Shop):
    for kind in ("patient", "doctor", "clinic", "hospital"):
        customer = named(trader, kind=kind, name=kind, drug_licence_no="")
        trader.sell({trader.variant_ids[0]: 1}, customer_id=customer)
    rows(trader, "update product set licence_class = 'open' returning 1")
    trader.sell({trader.variant_ids[0]: 1}, customer_id=without_licence(trader))


def test_no_sale_exceeds_a_cap_and_free_units_count(trader: Shop):
    variant = trader.variant_ids[0]
    rows(trader, "update product set max_per_sale = 10 returning 1")
    before = snapshot(trader)
    with pytest.raises(BeyondCap) as refused:
        trader.sell({variant: 11})
    assert set(refused.value.fields) == {"lines.0.quantity"}
    with pytest.raises(BeyondCap):
        order(trader, buyer(trader), goods(trader, 1, at=1), goods(trader, 11))
    halves = [{"variant_id": variant, "quantity": 6}] * 2
    with pytest.raises(BeyondCap):
        trader.run("pos.post_sale", trader.cart({}) | {"lines": halves})
    set_scheme(trader, make_list(trader), 10, 1)
    with pytest.raises(BeyondCap):
        trader.sell({variant: 10})
    after = snapshot(trader)
    assert {name for name in before if before[name] != after[name]} <= {"command_log", "event"}
    trader.sell({variant: 9})
