"""Cancelled invoices and challans: why, and what may no longer rest on them; limits of the law as dated rows."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {"invoice_cancellation": migrating.APPEND_ONLY, "law_limit": migrating.APPEND_ONLY}
GRANTED = {
    "manager": ["billing.cancel"],
    "accountant": ["billing.cancel", "gst_returns.set_limits"],
}
STATUSES = "'due', 'to_mend', 'refused', 'registered', 'cancelling', 'cancelled'"
VALID_UNTIL = "(made_at is null) = (valid_until is null) and valid_until > made_at"
CIN_ONCE = "uq_gst_deposit_tenant_id_company_id_reference"
TRIGGERS = {
    "allocation": "allocation_of_standing",
    "way_bill": "way_bill_of_standing",
    "einvoice": "einvoice_of_standing",
    "invoice": "invoice_of_standing",
}


def upgrade() -> None:
    op.create_table(
        "invoice_cancellation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_invoice_cancellation_reason")),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", f"{target}_id"],
                [f"{target}.tenant_id", f"{target}.id"],
                name=op.f(f"fk_invoice_cancellation_tenant_id_{target}_id"),
            )
            for target in ("company", "branch", "invoice")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_cancellation")),
        sa.UniqueConstraint(
            "tenant_id", "invoice_id", name=op.f("uq_invoice_cancellation_tenant_id_invoice_id")
        ),
    )
    _create_law_limit()
    migrating.protect(RIGHTS)
    _allow_statuses(f"{STATUSES}, 'withdrawn'")
    op.create_check_constraint(op.f("ck_way_bill_valid_until"), "way_bill", VALID_UNTIL)
    _cancel_deposits()
    op.execute((SQL / "0043_cancelling.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    op.execute("drop trigger gst_deposit_frozen on gst_deposit")
    op.execute("drop function sec.keep_gst_deposit()")
    op.drop_index("uq_gst_deposit_standing", table_name="gst_deposit")
    for column in ("cancelled_at", "cancelled_by", "cancel_reason"):
        op.drop_column("gst_deposit", column)
    op.create_unique_constraint(
        op.f(CIN_ONCE), "gst_deposit", ["tenant_id", "company_id", "reference"]
    )
    op.execute(
        "create trigger gst_deposit_immutable before update or delete on gst_deposit"
        " for each row execute function sec.refuse_change()"
    )
    for table, trigger in TRIGGERS.items():
        op.execute(f"drop trigger {trigger} on {table}")
    op.drop_table("invoice_cancellation")
    op.drop_table("law_limit")
    op.execute("drop function sec.keep_cancellation_settled()")
    op.execute("drop function sec.refuse_cancelled_invoice()")
    op.execute("drop function sec.check_invoice_cancellation()")
    _allow_statuses(STATUSES)
    op.drop_constraint(op.f("ck_way_bill_valid_until"), "way_bill", type_="check")
    migrating.withdraw_from_roles(GRANTED, [])


def _create_law_limit() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    op.create_table(
        "law_limit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind in ('b2cl', 'e_invoice', 'hsn_digits', 'e_way_bill')",
            name=op.f("ck_law_limit_kind"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_law_limit_amount")),
        sa.CheckConstraint("state ~ '^([0-9]{2})?$'", name=op.f("ck_law_limit_state")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_law_limit_source")),
        sa.CheckConstraint("valid_from >= date '2017-07-01'", name=op.f("ck_law_limit_valid_from")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_law_limit")),
    )
    op.create_index("ix_law_limit_kind", "law_limit", ["tenant_id", "kind", "state", "valid_from"])


def _cancel_deposits() -> None:
    """Let a challan be cancelled once, and its number be recorded anew."""
    op.execute("drop trigger gst_deposit_immutable on gst_deposit")
    op.add_column(
        "gst_deposit", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("gst_deposit", sa.Column("cancelled_by", sa.Uuid(), nullable=True))
    text = sqlmodel.sql.sqltypes.AutoString()
    op.add_column(
        "gst_deposit", sa.Column("cancel_reason", text, server_default="", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_gst_deposit_cancelled"),
        "gst_deposit",
        "(cancelled_at is null) = (cancelled_by is null) and (cancelled_at is null) = (cancel_reason = '')",
    )
    op.drop_constraint(op.f(CIN_ONCE), "gst_deposit", type_="unique")
    op.create_index(
        "uq_gst_deposit_standing",
        "gst_deposit",
        ["tenant_id", "company_id", "reference"],
        unique=True,
        postgresql_where=sa.text("cancelled_at is null"),
    )
    op.execute("grant update (cancelled_at, cancelled_by, cancel_reason) on gst_deposit to erp_app")


def _allow_statuses(statuses: str) -> None:
    op.drop_constraint(op.f("ck_einvoice_status"), "einvoice", type_="check")
    op.create_check_constraint(op.f("ck_einvoice_status"), "einvoice", f"status in ({statuses})")
