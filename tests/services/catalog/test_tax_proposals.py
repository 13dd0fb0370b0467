"""What a product is decides how it is taxed and sold; a person may decide otherwise, with a reason."""

from decimal import Decimal

import psycopg
import pytest
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services.catalog import Form, UnknownProduct, get_lines_for_sale
from erp.services.catalog.tax_rules import TaxFacts, rule_for
from tests.factories import make_shop
from tests.services.unchanged import refused


@pytest.mark.parametrize(
    ("facts", "hsn", "rates", "is_certain"),
    [
        (("dilution", "Arnica Montana", True, (30, "ml")), "30049014", (5, 5), True),
        (("drops", "R41 Vitality Drops", False, (22, "ml")), "30049014", (5, 12), True),
        (("dilution", "Arnica Montana", True, (450, "ml")), "30039014", (5, 5), False),
        (("biochemic", "Kali Phosphoricum", True, (25, "g")), "30049015", (5, 5), True),
        (("bio_combination", "No. 28", False, (25, "g")), "30049015", (5, 12), True),
        (("trituration", "Hepar Sulphuris", True, (1, "kg")), "30039014", (5, 5), False),
        (("cosmetic", "Aloe Face Cream", False, None), "3304", (18, 18), True),
        (("cosmetic", "Calendula Toothpaste", False, None), "3306", (5, 18), True),
        (("oil", "Arnica Hair Oil", False, None), "3305", (5, 18), True),
        (("other", "Sugar of Milk (Lactose)", False, None), "17021110", (5, 18), True),
        (("device", "Clinical Thermometer Digital", False, None), "9025", (5, 18), True),
        (("packaging", "Glass Bottle", False, None), "7010", (18, 18), True),
        (("book", "Materia Medica", False, None), "4901", (0, 0), True),
        (("service", "Consultation fee", False, None), "999319", (0, 0), False),
    ],
)
def test_goods_are_taxed_by_what_they_are(facts, hsn, rates, is_certain):
    form, *rest = facts
    rule = rule_for(TaxFacts(Form(form), *rest))

    assert rule is not None
    assert (rule.hsn, rule.rate, rule.rate_before) == (hsn, *map(Decimal, rates))
    assert (rule.is_certain, bool(rule.source)) == (is_certain, True)


def test_no_rule_proposes_nothing():
    assert rule_for(TaxFacts(Form.KIT, "Family kit", is_by_the_book=False)) is None
    assert rule_for(TaxFacts(Form.OTHER, "Something else", is_by_the_book=False)) is None


@pytest.fixture
def shop(environment):
    assert environment
    shop = make_shop("taxed", products=0)
    for code, before in (("GST5-OWN", "12"), ("GST18", "18")):
        now = "5" if code == "GST5-OWN" else "18"
        rates = [
            {"valid_from": "2017-07-01", "rate": before},
            {"valid_from": "2025-09-22", "rate": now},
        ]
        tax_class = {"code": code, "name": code, "treatment": "taxable", "rates": rates}
        shop.run("catalog.create_tax_class", tax_class)
    return shop


def add(shop, name, form="dilution", tax_class="GST5", **more):
    given = {"name": name, "form": form, "brand": "SBL", "hsn": "30049014", "tax_class": tax_class}
    given |= {"remedy": {"name": name}}
    return shop.run("catalog.create_product", given | more).id


def proposal(shop, product_id):
    return shop.run("catalog.propose_tax_class", {"product_id": product_id})


def foreseen(shop, **facts):
    found = shop.run("catalog.propose_tax", {"name": "Arnica Montana", "form": "dilution"} | facts)
    return found.hsn, found.tax_class


def test_a_class_is_proposed_of_goods_that_are_not_in_the_catalogue(shop):
    named = {"remedy": "arnica  montana"}
    assert foreseen(shop, **named) == ("30049014", "GST5")
    assert foreseen(shop) == ("30049014", "GST5-OWN")
    assert foreseen(shop, **named, is_pharmacopoeial=False) == ("30049014", "GST5-OWN")
    assert foreseen(shop, **named, constituents=["Arnica Q", "Ruta Q"])[1] == "GST5-OWN"
    assert foreseen(shop, **named, pack_quantity=500, pack_unit="ml") == ("30039014", "GST5")
    assert foreseen(shop, form="kit") == ("", "")
    assert foreseen(shop, form="packaging", name="Glass bottle") == ("7010", "GST18")
    with pytest.raises(ValidationError, match="quantity and its measure"):
        foreseen(shop, pack_quantity=500)


def test_a_class_is_proposed_by_what_is_known_of_the_remedy(shop):
    unlisted = {"name": "Newremedy", "is_pharmacopoeial": False}
    gone = add(shop, "Newremedy", tax_class="GST5-OWN", remedy=unlisted)
    asked = {"name": "Newremedy", "remedy": "newremedy"}
    assert foreseen(shop, **asked)[1] == "GST5-OWN"

    kept = add(shop, "New")
    remedies = [shop.run("catalog.get_product", {"product_id": p}).remedy_id for p in (gone, kept)]
    merged = dict(zip(("remedy_id", "into_id"), remedies, strict=True))
    shop.run("catalog.merge_remedy", merged)
    assert foreseen(shop, **asked)[1] == "GST5"


def test_of_classes_taxed_alike_the_one_thought_of_is_proposed(shop):
    rates = [{"valid_from": "2017-07-01", "rate": "5"}]
    alike = {"code": "ALIKE", "name": "Alike", "treatment": "taxable", "rates": rates}
    shop.run("catalog.create_tax_class", alike)
    assert foreseen(shop, remedy="Arnica Montana")[1] == "ALIKE"
    assert foreseen(shop, remedy="Arnica Montana", tax_class="GST5")[1] == "GST5"
    assert add(shop, "Arnica Montana", tax_class="GST5")


def test_a_new_product_of_another_class_needs_a_reason_which_is_shown(shop):
    with refused(shop, InvalidInput, "tax_reason"):
        add(shop, "Arnica Montana", tax_class="GST18")
    with refused(shop, InvalidInput, "tax_reason"):
        add(shop, "Joint Care", constituents=["Rhus tox 3X", "Bryonia 3X"])

    made = add(shop, "Arnica Montana", tax_class="GST18", tax_reason="Sold as a cosmetic")
    assert proposal(shop, made).overridden_because == "Sold as a cosmetic"
    assert add(shop, "Arnica Montana", tax_class="GST5", form="kit")


def test_a_pharmacopoeial_medicine_and_a_combination_are_of_different_classes(shop):
    arnica = add(shop, "Arnica Montana")
    mixed = add(
        shop,
        "Joint Care",
        form="drops",
        constituents=["Rhus tox 3X", "Bryonia 3X"],
        tax_reason="As its maker bills it",
    )
    unlisted = add(
        shop,
        "Newremedy",
        tax_class="GST5-OWN",
        remedy={"name": "Newremedy", "is_pharmacopoeial": False},
    )

    assert (proposal(shop, arnica).tax_class, proposal(shop, arnica).is_followed) == ("GST5", True)
    assert proposal(shop, mixed).tax_class == "GST5-OWN"
    assert not proposal(shop, mixed).is_followed
    assert proposal(shop, unlisted).tax_class == "GST5-OWN"
    assert "Notification 9/2025" in proposal(shop, mixed).source


def test_what_the_pharmacopoeia_has_is_corrected_for_all_products_of_a_remedy(shop):
    remedy = {"name": "Arnica Montana"}
    arnica = add(shop, "Arnica Montana", remedy=remedy)
    globules = add(shop, "Arnica Montana", form="globules", remedy=remedy)
    assert {proposal(shop, p).tax_class for p in (arnica, globules)} == {"GST5"}

    off = remedy | {"is_pharmacopoeial": False}
    shop.run("catalog.update_product", {"product_id": arnica, "remedy": off})
    assert {proposal(shop, p).tax_class for p in (arnica, globules)} == {"GST5-OWN"}

    shop.run("catalog.update_product", {"product_id": globules, "remedy": remedy})
    detail = shop.run("catalog.get_product", {"product_id": arnica})
    assert detail.is_pharmacopoeial is False

    on = remedy | {"is_pharmacopoeial": True}
    add(shop, "Arnica Montana", form="ointment", remedy=on)
    assert proposal(shop, arnica).tax_class == "GST5"


def test_another_class_needs_a_reason_which_is_shown(shop):
    arnica = add(shop, "Arnica Montana")
    other = {"product_id": arnica, "tax_class": "GST18"}
    with refused(shop, InvalidInput, "reason"):
        shop.run("catalog.set_product_tax_class", other)

    shop.run("catalog.set_product_tax_class", other | {"reason": "Sold as a cosmetic"})

    assert proposal(shop, arnica).overridden_because == "Sold as a cosmetic"
    shop.run("catalog.set_product_tax_class", {"product_id": arnica, "tax_class": "GST5"})
    assert proposal(shop, arnica).overridden_because == ""


def test_the_licence_class_follows_the_form_and_reaches_the_sale(shop):
    arnica = add(shop, "Arnica Montana")
    cream = add(shop, "Skin cream", form="cosmetic", tax_class="GST18")
    pack = {"pack_quantity": 30, "pack_unit": "ml"}
    variants = [
        shop.run("catalog.create_variant", pack | {"product_id": p}).id for p in (arnica, cream)
    ]
    capped = {"product_id": arnica, "licence_class": "narcotic", "max_per_sale": 2}
    shop.run("catalog.set_licence_class", capped)

    with db.unit_of_work(shop.ctx) as session:
        lines = get_lines_for_sale(session, shop.ctx, variants, shop.ctx.today)

    sold = [(lines[v].licence_class, lines[v].sale_cap) for v in variants]
    assert sold == [("narcotic", 2), ("open", None)]
    shown = shop.run("catalog.get_product", {"product_id": arnica})
    assert (shown.licence_class, shown.max_per_sale) == ("narcotic", 2)


def test_a_narcotic_has_a_cap(shop, owner):
    arnica = add(shop, "Arnica Montana")
    uncapped = {"product_id": arnica, "licence_class": "narcotic"}
    with refused(shop, InvalidInput, "max_per_sale"):
        shop.run("catalog.set_licence_class", uncapped)
    with refused(shop, InvalidInput, "max_per_sale"):
        add(shop, "Opium", licence_class="narcotic")
    with pytest.raises(psycopg.errors.CheckViolation, match="narcotic_cap"):
        owner.execute("update product set licence_class = 'narcotic' where id = %s", (arnica,))


def test_strangers_propose_nothing_of_ours(shop, stranger):
    arnica = add(shop, "Arnica Montana")
    with pytest.raises(UnknownProduct):
        proposal(stranger, arnica)
