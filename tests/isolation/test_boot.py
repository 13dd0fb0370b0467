"""No process serves from a database that would not keep tenants apart."""

import re
import time

import httpx
import pytest
from pydantic import SecretStr

from erp.core import db
from erp.core.settings import get_settings
from erp.embedded.credentials import free_port
from erp.embedded.programs import product_programs
from erp.services import identity
from erp.services.identity import boot
from tests.fixtures import forking


@pytest.fixture
def serve_from(environment, monkeypatch):
    """Point the application's engine at an address for one test."""
    assert environment

    def point(url):
        monkeypatch.setattr(get_settings(), "app_database_url", url)
        db.dispose()

    yield point
    monkeypatch.undo()
    db.context_key.cache_clear()
    db.dispose()


def test_the_database_as_migrated_is_safe(environment):
    assert environment
    identity.check_database()


@pytest.mark.parametrize("role", ["owner", "operators"])
def test_a_role_that_sees_every_tenant_does_not_serve(serve_from, database_url, role):
    serve_from(database_url if role == "owner" else db.role_url("ops"))
    with pytest.raises(identity.UnsafeDatabase, match="superuser, bypasses row security"):
        identity.check_database()


SABOTAGE = {
    "grant truncate on brand to erp_app": "may truncate.*brand",
    "grant trigger on remedy to erp_app": "may truncate.*remedy",
    "grant create on schema public to erp_app": "may create objects.*public",
    "do $$ begin execute format('grant temporary on database %I to erp_app', current_database());"
    " end $$": "temporary tables",
    "alter table party owner to erp_app": "owns objects.*party",
    "alter table lot no force row level security": "without a forced policy.*lot",
    "alter table product disable row level security": "without a forced policy.*product",
    "drop policy tenant_only on variant": "without a forced policy.*variant",
    "create policy generous on invoice using (true)": "second policy.*invoice",
    "create view every_sale as select * from sale; grant select on every_sale to erp_app":
        "without a forced policy.*every_sale",
    "create materialized view totals as select 1 as x; grant select on totals to erp_app":
        "without a forced policy.*totals",
    "grant select on user_account to erp_app": "without a forced policy.*user_account",
    "grant select on sec.context_key to erp_app": "without a forced policy.*context_key",
    "create table new_table (tenant_id uuid, id uuid)": "not under row security.*new_table",
    "update sec.context_key set inner_pad = outer_pad": "SECRET_KEY is not the one",
    "create or replace function sec.tenant() returns uuid language sql stable as"
    " $$ select gen_random_uuid() $$": "does not check who signed",
}  # fmt: skip


def test_every_missing_control_is_named(serve_from, breakable):
    """One database is spoilt step by step; each step must add its reason."""
    serve_from(breakable.app_url)
    identity.check_database()
    for statement, reason in SABOTAGE.items():
        breakable.owner.execute(statement.encode())
        with pytest.raises(identity.UnsafeDatabase) as refusal:
            identity.check_database()
        assert re.search(reason, str(refusal.value)), (reason, str(refusal.value))


def test_another_secret_key_does_not_serve(serve_from, database_url, monkeypatch):
    serve_from(db.role_url("app"))
    assert database_url
    monkeypatch.setattr(get_settings(), "secret_key", SecretStr("another " * 8))
    db.context_key.cache_clear()
    with pytest.raises(identity.UnsafeDatabase, match="SECRET_KEY is not the one"):
        identity.check_database()


def test_an_older_server_does_not_serve(environment, monkeypatch):
    assert environment
    monkeypatch.setattr(boot, "OLDEST_SERVER", 990_000)
    with pytest.raises(identity.UnsafeDatabase, match="or newer is needed"):
        identity.check_database()


@pytest.mark.parametrize("name", ["web", "worker", "relay", "listener"])
def test_no_program_serves_from_such_a_database(environment, database_url, tmp_path, name):
    settings = get_settings().model_copy(update={"web_port": free_port()})
    program = next(one for one in product_programs(settings) if one.name == name)
    own = {"APP_DATABASE_URL": database_url, "GRANIAN_WORKERS": "1"}
    log = tmp_path / "log"
    command = program.arguments[1:]
    process = forking.start(command, environment | dict(program.environment) | own, log)
    try:
        deadline = time.monotonic() + 90
        while "not safe to serve from" not in log.read_text(errors="replace"):
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.2)
        if name == "web":
            with pytest.raises(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{settings.web_port}/health/live", timeout=2)
        else:
            assert process.wait(30) != 0
    finally:
        process.terminate()
        process.wait(30)
