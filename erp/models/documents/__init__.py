"""Stored bytes and the documents they are."""

from erp.models.documents.document import Blob, StoredDocument

__all__ = ["Blob", "StoredDocument"]
