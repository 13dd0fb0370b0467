"""What codes mean, in words for people."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

REPEAT_REASONS: Final = {
    "motion": "Patient moved",
    "positioning": "Positioning",
    "exposure": "Exposure or brightness",
    "focus": "Out of focus",
    "artefact": "Artefact",
    "incomplete": "Region not covered",
    "wrong_laterality": "Wrong side",
    "wrong_protocol": "Wrong protocol",
    "other": "Other",
}
REJECT_REASONS: Final = {
    "113001": "Quality",
    "113037": "Patient safety",
    "113038": "Wrong patient or worklist entry",
}
REASONS: Final = {
    **REPEAT_REASONS,
    **REJECT_REASONS,
    "objects_added": "New objects arrived",
    "reopened": "Decision taken back",
    "given_back": "Given back",
    "taken_over": "Taken over",
    "held": "Put on hold",
    "resumed": "Resumed",
}
DECISIONS: Final = {
    "new": "New",
    "in_review": "In review",
    "on_hold": "On hold",
    "accepted": "Accepted",
    "signed_off": "Signed off",
    "repeat_requested": "Repeat requested",
    "rejected": "Rejected",
}
URGENCIES: Final = ("routine", "urgent", "stat")
"""By the number a session keeps."""
DUE_WORDS: Final = {"overdue": "overdue", "late": "decided late", "kept": "kept"}
AWAITING_WORDS: Final = {"second": "Second reader", "resolution": "Readers differ"}
HELD: Final = {
    "not_dicom": ("Not a DICOM object", "Check what the device exports, then retry or discard."),
    "no_meta": ("No DICOM header", "The device exports bare data sets; set it to DICOM files."),
    "truncated": ("Cut off", "The file ends too early. Have the device send it again."),
    "syntax_mismatch": ("Encoding differs from its header", "A fault of the device's export."),
    "too_deep": ("Nested too deep", "No real object is built so. Discard it."),
    "too_complex": ("Too many elements", "No real object is built so. Discard it."),
    "expansion": ("Grows too large when unpacked", "Discard it, or have it exported uncompressed."),
    "missing_uid": ("An identifier is missing", "A fault of the device's export."),
    "bad_uid": ("An identifier is not valid", "A fault of the device's export."),
    "uid_mismatch": ("Names two objects", "Header and content, or offer and content, disagree."),
    "bad_value": ("Patient number is not valid", "Correct it at the device and send again."),
    "bad_pixel_module": ("The picture's description is impossible", "Have it exported again."),
    "size_mismatch": ("Promises more than it holds", "Have the device send it again."),
    "resource_limit": ("Too costly to read", "It exceeded the limits of memory or time."),
    "unreadable": ("Cannot be read", "The reader failed on it. Retry after an update, or discard."),
    "uid_conflict": (
        "Another object has the same identity",
        "Both are kept. Discard this one, or have the device give it an identity of its own.",
    ),
    "patient_conflict": (
        "Study belongs to another patient",
        "Find out whose it is. Correct it at the device and send again, then discard this one.",
    ),
    "series_conflict": ("Series does not fit", "It is known in another study or modality."),
    "study_removed": (
        "Its study was removed",
        "It was removed after its time of keeping. Discard this unless it has to be kept again.",
    ),
    "too_large": ("Too large a message", "Messages carry no pictures; see the device's manual."),
    "not_json": ("Not a message", "The device sent something that is no JSON."),
    "not_text": ("Not readable text", "The message is not UTF-8 text."),
    "too_many_keys": ("Too large a message", "It has too many fields."),
    "unknown_schema": ("Unknown version", "The device speaks another version of the contract."),
    "invalid": ("Wrong content", "A field of the message is wrong; the detail names it."),
    "bad_topic": ("Wrong topic", "The device published where nothing is expected."),
    "bad_manifest": ("Manifest is wrong", "The list of objects and its digest disagree."),
    "event_reused": ("Contradicts an earlier message", "The number or id is taken."),
    "idempotency_key_reused": ("Contradicts an earlier message", "The id is taken."),
    "transfer_reused": ("Transfer name is taken", "It stands for another object already."),
    "unknown_transfer": ("Never offered", "The device spoke of an object it did not offer."),
    "step_invalid": (
        "A step's message is wrong",
        "The detail names the attribute. Its modality was told; correct it there.",
    ),
    "step_reused": (
        "A step's name is taken",
        "If the modality only repeated itself, discard it; else the step lacks a name of its own.",
    ),
    "unknown_step": ("Of a step nobody told of", "Its beginning never came. Look at the modality."),
    "step_closed": ("Of a step that ended", "A step that ended changes no more. Discard it."),
    "step_fixed": ("Changes what a step began with", "Begin the step anew at the modality."),
    "step_incomplete": ("A step ends without saying how", "A fault of the modality's settings."),
    "told_at_once": ("The modality was told", "It needs no retry; discard it."),
    "repeated_by_device": ("The device repeats it", "It needs no retry; discard it."),
    "bytes_missing": (
        "Its bytes are gone or damaged",
        "Have the device send it again, then discard this.",
    ),
    "invalid_input": ("Cannot be stored", "A value of the message cannot be stored."),
}


def held_in_words(code: str) -> tuple[str, str]:
    """Return why something is held and what to do about it."""
    return HELD.get(code, (code.replace("_", " ").capitalize(), "Retry, or discard it."))


def soon_text(instant: datetime, today: date, zone: str) -> str:
    """Return an instant as short as it can be: `today 14:30`, `tomorrow 09:00`, or its day."""
    local = instant.astimezone(ZoneInfo(zone))
    away = (local.date() - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(away)
    day = near or f"{local:%d-%m}" + ("" if local.year == today.year else f"-{local.year}")
    return f"{day}\N{NO-BREAK SPACE}{local:%H:%M}"
