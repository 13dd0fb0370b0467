"""What is asked for and not in the catalogue yet is offered to buyers, and made on first use."""

from decimal import Decimal

import pytest

from erp.services.catalog.packing import Asked, read_asked, usual_unit
from erp.services.catalog.potency import read_potency
from tests.factories import make_shop


@pytest.fixture
def shop(environment):
    assert environment
    shop = make_shop("maker", products=0)
    for name, form, packs in (
        ("Arsenicum Album", "dilution", [("30C", 30, "ml")]),
        ("Arsenicum Iodatum", "dilution", []),
        ("Arnica Ointment", "ointment", [("", 25, "g")]),
        ("Calendula", "mother_tincture", [("Q", 30, "ml")]),
    ):
        product = {
            "name": name,
            "form": form,
            "brand": "SBL",
            "hsn": "30049014",
            "tax_class": "GST5",
        }
        product_id = shop.run("catalog.create_product", product).id
        for potency, quantity, unit in packs:
            pack = {"potency": potency, "pack_quantity": quantity, "pack_unit": unit}
            shop.run("catalog.create_variant", pack | {"product_id": product_id})
    return shop


def rows(shop, text, **more):
    return shop.run("catalog.find_goods", {"search": text}, **more).rows


def offers(shop, text, **more):
    return [row.label for row in rows(shop, text, **more) if row.makes]


@pytest.mark.parametrize(
    ("typed", "words", "potency", "pack"),
    [
        ("arsenic album 1M 30ml", "arsenic album", "1M", (30, "ml")),
        ("ars alb 200 100 ML", "ars alb", "200C", (100, "ml")),
        ("ars 30 30 ml", "ars", "30C", (30, "ml")),
        ("silicea 0/1", "silicea", "LM1", None),
        ("arnica ointment 50gm", "arnica ointment", None, (50, "g")),
        ("calendula q 0 ml", "calendula 0 ml", "Q", None),
    ],
)
def test_potency_and_pack_are_taken_out_of_what_is_typed(typed, words, potency, pack):
    wanted = read_potency(potency) if potency else None
    assert read_asked(typed) == Asked(words, wanted, pack)


def test_a_pack_that_is_not_there_is_offered_and_made_in_one_step(shop):
    [offer] = rows(shop, "arsenik albam 1M 30ml")
    assert offer.label == "Make Arsenicum Album 1M dilution 30 ml SBL"

    made = shop.run("catalog.create_variant", offer.makes.model_dump())

    assert (made.is_new, made.label) == (True, "Arsenicum Album 1M dilution 30 ml SBL")
    line = shop.run("catalog.search_products", {"search": made.sku}).rows[0]
    assert (line.unit, line.gst_rate, line.form) == ("BTL", Decimal(5), "dilution")
    [found] = rows(shop, "arsenicum album 1M 30 ml")
    assert (found.id, found.makes) == (str(made.id), None)


def test_what_is_there_is_not_offered(shop):
    assert offers(shop, "ars alb 30c 30ml") == []
    assert offers(shop, "ars alb") == []
    assert offers(shop, "SBL-ARSA-30C-30ML") == []


def test_only_what_a_product_can_be_is_offered(shop):
    assert offers(shop, "arnica ointment 50 g") == ["Make Arnica Ointment 50 g SBL"]
    assert offers(shop, "arnica ointment 30c 50 g") == []
    assert offers(shop, "arnica ointment 50 ml") == []
    assert offers(shop, "calendula 100 ml") == ["Make Calendula Q mother tincture 100 ml SBL"]
    assert offers(shop, "calendula 6X 100 ml") == []
    assert offers(shop, "arsenicum album 50 ml") == []


def test_a_product_without_a_variant_is_offered_in_the_pack_that_is_named(shop):
    assert offers(shop, "ars iodatum 6c 30ml") == ["Make Arsenicum Iodatum 6C dilution 30 ml SBL"]
    assert offers(shop, "arsenicum iodatum 6c") == []


def test_who_may_not_add_to_the_catalogue_is_offered_nothing(shop):
    assert offers(shop, "ars alb 1M 30ml", by=shop.acting_as("cashier")) == []
    assert offers(shop, "ars alb 1M 30ml", by=shop.acting_as("storekeeper")) != []


def test_another_tenant_is_offered_nothing_of_ours(shop, stranger):
    assert offers(shop, "ars alb 1M 30ml") != []
    assert rows(stranger, "ars alb 1M 30ml") == []


def test_a_measure_in_other_letters_is_the_same_pack(shop):
    [offer] = [row for row in rows(shop, "ars alb 1M 30ml") if row.makes]
    new = offer.makes.model_dump()
    first = shop.run("catalog.create_variant", new)
    second = shop.run("catalog.create_variant", new | {"pack_unit": "ML"})
    assert (second.id, second.is_new) == (first.id, False)


def test_forms_are_counted_in_their_usual_units():
    assert [usual_unit(form) for form in ("dilution", "ointment", "kit", "book")] == [
        "BTL",
        "TUB",
        "BOX",
        "NOS",
    ]
