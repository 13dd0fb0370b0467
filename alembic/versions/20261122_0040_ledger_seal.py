"""Journal entries sealed into a hash chain of each tenant; those already posted wait for their place."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
QUEUE_ALL = "insert into ledger_queue (tenant_id, entry_id) select tenant_id, id from journal_entry"


def upgrade() -> None:
    op.create_table(
        "ledger_queue",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_ledger_queue_tenant_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "entry_id", name=op.f("pk_ledger_queue")),
    )
    op.create_table(
        "ledger_seal",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_ledger_seal_tenant_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "sequence", name=op.f("pk_ledger_seal")),
        sa.UniqueConstraint(
            "tenant_id", "entry_id", name=op.f("uq_ledger_seal_tenant_id_entry_id")
        ),
    )
    op.get_bind().connection.driver_connection.execute((SQL / "0040_ledger_seal.sql").read_text())
    with migrating.every_tenant("journal_entry") as connection:
        connection.execute(sa.text(QUEUE_ALL))
    for table in ("ledger_queue", "ledger_seal"):
        op.execute(f"select sec.protect('{table}', 'select')")
    op.execute(
        "create trigger ledger_seal_immutable before update or delete on ledger_seal"
        " for each row execute function sec.refuse_change()"
    )
    op.execute("grant delete on ledger_queue to erp_ops")
    op.execute("grant insert on ledger_seal to erp_ops")


def downgrade() -> None:
    op.execute("drop trigger journal_entry_queued on journal_entry")
    op.execute("drop function sec.queue_entries()")
    op.drop_table("ledger_seal")
    op.drop_table("ledger_queue")
