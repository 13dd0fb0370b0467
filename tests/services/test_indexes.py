"""What is looked up in tables that grow for ever is found by an index, under row security too."""

import pytest

from erp.core import db
from erp.core.ids import new_id
from tests.factories import Shop

LOOKUPS = {
    "ix_invoice_original": "select total from invoice where tenant_id = %s and original_invoice_id = %s",
    "ix_event_delivery_dead": "select id from event_delivery where tenant_id = %s and id < %s and status = 'dead'",
    "ix_stock_move_receipt": (
        "select origin_id from stock_move where tenant_id = %s and origin_id < %s"
        " and origin_type = 'goods_receipt' order by origin_id desc"
    ),
}


@pytest.mark.parametrize("index", LOOKUPS)
def test_a_lookup_uses_its_index(trader: Shop, index: str):
    with db.unit_of_work(trader.ctx) as session:
        db.execute(session, "set local enable_seqscan = off")
        question = f"explain {LOOKUPS[index]}"
        found = db.fetch_all(session, question, (trader.tenant_id, new_id()))  # type: ignore[arg-type]
    assert index in "\n".join(row["QUERY PLAN"] for row in found)


def test_a_customers_sales_are_in_order(trader: Shop):
    with db.unit_of_work(trader.ctx) as session:
        found = db.fetch_one(
            session, "select indexdef from pg_indexes where indexname = 'ix_sale_party'"
        )
    assert found is not None
    assert found["indexdef"].endswith("(tenant_id, party_id, sold_at)")
