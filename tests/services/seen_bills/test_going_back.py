"""The database before credit was shared works, and comes forward again."""

import psycopg
from alembic import command

from erp.core import migrations
from tests.fixtures.databases import copy_template


def test_a_database_taken_back_once_knows_no_shared_credit_and_comes_forward_again(
    stack, environment, worker_number
):
    assert environment
    name = f"shared_{worker_number}"
    copy_template(stack, name)
    url = stack.postgres.url(name)
    command.downgrade(migrations._alembic_config(url), "0054")
    with psycopg.connect(url) as connection:
        source = connection.execute(
            "select prosrc from pg_proc where proname = 'take_bill_credit_once'"
        ).fetchone()
        assert source is not None
        assert "bill_tax" not in source[0]
    command.upgrade(migrations._alembic_config(url), "head")
