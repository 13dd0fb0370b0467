"""The object storage port over the embedded S3 server and its directory."""

import base64
import errno
import hashlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr

from erp.adapters.object_storage import DirectoryObjectStorage, S3ObjectStorage
from erp.adapters.object_storage.comparing import COMPARED_BYTES, PartReader
from erp.core.settings import Settings
from erp.services.documents.ports import (
    ObjectDamaged,
    ObjectMissing,
    ObjectStorage,
    StorageUnavailable,
    blob_key,
    staging_key,
)

BODY = b"DICM" * 1000
SHA256 = hashlib.sha256(BODY).hexdigest()
MEDIA = "application/dicom"


def settings_of(endpoint, key="k" * 20, secret="s" * 20, directory="") -> Settings:
    return Settings(
        _env_file=None,
        s3_endpoint_url=endpoint,
        s3_access_key=key,
        s3_secret_key=SecretStr(secret),
        s3_bucket="vantage-adapter-test",
        s3_directory=directory,
    )


def connect(endpoint) -> S3ObjectStorage:
    return S3ObjectStorage(settings_of(endpoint))


@pytest.fixture
def embedded(stack):
    keys = stack.objects.environment()
    names = ("S3_ENDPOINT_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_DIRECTORY")
    return settings_of(*(keys[name] for name in names))


@pytest.fixture
def by_protocol(embedded):
    made = S3ObjectStorage(embedded)
    made.ensure_bucket()
    return made


@pytest.fixture
def by_directory(embedded):
    made = DirectoryObjectStorage(embedded)
    made.ensure_bucket()
    return made


@pytest.fixture
def by_folder(embedded, tmp_path):
    """A directory in which nobody else has drafts."""
    made = DirectoryObjectStorage(embedded.model_copy(update={"s3_directory": str(tmp_path)}))
    made.ensure_bucket()
    return made


@pytest.fixture(params=["by_protocol", "by_directory"])
def storage(request):
    """Both ways to the embedded store; what is granted goes through its endpoint with either."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def key():
    return f"test/{uuid4()}"


def test_it_is_the_port(storage: S3ObjectStorage):
    port: ObjectStorage = storage
    assert port.find("nowhere") is None


def test_a_bucket_that_another_program_made_meanwhile_is_used(by_protocol):
    by_protocol._create_bucket()
    by_protocol.put("met", BODY, sha256=SHA256, media=MEDIA)


def test_bytes_come_back(storage, key, tmp_path):
    storage.put(key, BODY, sha256=SHA256, media=MEDIA)

    assert storage.read(key) == BODY
    assert storage.read_range(key, 4, 4) == b"DICM"
    assert storage.read_range(key, 3998, 100) == b"CM"
    assert storage.read_range(key, 9999, 5) == b""
    assert b"".join(storage.stream(key)) == BODY
    assert storage.download(key, tmp_path / "copy") == SHA256
    assert (tmp_path / "copy").read_bytes() == BODY
    assert storage.find(key).size == 4000


def test_a_file_comes_back(storage, key, tmp_path):
    (tmp_path / "object").write_bytes(BODY)

    storage.put(key, tmp_path / "object", sha256=SHA256, media=MEDIA)

    assert storage.read(key) == BODY


def test_what_is_missing_is_said_to_be_missing(storage, key, tmp_path):
    for read in (
        lambda: storage.read(key),
        lambda: storage.read_range(key, 0, 1),
        lambda: storage.download(key, tmp_path / "x"),
        lambda: storage.copy(key, key + "2", size=1),
    ):
        with pytest.raises(ObjectMissing):
            read()
    storage.remove(key)


def test_damage_on_the_way_is_refused(by_protocol, key, monkeypatch):
    storage, send = by_protocol, by_protocol._put
    monkeypatch.setattr(
        storage, "_put", lambda content, body, md5: send(content, body[:-1] + b"?", md5)
    )

    with pytest.raises(StorageUnavailable, match="BadDigest"):
        storage.put(key, BODY, sha256=SHA256, media=MEDIA)
    assert storage.find(key) is None


def test_bytes_that_are_not_those_announced_are_refused(by_folder, key):
    with pytest.raises(StorageUnavailable, match="BadDigest"):
        by_folder.put(key, BODY + b"?", sha256=SHA256, media=MEDIA)
    assert by_folder.find(key) is None
    assert list(by_folder._drafts.iterdir()) == []


def test_bytes_and_their_name_are_on_disk_before_they_are_acknowledged(
    by_directory, key, monkeypatch
):
    synced: list[Path] = []
    sync = os.fsync

    def note(handle):
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    new = f"{uuid4()}/ab/{key.rpartition('/')[2]}"
    by_directory.put(new, BODY, sha256=SHA256, media=MEDIA)

    target = by_directory._path(new)
    *folders, draft, folder = synced
    assert folders == [target.parents[2], target.parents[1]]
    assert draft.parent == by_directory._drafts
    assert folder == target.parent


def test_bytes_that_were_acknowledged_are_replaced_by_bytes_on_disk_only(
    by_folder, key, monkeypatch
):
    by_folder.put(key, BODY, sha256=SHA256, media=MEDIA)
    target, sync, before = by_folder._path(key), os.fsync, []

    def note(handle):
        before.append(target.stat().st_ino)
        sync(handle)

    first = target.stat().st_ino
    monkeypatch.setattr(os, "fsync", note)
    by_folder.put(key, BODY, sha256=SHA256, media=MEDIA)
    last = target.stat().st_ino
    assert last != first
    assert before == [first, last]
    assert list(by_folder._drafts.iterdir()) == []


def test_a_file_system_without_second_names_keeps_objects_too(by_directory, key, monkeypatch):
    def no_link(_source, _target):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    new = f"{uuid4()}/ab/{key.rpartition('/')[2]}"
    by_directory.put(new, BODY, sha256=SHA256, media=MEDIA)
    assert by_directory.read(new) == BODY


def test_a_full_disk_is_the_store_being_away(by_folder, key, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageUnavailable, match="No space left"):
        by_folder.put(key, BODY, sha256=SHA256, media=MEDIA)
    assert list(by_folder._drafts.iterdir()) == []


def test_what_one_way_keeps_the_other_gives_back(by_directory, by_protocol, key):
    by_protocol.put(key, BODY, sha256=SHA256, media=MEDIA)
    assert by_directory.read(key) == BODY
    by_directory.put(key + "2", BODY, sha256=SHA256, media=MEDIA)
    deadline = time.monotonic() + 10
    while by_protocol.find(key + "2") is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert by_protocol.read(key + "2") == BODY


def test_a_directory_that_is_not_mounted_is_the_store_being_away(embedded, key, tmp_path):
    """Otherwise a check at night would call every object missing."""
    gone = DirectoryObjectStorage(embedded.model_copy(update={"s3_directory": str(tmp_path / "x")}))
    for act in (
        lambda: gone.find(key),
        lambda: gone.read(key),
        lambda: gone.put(key, BODY, sha256=SHA256, media=MEDIA),
        lambda: list(gone.list_older("staging/", datetime.now(UTC))),
    ):
        with pytest.raises(StorageUnavailable, match="mount it"):
            act()


def test_a_folder_that_cannot_be_read_is_not_an_empty_one(by_directory, key, monkeypatch):
    by_directory.put(key, BODY, sha256=SHA256, media=MEDIA)
    assert list(by_directory.list_older(f"{uuid4()}/", datetime.now(UTC))) == []

    def refuse(_folder):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(StorageUnavailable, match="Input/output"):
        list(by_directory.list_older("test/", datetime.now(UTC)))


def test_nobody_else_of_the_machine_reads_what_is_kept(by_directory, key):
    by_directory.put(key, BODY, sha256=SHA256, media=MEDIA)
    assert by_directory._path(key).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("wrong", ["../secrets.json", "a/../../b", "/etc/passwd"])
def test_no_key_leads_out_of_the_bucket(by_directory, wrong):
    with pytest.raises(ValueError, match="upward"):
        by_directory.read(wrong)


def test_a_grant_is_for_one_object(storage, key):
    grant = storage.grant_upload(key, size=len(BODY), sha256=SHA256, media=MEDIA, seconds=60)
    other = hashlib.sha256(BODY[::-1]).digest()

    def send(body=BODY, url=grant.url, **headers):
        return httpx.put(url, content=body, headers=grant.headers | headers).status_code

    refused = [
        send(BODY[:-4], **{"content-length": str(len(BODY) - 4)}),
        send(**{"content-type": "text/html"}),
        send(**{"x-amz-checksum-sha256": base64.b64encode(other).decode()}),
        send(url=grant.url.replace(key, key + "x")),
        send(url=grant.url.split("?")[0]),
    ]
    assert all(status >= 400 for status in refused), refused
    assert storage.find(key) is None
    assert send() == 200
    assert storage.read(key) == BODY


def test_a_grant_expires(storage, key):
    grant = storage.grant_upload(key, size=len(BODY), sha256=SHA256, media=MEDIA, seconds=1)
    assert grant.expires_at <= datetime.now(UTC) + timedelta(seconds=1)
    late = grant.url.replace("X-Amz-Expires=1&", "X-Amz-Expires=900&")

    assert httpx.put(late, content=BODY, headers=grant.headers).status_code >= 400
    threading.Event().wait(2.1)
    assert httpx.put(grant.url, content=BODY, headers=grant.headers).status_code >= 400
    assert storage.find(key) is None


def test_other_bytes_of_the_same_length_are_found_by_the_digest(storage, key, tmp_path):
    """Not every server compares the checksum header, so the receiver re-hashes."""
    grant = storage.grant_upload(key, size=len(BODY), sha256=SHA256, media=MEDIA, seconds=60)

    httpx.put(grant.url, content=BODY[::-1], headers=grant.headers)

    if storage.find(key) is not None:
        assert storage.download(key, tmp_path / "staged") != SHA256


def test_staged_bytes_move_to_their_own_address(storage):
    tenant = uuid4()
    staged, blob = staging_key(tenant, "01J-x"), blob_key(tenant, SHA256)
    storage.put(staged, BODY, sha256=SHA256, media=MEDIA)

    storage.copy(staged, blob, size=len(BODY))

    assert blob == f"blob/{tenant}/{SHA256[:2]}/{SHA256}"
    assert storage.read(blob) == BODY
    with pytest.raises(StorageUnavailable, match="does not hold"):
        storage.copy(staged, blob, size=len(BODY) + 1)


def test_the_sweeper_sees_what_is_old(storage):
    prefix = f"staging/{uuid4()}"
    storage.put(f"{prefix}/a", BODY, sha256=SHA256, media=MEDIA)
    soon, past = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)

    assert [found.key for found in storage.list_older(prefix, soon)] == [f"{prefix}/a"]
    assert list(storage.list_older(prefix, past)) == []


def test_what_a_writer_left_when_it_died_is_removed(by_directory, key):
    by_directory.put(key, BODY, sha256=SHA256, media=MEDIA)
    left = by_directory._drafts / uuid4().hex
    left.write_bytes(BODY)
    soon, past = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)

    assert (by_directory.remove_unfinished(past), left.exists()) == (0, True)
    assert (by_directory.remove_unfinished(soon), left.exists()) == (1, False)
    assert by_directory.read(key) == BODY


@pytest.mark.parametrize(
    "text", ["../../etc/passwd", "", "a/b", "x" * 65, "A" * 64, "ab" * 31 + "a\n"]
)
def test_no_strangers_text_becomes_a_key(text):
    with pytest.raises(ValueError, match=r"SHA-256"):
        blob_key(UUID(int=0), text)
    if text != "A" * 64:
        with pytest.raises(ValueError, match="transfer id"):
            staging_key(UUID(int=0), text)


@pytest.fixture
def damaged(storage):
    """Something kept under its digest, in which a byte is another since; its size."""
    body = BODY + uuid4().bytes
    kept = blob_key(uuid4(), hashlib.sha256(body).hexdigest())
    other = body[:-1] + bytes([body[-1] ^ 1])
    digest = hashlib.sha256(other).hexdigest()
    storage.put(kept, other, sha256=digest, media=MEDIA)
    return kept, len(body)


def test_damaged_bytes_are_not_handed_out_whole_or_in_parts(storage, damaged):
    kept, size = damaged
    with pytest.raises(ObjectDamaged, match="damaged since"):
        storage.read(kept)
    with pytest.raises(ObjectDamaged):
        PartReader().read(storage, kept, size, 0, 10)


def test_a_stream_of_damaged_bytes_ends_before_its_last_piece(storage, damaged):
    kept, size = damaged
    came = bytearray()
    with pytest.raises(ObjectDamaged):
        came.extend(piece for part in storage.stream(kept) for piece in part)
    assert len(came) < size


def test_parts_are_compared_once_and_then_read_alone(storage, monkeypatch):
    body = BODY + uuid4().bytes
    kept = blob_key(uuid4(), hashlib.sha256(body).hexdigest())
    storage.put(kept, body, sha256=hashlib.sha256(body).hexdigest(), media=MEDIA)
    reader = PartReader()
    assert reader.read(storage, kept, len(body), 4, 8) == body[4:12]
    monkeypatch.setattr(storage, "read", None)
    assert reader.read(storage, kept, len(body), 12, 8) == body[12:20]
    large = COMPARED_BYTES + 1
    assert PartReader().read(storage, kept, large, 0, 4) == body[:4]
