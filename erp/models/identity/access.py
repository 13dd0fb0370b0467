"""What a user may do inside one tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from erp.models.base import INSTANT, Json, TenantRow, belongs_to, created_at


class Role(TenantRow, table=True):
    """A named set of permissions and attribute limits.

    Attributes:
        permissions: `domain.verb` names; `*` is everything.
        limits: Numbers as text, e.g. `{"discount_percent": "10"}`.
    """

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: str
    title: str
    permissions: list[str] = Field(sa_type=ARRAY(Text))
    limits: Json


class Membership(TenantRow, table=True):
    """A user's place in a tenant: name shown, home branch, manager PIN.

    Attributes:
        pin_hash: Argon2id of the PIN that approves at a till; empty for those without.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("tenant_id", "user_id"),
        belongs_to("branch_id", "branch"),
    )

    user_id: UUID = Field(sa_column_args=(ForeignKey("user_account.id"),))
    branch_id: UUID
    display_name: str
    is_active: bool = True
    pin_hash: str | None = None
    failed_pins: int = 0
    pin_locked_until: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = created_at()


class MembershipPast(TenantRow, table=True):
    """Where a member worked until a moment, and whether they did; a trigger keeps it."""

    __tablename__ = "membership_past"
    __table_args__ = (
        belongs_to("membership_id", "membership"),
        belongs_to("branch_id", "branch"),
        Index("ix_membership_past_until", "tenant_id", "membership_id", "until"),
    )

    membership_id: UUID
    branch_id: UUID
    is_active: bool
    until: datetime = Field(sa_type=INSTANT)


class MembershipRole(SQLModel, table=True):
    """A role held by a membership."""

    __tablename__ = "membership_role"
    __table_args__ = (belongs_to("membership_id", "membership"), belongs_to("role_id", "role"))

    tenant_id: UUID = Field(primary_key=True)
    membership_id: UUID = Field(primary_key=True)
    role_id: UUID = Field(primary_key=True)


class ApiToken(TenantRow, table=True):
    """A bearer token that acts as a member, limited to scopes and an expiry.

    Only the hash of its secret is stored.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("membership_id", "membership"),
    )

    membership_id: UUID
    name: str
    token_hash: str
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    expires_at: datetime = Field(sa_type=INSTANT)
    revoked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = created_at()
