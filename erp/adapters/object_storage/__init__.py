"""Where bytes are kept: any S3, or the embedded store's own directory."""

from functools import lru_cache

from erp.adapters.object_storage.directory import DirectoryObjectStorage
from erp.adapters.object_storage.s3 import S3ObjectStorage, read_protocol
from erp.core.settings import get_settings

__all__ = ["DirectoryObjectStorage", "S3ObjectStorage", "object_storage", "read_protocol"]


@lru_cache
def object_storage() -> S3ObjectStorage:
    """Return the object storage of this process's settings."""
    settings = get_settings()
    return DirectoryObjectStorage(settings) if settings.s3_directory else S3ObjectStorage(settings)
