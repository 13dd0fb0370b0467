"""What the limited reader answers about an object; runs inside the sandbox."""

import contextlib
import warnings
from typing import Any, Final

from pydicom import config

from erp.adapters.dicom.facts import Refused, printable
from erp.adapters.dicom.file_meta import DEFLATED, FileMeta, read_file_meta
from erp.adapters.dicom.pixel_module import PIXEL_TAGS
from erp.adapters.dicom.reading import (
    ATTR_BYTES,
    KEPT_BYTES,
    element_vr,
    inspect_object,
    read_head,
    storable,
)
from erp.adapters.dicom.source import Operation, Source, inflate
from erp.adapters.dicom.structure import Structure, walk
from erp.adapters.dicom.values import FAILURES

BULK_VRS: Final = frozenset(
    ["OB", "OD", "OF", "OL", "OV", "OW", "UN", "UT", "UR", "UC", "LT", "ST"]
)


def answer_inspection(source: Source, _request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Answer the parent's request to inspect an object."""
    return inspect_object(source).model_dump(mode="json"), b""


def describe_object(source: Source, _request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Answer every public attribute as DICOM JSON; of bulk only its mark.

    The source may end where the pixel data starts. What the walk refuses is answered as it is.
    """
    meta, body, structure = _walked(source)
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        dataset = read_head(body, structure.elements, meta, set())
        attrs: dict[str, Any] = {}
        for tag in sorted(dataset.keys()):
            raw = dataset.get_item(tag)
            if tag.is_private or tag.element == 0 or raw is None:
                continue
            is_bulk = (getattr(raw, "length", 0) or 0) > ATTR_BYTES and element_vr(raw) in BULK_VRS
            if is_bulk:
                attrs[f"{tag:08X}"] = {"vr": element_vr(raw), "BulkDataURI": ""}
                continue
            with contextlib.suppress(*FAILURES, NotImplementedError):
                attrs[f"{tag:08X}"] = storable(dataset[tag].to_json_dict(None, KEPT_BYTES))
    return {"attrs": attrs}, b""


def bulk_value(source: Source, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Answer the bytes of one top-level element; `{"missing": true}` where there is none."""
    _, body, structure = _walked(source)
    wanted = int(request["tag"], 16)
    element = next((e for e in structure.elements if e.tag == wanted), None)
    if element is None or element.tag in PIXEL_TAGS:
        return {"missing": True}, b""
    return {"missing": False}, body.read(element.value_at, element.end - element.value_at)


def _walked(source: Source) -> tuple[FileMeta, Source, Structure]:
    meta = read_file_meta(source)
    body, at = source, meta.dataset_at
    if meta.transfer_syntax == DEFLATED:
        body, at = inflate(source, at), 0
    return meta, body, walk(body, at, meta.encoding)


def _refusing(operation: Operation) -> Operation:
    def answer(source: Source, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        try:
            return operation(source, request)
        except (Refused, RecursionError) as refused:
            return {"refused": printable(str(refused))}, b""

    return answer


OPERATIONS: Final[dict[str, Operation]] = {
    "inspect": answer_inspection,
    "describe": _refusing(describe_object),
    "bulk": _refusing(bulk_value),
}
