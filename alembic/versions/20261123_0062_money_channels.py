"""Bills of claims say why their GST is a cost; looks at the portal since the last try; WhatsApp and its receipts."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

RIGHTS = {"whatsapp_sender": migrating.CHANGEABLE}
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
    _take_methods("email", "phone", "letter", "sms", "whatsapp")
    _take_receipts()
    _create_sender()
    migrating.protect(RIGHTS)


def downgrade() -> None:
    op.drop_table("whatsapp_sender")
    op.execute("drop trigger message_receipt_forward on message")
    op.execute("drop function sec.keep_receipt()")
    for name in ("receipt_at", "receipt"):
        op.drop_constraint(op.f(f"ck_message_{name}"), "message", type_="check")
        op.drop_column("message", name)
    _take_methods("email", "phone", "letter", "sms")
    op.drop_column("einvoice", "looks")
    before = (SQL / "0062_claim_lines.sql").read_text()
    op.execute(before.replace(",credit_words}", "}").partition("grant update")[0])
    op.drop_constraint(op.f("ck_expense_claim_line_credit_words"), "expense_claim_line")
    op.drop_column("expense_claim_line", "credit_words")


def _take_methods(*methods: str) -> None:
    """Let customers be reminded by these methods."""
    known = ", ".join(f"'{name}'" for name in methods)
    op.drop_constraint(op.f("ck_reminder_method"), "reminder", type_="check")
    op.create_check_constraint(op.f("ck_reminder_method"), "reminder", f"method in ({known})")


def _take_receipts() -> None:
    op.add_column("message", sa.Column("receipt", TEXT, server_default="", nullable=False))
    op.add_column("message", sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_message_receipt"), "message", "receipt in ('', 'delivered', 'read', 'undelivered')"
    )
    op.create_check_constraint(
        op.f("ck_message_receipt_at"), "message", "(receipt = '') = (receipt_at is null)"
    )
    op.execute((SQL / "0062_receipts.sql").read_text())


def _create_sender() -> None:
    op.create_table(
        "whatsapp_sender",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "number ~ '^[+][1-9][0-9]{7,14}$'", name=op.f("ck_whatsapp_sender_number")
        ),
        sa.CheckConstraint(
            "language ~ '^[a-z]{2}(_[A-Z]{2})?$'", name=op.f("ck_whatsapp_sender_language")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_whatsapp_sender_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_whatsapp_sender")),
        sa.UniqueConstraint(
            "tenant_id", "company_id", name=op.f("uq_whatsapp_sender_tenant_id_company_id")
        ),
    )
