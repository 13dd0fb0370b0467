"""An association sleeps until something happens."""

import socket
import threading
import time
from pathlib import Path

import psutil
import pytest
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from jobs.listeners.peer_waking import Bell, Ringing
from tests.peers.conftest import connect, end, sender

IDLE, SECONDS = 5, 2
LOOKS = 4000


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def bell():
    made = Bell()
    yield made
    made.close()


def test_the_bell_ends_a_wait_for_the_socket(bell, line):
    threading.Timer(0.2, Ringing(bell.ring).put, ["something to send"]).start()
    assert bell.wait_for(line[0], 60) is False


def test_a_ring_before_the_wait_is_heard_once(bell, line):
    bell.ring()
    bell.ring()
    assert bell.wait_for(line[0], 60) is False
    began = time.monotonic()
    assert bell.wait_for(line[0], 0.2) is False
    assert time.monotonic() - began >= 0.2


def test_data_and_the_end_of_a_connection_end_the_wait(bell, line):
    ours, theirs = line
    theirs.send(b"x")
    assert bell.wait_for(ours, 60) is True
    ours.recv(1)
    theirs.close()
    assert bell.wait_for(ours, 60) is True


def test_a_bell_of_an_association_that_ended_rings_in_vain(line):
    bell = Bell()
    bell.close()
    bell.ring()
    with pytest.raises(ValueError, match="file descriptor"):
        bell.wait_for(line[0], 1)


def test_idle_associations_hardly_wake(scp, hospital):
    """Two threads of each that look every millisecond would wake some 18,000 times."""
    entity = sender(hospital.peer(), (CTImageStorage, ExplicitVRLittleEndian))
    idle = [connect(entity, scp, hospital) for _ in range(IDLE)]
    assert all(one.is_established for one in idle)
    time.sleep(0.5)
    before = wakes(scp)
    time.sleep(SECONDS)
    assert wakes(scp) - before < LOOKS
    for one in idle:
        end(one)


def wakes(scp) -> int:
    """Return how often the listener's threads went to sleep of their own will so far."""
    total = 0
    for process in psutil.Process(scp.process.pid).children():
        for thread in process.threads():
            status = Path(f"/proc/{process.pid}/task/{thread.id}/status").read_text()
            lines = dict(line.split(":", 1) for line in status.splitlines())
            total += int(lines["voluntary_ctxt_switches"])
    return total
