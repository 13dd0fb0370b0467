"""Programs are forks of one process that has imported the product."""

import json
import os
import signal

import psutil
import pytest

from erp.embedded.nursery import Nursery
from erp.embedded.process import ServiceFailedError
from erp.embedded.programs import PROJECT
from tests.crash.places import eventually


@pytest.fixture
def nursery():
    own = Nursery()
    yield own
    if own._process is not None:
        with own._process as process:
            process.kill()


def fork(nursery: Nursery, log, mark: str) -> tuple[int, dict[str, object]]:
    environment = dict(os.environ) | {"PYTHONPATH": str(PROJECT), "MARK": mark}
    pid = nursery.fork(("tests.embedded.forked", "--once"), environment, PROJECT, log)
    eventually(lambda: log.exists() and log.read_text().endswith("\n"))
    told = json.loads(log.read_text())
    os.kill(pid, signal.SIGKILL)
    return pid, told


def test_programs_share_the_product_and_nothing_else(nursery, tmp_path):
    one, first = fork(nursery, tmp_path / "one.log", "one")
    two, second = fork(nursery, tmp_path / "two.log", "two")
    assert (first["mark"], second["mark"]) == ("one", "two")
    assert first["parent"] == second["parent"] == nursery._process.pid
    for told in (first, second):
        assert told["has_product"]
        assert told["has_pages"]
        assert not told["has_read_settings"]
        assert told["arguments"] == ["tests.embedded.forked", "--once"]
        assert told["leads"]
        assert told["reads"] == ""
        assert told["home"] == str(PROJECT)
    eventually(lambda: not psutil.pid_exists(one) and not psutil.pid_exists(two))


def test_a_nursery_that_ended_is_said_and_started_again(nursery, tmp_path):
    fork(nursery, tmp_path / "one.log", "one")
    ended = nursery._process
    ended.stdin.close()  # its input ends
    with pytest.raises(ServiceFailedError, match="has ended"):
        fork(nursery, tmp_path / "two.log", "two")
    _pid, told = fork(nursery, tmp_path / "three.log", "three")
    assert told["parent"] == nursery._process.pid != ended.pid
