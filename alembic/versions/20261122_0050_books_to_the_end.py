"""Groups of a company's own below those of the chart; files of MT940; interest that is billed; text messages."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
MONEY = sa.Numeric(precision=18, scale=2)
PERCENT = sa.Numeric(precision=7, scale=4)
RIGHTS = {
    "account_group": "select, insert, update (name), delete",
    "sms_sender": migrating.CHANGEABLE,
    "contact_choice": migrating.APPEND_ONLY,
    "interest_charge": "select, insert, update (reversed_on, reversal_note_id, reversal_reason)",
}
INTEREST = ["interest.bill"]
GRANTS = {"accountant": INTEREST, "manager": INTEREST}
ADDED = """
    insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control, is_active)
    select tenant_id, gen_random_uuid(), company_id, '4230', 'interest_income', 'Interest on Late Payment',
           'Indirect Incomes', 'income', false, true
      from (select distinct tenant_id, company_id from account) company
    on conflict do nothing
"""
REMOVED = """
    delete from account a where key = 'interest_income'
       and not exists (select 1 from journal_line l where (l.tenant_id, l.account_id) = (a.tenant_id, a.id))
"""


def upgrade() -> None:
    _create_groups()
    _take_formats("table", "ofx", "camt", "mt940")
    _create_interest()
    _create_texting()
    _take_methods("email", "phone", "letter", "sms")
    _take_quantities("quantity > 0 or quantity = 0 and lot_id is null and cost = 0")
    migrating.protect(RIGHTS)
    op.execute((SQL / "0050_interest.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTS, {})
    with migrating.every_tenant("account") as connection:
        connection.execute(sa.text(ADDED))


def downgrade() -> None:
    with migrating.every_tenant("account", "journal_line") as connection:
        connection.execute(sa.text(REMOVED))
    migrating.withdraw_from_roles(GRANTS, [])
    _take_formats("table", "ofx", "camt")
    _take_methods("email", "phone", "letter")
    op.drop_column("reminder", "sms")
    op.drop_column("message", "facts")
    _take_quantities("quantity > 0")
    op.drop_constraint("fk_account_tenant_id_company_id_own_group_id_group_name", "account")
    op.drop_column("account", "own_group_id")
    for table in reversed(RIGHTS):
        op.drop_table(table)
    op.execute("drop function sec.keep_interest_apart(), sec.keep_interest_charge()")


def _create_groups() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    key = ["tenant_id", "company_id", "id", "group_name"]
    op.create_table(
        "account_group",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("group_name", text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_account_group_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id", "parent_id", "group_name"],
            [f"account_group.{name}" for name in key],
            name=op.f("fk_account_group_tenant_id_company_id_parent_id_group_name"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_account_group")),
        sa.UniqueConstraint(*key, name=op.f("uq_account_group_tenant_id_company_id_id_group_name")),
    )
    op.create_index(
        "uq_account_group_name",
        "account_group",
        ["tenant_id", "company_id", sa.text("lower(name)")],
        unique=True,
    )
    op.add_column("account", sa.Column("own_group_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_account_tenant_id_company_id_own_group_id_group_name"),
        "account",
        "account_group",
        ["tenant_id", "company_id", "own_group_id", "group_name"],
        key,
    )


def _take_formats(*formats: str) -> None:
    """Let files of banks be of these formats."""
    known = ", ".join(f"'{name}'" for name in formats)
    op.drop_constraint(op.f("ck_bank_file_format"), "bank_file", type_="check")
    op.create_check_constraint(op.f("ck_bank_file_format"), "bank_file", f"format in ({known})")


def _take_quantities(rule: str) -> None:
    """Let lines of documents have these quantities."""
    op.drop_constraint(op.f("ck_invoice_line_quantity"), "invoice_line", type_="check")
    op.create_check_constraint(op.f("ck_invoice_line_quantity"), "invoice_line", rule)


def _create_interest() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    targets = {
        "company_id": "company",
        "party_id": "party",
        "item_id": "open_item",
        "invoice_id": "invoice",
        "note_id": "invoice",
        "reversal_note_id": "invoice",
    }
    op.create_table(
        "interest_charge",
        *(
            sa.Column(name, sa.Uuid(), nullable=False)
            for name in ("tenant_id", "id", *list(targets)[:5])
        ),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("percent", PERCENT, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("reversal_note_id", sa.Uuid(), nullable=True),
        sa.Column("reversal_reason", text(), server_default="", nullable=False),
        sa.CheckConstraint("from_day <= to_day", name=op.f("ck_interest_charge_days")),
        sa.CheckConstraint("amount > 0 and percent > 0", name=op.f("ck_interest_charge_amount")),
        sa.CheckConstraint(
            "(reversed_on is null) = (reversal_note_id is null)"
            " and (reversed_on is null) = (reversal_reason = '')",
            name=op.f("ck_interest_charge_reversal"),
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{table}.tenant_id", f"{table}.id"],
                name=op.f(f"fk_interest_charge_tenant_id_{column}"),
            )
            for column, table in targets.items()
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_interest_charge")),
    )
    op.create_index(
        "uq_interest_charge_begin",
        "interest_charge",
        ["tenant_id", "item_id", "from_day"],
        unique=True,
        postgresql_where=sa.text("reversed_on is null"),
    )
    op.create_index("ix_interest_charge_note", "interest_charge", ["tenant_id", "note_id"])
    op.create_index(
        "ix_interest_charge_party", "interest_charge", ["tenant_id", "party_id", "to_day"]
    )


def _take_methods(*methods: str) -> None:
    """Let customers be reminded by these methods."""
    known = ", ".join(f"'{name}'" for name in methods)
    op.drop_constraint(op.f("ck_reminder_method"), "reminder", type_="check")
    op.create_check_constraint(op.f("ck_reminder_method"), "reminder", f"method in ({known})")


def _create_texting() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    for table, column in (("message", "facts"), ("reminder", "sms")):
        empty = sa.Column(column, postgresql.JSONB(), server_default="{}", nullable=False)
        op.add_column(table, empty)
    op.create_table(
        "sms_sender",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", text(), nullable=False),
        sa.Column("header", text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("entity_id ~ '^[0-9]{8,25}$'", name=op.f("ck_sms_sender_entity")),
        sa.CheckConstraint("header ~ '^[A-Z0-9]{3,6}$'", name=op.f("ck_sms_sender_header")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_sms_sender_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sms_sender")),
        sa.UniqueConstraint(
            "tenant_id", "company_id", name=op.f("uq_sms_sender_tenant_id_company_id")
        ),
    )
    op.create_table(
        "contact_choice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("channel", text(), nullable=False),
        sa.Column("is_agreed", sa.Boolean(), nullable=False),
        sa.Column("how", text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", text(), nullable=False),
        sa.Column(
            "chosen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "channel in ('email', 'sms', 'whatsapp')", name=op.f("ck_contact_choice_channel")
        ),
        sa.CheckConstraint("how <> ''", name=op.f("ck_contact_choice_how")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_contact_choice_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_choice")),
    )
    op.create_index(
        "ix_contact_choice_party", "contact_choice", ["tenant_id", "party_id", "channel", "id"]
    )
