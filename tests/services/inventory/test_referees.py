"""Each control, taken away by the database's owner, lets a fault in that its referee names."""

from datetime import timedelta

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from erp.core import db
from tests.factories import make_shop, referees

pytestmark = pytest.mark.usefixtures("clean_database")

MOVE = (
    "insert into stock_move (tenant_id, id, variant_id, lot_id, from_location_id, to_location_id,"
    " quantity, value, effective_at, origin_type, origin_id, origin_line_no, reason, user_id)"
    " select tenant_id, gen_random_uuid(), variant_id, lot_id, %s, (select id from location"
    " where tenant_id = %s and kind = 'customer'), 1, 60, %s, 'test', gen_random_uuid(), 1, '',"
    " gen_random_uuid() from stock_balance where tenant_id = %s and lot_id = %s"
)


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("watched", products=1, lots=1, stock=10)


@pytest.fixture
def lot(shop):
    return shop.lot_ids[shop.variant_ids[0]][0]


def sell_behind_the_till(connection, shop, lot, at):
    connection.execute(MOVE, (shop.storage_id, shop.tenant_id, at, shop.tenant_id, lot))


def offender(code):
    found = referees()[code]
    assert not found.holds, f"{code} saw nothing"
    return found.offender


def test_a_sound_shop_satisfies_every_referee_and_they_look(shop):
    verdicts = referees()

    assert [v.code for v in verdicts.values() if not v.holds] == []
    assert all(verdicts[code].examined for code in ("S1", "S2", "S7", "C1", "P10", "P11"))
    assert shop.on_hand(shop.variant_ids[0]) == 10


def test_s1_names_a_balance_that_moves_do_not_explain(owner, shop, lot):
    owner.execute("alter table stock_move disable trigger stock_move_applied")
    sell_behind_the_till(owner, shop, lot, shop.ctx.now)

    assert offender("S1")["lot_id"] == lot


def test_s2_names_a_promise_without_a_document(owner, lot):
    owner.execute("update stock_balance set reserved = 3 where lot_id = %s", (lot,))

    assert offender("S2")["lot_id"] == lot


def test_s5_names_a_sale_after_the_last_day(owner, shop, lot):
    owner.execute("alter table stock_move disable trigger stock_move_applied")
    sell_behind_the_till(owner, shop, lot, shop.ctx.now + timedelta(days=5000))

    assert offender("S5")["lot_number"] == "L1"


def test_s5b_names_a_sale_of_a_recalled_lot(owner, shop, lot):
    shop.run("inventory.recall_lot", {"lot_id": lot, "reason": "Maker's notice"})
    owner.execute("alter table stock_move disable trigger stock_move_applied")
    owner.execute("alter table event disable trigger event_immutable")
    owner.execute(
        "update event set recorded_at = recorded_at - interval '1 hour' where aggregate_id = %s",
        (lot,),
    )
    sell_behind_the_till(owner, shop, lot, shop.ctx.now)

    assert offender("S5b")["lot_id"] == lot


def test_s7_names_stock_that_left_without_an_entry(owner, shop, lot):
    sell_behind_the_till(owner, shop, lot, shop.ctx.now)

    assert offender("S7")["account"] == "inventory"


def test_c1_names_a_product_without_a_rate(owner, shop):
    owner.execute("delete from tax_rate where tenant_id = %s", (shop.tenant_id,))

    assert offender("C1")["sku"] == "SKU1"


def test_c2_names_a_rate_on_what_is_not_taxed(owner, shop):
    owner.execute(
        "update tax_class set treatment = 'exempt' where tenant_id = %s", (shop.tenant_id,)
    )

    assert offender("C2")["tax_class"] == "GST5"


def test_p10_and_p11_name_parties_that_do_not_agree_with_themselves(owner, shop):
    owner.execute(
        "update party set gst_category = 'regular' where tenant_id = %s", (shop.tenant_id,)
    )
    owner.execute("delete from party_role where tenant_id = %s", (shop.tenant_id,))

    assert offender("P10")["code"] == offender("P11")["code"] == "WALK-IN"


def test_the_database_sells_no_expired_lot(owner, shop, lot):
    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        sell_behind_the_till(owner, shop, lot, shop.ctx.now + timedelta(days=5000))

    assert refusal.value.diag.constraint_name == "stock_move_sellable"


def test_the_database_sells_no_more_than_there_is(owner, shop, lot):
    lines = [{"lot_id": lot, "change": -10}]
    shop.run("inventory.adjust_stock", {"reason_code": "count", "lines": lines})

    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        sell_behind_the_till(owner, shop, lot, shop.ctx.now)
    assert refusal.value.diag.constraint_name == "ck_stock_balance_on_hand"


def test_the_application_may_write_no_balance_and_rewrite_no_move(shop):
    for sql in (
        "update stock_balance set on_hand = 99",
        "update stock_balance set value = 1",
        "insert into stock_balance values (null)",
        "update stock_move set quantity = 1",
        "delete from stock_move",
        "truncate stock_move",
    ):
        with pytest.raises(InsufficientPrivilege), db.unit_of_work(shop.ctx) as session:
            db.raw(session).execute(sql.encode())
