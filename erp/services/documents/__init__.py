"""Files of the business: where their bytes are kept and which document they belong to."""

from erp.services.documents import referees
from erp.services.documents.access import allow_reading, missing
from erp.services.documents.checking import (
    Fault,
    KeptBytes,
    check_bytes,
    has_fault,
    next_to_check,
    note_check,
)
from erp.services.documents.ports import (
    BytesLeaving,
    ObjectMissing,
    ObjectStorage,
    StorageUnavailable,
    StoredObject,
    UploadGrant,
    blob_key,
    staging_key,
)
from erp.services.documents.queries import (
    DocumentContent,
    DocumentList,
    DocumentRow,
    FindDocuments,
    GetDocument,
    StoredBlob,
    find_documents,
    get_document,
    list_blobs,
)
from erp.services.documents.storing import (
    NewDocument,
    ensure_blob,
    ensure_blobs,
    let_go,
    store_bytes,
    store_file,
)

__all__ = [
    "BytesLeaving",
    "DocumentContent",
    "DocumentList",
    "DocumentRow",
    "Fault",
    "FindDocuments",
    "GetDocument",
    "KeptBytes",
    "NewDocument",
    "ObjectMissing",
    "ObjectStorage",
    "StorageUnavailable",
    "StoredBlob",
    "StoredObject",
    "UploadGrant",
    "allow_reading",
    "blob_key",
    "check_bytes",
    "ensure_blob",
    "ensure_blobs",
    "find_documents",
    "get_document",
    "has_fault",
    "let_go",
    "list_blobs",
    "missing",
    "next_to_check",
    "note_check",
    "referees",
    "staging_key",
    "store_bytes",
    "store_file",
]
