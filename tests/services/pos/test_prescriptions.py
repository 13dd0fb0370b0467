"""Prescriptions: on the bill where one is given, refused where one is missing, found in the register."""

from datetime import timedelta

import pytest

from erp.core.clock import utc_now
from erp.core.errors import InvalidInput
from erp.services.pos import PrescriptionRequired
from tests.factories import Shop
from tests.services.trading import refused, rows


def given(shop: Shop, **more):
    return {
        "doctor_name": "Dr Meera Joshi",
        "registration_no": "MH-12345",
        "patient_name": "Asha Kale",
        "prescribed_on": shop.ctx.today,
    } | more


def classed(shop: Shop, licence_class: str, **more):
    found = rows(shop, "select product_id from variant where id = %s", shop.variant_ids[0])
    wanted = {"product_id": found[0]["product_id"], "licence_class": licence_class}
    return shop.run("catalog.set_licence_class", wanted | more)


def test_a_prescription_is_kept_with_its_bill_and_found_by_any_of_its_words(
    trader: Shop, stranger: Shop
):
    sale = trader.sell({trader.variant_ids[0]: 1}, prescription=given(trader))
    trader.sell({trader.variant_ids[1]: 1})
    for words in ("meera", "MH-12345", "kale", sale.number):
        found = trader.run("pos.list_prescriptions", {"search": words}).rows
        assert [(row.sale_id, row.number) for row in found] == [(sale.sale_id, sale.number)]
    day = {"from_day": trader.ctx.today + timedelta(days=1)}
    assert trader.run("pos.list_prescriptions", day).rows == []
    assert stranger.run("pos.list_prescriptions", {"search": "meera"}).rows == []
    with pytest.raises(Exception, match="permission denied"):
        rows(trader, "update prescription set doctor_name = 'x'")


def test_goods_that_need_a_prescription_are_not_sold_without(trader: Shop):
    classed(trader, "restricted")
    first, second, _ = trader.variant_ids
    quote = {"shift_id": trader.shift_id, "lines": [{"variant_id": first, "quantity": 1}]}
    assert trader.run("pos.quote_cart", quote).on_prescription == [first]
    cart = trader.cart({first: 1, second: 1})
    error = refused(trader, PrescriptionRequired, "pos.post_sale", cart)
    assert "prescription" in error.fields
    trader.run("pos.post_sale", cart | {"prescription": given(trader)})
    classed(trader, "homeopathic")
    trader.sell({first: 1})
    assert trader.count("prescription") == 1


def test_narcotics_need_one_too(trader: Shop):
    classed(trader, "narcotic", max_per_sale=2)
    cart = trader.cart({trader.variant_ids[0]: 1})
    refused(trader, PrescriptionRequired, "pos.post_sale", cart)
    trader.run("pos.post_sale", cart | {"prescription": given(trader)})


def test_a_prescription_of_tomorrow_or_without_a_doctor_is_none(trader: Shop):
    tomorrow = (utc_now() + timedelta(days=2)).date()
    cart = trader.cart({trader.variant_ids[0]: 1})
    late = cart | {"prescription": given(trader, prescribed_on=tomorrow)}
    refused(trader, InvalidInput, "pos.post_sale", late)
    with pytest.raises(ValueError, match="doctor_name"):
        trader.run("pos.post_sale", cart | {"prescription": given(trader, doctor_name=" ")})
