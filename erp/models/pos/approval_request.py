"""What a cashier asks of a manager who is elsewhere."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, one_of


class RequestStatus(StrEnum):
    """Where a request stands; only a waiting one changes."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ApprovalRequest(TenantRow, table=True):
    """A question of a till: may this sale or return go on?

    Attributes:
        kind: `discount` or `return`. level: percent, or rupees of the return.
        about: What it is about, in the cashier's words and figures of the bill.
        answer: What the manager says with a refusal.
    """

    __tablename__ = "approval_request"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("shift_id", "register_shift"),
        one_of("status", RequestStatus),
        CheckConstraint(
            "(status in ('waiting', 'withdrawn')) = (decided_by is null)", name="decided"
        ),
        Index(
            "uq_approval_request_waiting",
            "tenant_id",
            "origin_id",
            "kind",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_approval_request_list", "tenant_id", "status", "id"),
    )

    branch_id: UUID
    shift_id: UUID
    kind: str
    origin_id: UUID
    level: Decimal = Field(sa_type=MONEY)
    reason: str
    about: str
    status: str = RequestStatus.WAITING
    asked_by: UUID
    asked_at: datetime = Field(sa_type=INSTANT)
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    answer: str = ""
