"""Bytes that rot or vanish are found, named, and found again to be whole once they are."""

import hashlib

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.ids import new_id
from erp.services import documents, identity, platform
from jobs.checking_bytes import check_bytes
from tests.fixtures.clinics import open_clinic


@pytest.fixture
def kept(engine):
    """A document's bytes, and how to look at what is known of them."""
    assert engine
    object_storage.cache_clear()
    object_storage().ensure_bucket()
    owner = open_clinic()
    content = b"picture " * 50 + new_id().bytes
    new = documents.NewDocument("probe", new_id(), "a4", "a.bin", "application/octet-stream")
    with db.unit_of_work(owner) as session:
        documents.store_bytes(session, owner, object_storage(), new, content)
        [row] = db.fetch_all(session, "select storage_key, sha256 from blob")
    return owner, row, content


def check(owner):
    """Read back all bytes of this tenant; other tests' bytes need not exist."""
    [place] = [one for one in identity.list_tenants() if one.tenant_id == owner.tenant_id]
    return check_bytes(place, 10_000)


def fault_of(owner):
    with db.unit_of_work(owner) as session:
        [row] = db.fetch_all(session, "select fault, verified_at from blob_state")
    return row["fault"]


def verdict():
    with db.ops_session() as session:
        return next(one for one in platform.verify(session) if one.code == "D2")


def test_damage_is_found_and_named_until_the_bytes_are_whole_again(kept):
    owner, row, content = kept
    check(owner)
    assert fault_of(owner) == ""
    storage = object_storage()
    bad = bytes([content[0] ^ 1]) + content[1:]
    storage.client.put_object(Bucket=storage._bucket, Key=row["storage_key"], Body=bad)
    assert check(owner)["damaged"] == 1
    assert fault_of(owner) == "damaged"
    assert not verdict().holds
    assert verdict().offender["sha256"] == row["sha256"]
    storage.remove(row["storage_key"])
    assert check(owner)["missing"] == 1
    storage.put(row["storage_key"], content, sha256=row["sha256"], media="x/y")
    check(owner)
    assert fault_of(owner) == ""
    assert verdict().holds


@pytest.mark.parametrize("by_file", [True, False])
def test_what_a_power_cut_left_under_a_name_is_not_taken_for_the_bytes(kept, tmp_path, by_file):
    """A name is given before its bytes are on disk, so that it alone says nothing of them."""
    owner, _, _ = kept
    storage, content = object_storage(), new_id().bytes
    digest = hashlib.sha256(content).hexdigest()
    key = documents.blob_key(owner.tenant_id, digest)
    storage.client.put_object(Bucket=storage._bucket, Key=key, Body=b"")
    new = documents.NewDocument("probe", new_id(), "a4", "d.bin", "x/y")
    (tmp_path / "made").write_bytes(content)
    with db.unit_of_work(owner) as session:
        if by_file:
            documents.store_file(session, owner, storage, new, tmp_path / "made")
        else:
            documents.store_bytes(session, owner, storage, new, content)
    assert storage.read(key) == content


@pytest.mark.parametrize("by_file", [True, False])
def test_bytes_that_are_made_again_replace_the_damaged_ones(kept, tmp_path, by_file):
    owner, row, content = kept
    storage = object_storage()
    bad = bytes([content[0] ^ 1]) + content[1:]
    storage.client.put_object(Bucket=storage._bucket, Key=row["storage_key"], Body=bad)
    assert check(owner)["damaged"] == 1

    new = documents.NewDocument("probe", new_id(), "a4", "c.bin", "x/y")
    (tmp_path / "made").write_bytes(content)
    with db.unit_of_work(owner) as session:
        if by_file:
            documents.store_file(session, owner, storage, new, tmp_path / "made")
        else:
            documents.store_bytes(session, owner, storage, new, content)

    assert fault_of(owner) == ""
    assert storage.read(row["storage_key"]) == content


def test_those_come_first_that_nobody_read_for_longest(kept):
    owner, row, _ = kept
    with db.unit_of_work(owner) as session:
        assert [one.sha256 for one in documents.next_to_check(session, owner, 1)] == [row["sha256"]]
        documents.note_check(session, owner, row["sha256"], "")
        more = documents.NewDocument("probe", new_id(), "a4", "b.bin", "x/y")
        documents.store_bytes(session, owner, object_storage(), more, new_id().bytes)
        assert documents.next_to_check(session, owner, 1)[0].sha256 != row["sha256"]


def test_a_store_that_is_away_says_nothing_of_the_bytes(kept, monkeypatch):
    owner, _, _ = kept
    check(owner)

    class Away:
        def stream(self, _key):
            raise documents.StorageUnavailable("away")

    monkeypatch.setattr("jobs.checking_bytes.object_storage", Away)
    assert check(owner)["unknown"] >= 1
    assert fault_of(owner) == ""
