"""A pack that decides how goods are taxed has an HSN and a class of its own."""

from decimal import Decimal

import psycopg
import pytest
from psycopg import sql

from erp.core.errors import InvalidInput
from erp.models.catalog import Form
from erp.services.catalog import UnknownProduct, UnknownTaxClass
from erp.services.catalog.tax_rules import TaxFacts, hsn_of_pack
from tests.factories import Shop
from tests.services.catalog.test_maker_lists import preview, upload
from tests.services.trading import rows
from tests.services.unchanged import refused

ARNICA = {
    "name": "Arnica Montana", "form": "dilution", "brand": "SBL", "hsn": "30049014",
    "tax_class": "GST5", "remedy": {"name": "Arnica Montana"},
}  # fmt: skip


def add_pack(shop: Shop, product_id, quantity, unit="ml", **more):
    given = {"product_id": product_id, "potency": "30C", "pack_quantity": quantity}
    return shop.run("catalog.create_variant", given | {"pack_unit": unit} | more)


@pytest.fixture
def arnica(trader):
    """The product, its bottle of 30 ml and its bottle of 500 ml."""
    product_id = trader.run("catalog.create_product", ARNICA).id
    return product_id, add_pack(trader, product_id, 30).id, add_pack(trader, product_id, 500).id


@pytest.fixture
def eighteen(trader):
    rates = [{"valid_from": "2017-07-01", "rate": "18"}]
    given = {"code": "GST18", "name": "18 %", "treatment": "taxable", "rates": rates}
    trader.run("catalog.create_tax_class", given)


def codes(shop, product_id):
    """Return the HSN, its own one, and the class of each pack, the smallest first."""
    shown = shop.run("catalog.get_product", {"product_id": product_id}).variants
    return [(row.hsn, row.own_hsn, row.tax_class) for row in shown]


def proposed(shop, product_id):
    return shop.run("catalog.propose_tax_class", {"product_id": product_id})


@pytest.mark.parametrize(
    ("form", "hsn", "pack", "own"),
    [
        ("dilution", "30049014", (30, "ml"), None),
        ("dilution", "30049014", (449, "ml"), None),
        ("dilution", "30049014", (450, "ml"), "30039014"),
        ("dilution", "3004", (500, "ml"), "3003"),
        ("dilution", "30039014", (30, "ml"), "30049014"),
        ("dilution", "30039014", (500, "ml"), None),
        ("trituration", "30049014", (1, "kg"), "30039014"),
        ("biochemic", "30049015", (450, "g"), "30039015"),
        ("globules", "17049090", (450, "g"), None),
        ("cosmetic", "33049910", (500, "ml"), None),
        ("kit", "30049014", (500, "ml"), None),
    ],
)
def test_a_pack_has_its_own_hsn_where_the_rules_of_its_product_give_it_one(form, hsn, pack, own):
    facts = TaxFacts(Form(form), "Skin cream", is_by_the_book=True)
    assert hsn_of_pack(facts, hsn, pack) == own


def test_a_large_bottle_is_made_with_the_hsn_of_bulk(trader, arnica):
    product_id = arnica[0]
    assert codes(trader, product_id) == [
        ("30049014", None, "GST5"),
        ("30039014", "30039014", "GST5"),
    ]
    found = proposed(trader, product_id)
    assert [(pack.hsn, pack.is_followed) for pack in found.packs] == [
        ("30049014", True),
        ("30039014", True),
    ]
    assert found.is_hsn_alike
    assert add_pack(trader, product_id, 500).hsn == "30039014"
    listed = trader.run("catalog.list_products", {"search": "arnica montana"}).rows
    assert sorted(row.hsn for row in listed) == ["30039014", "30049014"]


def test_a_person_gives_a_pack_another_code_and_the_rules_differ_then(trader, arnica):
    product_id, _, large = arnica
    trader.run("catalog.set_variant_tax", {"variant_id": large})
    assert codes(trader, product_id)[1] == ("30049014", None, "GST5")
    found = proposed(trader, product_id)
    assert (found.is_hsn_alike, found.is_followed) == (False, True)
    assert [pack.is_followed for pack in found.packs] == [True, False]

    trader.run("catalog.set_variant_status", {"variant_id": large, "is_active": False})
    assert proposed(trader, product_id).is_hsn_alike


def test_codes_of_packs_follow_their_product_but_not_those_a_person_gave(trader, arnica):
    product_id, small, large = arnica
    change = {"product_id": product_id}
    trader.run("catalog.update_product", change | {"hsn": "30039014"})
    assert [own for _, own, _ in codes(trader, product_id)] == ["30049014", None]

    trader.run("catalog.set_variant_tax", {"variant_id": small, "hsn": "33049910"})
    trader.run("catalog.update_product", change | {"hsn": "3004"})
    assert [own for _, own, _ in codes(trader, product_id)] == ["33049910", "3003"]
    trader.run("catalog.update_product", change | {"hsn": "33059011"})
    assert [hsn for hsn, _, _ in codes(trader, product_id)] == ["33049910", "33059011"]
    assert large


@pytest.mark.usefixtures("eighteen")
def test_a_class_of_its_own_needs_a_reason_where_the_rules_propose_another(trader, arnica):
    product_id, _, large = arnica
    own = {"variant_id": large, "hsn": "3003", "tax_class": "GST18"}
    with refused(trader, InvalidInput, "reason"):
        trader.run("catalog.set_variant_tax", own)
    with refused(trader, UnknownTaxClass, "tax_class"):
        trader.run("catalog.set_variant_tax", own | {"tax_class": "GST99"})
    with refused(trader, InvalidInput, "reason"):
        trader.run("catalog.set_variant_tax", {"variant_id": large, "reason": "For no class"})

    trader.run("catalog.set_variant_tax", own | {"reason": "A raw material"})
    assert codes(trader, product_id)[1] == ("3003", "3003", "GST18")
    assert not proposed(trader, product_id).packs[1].is_followed
    sold = trader.run("catalog.get_variant", {"variant_id": large})
    assert (sold.own_tax_class, sold.tax_reason) == ("GST18", "A raw material")
    listed = trader.run("catalog.list_products", {"search": "arnica montana"}).rows
    assert sorted(row.gst_rate for row in listed) == [Decimal(5), Decimal(18)]


@pytest.mark.usefixtures("eighteen")
def test_a_price_list_is_compared_with_the_packs_own_code_and_rate(trader, arnica):
    own = {"variant_id": arnica[2], "hsn": "30039014", "tax_class": "GST18", "reason": "Bulk"}
    trader.run("catalog.set_variant_tax", own)
    listed = upload(
        trader,
        ",Arnica Montana,30C,30 ml,105,80,72,30049014,5",
        ",Arnica Montana,30C,500 ml,905,680,612,30039014,18",
        ",Arnica Montana,30C,500 ml,905,680,612,30049014,5",
    )
    seen = preview(trader, listed).rows
    assert [row.notes for row in seen][:2] == [[], []]
    assert seen[2].notes == [
        "HSN here is 30039014, the list says 30049014",
        "GST here is 18%, the list says 5%",
    ]


def test_a_code_has_four_to_eight_digits_and_a_reason_a_class(trader, arnica, owner):
    for column, wrong in (("hsn", "30"), ("tax_reason", "Bulk")):
        change = sql.SQL("update variant set {} = %s where id = %s").format(sql.Identifier(column))
        with pytest.raises(psycopg.errors.CheckViolation, match=f"ck_variant_{column}"):
            owner.execute(change, (wrong, arnica[2]))
    assert rows(trader, "select 1 from variant where id = %s and hsn = '30039014'", arnica[2])


def test_strangers_tax_none_of_our_packs(arnica, stranger):
    with pytest.raises(UnknownProduct):
        stranger.run("catalog.set_variant_tax", {"variant_id": arnica[2], "hsn": "3004"})
