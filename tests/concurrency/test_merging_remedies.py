"""Remedies named, made and merged at the same moment: each product ends with one that stands."""

from functools import partial

import psycopg

from erp.core.errors import InvalidInput
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop

GOODS = {"form": "globules", "brand": "Own", "hsn": "30049014", "tax_class": "GST5"}


def make(shop: Shop, product: str, remedy: str):
    given = GOODS | {"name": product, "remedy": {"name": remedy}}
    made = shop.run("catalog.create_product", given).id
    return shop.run("catalog.get_product", {"product_id": made}).remedy_id


def test_six_at_once_name_one_new_remedy(trader: Shop):
    names = ["Ruta", "ruta", "RUTA", "Ruta ", "rutA", "RuTa"]
    calls = [partial(make, trader, f"Ruta {n}", name) for n, name in enumerate(names)]

    assert len(set(at_once(calls))) == 1


def test_merged_either_way_at_once_one_is_left(trader: Shop, owner: psycopg.Connection):
    one, other = make(trader, "Ruta 1", "Ruta"), make(trader, "Ruta 2", "Ruta Graveolens")

    def merge(gone, kept):
        return trader.run("catalog.merge_remedy", {"remedy_id": gone, "into_id": kept})

    calls = [partial(merge, one, other), partial(merge, other, one)]
    calls += [partial(make, trader, f"New {n}", "Ruta") for n in range(4)]
    outcomes = at_once(calls)

    assert refusals(outcomes, InvalidInput) == 1
    stray = (
        "select count(*) from product p join remedy r"
        " on (r.tenant_id, r.id) = (p.tenant_id, p.remedy_id)"
        " where p.tenant_id = %s and r.merged_into_id is not null"
    )
    assert owner.execute(stray, (trader.ctx.tenant_id,)).fetchone() == (0,)
    known = trader.run("catalog.list_remedies", {"search": "ruta"}).rows
    assert sorted((row.standing, row.products) for row in known) == [("in_use", 6), ("merged", 0)]
