"""What migrations do to rows of every tenant."""

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterator

APPEND_ONLY = "select, insert"
CHANGEABLE = "select, insert, update"

Permissions = Mapping[str, Sequence[str]]


def protect(rights: Mapping[str, str]) -> None:
    """Keep new tables apart by tenant, and those that are only added to from being changed.

    Args:
        rights: What the application may do, `APPEND_ONLY` or `CHANGEABLE`, by table.
    """
    for table, allowed in rights.items():
        op.execute(f"select sec.protect('{table}', '{allowed}')")
        if allowed == APPEND_ONLY:
            op.execute(
                f"create trigger {table}_immutable before update or delete on {table}"
                " for each row execute function sec.refuse_change()"
            )


def grant_to_roles(permissions: Permissions, limits: Mapping[str, Mapping[str, str]]) -> None:
    """Give standard roles of every tenant permissions and limits that they do not have yet.

    Args:
        permissions: The names of permissions by the role's name.
        limits: The amount by the role's name, by the limit's name.
    """
    give = sa.text(
        "update role set permissions = permissions || array(select p"
        " from unnest(cast(:given as text[])) p where p <> all(permissions)) where name = :role"
    )
    limit = sa.text(
        "update role set limits = limits || jsonb_build_object(cast(:kind as text),"
        " cast(:amount as text)) where name = :role and not limits ? :kind"
    )
    with every_tenant("role") as connection:
        for role, given in permissions.items():
            connection.execute(give, {"given": list(given), "role": role})
        for kind, amounts in limits.items():
            for role, amount in amounts.items():
                connection.execute(limit, {"kind": kind, "role": role, "amount": amount})


def withdraw_from_roles(permissions: Permissions, limits: Sequence[str]) -> None:
    """Take permissions and limits from the roles of every tenant, whatever they are called."""
    take = sa.text(
        "update role set permissions = array(select p from unnest(permissions) p"
        " where p <> all(:taken)), limits = limits - cast(:limits as text[])"
    )
    taken = sorted({name for names in permissions.values() for name in names})
    with every_tenant("role") as connection:
        connection.execute(take, {"taken": taken, "limits": list(limits)})


@contextmanager
def every_tenant(*tables: str) -> "Iterator[sa.Connection]":
    """Lift row security of tables, which binds their owner too, for a few statements."""
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    yield op.get_bind()
    for table in tables:
        op.execute(f"alter table {table} force row level security")
