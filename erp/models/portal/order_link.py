"""Links by which a customer looks at an order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to


class OrderLink(TenantRow, table=True):
    """A link to one order; whoever holds its secret may look until it ends.

    Attributes:
        secret_hash: SHA-256 of the secret in hexadecimal; the secret itself is kept nowhere.
        sent_to: The address it was sent to; empty where it was given otherwise.
    """

    __tablename__ = "order_link"
    __table_args__ = (
        belongs_to("order_id", "sales_order"),
        CheckConstraint("secret_hash ~ '^[0-9a-f]{64}$'", name="secret_hash"),
        CheckConstraint("expires_at > made_at", name="expiry"),
        Index("ix_order_link_order", "tenant_id", "order_id", "id"),
        Index("ix_order_link_id", "id"),
    )

    order_id: UUID
    secret_hash: str
    sent_to: str = ""
    expires_at: datetime = Field(sa_type=INSTANT)
    revoked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    made_at: datetime = Field(sa_type=INSTANT)
    made_by: UUID
