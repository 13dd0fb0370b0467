import json
import shutil
import socket
import stat
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from psycopg.conninfo import conninfo_to_dict
from redis.backoff import NoBackoff
from redis.retry import Retry

from erp.core import db
from erp.embedded import EmbeddedStack, ServiceFailedError
from erp.embedded.credentials import is_free
from tests.fixtures.servers import own_settings


def stored_secrets(stack):
    return json.loads((stack.data_dir / "secrets.json").read_text())


def test_a_second_start_keeps_data_addresses_and_secrets(private_stack):
    stack = private_stack
    stack.start()
    first = stack.environment()
    with psycopg.connect(first["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    stack.stop()
    again = EmbeddedStack(stack.data_dir, own_settings(), durable=False)
    again.start()
    assert again.environment() == first
    with psycopg.connect(first["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_secrets_are_long_random_and_readable_by_the_owner_only(private_stack):
    found = private_stack.environment()
    path = private_stack.data_dir / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secrets = [value for key, value in stored_secrets(private_stack).items() if "_port" not in key]
    assert len(set(secrets)) == len(secrets) > 4
    assert all(len(value) == 48 for value in secrets)
    assert len(found["SECRET_KEY"]) >= 32


def test_stop_ends_every_process_and_starting_twice_is_harmless(private_stack):
    private_stack.start()
    pids = [service.pid for service in private_stack.services]
    private_stack.start()
    assert [service.pid for service in private_stack.services] == pids
    private_stack.stop()
    assert not any(service.is_running() for service in private_stack.services)
    assert is_free(private_stack.credentials.port("postgres"))
    private_stack.stop()


@pytest.mark.parametrize("name", ["postgres", "redis", "objects", "mqtt"])
def test_a_killed_server_comes_back_at_the_same_address(private_stack, name):
    service = getattr(private_stack, name)
    service.start()
    port = private_stack.credentials.port(name)
    service.kill()
    assert not service.is_running()
    assert not service.answers()
    service.start()
    assert service.answers()
    assert private_stack.credentials.port(name) == port


def test_committed_rows_survive_a_killed_database(private_stack):
    durable = EmbeddedStack(private_stack.data_dir, own_settings())
    durable.postgres.start()
    with psycopg.connect(durable.postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE paid AS SELECT generate_series(1, 1000) AS id")
    durable.postgres.kill()
    durable.postgres.start()
    with psycopg.connect(durable.postgres.url()) as connection:
        assert connection.execute("SELECT count(*) FROM paid").fetchone() == (1000,)


def test_only_open_addresses_are_filled(private_stack):
    settings = own_settings().model_copy(update={"redis_url": "redis://elsewhere/0"})
    partial = EmbeddedStack(private_stack.data_dir, settings)
    assert [service.name for service in partial.services] == ["postgres", "objects", "mqtt"]
    assert "REDIS_URL" not in partial.environment()


def test_the_database_has_checksums_utf8_and_takes_no_one_without_password(private_stack):
    database = private_stack.postgres
    database.start()
    with psycopg.connect(database.url()) as connection:
        assert connection.info.host.startswith("/")
        shown = [
            connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            for name in ("data_checksums", "server_encoding", "password_encryption")
        ]
    assert shown == [("on",), ("UTF8",), ("scram-sha-256",)]
    port = private_stack.credentials.port("postgres")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://vantage:guess@127.0.0.1:{port}/vantage")
    sockets = database.command()[-1].removeprefix("unix_socket_directories=")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://vantage:guess@/vantage?host={sockets}&port={port}")


def test_the_database_is_reached_by_a_socket_of_its_own_whose_path_fits():
    for folder, is_fit in (("Near", True), ("far" * 60, False)):
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            home.chmod(0o711)
            url = EmbeddedStack(home / folder, own_settings()).postgres.url("other")
        host = conninfo_to_dict(url)["host"]
        assert host == (f"{home}/Near/postgres/socket" if is_fit else "127.0.0.1")
        driver = db.driver_url(url)
        given = driver.get_dialect()().create_connect_args(driver)[1]
        assert (given["host"], given["dbname"]) == (host, "other")


def test_redis_refuses_a_stranger(private_stack):
    private_stack.redis.start()
    port = private_stack.credentials.port("redis")
    once = Retry(NoBackoff(), 0)
    with (
        redis.Redis(port=port, password="guess", retry=once) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_a_server_that_cannot_start_says_why(private_stack):
    private_stack.redis.prepare()
    server = private_stack.redis
    server.command = lambda: ["/bin/sh", "-c", "echo no disk left; exit 3"]
    with pytest.raises(ServiceFailedError, match=r"redis ended while starting\.\nno disk left"):
        server.start()
    assert not server.is_running()


def test_a_taken_port_is_replaced(private_stack):
    port = private_stack.credentials.port("redis")
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        private_stack._start(private_stack.redis)
    assert private_stack.credentials.port("redis") != port
    assert private_stack.redis.answers()


def test_the_database_starts_where_its_user_cannot_reach_the_checkout(tmp_path):
    """Root's directories are closed to the unprivileged user that root starts it as."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stack = EmbeddedStack(closed / "data", own_settings(), durable=False)
    try:
        stack.postgres.start()
        with psycopg.connect(stack.postgres.url()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert psutil.Process(stack.postgres.pid).uids().real != 0
    finally:
        stack.stop()
        shutil.rmtree(stack.postgres.home.parent)
