"""Expenses: what they are for, the claim, its lines and their receipts."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, PERCENT, TenantRow, belongs_to, created_at, one_of


class CreditRule(StrEnum):
    """Whether the GST on an expense may become a credit."""

    ALLOWED = "allowed"
    """With the supplier's GSTIN and bill number (CGST Act s.16)."""
    BLOCKED = "blocked"
    """Never: food, passenger vehicles, gifts and the like (CGST Act s.17(5))."""
    NONE = "none"
    """There is no GST on it."""


class ClaimKind(StrEnum):
    """Whose money was spent."""

    CLAIM = "claim"
    """A person's own; it is paid back."""
    VOUCHER = "voucher"
    """The branch's petty cash."""


class ClaimStatus(StrEnum):
    """How far a claim is."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    """Sent back with a reason; its claimant mends or withdraws it."""
    APPROVED = "approved"
    """In the books."""
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"
    """Was in the books and was taken back."""


class ExpenseCategory(TenantRow, table=True):
    """What money is spent on, with the account it is booked to."""

    __tablename__ = "expense_category"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "account"),
        UniqueConstraint("tenant_id", "company_id", "name"),
        one_of("credit_rule", CreditRule),
    )

    company_id: UUID
    account_id: UUID
    name: str
    credit_rule: str
    is_active: bool = True
    changed_at: datetime = created_at()


class ExpenseReceipt(TenantRow, table=True):
    """A photo or file of a bill, as it was sent; its bytes are kept as a document."""

    __tablename__ = "expense_receipt"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("media_type in ('image/jpeg', 'application/pdf')", name="media_type"),
        Index("ix_expense_receipt_sha256", "tenant_id", "sha256"),
    )

    sha256: str
    media_type: str
    file_name: str
    uploaded_by: UUID
    uploaded_at: datetime = Field(sa_type=INSTANT)


class ExpensePayee(TenantRow, table=True):
    """The account in the books of a person who claims; made with their first approved claim."""

    __tablename__ = "expense_payee"
    __table_args__ = (
        belongs_to("party_id", "party"),
        UniqueConstraint("tenant_id", "user_id"),
    )

    user_id: UUID
    party_id: UUID
    created_at: datetime = created_at()


class ExpenseClaim(TenantRow, table=True):
    """Expenses that one person spent, decided on together.

    Attributes:
        revision: Counts what was handed in; a claim that was sent back comes again as the next.
        total: Of the lines, tax included.
        igst, cgst, sgst: Credit that its entry takes.
        corrected_by: Who made its last revision of the claimant's, by giving the GST on a whole bill anew.
        party_id: Whom it is owed to; from its approval on, and never for a voucher.
    """

    __tablename__ = "expense_claim"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("party_id", "party"),
        belongs_to("float_id", "petty_float"),
        UniqueConstraint("tenant_id", "company_id", "number"),
        one_of("kind", ClaimKind),
        one_of("status", ClaimStatus),
        CheckConstraint("total > 0 and revision > 0", name="total"),
        CheckConstraint("least(igst, cgst, sgst) >= 0", name="credit"),
        CheckConstraint("(kind = 'voucher') = (float_id is not null)", name="float"),
        CheckConstraint("decided_by is null or decided_by <> claimant_id", name="decided"),
        CheckConstraint("corrected_by is null or corrected_by <> claimant_id", name="corrected"),
        CheckConstraint(
            "kind = 'voucher' or status not in ('approved', 'returned', 'reversed')"
            " or decided_by is not null",
            name="decision",
        ),
        CheckConstraint("status <> 'returned' or decision_note <> ''", name="returned"),
        CheckConstraint(
            "(status in ('approved', 'reversed')) = (booked_on is not null)", name="booked"
        ),
        CheckConstraint(
            "kind = 'voucher' or booked_on is null or party_id is not null", name="owed"
        ),
        CheckConstraint(
            "(status = 'reversed') = (reversed_on is not null)"
            " and (reversed_on is null or end_reason <> '')",
            name="reversed",
        ),
        CheckConstraint(
            "status <> 'reversed' or ended_by is distinct from claimant_id", name="taken_back"
        ),
        Index("ix_expense_claim_list", "tenant_id", "company_id", "id"),
        Index("ix_expense_claim_claimant", "tenant_id", "claimant_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    number: str
    kind: str
    status: str
    revision: int = 1
    claimant_id: UUID
    purpose: str
    total: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    party_id: UUID | None = None
    float_id: UUID | None = None
    submitted_at: datetime = Field(sa_type=INSTANT)
    corrected_by: UUID | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    decision_note: str = ""
    booked_on: date | None = None
    reversed_on: date | None = None
    ended_by: UUID | None = None
    end_reason: str = ""


class ExpenseClaimLine(TenantRow, table=True):
    """One bill of a claim, in one revision of it; never changed.

    Attributes:
        amount: Paid, tax included. gst_rate: none where the bill shows no tax.
        is_credit_taken: Its tax is a credit and not part of the cost; `credit_words` say why it is not one.
        bill_tax: GST of the whole bill, where it is given.
    """

    __tablename__ = "expense_claim_line"
    __table_args__ = (
        belongs_to("claim_id", "expense_claim"),
        belongs_to("category_id", "expense_category"),
        belongs_to("receipt_id", "expense_receipt"),
        belongs_to("cost_centre", "cost_centre", "code"),
        UniqueConstraint("tenant_id", "claim_id", "revision", "line_no"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("bill_tax >= 0", name="bill_tax"),
        CheckConstraint("amount = taxable + igst + cgst + sgst", name="tax"),
        CheckConstraint("least(taxable, igst, cgst, sgst) >= 0", name="heads"),
        CheckConstraint("cgst = sgst and (igst = 0 or cgst = 0)", name="halves"),
        CheckConstraint(
            "not is_credit_taken or (supplier_gstin <> '' and bill_number <> '')", name="credit"
        ),
        CheckConstraint("not is_credit_taken or credit_words = ''", name="credit_words"),
        Index("ix_expense_claim_line_receipt", "tenant_id", "receipt_id"),
        Index("ix_expense_claim_line_bill", "tenant_id", "amount", "bill_number"),
    )

    claim_id: UUID
    revision: int
    line_no: int
    category_id: UUID
    spent_on: date
    supplier: str = ""
    supplier_gstin: str = ""
    bill_number: str = ""
    amount: Decimal = Field(sa_type=MONEY)
    gst_rate: Decimal = Field(sa_type=PERCENT)
    bill_tax: Decimal | None = Field(default=None, sa_type=MONEY)
    taxable: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    is_credit_taken: bool
    credit_words: str = Field(default="", sa_column_kwargs={"server_default": ""})
    cost_centre: str | None = None
    note: str = ""
    receipt_id: UUID | None = None
