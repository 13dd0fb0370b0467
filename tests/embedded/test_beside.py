"""Commands beside a product whose servers are partly embedded, partly one's own."""

import os

import pytest

from erp.core.settings import get_settings
from erp.embedded.beside import use_running_stack
from tests.fixtures.product import run_erp

OPEN = (
    "DATABASE_URL",
    "REDIS_URL",
    "S3_ENDPOINT_URL",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
    "MQTT_URL",
    "SECRET_KEY",
)


@pytest.fixture
def configured(monkeypatch, private_stack):
    """Configure this process for the stack's directory with nothing else, until the test ends."""

    def configure(**addresses):
        for name in OPEN:
            monkeypatch.setenv(name, addresses.get(name, ""))
        monkeypatch.setenv("DATA_DIR", addresses.get("DATA_DIR", str(private_stack.data_dir)))
        get_settings.cache_clear()

    yield configure
    monkeypatch.undo()
    get_settings.cache_clear()


def test_beside_a_database_of_ones_own_the_embedded_servers_are_found(configured, private_stack):
    private_stack.redis.start()
    private_stack.mqtt.start()
    embedded = private_stack.environment()
    own = "postgresql://vantage:secret@elsewhere/vantage"
    configured(DATABASE_URL=own)
    use_running_stack()
    found = get_settings()
    assert found.database_url == own
    assert found.redis_url == embedded["REDIS_URL"]
    assert found.mqtt_url == embedded["MQTT_URL"]
    assert found.secret_key.get_secret_value() == embedded["SECRET_KEY"]
    assert not found.s3_endpoint_url, "an embedded server that does not run is no address"


def test_configured_addresses_stay_what_they_are(configured, private_stack):
    private_stack.start()
    chosen = {name: f"chosen-{name}" for name in OPEN}
    configured(**chosen)
    use_running_stack()
    assert {name: os.environ[name] for name in OPEN} == chosen


def test_where_nothing_was_embedded_nothing_is_made(configured, tmp_path):
    configured(DATABASE_URL="postgresql://elsewhere/vantage", DATA_DIR=str(tmp_path / "none"))
    use_running_stack()
    assert not (tmp_path / "none").exists()
    assert not get_settings().secret_key.get_secret_value()


def test_without_any_database_the_remedy_is_said(configured, private_stack):
    private_stack.redis.start()
    configured()
    with pytest.raises(SystemExit, match="make run"):
        use_running_stack()


def test_the_books_are_proven_beside_a_database_of_ones_own(private_stack):
    private_stack.postgres.start()
    private_stack.objects.start()
    everything = private_stack.environment()
    run_erp(everything, "migrate")
    unset = dict.fromkeys(OPEN, "") | {"DATA_DIR": str(private_stack.data_dir)}
    said = run_erp(unset | {"DATABASE_URL": everything["DATABASE_URL"]}, "verify")
    assert "promises hold" in said
