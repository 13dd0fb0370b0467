"""TLS, and what a peer may cost: associations, silence, size."""

import socket
import subprocess
import time
from typing import Any

import pytest
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom.pdu_primitives import P_DATA

from erp.core.settings import get_settings
from tests.dicom.objects import good
from tests.ingest.conftest import until
from tests.peers.conftest import (
    connect,
    dataset_of,
    end,
    make_hospital,
    make_scp,
    send_bytes,
    send_pdu,
    sender,
    store_command,
    tool,
)

CT = (CTImageStorage, ExplicitVRLittleEndian)


@pytest.fixture
def listen(stack, environment, engine, tmp_path):
    """Start a listener of one process with settings of its own."""
    assert engine
    get_settings.cache_clear()
    made = make_scp(stack, environment, tmp_path)

    def start(**more):
        made.start(DICOM_PROCESSES="1", **more)
        return made

    yield start
    made.stop()


def test_a_peer_has_half_of_the_places_and_the_next_is_refused_for_now(listen):
    scp = listen(DICOM_ASSOCIATIONS="4")
    hospital = make_hospital()
    noisy, other, late = (sender(hospital.peer(), CT) for _ in range(3))
    open_now = [connect(noisy, scp, hospital) for _ in range(2)]
    _assert_full(connect(noisy, scp, hospital))
    open_now += [connect(other, scp, hospital) for _ in range(2)]
    _assert_full(connect(late, scp, hospital))

    assert all(one.is_established for one in open_now)
    end(open_now.pop())
    end(until(lambda: _let_in(connect(late, scp, hospital)), 10))
    for one in open_now:
        end(one)


def _assert_full(association):
    assert association.is_rejected
    answer = association.acceptor.primitive
    assert (answer.result, answer.result_source, answer.diagnostic) == (2, 3, 2)


def test_a_crowd_that_says_nothing_keeps_no_peer_out(listen):
    scp = listen(DICOM_ASSOCIATIONS="1")
    hospital = make_hospital()
    crowd = [socket.create_connection(("127.0.0.1", scp.port)) for _ in range(12)]
    called = tool(
        "echoscu", "-to", 5, "-aet", hospital.peer(), "-aec", hospital.title, "127.0.0.1", scp.port
    )
    assert called.returncode == 0, called.stderr
    assert "too_many_connections" in scp.log()
    crowd[-1].settimeout(15)
    assert crowd[-1].recv(1) == b"", "who says nothing keeps no place for long"
    for one in crowd:
        one.close()


def test_objects_that_do_not_fit_into_memory_together_are_sent_again(listen, tmp_path):
    scp = listen(DICOM_LARGEST_MB="3")
    hospital = make_hospital()
    noisy, other = (sender(hospital.peer(), CT) for _ in range(2))
    content = good(Rows=1024, Columns=1360, PixelData=bytes(1024 * 1360 * 2))
    first, second = (connect(noisy, scp, hospital) for _ in range(2))
    _begin(first, "1.2.3.1", dataset_of(content))

    late = good(SOPInstanceUID="1.2.3.2", Rows=1024, Columns=1360, PixelData=bytes(1024 * 2720))
    assert send_bytes(second, late, tmp_path / "a").Status == 0xA700
    assert "memory_full" in scp.log()
    small = good(SOPInstanceUID="1.2.3.3")
    assert send_bytes(second, small, tmp_path / "b").Status == 0, "the association goes on"
    third = connect(other, scp, hospital)
    assert send_bytes(third, late, tmp_path / "c").Status == 0, "another peer has its own half"

    first.abort()
    until(lambda: send_bytes(second, late, tmp_path / "d").Status == 0, 10)
    for one in (second, third):
        end(one)


def _begin(association, sop_uid, content):
    """Send all of an object but its end."""
    context = association.accepted_contexts[0].context_id
    send_pdu(association, context, 0x03, store_command(sop_uid))
    for at in range(0, len(content) - 1, 500_000):
        send_pdu(association, context, 0x00, content[at : min(at + 500_000, len(content) - 1)])
    time.sleep(0.5)  # what was sent is read


def test_silence_and_size_end_an_association(listen, tmp_path):
    scp = listen(DICOM_IDLE_SECONDS="1", DICOM_LARGEST_MB="1")
    hospital = make_hospital()
    title = hospital.peer()
    silent = connect(sender(title, CT), scp, hospital)
    until(lambda: not silent.is_established, 20)

    large = connect(sender(title, CT), scp, hospital)
    content = good(Rows=1024, Columns=1024, PixelData=bytes(1024 * 1024 * 2))
    status = send_bytes(large, content, tmp_path / "o")
    assert "Status" not in status
    assert hospital.rows("select 1 from imaging_transfer") == []
    assert "object_too_large" in scp.log()


def test_who_sends_a_unit_a_little_at_a_time_keeps_no_place(listen):
    scp = listen(DICOM_IDLE_SECONDS="1", DICOM_ASSOCIATIONS="1")
    with socket.create_connection(("127.0.0.1", scp.port)) as stranger:
        stranger.sendall(b"\1\0\0\0\xff\xff")  # a request for an association, that never comes
        until(lambda: _is_refused(stranger), 10)
        hospital = make_hospital()
        title = hospital.peer()
        end(until(lambda: _let_in(connect(sender(title, CT), scp, hospital)), 10))


def _let_in(association):
    return association if association.is_established else None


def _is_refused(connection):
    """Send one byte more; tell whether nobody takes it."""
    try:
        connection.sendall(b"\0")
    except OSError:
        return True
    return False


def test_a_request_that_does_not_come_to_an_end_ends_its_association(listen):
    scp = listen()
    hospital = make_hospital()
    talker = connect(sender(hospital.peer(), CT), scp, hospital)
    context = talker.accepted_contexts[0].context_id
    for _ in range(200):
        part: Any = P_DATA()
        part.presentation_data_value_list = [[context, b"\x01" + bytes(8000)]]
        talker.dul.send_pdu(part)
    until(lambda: not talker.is_established, 20)
    again = connect(sender(hospital.peer(), CT), scp, hospital)
    assert again.is_established
    end(again)


def test_with_a_certificate_only_tls_is_spoken_and_peers_show_one(listen, tmp_path):
    authority, ours, theirs = (tmp_path / name for name in ("ca", "ours", "theirs"))
    _certificate(authority)
    _certificate(ours, authority)
    _certificate(theirs, authority)
    scp = listen(
        DICOM_TLS_CERTIFICATE=f"{ours}.crt",
        DICOM_TLS_KEY=f"{ours}.key",
        DICOM_TLS_CA=f"{authority}.crt",
    )
    hospital = make_hospital()
    line = ("echoscu", "-to", "5", "-aet", hospital.peer(), "-aec", hospital.title)
    trust = ("+cf", f"{authority}.crt")
    here = ("127.0.0.1", scp.port)

    assert tool(*line, *here).returncode != 0, "no TLS"
    assert tool(*line, "+tla", *trust, *here).returncode != 0, "no certificate"
    own = ("+tls", f"{theirs}.key", f"{theirs}.crt")
    done = tool(*line, *own, *trust, *here)
    assert done.returncode == 0, done.stderr + done.stdout


def _certificate(path, signer=None):
    """Make a key and a certificate for this machine, signed by an authority or by itself."""
    subject = ["-subj", f"/CN={path.name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    by = ["-CA", f"{signer}.crt", "-CAkey", f"{signer}.key"] if signer else []
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", f"{path}.key", "-out", f"{path}.crt"]
    subprocess.run(
        [*made, *subject, *by, *files],
        check=True,
        capture_output=True,
    )
