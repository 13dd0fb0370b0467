"""Keep bytes under their digest, and documents over them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.documents.ports import BytesLeaving, ObjectStorage, blob_key
from erp.services.documents.queries import DocumentRow

LEAVING_SECONDS: Final = 60
"""Bytes may be written so long before the transaction that records them began, and removed
`GOING_SECONDS` after it was said that they go."""
GOING_SECONDS: Final = 15


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a stored document is, apart from its bytes.

    Attributes:
        origin_type: Kind of record it was made from, e.g. `invoice`.
        variant: Which rendering, e.g. `receipt` or `a4`.
    """

    origin_type: str
    origin_id: UUID
    variant: str
    file_name: str
    media_type: str


def store_bytes(
    session: Session,
    ctx: RequestContext,
    storage: ObjectStorage,
    new: NewDocument,
    content: bytes,
) -> DocumentRow:
    """Keep a document made by a job; the same bytes again change nothing.

    Other bytes for the same origin and variant become its next version; earlier ones stay.
    The bytes are stored first: should the transaction fail, they lie unused under their
    digest until a retry writes them again: what has the name already may be what a power cut or
    a full disk left of them. For jobs only: a request never waits for storage.

    Raises:
        StorageUnavailable: The object store is away.
    """
    digest = hashlib.sha256(content).hexdigest()
    key = blob_key(ctx.tenant_id, digest)
    storage.put(key, content, sha256=digest, media=new.media_type)
    ensure_blob(session, ctx, digest, size=len(content), media_type=new.media_type)
    return _add_version(session, ctx, new, digest, len(content))


def store_file(
    session: Session, ctx: RequestContext, storage: ObjectStorage, new: NewDocument, path: Path
) -> DocumentRow:
    """Keep a file as a document, as `store_bytes` does, without reading it into memory."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size, key = path.stat().st_size, blob_key(ctx.tenant_id, digest)
    storage.put(key, path, sha256=digest, media=new.media_type)
    ensure_blob(session, ctx, digest, size=size, media_type=new.media_type)
    return _add_version(session, ctx, new, digest, size)


def ensure_blob(
    session: Session, ctx: RequestContext, sha256: str, *, size: int, media_type: str
) -> None:
    """Record bytes that are in object storage under `blob_key`; as `ensure_blobs`.

    Raises:
        BytesLeaving: They were removed a moment ago; write them again.
    """
    ensure_blobs(session, ctx, {sha256: size}, media_type=media_type)


def ensure_blobs(
    session: Session, ctx: RequestContext, sizes: Mapping[str, int], *, media_type: str
) -> None:
    """Record several bytes that were just written to object storage, by digest.

    What is recorded stays. Bytes that were removed, missing or damaged are whole again. Until the
    transaction ends `let_go` removes none of them.

    Raises:
        BytesLeaving: Some were removed a moment ago, perhaps after they were written; write them
            again.
    """
    digests = sorted(sizes)
    rows = db.fetch_all(
        session,
        "insert into blob (tenant_id, sha256, size, storage_key, media_type, created_at)"
        " select %(tenant)s, sha256, size, storage_key, %(media)s, %(now)s"
        " from unnest(%(digests)s::text[], %(sizes)s::bigint[], %(keys)s::text[])"
        " as kept (sha256, size, storage_key)"
        " on conflict (tenant_id, sha256) do nothing returning sha256",
        {
            "tenant": ctx.tenant_id,
            "media": media_type,
            "now": ctx.now,
            "digests": digests,
            "sizes": [sizes[one] for one in digests],
            "keys": [blob_key(ctx.tenant_id, one) for one in digests],
        },
    )
    new = {row["sha256"] for row in rows}
    known = [one for one in digests if one not in new]
    if known:
        _take_back(session, ctx, known)


def _take_back(session: Session, ctx: RequestContext, digests: Sequence[str]) -> None:
    """Record bytes again that are known: nobody removes them while this transaction is open."""
    own = {
        "tenant": ctx.tenant_id,
        "digests": digests,
        "since": ctx.now - timedelta(seconds=LEAVING_SECONDS),
    }
    db.execute(
        session,
        "select pg_advisory_xact_lock_shared(hashtextextended(%(tenant)s || sha256, 4712))"
        " from unnest(%(digests)s::text[]) as known (sha256)",
        own | {"tenant": str(ctx.tenant_id)},
    )
    leaving = db.fetch_one(
        session,
        "select 1 from blob_state where tenant_id = %(tenant)s and sha256 = any(%(digests)s)"
        " and removed_at > %(since)s limit 1",
        own,
    )
    if leaving is not None:
        raise BytesLeaving(
            "The same bytes were removed from the archive a moment ago. Send them again in a minute."
        )
    db.execute(
        session,
        "update blob_state set removed_at = null, fault = '' where tenant_id = %(tenant)s"
        " and sha256 = any(%(digests)s) and (removed_at is not null or fault <> '')",
        own,
    )


def let_go(session: Session, ctx: RequestContext, sha256: str) -> bool:
    """Say anew, now, that bytes which are marked as removed go; false if they are back.

    Once this is committed, who wrote them before is told to write them once more, whatever becomes
    of whoever removes them. They are removed in a transaction of their own: `still_going`.
    """
    db.execute(
        session,
        "select pg_advisory_xact_lock(hashtextextended(%s, 4712))",
        (f"{ctx.tenant_id}{sha256}",),
    )
    row = db.fetch_one(
        session,
        "update blob_state set removed_at = %s where tenant_id = %s and sha256 = %s"
        " and removed_at is not null returning 1 as goes",
        (ctx.now, ctx.tenant_id, sha256),
    )
    return row is not None


def still_going(session: Session, ctx: RequestContext, sha256: str) -> bool:
    """Tell whether bytes that `let_go` said go may be removed now; false if they are back.

    The caller removes them while the transaction is open: until it ends nobody records them.

    Raises:
        BytesLeaving: They are being recorded at this moment, or it was said too long ago; say it
            again later.
    """
    lock = db.fetch_one(
        session,
        "select pg_try_advisory_xact_lock(hashtextextended(%s, 4712)) as is_ours",
        (f"{ctx.tenant_id}{sha256}",),
    )
    # A statement of its own: it sees what whoever had the lock last committed.
    row = db.fetch_one(
        session,
        "select removed_at from blob_state where tenant_id = %s and sha256 = %s",
        (ctx.tenant_id, sha256),
    )
    is_ours = lock is not None and lock["is_ours"]
    if is_ours and (row is None or row["removed_at"] is None):
        return False
    since = ctx.now - timedelta(seconds=GOING_SECONDS)
    if not is_ours or row is None or row["removed_at"] < since:
        raise BytesLeaving("The same bytes may be coming in again. They are removed later.")
    return True


def _add_version(
    session: Session, ctx: RequestContext, new: NewDocument, digest: str, size: int
) -> DocumentRow:
    """Insert the next version unless the latest one has these bytes.

    A lock on (origin, variant) keeps two workers from taking one version number.
    """
    subject = f"{ctx.tenant_id}|{new.origin_type}|{new.origin_id}|{new.variant}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 4711))", (subject,))
    latest = db.fetch_one(
        session,
        "select id, version, file_name, media_type, sha256, created_at from stored_document"
        " where tenant_id = %s and origin_type = %s and origin_id = %s and variant = %s"
        " order by version desc limit 1",
        (ctx.tenant_id, new.origin_type, new.origin_id, new.variant),
    )
    if latest is None or latest["sha256"] != digest:
        latest = _insert(session, ctx, new, digest, version=latest["version"] + 1 if latest else 1)
    return DocumentRow(
        origin_type=new.origin_type,
        origin_id=new.origin_id,
        variant=new.variant,
        size=size,
        **{
            name: latest[name]
            for name in ("id", "version", "file_name", "media_type", "created_at")
        },
    )


def _insert(
    session: Session, ctx: RequestContext, new: NewDocument, digest: str, version: int
) -> db.Row:
    row = db.fetch_one(
        session,
        "insert into stored_document (tenant_id, id, origin_type, origin_id, variant, version,"
        " file_name, media_type, sha256, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " returning id, version, file_name, media_type, sha256, created_at",
        (
            *(ctx.tenant_id, new_id(), new.origin_type, new.origin_id, new.variant, version),
            *(new.file_name, new.media_type, digest, ctx.now),
        ),
    )
    if row is None:
        msg = "An insert returned no row."
        raise RuntimeError(msg)
    return row
