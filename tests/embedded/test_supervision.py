import os
import signal
import threading
import time

import psutil
import pytest

from erp.embedded import ServiceFailedError
from erp.embedded.credentials import free_port
from erp.embedded.launch import CannotStartError, ended_by_signals, only_instance, serve
from erp.embedded.programs import Program, ProgramProcess, product_programs
from erp.embedded.supervisor import Supervisor
from tests.fixtures.servers import own_settings

SERVER = (
    "import sys; from http.server import *;"
    " HTTPServer(('127.0.0.1', int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()"
)
SLEEP = ("-c", "import time; time.sleep(600)")
CHILD = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
FAMILY = ("-c", f"import subprocess, sys, time; {CHILD}; time.sleep(600)")


def eventually(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def supervised(tmp_path):
    """Start a program under supervision; everything ends with the test."""
    end = threading.Event()
    lines: list[str] = []
    threads = []
    processes = []

    def start(arguments):
        process = ProgramProcess(tmp_path, Program("standin", arguments))
        process.start()
        processes.append(process)
        supervisor = Supervisor([process], lines.append, first_pause_seconds=0.05)
        threads.append(threading.Thread(target=supervisor.run, args=(end,)))
        threads[-1].start()
        return process, lines

    yield start
    end.set()
    for thread in threads:
        thread.join()
    for process in processes:
        process.stop()


def test_a_crashed_program_is_started_again(supervised):
    process, lines = supervised(SLEEP)
    first = process.pid
    os.kill(first, signal.SIGKILL)
    eventually(lambda: process.pid not in {first, None})
    assert "standin ended; starting it again in 0.05 s" in lines[0]
    eventually(lambda: lines[-1] == "standin is running again")


def test_the_pause_doubles_while_it_keeps_crashing(supervised):
    _process, lines = supervised(("-c", "import time; time.sleep(0.2)"))
    eventually(lambda: sum("starting it again" in line for line in lines) >= 3)
    pauses = [line.split(" in ")[1].split(" s")[0] for line in lines if "again in" in line]
    assert pauses[:3] == ["0.05", "0.1", "0.2"]


@pytest.fixture
def family(tmp_path):
    """A program and the process it started."""
    process = ProgramProcess(tmp_path, Program("family", FAMILY))
    process.start()
    parent = psutil.Process(process.pid)
    eventually(parent.children)
    yield process, parent.children()[0]
    process.kill()


def test_stopping_ends_the_programs_children_too(family):
    process, child = family
    process.stop()
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_children_of_a_crashed_program_do_not_outlive_its_restart(family):
    process, child = family
    os.kill(process.pid, signal.SIGKILL)
    eventually(lambda: not process.is_running())
    assert child.is_running()
    process.start()
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_program_that_ignores_the_request_is_ended_by_force(tmp_path, monkeypatch):
    monkeypatch.setattr("erp.embedded.process.STOP_SECONDS", 0.3)
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(600)"
    process = ProgramProcess(tmp_path, Program("stubborn", ("-c", stubborn)))
    process.start()
    eventually(process.log_path.read_text)
    process.stop()
    assert not process.is_running()


def test_serve_starts_the_table_waits_for_health_and_stops_on_a_signal(tmp_path):
    port = free_port()
    table = [
        Program(
            "web",
            ("-c", SERVER, str(port)),
            health=("127.0.0.1", port, "/"),
        ),
        Program("worker", SLEEP),
    ]
    lines: list[str] = []
    end = threading.Event()
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    with ended_by_signals(end):
        serve([], table, tmp_path, lines.append, end, ["owner@demo / secret"])
    timer.join()
    assert lines[:2] == ["Starting web", "Starting worker"]
    assert "  owner@demo / secret" in lines
    assert lines[-2:] == ["Stopping", f"Stopped; the data stays in {tmp_path}"]
    assert not any(ProgramProcess(tmp_path, program).is_running() for program in table)


def test_a_program_that_never_gets_healthy_fails_with_its_log(tmp_path):
    broken = Program(
        "web", ("-c", "raise SystemExit('no such table')"), health=("127.0.0.1", 1, "/")
    )
    with pytest.raises(ServiceFailedError, match="no such table"):
        serve([], [broken], tmp_path, lambda _line: None, threading.Event())


def test_a_second_instance_on_the_same_data_is_refused(tmp_path):
    with (
        only_instance(tmp_path),
        pytest.raises(CannotStartError, match="running instance"),
        only_instance(tmp_path),
    ):
        pass


def test_the_products_table_names_what_must_run():
    settings = own_settings().model_copy(update={"web_port": 8123, "dicom_port": 11112})
    table = {program.name: program for program in product_programs(settings)}
    assert list(table) == ["web", "worker", "relay", "listener", "dicom"]
    assert table["web"].health == ("127.0.0.1", 8123, "/health/live")
