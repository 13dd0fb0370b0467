"""Migrations run beside the code before them: none keeps others waiting while it reads a whole table."""

from pathlib import Path

import pytest

from tests.architecture.migration_locks import locked_tables

ALEMBIC = Path(__file__).resolve().parents[2] / "alembic"
SINCE = "0067"
"""Those before it are released, and are not changed."""
MIGRATIONS = sorted(
    path for path in (ALEMBIC / "versions").glob("*.py") if path.stem.split("_")[1] >= SINCE
)
SPARED = """
BRIEFLY_LOCKED = {"expense_category": "a company has some twenty of them"}

def upgrade():
    op.create_table("fresh")
    op.create_index("ix_fresh", "fresh", ["a"])
    op.create_check_constraint("ck_a", "message", "a > 0", postgresql_not_valid=True)
    op.create_index("ix_b", "message", ["b"], postgresql_concurrently=True)
    op.execute("alter table invoice add constraint ck_c check (c > 0) not valid")
    op.execute("alter table invoice validate constraint ck_of_before")
    op.create_check_constraint("ck_d", "expense_category", "d > 0")

def downgrade():
    op.create_check_constraint("ck_e", "message", "e > 0")
"""


def test_a_migration_keeps_no_table_locked_while_it_reads_it():
    found = {path.name: locked_tables(path.read_text(), ALEMBIC / "sql") for path in MIGRATIONS}
    locked = {name: tables for name, tables in found.items() if tables}
    assert not locked, "see 'Change a table' in CONTRIBUTING.md, or say why in BRIEFLY_LOCKED"


def test_what_is_spared_or_reasoned_is_allowed():
    assert locked_tables(SPARED, ALEMBIC / "sql") == set()


@pytest.mark.parametrize(
    "line",
    [
        'op.create_check_constraint("ck_a", "message", "a > 0")',
        'op.create_check_constraint("ck_a", table_name="message", condition="a > 0")',
        'op.create_foreign_key("fk_a", "message", "party", ["a"], ["id"])',
        'op.create_unique_constraint("uq_a", "message", ["a"])',
        'op.create_index("ix_a", "message", ["a"], postgresql_concurrently=False)',
        'op.execute("create unique index ix_a on message (a)")',
        'op.execute("create index if not exists ix_a on message (a)")',
        'op.execute("alter table message add constraint ck_a check (a > 0)")',
        'op.execute(f"alter table message add constraint {name} foreign key (a) references party")',
    ],
)
def test_what_locks_a_table_is_found(line):
    assert locked_tables(f"def upgrade():\n    {line}\n", ALEMBIC / "sql") == {"message"}


def test_a_reason_is_more_than_a_word():
    source = 'BRIEFLY_LOCKED = {"message": "small"}\nop.create_index("ix_a", "message", ["a"])\n'
    assert locked_tables(source, ALEMBIC / "sql") == {"message"}


def test_validating_in_the_transaction_of_adding_is_found():
    source = (
        'op.execute("alter table message add constraint ck_a check (a > 0) not valid")\n'
        'op.execute("alter table message validate constraint ck_a")\n'
    )
    assert locked_tables(source, ALEMBIC / "sql") == {"ck_a"}


def test_the_rule_finds_what_a_released_migration_did():
    released = next((ALEMBIC / "versions").glob("*_0062_*.py"))
    assert {"expense_claim_line", "message"} <= locked_tables(released.read_text(), ALEMBIC / "sql")
