"""Stored bytes and the documents they are."""

from erp.models.documents.document import Blob, BlobState, StoredDocument

__all__ = ["Blob", "BlobState", "StoredDocument"]
