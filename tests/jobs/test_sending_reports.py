"""A finished report is sent to the patient, asked about first where nobody accepted the session."""

import pytest
from pydantic import SecretStr

from erp.core import db
from erp.core.errors import DomainError
from erp.core.settings import get_settings
from erp.services import messaging, platform
from erp.services.imaging.sending import ReportNotReady, Undecided
from tests.jobs.test_imaging_reports import ask_for_report, line, make

__all__ = ["line"]


@pytest.fixture(autouse=True)
def _mail(monkeypatch):
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr("smtp://127.0.0.1:1?tls=no"))


def send(line, report_id, confirm=(), **more):
    return platform.run(
        "imaging.send_report", line.owner, {"report_id": report_id} | more, confirm=confirm
    ).result


def with_email(line, email):
    patient = {"name": "Meera", "kind": "patient", "state_code": "27", "email": email}
    patient_id = platform.run("party.create_party", line.owner, patient).result.id
    line.ask("imaging.assign_patient", session_id=line.session()["id"], patient_id=patient_id)


def test_it_goes_to_the_patient_with_its_file_once_a_day(line):
    with_email(line, "meera@example.org")
    report = ask_for_report(line)
    with pytest.raises(ReportNotReady):
        send(line, report.id)
    make(line, attempts=1)
    about = {"session_id": line.session()["id"]}
    platform.run("imaging.accept_session", line.owner, about, confirm=["session_incomplete"])
    first, again = send(line, report.id), send(line, report.id)
    assert first == again
    [row] = line.rows("select to_name, to_address, attachments from message")
    assert (row["to_name"], row["to_address"]) == ("Meera", "meera@example.org")
    assert row["attachments"][0]["media_type"] == "application/pdf"


def test_one_that_failed_goes_again_when_somebody_asks(line):
    with_email(line, "meera@example.org")
    report = ask_for_report(line)
    make(line, attempts=1)
    asked = [Undecided.code]
    message_id = send(line, report.id, confirm=asked).id
    with db.unit_of_work(line.owner) as session:
        messaging.note_not_carried(session, line.owner, message_id, "Full.", is_final=True)
    assert line.rows("select status from message")[0]["status"] == "failed"
    assert send(line, report.id, confirm=asked).id == message_id
    assert line.rows("select status from message")[0]["status"] == "queued"


def test_a_person_must_say_so_while_nobody_has_accepted_the_session(line):
    with_email(line, "meera@example.org")
    report = ask_for_report(line)
    make(line, attempts=1)
    with pytest.raises(Undecided):
        send(line, report.id)
    assert line.rows("select 1 from message") == []
    send(line, report.id, confirm=[Undecided.code])
    assert len(line.rows("select 1 from message")) == 1


def test_a_patient_without_address_is_named_and_another_address_helps(line):
    with_email(line, "")
    report = ask_for_report(line)
    make(line, attempts=1)
    with pytest.raises(messaging.NoAddress, match="Meera"):
        send(line, report.id, confirm=[Undecided.code])
    send(line, report.id, confirm=[Undecided.code], to_address="doctor@example.org")
    with pytest.raises((DomainError, ValueError)):
        send(line, report.id, to_address="not an address")
