"""Stock that was never in a place cannot leave it, whichever statement says so."""

import psycopg
import pytest

from tests.factories import Shop


def test_goods_do_not_leave_a_place_where_they_never_were(
    trader: Shop, owner: psycopg.Connection[tuple[object, ...]]
):
    """A place without a balance has no row whose check could refuse it."""
    copied = (
        "insert into stock_move select (jsonb_populate_record(null::stock_move, to_jsonb(m)"
        " || jsonb_build_object('id', gen_random_uuid(), 'from_location_id', %s::uuid))).*"
        " from stock_move m where tenant_id = %s limit 1"
    )
    before = trader.count("stock_move")
    with pytest.raises(psycopg.errors.CheckViolation, match="below zero"):
        owner.execute(copied, (trader.expired_store_id, trader.tenant_id))
    assert trader.count("stock_move") == before
