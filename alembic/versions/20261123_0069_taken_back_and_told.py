"""Refunds that failed after all are taken back; messages say their branch and why they go by their channel."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TEXT = sqlmodel.sql.sqltypes.AutoString()
BRIEFLY_LOCKED = {"gateway_refund": "refunds are a few a day, and only jobs write them"}
STATES = "'due', 'pending', 'processed', 'failed'"
BOOKED = "(num_nonnulls(repayment_id, entry_id) = 1) = (status {})"


def upgrade() -> None:
    for table in ("message", "reminder"):
        op.add_column(table, sa.Column("why", TEXT, server_default="", nullable=False))
    _name_branches()
    op.add_column("gateway_refund", sa.Column("reversed_on", sa.Date(), nullable=True))
    op.add_column("gateway_refund", sa.Column("reversed_by", sa.Uuid(), nullable=True))
    op.add_column(
        "gateway_refund", sa.Column("reversed_reason", TEXT, server_default="", nullable=False)
    )
    _take_states(f"{STATES}, 'reversed'", BOOKED.format("in ('processed', 'reversed')"))
    op.create_check_constraint(
        op.f("ck_gateway_refund_reversed"),
        "gateway_refund",
        "(status = 'reversed') = (num_nonnulls(reversed_on, reversed_by) = 2 and reversed_reason <> '')",
    )
    op.execute((SQL / "0069_refunds.sql").read_text())


def downgrade() -> None:
    op.execute((SQL / "0053_gateways.sql").read_text())
    op.drop_constraint(op.f("ck_gateway_refund_reversed"), "gateway_refund")
    _take_states(STATES, BOOKED.format("= 'processed'"))
    for name in ("reversed_reason", "reversed_by", "reversed_on"):
        op.drop_column("gateway_refund", name)
    op.drop_constraint(op.f("fk_message_tenant_id_branch_id"), "message", type_="foreignkey")
    op.drop_column("message", "branch_id")
    for table in ("reminder", "message"):
        op.drop_column(table, "why")


def _name_branches() -> None:
    """Let messages say the branch that they are from; those that are out already say none."""
    op.add_column("message", sa.Column("branch_id", sa.Uuid(), nullable=True))
    op.execute(
        "alter table message add constraint fk_message_tenant_id_branch_id"
        " foreign key (tenant_id, branch_id) references branch (tenant_id, id) not valid"
    )


def _take_states(states: str, booked: str) -> None:
    for name, rule in (("status", f"status in ({states})"), ("booked", booked)):
        op.drop_constraint(op.f(f"ck_gateway_refund_{name}"), "gateway_refund", type_="check")
        op.create_check_constraint(op.f(f"ck_gateway_refund_{name}"), "gateway_refund", rule)
