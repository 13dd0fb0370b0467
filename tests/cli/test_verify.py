"""`verify` proves what it checked, names what is broken, and `replay` and `backup` do as told."""

import hashlib

import psycopg
import pytest
from psycopg import sql

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.ids import new_id
from erp.services import documents, platform
from tests.fixtures import forking
from tests.fixtures.people import make_organisation


@pytest.fixture
def erp(environment):
    def run(*arguments, **more):
        return forking.run(["erp.cli", *arguments], environment | more)

    return run


@pytest.fixture
def own_database(clean_database):
    """A database of this test alone, with one organisation and a party in it; anchors can be read."""
    object_storage.cache_clear()
    object_storage().ensure_bucket()
    organisation = make_organisation("solo")
    given = {"name": "Ravi", "kind": "walk_in", "state_code": "27"}
    platform.run("party.create_party", organisation.system, given)
    matter = {"kind": "probe", "title": "Probe", "for_permission": "platform.operate"}
    platform.run("workflows.raise_matter", organisation.system, matter)
    assert clean_database
    return organisation


def test_every_promise_holds_and_says_how_much_it_examined(erp, own_database):
    assert own_database
    done = erp("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == f"All {len(lines) - 1} promises hold."
    codes = {line.split()[0] for line in lines[:-1]}
    assert {"A2", "D1", "L1", "N1", "O1", "O2", "P1", "P2", "T6", "T7"} <= codes


def test_a_broken_promise_ends_with_1_and_names_the_row(erp, own_database, owner):
    ((event_id,),) = owner.execute(
        "select id from event where tenant_id = %s limit 1", (own_database.tenant_id,)
    ).fetchall()
    owner.execute("delete from event_queue where event_id = %s", (event_id,))
    done = erp("verify")
    assert done.returncode == 1
    broken = [line for line in done.stdout.splitlines() if " BROKEN " in line]
    assert [line.split()[0] for line in broken] == ["O1"]
    assert str(event_id) in done.stdout


def test_an_event_nobody_commanded_is_found(erp, own_database, owner):
    owner.execute(
        "insert into event (tenant_id, id, name, aggregate_id, payload, occurred_at, user_id,"
        " request_id) values (%s, %s, 'forged.event.v1', %s, '{}', now(), %s, 'nobody')",
        (own_database.tenant_id, new_id(), new_id(), new_id()),
    )
    done = erp("verify")
    assert done.returncode == 1
    broken = {line.split()[0] for line in done.stdout.splitlines() if " BROKEN " in line}
    assert broken == {"O1", "P2"}


def test_an_unknown_subscriber_is_told(erp):
    done = erp("replay", "no.such")
    assert done.returncode == 1
    assert "no.such" in done.stderr


def test_a_backup_restores_to_the_same_books_and_bytes_over_damaged_ones(
    erp, own_database, stack, tmp_path, s3, environment
):
    assert s3
    storage, ctx = object_storage(), own_database.system
    with db.unit_of_work(ctx) as session:
        kept = documents.NewDocument("probe", new_id(), "a4", "x.pdf", "application/pdf")
        documents.store_bytes(session, ctx, storage, kept, b"%PDF-probe")
        (blob,) = documents.list_blobs(session)
    made = erp("backup", str(tmp_path / "backup"))
    assert made.returncode == 0, made.stderr
    other = b"%PDF-other"
    digest = hashlib.sha256(other).hexdigest()
    storage.put(blob.storage_key, other, sha256=digest, media="application/pdf")

    empty = stack.postgres.url("restored")
    with psycopg.connect(stack.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("drop database if exists restored with (force)")
        connection.execute("create database restored")
    try:
        done = erp("restore", str(tmp_path / "backup"), DATABASE_URL=empty)
        assert done.returncode == 0, done.stdout + done.stderr
        assert storage.read(blob.storage_key) == b"%PDF-probe"
        assert _contents(empty) == _contents(environment["DATABASE_URL"])
        assert erp("restore", str(tmp_path / "backup"), DATABASE_URL=empty).returncode == 1
    finally:
        with psycopg.connect(stack.postgres.url("postgres"), autocommit=True) as connection:
            connection.execute("drop database restored with (force)")


def test_a_backup_is_restored_where_nothing_runs_and_the_next_start_goes_on(
    erp, own_database, private_stack, environment, tmp_path
):
    assert own_database
    assert erp("backup", str(tmp_path / "backup")).returncode == 0
    nothing = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT_URL", "MQTT_URL"), "")
    fresh = nothing | {"DATA_DIR": str(private_stack.data_dir), "SECRET_KEY": ""}

    done = erp("restore", str(tmp_path / "backup"), **fresh)

    assert done.returncode == 0, done.stdout + done.stderr
    assert not any(service.is_running() for service in private_stack.services)
    private_stack.postgres.start()
    assert _contents(private_stack.postgres.url()) == _contents(environment["DATABASE_URL"])
    assert erp("restore", str(tmp_path / "backup"), **fresh).returncode == 1


def test_a_backup_that_fails_leaves_nothing_behind(erp, own_database, tmp_path):
    assert own_database
    folder = tmp_path / "backup"
    failed = erp("backup", str(folder), DATABASE_URL="postgresql://a:b@127.0.0.1:9/c")
    assert failed.returncode == 1
    assert not folder.exists()


def test_a_damaged_backup_is_refused_before_anything(erp, own_database, stack, tmp_path, s3):
    assert own_database
    assert s3
    folder = tmp_path / "backup"
    assert erp("backup", str(folder)).returncode == 0
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1] + b"!")
    with psycopg.connect(stack.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("drop database if exists damaged with (force)")
        connection.execute("create database damaged")
    done = erp("restore", str(folder), DATABASE_URL=stack.postgres.url("damaged"))
    assert done.returncode == 1
    assert "damaged" in done.stderr
    with psycopg.connect(stack.postgres.url("damaged")) as connection:
        tables = connection.execute(
            "select 1 from pg_tables where schemaname = 'public'"
        ).fetchall()
    assert tables == []
    with psycopg.connect(stack.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("drop database damaged with (force)")


def _contents(url: str) -> dict[str, str]:
    """A digest per table, its rights and its functions' owners."""
    digest = sql.SQL(
        "select count(*), md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t"
    )
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'public' order by 1"
        ).fetchall()
        found = {
            name: str(connection.execute(digest.format(sql.Identifier(name))).fetchone())
            for (name,) in tables
        }
        found["rights"] = str(
            connection.execute(
                "select table_name, grantee, privilege_type from information_schema.role_table_grants"
                " where grantee like 'erp_%' order by 1, 2, 3"
            ).fetchall()
        )
        found["owners"] = str(
            connection.execute(
                "select oid::regprocedure::text, proowner::regrole::text from pg_proc"
                " where pronamespace = 'sec'::regnamespace order by 1"
            ).fetchall()
        )
    return found
