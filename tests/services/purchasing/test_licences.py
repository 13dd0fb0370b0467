"""Medicines come from suppliers with a drug licence to sell them to the trade, or somebody says so."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from erp.core.errors import InvalidInput
from erp.services.catalog import LicenceExpired, LicenceMissing, LicenceOtherForm
from tests.factories import Shop, receipt_line
from tests.services.purchasing.ordering import amend, line, place, receive, supplier
from tests.services.unchanged import refused

NONE: dict[str, str] = {"drug_licence_no": "", "drug_licence_form": ""}


def doubtful(shop: Shop, doubt: str) -> UUID:
    """Register a supplier whose licence is asked about."""
    yesterday = str(shop.ctx.today - timedelta(days=1))
    facts: dict[str, dict[str, Any]] = {
        "licence_missing": NONE,
        "licence_other_form": {"drug_licence_form": "20-C"},
        "licence_expired": {"drug_licence_form": "", "drug_licence_expires_on": yesterday},
    }
    return supplier(shop, **facts[doubt])


DOUBTS = pytest.mark.parametrize(
    ("doubt", "error", "words"),
    [
        ("licence_missing", LicenceMissing, "no drug licence on record"),
        ("licence_other_form", LicenceOtherForm, "20-D or 25-C"),
        ("licence_expired", LicenceExpired, "ended on"),
    ],
)


@DOUBTS
def test_medicines_are_ordered_of_a_doubtful_licence_only_on_a_second_word(
    shop, doubt, error, words
):
    seller = doubtful(shop, doubt)
    with refused(shop, error) as refusal:
        place(shop, line(shop, 10), supplier_id=seller)
    assert refusal.value.code == doubt
    assert words in refusal.value.fields["supplier_id"]
    assert place(shop, line(shop, 10), supplier_id=seller, confirm=[doubt]).status == "placed"


@DOUBTS
def test_medicines_come_in_from_a_doubtful_licence_only_on_a_second_word(shop, doubt, error, words):
    seller = doubtful(shop, doubt)
    came = {"supplier_id": seller, "lines": [receipt_line(shop.ctx, shop.variant_ids[0], 5)]}
    with refused(shop, error) as refusal:
        shop.run("inventory.receive_goods", came)
    assert words in refusal.value.fields["supplier_id"]
    assert shop.run("inventory.receive_goods", came, confirm=[doubt]).value > 0


def test_a_licence_that_ends_after_the_order_is_asked_about_when_goods_come_or_it_is_amended(shop):
    seller = supplier(shop)
    order = place(shop, line(shop, 10), supplier_id=seller)
    shop.run("party.update_party", {"party_id": seller} | NONE)
    with refused(shop, LicenceMissing):
        receive(shop, order, {1: 4})
    with refused(shop, LicenceMissing):
        amend(shop, order, line(shop, 20), version=1)
    receive(shop, order, {1: 4}, confirm=["licence_missing"])


def test_goods_that_need_no_licence_are_bought_from_anybody(shop):
    with_none = supplier(shop, **NONE)
    product = {"variant_id": shop.variant_ids[0]}
    found = shop.run("catalog.get_variant", product)
    given = {"product_id": found.product_id, "licence_class": "open"}
    shop.run("catalog.set_licence_class", given)
    order = place(shop, line(shop, 10), supplier_id=with_none)
    assert receive(shop, order, {1: 10}).status == "closed"
    with refused(shop, LicenceMissing):
        place(shop, line(shop, 1), line(shop, 1, at=1), supplier_id=with_none)


def test_a_maker_sells_on_their_own_licence(shop):
    maker = supplier(shop, kind="manufacturer", drug_licence_form="25-C")
    assert place(shop, line(shop, 10), supplier_id=maker).status == "placed"


def test_a_form_goes_with_a_number(shop):
    with refused(shop, InvalidInput) as refusal:
        supplier(shop, drug_licence_no="")
    assert set(refusal.value.fields) == {"drug_licence_no"}
