"""Objects are taken by the thread that reads them; whatever is not plainly one goes pynetdicom's way."""

import socket
from io import BytesIO

import pytest
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom.dsutils import decode

from jobs.listeners.peer_receiving import Arriving, answer_units
from tests.dicom.objects import SOP, good
from tests.ingest.conftest import until
from tests.peers.conftest import (
    connect,
    dataset_of,
    end,
    send_bytes,
    send_pdu,
    sender,
    sound,
    store_command,
)

CT = (CTImageStorage, ExplicitVRLittleEndian)
ARRIVED = Arriving(3, 77, CTImageStorage, "1.2.3.45", None)


@pytest.fixture
def line(scp, hospital):
    """An association, its context, and its connection for what pynetdicom would never send."""
    association = connect(sender(hospital.peer(), CT), scp, hospital)
    association._reactor_checkpoint.clear()  # nobody but the test reads answers
    yield association, association.accepted_contexts[0].context_id
    association._reactor_checkpoint.set()
    end(association)


def statuses(line, count):
    """Return message and status of the next answers."""
    found = []
    for _ in range(count):
        _, answer = line[0].dimse.get_msg(block=True)
        assert answer is not None
        found.append((answer.MessageIDBeingRespondedTo, answer.Status))
    return found


def other(number):
    return f"1.2.3.900.{number}", good(SOPInstanceUID=f"1.2.3.900.{number}")


def test_an_object_in_many_pieces_is_the_same_object(line, hospital):
    send_pdu(*line, 0x03, store_command(SOP))
    content = dataset_of(good())
    for at in range(0, len(content), 500):
        send_pdu(*line, 0x02 if at + 500 >= len(content) else 0x00, content[at : at + 500])
    assert statuses(line, 1) == [(7, 0)]
    assert dataset_of(hospital.kept(SOP)) == content


def test_a_request_in_two_pieces_is_understood(line, hospital):
    command = store_command(SOP)
    send_pdu(*line, 0x01, command[:50])
    send_pdu(*line, 0x03, command[50:])
    send_pdu(*line, 0x02, dataset_of(good()))
    assert statuses(line, 1) == [(7, 0)]
    assert dataset_of(hospital.kept(SOP)) == dataset_of(good())


def test_who_does_not_wait_for_answers_gets_one_for_each(line, hospital):
    for number in range(4):
        uid, content = other(number)
        send_pdu(*line, 0x03, store_command(uid, number + 1))
        send_pdu(*line, 0x02, dataset_of(content))
    assert statuses(line, 4) == [(1, 0), (2, 0), (3, 0), (4, 0)]
    assert len(hospital.rows("select 1 from dicom_instance")) == 4
    assert sound()


def test_a_request_in_the_middle_of_an_object_leaves_nothing_of_it(line, hospital):
    uid, content = other(1)
    send_pdu(*line, 0x03, store_command(SOP))
    send_pdu(*line, 0x00, dataset_of(good())[:1000])
    send_pdu(*line, 0x03, store_command(uid, 8))
    send_pdu(*line, 0x02, dataset_of(content))
    assert statuses(line, 1) == [(8, 0)]
    assert [row["sop_uid"] for row in hospital.rows("select sop_uid from dicom_instance")] == [uid]


@pytest.mark.parametrize(
    "pdu",
    [
        b"\4\0\0\0\0\5\0\0\0\1\1",  # a value shorter than its own head
        b"\4\0\0\0\0\6\0\0\0\x63\1\3",  # a value longer than its PDU
        b"\x63\0\0\0\0\4\0\0\0\0",  # no kind of PDU
    ],
    ids=["too short", "too long", "unknown"],
)
def test_what_is_no_unit_ends_the_association(scp, hospital, line, tmp_path, pdu):
    send_pdu(*line, 0x03, store_command(SOP))
    line[0].dul.socket.socket.sendall(pdu)
    line[0]._reactor_checkpoint.set()
    until(lambda: not line[0].is_established, 20)
    assert hospital.rows("select 1 from imaging_transfer") == []
    again = connect(sender(hospital.peer(), CT), scp, hospital)
    assert send_bytes(again, good(), tmp_path / "o").Status == 0
    end(again)


def test_who_leaves_within_an_object_leaves_nothing(line, hospital):
    send_pdu(*line, 0x03, store_command(SOP))
    send_pdu(*line, 0x00, dataset_of(good())[:1000])
    line[0].dul.socket.socket.shutdown(socket.SHUT_RDWR)
    line[0]._reactor_checkpoint.set()
    until(lambda: not line[0].is_established, 20)
    assert hospital.rows("select 1 from imaging_transfer") == []


@pytest.mark.parametrize("most", [0, 16384, 64, 12])
def test_an_answer_is_what_the_standard_says_in_pieces_that_the_peer_takes(most):
    units = list(answer_units(ARRIVED, 0xC000, "held: uid_conflict", most))
    command = b""
    for unit in units:
        assert unit[:2] == b"\4\0"
        assert int.from_bytes(unit[2:6]) == len(unit) - 6 <= (most or 16384)
        assert int.from_bytes(unit[6:10]) == len(unit) - 10
        assert unit[10] == ARRIVED.context_id
        assert unit[11] == (3 if unit is units[-1] else 1)
        command += unit[12:]
    told = decode(BytesIO(command), is_implicit_vr=True, is_little_endian=True)
    assert told.CommandGroupLength == len(command) - 12
    assert (told.CommandField, told.MessageIDBeingRespondedTo) == (0x8001, 77)
    assert (told.Status, told.ErrorComment) == (0xC000, "held: uid_conflict")
    assert (told.AffectedSOPClassUID, told.AffectedSOPInstanceUID) == (CTImageStorage, "1.2.3.45")
    assert told.CommandDataSetType == 0x0101
