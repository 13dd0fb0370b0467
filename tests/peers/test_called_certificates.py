"""A peer that is bound to a certificate is called with that one alone, whatever it is called for."""

import ssl
import subprocess

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, build_context, evt
from pynetdicom.sop_class import Verification

from erp.adapters.dicom.calling import Called, NoAnswer, echo
from erp.core.settings import get_settings
from jobs.listeners.peer_contexts import STORAGE_COMMITMENT
from tests.dicom.objects import SOP, STUDY, good
from tests.ingest.conftest import until
from tests.peers.conftest import connect, end, free_port, make_hospital, send_bytes, sender
from tests.peers.test_committing import ask

CT = (CTImageStorage, ExplicitVRLittleEndian)
COMMIT = (STORAGE_COMMITMENT, ExplicitVRLittleEndian)
MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
ITS_OWN, ANOTHER = "its_own", "another"


class Node:
    """A modality that takes associations over TLS, and shows the certificate it is told to."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.asked: list[str] = []
        self.objects: list[str] = []
        self.reports: list[Dataset] = []
        self._server = None

    def show(self, name):
        """Listen with this certificate."""
        self.stop()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{self.folder / name}.crt", f"{self.folder / name}.key")
        entity = AE(ae_title="NODE")
        entity.supported_contexts = [build_context(*CT), build_context(Verification)]
        entity.add_supported_context(STORAGE_COMMITMENT, scu_role=True, scp_role=True)
        handlers = [
            (evt.EVT_REQUESTED, lambda _event: self.asked.append(name)),
            (evt.EVT_C_STORE, self._take),
            (evt.EVT_N_EVENT_REPORT, self._hear),
        ]
        self._server = entity.start_server(
            ("127.0.0.1", self.port), block=False, evt_handlers=handlers, ssl_context=context
        )

    def stop(self):
        if self._server is not None:
            self._server.shutdown()

    def _take(self, event):
        self.objects.append(event.request.AffectedSOPInstanceUID)
        return 0x0000

    def _hear(self, event):
        self.reports.append(event.event_information)
        return 0x0000, None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two certificates of one authority for the same place."""
    made = tmp_path_factory.mktemp("certificates")
    _certificate(made / "ca", "DNS:authority")
    for name in (ITS_OWN, ANOTHER):
        _certificate(made / name, "IP:127.0.0.1", made / "ca")
    return made


@pytest.fixture
def node(folder):
    made = Node(folder)
    yield made
    made.stop()


@pytest.mark.parametrize(
    ("shown", "bound", "is_answered"),
    [(ITS_OWN, ITS_OWN, True), (ANOTHER, ITS_OWN, False), (ANOTHER, None, True)],
)
def test_a_bound_peer_is_told_nothing_before_it_has_shown_its_own(
    environment, node, monkeypatch, shown, bound, is_answered
):
    assert environment
    monkeypatch.setenv("DICOM_TLS_CA", f"{node.folder}/ca.crt")
    get_settings.cache_clear()
    node.show(shown)
    certificate = _fingerprint(node.folder / bound) if bound else ""
    peer = Called("NODE", "127.0.0.1", node.port, uses_tls=True, certificate=certificate)
    if is_answered:
        assert echo("US", peer) == "It answered."
        assert node.asked == [shown]
    else:
        with pytest.raises(NoAnswer, match="is the one it is bound to"):
            echo("US", peer)
        assert node.asked == []
    get_settings.cache_clear()


def test_a_bound_peer_is_never_called_without_tls(environment, node):
    assert environment
    with pytest.raises(NoAnswer, match="over TLS alone"):
        echo("US", Called("NODE", "127.0.0.1", node.port, certificate="ab" * 32))


def test_objects_are_moved_and_answers_sent_to_the_holder_of_the_certificate_alone(
    listen, node, tmp_path
):
    """The peer asks with its own certificate; whoever answers where it is called shows another."""
    ca, own = f"{node.folder}/ca.crt", f"{node.folder / ITS_OWN}"
    scp = listen(
        DICOM_TLS_CERTIFICATE=f"{node.folder / ANOTHER}.crt",
        DICOM_TLS_KEY=f"{node.folder / ANOTHER}.key",
        DICOM_TLS_CA=ca,
    )
    hospital = make_hospital()
    bound = _fingerprint(node.folder / ITS_OWN)
    hospital.peer("NODE", host="127.0.0.1", port=node.port, uses_tls=True, certificate=bound)
    context = ssl.create_default_context(cafile=ca)
    context.load_cert_chain(f"{own}.crt", f"{own}.key")
    entity = sender("NODE", CT, COMMIT, (MOVE, ExplicitVRLittleEndian))
    association = connect(entity, scp, hospital, tls_args=(context, "127.0.0.1"))
    assert send_bytes(association, good(), tmp_path / "o").Status == 0

    node.show(ANOTHER)
    assert _moved(association) == 0xA801
    assert ask(association, (CTImageStorage, SOP)) == 0
    [row] = until(lambda: hospital.rows("select problem from storage_commitment where tries > 0"))
    assert "is the one it is bound to" in row["problem"]
    assert (node.asked, node.objects, node.reports) == ([], [], [])

    node.show(ITS_OWN)
    assert _moved(association) == 0x0000
    assert node.objects == [SOP]
    until(lambda: node.reports, 40)
    end(association)


def _moved(association):
    wanted = Dataset()
    wanted.QueryRetrieveLevel, wanted.StudyInstanceUID = "STUDY", STUDY
    *_, (status, _) = association.send_c_move(wanted, "NODE", MOVE)
    return status.Status


def _fingerprint(path):
    told = ["openssl", "x509", "-in", f"{path}.crt", "-noout", "-fingerprint", "-sha256"]
    done = subprocess.run(told, check=True, capture_output=True, text=True)
    return done.stdout.partition("=")[2].strip().replace(":", "").lower()


def _certificate(path, name, signer=None):
    by = ["-CA", f"{signer}.crt", "-CAkey", f"{signer}.key"] if signer else []
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    about = ["-subj", f"/CN={path.name}", "-addext", f"subjectAltName={name}"]
    files = ["-keyout", f"{path}.key", "-out", f"{path}.crt"]
    subprocess.run([*made, *about, *by, *files], check=True, capture_output=True)
