"""What is not tried for ever: broken destinations, titles nobody knows, peers that moved."""

import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, build_context, evt
from pynetdicom.sop_class import Verification

from erp.adapters.dicom.calling import Called, NoAnswer, echo
from erp.core.settings import get_settings
from erp.services import imaging
from erp.services.documents import blob_key
from jobs.listeners.peer_directory import MISS_SECONDS, Admission, PeerDirectory, Rejection
from jobs.listeners.peer_retrieving import MOST_IN_A_ROW
from tests.dicom.objects import STUDY, good
from tests.ingest.conftest import until
from tests.peers.conftest import connect, end, free_port, send_bytes, sender

CT = (CTImageStorage, ExplicitVRLittleEndian)
MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
OBJECTS = MOST_IN_A_ROW + 5


class Destination:
    """A peer that takes associations and does with objects what a test says."""

    def __init__(self, answer):
        self.port, self.offered, self._answer = free_port(), 0, answer
        entity = AE()
        entity.supported_contexts = [build_context(*CT)]
        handlers = [(evt.EVT_C_STORE, self._take)]
        self.server = entity.start_server(
            ("127.0.0.1", self.port), block=False, evt_handlers=handlers
        )

    def close(self):
        assert self.server is not None
        self.server.shutdown()

    def _take(self, event):
        self.offered += 1
        return self._answer(event)


@pytest.fixture
def destination():
    opened = []

    def open_one(answer):
        opened.append(Destination(answer))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def move_all(scp, hospital, tmp_path, destination):
    """Store a study, have it moved, and return the final answer."""
    filling = connect(sender(hospital.peer(), CT), scp, hospital)
    for number in range(OBJECTS):
        content = good(SOPInstanceUID=f"1.2.3.{number + 1}")
        assert send_bytes(filling, content, tmp_path / "o").Status == 0
    end(filling)
    return moved(scp, hospital, destination)


def moved(scp, hospital, destination):
    """Have the study moved and return the final answer."""
    hospital.peer("BROKEN", host="127.0.0.1", port=destination.port)
    association = connect(sender(hospital.peer(), (MOVE, ExplicitVRLittleEndian)), scp, hospital)
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.StudyInstanceUID = STUDY
    *_, (status, named) = association.send_c_move(wanted, "BROKEN", MOVE)
    end(association)
    return status, named


def test_a_destination_that_takes_nothing_is_given_up(scp, hospital, tmp_path, destination):
    full = destination(lambda _event: 0xA700)
    status, named = move_all(scp, hospital, tmp_path, full)
    assert full.offered == MOST_IN_A_ROW
    assert (status.Status, status.NumberOfFailedSuboperations) == (0xA702, OBJECTS)
    assert len(named.FailedSOPInstanceUIDList) == OBJECTS


def test_a_destination_that_hangs_up_is_not_tried_again(scp, hospital, tmp_path, destination):
    def hang_up(event):
        event.assoc.abort()
        return 0xA700

    broken = destination(hang_up)
    status, named = move_all(scp, hospital, tmp_path, broken)
    assert broken.offered == 1
    assert (status.Status, status.NumberOfFailedSuboperations) == (0xA702, OBJECTS)
    assert len(named.FailedSOPInstanceUIDList) == OBJECTS
    assert "retrieval_given_up" in scp.log()


def test_objects_that_are_not_here_are_no_reason_to_give_up(scp, hospital, tmp_path, destination):
    taking = destination(lambda _event: 0)
    filling = connect(sender(hospital.peer(), CT), scp, hospital)
    for number in range(OBJECTS):
        content = good(SOPInstanceUID=f"1.2.3.{number + 1}", InstanceNumber=number)
        assert send_bytes(filling, content, tmp_path / "o").Status == 0
    end(filling)
    for row in hospital.rows(
        "select sha256 from dicom_instance order by number limit %s", OBJECTS - 1
    ):
        hospital.storage.remove(blob_key(hospital.ctx.tenant_id, row["sha256"]))
    status, _ = moved(scp, hospital, taking)
    assert (taking.offered, status.NumberOfFailedSuboperations) == (1, OBJECTS - 1)
    assert status.Status == 0xB000


def test_strangers_do_not_have_the_database_read_each_time(hospital, monkeypatch):
    reads = []
    listed = imaging.list_peer_accounts

    def counted(session):
        reads.append(1)
        return listed(session)

    monkeypatch.setattr(imaging, "list_peer_accounts", counted)
    directory = PeerDirectory()
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        asked = [
            pool.submit(directory.admit, hospital.title, f"NOBODY{number}", "127.0.0.1", "")
            for number in range(60)
        ]
    assert all(isinstance(one.result(), Rejection) for one in asked)
    assert len(reads) <= 2 + (time.monotonic() - began) / MISS_SECONDS


def test_who_is_new_is_let_in_at_once(hospital):
    directory = PeerDirectory()
    assert isinstance(directory.admit(hospital.title, "LATER", "127.0.0.1", ""), Rejection)
    hospital.peer("LATER")
    assert isinstance(directory.admit(hospital.title, "LATER", "127.0.0.1", ""), Admission)


def test_an_open_association_ends_with_the_address_it_came_from(hospital):
    title = hospital.peer()
    directory = PeerDirectory()
    admitted = directory.admit(hospital.title, title, "127.0.0.1", "")
    assert directory.renewed(admitted) == admitted
    given = {"name": title, "may_store": True, "device_id": hospital.peers[title]}
    hospital.run("imaging.change_peer", address="10.9.9.0/24", **given)
    until(lambda: directory.renewed(admitted) is None, 10)


def test_an_open_association_ends_when_its_peer_is_bound_to_another_certificate(hospital):
    title = hospital.peer(certificate="ab" * 32)
    directory = PeerDirectory()
    admitted = directory.admit(hospital.title, title, "127.0.0.1", "ab" * 32)
    assert directory.renewed(admitted) == admitted
    given = {"name": title, "may_store": True, "device_id": hospital.peers[title]}
    hospital.run("imaging.change_peer", address="127.0.0.1", certificate="cd" * 32, **given)
    until(lambda: directory.renewed(admitted) is None, 10)


def test_a_called_peer_must_show_a_certificate_of_its_own_name(environment, tmp_path, monkeypatch):
    assert environment
    authority = tmp_path / "ca"
    _certificate(authority, "DNS:authority")
    answers = {}
    for name, place in (("right", "IP:127.0.0.1"), ("other", "DNS:elsewhere.example")):
        _certificate(tmp_path / name, place, authority)
        monkeypatch.setenv("DICOM_TLS_CA", f"{authority}.crt")
        get_settings.cache_clear()
        entity, port = AE(ae_title="PEER"), free_port()
        entity.add_supported_context(Verification)
        server = entity.start_server(
            ("127.0.0.1", port), block=False, ssl_context=_serving(tmp_path / name)
        )
        try:
            answers[name] = echo("US", Called("PEER", "127.0.0.1", port, uses_tls=True))
        except NoAnswer as refused:
            answers[name] = str(refused)
        finally:
            assert server is not None
            server.shutdown()
    get_settings.cache_clear()
    assert answers["right"] == "It answered."
    assert "certificate" in answers["other"]


def _serving(path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{path}.crt", f"{path}.key")
    return context


def _certificate(path, name, signer=None):
    by = ["-CA", f"{signer}.crt", "-CAkey", f"{signer}.key"] if signer else []
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    about = ["-subj", f"/CN={path.name}", "-addext", f"subjectAltName={name}"]
    files = ["-keyout", f"{path}.key", "-out", f"{path}.crt"]
    subprocess.run([*made, *about, *by, *files], check=True, capture_output=True)
