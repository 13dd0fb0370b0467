"""Bank accounts, their statements, and matches of the bank with the books."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "bank_account": migrating.CHANGEABLE,
    "bank_file": migrating.APPEND_ONLY,
    "bank_statement": migrating.APPEND_ONLY,
    "bank_line": migrating.APPEND_ONLY,
    "bank_match": migrating.CHANGEABLE,
    "bank_rule": migrating.CHANGEABLE,
}
FOLLOWS = "bank_match_member"
"""Only added to by the application; the database lets its lines follow their match."""
GRANTED = {
    "manager": ["banking.view"],
    "accountant": ["banking.view", "banking.reconcile"],
    "auditor": ["banking.view"],
}
FUNCTIONS = (
    "check_bank_match",
    "check_match_has_members",
    "undo_bank_match",
    "keep_bank_match_member",
)


def upgrade() -> None:
    _create_statements()
    _create_matches()
    migrating.protect(RIGHTS)
    op.execute(f"select sec.protect('{FOLLOWS}', '{migrating.APPEND_ONLY}')")
    op.get_bind().exec_driver_sql((SQL / "0026_bank_matches.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    for table in (FOLLOWS, *reversed(RIGHTS)):
        op.drop_table(table)
    for name in FUNCTIONS:
        op.execute(f"drop function sec.{name}()")
    migrating.withdraw_from_roles(GRANTED, [])


def _create_statements() -> None:
    op.create_table(
        "bank_account",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bank_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ifsc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_bank_account_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_bank_account_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", name=op.f("uq_bank_account_tenant_id_account_id")
        ),
    )
    op.create_table(
        "bank_file",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("format", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("format in ('table', 'ofx', 'camt')", name=op.f("ck_bank_file_format")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_account_id"],
            ["bank_account.tenant_id", "bank_account.id"],
            name=op.f("fk_bank_file_tenant_id_bank_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_file")),
        sa.UniqueConstraint(
            "tenant_id",
            "bank_account_id",
            "sha256",
            name=op.f("uq_bank_file_tenant_id_bank_account_id_sha256"),
        ),
    )
    op.create_table(
        "bank_statement",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("opening", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("closing", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "line_count > 0 and known_count >= 0", name=op.f("ck_bank_statement_counts")
        ),
        sa.CheckConstraint("to_day >= from_day", name=op.f("ck_bank_statement_days")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_account_id"],
            ["bank_account.tenant_id", "bank_account.id"],
            name=op.f("fk_bank_statement_tenant_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["bank_file.tenant_id", "bank_file.id"],
            name=op.f("fk_bank_statement_tenant_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint(
            "tenant_id", "file_id", name=op.f("uq_bank_statement_tenant_id_file_id")
        ),
    )
    op.create_index(
        "ix_bank_statement_account",
        "bank_statement",
        ["tenant_id", "bank_account_id", "id"],
        unique=False,
    )
    op.create_table(
        "bank_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("counterparty", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bank_ref", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("balance", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("amount <> 0 or kind = 'opening'", name=op.f("ck_bank_line_amount")),
        sa.CheckConstraint("kind in ('opening', 'line')", name=op.f("ck_bank_line_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_account_id"],
            ["bank_account.tenant_id", "bank_account.id"],
            name=op.f("fk_bank_line_tenant_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "statement_id"],
            ["bank_statement.tenant_id", "bank_statement.id"],
            name=op.f("fk_bank_line_tenant_id_statement_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "bank_account_id",
            "fingerprint",
            name=op.f("uq_bank_line_tenant_id_bank_account_id_fingerprint"),
        ),
    )
    op.create_index(
        "ix_bank_line_day",
        "bank_line",
        ["tenant_id", "bank_account_id", "booked_on", "id"],
        unique=False,
    )
    op.create_index(
        "ix_bank_line_statement", "bank_line", ["tenant_id", "statement_id", "place"], unique=False
    )


def _create_matches() -> None:
    op.create_table(
        "bank_match",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'matched') = (entry_id is null)", name=op.f("ck_bank_match_entry")
        ),
        sa.CheckConstraint(
            "kind in ('matched', 'booked', 'payment', 'cheque')", name=op.f("ck_bank_match_kind")
        ),
        sa.CheckConstraint(
            "is_live = (undone_at is null) and is_live = (undone_by is null)",
            name=op.f("ck_bank_match_undone"),
        ),
        sa.CheckConstraint("member_count >= 2", name=op.f("ck_bank_match_member_count")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_account_id"],
            ["bank_account.tenant_id", "bank_account.id"],
            name=op.f("fk_bank_match_tenant_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_bank_match_tenant_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_match")),
    )
    op.create_index(
        "ix_bank_match_account", "bank_match", ["tenant_id", "bank_account_id", "id"], unique=False
    )
    op.create_table(
        "bank_rule",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contains", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("direction", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lowest", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("highest", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("account_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("ledger", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(account_key = '') = (party_id is not null)", name=op.f("ck_bank_rule_action")
        ),
        sa.CheckConstraint("(party_id is null) = (ledger = '')", name=op.f("ck_bank_rule_ledger")),
        sa.CheckConstraint("direction in ('', 'in', 'out')", name=op.f("ck_bank_rule_direction")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_account_id"],
            ["bank_account.tenant_id", "bank_account.id"],
            name=op.f("fk_bank_rule_tenant_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_bank_rule_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_rule")),
    )
    op.create_index(
        "ix_bank_rule_account",
        "bank_rule",
        ["tenant_id", "bank_account_id", "priority"],
        unique=False,
    )
    op.create_table(
        "bank_match_member",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("bank_line_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("line_no", sa.SmallInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(bank_line_id is null) <> (entry_id is null) and (entry_id is null) = (line_no is null)",
            name=op.f("ck_bank_match_member_one_line"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_line_id"],
            ["bank_line.tenant_id", "bank_line.id"],
            name=op.f("fk_bank_match_member_tenant_id_bank_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_bank_match_member_tenant_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "match_id"],
            ["bank_match.tenant_id", "bank_match.id"],
            name=op.f("fk_bank_match_member_tenant_id_match_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_match_member")),
    )
    op.create_index(
        "ix_bank_match_member_bank_line",
        "bank_match_member",
        ["tenant_id", "bank_line_id"],
        unique=True,
        postgresql_where="is_live and bank_line_id is not null",
    )
    op.create_index(
        "ix_bank_match_member_ledger_line",
        "bank_match_member",
        ["tenant_id", "entry_id", "line_no"],
        unique=True,
        postgresql_where="is_live and entry_id is not null",
    )
    op.create_index(
        "ix_bank_match_member_match", "bank_match_member", ["tenant_id", "match_id"], unique=False
    )
