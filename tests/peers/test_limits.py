"""TLS, and what a peer may cost: associations, silence, size."""

import socket
import subprocess
from typing import Any

from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom.pdu_primitives import P_DATA

from tests.dicom.objects import good
from tests.ingest.conftest import until
from tests.peers.conftest import (
    begin,
    connect,
    dataset_of,
    end,
    make_hospital,
    send_bytes,
    sender,
    tool,
)

CT = (CTImageStorage, ExplicitVRLittleEndian)


def test_objects_that_do_not_fit_into_memory_together_are_sent_again(listen, tmp_path):
    scp = listen(DICOM_LARGEST_MB="3")
    hospital = make_hospital()
    noisy, other = (sender(hospital.peer(), CT) for _ in range(2))
    content = good(Rows=1024, Columns=1360, PixelData=bytes(1024 * 1360 * 2))
    first, second = (connect(noisy, scp, hospital) for _ in range(2))
    begin(first, "1.2.3.1", dataset_of(content))

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


def test_a_peer_bound_to_a_certificate_is_nobody_with_another(listen, tmp_path):
    authority, ours, theirs, other = (tmp_path / name for name in ("ca", "ours", "theirs", "other"))
    _certificate(authority)
    for name in (ours, theirs, other):
        _certificate(name, authority)
    scp = listen(
        DICOM_TLS_CERTIFICATE=f"{ours}.crt",
        DICOM_TLS_KEY=f"{ours}.key",
        DICOM_TLS_CA=f"{authority}.crt",
    )
    hospital = make_hospital()
    bound = hospital.peer(certificate=_fingerprint(theirs))

    def call(title, shown):
        line = ("echoscu", "-to", "5", "-aet", title, "-aec", hospital.title)
        own = ("+tls", f"{shown}.key", f"{shown}.crt", "+cf", f"{authority}.crt")
        return tool(*line, *own, "127.0.0.1", scp.port)

    refused = call(bound, other)
    assert refused.returncode != 0
    assert "Calling AE Title Not Recognized" in refused.stderr + refused.stdout
    assert "not the peer's certificate" in scp.log()
    done = call(bound, theirs)
    assert done.returncode == 0, done.stderr + done.stdout
    assert call(hospital.peer(), other).returncode == 0, "bound to none"


def test_a_peer_bound_to_a_certificate_is_nobody_without_tls(listen):
    scp = listen()
    hospital = make_hospital()
    line = ("echoscu", "-to", "5", "-aec", hospital.title, "127.0.0.1", scp.port)
    assert tool(*line, "-aet", hospital.peer(certificate="ab" * 32)).returncode != 0
    assert tool(*line, "-aet", hospital.peer()).returncode == 0


def _fingerprint(path):
    """Return a certificate's fingerprint as openssl writes it."""
    told = ["openssl", "x509", "-in", f"{path}.crt", "-noout", "-fingerprint", "-sha256"]
    done = subprocess.run(told, check=True, capture_output=True, text=True)
    return done.stdout.partition("=")[2].strip()


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
