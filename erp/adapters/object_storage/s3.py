"""Object storage over any S3 endpoint, the embedded one included, through boto3."""

import base64
import hashlib
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from erp.adapters.object_storage.comparing import whole, whole_pieces
from erp.core.settings import Settings
from erp.services.documents.ports import (
    ObjectMissing,
    StorageUnavailable,
    StoredObject,
    UploadGrant,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PIECE_BYTES: Final = 1024 * 1024
CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 20
ATTEMPTS: Final = 3
MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})
TAKEN: Final = frozenset({"BucketAlreadyExists", "BucketAlreadyOwnedByYou"})
_session = boto3.Session()


class S3ObjectStorage:
    """The ObjectStorage port over one bucket.

    Threads share one instance. After a fork the process gets its own connections.
    Digests are checked by the store through Content-MD5, which every S3 enforces; the
    SHA-256 header is sent too, but not every server compares it, so whoever receives a
    granted upload re-hashes it before using it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bucket = settings.s3_bucket
        self._owner = 0
        self._client: S3Client
        self._signer: S3Client

    @property
    def client(self) -> "S3Client":
        """The connection of this process."""
        if self._owner != os.getpid():
            endpoint = self._settings.s3_endpoint_url
            self._client = _connect(self._settings, endpoint)
            public = self._settings.s3_public_endpoint_url
            self._signer = _connect(self._settings, public) if public else self._client
            self._owner = os.getpid()
        return self._client

    def ensure_bucket(self) -> None:
        """Create the bucket when it does not exist; several programs may try at once."""
        with _mapped(self._bucket):
            try:
                self.client.head_bucket(Bucket=self._bucket)
            except ClientError as error:
                if _code(error) not in MISSING:
                    raise
                self._create_bucket()

    def _create_bucket(self) -> None:
        try:
            self.client.create_bucket(Bucket=self._bucket)
        except ClientError as error:
            if _code(error) not in TAKEN:
                raise
            self.client.head_bucket(Bucket=self._bucket)  # refuses one that is somebody else's

    def put(self, key: str, body: bytes | Path, *, sha256: str, media: str) -> None:
        """Store bytes or a file; an existing object of the same key is replaced by equals."""
        content = {
            "Bucket": self._bucket,
            "Key": key,
            "ContentType": media,
            "ChecksumSHA256": _base64(sha256),
        }
        with _mapped(key):
            if isinstance(body, bytes):
                md5 = hashlib.md5(body, usedforsecurity=False)
                self._put(content, body, md5.digest())
                return
            with body.open("rb") as file:
                md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
                file.seek(0)
                self._put(content, file, md5.digest())

    def _put(self, content: dict[str, Any], body: Any, md5: bytes) -> None:  # noqa: ANN401
        encoded = base64.b64encode(md5).decode()
        self.client.put_object(**content, Body=body, ContentMD5=encoded)

    def read(self, key: str) -> bytes:
        """Return the whole object."""
        with _mapped(key):
            content = self.client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return whole(key, content)

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return part of the object; empty beyond its end."""
        if length <= 0:
            return b""
        span = f"bytes={offset}-{offset + length - 1}"
        with _mapped(key):
            try:
                answer = self.client.get_object(Bucket=self._bucket, Key=key, Range=span)
            except ClientError as error:
                if _code(error) in {"InvalidRange", "416"}:
                    return b""
                raise
            return answer["Body"].read()

    def stream(self, key: str) -> Iterator[bytes]:
        """Yield the object in pieces, compared with its digest before the last."""
        return whole_pieces(key, self._pieces(key))

    def _pieces(self, key: str) -> Iterator[bytes]:
        with _mapped(key):
            body = self.client.get_object(Bucket=self._bucket, Key=key)["Body"]
            yield from body.iter_chunks(PIECE_BYTES)

    def download(self, key: str, target: Path) -> str:
        """Write the object to a file and return its SHA-256."""
        digest = hashlib.sha256()
        with target.open("wb") as file:
            for piece in self._pieces(key):
                digest.update(piece)
                file.write(piece)
        return digest.hexdigest()

    def find(self, key: str) -> StoredObject | None:
        """Return size and time of an object, or None."""
        try:
            with _mapped(key):
                head = self.client.head_object(Bucket=self._bucket, Key=key)
        except ObjectMissing:
            return None
        return StoredObject(key, head["ContentLength"], head["LastModified"])

    def list_older(self, prefix: str, before: datetime) -> Iterator[StoredObject]:
        """Yield objects last written before an instant."""
        with _mapped(prefix):
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                for found in page.get("Contents", []):
                    if found["LastModified"] < before:
                        yield StoredObject(found["Key"], found["Size"], found["LastModified"])

    def remove_unfinished(self, before: datetime) -> int:
        """Remove nothing: over the protocol an object is written whole or not at all."""
        del before
        return 0

    def copy(self, source: str, target: str, *, size: int) -> None:
        """Copy inside the bucket; a store that lost the copy is unavailable, not silent."""
        with _mapped(source):
            self.client.copy_object(
                Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source}
            )
        copied = self.find(target)
        if copied is None or copied.size != size:
            raise StorageUnavailable(
                "The object store confirmed a copy that it does not hold; try again."
            )

    def remove(self, key: str) -> None:
        """Delete an object; absent is fine."""
        with _mapped(key):
            self.client.delete_object(Bucket=self._bucket, Key=key)

    def grant_upload(
        self, key: str, *, size: int, sha256: str, media: str, seconds: int
    ) -> UploadGrant:
        """Sign a PUT whose length, type and checksum header cannot be changed.

        Signing needs no answer from the store, so it works while the store is down.
        """
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
        checksum = _base64(sha256)
        self.client  # noqa: B018  connects after a fork
        url = self._signer.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ContentLength": size,
                "ContentType": media,
                "ChecksumSHA256": checksum,
            },
            ExpiresIn=seconds,
        )
        headers = {
            "content-length": str(size),
            "content-type": media,
            "x-amz-checksum-sha256": checksum,
        }
        return UploadGrant(url, headers, expires_at)


def read_protocol() -> None:
    """Read the protocol's description, 17 MB of it, for all clients of this process and its forks."""
    _session.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="none",  # noqa: S106  it signs nothing
    )


def _connect(settings: Settings, endpoint: str) -> "S3Client":
    client: S3Client = _session.client(
        "s3",
        endpoint_url=endpoint or None,
        aws_access_key_id=settings.s3_access_key or None,
        aws_secret_access_key=settings.s3_secret_key.get_secret_value() or None,
        region_name=settings.s3_region,
        config=Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=32,
            # The trailing checksums that boto3 sends by default are AWS's alone.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return client


@contextmanager
def _mapped(key: str) -> Generator[None]:
    """Turn every way in which a store fails into one error, and a missing key into another."""
    try:
        yield
    except ClientError as error:
        if _code(error) in MISSING:
            raise ObjectMissing(f"No object is stored under {key}.") from error
        raise StorageUnavailable(
            f"The object store refused the request ({_code(error)}); try again later."
        ) from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        raise StorageUnavailable("The object store does not answer; try again later.") from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()
