"""What a shop's imaging room owns, one of each kind, and inputs for its actions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from erp.core.clock import utc_now
from erp.core.ids import new_id
from tests.factories import Shop
from tests.isolation.archived import EXAMPLES as ARCHIVED
from tests.isolation.archived import archived
from tests.isolation.drafted import drafted

Ids = dict[str, UUID]
Example = Callable[[Ids, Shop], dict[str, Any]]
UID = "1.2.826.0.1.3680043.10.543"
DIGEST = "5e" * 32
PIN = "4821"
SHARP = {"key": "sharp", "label": "Sharp", "kind": "yes_no"}


def pictures(shop: Shop, patient_id: UUID) -> Ids:
    """Let a device deliver one object, and hold back another message."""
    device_id = shop.run(
        "imaging.register_device", {"code": f"cam-{shop.slug[-8:]}", "name": "Camera"}
    ).id
    ids = {"device_id": device_id, "patient_id": patient_id}
    ids["session_id"] = shop.run("imaging.record_session_event", _event(ids, shop)).session_id
    ids["transfer_id"] = _transfer(shop, _offer(ids, shop))
    taken = shop.run("imaging.take_uploads", {"objects": [_taken(ids, shop)]}).objects[0]
    assert taken.status == "stored", taken
    ids["instance_id"] = taken.instance_id
    for name in ("annotation_id", "moved_annotation_id"):
        ids[name] = shop.run("imaging.record_measurement", _measured(ids, shop)).id
    ids["quarantine_id"] = shop.run("imaging.park_message", _parked(ids, shop)).id
    again = _offer(ids, shop)
    again["offer"] |= {"transfer_id": "t-2", "sop_uid": f"{UID}.9", "sha256": "6f" * 32}
    ids["open_transfer_id"] = _transfer(shop, again)
    asked = {"session_id": ids["session_id"], "idempotency_key": new_id().hex}
    ids["report_id"] = shop.run("imaging.request_report", asked).id
    ids["reviewer_id"] = shop.user_ids["manager"]
    ids["decided_session_id"] = _decided(shop, ids)
    ids["signed_session_id"] = _signed(shop, ids)
    ids["ai_draft_id"] = drafted(shop, ids)
    return ids | _peers(shop, ids) | archived(shop)


def _transfer(shop: Shop, given: dict[str, Any]) -> UUID:
    transfer_id: UUID = shop.run("imaging.offer_objects", _offered(given)).answers[0].transfer_id
    return transfer_id


def _peers(shop: Shop, own: Ids) -> Ids:
    """Let a DICOM peer in, let it store an object and ask us to vouch, and plan an examination."""
    title = f"P{shop.slug[-8:]}".upper()
    ids = {"entity_id": shop.run("imaging.add_entity", {"ae_title": f"E{title}"}).id}
    ids["peer_id"] = shop.run("imaging.add_peer", _peer() | {"ae_title": title}).id
    shop.run("imaging.open_hook", {"device_id": ids["peer_id"]})
    taken = shop.run("imaging.take_objects", _delivered(ids, shop)).objects[0]
    assert taken.status == "stored", taken
    ids["study_session_id"] = taken.session_id
    shop.run("imaging.begin_step", _step(ids, shop) | {"sop_uid": f"{UID}.61"})
    planned = _planned(own["patient_id"]) | {"device_id": own["device_id"]}
    ids["imaging_order_id"] = shop.run("imaging.schedule_order", planned).id
    ids["gone_order_id"] = shop.run("imaging.schedule_order", planned).id
    shop.run("imaging.cancel_order", {"order_id": ids["gone_order_id"]})
    return ids


def _peer() -> dict[str, Any]:
    return {"name": "CT", "address": "10.0.0.5", "host": "10.0.0.5", "port": 104}


def _planned(patient_id: UUID) -> dict[str, Any]:
    return {"patient_id": patient_id, "procedure": "Fundus", "day": "2026-11-23"}


def _delivered(ids: Ids, shop: Shop, place: int = 50) -> dict[str, Any]:
    found = _taken({"transfer_id": ids["peer_id"]}, shop)
    finding = found["finding"] | {
        "study": {"study_uid": f"{UID}.51"},
        "series": {"series_uid": f"{UID}.52", "modality": "OT"},
        "instance": found["finding"]["instance"] | {"sop_uid": f"{UID}.{place}"},
    }
    each = {"sha256": f"{place:02d}" * 32, "size": 1024, "finding": finding}
    return {"device_id": ids["peer_id"], "source": "cstore", "objects": [each]}


def _step(ids: Ids, _shop: Shop) -> dict[str, Any]:
    return {
        "device_id": ids["peer_id"],
        "sop_uid": f"{UID}.62",
        "step_id": "S2",
        "station": "CT1",
        "modality": "CT",
        "started_at": utc_now(),
        "scheduled": [{"study_uid": f"{UID}.51"}],
        "begun": {},
    }


def _asked(ids: Ids, _shop: Shop) -> dict[str, Any]:
    return {
        "device_id": ids["peer_id"],
        "entity_id": ids["entity_id"],
        "transaction_uid": f"{UID}.60",
        "items": [{"sop_class": "1.2.840.10008.5.1.4.1.1.7", "sop_uid": f"{UID}.50"}],
    }


def _decided(shop: Shop, ids: Ids) -> UUID:
    event = _event(ids, shop)
    event["event"] |= {"session_id": "session-0002"}
    session_id: UUID = shop.run("imaging.record_session_event", event).session_id
    _assigned(shop, ids, session_id)
    refused = {"session_id": session_id, "reason_code": "113001", "note": "dark"}
    shop.run("imaging.reject_session", refused)
    return session_id


def _signed(shop: Shop, ids: Ids) -> UUID:
    """Let a manager accept a session by its checklist and sign it."""
    rules = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}
    shop.run("imaging.save_protocol", rules)
    shop.run("imaging.save_checklist", {"items": [SHARP]})
    given = _another_offer(ids, shop)
    given["offer"] |= {"session_id": "session-0003", "transfer_id": "t-9", "sop_uid": f"{UID}.8"}
    transfer_id = _transfer(shop, given)
    taken = _taken(ids, shop) | {"transfer_id": transfer_id, "sha256": "8b" * 32}
    taken["finding"]["instance"]["sop_uid"] = f"{UID}.8"
    kept: UUID = shop.run("imaging.take_uploads", {"objects": [taken]}).objects[0].instance_id
    session_id = _session_of(shop, kept)
    _assigned(shop, ids, session_id)
    manager = shop.acting_as("manager")
    about = {"session_id": session_id}
    shop.run("imaging.answer_checklist", about | {"answers": {"sharp": "yes"}}, by=manager)
    confirm = ["session_incomplete"]
    shop.run("imaging.accept_session", about, by=manager, confirm=confirm)
    shop.run("identity.set_pin", {"pin": PIN}, by=manager)
    assert shop.run("imaging.sign_off_session", about | {"pin": PIN}, by=manager).is_signed
    return session_id


def _assigned(shop: Shop, ids: Ids, session_id: UUID) -> None:
    """Say whose images a session's are and who reviews them."""
    for name, other in (("patient", "patient_id"), ("session", "reviewer_id")):
        given = {"session_id": session_id, other.replace("reviewer", "user"): ids[other]}
        shop.run(f"imaging.assign_{name}", given)


def _session_of(shop: Shop, instance_id: UUID) -> UUID:
    found: UUID = shop.run("imaging.get_instance", {"instance_id": instance_id}).session_id
    return found


def _event(ids: Ids, _shop: Shop) -> dict[str, Any]:
    return {
        "device_id": ids["device_id"],
        "event": {
            "schema": "vis.session-event.v1",
            "event_id": new_id(),
            "boot_id": new_id(),
            "session_id": "session-0001",
            "seq": 1,
            "at": utc_now(),
            "type": "session.started",
        },
    }


def _offer(ids: Ids, _shop: Shop) -> dict[str, Any]:
    return {
        "device_id": ids["device_id"],
        "offer": {
            "schema": "vis.object-offer.v1",
            "transfer_id": "t-1",
            "session_id": "session-0001",
            "sop_uid": f"{UID}.3",
            "series_uid": f"{UID}.2",
            "study_uid": f"{UID}.1",
            "sop_class": "1.2.840.10008.5.1.4.1.1.7",
            "transfer_syntax": "1.2.840.10008.1.2.1",
            "size": 1024,
            "sha256": DIGEST,
            "modes": ["put"],
        },
    }


def _offered(given: dict[str, Any]) -> dict[str, Any]:
    return {"device_id": given["device_id"], "offers": [given["offer"]]}


def _taken(ids: Ids, _shop: Shop) -> dict[str, Any]:
    instance = {
        "sop_uid": f"{UID}.3",
        "sop_class": "1.2.840.10008.5.1.4.1.1.7",
        "transfer_syntax": "1.2.840.10008.1.2.1",
    }
    return {
        "transfer_id": ids["transfer_id"],
        "source": "put",
        "sha256": DIGEST,
        "size": 1024,
        "finding": {
            "kind": "inspected",
            "object_class": "image",
            "patient": {"patient_id": "P1", "name": "Asha"},
            "study": {"study_uid": f"{UID}.1"},
            "series": {"series_uid": f"{UID}.2", "modality": "OT"},
            "instance": instance,
            "pixels": {"frames": 1, "rows": 8, "columns": 8},
            "is_renderable": True,
        },
    }


def _measured(ids: Ids, _shop: Shop) -> dict[str, Any]:
    ends = ((0.0, 0.0), (3.0, 4.0))
    return {
        "instance_id": ids["instance_id"],
        "frame": 1,
        "points_px": ends,
    }


def _parked(ids: Ids, _shop: Shop) -> dict[str, Any]:
    return {
        "device_id": ids["device_id"],
        "topic": "vis/v1/MAIN/cam-1/event/x",
        "reason_code": "not_json",
        "detail": "The payload is no JSON.",
        "digest": "7a" * 32,
    }


def _state(ids: Ids, _shop: Shop) -> dict[str, Any]:
    state = {"state": "online", "boot_id": new_id(), "birth_seq": 3, "ts": utc_now()}
    return {"device_id": ids["device_id"], "state": state}


def _another_event(ids: Ids, shop: Shop) -> dict[str, Any]:
    given = _event(ids, shop)
    given["event"] |= {"seq": 2, "type": "session.progress"}
    return given


def _another_offer(ids: Ids, shop: Shop) -> dict[str, Any]:
    given = _offer(ids, shop)
    given["offer"] |= {"transfer_id": "t-3", "sop_uid": f"{UID}.7", "sha256": "8b" * 32}
    return given


def _still_open(**more: Any) -> Example:
    return lambda ids, _: {"transfer_id": ids["open_transfer_id"]} | more


def _of_reviewer(ids: Ids) -> dict[str, Any]:
    names = {"device_id": "device_id", "patient_id": "patient_id", "assignee": "reviewer_id"}
    return {field: ids[name] for field, name in names.items()}


def of_session(**more: Any) -> Example:
    """Return an example about the session under review."""
    return lambda ids, _: {"session_id": ids["session_id"]} | more


EXAMPLES: dict[str, Example] = ARCHIVED | {
    "imaging.add_addendum": lambda i, _: {"session_id": i["signed_session_id"], "text": "Later"},
    "imaging.answer_checklist": of_session(answers={"sharp": "yes"}),
    "imaging.assign_session": lambda i, _: {
        "session_id": i["session_id"],
        "user_id": i["reviewer_id"],
    },
    "imaging.get_device": lambda i, _: {"device_id": i["device_id"]},
    "imaging.get_device_history": lambda i, _: {"device_id": i["device_id"]},
    "imaging.get_review": of_session(),
    "imaging.get_summary": of_session(),
    "imaging.give_back_session": of_session(),
    "imaging.hold_session": of_session(note="x"),
    "imaging.next_session": lambda i, _: _of_reviewer(i) | {"session_id": i["signed_session_id"]},
    "imaging.record_maintenance": lambda i, _: {
        "device_id": i["device_id"],
        "done_on": "2026-01-01",
        "note": "x",
    },
    "imaging.resolve_discrepancy": of_session(verdict="accepted", note="x"),
    "imaging.resume_session": of_session(),
    "imaging.set_device_care": lambda i, _: {"device_id": i["device_id"]},
    "imaging.sign_off_session": of_session(pin=PIN),
    "imaging.take_over_session": of_session(reason="x"),
    "imaging.accept_session": of_session(),
    "imaging.add_entity": lambda i, s: {
        "ae_title": f"N{s.slug[-8:]}".upper(),
        "branch_id": i["branch_id"],
    },
    "imaging.add_peer": lambda i, _: _peer() | {"ae_title": "NEW", "branch_id": i["branch_id"]},
    "imaging.close_hook": lambda i, _: {"device_id": i["peer_id"]},
    "imaging.open_hook": lambda i, _: {"device_id": i["peer_id"]},
    "imaging.get_hook": lambda i, _: {"device_id": i["peer_id"]},
    "imaging.ask_echo": lambda i, _: {"device_id": i["peer_id"]},
    "imaging.begin_step": _step,
    "imaging.change_step": lambda i, _: {"device_id": i["peer_id"], "sop_uid": f"{UID}.61"},
    "imaging.cancel_order": lambda i, _: {"order_id": i["imaging_order_id"]},
    "imaging.change_device": lambda i, _: {"device_id": i["device_id"], "name": "Corrected"},
    "imaging.change_peer": lambda i, _: _peer() | {"device_id": i["peer_id"]},
    "imaging.complete_session": lambda i, _: {"session_id": i["study_session_id"]},
    "imaging.list_orders": lambda i, _: {"device_id": i["device_id"]},
    "imaging.note_takeover": lambda i, _: {"device_id": i["device_id"]},
    "imaging.record_commitment": _asked,
    "imaging.retire_entity": lambda i, _: {"entity_id": i["entity_id"]},
    "imaging.schedule_order": lambda i, _: (
        _planned(i["patient_id"]) | {"device_id": i["device_id"], "branch_id": i["branch_id"]}
    ),
    "imaging.take_objects": lambda i, s: _delivered(i, s, 53),
    "imaging.assign_patient": lambda i, _: {
        "session_id": i["session_id"],
        "patient_id": i["patient_id"],
    },
    "imaging.discard_held": lambda i, _: {"quarantine_id": i["quarantine_id"]},
    "imaging.get_instance": lambda i, _: {"instance_id": i["instance_id"]},
    "imaging.get_session": of_session(),
    "imaging.list_comparable": of_session(),
    "imaging.list_marks": of_session(),
    "imaging.list_pictures": of_session(),
    "imaging.list_sessions": lambda i, _: _of_reviewer(i),
    "imaging.note_device_state": _state,
    "imaging.offer_objects": lambda i, s: _offered(_another_offer(i, s)),
    "imaging.open_way_in": lambda i, _: {"branch_id": i["branch_id"], "kind": "upload"},
    "imaging.park_message": lambda i, s: _parked(i, s) | {"digest": "9c" * 32},
    "imaging.prioritise_session": of_session(urgency="stat"),
    "imaging.record_measurement": lambda i, s: (
        _measured(i, s) | {"supersedes": i["moved_annotation_id"]}
    ),
    "imaging.record_session_event": _another_event,
    "imaging.register_device": lambda i, s: {
        "code": f"new-{s.slug[-8:]}",
        "name": "Other",
        "branch_id": i["branch_id"],
    },
    "imaging.reject_session": of_session(reason_code="113001"),
    "imaging.reject_transfer": _still_open(reason="never_came"),
    "imaging.renew_credential": lambda i, _: {"device_id": i["device_id"]},
    "imaging.reopen_session": lambda i, _: {"session_id": i["decided_session_id"], "note": "x"},
    "imaging.request_repeat": of_session(reason_code="motion"),
    "imaging.request_report": of_session(),
    "imaging.retire_device": lambda i, _: {"device_id": i["device_id"]},
    "biomarkers.record_run": of_session(
        run={
            "model": "Net",
            "model_version": "1",
            "run_name": "r1",
            "figures": [{"name": "Ratio", "value": "1.5"}],
        }
    ),
    "biomarkers.list_figures": of_session(),
    "imaging.retry_held": lambda i, _: {"quarantine_id": i["quarantine_id"]},
    "imaging.send_report": lambda i, _: {"report_id": i["report_id"]},
    "imaging.start_review": of_session(),
    "imaging.take_uploads": lambda i, s: {
        "objects": [_taken(i, s) | {"transfer_id": i["open_transfer_id"], "sha256": "6f" * 32}]
    },
    "imaging.write_summary": of_session(text="Seen", version=0),
    "drafting.list_drafts": of_session(),
    "drafting.show_input": of_session(),
    "drafting.ask_draft": of_session(input_digest=DIGEST),
    "drafting.accept_draft": lambda i, _: {
        "draft_id": i["ai_draft_id"],
        "text": "Seen",
        "version": 0,
    },
    "drafting.cancel_draft": lambda i, _: {"draft_id": i["ai_draft_id"]},
    "drafting.discard_draft": lambda i, _: {"draft_id": i["ai_draft_id"]},
    "imaging.withdraw_measurement": lambda i, _: {"annotation_id": i["annotation_id"]},
}
"""A working input of every action of the imaging room, made from its belongings."""
