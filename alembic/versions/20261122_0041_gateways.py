"""Payment gateways: accounts at providers, links, what providers said, and what they paid out."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "gateway_account": migrating.CHANGEABLE,
    "payment_link": migrating.CHANGEABLE,
    "payment_link_item": migrating.APPEND_ONLY,
    "gateway_event": migrating.CHANGEABLE,
    "gateway_payment": migrating.CHANGEABLE,
    "gateway_refund": migrating.CHANGEABLE,
    "gateway_settlement": migrating.APPEND_ONLY,
    "gateway_settlement_line": migrating.APPEND_ONLY,
    "gateway_exception": migrating.CHANGEABLE,
}
GRANTED = {
    "manager": ["gateways.view", "gateways.request"],
    "accountant": ["gateways.view", "gateways.request", "gateways.settle", "gateways.refund"],
    "auditor": ["gateways.view"],
}
METHODS = "method in ('cash', 'bank', 'upi', 'card', 'cheque'{more})"
ACCOUNTS = """
    insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control, is_active)
    select tenant_id, gen_random_uuid(), company_id,
           '1130' || case when exists (select 1 from account k where k.tenant_id = a.tenant_id
                              and k.company_id = a.company_id and k.code = '1130') then 'G' else '' end,
           'gateway_clearing', 'Payment Gateway Clearing', 'Bank Accounts', 'asset', false, true
      from account a where key = 'debtors'
    union all
    select tenant_id, gen_random_uuid(), company_id,
           '2230' || case when exists (select 1 from account k where k.tenant_id = a.tenant_id
                              and k.company_id = a.company_id and k.code = '2230') then 'G' else '' end,
           'gateway_suspense', 'Unidentified Gateway Receipts', 'Current Liabilities', 'liability', false, true
      from account a where key = 'debtors'
    on conflict (tenant_id, company_id, key) do nothing
"""
NO_ACCOUNTS = """
    delete from account a where key in ('gateway_clearing', 'gateway_suspense')
       and not exists (select 1 from journal_line l where (l.tenant_id, l.account_id) = (a.tenant_id, a.id))
"""


def upgrade() -> None:
    _create_gateway_account()
    _create_gateway_event()
    _create_gateway_settlement()
    _create_payment_link()
    _create_gateway_payment()
    _create_payment_link_item()
    _create_gateway_exception()
    _create_gateway_refund()
    _create_gateway_settlement_line()
    _allow_methods(", 'gateway'")
    migrating.protect(RIGHTS)
    op.execute((SQL / "0041_gateways.sql").read_text(encoding="utf-8"))
    with migrating.every_tenant("account"):
        op.execute(ACCOUNTS)
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    op.drop_table("gateway_settlement_line")
    op.drop_table("gateway_refund")
    op.drop_table("gateway_exception")
    op.drop_table("payment_link_item")
    op.drop_table("gateway_payment")
    op.drop_table("payment_link")
    op.drop_table("gateway_settlement")
    op.drop_table("gateway_event")
    op.drop_table("gateway_account")
    for thing in ("payment_link", "gateway_payment", "gateway_refund", "gateway_event"):
        op.execute(f"drop function sec.keep_{thing}()")
    _allow_methods("")
    with migrating.every_tenant("account", "journal_line"):
        op.execute(NO_ACCOUNTS)


def _allow_methods(more: str) -> None:
    op.drop_constraint(op.f("ck_payment_method"), "payment", type_="check")
    op.create_check_constraint(op.f("ck_payment_method"), "payment", METHODS.format(more=more))


def _create_gateway_account() -> None:
    op.create_table(
        "gateway_account",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key_secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("webhook_secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("previous_webhook_secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bank_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fee_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_interstate", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("rejected_calls", sa.BigInteger(), nullable=False),
        sa.Column("last_rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settlements_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(previous_webhook_secret = '') = (previous_until is null)",
            name=op.f("ck_gateway_account_previous"),
        ),
        sa.CheckConstraint(
            "provider in ('razorpay', 'stripe')", name=op.f("ck_gateway_account_provider")
        ),
        sa.CheckConstraint(
            "(failing_since is null) = (paused_until is null)",
            name=op.f("ck_gateway_account_paused"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_gateway_account_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gateway_account_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gateway_account")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "provider",
            "key_id",
            name=op.f("uq_gateway_account_tenant_id_company_id_provider_key_id"),
        ),
    )
    op.create_index("ix_gateway_account_id", "gateway_account", ["id"], unique=False)


def _create_gateway_event() -> None:
    op.create_table(
        "gateway_event",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'received') = (ended_at is null)", name=op.f("ck_gateway_event_ended")
        ),
        sa.CheckConstraint(
            "status in ('received', 'done', 'ignored')", name=op.f("ck_gateway_event_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["gateway_account.tenant_id", "gateway_account.id"],
            name=op.f("fk_gateway_event_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gateway_event")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "event_id",
            "body_sha256",
            name=op.f("uq_gateway_event_tenant_id_account_id_event_id_body_sha256"),
        ),
    )
    op.create_index(
        "ix_gateway_event_account", "gateway_event", ["tenant_id", "account_id", "id"], unique=False
    )


def _create_gateway_settlement() -> None:
    op.create_table(
        "gateway_settlement",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("utr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fee", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("difference", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column(
            "booked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["gateway_account.tenant_id", "gateway_account.id"],
            name=op.f("fk_gateway_settlement_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gateway_settlement_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_gateway_settlement_tenant_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gateway_settlement")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "provider_id",
            name=op.f("uq_gateway_settlement_tenant_id_account_id_provider_id"),
        ),
    )
    op.create_index(
        "ix_gateway_settlement_list",
        "gateway_settlement",
        ["tenant_id", "company_id", "settled_on", "id"],
        unique=False,
    )


def _create_payment_link() -> None:
    op.create_table(
        "payment_link",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("to_email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_cancelling", sa.Boolean(), nullable=False),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status <> 'open' or (provider_id <> '' and url <> '')",
            name=op.f("ck_payment_link_made"),
        ),
        sa.CheckConstraint(
            "status <> 'refused' or problem <> ''", name=op.f("ck_payment_link_problem")
        ),
        sa.CheckConstraint(
            "status in ('due', 'refused', 'open', 'cancelled', 'expired', 'paid')",
            name=op.f("ck_payment_link_status"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_link_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["gateway_account.tenant_id", "gateway_account.id"],
            name=op.f("fk_payment_link_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_payment_link_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_payment_link_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_payment_link_tenant_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_payment_link_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment_link")),
        sa.UniqueConstraint(
            "tenant_id", "reference", name=op.f("uq_payment_link_tenant_id_reference")
        ),
    )
    op.create_index(
        "ix_payment_link_list", "payment_link", ["tenant_id", "company_id", "id"], unique=False
    )
    op.create_index(
        "ix_payment_link_party", "payment_link", ["tenant_id", "party_id", "id"], unique=False
    )
    op.create_index(
        "ix_payment_link_waiting",
        "payment_link",
        ["tenant_id", "account_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('due', 'open')"),
    )
    op.create_index(
        "uq_payment_link_provider_id",
        "payment_link",
        ["tenant_id", "account_id", "provider_id"],
        unique=True,
        postgresql_where=sa.text("provider_id <> ''"),
    )


def _create_gateway_payment() -> None:
    op.create_table(
        "gateway_payment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("refunded", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(captured_at is not null) = (status = 'captured')",
            name=op.f("ck_gateway_payment_captured"),
        ),
        sa.CheckConstraint(
            "(receipt_id is null and entry_id is null) or (status = 'captured' and currency = 'INR')",
            name=op.f("ck_gateway_payment_booked"),
        ),
        sa.CheckConstraint(
            "status in ('created', 'failed', 'authorized', 'captured')",
            name=op.f("ck_gateway_payment_status"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gateway_payment_amount")),
        sa.CheckConstraint(
            "refunded between 0 and amount", name=op.f("ck_gateway_payment_refunded")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["gateway_account.tenant_id", "gateway_account.id"],
            name=op.f("fk_gateway_payment_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gateway_payment_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_gateway_payment_tenant_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "link_id"],
            ["payment_link.tenant_id", "payment_link.id"],
            name=op.f("fk_gateway_payment_tenant_id_link_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "receipt_id"],
            ["payment.tenant_id", "payment.id"],
            name=op.f("fk_gateway_payment_tenant_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settlement_id"],
            ["gateway_settlement.tenant_id", "gateway_settlement.id"],
            name=op.f("fk_gateway_payment_tenant_id_settlement_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gateway_payment")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "provider_id",
            name=op.f("uq_gateway_payment_tenant_id_account_id_provider_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "receipt_id", name=op.f("uq_gateway_payment_tenant_id_receipt_id")
        ),
    )
    op.create_index(
        "ix_gateway_payment_link", "gateway_payment", ["tenant_id", "link_id"], unique=False
    )
    op.create_index(
        "ix_gateway_payment_list",
        "gateway_payment",
        ["tenant_id", "company_id", "id"],
        unique=False,
    )


def _create_payment_link_item() -> None:
    op.create_table(
        "payment_link_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_link_item_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["open_item.tenant_id", "open_item.id"],
            name=op.f("fk_payment_link_item_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "link_id"],
            ["payment_link.tenant_id", "payment_link.id"],
            name=op.f("fk_payment_link_item_tenant_id_link_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment_link_item")),
        sa.UniqueConstraint(
            "tenant_id",
            "link_id",
            "item_id",
            name=op.f("uq_payment_link_item_tenant_id_link_id_item_id"),
        ),
    )
    op.create_index(
        "ix_payment_link_item_item", "payment_link_item", ["tenant_id", "item_id"], unique=False
    )


def _create_gateway_exception() -> None:
    op.create_table(
        "gateway_exception",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gateway_payment_id", sa.Uuid(), nullable=True),
        sa.Column("settlement_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "raised_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind in ('unknown_reference', 'wrong_amount', 'wrong_currency', 'changed', 'paid_twice', 'not_booked', 'refund_failed', 'refund_too_large', 'dispute', 'settlement')",
            name=op.f("ck_gateway_exception_kind"),
        ),
        sa.CheckConstraint(
            "is_open = (settled_at is null)", name=op.f("ck_gateway_exception_settled")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["gateway_account.tenant_id", "gateway_account.id"],
            name=op.f("fk_gateway_exception_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gateway_exception_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "gateway_payment_id"],
            ["gateway_payment.tenant_id", "gateway_payment.id"],
            name=op.f("fk_gateway_exception_tenant_id_gateway_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settlement_id"],
            ["gateway_settlement.tenant_id", "gateway_settlement.id"],
            name=op.f("fk_gateway_exception_tenant_id_settlement_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gateway_exception")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "kind",
            "subject",
            name=op.f("uq_gateway_exception_tenant_id_account_id_kind_subject"),
        ),
    )
    op.create_index(
        "ix_gateway_exception_open",
        "gateway_exception",
        ["tenant_id", "company_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )


def _create_gateway_refund() -> None:
    op.create_table(
        "gateway_refund",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("gateway_payment_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repayment_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("settlement_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(num_nonnulls(repayment_id, entry_id) = 1) = (status = 'processed')",
            name=op.f("ck_gateway_refund_booked"),
        ),
        sa.CheckConstraint(
            "status <> 'failed' or problem <> ''", name=op.f("ck_gateway_refund_problem")
        ),
        sa.CheckConstraint(
            "status in ('due', 'pending', 'processed', 'failed')",
            name=op.f("ck_gateway_refund_status"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gateway_refund_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["gateway_account.tenant_id", "gateway_account.id"],
            name=op.f("fk_gateway_refund_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gateway_refund_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_gateway_refund_tenant_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "gateway_payment_id"],
            ["gateway_payment.tenant_id", "gateway_payment.id"],
            name=op.f("fk_gateway_refund_tenant_id_gateway_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "repayment_id"],
            ["payment.tenant_id", "payment.id"],
            name=op.f("fk_gateway_refund_tenant_id_repayment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settlement_id"],
            ["gateway_settlement.tenant_id", "gateway_settlement.id"],
            name=op.f("fk_gateway_refund_tenant_id_settlement_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gateway_refund")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "reference",
            name=op.f("uq_gateway_refund_tenant_id_account_id_reference"),
        ),
    )
    op.create_index(
        "ix_gateway_refund_payment",
        "gateway_refund",
        ["tenant_id", "gateway_payment_id"],
        unique=False,
    )
    op.create_index(
        "uq_gateway_refund_provider_id",
        "gateway_refund",
        ["tenant_id", "account_id", "provider_id"],
        unique=True,
        postgresql_where="provider_id <> ''",
    )


def _create_gateway_settlement_line() -> None:
    op.create_table(
        "gateway_settlement_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entity", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gross", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fee", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("net", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cleared", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("gateway_payment_id", sa.Uuid(), nullable=True),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "kind in ('payment', 'refund', 'other')", name=op.f("ck_gateway_settlement_line_kind")
        ),
        sa.CheckConstraint(
            "(num_nonnulls(gateway_payment_id, refund_id) = 1) = (cleared <> 0)",
            name=op.f("ck_gateway_settlement_line_cleared"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(gateway_payment_id, refund_id) <= 1",
            name=op.f("ck_gateway_settlement_line_one"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "gateway_payment_id"],
            ["gateway_payment.tenant_id", "gateway_payment.id"],
            name=op.f("fk_gateway_settlement_line_tenant_id_gateway_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "refund_id"],
            ["gateway_refund.tenant_id", "gateway_refund.id"],
            name=op.f("fk_gateway_settlement_line_tenant_id_refund_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "settlement_id"],
            ["gateway_settlement.tenant_id", "gateway_settlement.id"],
            name=op.f("fk_gateway_settlement_line_tenant_id_settlement_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gateway_settlement_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "gateway_payment_id",
            name=op.f("uq_gateway_settlement_line_tenant_id_gateway_payment_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "refund_id", name=op.f("uq_gateway_settlement_line_tenant_id_refund_id")
        ),
    )
    op.create_index(
        "ix_gateway_settlement_line_settlement",
        "gateway_settlement_line",
        ["tenant_id", "settlement_id", "place"],
        unique=False,
    )
