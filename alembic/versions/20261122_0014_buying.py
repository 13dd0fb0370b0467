"""Requisitions, requests for quotation with their answers, and suggestions a requisition holds."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RIGHTS = {
    "purchase_requisition": migrating.CHANGEABLE,
    "purchase_requisition_line": migrating.CHANGEABLE,
    "purchase_requisition_order": migrating.CHANGEABLE,
    "quotation_request": migrating.CHANGEABLE,
    "quotation_request_line": migrating.APPEND_ONLY,
    "quotation_request_source": migrating.APPEND_ONLY,
    "quotation_request_supplier": migrating.APPEND_ONLY,
    "supplier_quotation": migrating.APPEND_ONLY,
    "supplier_quotation_line": migrating.APPEND_ONLY,
    "quotation_choice": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": ["purchasing.view_requisitions", "purchasing.request"],
    "storekeeper": ["purchasing.view_requisitions", "purchasing.request"],
    "cashier": ["purchasing.view_requisitions", "purchasing.request"],
    "accountant": ["purchasing.view_requisitions"],
    "auditor": ["purchasing.view_requisitions"],
}
_STATUS = "status in ({})"
_BEFORE = "'open', 'ordered', 'dismissed', 'lapsed'"
_AFTER = "'open', 'ordered', 'requested', 'dismissed', 'lapsed'"


def upgrade() -> None:
    _create_requisitions()
    _create_requests()
    _create_answers()
    _let_suggestions_be_requested()
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    with migrating.every_tenant("reorder_suggestion"):
        op.execute("delete from reorder_suggestion where status = 'requested'")
    op.drop_column("reorder_suggestion", "requisition_id")
    _name_statuses(_BEFORE)
    for table in reversed(RIGHTS):
        op.drop_table(table)
    migrating.withdraw_from_roles(GRANTED, [])


def _let_suggestions_be_requested() -> None:
    op.add_column("reorder_suggestion", sa.Column("requisition_id", sa.Uuid(), nullable=True))
    _name_statuses(_AFTER)
    op.create_check_constraint(
        op.f("ck_reorder_suggestion_requested"),
        "reorder_suggestion",
        "(status = 'requested') = (requisition_id is not null)",
    )


def _name_statuses(names: str) -> None:
    name = op.f("ck_reorder_suggestion_status")
    op.drop_constraint(name, "reorder_suggestion", type_="check")
    op.create_check_constraint(name, "reorder_suggestion", _STATUS.format(names))


def _create_requisitions() -> None:
    op.create_table(
        "purchase_requisition",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "status <> 'closed' or end_reason <> ''", name=op.f("ck_purchase_requisition_closed")
        ),
        sa.CheckConstraint(
            "status <> 'declined' or decision_note <> ''",
            name=op.f("ck_purchase_requisition_declined"),
        ),
        sa.CheckConstraint(
            "status in ('submitted', 'approved', 'declined', 'ordered', 'closed')",
            name=op.f("ck_purchase_requisition_status"),
        ),
        sa.CheckConstraint(
            "status not in ('approved', 'declined', 'ordered') or decided_by is not null",
            name=op.f("ck_purchase_requisition_decision"),
        ),
        sa.CheckConstraint(
            "decided_by is null or decided_by <> asked_by",
            name=op.f("ck_purchase_requisition_decided"),
        ),
        sa.CheckConstraint("total >= 0", name=op.f("ck_purchase_requisition_total")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_purchase_requisition_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_purchase_requisition_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchase_requisition")),
        sa.UniqueConstraint(
            "tenant_id", "number", name=op.f("uq_purchase_requisition_tenant_id_number")
        ),
    )
    op.create_index(
        "ix_purchase_requisition_list",
        "purchase_requisition",
        ["tenant_id", "branch_id", "id"],
        unique=False,
    )
    op.create_table(
        "purchase_requisition_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("requisition_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("wanted_by", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.CheckConstraint(
            "ordered between 0 and quantity", name=op.f("ck_purchase_requisition_line_ordered")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_requisition_line_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "requisition_id"],
            ["purchase_requisition.tenant_id", "purchase_requisition.id"],
            name=op.f("fk_purchase_requisition_line_tenant_id_requisition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_purchase_requisition_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchase_requisition_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "requisition_id",
            "line_no",
            name=op.f("uq_purchase_requisition_line_tenant_id_requisition_id_line_no"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "requisition_id",
            "variant_id",
            name=op.f("uq_purchase_requisition_line_tenant_id_requisition_id_variant_id"),
        ),
    )
    op.create_index(
        "ix_purchase_requisition_line_variant",
        "purchase_requisition_line",
        ["tenant_id", "variant_id"],
        unique=False,
    )
    op.create_table(
        "purchase_requisition_order",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("requisition_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_requisition_order_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["purchase_order.tenant_id", "purchase_order.id"],
            name=op.f("fk_purchase_requisition_order_tenant_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "requisition_id", "line_no"],
            [
                "purchase_requisition_line.tenant_id",
                "purchase_requisition_line.requisition_id",
                "purchase_requisition_line.line_no",
            ],
            name=op.f("fk_purchase_requisition_order_tenant_id_requisition_id_line_no"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchase_requisition_order")),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "requisition_id",
            "line_no",
            name=op.f("uq_purchase_requisition_order_tenant_id_order_id_requisition_id_line_no"),
        ),
    )
    op.create_index(
        "ix_purchase_requisition_order_of",
        "purchase_requisition_order",
        ["tenant_id", "requisition_id"],
        unique=False,
    )


def _create_requests() -> None:
    op.create_table(
        "quotation_request",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(status = 'open') = (ended_at is null)", name=op.f("ck_quotation_request_ended")
        ),
        sa.CheckConstraint(
            "status <> 'closed' or end_reason <> ''", name=op.f("ck_quotation_request_closed")
        ),
        sa.CheckConstraint(
            "status in ('open', 'decided', 'closed')", name=op.f("ck_quotation_request_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_quotation_request_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_quotation_request_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quotation_request")),
        sa.UniqueConstraint(
            "tenant_id", "number", name=op.f("uq_quotation_request_tenant_id_number")
        ),
    )
    op.create_index(
        "ix_quotation_request_list",
        "quotation_request",
        ["tenant_id", "branch_id", "id"],
        unique=False,
    )
    op.create_table(
        "quotation_request_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quotation_request_line_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["quotation_request.tenant_id", "quotation_request.id"],
            name=op.f("fk_quotation_request_line_tenant_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_quotation_request_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quotation_request_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "line_no",
            name=op.f("uq_quotation_request_line_tenant_id_request_id_line_no"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "variant_id",
            name=op.f("uq_quotation_request_line_tenant_id_request_id_variant_id"),
        ),
    )
    op.create_index(
        "ix_quotation_request_line_variant",
        "quotation_request_line",
        ["tenant_id", "variant_id"],
        unique=False,
    )
    op.create_table(
        "quotation_request_supplier",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["quotation_request.tenant_id", "quotation_request.id"],
            name=op.f("fk_quotation_request_supplier_tenant_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_quotation_request_supplier_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quotation_request_supplier")),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "supplier_id",
            name=op.f("uq_quotation_request_supplier_tenant_id_request_id_supplier_id"),
        ),
    )
    op.create_table(
        "quotation_request_source",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("requisition_id", sa.Uuid(), nullable=False),
        sa.Column("requisition_line_no", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quotation_request_source_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id", "line_no"],
            [
                "quotation_request_line.tenant_id",
                "quotation_request_line.request_id",
                "quotation_request_line.line_no",
            ],
            name=op.f("fk_quotation_request_source_tenant_id_request_id_line_no"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "requisition_id", "requisition_line_no"],
            [
                "purchase_requisition_line.tenant_id",
                "purchase_requisition_line.requisition_id",
                "purchase_requisition_line.line_no",
            ],
            name=op.f("fk_quotation_request_source_tenant_id_requisition_id_requisition_line_no"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quotation_request_source")),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "requisition_id",
            "requisition_line_no",
            name=op.f(
                "uq_quotation_request_source_tenant_id_request_id_requisition_id_requisition_line_no"
            ),
        ),
    )


def _create_answers() -> None:
    op.create_table(
        "supplier_quotation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("terms", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id", "supplier_id"],
            [
                "quotation_request_supplier.tenant_id",
                "quotation_request_supplier.request_id",
                "quotation_request_supplier.supplier_id",
            ],
            name=op.f("fk_supplier_quotation_tenant_id_request_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_quotation")),
    )
    op.create_index(
        "ix_supplier_quotation_of",
        "supplier_quotation",
        ["tenant_id", "request_id", "id"],
        unique=False,
    )
    op.create_table(
        "supplier_quotation_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quotation_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("scheme_paid", sa.Integer(), nullable=False),
        sa.Column("scheme_free", sa.Integer(), nullable=False),
        sa.Column("mrp", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("minimum_quantity", sa.BigInteger(), nullable=True),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "lead_days between 0 and 365", name=op.f("ck_supplier_quotation_line_lead_days")
        ),
        sa.CheckConstraint(
            "minimum_quantity > 0", name=op.f("ck_supplier_quotation_line_minimum_quantity")
        ),
        sa.CheckConstraint("mrp > 0", name=op.f("ck_supplier_quotation_line_mrp")),
        sa.CheckConstraint(
            "scheme_paid >= 0 and scheme_free >= 0 and (scheme_paid = 0) = (scheme_free = 0)",
            name=op.f("ck_supplier_quotation_line_scheme"),
        ),
        sa.CheckConstraint(
            "shelf_life_days between 1 and 3650",
            name=op.f("ck_supplier_quotation_line_shelf_life_days"),
        ),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_supplier_quotation_line_unit_price")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "quotation_id"],
            ["supplier_quotation.tenant_id", "supplier_quotation.id"],
            name=op.f("fk_supplier_quotation_line_tenant_id_quotation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_supplier_quotation_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_quotation_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "quotation_id",
            "line_no",
            name=op.f("uq_supplier_quotation_line_tenant_id_quotation_id_line_no"),
        ),
    )
    op.create_index(
        "ix_supplier_quotation_line_variant",
        "supplier_quotation_line",
        ["tenant_id", "variant_id", "id"],
        unique=False,
    )
    op.create_table(
        "quotation_choice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("quotation_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("is_cheapest", sa.Boolean(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("is_cheapest or reason <> ''", name=op.f("ck_quotation_choice_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["purchase_order.tenant_id", "purchase_order.id"],
            name=op.f("fk_quotation_choice_tenant_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "quotation_id", "line_no"],
            [
                "supplier_quotation_line.tenant_id",
                "supplier_quotation_line.quotation_id",
                "supplier_quotation_line.line_no",
            ],
            name=op.f("fk_quotation_choice_tenant_id_quotation_id_line_no"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id", "line_no"],
            [
                "quotation_request_line.tenant_id",
                "quotation_request_line.request_id",
                "quotation_request_line.line_no",
            ],
            name=op.f("fk_quotation_choice_tenant_id_request_id_line_no"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quotation_choice")),
        sa.UniqueConstraint(
            "tenant_id",
            "request_id",
            "line_no",
            name=op.f("uq_quotation_choice_tenant_id_request_id_line_no"),
        ),
    )
