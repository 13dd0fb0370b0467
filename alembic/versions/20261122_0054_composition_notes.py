"""Debit notes of days by composition bear no tax."""

from pathlib import Path

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.execute((SQL / "0054_composition.sql").read_text())


def downgrade() -> None:
    op.execute("drop trigger invoice_by_composition on invoice")
    op.execute(
        "create trigger invoice_by_composition before insert on invoice for each row"
        " when (new.kind not in ('credit_note', 'debit_note')) execute function sec.keep_untaxed()"
    )
