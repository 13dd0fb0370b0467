"""C-STORE: acknowledged is durable; refused with the code that says why; nobody gets in unnamed."""

import pytest
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from tests.dicom.objects import SOP, good
from tests.peers.conftest import connect, dataset_of, end, send_bytes, sender, tool

CT = (CTImageStorage, ExplicitVRLittleEndian)


def test_an_object_is_durable_once_it_is_acknowledged(scp, hospital, tmp_path):
    association = connect(sender(hospital.peer(), CT), scp, hospital)
    status = send_bytes(association, good(), tmp_path / "o")
    end(association)

    assert status.Status == 0x0000
    assert dataset_of(hospital.kept(SOP)) == dataset_of(good())
    session = hospital.one("select * from imaging_session")
    assert (session["stored"], session["state"]) == (1, "in_progress")
    assert hospital.rows("select * from device_message") == []


def test_echo_by_dcmtk(scp, hospital):
    title = hospital.peer()
    done = tool("echoscu", "-aet", title, "-aec", hospital.title, "127.0.0.1", scp.port)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("calling", "called", "code"),
    [("STRANGER", None, (1, 1, 3)), (None, "NOBODY", (1, 1, 7))],
    ids=["unknown caller", "unknown called"],
)
def test_nobody_is_let_in_who_is_not_written_down(scp, hospital, calling, called, code):
    title = calling or hospital.peer()
    association = connect(sender(title, CT), scp, hospital, called=called or hospital.title)

    assert association.is_rejected
    answer = association.acceptor.primitive
    assert (answer.result, answer.result_source, answer.diagnostic) == code
