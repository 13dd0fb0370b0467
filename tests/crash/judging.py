"""What must hold of a shop after a crash, whatever the crash was."""

from erp.core import db
from tests.crash.till import History, request
from tests.factories import Shop, broken_promises


def sold_ids(shop: Shop):
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(session, "select id from sale where tenant_id = %s", (shop.tenant_id,))
    return [row["id"] for row in rows]


def assert_history_holds(shop: Shop, history: History) -> None:
    """Each answer is kept, each refusal had no effect, each unknown is whole or absent.

    Then every sale asked for is asked for again under its key: there is exactly one of each,
    and who had an answer gets the same bytes.
    """
    asked, answered = history.told("asked"), history.told("answered")
    refused = history.told("refused").keys() - answered.keys()
    sold = set(sold_ids(shop))
    assert answered.keys() <= sold, "an acknowledged sale is gone"
    assert not refused & sold, "a refused sale is there"
    assert sold <= asked.keys(), "a sale nobody asked for"
    assert broken_promises() == []
    for sale_id in asked.keys() - refused:
        again = shop.answer("pos.post_sale", request(shop, sale_id))
        assert again.replayed == (sale_id in sold)
        assert answered.get(sale_id, again.text) == again.text
    assert sorted(sold_ids(shop)) == sorted(asked.keys() - refused)
    assert_stock_is_what_was_sold(shop)
    assert broken_promises() == []


def assert_stock_is_what_was_sold(shop: Shop) -> None:
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session,
            "select v.id, (select sum(m.quantity) from stock_move m where m.tenant_id = v.tenant_id"
            "   and m.variant_id = v.id and m.origin_type = 'goods_receipt')"
            " - coalesce((select sum(l.quantity) from invoice_line l"
            "   where l.tenant_id = v.tenant_id and l.variant_id = v.id), 0) as left_over,"
            " (select sum(b.on_hand) from stock_balance b where b.tenant_id = v.tenant_id"
            "   and b.variant_id = v.id) as on_hand"
            " from variant v where v.tenant_id = %s",
            (shop.tenant_id,),
        )
    assert all(row["left_over"] == row["on_hand"] for row in rows), rows
