"""Logins and browser sessions; not owned by a tenant, reached only through definer functions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlmodel import Field, SQLModel

from erp.core.ids import new_id
from erp.models.base import INSTANT, created_at


class UserAccount(SQLModel, table=True):
    """A person's login; memberships say which tenants it opens.

    Attributes:
        login: Lower-case e-mail address or user name.
        password_hash: Argon2id with its parameters.
        failed_sign_ins: Since the last success; five lock the account for a while.
    """

    __tablename__ = "user_account"

    id: UUID = Field(primary_key=True, default_factory=new_id)
    login: str = Field(unique=True)
    display_name: str
    password_hash: str
    is_active: bool = True
    failed_sign_ins: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = created_at()


class UserSession(SQLModel, table=True):
    """One signed-in browser, in one tenant. Only the hash of its token is stored."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user", "user_id"),)

    id: UUID = Field(primary_key=True, default_factory=new_id)
    token_hash: str = Field(unique=True)
    user_id: UUID = Field(sa_column_args=(ForeignKey("user_account.id"),))
    tenant_id: UUID = Field(sa_column_args=(ForeignKey("tenant.id"),))
    created_at: datetime = created_at()
    last_seen_at: datetime = Field(sa_type=INSTANT)
    expires_at: datetime = Field(sa_type=INSTANT)
    revoked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    ip_address: str | None = None
    user_agent: str | None = None


class SessionTab(SQLModel, table=True):
    """The binding of a browser tab's client token to the session that first used it."""

    __tablename__ = "session_tab"
    __table_args__ = (Index("ix_session_tab_session", "session_id"),)

    client_token_hash: str = Field(primary_key=True)
    session_id: UUID = Field(sa_column_args=(ForeignKey("user_session.id", ondelete="CASCADE"),))
    bound_at: datetime = created_at()
