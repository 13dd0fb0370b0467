"""A tenant that is older than counting gets its rights and limits with the migration."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from erp.core import db, migrations
from erp.core.settings import get_settings
from erp.services import identity
from tests.factories import make_shop
from tests.fixtures.databases import copy_template

RIGHTS = ("inventory.view_counts", "inventory.count", "inventory.approve_count")


@pytest.fixture
def old_tenant(stack, environment, worker_number, monkeypatch) -> Iterator[str]:
    """A database with a shop, taken back to the revision before counting."""
    assert environment
    name = f"older_{worker_number}"
    copy_template(stack, name)
    url = stack.postgres.url(name)
    monkeypatch.setattr(get_settings(), "database_url", url)
    db.dispose()
    make_shop("older", products=1, lots=1)
    db.dispose()
    command.downgrade(migrations._alembic_config(url), "0003")
    yield url
    db.dispose()


def roles(url: str) -> dict[str, tuple[set[str], dict[str, str]]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("select name, permissions, limits from role").fetchall()
    return {name: (set(permissions), limits) for name, permissions, limits in rows}


def test_existing_roles_get_what_new_ones_have(old_tenant):
    before = roles(old_tenant)
    assert not any(set(RIGHTS) & permissions for permissions, _ in before.values())
    assert not any("count_difference" in limits for _, limits in before.values())

    command.upgrade(migrations._alembic_config(old_tenant), "head")

    new = {role.name: (set(role.permissions), role.limits) for role in identity.STANDARD_ROLES}
    assert roles(old_tenant) == new
    with psycopg.connect(old_tenant) as connection:
        forced = connection.execute(
            "select relforcerowsecurity from pg_class where relname = 'role'"
        ).fetchone()
    assert forced == (True,)
