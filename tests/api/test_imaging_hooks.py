"""A program says that a study was sent in full: signed, kept first, done once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from erp.adapters.object_storage import object_storage
from erp.core.ids import new_id
from erp.services.imaging.errors import EndedByDevice
from tests.dicom.objects import good
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.line import make_line
from tests.services.imaging.test_deliveries import WayIn


@pytest.fixture
def way(environment, s3):
    assert environment
    assert s3
    object_storage.cache_clear()
    made = WayIn(open_clinic())
    made.deliver(good())
    return made


@pytest.fixture
def hook(way):
    return way.run("imaging.open_hook", device_id=way.device_id)


def call(rest, way, hook, body=b"{}", **more):
    """Send a signed call about the study of the way in."""
    at = more.pop("at", datetime.now(UTC))
    name = more.pop("name", new_id().hex)
    secret = more.pop("secret", hook.secret.get_secret_value())
    uid = more.pop("uid", None) or way.sessions()[0]["study_uid"]
    sent = more.pop("sent", body)
    what = more.pop("what", "complete")
    signed = more.pop("signed", f"POST /api/imaging/sessions/{uid}/{what}\n")
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, at, signed + body.decode()),
        "content-type": "application/json",
    }
    path = f"/api/imaging/sessions/{more.pop('to', uid)}/{what}"
    return rest.post(f"{path}?hook={more.pop('hook_id', hook.id)}", content=sent, headers=headers)


def calls(way):
    return way.rows("select webhook_id, status, reason from imaging_hook_call order by id")


def test_the_session_ends_and_a_repeat_gets_the_same_answer(rest, way, hook):
    first = call(rest, way, hook, name="call-1")
    assert first.status_code == 200, first.text
    assert first.json()["missing"] == []
    again = call(rest, way, hook, name="call-1")
    assert again.json() == first.json()
    assert way.sessions()[0]["state"] == "complete"
    events = way.rows("select 1 from session_event where type = 'session.complete'")
    assert len(events) == len(calls(way)) == 1


def test_a_list_says_what_is_missing(rest, way, hook):
    body = json.dumps({"manifest": [{"sop_uid": "1.2.3.4"}]}).encode()
    answer = call(rest, way, hook, body)
    assert answer.json()["missing"] == ["1.2.3.4"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sent": b'{"reason": "x"}'},
        {"at": datetime.now(UTC) - timedelta(minutes=10)},
        {"at": datetime.now(UTC) + timedelta(minutes=10)},
        {"secret": "whsec_" + "QUFB" * 10},
        {"hook_id": new_id()},
        {"hook_id": "nothing"},
    ],
    ids=["flipped", "old", "early", "other secret", "unknown hook", "no hook"],
)
def test_what_is_not_signed_rightly_and_now_has_no_effect(rest, way, hook, wrong):
    refused = call(rest, way, hook, **wrong)
    assert refused.status_code == 401
    assert calls(way) == []
    assert way.sessions()[0]["state"] != "complete"


def test_a_call_about_one_study_is_none_about_another(rest, way, hook):
    way.deliver(
        good(SOPInstanceUID="1.2.3.10", StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.4")
    )
    refused = call(rest, way, hook, uid="1.2.3", to=way.sessions()[0]["study_uid"])
    assert refused.status_code == 401
    assert {session["state"] for session in way.sessions()} == {"in_progress"}
    assert calls(way) == []


def test_a_caller_who_signs_the_body_alone_is_told_what_to_sign(rest, way, hook):
    refused = call(rest, way, hook, signed="")
    assert refused.status_code == 401
    address = f"/api/imaging/sessions/{way.sessions()[0]['study_uid']}/complete"
    assert f"Sign `POST {address}`" in refused.json()["detail"]
    assert calls(way) == []


def test_a_device_that_ends_its_sessions_itself_gets_no_address(way):
    camera = make_line(way.owner)
    with pytest.raises(EndedByDevice):
        way.run("imaging.open_hook", device_id=camera.device_id)
    assert way.run("imaging.get_hook", device_id=camera.device_id).id is None


def test_the_page_of_a_device_shows_what_was_called_and_no_secret(rest, way, hook):
    call(rest, way, hook, name="call-1")
    call(rest, way, hook, uid="1.2.3.999")
    shown = way.run("imaging.get_hook", device_id=way.device_id)
    assert (shown.id, shown.is_open, shown.secret_version) == (hook.id, True, 1)
    assert [row.status for row in shown.calls] == ["refused", "done"]
    assert "no such session" in shown.calls[0].reason
    assert hook.secret.get_secret_value() not in shown.model_dump_json()
    way.run("imaging.close_hook", device_id=way.device_id)
    assert not way.run("imaging.get_hook", device_id=way.device_id).is_open


def test_a_signature_of_one_tenant_does_nothing_at_anothers_address(rest, way, hook):
    other = WayIn(open_clinic())
    other.deliver(good())
    theirs = other.run("imaging.open_hook", device_id=other.device_id)
    refused = call(rest, way, hook, secret=theirs.secret.get_secret_value())
    assert refused.status_code == 401
    elsewhere = call(rest, other, theirs, uid=way.sessions()[0]["external_id"])
    assert elsewhere.status_code in {200, 404}
    assert way.sessions()[0]["state"] != "complete"


def test_a_call_before_its_study_is_kept_and_counts_when_it_comes_again(rest, way, hook):
    early = call(rest, way, hook, name="early", uid="1.2.3.999")
    assert early.status_code == 404
    assert [row["status"] for row in calls(way)] == ["refused"]
    again = call(rest, way, hook, name="early", uid="1.2.3.999")
    assert again.status_code == 404
    assert len(calls(way)) == 1


def test_one_id_stands_for_one_call(rest, way, hook):
    call(rest, way, hook, name="call-9")
    other = call(rest, way, hook, b'{"reason":"x"}', name="call-9")
    assert other.status_code == 409


def test_a_body_that_says_something_else_is_told_so(rest, way, hook):
    assert call(rest, way, hook, b'{"objects": 3}').status_code == 422
    assert call(rest, way, hook, b"[]").status_code in {400, 422}


def test_a_new_secret_ends_the_old_one_and_a_closed_hook_takes_no_call(rest, way, hook):
    renewed = way.run("imaging.open_hook", device_id=way.device_id)
    assert renewed.id == hook.id
    assert call(rest, way, hook).status_code == 401
    assert call(rest, way, renewed).status_code == 200
    way.run("imaging.close_hook", device_id=way.device_id)
    assert call(rest, way, renewed).status_code == 401


def test_a_models_figures_come_signed_and_once(rest, way, hook):
    figures = [{"name": "Cup to disc ratio", "value": "0.42"}]
    run = {"model": "FundusNet", "model_version": "1.0", "run_name": "r1", "figures": figures}
    body = json.dumps(run).encode()
    first = call(rest, way, hook, body, name="run-1", what="biomarkers")
    assert (first.status_code, first.json()["is_known"]) == (200, False), first.text
    again = call(rest, way, hook, body, name="run-1", what="biomarkers")
    assert again.json() == first.json()
    later = call(rest, way, hook, body, name="run-2", what="biomarkers")
    assert later.json() == first.json() | {"is_known": True}
    [kept] = way.rows("select source, recorded_by_name from biomarker_run")
    assert kept["source"] == "hook"
    assert kept["recorded_by_name"].startswith("Webhook of ")
    mixed = call(rest, way, hook, body, name="run-1", what="complete")
    assert mixed.status_code in {409, 422}, "a call of one kind is none of another"
    uid = way.sessions()[0]["study_uid"]
    of_other = f"POST /api/imaging/sessions/{uid}/complete\n"
    assert call(rest, way, hook, body, what="biomarkers", signed=of_other).status_code == 401
