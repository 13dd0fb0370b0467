"""Cancelled invoices: what was cancelled, why, and what may no longer rest on it."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0043"
down_revision = "0040"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {"invoice_cancellation": migrating.APPEND_ONLY}
GRANTED = {"manager": ["billing.cancel"], "accountant": ["billing.cancel"]}
STATUSES = "'due', 'to_mend', 'refused', 'registered', 'cancelling', 'cancelled'"
VALID_UNTIL = "(made_at is null) = (valid_until is null) and valid_until > made_at"
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
    migrating.protect(RIGHTS)
    _allow_statuses(f"{STATUSES}, 'withdrawn'")
    op.create_check_constraint(op.f("ck_way_bill_valid_until"), "way_bill", VALID_UNTIL)
    op.execute((SQL / "0043_cancelled_invoices.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    for table, trigger in TRIGGERS.items():
        op.execute(f"drop trigger {trigger} on {table}")
    op.drop_table("invoice_cancellation")
    op.execute("drop function sec.keep_cancellation_settled()")
    op.execute("drop function sec.refuse_cancelled_invoice()")
    op.execute("drop function sec.is_cancelled(uuid, uuid)")
    op.execute("drop function sec.check_invoice_cancellation()")
    _allow_statuses(STATUSES)
    op.drop_constraint(op.f("ck_way_bill_valid_until"), "way_bill", type_="check")
    migrating.withdraw_from_roles(GRANTED, [])


def _allow_statuses(statuses: str) -> None:
    op.drop_constraint(op.f("ck_einvoice_status"), "einvoice", type_="check")
    op.create_check_constraint(op.f("ck_einvoice_status"), "einvoice", f"status in ({statuses})")
