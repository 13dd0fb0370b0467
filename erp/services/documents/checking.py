"""Whether kept bytes are still what they were: read back, hashed, and found out about."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.documents.ports import ObjectDamaged, ObjectMissing, ObjectStorage

Fault = Literal["", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """Bytes that a tenant keeps, and the digest they must have."""

    storage_key: str
    sha256: str
    size: int


def next_to_check(session: Session, ctx: RequestContext, most: int) -> list[KeptBytes]:
    """Return the tenant's bytes that nobody read back for longest; never those that were removed."""
    rows = db.fetch_all(
        session,
        "select blob.storage_key, blob.sha256, blob.size from blob left join blob_state known"
        " on (known.tenant_id, known.sha256) = (blob.tenant_id, blob.sha256)"
        " where blob.tenant_id = %s and known.removed_at is null"
        " order by known.verified_at nulls first, blob.sha256 limit %s",
        (ctx.tenant_id, most),
    )
    return [KeptBytes(**row) for row in rows]


def check_bytes(storage: ObjectStorage, kept: KeptBytes) -> Fault:
    """Read bytes back and say what is wrong with them. No transaction may be open.

    Raises:
        StorageUnavailable: The object store is away, which says nothing about the bytes.
    """
    digest, size = hashlib.sha256(), 0
    try:
        for piece in storage.stream(kept.storage_key):
            digest.update(piece)
            size += len(piece)
    except ObjectDamaged:
        return "damaged"
    except ObjectMissing:
        return "missing"
    return "" if (digest.hexdigest(), size) == (kept.sha256, kept.size) else "damaged"


def note_check(session: Session, ctx: RequestContext, sha256: str, fault: Fault) -> None:
    """Write down that bytes were read back now, and what was found."""
    db.execute(
        session,
        "insert into blob_state (tenant_id, sha256, verified_at, fault) values (%s, %s, %s, %s)"
        " on conflict (tenant_id, sha256) do update"
        " set verified_at = excluded.verified_at, fault = excluded.fault",
        (ctx.tenant_id, sha256, ctx.now, fault),
    )
