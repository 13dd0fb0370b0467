"""Filters a person keeps for a list."""

from uuid import UUID

from sqlalchemy import UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import Json, TenantRow


class SavedView(TenantRow, table=True):
    """A named set of filters and a sort order of one list, kept by one user, perhaps for all."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("tenant_id", "user_id", "screen", "name"),)

    user_id: UUID
    screen: str
    name: str
    filters: Json
    is_shared: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
