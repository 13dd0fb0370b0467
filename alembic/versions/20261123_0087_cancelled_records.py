"""Reverse charges and changes of credit are cancelled before their return is filed; a return keeps its planned day."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0087"
down_revision = "0088"
branch_labels = None
depends_on = None

BRIEFLY_LOCKED = {
    "gst_credit_change": "a registration records a few a month",
    "gst_reverse_charge": "a registration records a few a month",
    "gst_credit_loss": "written once a month, a row for each loss",
}
SQL = Path(__file__).parents[1] / "sql"
RECORDS = ("gst_credit_change", "gst_reverse_charge")
COLUMNS = ("cancelled_at", "cancelled_by", "cancel_reason")
TOGETHER = "(cancelled_at is null) = (cancelled_by is null) and (cancelled_at is null) = (cancel_reason = '')"
LOSS_ONCE = "uq_gst_credit_loss_tenant_id_move_id"
FUNCTIONS = (
    "cancel_gst_record()",
    "release_losses()",
    "keep_credit_loss()",
    "is_gst_record_filed(uuid, uuid, uuid, date)",
)


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    for table in RECORDS:
        op.add_column(table, sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("cancelled_by", sa.Uuid(), nullable=True))
        op.add_column(table, sa.Column("cancel_reason", text, server_default="", nullable=False))
        op.execute(f"grant update ({', '.join(COLUMNS)}) on {table} to erp_app")
    op.create_check_constraint(
        op.f("ck_gst_credit_change_cancelled"), "gst_credit_change", TOGETHER
    )
    op.create_check_constraint(
        op.f("ck_gst_reverse_charge_cancelled"), "gst_reverse_charge", TOGETHER
    )
    op.add_column(
        "gst_credit_loss",
        sa.Column("is_live", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.drop_constraint(op.f(LOSS_ONCE), "gst_credit_loss", type_="unique")
    op.create_index(
        "uq_gst_credit_loss_live",
        "gst_credit_loss",
        ["tenant_id", "move_id"],
        unique=True,
        postgresql_where=sa.text("is_live"),
    )
    op.create_index("ix_gst_credit_loss_change", "gst_credit_loss", ["tenant_id", "change_id"])
    op.add_column("gst_return", sa.Column("to_be_filed_on", sa.Date(), nullable=True))
    op.execute((SQL / "0087_cancelled_records.sql").read_text(encoding="utf-8"))
    op.execute(_kept_return("to_be_filed_on"))


def downgrade() -> None:
    for table, trigger in (
        ("gst_credit_change", "gst_credit_change_cancelled"),
        ("gst_credit_change", "gst_credit_change_losses"),
        ("gst_reverse_charge", "gst_reverse_charge_cancelled"),
        ("gst_credit_loss", "gst_credit_loss_kept"),
    ):
        op.execute(f"drop trigger {trigger} on {table}")
    for function in FUNCTIONS:
        op.execute(f"drop function sec.{function}")
    op.execute(_kept_return(""))
    op.drop_column("gst_return", "to_be_filed_on")
    op.drop_index("ix_gst_credit_loss_change", table_name="gst_credit_loss")
    op.drop_index("uq_gst_credit_loss_live", table_name="gst_credit_loss")
    op.drop_column("gst_credit_loss", "is_live")
    op.create_unique_constraint(op.f(LOSS_ONCE), "gst_credit_loss", ["tenant_id", "move_id"])
    for table in RECORDS:
        for column in COLUMNS:
            op.drop_column(table, column)
    for table in (*RECORDS, "gst_credit_loss"):
        op.execute(
            f"create trigger {table}_immutable before update or delete on {table}"
            " for each row execute function sec.refuse_change()"
        )


def _kept_return(more: str) -> str:
    """Return the trigger's function that freezes a version, one column more among what it keeps."""
    source = (SQL / "0024_gst_returns.sql").read_text(encoding="utf-8")
    made = source[source.index("create function sec.keep_gst_return()") :].split("end $$;")[0]
    if more:
        made = made.replace("old.prepared_at)", f"old.prepared_at, old.{more})")
        made = made.replace("new.prepared_at)", f"new.prepared_at, new.{more})")
    return made.replace("create function", "create or replace function") + "end $$;"
