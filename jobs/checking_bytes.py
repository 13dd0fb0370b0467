"""Reading kept bytes back, those first that nobody read for longest."""

from collections import Counter

import structlog

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.errors import DomainError
from erp.services import catalogue_of_actions, documents, identity
from jobs.run import system_context

__all__ = ["catalogue_of_actions", "check_bytes", "check_each_night"]
A_NIGHT = 5000
_log = structlog.get_logger()


def check_each_night() -> None:
    """Read back a part of every tenant's bytes; what is wrong becomes a finding of `D2`."""
    for place in identity.list_tenants():
        check_bytes(place, A_NIGHT)


def check_bytes(place: identity.TenantPlace, most: int) -> dict[str, int]:
    """Read back up to so many of a tenant's kept bytes; return how many there are by finding.

    Where the object store is away, the tenant's turn ends; nothing is said of its bytes.
    """
    found: Counter[str] = Counter()
    try:
        _check_each(place, most, found)
    except DomainError as error:
        _log.error("bytes_not_checked", tenant=place.slug, reason=error.message)
        found["unknown"] += 1
    _log.info("bytes_checked", tenant=place.slug, **found)
    return dict(found)


def _check_each(place: identity.TenantPlace, most: int, found: Counter[str]) -> None:
    ctx = system_context(place, (), request_id=f"check-bytes-{place.slug}")
    with db.unit_of_work(ctx) as session:
        due = documents.next_to_check(session, ctx, most)
    storage = object_storage()
    for kept in due:
        fault = documents.check_bytes(storage, kept)
        found[fault or "whole"] += 1
        if fault:
            _log.error("kept_bytes_bad", tenant=place.slug, sha256=kept.sha256, fault=fault)
        with db.unit_of_work(ctx) as session:
            documents.note_check(session, ctx, kept.sha256, fault)
