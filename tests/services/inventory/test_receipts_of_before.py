"""Deliveries from before they were documents become documents with the migration."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from erp.core import db, migrations
from erp.core.settings import get_settings
from tests.factories import broken_promises, make_shop
from tests.fixtures.databases import copy_template
from tests.services.purchasing.ordering import line, place, receive, supplier

KEPT = (
    "select l.tenant_id, l.receipt_id, l.line_no, l.variant_id, l.lot_id, l.paid, l.free, l.value,"
    " r.branch_id, r.location_id, r.supplier_id, r.reference, r.received_on, r.received_by"
    " from goods_receipt_line l join goods_receipt r on r.id = l.receipt_id order by l.receipt_id, l.line_no"
)


@pytest.fixture
def older(stack, environment, worker_number, monkeypatch) -> Iterator[str]:
    """A database in which a shop took in goods, with and without an order."""
    assert environment
    name = f"receipts_{worker_number}"
    copy_template(stack, name)
    url = stack.postgres.url(name)
    monkeypatch.setattr(get_settings(), "database_url", url)
    db.dispose()
    shop = make_shop("older", products=2, lots=1)
    supplier(shop)
    receive(shop, place(shop, line(shop, 10, free_quantity=2)), {1: (6, 1)}, reference="CH-1")
    yield url
    db.dispose()


def rows(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(KEPT).fetchall()


def test_deliveries_are_kept_as_their_moves_and_orders_tell(older):
    before = rows(older)
    db.dispose()
    command.downgrade(migrations._alembic_config(older), "0005")
    command.upgrade(migrations._alembic_config(older), "head")

    assert len(before) == 3
    assert rows(older) == before
    assert broken_promises() == []
