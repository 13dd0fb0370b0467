"""`make run` as a newcomer meets it: one command, then a second start on the same data."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import MappingProxyType

import psutil
import psycopg
import pytest

from erp.embedded.credentials import free_port
from erp.embedded.programs import PROJECT
from tests.fixtures.product import run_erp
from tests.fixtures.servers import scratch_directory

pytestmark = pytest.mark.xdist_group("product")
ADDRESSES = ("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT_URL", "MQTT_URL", "SECRET_KEY")


@pytest.fixture
def settings():
    directory = scratch_directory()
    yield {"DATA_DIR": str(directory), "WEB_PORT": str(free_port()), "GRANIAN_WORKERS": "1"}
    shutil.rmtree(directory)


class Running:
    """`python -m erp up` until the test ends it."""

    def __init__(self, settings, addresses):
        clean = {key: value for key, value in os.environ.items() if key not in ADDRESSES}
        self.port = settings["WEB_PORT"]
        self.directory = settings["DATA_DIR"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "erp", "up"],
            cwd=PROJECT,
            env=clean | settings | addresses,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def wait_for(self, text):
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return line
        raise AssertionError("".join(self.lines))

    def status(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status

    def end(self, number):
        self.process.send_signal(number)
        output, _none = self.process.communicate(timeout=60)
        self.lines += output.splitlines(keepends=True)
        return self.process.returncode


def processes_of(directory):
    """Command lines that mention the data directory."""
    every = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [line for line in every if any(directory in part for part in line)]


@pytest.fixture
def up(settings):
    """Start `python -m erp up`; what a failed test leaves running is ended."""
    started = []

    def start(addresses=MappingProxyType({})):
        started.append(Running(settings, addresses))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)
        running.process.communicate()


def test_one_command_starts_everything_and_a_second_start_keeps_the_data(settings, up):
    run_erp(settings | dict.fromkeys(ADDRESSES[:4], ""), "build")
    first = up()
    first.wait_for("Ready after")
    login = first.wait_for("owner")
    assert first.status("/health/live") == 200
    assert first.status("/sign-in") == 200
    kept = Path(first.directory, "secrets.json")
    secrets = json.loads(kept.read_text())
    assert first.end(signal.SIGTERM) == 0
    assert "Stopped" in first.lines[-1]
    assert processes_of(first.directory) == []

    began = time.monotonic()
    second = up()
    second.wait_for("Ready after")
    assert second.wait_for("owner") == login
    assert time.monotonic() - began < 60
    assert json.loads(kept.read_text()) == secrets
    assert second.status("/health/live") == 200
    assert second.end(signal.SIGINT) == 0
    assert processes_of(second.directory) == []


def test_configured_servers_are_used_instead_of_embedded_ones(settings, up, private_stack):
    private_stack.start()
    running = up(private_stack.environment())
    running.wait_for("Ready after")
    assert running.status("/health/ready") == 200
    for service in private_stack.services:
        assert f"Starting {service.name}\n" not in running.lines
        assert not Path(settings["DATA_DIR"], service.name).exists()
    assert running.end(signal.SIGTERM) == 0
    assert all(service.answers() for service in private_stack.services)


def test_a_database_newer_than_the_code_is_said_with_the_remedy(settings, up, private_stack):
    private_stack.postgres.start()
    addresses = private_stack.environment()
    run_erp(settings | addresses, "migrate")
    with psycopg.connect(addresses["DATABASE_URL"]) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    refused = subprocess.run(
        [sys.executable, "-m", "erp", "migrate"],
        cwd=PROJECT,
        env=os.environ | settings | addresses,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "9999" in refused.stderr
    assert "Traceback" not in refused.stderr
    running = up({"DATABASE_URL": addresses["DATABASE_URL"], "SECRET_KEY": addresses["SECRET_KEY"]})
    line = running.wait_for("Cannot start")
    assert running.process.wait(timeout=60) == 1
    assert "9999" in line
    assert "rm -rf .data" in line
    assert processes_of(settings["DATA_DIR"]) == []


@pytest.mark.parametrize("name", ["WEB_PORT", "DICOM_PORT"])
def test_a_taken_port_is_said_with_the_remedy(settings, up, name):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        settings[name] = f"{squatter.getsockname()[1]}"
        running = up()
        line = running.wait_for("Cannot start")
        assert running.process.wait(timeout=30) == 1
    assert f"{name}=" in line
    assert processes_of(settings["DATA_DIR"]) == []


def test_serving_an_unknown_process_names_the_known_ones():
    done = subprocess.run(
        [sys.executable, "-m", "erp", "serve", "till"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    for name in ("web", "worker", "relay", "listener"):
        assert name in done.stderr
