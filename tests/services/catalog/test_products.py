from uuid import uuid4

import pytest
from pydantic import ValidationError

from erp.core.errors import Conflict, IdempotencyKeyReused, PermissionDenied
from erp.services.catalog import BadBarcode, BadPotency, RateOrder, UnknownProduct, UnknownTaxClass
from tests.services.unchanged import fingerprint, refused

REMEDY = {
    "name": "Arnica Montana",
    "synonyms": ["Leopard's bane"],
    "abbreviations": ["Arn mont"],
}
ARNICA = {
    "name": "Arnica Montana",
    "form": "dilution",
    "brand": "Bakson",
    "remedy": REMEDY,
    "hsn": "30049014",
    "tax_class": "GST5",
}
PACK = {"potency": "30", "pack_quantity": 30, "pack_unit": "ml", "base_unit": "BTL"}


@pytest.fixture
def arnica(trader):
    return trader.run("catalog.create_product", ARNICA).id


def detail(shop, product_id):
    return shop.run("catalog.get_product", {"product_id": product_id})


def test_a_product_makes_its_brand_and_remedy_on_first_use(trader, arnica):
    second = trader.run("catalog.create_product", ARNICA | {"form": "mother_tincture"}).id
    made = detail(trader, arnica)

    assert (made.brand, made.remedy, made.gst_rate) == ("Bakson", "Arnica Montana", 5)
    assert made.synonyms == ["Leopard's bane"]
    assert detail(trader, second).remedy == "Arnica Montana"
    assert trader.count("brand") == 2
    assert trader.count("remedy") == 1


def found(shop, words):
    return [row.label for row in shop.run("catalog.search_products", {"search": words}).rows]


def test_a_name_of_a_remedy_finds_all_its_products_until_it_is_taken_away(trader, arnica):
    other = trader.run("catalog.create_product", ARNICA | {"form": "globules"}).id
    for product in (arnica, other):
        trader.run("catalog.create_variant", PACK | {"product_id": product})
    both = found(trader, "leopard")
    assert len(both) == 2

    names = {"name": "Arnica Montana", "synonyms": ["Wolfsbane"]}
    trader.run("catalog.update_product", {"product_id": arnica, "remedy": names})
    assert (found(trader, "leopard"), found(trader, "wolfsb")) == (both, both)
    assert detail(trader, other).synonyms == ["Leopard's bane", "Wolfsbane"]

    known = {"remedy_id": detail(trader, arnica).remedy_id}
    trader.run("catalog.update_remedy", known | {"synonyms": ["Wolfsbane"]})
    assert (found(trader, "leopard"), found(trader, "wolfsb")) == ([], both)
    trader.run("catalog.update_remedy", known | {"abbreviations": []})
    assert (found(trader, "arn mont"), detail(trader, other).abbreviations) == (both, [])


def test_a_product_is_made_of_nothing_where_the_remedy_is_emptied(trader, arnica):
    trader.run("catalog.create_variant", PACK | {"product_id": arnica})
    trader.run("catalog.update_product", {"product_id": arnica, "hsn": "30049011"})
    assert detail(trader, arnica).remedy == "Arnica Montana"
    trader.run("catalog.update_product", {"product_id": arnica, "remedy": None})
    assert not detail(trader, arnica).remedy
    assert found(trader, "leopard") == []


def test_a_variant_is_made_on_first_use_and_found_after(trader, arnica):
    given = PACK | {"product_id": arnica, "barcodes": ["2000000000015"]}
    made = trader.run("catalog.create_variant", given)
    again = trader.run("catalog.create_variant", given | {"potency": "30CH"})

    assert made.is_new
    assert (made.sku, made.label) == (
        "BAK-ARNM-30C-30ML",
        "Arnica Montana 30C dilution 30 ml Bakson",
    )
    assert (again.id, again.is_new) == (made.id, False)


def test_variants_are_listed_from_the_weakest_dilution_up(trader, arnica):
    for potency in ("CM", "30", "1M", "6X", "200C"):
        trader.run("catalog.create_variant", PACK | {"product_id": arnica, "potency": potency})

    assert [v.potency for v in detail(trader, arnica).variants] == ["6X", "30C", "200C", "1M", "CM"]


def test_similar_products_get_skus_of_their_own(trader, arnica):
    other = trader.run(
        "catalog.create_product", ARNICA | {"name": "Arnica Major", "brand": "Bak"}
    ).id

    first = trader.run("catalog.create_variant", PACK | {"product_id": arnica})
    second = trader.run("catalog.create_variant", PACK | {"product_id": other})

    assert (first.sku, second.sku) == ("BAK-ARNM-30C-30ML", "BAK-ARNM-30C-30ML-2")


def test_a_changed_name_reaches_labels_and_search(trader, arnica):
    made = trader.run("catalog.create_variant", PACK | {"product_id": arnica})
    remedy = REMEDY | {"abbreviations": ["Zebedee"]}

    trader.run(
        "catalog.update_product", {"product_id": arnica, "name": "Arnica M.", "remedy": remedy}
    )
    found = trader.run("catalog.search_products", {"search": "zebed"}).rows

    assert [(row.variant_id, row.label) for row in found] == [
        (made.id, "Arnica M. 30C dilution 30 ml Bakson")
    ]


def test_the_same_key_makes_one_product(trader):
    given = ARNICA | {"idempotency_key": "product-key-1"}
    first = trader.answer("catalog.create_product", given)
    after = fingerprint(trader)
    second = trader.answer("catalog.create_product", given)

    assert second.text == first.text
    assert fingerprint(trader) == after
    with refused(trader, IdempotencyKeyReused, "idempotency_key"):
        trader.run("catalog.create_product", given | {"name": "Another"})


def test_a_product_of_the_same_name_brand_and_form_is_refused(trader):
    trader.run("catalog.create_product", ARNICA)

    with refused(trader, Conflict, "name"):
        trader.run("catalog.create_product", ARNICA)


def test_an_unknown_tax_class_is_refused(trader):
    with refused(trader, UnknownTaxClass, "tax_class"):
        trader.run("catalog.create_product", ARNICA | {"tax_class": "GST99"})


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"potency": "Q3"}, BadPotency, "potency"),
        ({"barcodes": ["2000000000016"]}, BadBarcode, "code"),
        ({"product_id": uuid4()}, UnknownProduct, "product_id"),
        ({"sku": "SKU1"}, Conflict, "sku"),
    ],
)
def test_a_wrong_variant_is_refused_at_its_field(trader, arnica, given, error, field):
    with refused(trader, error, field):
        trader.run("catalog.create_variant", PACK | {"product_id": arnica} | given)


@pytest.mark.parametrize(
    "given",
    [
        {"pack_quantity": 0},
        {"pack_quantity": -1},
        {"pack_quantity": 10**12},
        {"pack_quantity": "many"},
        {"base_unit": "bottle"},
        {"pack_unit": "m" * 200},
        {"pack_unit": "m\x00l"},
        {"colour": "red"},
    ],
)
def test_input_out_of_shape_is_refused(trader, arnica, given):
    before = fingerprint(trader)

    with pytest.raises(ValidationError):
        trader.run("catalog.create_variant", PACK | {"product_id": arnica} | given)
    assert fingerprint(trader) == before


def test_a_barcode_belongs_to_one_variant(trader):
    first, second, _ = trader.variant_ids
    trader.run("catalog.add_barcode", {"variant_id": first, "code": "2000000000015"})

    with refused(trader, Conflict, "code"):
        trader.run("catalog.add_barcode", {"variant_id": second, "code": "2000000000015"})
    trader.run("catalog.remove_barcode", {"variant_id": first, "code": "2000000000015"})
    trader.run("catalog.add_barcode", {"variant_id": second, "code": "2000000000015"})
    with refused(trader, BadBarcode, "code"):
        trader.run("catalog.remove_barcode", {"variant_id": first, "code": "2000000000015"})


def test_units_are_exact_and_defined_once(trader):
    box = {"variant_id": trader.variant_ids[0], "code": "BOX", "numerator": 12}
    trader.run("catalog.define_unit", box)

    with refused(trader, Conflict, "code"):
        trader.run("catalog.define_unit", box)


def test_another_tenants_product_is_unknown(trader, stranger):
    product_id = trader.run("catalog.create_product", ARNICA).id
    foreign = {"variant_id": trader.variant_ids[0]}

    for name, given in (
        ("catalog.update_product", {"product_id": product_id, "name": "Mine"}),
        ("catalog.create_variant", PACK | {"product_id": product_id}),
        ("catalog.set_product_tax_class", {"product_id": product_id, "tax_class": "GST5"}),
        ("catalog.set_variant_status", foreign | {"is_active": False}),
        ("catalog.update_variant", foreign | {"sku": "MINE"}),
        ("catalog.add_barcode", foreign | {"code": "2000000000015"}),
        ("catalog.define_unit", foreign | {"code": "BOX", "numerator": 12}),
        ("catalog.get_product", {"product_id": product_id}),
    ):
        before = fingerprint(trader)
        with refused(stranger, UnknownProduct):
            stranger.run(name, given)
        assert fingerprint(trader) == before


def test_only_those_who_may_change_the_catalogue(trader):
    for role in ("cashier", "accountant", "technician", "auditor"):
        with refused(trader, PermissionDenied):
            trader.run("catalog.create_product", ARNICA, by=trader.acting_as(role))
    assert trader.run("catalog.create_product", ARNICA, by=trader.acting_as("storekeeper")).id


def test_rates_are_dated_and_never_rewritten(trader):
    made = trader.run(
        "catalog.create_tax_class",
        {
            "code": "CARE",
            "name": "Personal care",
            "treatment": "taxable",
            "rates": [
                {"valid_from": "2017-07-01", "rate": "18"},
                {"valid_from": "2025-09-22", "rate": "5"},
            ],
        },
    )
    for day in ("2025-09-22", "2020-01-01"):
        with refused(trader, RateOrder, "valid_from"):
            trader.run(
                "catalog.set_tax_rate", {"tax_class_id": made.id, "valid_from": day, "rate": "12"}
            )
    future = {"tax_class_id": made.id, "valid_from": "2090-01-01", "rate": "40"}
    trader.run("catalog.set_tax_rate", future)
    care = next(r for r in trader.run("catalog.list_tax_classes").rows if r.code == "CARE")

    assert [int(rate) for _, rate in care.rates] == [18, 5, 40]
    assert care.gst_rate == 5


def test_what_is_not_taxable_has_no_rate(trader):
    given = {"code": "FREE", "name": "Free", "treatment": "exempt"}

    with refused(trader, RateOrder, "rate"):
        rates = [{"valid_from": "2017-07-01", "rate": "5"}]
        trader.run("catalog.create_tax_class", given | {"rates": rates})
