"""Reads of stored documents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.documents.access import may_read, missing, require_reading, withheld_of
from erp.services.platform import Query, Result, Rows, query


class FindDocuments(Query):
    """The documents made from one record."""

    origin_type: Annotated[str, Field(min_length=1, max_length=60)]
    origin_id: UUID
    variant: Annotated[str, Field(max_length=60)] = ""


class GetDocument(Query):
    """One document."""

    document_id: UUID


class DocumentRow(Result):
    """A stored document; `size` in bytes."""

    id: UUID
    origin_type: str
    origin_id: UUID
    variant: str
    version: int
    file_name: str
    media_type: str
    size: int
    created_at: datetime


class DocumentList(Rows):
    """Documents, newest version first."""

    rows: list[DocumentRow]


class DocumentContent(DocumentRow):
    """A document and where its bytes are, for the edge that streams them."""

    storage_key: str


@query("documents.find_documents", permission="", rest="GET /documents")
def find_documents(session: Session, ctx: RequestContext, wanted: FindDocuments) -> DocumentList:
    """List the documents made from one record; the origin's domain decides who may."""
    if not may_read(ctx, wanted.origin_type):
        return DocumentList(rows=[])
    rows = db.fetch_all(
        session,
        """
        select document.id, origin_type, origin_id, variant, version, file_name,
               document.media_type, blob.size, document.created_at
          from stored_document document
          join blob on (blob.tenant_id, blob.sha256) = (document.tenant_id, document.sha256)
         where document.tenant_id = %(tenant)s and origin_type = %(type)s and origin_id = %(id)s
           and (%(variant)s = '' or variant = %(variant)s)
         order by variant, version desc limit 200
        """,
        {
            "tenant": ctx.tenant_id,
            "type": wanted.origin_type,
            "id": wanted.origin_id,
            "variant": wanted.variant,
        },
    )
    hidden = withheld_of(session, ctx, wanted.origin_type, [row["id"] for row in rows])
    return DocumentList(rows=[DocumentRow(**row) for row in rows if row["id"] not in hidden])


def get_document(session: Session, ctx: RequestContext, wanted: GetDocument) -> DocumentContent:
    """Return one document with the key of its bytes, for the REST edge to stream.

    Raises:
        NotFound: There is none that the actor may read.
    """
    row = db.fetch_one(
        session,
        """
        select document.id, origin_type, origin_id, variant, version, file_name,
               document.media_type, blob.size, document.created_at, blob.storage_key
          from stored_document document
          join blob on (blob.tenant_id, blob.sha256) = (document.tenant_id, document.sha256)
         where document.tenant_id = %s and document.id = %s
        """,
        (ctx.tenant_id, wanted.document_id),
    )
    if row is None:
        raise missing()
    require_reading(ctx, row["origin_type"])
    if withheld_of(session, ctx, row["origin_type"], [row["id"]]):
        raise missing()
    return DocumentContent(**row)


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Bytes in object storage, over all tenants."""

    storage_key: str
    sha256: str


def list_blobs(session: Session) -> list[StoredBlob]:
    """Return every recorded blob of every tenant whose bytes are kept; needs the operators' role."""
    rows = db.fetch_all(
        session,
        "select storage_key, sha256 from blob where not exists (select from blob_state known"
        " where (known.tenant_id, known.sha256) = (blob.tenant_id, blob.sha256)"
        " and known.removed_at is not null) order by storage_key",
    )
    return [StoredBlob(**row) for row in rows]
