"""Who has a place at the port: no peer keeps another out, and no stranger any peer."""

import socket
import time

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, build_context, evt
from pynetdicom.sop_class import Verification

from jobs.listeners.peer_room import STRANGER_PLACES, WAIT_SECONDS, Strangers
from tests.dicom.objects import SOP, STUDY, good
from tests.ingest.conftest import until
from tests.peers.conftest import (
    begin,
    connect,
    dataset_of,
    end,
    free_port,
    make_hospital,
    send_bytes,
    send_pdu,
    sender,
    tool,
)

CT = (CTImageStorage, ExplicitVRLittleEndian)
MOVE = "1.2.840.10008.5.1.4.1.2.2.2"


def called(scp, hospital):
    """Ask for an association as a peer of its own with dcmtk's echoscu."""
    line = ("-to", 15, "-ta", 15, "-aet", hospital.peer(), "-aec", hospital.title)
    return tool("echoscu", *line, "127.0.0.1", scp.port)


def assert_full(association):
    assert association.is_rejected
    answer = association.acceptor.primitive
    assert (answer.result, answer.result_source, answer.diagnostic) == (2, 3, 2)


def test_a_peer_has_half_of_the_places_and_the_next_is_refused_at_once(listen):
    scp = listen(DICOM_ASSOCIATIONS="4")
    hospital = make_hospital()
    noisy = sender(hospital.peer(), CT)
    open_now = [connect(noisy, scp, hospital) for _ in range(2)]
    asked_at = time.monotonic()
    assert_full(connect(noisy, scp, hospital))
    assert time.monotonic() - asked_at < WAIT_SECONDS / 2
    assert called(scp, hospital).returncode == 0
    assert all(one.is_established for one in open_now)
    for one in open_now:
        end(one)


def test_an_idle_association_gives_its_place_to_a_peer_that_waits(listen, tmp_path):
    scp = listen(DICOM_ASSOCIATIONS="1")
    hospital = make_hospital()
    holder = sender(hospital.peer(), CT)
    idle = connect(holder, scp, hospital)
    assert send_bytes(idle, good(), tmp_path / "a").Status == 0
    done = called(scp, hospital)
    assert done.returncode == 0, done.stderr
    until(lambda: idle.is_aborted, 5)
    again = until(lambda: let_in(connect(holder, scp, hospital)), 10)
    assert send_bytes(again, good(SOPInstanceUID="1.2.3.2"), tmp_path / "b").Status == 0
    end(again)
    assert "place_given_up" in scp.log()


def test_the_association_that_has_been_silent_for_longest_gives_way(listen, tmp_path):
    scp = listen(DICOM_ASSOCIATIONS="2")
    hospital = make_hospital()
    first, second = (connect(sender(hospital.peer(), CT), scp, hospital) for _ in range(2))
    time.sleep(0.5)
    assert send_bytes(first, good(), tmp_path / "a").Status == 0
    assert called(scp, hospital).returncode == 0
    until(lambda: second.is_aborted, 5)
    assert send_bytes(first, good(SOPInstanceUID="1.2.3.2"), tmp_path / "b").Status == 0
    end(first)


def test_an_association_in_use_keeps_its_place(listen):
    scp = listen(DICOM_ASSOCIATIONS="1")
    hospital = make_hospital()
    busy = connect(sender(hospital.peer(), CT), scp, hospital)
    content = dataset_of(good())
    begin(busy, SOP, content)
    asked_at = time.monotonic()
    assert_full(connect(sender(hospital.peer(), CT), scp, hospital))
    assert time.monotonic() - asked_at >= WAIT_SECONDS - 1, "it waited for a place"
    busy._reactor_checkpoint.clear()  # nobody but the test reads the answer
    send_pdu(busy, busy.accepted_contexts[0].context_id, 0x02, content[-1:])
    _, answer = busy.dimse.get_msg(block=True)
    busy._reactor_checkpoint.set()
    assert answer.Status == 0
    end(busy)


def let_in(association):
    return association if association.is_established else None


def test_a_peer_that_waited_for_us_is_not_taken_for_silent(listen, tmp_path):
    def slow(_event):
        time.sleep(2.5)
        return 0x0000

    port = free_port()
    destination = AE()
    destination.supported_contexts = [build_context(*CT)]
    server = destination.start_server(
        ("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, slow)]
    )
    scp = listen(DICOM_IDLE_SECONDS="2")
    hospital = make_hospital()
    hospital.peer("SLOW", host="127.0.0.1", port=port)
    contexts = (CT, (MOVE, ExplicitVRLittleEndian), (Verification, ExplicitVRLittleEndian))
    asking = connect(sender(hospital.peer(), *contexts), scp, hospital)
    assert send_bytes(asking, good(), tmp_path / "a").Status == 0
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.StudyInstanceUID = STUDY
    *_, (status, _) = asking.send_c_move(wanted, "SLOW", MOVE)
    assert status.Status == 0
    time.sleep(0.5)
    assert asking.send_c_echo().Status == 0, "the association went on after the move"
    end(asking)
    assert server is not None
    server.shutdown()


def test_a_crowd_that_says_nothing_keeps_no_peer_out(listen):
    scp = listen(DICOM_ASSOCIATIONS="1")
    hospital = make_hospital()
    crowd = [socket.create_connection(("127.0.0.1", scp.port)) for _ in range(12)]
    done = called(scp, hospital)
    assert done.returncode == 0, done.stderr
    assert "too_many_connections" in scp.log()
    crowd[-1].settimeout(15)
    assert crowd[-1].recv(1) == b"", "who says nothing keeps no place for long"
    for one in crowd:
        one.close()


def test_a_crowd_from_where_no_peer_is_shares_a_few_places(listen):
    scp = listen(DICOM_ASSOCIATIONS="8")
    hospital = make_hospital()
    assert called(scp, hospital).returncode == 0
    own = socket.create_connection(("127.0.0.1", scp.port))
    crowd = [
        socket.create_connection(("127.0.0.1", scp.port), source_address=("127.0.0.9", 0))
        for _ in range(STRANGER_PLACES + 30)
    ]
    until(lambda: sum(is_ended(one) for one in crowd) == 30, 5)
    assert not is_ended(own)
    for one in (own, *crowd):
        one.close()


def is_ended(connection):
    connection.setblocking(False)  # noqa: FBT003  socket's own
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.fixture
def lines():
    """Pairs of sockets: what the listener has, and what the caller has."""
    made = []

    def new():
        made.append(socket.socketpair())
        return made[-1]

    yield new
    for pair in made:
        for one in pair:
            one.close()


def test_of_too_many_who_wait_the_oldest_goes_that_asked_for_nothing(lines):
    strangers = Strangers(3)
    (asking, _), (sending, caller), (silent, at_silent) = (lines() for _ in range(3))
    for one in (asking, sending, silent):
        assert not strangers.come(one, is_from_peer=True)
    strangers.ask(asking)
    caller.sendall(b"\1")
    assert strangers.come(lines()[0], is_from_peer=True)
    assert at_silent.recv(1) == b"", "neither who asked nor whose words nobody read yet"
    strangers.go(asking)
    assert not strangers.come(lines()[0], is_from_peer=True)


def test_where_all_who_wait_have_asked_the_oldest_goes_and_never_the_newest(lines):
    strangers = Strangers(2)
    (oldest, at_oldest), (later, _) = lines(), lines()
    for one in (oldest, later):
        strangers.come(one, is_from_peer=True)
        strangers.ask(one)
    assert strangers.come(lines()[0], is_from_peer=True)
    assert at_oldest.recv(1) == b""


def test_who_sends_a_unit_a_little_at_a_time_keeps_no_place(listen):
    scp = listen(DICOM_IDLE_SECONDS="1", DICOM_ASSOCIATIONS="1")
    with socket.create_connection(("127.0.0.1", scp.port)) as stranger:
        stranger.sendall(b"\1\0\0\0\xff\xff")  # a request for an association, that never comes
        until(lambda: _is_refused(stranger), 10)
        hospital = make_hospital()
        title = hospital.peer()
        end(until(lambda: let_in(connect(sender(title, CT), scp, hospital)), 10))


def _is_refused(connection):
    """Send one byte more; tell whether nobody takes it."""
    try:
        connection.sendall(b"\0")
    except OSError:
        return True
    return False
