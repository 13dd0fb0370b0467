"""Credit on lost goods, by the move that lost them; services under a filed return; instalments;
statements of banks withdrawn."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
MONEY = sa.Numeric(precision=18, scale=2)
RIGHTS = {
    "gst_credit_loss": migrating.APPEND_ONLY,
    "instalment": migrating.APPEND_ONLY,
    "instalment_terms": "select, insert, update, delete",
}


def upgrade() -> None:
    op.create_table(
        "gst_credit_loss",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column("igst", MONEY, nullable=False),
        sa.Column("cgst", MONEY, nullable=False),
        sa.Column("sgst", MONEY, nullable=False),
        sa.CheckConstraint(
            "least(igst, cgst, sgst) >= 0", name=op.f("ck_gst_credit_loss_not_negative")
        ),
        sa.CheckConstraint(
            "(change_id is null) <= (igst + cgst + sgst = 0)",
            name=op.f("ck_gst_credit_loss_change"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "change_id"],
            ["gst_credit_change.tenant_id", "gst_credit_change.id"],
            name=op.f("fk_gst_credit_loss_tenant_id_change_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "move_id"],
            ["stock_move.tenant_id", "stock_move.id"],
            name=op.f("fk_gst_credit_loss_tenant_id_move_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_credit_loss")),
        sa.UniqueConstraint(
            "tenant_id", "move_id", name=op.f("uq_gst_credit_loss_tenant_id_move_id")
        ),
    )
    _instalments()
    _withdrawing()
    migrating.protect(RIGHTS)
    for name in ("filed_services", "instalments", "withdrawing"):
        text = (SQL / f"0044_{name}.sql").read_text()
        op.get_bind().connection.driver_connection.execute(text)


def _withdrawing() -> None:
    empty = sqlmodel.sql.sqltypes.AutoString()
    for column in (
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdraw_reason", empty, server_default=sa.text("''"), nullable=False),
    ):
        op.add_column("bank_statement", column)
    op.create_check_constraint(
        op.f("ck_bank_statement_withdrawn"),
        "bank_statement",
        "(withdrawn_at is null) = (withdrawn_by is null)"
        " and (withdrawn_at is null) = (withdraw_reason = '')",
    )
    live = sa.Column("is_live", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    op.add_column("bank_line", live)
    op.drop_constraint("uq_bank_statement_tenant_id_file_id", "bank_statement", type_="unique")
    op.drop_constraint(
        "uq_bank_line_tenant_id_bank_account_id_fingerprint", "bank_line", type_="unique"
    )
    op.create_index(
        "uq_bank_statement_file",
        "bank_statement",
        ["tenant_id", "file_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_index(
        "uq_bank_line_fingerprint",
        "bank_line",
        ["tenant_id", "bank_account_id", "fingerprint"],
        unique=True,
        postgresql_where=sa.text("is_live"),
    )


def _instalments() -> None:
    op.add_column(
        "open_item",
        sa.Column("part", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
    )
    op.drop_constraint("uq_open_item_tenant_id_entry_id_line_no", "open_item", type_="unique")
    op.create_unique_constraint(
        "uq_open_item_tenant_id_entry_id_line_no_part",
        "open_item",
        ["tenant_id", "entry_id", "line_no", "part"],
    )
    op.create_table(
        "instalment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "agreed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_instalment_amount")),
        sa.CheckConstraint("place > 0", name=op.f("ck_instalment_place")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["open_item.tenant_id", "open_item.id"],
            name=op.f("fk_instalment_tenant_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_instalment")),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "place", name=op.f("uq_instalment_tenant_id_plan_id_place")
        ),
    )
    op.create_index("ix_instalment_item", "instalment", ["tenant_id", "item_id"])
    op.create_table(
        "instalment_terms",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("days", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cardinality(days) between 1 and 12", name=op.f("ck_instalment_terms_days")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_instalment_terms_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_instalment_terms_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_instalment_terms")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "party_id",
            name=op.f("uq_instalment_terms_tenant_id_company_id_party_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("instalment")
    op.drop_table("instalment_terms")
    op.drop_table("gst_credit_loss")
    op.execute("drop function sec.apply_instalments()")
    for name in ("0019_open_items.sql", "0024_gst_returns.sql"):
        _restore(name)
    op.drop_constraint("uq_open_item_tenant_id_entry_id_line_no_part", "open_item", type_="unique")
    op.drop_column("open_item", "part")
    op.create_unique_constraint(
        "uq_open_item_tenant_id_entry_id_line_no",
        "open_item",
        ["tenant_id", "entry_id", "line_no"],
    )
    _keep_statements()


def _restore(name: str) -> None:
    """Bring back the function that a file begins with."""
    text = (SQL / name).read_text()
    function = text[: text.index("create trigger")]
    changed = function.replace("create function", "create or replace function", 1)
    op.get_bind().connection.driver_connection.execute(changed)


def _keep_statements() -> None:
    """Let statements and their lines never change again."""
    for table, trigger in (
        ("bank_statement", "bank_statement_withdrawn"),
        ("bank_statement", "bank_statement_lines"),
        ("bank_line", "bank_line_kept"),
    ):
        op.execute(f"drop trigger {trigger} on {table}")
    for name in ("withdraw_statement", "withdraw_lines", "keep_bank_line"):
        op.execute(f"drop function sec.{name}()")
    op.drop_index("uq_bank_statement_file", "bank_statement")
    op.drop_index("uq_bank_line_fingerprint", "bank_line")
    op.drop_constraint(op.f("ck_bank_statement_withdrawn"), "bank_statement", type_="check")
    for column in ("withdrawn_at", "withdrawn_by", "withdraw_reason"):
        op.drop_column("bank_statement", column)
    op.drop_column("bank_line", "is_live")
    op.create_unique_constraint(
        "uq_bank_statement_tenant_id_file_id", "bank_statement", ["tenant_id", "file_id"]
    )
    op.create_unique_constraint(
        "uq_bank_line_tenant_id_bank_account_id_fingerprint",
        "bank_line",
        ["tenant_id", "bank_account_id", "fingerprint"],
    )
    for table in ("bank_statement", "bank_line"):
        op.execute(
            f"create trigger {table}_immutable before update or delete on {table}"
            " for each row execute function sec.refuse_change()"
        )
