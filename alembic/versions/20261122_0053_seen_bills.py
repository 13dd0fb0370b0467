"""One register of suppliers' bills, whichever document books them."""

import re
from datetime import date
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "seen_bill": migrating.APPEND_ONLY,
    "seen_bill_use": migrating.CHANGEABLE,
    "gateway_invoice": migrating.APPEND_ONLY,
}
APRIL = 4
MONEY = sa.Numeric(precision=18, scale=2)
TEXT = sqlmodel.sql.sqltypes.AutoString()
BOOKED = """
    select b.tenant_id, b.company_id, b.branch_id, 'purchase' as source, b.id as source_id, b.number,
           p.name as supplier, coalesce(b.supplier_gstin, '') as gstin, b.bill_number, b.billed_on as dated_on,
           b.taxable, b.igst, b.cgst, b.sgst, b.is_credit_taken and b.igst + b.cgst + b.sgst > 0 as is_credit,
           b.booked_on as taken_on, null::date as ended_on
      from supplier_bill b join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)
     where b.status <> 'refused'
    union all
    select c.tenant_id, c.company_id, c.branch_id, 'expense', c.id, c.number, min(l.supplier), upper(l.supplier_gstin),
           min(l.bill_number), min(l.spent_on), sum(l.taxable), sum(l.igst), sum(l.cgst), sum(l.sgst),
           c.booked_on is not null and bool_or(l.is_credit_taken), c.booked_on, c.reversed_on
      from expense_claim c
      join expense_claim_line l on (l.tenant_id, l.claim_id, l.revision) = (c.tenant_id, c.id, c.revision)
     where c.status <> 'withdrawn' and l.bill_number <> ''
     group by c.tenant_id, c.company_id, c.branch_id, c.id, c.number, upper(l.supplier_gstin),
              case when l.supplier_gstin = '' then lower(l.supplier) end, upper(l.bill_number)
    union all
    select a.tenant_id, a.company_id, a.branch_id, 'asset', a.id, a.number, p.name, coalesce(p.gstin, ''),
           a.bill_number, a.bought_on, a.cost, a.igst, a.cgst, a.sgst, a.igst + a.cgst + a.sgst > 0, a.booked_on, null
      from asset a join party p on (p.tenant_id, p.id) = (a.tenant_id, a.supplier_id)
     where a.bill_number <> '' and a.bought_from <> 'opening'
     order by 16 nulls last, 5
"""


def upgrade() -> None:
    _create()
    _create_invoices()
    migrating.protect(RIGHTS)
    _fill()
    op.execute(
        "alter table expense_claim add constraint ck_expense_claim_taken_back"
        " check (status <> 'reversed' or ended_by is distinct from claimant_id) not valid"
    )
    op.execute((SQL / "0053_seen_bills.sql").read_text())
    op.execute((SQL / "0053_gateways.sql").read_text())


def downgrade() -> None:
    op.drop_constraint("ck_expense_claim_taken_back", "expense_claim")
    op.execute("drop trigger expense_claim_line_kept on expense_claim_line")
    op.execute("drop function sec.keep_claim_line()")
    op.execute(
        "revoke update (taxable, igst, cgst, sgst, is_credit_taken) on expense_claim_line from erp_app"
    )
    op.execute(
        "create trigger expense_claim_line_immutable before update or delete on expense_claim_line"
        " for each row execute function sec.refuse_change()"
    )
    op.drop_constraint("fk_gst_2b_document_tenant_id_seen_bill_id", "gst_2b_document")
    op.drop_index("uq_gst_2b_document_seen_bill", table_name="gst_2b_document")
    op.drop_column("gst_2b_document", "seen_bill_id")
    op.drop_table("gateway_invoice")
    op.drop_table("seen_bill_use")
    op.drop_table("seen_bill")
    op.execute("drop function sec.take_bill_credit_once()")


def _create() -> None:
    op.create_table(
        "seen_bill",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_gstin", TEXT, nullable=False),
        sa.Column("identity", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("fiscal_year", TEXT, nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("key <> ''", name=op.f("ck_seen_bill_key")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_seen_bill_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_seen_bill")),
        sa.UniqueConstraint(
            "tenant_id", "company_id", "identity", "fiscal_year", "key", name="uq_seen_bill_once"
        ),
    )
    op.create_index(
        "ix_seen_bill_key", "seen_bill", ["tenant_id", "company_id", "key", "fiscal_year"]
    )
    op.create_table(
        "seen_bill_use",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("bill_number", TEXT, nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("taxable", MONEY, nullable=False),
        sa.Column("igst", MONEY, nullable=False),
        sa.Column("cgst", MONEY, nullable=False),
        sa.Column("sgst", MONEY, nullable=False),
        sa.Column("is_credit", sa.Boolean(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "least(taxable, igst, cgst, sgst) >= 0", name=op.f("ck_seen_bill_use_amounts")
        ),
        sa.CheckConstraint(
            "not is_credit or taken_on is not null", name=op.f("ck_seen_bill_use_taken")
        ),
        sa.CheckConstraint(
            "source in ('purchase', 'expense', 'asset', 'gateway')",
            name=op.f("ck_seen_bill_use_source"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bill_id"],
            ["seen_bill.tenant_id", "seen_bill.id"],
            name=op.f("fk_seen_bill_use_tenant_id_bill_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_seen_bill_use_tenant_id_branch_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_seen_bill_use")),
    )
    op.create_index(
        "uq_seen_bill_use_live",
        "seen_bill_use",
        ["tenant_id", "source_id", "bill_id"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_index("ix_seen_bill_use_bill", "seen_bill_use", ["tenant_id", "bill_id"])
    op.create_index(
        "ix_seen_bill_use_credit",
        "seen_bill_use",
        ["tenant_id", "branch_id", "taken_on"],
        postgresql_where=sa.text("is_credit"),
    )
    op.add_column("gst_2b_document", sa.Column("seen_bill_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_gst_2b_document_tenant_id_seen_bill_id"),
        "gst_2b_document",
        "seen_bill",
        ["tenant_id", "seen_bill_id"],
        ["tenant_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_gst_2b_document_one_bill"),
        "gst_2b_document",
        "num_nonnulls(bill_id, seen_bill_id) <= 1",
    )
    op.create_index(
        "uq_gst_2b_document_seen_bill",
        "gst_2b_document",
        ["tenant_id", "seen_bill_id"],
        unique=True,
        postgresql_where=sa.text("seen_bill_id is not null"),
    )


def _create_invoices() -> None:
    op.create_table(
        "gateway_invoice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("fiscal_year", TEXT, nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("supplier_gstin", TEXT, nullable=False),
        sa.Column("taxable", MONEY, nullable=False),
        sa.Column("igst", MONEY, nullable=False),
        sa.Column("cgst", MONEY, nullable=False),
        sa.Column("sgst", MONEY, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "extract(day from month) = 1 and dated_on >= month",
            name=op.f("ck_gateway_invoice_month"),
        ),
        sa.CheckConstraint(
            "least(taxable, igst, cgst, sgst) >= 0 and taxable > 0",
            name=op.f("ck_gateway_invoice_amounts"),
        ),
        sa.CheckConstraint("igst = 0 or cgst + sgst = 0", name=op.f("ck_gateway_invoice_halves")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gateway_invoice_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["gateway_account.tenant_id", "gateway_account.id"],
            name=op.f("fk_gateway_invoice_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gateway_invoice")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", "fiscal_year", "key", name="uq_gateway_invoice_once"
        ),
    )


def _fill() -> None:
    """Enter every bill that documents book already."""
    tables = ("supplier_bill", "expense_claim", "expense_claim_line", "asset", "party", *RIGHTS)
    with migrating.every_tenant(*tables) as connection:
        bills: dict[tuple[object, ...], object] = {}
        uses: dict[tuple[object, ...], dict[str, object]] = {}
        for row in connection.execute(sa.text(BOOKED)).mappings().all():
            name = " ".join(row["supplier"].lower().split())
            identity, key = row["gstin"] or name, _key(row["bill_number"])
            if not identity or not key:
                continue
            year = _year(row["dated_on"])
            place = (row["tenant_id"], row["company_id"], identity, year, key)
            if place not in bills:
                bills[place] = uuid4()
                connection.execute(
                    sa.text(
                        "insert into seen_bill (tenant_id, id, company_id, supplier_gstin, identity, key, fiscal_year)"
                        " values (:tenant, :id, :company, :gstin, :identity, :key, :year)"
                    ),
                    {
                        "tenant": row["tenant_id"], "id": bills[place], "company": row["company_id"],
                        "gstin": row["gstin"], "identity": identity, "key": key, "year": year,
                    },
                )  # fmt: skip
            _gather(uses, row, bills[place])
        for use in uses.values():
            connection.execute(
                sa.text(
                    "insert into seen_bill_use (tenant_id, id, bill_id, branch_id, source, source_id, number, supplier,"
                    " bill_number, dated_on, taxable, igst, cgst, sgst, is_credit, taken_on, ended_on, noted_at)"
                    " values (:tenant_id, gen_random_uuid(), :bill_id, :branch_id, :source, :source_id, :number,"
                    " :supplier, :bill_number, :dated_on, :taxable, :igst, :cgst, :sgst, :is_credit, :taken_on,"
                    " :ended_on, now())"
                ),
                use,
            )


def _gather(
    uses: dict[tuple[object, ...], dict[str, object]], row: sa.RowMapping, bill_id: object
) -> None:
    """Add a document's part of a bill to its use of it."""
    known = uses.get((row["source_id"], bill_id))
    if known is None:
        uses[row["source_id"], bill_id] = dict(row) | {"bill_id": bill_id}
        return
    for name in ("taxable", "igst", "cgst", "sgst"):
        known[name] += row[name]
    known["is_credit"] = known["is_credit"] or row["is_credit"]


def _key(number: str) -> str:
    kept = re.findall(r"[A-Z]+|[0-9]+", number.upper())
    plain = [run.lstrip("0") or "0" if run.isdigit() else run for run in kept]
    return re.sub(r"(?<=[0-9]) (?=[0-9])", "-", " ".join(plain)).replace(" ", "")


def _year(day: date) -> str:
    start = day.year if day.month >= APRIL else day.year - 1
    return f"{start}-{(start + 1) % 100:02d}"
