"""From a session or token to the person acting: roles, permissions, limits."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import ANY_PERMISSION, RequestContext, Source
from erp.core.settings import get_settings
from erp.services.identity.secrets import tenant_of_token, token_hash

CACHE_SECONDS = 2.0
NOBODY = UUID(int=0)
_CACHE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Principal:
    """A member of a tenant, with what their roles allow right now."""

    user_id: UUID
    membership_id: UUID
    tenant_id: UUID
    tenant_name: str
    company_id: UUID
    branch_id: UUID
    branch_name: str
    display_name: str
    roles: frozenset[str]
    role_titles: tuple[str, ...]
    permissions: frozenset[str]
    time_zone: str
    limits: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    session_id: UUID | None = None

    def may(self, permission: str) -> bool:
        """Tell whether any role grants a permission; an empty one is granted to all."""
        return (
            not permission or permission in self.permissions or ANY_PERMISSION in self.permissions
        )


def context_for(
    principal: Principal,
    *,
    source: Source,
    request_id: str,
    ip_address: str | None = None,
    now: datetime | None = None,
) -> RequestContext:
    """Return the context in which a principal's request runs."""
    return RequestContext(
        tenant_id=principal.tenant_id,
        company_id=principal.company_id,
        branch_id=principal.branch_id,
        user_id=principal.user_id,
        user_name=principal.display_name,
        permissions=principal.permissions,
        limits=principal.limits,
        roles=principal.roles,
        now=now or utc_now(),
        request_id=request_id,
        source=source,
        time_zone=principal.time_zone,
        ip_address=ip_address,
    )


def bare_context(tenant_id: UUID, user_id: UUID = NOBODY, source: Source = "job") -> RequestContext:
    """Return a context that may do nothing but look inside one tenant."""
    return RequestContext(
        tenant_id=tenant_id,
        company_id=NOBODY,
        branch_id=NOBODY,
        user_id=user_id,
        user_name="system",
        permissions=frozenset(),
        now=utc_now(),
        request_id="identity",
        source=source,
    )


class _Cache:
    """Principals by credential hash for a short while, so that revocation is felt in seconds."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[float, Principal]] = {}
        self._guard = threading.Lock()

    def get(self, key: str, load: Callable[[], Principal | None]) -> Principal | None:
        entry = self._entries.get(key)
        if entry and entry[0] > time.monotonic():
            return entry[1]
        principal = load()
        with self._guard:
            if len(self._entries) >= _CACHE_LIMIT:
                self._entries.clear()
            if principal is None:
                self._entries.pop(key, None)
            else:
                self._entries[key] = (time.monotonic() + CACHE_SECONDS, principal)
        return principal

    def forget(self, key: str | None = None) -> None:
        with self._guard:
            if key is None:
                self._entries.clear()
            else:
                self._entries.pop(key, None)


_cache = _Cache()


def forget_principals(token: str | None = None) -> None:
    """Drop cached principals of this process: one token's, or all."""
    _cache.forget(token_hash(token) if token else None)


def resolve_session(token: str) -> Principal | None:
    """Return who a session cookie belongs to, or nothing if it is not valid.

    A valid look-up prolongs the session. Answers are cached for two seconds per process.
    """
    digest = token_hash(token)
    return _cache.get(digest, lambda: _load_by_session(digest))


def resolve_token(token: str) -> Principal | None:
    """Return who a bearer token acts as, limited to its scopes, or nothing if it is not valid."""
    tenant_id = tenant_of_token(token)
    if tenant_id is None:
        return None
    digest = token_hash(token)
    return _cache.get(digest, lambda: _load_by_token(tenant_id, digest))


def _load_by_session(digest: str) -> Principal | None:
    with db.anonymous_unit_of_work() as session:
        row = db.fetch_one(session, "select * from sec.find_session(%s)", (digest,))
        if row is None:
            return None
        expires = utc_now() + timedelta(hours=get_settings().session_hours)
        db.execute(session, "select sec.touch_session(%s, %s)", (row["session_id"], expires))
    with db.unit_of_work(bare_context(row["tenant_id"], row["user_id"])) as session:
        member = load_member(session, row["tenant_id"], user_id=row["user_id"])
    return replace(member, session_id=row["session_id"]) if member else None


def _load_by_token(tenant_id: UUID, digest: str) -> Principal | None:
    ctx = bare_context(tenant_id)
    with db.unit_of_work(ctx) as session:
        row = db.fetch_one(
            session,
            "select membership_id, scopes from api_token where tenant_id = %s and token_hash = %s"
            " and revoked_at is null and expires_at > %s",
            (tenant_id, digest, ctx.now),
        )
        member = (
            load_member(session, tenant_id, membership_id=row["membership_id"]) if row else None
        )
    if row is None or member is None:
        return None
    return replace(member, permissions=narrowed(member.permissions, frozenset(row["scopes"])))


def narrowed(permissions: frozenset[str], scopes: frozenset[str]) -> frozenset[str]:
    """Return what both a member's roles and a token's scopes allow."""
    if ANY_PERMISSION in scopes:
        return permissions
    return scopes if ANY_PERMISSION in permissions else permissions & scopes


def load_member(
    session: Session,
    tenant_id: UUID,
    *,
    user_id: UUID | None = None,
    membership_id: UUID | None = None,
) -> Principal | None:
    """Return an active member with the union of their roles; a limit is the largest of any role."""
    row = db.fetch_one(
        session,
        """
        select m.id, m.user_id, m.display_name, b.id as branch_id, b.name as branch_name, b.company_id,
               t.name as tenant_name, t.time_zone,
               coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'title', r.title,
                   'permissions', r.permissions, 'limits', r.limits) order by r.name)
                   filter (where r.id is not null), '[]') as roles
          from membership m
          join branch b on (b.tenant_id, b.id) = (m.tenant_id, m.branch_id)
          join tenant t on t.id = m.tenant_id and not t.is_suspended
          left join membership_role mr on (mr.tenant_id, mr.membership_id) = (m.tenant_id, m.id)
          left join role r on (r.tenant_id, r.id) = (mr.tenant_id, mr.role_id)
         where m.tenant_id = %(tenant)s and m.is_active
           and (m.user_id = %(user)s or m.id = %(membership)s)
         group by m.tenant_id, m.id, b.tenant_id, b.id, t.id
        """,
        {"tenant": tenant_id, "user": user_id, "membership": membership_id},
    )
    if row is None:
        return None
    roles = row["roles"]
    return Principal(
        user_id=row["user_id"],
        membership_id=row["id"],
        tenant_id=tenant_id,
        tenant_name=row["tenant_name"],
        company_id=row["company_id"],
        branch_id=row["branch_id"],
        branch_name=row["branch_name"],
        display_name=row["display_name"],
        roles=frozenset(role["name"] for role in roles),
        role_titles=tuple(role["title"] for role in roles),
        permissions=frozenset(p for role in roles for p in role["permissions"]),
        time_zone=row["time_zone"],
        limits=_largest([role["limits"] for role in roles]),
    )


def _largest(limits: list[dict[str, str]]) -> Mapping[str, Decimal]:
    merged: dict[str, Decimal] = {}
    for of_role in limits:
        for name, text in of_role.items():
            merged[name] = max(merged.get(name, Decimal(0)), Decimal(text))
    return MappingProxyType(merged)
