"""Act for a tenant without a person: one context, one transaction."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.telemetry import logged_for
from erp.services import identity

T = TypeVar("T")
CONTEXT_SECONDS = 600
_FRESH_SECONDS = 60.0
_places: dict[UUID, identity.TenantPlace] = {}
_loaded_at = -_FRESH_SECONDS


def place_of(tenant_id: UUID) -> identity.TenantPlace | None:
    """Return where a tenant is, or nothing if it is gone or suspended.

    What is known is believed for a minute.
    """
    global _loaded_at  # noqa: PLW0603  one cache per process
    if tenant_id not in _places or time.monotonic() - _loaded_at > _FRESH_SECONDS:
        _places.clear()
        _places.update({place.tenant_id: place for place in identity.list_tenants()})
        _loaded_at = time.monotonic()
    return _places.get(tenant_id)


def system_context(
    place: identity.TenantPlace,
    permissions: Iterable[str],
    *,
    request_id: str,
    on_behalf_of: UUID | None = None,
) -> RequestContext:
    """Return the context of the product itself in one tenant, now, with these permissions."""
    return RequestContext(
        tenant_id=place.tenant_id,
        company_id=place.company_id,
        branch_id=place.branch_id,
        user_id=identity.NOBODY,
        user_name="system",
        permissions=frozenset(permissions),
        now=utc_now(),
        request_id=request_id,
        source="job",
        time_zone=place.time_zone,
        on_behalf_of=on_behalf_of,
    )


def as_system(
    place: identity.TenantPlace,
    permissions: Iterable[str],
    function: Callable[[db.UnitOfWork, RequestContext], T],
    *,
    request_id: str,
    on_behalf_of: UUID | None = None,
) -> T:
    """Run a function in one transaction of one tenant, with these permissions and no more.

    Raises:
        DomainError: The function refused; nothing changed.
    """
    ctx = system_context(place, permissions, request_id=request_id, on_behalf_of=on_behalf_of)
    with logged_for(ctx), db.unit_of_work(ctx, ttl_seconds=CONTEXT_SECONDS) as session:
        return function(session, ctx)


def apart(ctx: RequestContext, change: Callable[[db.UnitOfWork, RequestContext], T]) -> T | None:
    """Make a change in a transaction of its own, whatever becomes of the job's.

    Nothing happens, and nothing is returned, where the tenant is gone or suspended.
    """
    place = place_of(ctx.tenant_id)
    return None if place is None else as_system(place, (), change, request_id=ctx.request_id)
