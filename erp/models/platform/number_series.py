"""Counters of legal document numbers."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from erp.models.base import TenantRow


class NumberSeries(TenantRow, table=True):
    """The next number of one (branch, document type, register, fiscal year).

    A row, not a sequence: it rolls back with its transaction, so numbers have no gaps.

    Attributes:
        prefix: Printed before the number, e.g. `POS1/25-26/`.
    """

    __tablename__ = "number_series"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "branch_id",
            "document_type",
            "register_id",
            "fiscal_year",
            postgresql_nulls_not_distinct=True,
        ),
        UniqueConstraint("tenant_id", "prefix"),
        CheckConstraint("next_number >= 1", name="next_number"),
        CheckConstraint("prefix ~ '^[A-Z1-9][A-Z0-9/-]*$'", name="prefix"),
        CheckConstraint("length(prefix) + width <= 16", name="length"),
    )

    branch_id: UUID
    document_type: str
    register_id: UUID | None = None
    fiscal_year: str
    prefix: str
    width: int = 5
    next_number: int = Field(default=1, sa_type=BigInteger)
