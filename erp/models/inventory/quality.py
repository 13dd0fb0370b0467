"""What is looked at when goods come, and what was found."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
)
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, one_of

MEASURE = Numeric(18, 4)


class PointKind(StrEnum):
    """How a point is answered."""

    YES_NO = "yes_no"
    """No is a failure."""
    TEXT = "text"
    NUMBER = "number"
    """A measure outside the limits is a failure."""


class CheckOutcome(StrEnum):
    """What was found of goods that were looked at."""

    PASSED = "passed"
    FAILED = "failed"
    """A required point failed; the goods are in quarantine."""


class QualityChecklist(TenantRow, table=True):
    """A version of what is looked at in goods of a form; never changed, the newest counts.

    Attributes:
        form: All forms without a checklist of their own where there is none.
    """

    __tablename__ = "quality_checklist"
    __table_args__ = (
        UniqueConstraint("tenant_id", "form", "version", postgresql_nulls_not_distinct=True),
        CheckConstraint("version > 0", name="version"),
    )

    form: str | None = None
    version: int
    name: str
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class QualityPoint(TenantRow, table=True):
    """A question of a checklist; never changed. A checklist without any asks nothing."""

    __tablename__ = "quality_point"
    __table_args__ = (
        belongs_to("checklist_id", "quality_checklist"),
        UniqueConstraint("tenant_id", "checklist_id", "point_no"),
        one_of("kind", PointKind),
        CheckConstraint("question <> ''", name="question"),
        CheckConstraint("minimum <= maximum", name="limits"),
        CheckConstraint(
            "kind = 'number' or (minimum is null and maximum is null and unit = '')",
            name="measure",
        ),
    )

    checklist_id: UUID
    point_no: int
    question: str
    kind: str
    is_required: bool
    minimum: Decimal | None = Field(default=None, sa_type=MEASURE)
    maximum: Decimal | None = Field(default=None, sa_type=MEASURE)
    unit: str = ""


class QualityCheck(TenantRow, table=True):
    """That goods of one lot on a delivery were looked at; never changed.

    Attributes:
        quantity: Base units that came. quarantine_id: the entry of the queue they went into.
    """

    __tablename__ = "quality_check"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
        ),
        belongs_to("lot_id", "lot"),
        belongs_to("checklist_id", "quality_checklist"),
        belongs_to("quarantine_id", "stock_quarantine"),
        UniqueConstraint("tenant_id", "receipt_id", "line_no"),
        one_of("outcome", CheckOutcome),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("outcome = 'failed' or quarantine_id is null", name="quarantine"),
        Index("ix_quality_check_lot", "tenant_id", "lot_id", "id"),
    )

    receipt_id: UUID
    line_no: int
    lot_id: UUID
    checklist_id: UUID
    outcome: str
    quantity: int = Field(sa_type=BigInteger)
    quarantine_id: UUID | None = None
    checked_by: UUID
    checked_at: datetime = Field(sa_type=INSTANT)


class QualityAnswer(TenantRow, table=True):
    """What was found at one point; never changed."""

    __tablename__ = "quality_answer"
    __table_args__ = (
        belongs_to("check_id", "quality_check"),
        UniqueConstraint("tenant_id", "check_id", "point_no"),
    )

    check_id: UUID
    point_no: int
    answer: str
    is_failed: bool
