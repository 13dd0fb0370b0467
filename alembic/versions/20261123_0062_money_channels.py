"""Bills of claims say why their GST is a cost; a look at the portal is counted since the last try."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0062"
down_revision = "0059"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.add_column(
        "expense_claim_line", sa.Column("credit_words", TEXT, server_default="", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_expense_claim_line_credit_words"),
        "expense_claim_line",
        "not is_credit_taken or credit_words = ''",
    )
    op.execute((SQL / "0062_claim_lines.sql").read_text())
    op.add_column("einvoice", sa.Column("looks", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("einvoice", "looks")
    before = (SQL / "0062_claim_lines.sql").read_text()
    op.execute(before.replace(",credit_words}", "}").partition("grant update")[0])
    op.drop_constraint(op.f("ck_expense_claim_line_credit_words"), "expense_claim_line")
    op.drop_column("expense_claim_line", "credit_words")
