"""What stands in for what is sold out: another brand, another pack, the next potency, a linked product."""

import pytest

from erp.core.errors import Conflict, InvalidInput, PermissionDenied
from erp.services.catalog import UnknownProduct
from tests.factories import make_shop
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    shop = make_shop("stand", products=0)
    return shop, {
        "SBL": product(shop, "Nux Vomica", "SBL", "6C 30", "30C 30", "30C 100", "200C 30", "1M 30"),
        "Bakson": product(shop, "Nux Vomica", "Bakson", "30C 30", "200C 30"),
        "globules": product(shop, "Nux Vomica", "SBL", "30C 30", form="globules"),
        "other": product(shop, "Sepia", "SBL", "30C 30"),
        "R5": product(shop, "R5 Gastric", "Reckeweg", " 22", form="drops", remedy=False),
        "B40": product(shop, "B40 Gastric", "Bakson", " 30", form="drops", remedy=False),
    }


def product(shop, name, brand, *packs, form="dilution", remedy=True):
    """Add a product with its packs; return its id and its variants by potency and size."""
    given = {"name": name, "brand": brand, "form": form, "hsn": "30049014", "tax_class": "GST5"}
    named = {"remedy": {"name": name}} if remedy else {}
    made = {"id": shop.run("catalog.create_product", given | named).id}
    for pack in packs:
        potency, quantity = pack.split(" ")
        new = {"potency": potency, "pack_quantity": int(quantity), "pack_unit": "ml"}
        made[pack] = shop.run("catalog.create_variant", new | {"product_id": made["id"]}).id
    return made


def substitutes(shop, variant_id, **more):
    return shop.run("catalog.list_substitutes", {"variant_id": variant_id} | more).rows


def test_brand_pack_and_next_potencies_stand_in_with_their_reason(shop):
    shop, goods = shop
    found = [(row.variant_id, row.reason) for row in substitutes(shop, goods["SBL"]["30C 30"])]

    assert found == [
        (goods["Bakson"]["30C 30"], "Same potency and pack, by Bakson"),
        (goods["SBL"]["30C 100"], "Same potency, 100 ml"),
        (goods["Bakson"]["200C 30"], "Next higher potency, 200C, by Bakson"),
        (goods["SBL"]["200C 30"], "Next higher potency, 200C"),
        (goods["SBL"]["6C 30"], "Next lower potency, 6C"),
    ]


def test_what_can_be_sold_comes_first_among_those_alike_with_its_price(shop):
    shop, goods = shop
    shop.receive(goods["SBL"]["6C 30"], 4, mrp="88.00")
    asked = goods["SBL"]["30C 30"]

    nearest = [r for r in substitutes(shop, asked) if r.likeness == "next_potency"]
    [only] = substitutes(shop, asked, only_sellable=True)

    assert nearest[0].variant_id == only.variant_id == goods["SBL"]["6C 30"]
    assert (only.sellable, str(only.price), only.gst_rate) == (4, "88.00", 5)
    elsewhere = substitutes(shop, asked, only_sellable=True, location_id=shop.expired_store_id)
    assert elsewhere == []


def test_out_of_trade_does_not_stand_in(shop):
    shop, goods = shop
    gone = {"variant_id": goods["Bakson"]["30C 30"], "is_active": False}
    shop.run("catalog.set_variant_status", gone)

    assert gone["variant_id"] not in {
        row.variant_id for row in substitutes(shop, goods["SBL"]["30C 30"])
    }


def test_linked_products_stand_in_for_each_other_until_they_are_parted(shop):
    shop, goods = shop
    one, other = goods["R5"], goods["B40"]
    assert substitutes(shop, one[" 22"]) == []
    link = {"product_id": one["id"], "substitute_id": other["id"], "reason": "Acidity, both"}
    shop.run("catalog.link_substitute", link)

    for asked, wanted in ((one[" 22"], other[" 30"]), (other[" 30"], one[" 22"])):
        [row] = substitutes(shop, asked)
        assert (row.variant_id, row.likeness, row.reason) == (wanted, "linked", "Acidity, both")
    back = {"product_id": other["id"], "substitute_id": one["id"]}
    with refused(shop, Conflict, "substitute_id"):
        shop.run("catalog.link_substitute", back | {"reason": "Again"})

    shop.run("catalog.unlink_substitute", back)

    assert substitutes(shop, one[" 22"]) == []
    with refused(shop, UnknownProduct, "substitute_id"):
        shop.run("catalog.unlink_substitute", back)


def test_a_product_does_not_stand_in_for_itself_and_only_editors_link(shop):
    shop, goods = shop
    same = {"product_id": goods["R5"]["id"], "substitute_id": goods["R5"]["id"], "reason": "x"}
    link = same | {"substitute_id": goods["B40"]["id"]}
    with refused(shop, InvalidInput, "substitute_id"):
        shop.run("catalog.link_substitute", same)
    with refused(shop, PermissionDenied):
        shop.run("catalog.link_substitute", link, by=shop.acting_as("cashier"))


def test_strangers_know_nothing_of_it(shop, stranger):
    shop, goods = shop
    with pytest.raises(UnknownProduct):
        substitutes(stranger, goods["SBL"]["30C 30"])


def test_another_potency_or_a_linked_product_is_given_once_the_doctor_agrees(shop):
    shop, goods = shop
    told = {row.likeness: row.needs_consent for row in substitutes(shop, goods["SBL"]["30C 30"])}
    assert told == {"other_brand": False, "other_pack": False, "next_potency": True}
    pair = {"product_id": goods["R5"]["id"], "substitute_id": goods["B40"]["id"]}
    for needs_consent in (True, False):
        about = pair | {"reason": "Same complaint", "needs_consent": needs_consent}
        shop.run("catalog.link_substitute", about)
        (row,) = substitutes(shop, goods["R5"][" 22"])
        assert row.needs_consent is needs_consent
        shop.run("catalog.unlink_substitute", pair)
