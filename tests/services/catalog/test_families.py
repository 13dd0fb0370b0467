"""Remedies and brands are known once, however they are typed; they are corrected, merged and retired."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import psycopg
import pytest

from erp.core.errors import Conflict, InvalidInput, PermissionDenied
from erp.services.catalog import UnknownBrand, UnknownRemedy
from tests.factories import make_shop
from tests.services.unchanged import fingerprint, refused

VERSIONS = Path(__file__).resolve().parents[3] / "alembic" / "versions"
REFUSED_BY_THE_DATABASE = (
    (
        (
            "insert into remedy (tenant_id, id, name, synonyms, abbreviations, is_pharmacopoeial)"
            " select tenant_id, gen_random_uuid(), lower(name), '{}', '{}', true from remedy"
            " where tenant_id = %s"
        ),
        psycopg.errors.UniqueViolation,
    ),
    (
        (
            "insert into brand (tenant_id, id, name)"
            " select tenant_id, gen_random_uuid(), lower(name) from brand where tenant_id = %s"
        ),
        psycopg.errors.UniqueViolation,
    ),
    ("update remedy set name = name || '  x' where tenant_id = %s", psycopg.errors.CheckViolation),
    ("update brand set name = ' ' || name where tenant_id = %s", psycopg.errors.CheckViolation),
    (
        "update brand set merged_into_id = id, is_active = false where tenant_id = %s",
        psycopg.errors.CheckViolation,
    ),
)
PACK = {"potency": "30", "pack_quantity": 30, "pack_unit": "ml"}


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("families", products=0)


def add(shop, name, remedy=None, brand="SBL", **more):
    goods = {"name": name, "form": "dilution", "brand": brand, "hsn": "3004", "tax_class": "GST5"}
    named = {"remedy": {"name": remedy} | more} if remedy else {}
    made = shop.run("catalog.create_product", goods | named).id
    shop.run("catalog.create_variant", PACK | {"product_id": made})
    return shop.run("catalog.get_product", {"product_id": made})


def labels(shop, words):
    return sorted(row.label for row in shop.run("catalog.search_products", {"search": words}).rows)


def names(shop, kind, **wanted):
    return [row.name for row in shop.run(f"catalog.list_{kind}", wanted).rows]


def test_a_name_is_one_in_any_capitals_and_spaces(shop, owner):
    one = add(shop, "Arnica Montana", "Arnica  Montana")
    other = add(shop, "Arnica M.", "arnica montana", brand=" sbl ")

    assert (one.remedy_id, one.brand_id) == (other.remedy_id, other.brand_id)
    assert (names(shop, "remedies"), "SBL" in names(shop, "brands")) == (["Arnica Montana"], True)
    for written, error in REFUSED_BY_THE_DATABASE:
        with pytest.raises(error), owner.transaction():
            owner.execute(written, (shop.ctx.tenant_id,))


def test_names_of_before_are_told_apart_by_a_number_and_none_is_lost(shop, owner):
    for brand in ("SBL", "Other", "Third", "SBL (2)"):
        add(shop, "Arnica", brand=brand)
    path = next(VERSIONS.glob("*_0083_*.py"))
    spec = importlib.util.spec_from_file_location("names_of_remedies", path)
    assert spec
    assert spec.loader
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    migration.op = SimpleNamespace(execute=lambda text: owner.execute(text.encode()))
    about = (shop.ctx.tenant_id,)
    with owner.transaction(force_rollback=True):
        owner.execute("drop index uq_brand_name")
        owner.execute("alter table brand drop constraint ck_brand_name")
        doubles = "update brand set name = %s where tenant_id = %s and name = %s"
        owner.execute(doubles, (" Sbl ", *about, "Other"))
        owner.execute(doubles, ("S  B L", *about, "Third"))
        migration._number_doubles("brand")
        told = "select name from brand where tenant_id = %s order by id"
        left = [name for (name,) in owner.execute(told, about).fetchall()]
    assert [name for name in left if name.startswith("S")] == [
        "SBL",
        "Sbl (2)",
        "S B L",
        "SBL (2) (2)",
    ]


def test_naming_another_remedy_on_a_product_keeps_that_ones_names(shop):
    arnica = add(shop, "Arnica", "Arnica", synonyms=["Leopard's bane"])
    bryonia = add(shop, "Bryonia", "Bryonia", synonyms=["White bryony"])
    typed = {"name": "bryonia", "synonyms": [], "abbreviations": []}
    shop.run("catalog.update_product", {"product_id": arnica.product_id, "remedy": typed})

    assert labels(shop, "white bryony") == sorted(labels(shop, "30C"))
    assert labels(shop, "leopard") == []
    kept = shop.run("catalog.get_remedy", {"remedy_id": bryonia.remedy_id})
    assert (kept.name, kept.synonyms, len(kept.made)) == ("Bryonia", ["White bryony"], 2)


def test_a_corrected_name_is_found_on_all_products_and_taken_by_one(shop):
    one = add(shop, "Drops 1", "Pulsatilla")
    add(shop, "Drops 2", "Pulsatilla", brand="Bakson")
    add(shop, "Bell", "Belladonna")
    both = labels(shop, "pulsatilla")
    known = {"remedy_id": one.remedy_id}

    shop.run("catalog.update_remedy", known | {"name": "Windflower", "abbreviations": ["Zzy"]})
    assert (labels(shop, "pulsatilla"), labels(shop, "windf zzy")) == ([], both)
    assert len(both) == 2
    with refused(shop, Conflict, "name"):
        shop.run("catalog.update_remedy", known | {"name": "BELLADONNA"})


def test_a_renamed_brand_is_on_every_label(shop):
    one = add(shop, "Arnica", "Arnica", brand="Bakso")
    shop.run("catalog.update_brand", {"brand_id": one.brand_id, "name": "Bakson"})
    assert labels(shop, "bakson") == ["Arnica 30C dilution 30 ml Bakson"]
    add(shop, "Bell", brand="Lords")
    with refused(shop, Conflict, "name"):
        shop.run("catalog.update_brand", {"brand_id": one.brand_id, "name": " LORDS"})


def test_two_remedies_become_one_with_every_name(shop):
    gone = add(shop, "Arnica 1", "Arnica Mont", synonyms=["Leopard's bane"], abbreviations=["Arn"])
    kept = add(shop, "Arnica 2", "Arnica Montana", abbreviations=["arn"], brand="Bakson")
    merging = {"remedy_id": gone.remedy_id, "into_id": kept.remedy_id}
    shop.run("catalog.merge_remedy", merging)

    row = shop.run("catalog.get_remedy", {"remedy_id": kept.remedy_id})
    assert (row.synonyms, row.abbreviations) == (["Arnica Mont", "Leopard's bane"], ["arn"])
    assert [made.name for made in row.made] == ["Arnica 1", "Arnica 2"]
    assert len(labels(shop, "leopard")) == 2
    assert add(shop, "Arnica 3", "arnica mont").remedy_id == kept.remedy_id
    standing = {r.name: (r.standing, r.merged_into) for r in shop.run("catalog.list_remedies").rows}
    assert standing["Arnica Mont"] == ("merged", "Arnica Montana")

    last = add(shop, "Arnica 4", "Arnica").remedy_id
    shop.run("catalog.merge_remedy", {"remedy_id": kept.remedy_id, "into_id": last})
    assert add(shop, "Arnica 5", "Arnica Mont").remedy_id == last
    for given, field in (
        (merging, "remedy_id"),
        ({"remedy_id": last, "into_id": gone.remedy_id}, "into_id"),
        ({"remedy_id": last, "into_id": last}, "into_id"),
    ):
        with refused(shop, InvalidInput, field):
            shop.run("catalog.merge_remedy", given)
    with refused(shop, InvalidInput, "remedy_id"):
        shop.run("catalog.update_remedy", {"remedy_id": gone.remedy_id, "name": "Mine"})


def test_two_brands_become_one_unless_a_product_a_price_or_a_ceiling_is_in_the_way(shop):
    gone, kept = add(shop, "Arnica", brand="S.B.L."), add(shop, "Bell", brand="SBL")
    merging = {"brand_id": gone.brand_id, "into_id": kept.brand_id}
    twin = add(shop, "Arnica", brand="SBL")
    with refused(shop, Conflict, "into_id"):
        shop.run("catalog.merge_brand", merging)
    shop.run("catalog.update_product", {"product_id": twin.product_id, "name": "Arnica M."})

    lists = {"code": "RETAIL", "name": "Retail", "audience": "everyone"}
    list_id = shop.run("sales.create_price_list", lists).id
    price = {"list_id": list_id, "scope": "brand", "goods_id": gone.brand_id, "reason": "Agreed"}
    price |= {"basis": "mrp", "percent": "-5"}
    rule = shop.run("sales.set_price", price).id
    with refused(shop, InvalidInput, "brand_id"):
        shop.run("catalog.merge_brand", merging)
    shop.run("sales.end_rule", {"rule_id": rule})

    most = {"scope": "brand", "goods_id": gone.brand_id, "reason": "Agreed"}
    for percent in ("5", None):
        shop.run("sales.set_discount_ceiling", most | {"percent": percent})
        if percent:
            with refused(shop, InvalidInput, "brand_id"):
                shop.run("catalog.merge_brand", merging)

    shop.run("catalog.merge_brand", merging)
    assert labels(shop, "arnica") == [
        "Arnica 30C dilution 30 ml SBL",
        "Arnica M. 30C dilution 30 ml SBL",
    ]
    assert add(shop, "Calendula", brand="s.b.l.").brand_id == kept.brand_id


def test_what_is_retired_has_no_new_products_and_keeps_those_it_has(shop):
    one = add(shop, "Arnica", "Arnica")
    remedy, brand = {"remedy_id": one.remedy_id}, {"brand_id": one.brand_id}
    for kind, which in (("remedy", remedy), ("brand", brand)):
        shop.run(f"catalog.set_{kind}_status", which | {"is_active": False})
        with refused(shop, InvalidInput, kind):
            add(shop, "Arnica M.", "Arnica")
        given = {"product_id": one.product_id, "remedy": {"name": "Arnica"}, "note": kind}
        shop.run("catalog.update_product", given)
        shop.run(f"catalog.set_{kind}_status", which | {"is_active": True})
    assert add(shop, "Arnica M.", "Arnica").remedy_id == one.remedy_id


def test_lists_are_found_by_any_name_and_by_standing(shop):
    one = add(shop, "Arnica", "Arnica", synonyms=["Leopard's bane"])
    add(shop, "Bell", "Belladonna", brand="Lords")
    shop.run("catalog.set_remedy_status", {"remedy_id": one.remedy_id, "is_active": False})

    assert names(shop, "remedies", search="leopard") == ["Arnica"]
    assert names(shop, "remedies", standing="in_use") == ["Belladonna"]
    assert names(shop, "remedies", sort="-name", limit=1) == ["Belladonna"]
    assert names(shop, "brands", search="lor") == ["Lords"]
    assert [p.name for p in shop.run("catalog.get_brand", {"brand_id": one.brand_id}).made] == [
        "Arnica"
    ]


def test_strangers_and_cashiers_change_none(shop, stranger):
    one, other = add(shop, "Arnica", "Arnica"), add(shop, "Bell", "Belladonna", brand="Lords")
    acts = []
    for kind, error in (("remedy", UnknownRemedy), ("brand", UnknownBrand)):
        which = {f"{kind}_id": getattr(one, f"{kind}_id")}
        acts += [
            (f"catalog.update_{kind}", which | {"name": "Mine"}, error),
            (f"catalog.set_{kind}_status", which | {"is_active": False}, error),
            (f"catalog.merge_{kind}", which | {"into_id": getattr(other, f"{kind}_id")}, error),
        ]
    before = fingerprint(shop)
    for name, given, error in acts:
        with refused(stranger, error):
            stranger.run(name, given)
        with refused(shop, PermissionDenied):
            shop.run(name, given, by=shop.acting_as("cashier"))
    for kind, error in (("remedy", UnknownRemedy), ("brand", UnknownBrand)):
        with pytest.raises(error):
            shop.run(f"catalog.get_{kind}", {f"{kind}_id": uuid4()})
    assert fingerprint(shop) == before
