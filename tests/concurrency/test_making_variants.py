"""Two who need a pack that the catalogue lacks, at once: it is made one time."""

import psycopg
import pytest

from tests.concurrency.crowd import at_once
from tests.factories import Shop


def test_two_at_once_make_one_variant(trader: Shop):
    product = trader.run("catalog.get_variant", {"variant_id": trader.variant_ids[0]}).product_id
    new = {"product_id": product, "potency": "10M", "pack_quantity": 30, "pack_unit": "ml"}

    made = at_once([lambda: trader.run("catalog.create_variant", new)] * 6)

    assert len({one.id for one in made}) == 1
    assert sorted(one.is_new for one in made) == [False] * 5 + [True]


def test_the_database_keeps_a_second_one_out(trader: Shop, owner: psycopg.Connection):
    with pytest.raises(psycopg.errors.UniqueViolation, match="uq_variant_pack"):
        owner.execute(
            "insert into variant (tenant_id, id, product_id, sku, label, potency_scale, potency_number,"
            " potency_label, potency_rank, pack_quantity, pack_unit, base_unit, reorder_point, is_active,"
            " search_text) select tenant_id, gen_random_uuid(), product_id, 'TWICE', label, potency_scale,"
            " potency_number, potency_label, potency_rank, pack_quantity, upper(pack_unit), base_unit, 0, true,"
            " '' from variant where id = %s",
            (trader.variant_ids[0],),
        )
