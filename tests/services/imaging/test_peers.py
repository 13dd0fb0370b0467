"""Peers and planned examinations: who may be let in, what is on the worklist, and for whom."""

import psycopg
import pytest
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services import imaging, platform
from erp.services.imaging.errors import (
    EntityTaken,
    NoPlaceToCall,
    OrderClosed,
    PeerTaken,
    UnknownDevice,
)
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.line import make_line

PEER = {"ae_title": "CT1", "name": "CT", "address": "10.0.0.0/24"}


def run(ctx, action, /, **given):
    return platform.run(action, ctx, given).result


def patient(ctx, code="P-100"):
    given = {"name": "Asha Rao", "code": code, "kind": "patient", "state_code": "27"}
    more = {"roles": ["patient"], "birth_on": "1980-02-29", "sex": "female"}
    return run(ctx, "party.create_party", **given, **more).id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ae_title", ""),
        ("ae_title", "SEVENTEEN-LETTERS"),
        ("ae_title", "A\\B"),
        ("ae_title", "C\tT"),
        ("address", "somewhere"),
        ("address", "10.0.0.300"),
        ("host", "a b"),
        ("host", "http://x/"),
        ("port", 70_000),
        ("certificate", "AB:CD"),
        ("certificate", "g" * 64),
    ],
)
def test_a_peer_that_cannot_be_is_refused_by_its_field(clinic, field, value):
    with pytest.raises(ValidationError) as refused:
        run(clinic, "imaging.add_peer", **(PEER | {field: value}))
    assert refused.value.errors()[0]["loc"] == (field,)


def test_a_host_needs_a_port(clinic):
    with pytest.raises(ValidationError, match="both the host and the port"):
        run(clinic, "imaging.add_peer", **PEER, host="10.0.0.5")


def test_a_peer_bound_to_a_certificate_is_called_over_tls(clinic):
    bound = PEER | {"host": "10.0.0.5", "port": 104, "certificate": "ab" * 32}
    with pytest.raises(ValidationError, match="called over TLS"):
        run(clinic, "imaging.add_peer", **bound)
    assert run(clinic, "imaging.add_peer", **bound, uses_tls=True).id


def test_a_branch_has_a_title_once_until_it_is_retired(clinic):
    device_id = run(clinic, "imaging.add_peer", **PEER).id
    with pytest.raises(PeerTaken):
        run(clinic, "imaging.add_peer", **PEER)
    run(clinic, "imaging.retire_device", device_id=device_id)
    assert run(clinic, "imaging.add_peer", **PEER).id != device_id


def test_a_title_of_ours_is_ours_alone_on_the_whole_server(clinic):
    title = f"T{clinic.tenant_id.hex[-10:]}".upper()
    entity_id = run(clinic, "imaging.add_entity", ae_title=title).id
    other = open_clinic()
    with pytest.raises(EntityTaken) as refused:
        run(other, "imaging.add_entity", ae_title=title)
    assert "ae_title" in refused.value.fields
    run(clinic, "imaging.retire_entity", entity_id=entity_id)
    assert run(other, "imaging.add_entity", ae_title=title).id


def test_a_peer_without_a_place_is_not_called(clinic):
    device_id = run(clinic, "imaging.add_peer", **PEER).id
    with pytest.raises(NoPlaceToCall):
        run(clinic, "imaging.ask_echo", device_id=device_id)
    run(
        clinic,
        "imaging.change_peer",
        device_id=device_id,
        name="CT 2",
        address="10.0.0.5",
        host="10.0.0.5",
        port=104,
        may_query=True,
    )
    run(clinic, "imaging.ask_echo", device_id=device_id)
    [row] = run(clinic, "imaging.list_peers").rows
    assert (row.name, row.place, row.may, row.echo) == (
        "CT 2",
        "10.0.0.5:104",
        "search",
        "Calling…",
    )


def test_a_peer_has_no_account_at_the_broker(clinic):
    device_id = run(clinic, "imaging.add_peer", **PEER).id
    with pytest.raises(UnknownDevice):
        run(clinic, "imaging.renew_credential", device_id=device_id)
    with db.ops_session() as session:
        assert device_id not in {a.device_id for a in imaging.list_device_accounts(session)}


def test_an_examination_takes_what_is_known_of_its_patient_and_device(clinic):
    device_id = run(clinic, "imaging.add_peer", **PEER, modality="CT").id
    made = run(
        clinic,
        "imaging.schedule_order",
        patient_id=patient(clinic),
        procedure="Head",
        day="2026-11-23",
        time="10:30",
        device_id=device_id,
    )
    assert len(made.accession) <= 16
    with db.unit_of_work(clinic) as session:
        [item] = imaging.worklist_for(session, clinic, clinic.branch_id, 10)
    assert (item["patient_code"], item["sex"], str(item["birth_on"])) == (
        "P-100",
        "F",
        "1980-02-29",
    )
    assert (item["modality"], item["ae_title"]) == ("CT", "CT1")
    assert f"{item['local_at']:%Y-%m-%d %H:%M}" == "2026-11-23 10:30"


@pytest.mark.parametrize("time", ["24:00", "9:30", "10.30", "noon"])
def test_a_time_that_is_none_is_refused(clinic, time):
    with pytest.raises(ValidationError):
        run(
            clinic,
            "imaging.schedule_order",
            patient_id=patient(clinic),
            procedure="Head",
            day="2026-11-23",
            time=time,
        )


def test_a_device_of_nobody_is_refused(clinic):
    stranger = make_line(open_clinic()).device_id
    with pytest.raises(InvalidInput) as refused:
        run(
            clinic,
            "imaging.schedule_order",
            patient_id=patient(clinic),
            procedure="Head",
            day="2026-11-23",
            device_id=stranger,
        )
    assert "device_id" in refused.value.fields


def test_what_was_cancelled_is_not_cancelled_again(clinic):
    made = run(
        clinic,
        "imaging.schedule_order",
        patient_id=patient(clinic),
        procedure="Head",
        day="2026-11-23",
    )
    run(clinic, "imaging.cancel_order", order_id=made.id)
    with pytest.raises(OrderClosed):
        run(clinic, "imaging.cancel_order", order_id=made.id)


def test_a_repeat_is_first_on_the_list_of_the_device(clinic, line):
    run(
        clinic,
        "imaging.schedule_order",
        patient_id=patient(clinic),
        procedure="Head",
        day="2026-01-01",
    )
    session_id = line.start("P-100")
    with db.unit_of_work(clinic) as session:
        found = line.session()
        made = imaging.schedule_repeat(session, clinic, found, note="moved")
    with db.unit_of_work(clinic) as session:
        first, _ = imaging.worklist_for(session, clinic, clinic.branch_id, 10)
    assert first["accession"] == made.accession
    assert (first["patient_code"], first["note"]) == ("P-100", "moved")
    assert first["procedure"].startswith("Repeat: ")
    [row] = line.rows("select repeat_of, device_id from imaging_order where is_priority")
    assert (row["repeat_of"], row["device_id"]) == (session_id, line.device_id)


def test_an_event_that_names_the_accession_links_its_session(clinic, line):
    made = run(
        clinic,
        "imaging.schedule_order",
        patient_id=patient(clinic),
        procedure="Head",
        day="2026-11-23",
        device_id=line.device_id,
    )
    line.tell(line.event("session.started", order={"accession": made.accession}))
    assert line.session()["order_id"] == made.id
    [row] = run(clinic, "imaging.list_orders").rows
    assert (row.status, row.session_number) == ("started", line.session()["number"])


def test_examinations_forgotten_long_ago_do_not_hide_those_of_today(clinic):
    who = patient(clinic)
    days = ("2020-01-01", "2026-11-23", "2026-11-22")
    made = [
        run(clinic, "imaging.schedule_order", patient_id=who, procedure="Head", day=day)
        for day in days
    ]
    with db.unit_of_work(clinic) as session:
        rows = imaging.worklist_for(session, clinic, clinic.branch_id, 2)
    assert [row["accession"] for row in rows] == [made[2].accession, made[1].accession]


@pytest.mark.parametrize("written", ["AB" * 32, ":".join(["aB"] * 32), f" {'ab' * 32} "])
def test_a_fingerprint_is_taken_as_tools_write_it(clinic, written):
    run(clinic, "imaging.add_peer", **PEER, certificate=written)
    [row] = run(clinic, "imaging.list_peers").rows
    assert row.certificate == "ab" * 32


def test_the_database_keeps_no_certificate_that_is_none(clinic):
    run(clinic, "imaging.add_peer", **PEER)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="ck_dicom_peer_certificate"),
        db.unit_of_work(clinic) as session,
    ):
        db.execute(session, "update dicom_peer set certificate = 'AB:CD'")
