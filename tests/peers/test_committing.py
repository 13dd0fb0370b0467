"""Storage commitment: asked once, answered until the answer arrived; it ends the study's session."""

import threading

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, evt

from jobs.listeners.peer_contexts import STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE
from tests.dicom.objects import SOP, good
from tests.ingest.conftest import until
from tests.peers.conftest import connect, end, free_port, send_bytes, sender

CT = (CTImageStorage, ExplicitVRLittleEndian)
COMMIT = (STORAGE_COMMITMENT, ExplicitVRLittleEndian)


class Modality:
    """A modality that asks for commitment and waits for the answer on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.reports: list[Dataset] = []
        self.kinds: list[int] = []
        self._came = threading.Event()
        self._server = None

    def listen(self) -> None:
        entity = AE(ae_title="MODALITY")
        entity.add_supported_context(STORAGE_COMMITMENT, scu_role=True, scp_role=True)

        def take(event):
            self.reports.append(event.event_information)
            self.kinds.append(event.event_type)
            return 0x0000, None

        self._server = entity.start_server(
            ("127.0.0.1", self.port), block=False, evt_handlers=[(evt.EVT_N_EVENT_REPORT, take)]
        )

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()


@pytest.fixture
def modality():
    made = Modality()
    yield made
    made.stop()


def ask(association, *items, transaction="1.2.7.1"):
    wanted = Dataset()
    wanted.TransactionUID = transaction
    listed = []
    for sop_class, sop_uid in items:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, sop_uid
        listed.append(item)
    wanted.ReferencedSOPSequence = Sequence(listed)
    status, _ = association.send_n_action(
        wanted, 1, STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE
    )
    return status.Status


def test_what_is_stored_is_vouched_for_and_the_session_ends(scp, hospital, modality, tmp_path):
    modality.listen()
    title = hospital.peer(host="127.0.0.1", port=modality.port)
    association = connect(sender(title, CT, COMMIT), scp, hospital)
    send_bytes(association, good(), tmp_path / "o")
    assert ask(association, (CTImageStorage, SOP)) == 0
    end(association)

    until(lambda: modality.reports)
    [report] = modality.reports
    assert report.TransactionUID == "1.2.7.1"
    assert [i.ReferencedSOPInstanceUID for i in report.ReferencedSOPSequence] == [SOP]
    assert "FailedSOPSequence" not in report
    assert modality.kinds == [1]
    session = hospital.one("select state, expected, settled_at from imaging_session")
    assert (session["state"], session["expected"]) == ("complete", 1)
    assert session["settled_at"]
    row = until(lambda: hospital.rows("select * from storage_commitment where status = 'reported'"))
    assert (row[0]["committed"], row[0]["refused"]) == (1, 0)


def test_what_is_not_there_is_refused_with_the_reason(scp, hospital, modality, tmp_path):
    modality.listen()
    title = hospital.peer(host="127.0.0.1", port=modality.port)
    association = connect(sender(title, CT, COMMIT), scp, hospital)
    send_bytes(association, good(), tmp_path / "o")
    other_class = ("1.2.840.10008.5.1.4.1.1.4", SOP)
    assert ask(association, (CTImageStorage, "1.2.3.404"), other_class) == 0
    end(association)

    until(lambda: modality.reports)
    [report] = modality.reports
    reasons = {i.ReferencedSOPInstanceUID: i.FailureReason for i in report.FailedSOPSequence}
    assert reasons == {"1.2.3.404": 0x0112, SOP: 0x0119}
    assert modality.kinds == [2]
    session = hospital.one("select state, settled_at from imaging_session")
    assert (session["state"], session["settled_at"]) == ("complete", None)


def test_an_answer_that_does_not_arrive_is_sent_again(scp, hospital, modality, tmp_path):
    title = hospital.peer(host="127.0.0.1", port=modality.port)
    association = connect(sender(title, CT, COMMIT), scp, hospital)
    send_bytes(association, good(), tmp_path / "o")
    assert ask(association, (CTImageStorage, SOP)) == 0
    end(association)
    until(lambda: hospital.rows("select 1 from storage_commitment where tries > 0"))
    [row] = hospital.rows("select status, problem from storage_commitment")
    assert row["status"] == "due"
    assert "answers" in row["problem"]

    modality.listen()
    until(lambda: modality.reports, 40)
    assert modality.kinds == [1]
