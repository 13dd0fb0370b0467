"""What a shop's imaging room owns, one of each kind, and inputs for its actions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from erp.core.clock import utc_now
from erp.core.ids import new_id
from tests.factories import Shop

Ids = dict[str, UUID]
Example = Callable[[Ids, Shop], dict[str, Any]]
UID = "1.2.826.0.1.3680043.10.543"
DIGEST = "5e" * 32


def pictures(shop: Shop, patient_id: UUID) -> Ids:
    """Let a device deliver one object, and hold back another message."""
    device_id = shop.run(
        "imaging.register_device", {"code": f"cam-{shop.slug[-8:]}", "name": "Camera"}
    ).id
    ids = {"device_id": device_id, "patient_id": patient_id}
    ids["session_id"] = shop.run("imaging.record_session_event", _event(ids, shop)).session_id
    ids["transfer_id"] = shop.run("imaging.offer_object", _offer(ids, shop)).transfer_id
    taken = shop.run("imaging.take_object", _taken(ids, shop))
    assert taken.status == "stored", taken
    ids["instance_id"] = taken.instance_id
    for name in ("annotation_id", "moved_annotation_id"):
        ids[name] = shop.run("imaging.record_measurement", _measured(ids, shop)).id
    ids["quarantine_id"] = shop.run("imaging.park_message", _parked(ids, shop)).id
    again = _offer(ids, shop)
    again["offer"] |= {"transfer_id": "t-2", "sop_uid": f"{UID}.9", "sha256": "6f" * 32}
    ids["open_transfer_id"] = shop.run("imaging.offer_object", again).transfer_id
    ids["decided_session_id"] = _decided(shop, ids)
    return ids


def _decided(shop: Shop, ids: Ids) -> UUID:
    event = _event(ids, shop)
    event["event"] |= {"session_id": "session-0002"}
    session_id: UUID = shop.run("imaging.record_session_event", event).session_id
    refused = {"session_id": session_id, "reason_code": "113001", "note": "dark"}
    shop.run("imaging.reject_session", refused)
    return session_id


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


def of_session(**more: Any) -> Example:
    """Return an example about the session under review."""
    return lambda ids, _: {"session_id": ids["session_id"]} | more


EXAMPLES: dict[str, Example] = {
    "imaging.accept_session": of_session(),
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
    "imaging.list_sessions": lambda i, _: {"device_id": i["device_id"]},
    "imaging.note_device_state": _state,
    "imaging.offer_object": _another_offer,
    "imaging.park_message": lambda i, s: _parked(i, s) | {"digest": "9c" * 32},
    "imaging.prioritise_session": of_session(is_priority=True),
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
    "imaging.retry_held": lambda i, _: {"quarantine_id": i["quarantine_id"]},
    "imaging.start_review": of_session(),
    "imaging.take_object": lambda i, s: (
        _taken(i, s) | {"transfer_id": i["open_transfer_id"], "sha256": "6f" * 32}
    ),
    "imaging.withdraw_measurement": lambda i, _: {"annotation_id": i["annotation_id"]},
}
"""A working input of every action of the imaging room, made from its belongings."""
