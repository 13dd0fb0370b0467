"""The drawer opened without a sale."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to


class DrawerOpening(TenantRow, table=True):
    """Somebody opened the drawer though nothing was sold; never changed."""

    __tablename__ = "drawer_opening"
    __table_args__ = (
        belongs_to("shift_id", "register_shift"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_drawer_opening_shift", "tenant_id", "shift_id"),
    )

    shift_id: UUID
    reason: str
    user_id: UUID
    opened_at: datetime = Field(sa_type=INSTANT)
