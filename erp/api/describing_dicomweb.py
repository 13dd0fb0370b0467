"""The description of the archive over DICOMweb."""

from collections.abc import Mapping
from typing import Final

from erp.api.describing_parts import BINARY, Schema, get_route, parameter
from erp.api.dicomweb.addresses import INSTANCE, ROOT, SERIES, STUDIES, STUDY
from erp.api.imaging_hooks import BIOMARKERS, COMPLETE, SIGNED
from erp.api.quarantine import PREVIEW

UID: Final[Schema] = {"type": "string", "pattern": "^[0-9.]{1,64}$"}
NAMED: Final[Mapping[str, Schema]] = {
    "study_uid": UID,
    "series_uid": UID,
    "sop_uid": UID,
    "frames": {"type": "string", "pattern": "^[0-9]{1,6}(,[0-9]{1,6}){0,20}$"},
    "tag": {"type": "string", "pattern": "^[0-9A-F]{8}$"},
}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 1000}
SEARCH: Final[Mapping[str, Schema]] = {
    "limit": COUNT,
    "offset": COUNT,
    "fuzzymatching": {"type": "boolean", "default": False},
    "includefield": {"type": "string", "pattern": "^(all|[0-9A-F]{8})$"},
}
LOOK: Final[Mapping[str, Schema]] = {
    "window": {"type": "string", "description": "center,width,linear"},
    "viewport": {"type": "string", "description": "width,height, or with a region"},
    "quality": {"type": "integer", "minimum": 1, "maximum": 100},
}
JSON: Final[Schema] = {
    "application/dicom+json": {"schema": {"type": "array", "items": {"type": "object"}}}
}
OBJECTS: Final[Schema] = {"multipart/related": BINARY, "application/dicom": BINARY}
FRAMES: Final[Schema] = {"multipart/related": BINARY, "application/octet-stream": BINARY}
PICTURE: Final[Schema] = {"image/jpeg": BINARY, "image/png": BINARY}
EMPTY: Final[Schema] = {"description": "Nothing matches"}
NOT_ACCEPTABLE: Final[Schema] = {"$ref": "#/components/responses/406"}
SEARCHES: Final = (
    (STUDIES, "search_studies", "Studies that match (QIDO-RS)"),
    (f"{ROOT}/series", "search_all_series", "Series that match"),
    (f"{ROOT}/instances", "search_all_instances", "Instances that match"),
    (f"{STUDY}/series", "search_series", "Series of a study that match"),
    (f"{STUDY}/instances", "search_instances_of_study", "Instances of a study that match"),
    (f"{SERIES}/instances", "search_instances", "Instances of a series that match"),
)
READS: Final[tuple[tuple[str, str, str, Mapping[str, Schema], Schema], ...]] = (
    (STUDY, "retrieve_study", "The objects of a study (WADO-RS)", {}, OBJECTS),
    (SERIES, "retrieve_series", "The objects of a series", {}, OBJECTS),
    (INSTANCE, "retrieve_instance", "One object", {}, OBJECTS),
    (f"{STUDY}/metadata", "study_metadata", "Attributes of a study's objects", {}, JSON),
    (f"{SERIES}/metadata", "series_metadata", "Attributes of a series' objects", {}, JSON),
    (f"{INSTANCE}/metadata", "instance_metadata", "Attributes of one object", {}, JSON),
    (f"{INSTANCE}/bulkdata/{{tag}}", "bulk_value", "The value of one element", {}, FRAMES),
    (f"{INSTANCE}/frames/{{frames}}", "retrieve_frames", "Frames, from 1", {}, FRAMES),
    (f"{INSTANCE}/rendered", "render_instance", "An object's picture", LOOK, PICTURE),
    (
        f"{INSTANCE}/frames/{{frames}}/rendered",
        "render_frame",
        "A frame's picture",
        LOOK,
        PICTURE,
    ),
    (f"{STUDY}/thumbnail", "study_thumbnail", "A small picture of a study", {}, PICTURE),
    (f"{SERIES}/thumbnail", "series_thumbnail", "A small picture of a series", {}, PICTURE),
    (f"{INSTANCE}/thumbnail", "instance_thumbnail", "A small picture of an object", {}, PICTURE),
    (
        f"{INSTANCE}/frames/{{frames}}/thumbnail",
        "frame_thumbnail",
        "A small picture of a frame",
        {},
        PICTURE,
    ),
)


def dicomweb_paths() -> dict[str, Schema]:
    """Describe the routes of DICOMweb."""
    paths: dict[str, Schema] = {}
    for path, name, summary in SEARCHES:
        found = get_route(f"dicomweb_{name}", summary, _parameters(path, SEARCH), JSON)
        found["get"]["responses"] |= {"204": EMPTY, "406": NOT_ACCEPTABLE}
        paths[path] = found
    for path, name, summary, asked, content in READS:
        found = get_route(f"dicomweb_{name}", summary, _parameters(path, asked), content)
        found["get"]["responses"]["406"] = NOT_ACCEPTABLE
        paths.setdefault(path, {}).update(found)
    held = parameter("path", "quarantine_id", {"type": "string", "format": "uuid"})
    preview = get_route("preview_held", "A picture of a held object", [held], PICTURE)
    paths[PREVIEW] = preview
    paths[COMPLETE] = {"post": _call("imaging_complete_by_webhook", "A study was sent in full")}
    paths[BIOMARKERS] = {"post": _call("biomarkers_by_webhook", "A model's figures of a study")}
    for path, name in ((STUDIES, "store"), (STUDY, "store_into_study")):
        paths[path]["post"] = _store(path, name)
    return paths


def _parameters(path: str, asked: Mapping[str, Schema]) -> list[Schema]:
    named = [
        parameter("path", name, schema) for name, schema in NAMED.items() if f"{{{name}}}" in path
    ]
    return named + [
        parameter("query", name, schema, required=False) for name, schema in asked.items()
    ]


def _store(path: str, name: str) -> Schema:
    """Describe storing: what became of each object, whether all, some or none are stored."""
    answer = {"description": "What became of each object", "content": _became()}
    described: Schema = get_route(
        f"dicomweb_{name}", "Store objects (STOW-RS)", _parameters(path, {}), {}
    )["get"]
    described["responses"] |= {"200": answer, "202": answer, "409": answer, "406": NOT_ACCEPTABLE}
    described["requestBody"] = {"required": True, "content": {"multipart/related": BINARY}}
    return described


def _call(name: str, what: str) -> Schema:
    """Describe a webhook by which another program tells something of a session."""
    asked = [
        parameter("path", "uid", {"type": "string", "maxLength": 128}),
        parameter("query", "hook", {"type": "string", "format": "uuid"}),
        *(parameter("header", name, {"type": "string"}) for name in SIGNED),
    ]
    answer = {"application/json": {"schema": {"type": "object"}}}
    summary = f"{what} (a Standard Webhook over POST, path, line feed, body)"
    described: Schema = get_route(name, summary, asked, answer)["get"]
    described["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    return described


def _became() -> Schema:
    return {
        "application/dicom+json": {"schema": {"type": "object"}},
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    }
