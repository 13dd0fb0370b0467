"""What a branch keeps on the first screen of its tills."""

from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from erp.models.base import belongs_to


class TillFavourite(SQLModel, table=True):
    """One of the goods on the first screen, in the order a manager gave them."""

    __tablename__ = "till_favourite"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "branch_id", "position"),
        CheckConstraint("position > 0", name="position"),
    )

    tenant_id: UUID = Field(primary_key=True)
    branch_id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(primary_key=True)
    position: int
