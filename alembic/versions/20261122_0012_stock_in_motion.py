"""Stock in motion: transfers between branches, quarantine, dispensing, how a warehouse is run."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

RIGHTS = {
    "stock_transfer": migrating.CHANGEABLE,
    "stock_transfer_asked": migrating.APPEND_ONLY,
    "stock_transfer_line": migrating.CHANGEABLE,
    "stock_transfer_record": migrating.APPEND_ONLY,
    "stock_quarantine": migrating.CHANGEABLE,
    "stock_quarantine_decision": migrating.APPEND_ONLY,
    "dispensing": migrating.APPEND_ONLY,
    "dispensing_source": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": ["inventory.settle_transfer", "inventory.decide_quarantine", "inventory.dispense"],
    "storekeeper": ["inventory.dispense"],
}
LIMITS = {"own_quarantine": {"owner": "10000000", "manager": "2000"}}


def upgrade() -> None:
    _create_transfers()
    _create_quarantine()
    _create_dispensing()
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, LIMITS)
    _run("0012_quarantine.sql")
    _open_quarantines()


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
    op.drop_column("warehouse", "quarantines_returns")
    op.drop_column("warehouse", "removal")
    with migrating.every_tenant("location"):
        op.execute("delete from location where kind = 'quarantine'")
    migrating.withdraw_from_roles(GRANTED, list(LIMITS))


def _run(name: str) -> None:
    op.get_bind().exec_driver_sql((Path(__file__).parents[1] / "sql" / name).read_text())


def _open_quarantines() -> None:
    """Give every warehouse a quarantine."""
    with migrating.every_tenant("warehouse", "location"):
        op.execute(
            "insert into location (tenant_id, id, warehouse_id, code, name, kind)"
            " select tenant_id, uuidv7(), id, code || '-QRN', name || ': quarantine', 'quarantine'"
            "  from warehouse on conflict (tenant_id, code) do nothing"
        )


def _create_transfers() -> None:
    op.create_table(
        "stock_transfer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("challan", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("from_location_id", sa.Uuid(), nullable=False),
        sa.Column("to_location_id", sa.Uuid(), nullable=False),
        sa.Column("transit_location_id", sa.Uuid(), nullable=True),
        sa.Column("from_branch_id", sa.Uuid(), nullable=False),
        sa.Column("to_branch_id", sa.Uuid(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("transport", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status in ('on_its_way', 'settled')) = (challan is not null and dispatched_at is not null and transit_location_id is not null and expected_on is not null)",
            name=op.f("ck_stock_transfer_dispatched"),
        ),
        sa.CheckConstraint(
            "(status in ('settled', 'cancelled')) = (closed_at is not null)",
            name=op.f("ck_stock_transfer_closed"),
        ),
        sa.CheckConstraint(
            "status in ('requested', 'on_its_way', 'settled', 'cancelled')",
            name=op.f("ck_stock_transfer_status"),
        ),
        sa.CheckConstraint(
            "from_branch_id <> to_branch_id", name=op.f("ck_stock_transfer_branches_differ")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_stock_transfer_tenant_id_from_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_transfer_tenant_id_from_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_stock_transfer_tenant_id_to_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_transfer_tenant_id_to_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transit_location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_transfer_tenant_id_transit_location_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_transfer")),
        sa.UniqueConstraint(
            "tenant_id", "challan", name=op.f("uq_stock_transfer_tenant_id_challan")
        ),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_stock_transfer_tenant_id_number")),
    )
    op.create_index(
        "ix_stock_transfer_from",
        "stock_transfer",
        ["tenant_id", "from_branch_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_stock_transfer_to", "stock_transfer", ["tenant_id", "to_branch_id", "id"], unique=False
    )
    op.create_index(
        "ix_stock_transfer_underway",
        "stock_transfer",
        ["tenant_id", "expected_on"],
        unique=False,
        postgresql_where=sa.text("status = 'on_its_way'"),
    )
    op.create_table(
        "stock_transfer_asked",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_transfer_asked_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transfer_id"],
            ["stock_transfer.tenant_id", "stock_transfer.id"],
            name=op.f("fk_stock_transfer_asked_tenant_id_transfer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_stock_transfer_asked_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_transfer_asked")),
        sa.UniqueConstraint(
            "tenant_id",
            "transfer_id",
            "line_no",
            name=op.f("uq_stock_transfer_asked_tenant_id_transfer_id_line_no"),
        ),
    )
    op.create_table(
        "stock_transfer_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column(
            "under_way",
            sa.BigInteger(),
            sa.Computed("sent - arrived - damaged - returned - lost", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint(
            "arrived + damaged + returned + lost <= sent",
            name=op.f("ck_stock_transfer_line_no_more_than_sent"),
        ),
        sa.CheckConstraint(
            "arrived >= 0 and damaged >= 0 and returned >= 0 and lost >= 0",
            name=op.f("ck_stock_transfer_line_outcomes"),
        ),
        sa.CheckConstraint("sent > 0 and value >= 0", name=op.f("ck_stock_transfer_line_sent")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_stock_transfer_line_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transfer_id"],
            ["stock_transfer.tenant_id", "stock_transfer.id"],
            name=op.f("fk_stock_transfer_line_tenant_id_transfer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_stock_transfer_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_transfer_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "transfer_id",
            "line_no",
            name=op.f("uq_stock_transfer_line_tenant_id_transfer_id_line_no"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "transfer_id",
            "lot_id",
            name=op.f("uq_stock_transfer_line_tenant_id_transfer_id_lot_id"),
        ),
    )
    op.create_index(
        "ix_stock_transfer_line_variant",
        "stock_transfer_line",
        ["tenant_id", "variant_id"],
        unique=False,
    )
    op.create_table(
        "stock_transfer_record",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome = 'arrived' or reason <> ''", name=op.f("ck_stock_transfer_record_reason")
        ),
        sa.CheckConstraint(
            "outcome in ('arrived', 'damaged', 'returned', 'lost')",
            name=op.f("ck_stock_transfer_record_outcome"),
        ),
        sa.CheckConstraint(
            "quantity > 0 and value >= 0", name=op.f("ck_stock_transfer_record_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "line_id"],
            ["stock_transfer_line.tenant_id", "stock_transfer_line.id"],
            name=op.f("fk_stock_transfer_record_tenant_id_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transfer_id"],
            ["stock_transfer.tenant_id", "stock_transfer.id"],
            name=op.f("fk_stock_transfer_record_tenant_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_transfer_record")),
        sa.UniqueConstraint(
            "tenant_id",
            "transfer_id",
            "step",
            "line_id",
            "outcome",
            name=op.f("uq_stock_transfer_record_tenant_id_transfer_id_step_line_id_outcome"),
        ),
    )


def _create_quarantine() -> None:
    op.create_table(
        "stock_quarantine",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("from_location_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_by", sa.Uuid(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("written_off", sa.BigInteger(), nullable=False),
        sa.Column(
            "waiting",
            sa.BigInteger(),
            sa.Computed("quantity - released - returned - written_off", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint(
            "reason_code in ('recall_notice', 'damaged', 'suspected', 'customer_return')",
            name=op.f("ck_stock_quarantine_reason_code"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_quarantine_quantity")),
        sa.CheckConstraint(
            "released >= 0 and returned >= 0 and written_off >= 0 and released + returned + written_off <= quantity",
            name=op.f("ck_stock_quarantine_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_quarantine_tenant_id_from_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_quarantine_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_stock_quarantine_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_stock_quarantine_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_quarantine")),
    )
    op.create_index(
        "ix_stock_quarantine_lot", "stock_quarantine", ["tenant_id", "lot_id"], unique=False
    )
    op.create_index(
        "ix_stock_quarantine_waiting",
        "stock_quarantine",
        ["tenant_id", "location_id", "id"],
        unique=False,
        postgresql_where=sa.text("waiting > 0"),
    )
    op.create_table(
        "stock_quarantine_decision",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quarantine_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('released', 'returned', 'written_off')",
            name=op.f("ck_stock_quarantine_decision_outcome"),
        ),
        sa.CheckConstraint(
            "quantity > 0 and value >= 0 and reason <> ''",
            name=op.f("ck_stock_quarantine_decision_quantity"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "quarantine_id"],
            ["stock_quarantine.tenant_id", "stock_quarantine.id"],
            name=op.f("fk_stock_quarantine_decision_tenant_id_quarantine_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_quarantine_decision")),
    )
    op.create_index(
        "ix_stock_quarantine_decision_of",
        "stock_quarantine_decision",
        ["tenant_id", "quarantine_id", "id"],
        unique=False,
    )
    op.add_column(
        "warehouse",
        sa.Column(
            "removal", sqlmodel.sql.sqltypes.AutoString(), server_default="fefo", nullable=False
        ),
    )
    op.add_column(
        "warehouse",
        sa.Column(
            "quarantines_returns", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.create_check_constraint(
        op.f("ck_warehouse_removal"), "warehouse", "removal in ('fefo', 'fifo', 'lifo', 'explicit')"
    )
    op.drop_constraint(op.f("ck_location_kind"), "location")
    op.create_check_constraint(
        op.f("ck_location_kind"),
        "location",
        "kind in ('storage', 'transit', 'expired_store', 'quarantine', 'supplier', 'customer',"
        " 'waste', 'lost_found', 'production')",
    )


def _create_dispensing() -> None:
    op.create_table(
        "dispensing",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("packs > 0 and value >= 0", name=op.f("ck_dispensing_packs")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_dispensing_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_dispensing_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_dispensing_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_dispensing_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dispensing")),
        sa.UniqueConstraint("tenant_id", "lot_id", name=op.f("uq_dispensing_tenant_id_lot_id")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_dispensing_tenant_id_number")),
    )
    op.create_index(
        "ix_dispensing_branch", "dispensing", ["tenant_id", "branch_id", "id"], unique=False
    )
    op.create_table(
        "dispensing_source",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispensing_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 and value >= 0", name=op.f("ck_dispensing_source_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dispensing_id"],
            ["dispensing.tenant_id", "dispensing.id"],
            name=op.f("fk_dispensing_source_tenant_id_dispensing_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_dispensing_source_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_dispensing_source_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dispensing_source")),
        sa.UniqueConstraint(
            "tenant_id",
            "dispensing_id",
            "lot_id",
            name=op.f("uq_dispensing_source_tenant_id_dispensing_id_lot_id"),
        ),
    )
    op.create_index(
        "ix_dispensing_source_lot", "dispensing_source", ["tenant_id", "lot_id"], unique=False
    )
