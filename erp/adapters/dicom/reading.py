"""Reading one object from its bytes; runs inside the sandbox."""

import math
import warnings
from io import BytesIO
from statistics import median
from typing import Any, Final

from pydicom import config
from pydicom.charset import python_encoding
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from erp.adapters.dicom.facts import (
    Inspected,
    Instance,
    ObjectClass,
    Patient,
    Pixels,
    Quarantine,
    Reason,
    Refused,
    Rescale,
    Series,
    SpacingSource,
    Study,
    Window,
    printable,
)
from erp.adapters.dicom.file_meta import DEFLATED, FileMeta, read_file_meta
from erp.adapters.dicom.functional_groups import PER_FRAME_TAG, places_of_frames, values_of_frame
from erp.adapters.dicom.pixel_module import PIXEL_TAGS, addressable, check_pixels
from erp.adapters.dicom.source import Source, inflate
from erp.adapters.dicom.spacing import read_region, read_spacing
from erp.adapters.dicom.structure import Element, Structure, walk
from erp.adapters.dicom.values import FAILURES, Values, checked_uid, snake

IN_A_REGION: Final = frozenset({SpacingSource.ULTRASOUND_REGION})
DIRECTORY_CLASS: Final = "1.2.840.10008.1.3.10"
KEPT_ELEMENT_BYTES: Final = 512 * 1024
KEPT_BYTES: Final = 8 * 1024 * 1024
ATTR_BYTES: Final = 1024
ATTRS_BYTES: Final = 32 * 1024
FAMILIES: Final = (
    ("1.2.840.10008.5.1.4.1.1.88.", ObjectClass.REPORT),
    ("1.2.840.10008.5.1.4.1.1.104.", ObjectClass.DOCUMENT),
    ("1.2.840.10008.5.1.4.1.1.9.", ObjectClass.WAVEFORM),
    ("1.2.840.10008.5.1.4.1.1.77.1.1.1", ObjectClass.VIDEO),
    ("1.2.840.10008.5.1.4.1.1.77.1.2.1", ObjectClass.VIDEO),
    ("1.2.840.10008.5.1.4.1.1.77.1.4.1", ObjectClass.VIDEO),
)
VIDEO_SYNTAXES: Final = "1.2.840.10008.1.2.4.10"
DECODABLE: Final = frozenset(
    {
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.1.99",
        "1.2.840.10008.1.2.2",
        "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.1.2.4.51",
        "1.2.840.10008.1.2.4.57",
        "1.2.840.10008.1.2.4.70",
        "1.2.840.10008.1.2.4.80",
        "1.2.840.10008.1.2.4.81",
        "1.2.840.10008.1.2.4.90",
        "1.2.840.10008.1.2.4.91",
        "1.2.840.10008.1.2.4.201",
        "1.2.840.10008.1.2.4.202",
        "1.2.840.10008.1.2.4.203",
        "1.2.840.10008.1.2.5",
    }
)


def inspect_object(source: Source) -> Inspected | Quarantine:
    """Return the facts of an object or why it is refused; never raises for bad content."""
    try:
        return _inspect(source)
    except Refused as refused:
        return refused.finding
    except RecursionError:
        return Quarantine(reason_code=Reason.TOO_DEEP, detail="Values are nested too deep.")
    except MemoryError:
        return Quarantine(
            reason_code=Reason.RESOURCE_LIMIT, detail="Reading it needs too much memory."
        )
    except Exception as error:  # noqa: BLE001  a stranger's file: any failure is its own
        detail = printable(f"The reader failed: {type(error).__name__}: {error}")
        return Quarantine(reason_code=Reason.UNREADABLE, detail=detail)


def read_head(source: Source, elements: list[Element], meta: FileMeta, flags: set[str]) -> Dataset:
    """Return the data set without bulk: what pydicom sees has already been walked."""
    kept: list[bytes] = []
    total = 0
    for element in elements:
        size = element.end - element.start
        is_hidden_sequence = element.vr == b"UN" and size > ATTR_BYTES
        if element.tag in PIXEL_TAGS or is_hidden_sequence:
            continue
        total += size
        most = KEPT_BYTES if element.tag == PER_FRAME_TAG else KEPT_ELEMENT_BYTES
        if size > most or total > KEPT_BYTES:
            flags.add("attributes_dropped")
            total -= size
            continue
        kept.append(source.read(element.start, size))
    return read_dataset(BytesIO(b"".join(kept)), meta.encoding.implicit, meta.encoding.little)


def _inspect(source: Source) -> Inspected:
    meta = read_file_meta(source)
    flags: set[str] = set()
    if meta.preamble != "zero":
        flags.add(f"preamble_{meta.preamble}")
    checked_uid("TransferSyntaxUID", meta.transfer_syntax)
    body, at = source, meta.dataset_at
    if meta.transfer_syntax == DEFLATED:
        body, at = inflate(source, at), 0
    structure = walk(body, at, meta.encoding)
    if structure.padding:
        flags.add("trailing_padding")
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        values = Values(read_head(body, structure.elements, meta, flags), flags)
        return _facts(source.size, body, meta, structure, values)


def _facts(
    size: int, body: Source, meta: FileMeta, structure: Structure, values: Values
) -> Inspected:
    is_directory = meta.sop_class == DIRECTORY_CLASS
    instance = _instance(meta, values, is_directory=is_directory)
    study = None if is_directory else _study(values)
    series = None if is_directory else _series(values)
    patient = _patient(values)
    element = next((e for e in structure.elements if e.tag in PIXEL_TAGS), None)
    object_class = _object_class(instance, has_pixels=element is not None)
    pixels: Pixels | None = None
    obstacle: str | None = "This kind of object holds no picture."
    if element is not None and object_class is ObjectClass.IMAGE:
        finding = check_pixels(values, structure, body, element)
        pixels, obstacle = finding.pixels, finding.obstacle or _no_decoder(meta)
        pixels = addressable(pixels, meta.transfer_syntax)
    attrs = _attrs(values)
    return Inspected(
        object_class=object_class,
        size=size,
        patient=patient,
        study=study,
        series=series,
        instance=instance,
        pixels=pixels,
        is_renderable=obstacle is None,
        not_renderable_because=obstacle,
        flags=tuple(sorted(values.flags)),
        preamble=meta.preamble,
        attrs=attrs,
    )


def _no_decoder(meta: FileMeta) -> str | None:
    if meta.transfer_syntax in DECODABLE:
        return None
    return f"No decoder for transfer syntax {meta.transfer_syntax}."


def _object_class(instance: Instance, *, has_pixels: bool) -> ObjectClass:
    if instance.sop_class == DIRECTORY_CLASS:
        return ObjectClass.DIRECTORY
    if instance.transfer_syntax.startswith(VIDEO_SYNTAXES):
        return ObjectClass.VIDEO
    for prefix, family in FAMILIES:
        if instance.sop_class.startswith(prefix):
            return family
    return ObjectClass.IMAGE if has_pixels else ObjectClass.OTHER


def _instance(meta: FileMeta, values: Values, *, is_directory: bool) -> Instance:
    if is_directory:
        sop_uid = checked_uid("MediaStorageSOPInstanceUID", meta.sop_uid)
        sop_class = meta.sop_class
    else:
        sop_uid, sop_class = values.uid("SOPInstanceUID"), values.uid("SOPClassUID")
        _same(meta.sop_uid, sop_uid, "SOP Instance UID")
        _same(meta.sop_class, sop_class, "SOP Class UID")
    spacing_mm, spacing_source = read_spacing(values)
    first = values_of_frame(values, 0)
    _check_charset(values)
    return Instance(
        sop_uid=sop_uid,
        sop_class=sop_class,
        transfer_syntax=meta.transfer_syntax,
        number=values.integer("InstanceNumber"),
        acquired_at=values.moment("AcquisitionDate", "AcquisitionTime")
        or values.moment("ContentDate", "ContentTime"),
        frame_of_reference=values.optional_uid("FrameOfReferenceUID"),
        spacing_mm=spacing_mm,
        spacing_source=spacing_source,
        spacing_region=read_region(values) if spacing_source in IN_A_REGION else None,
        windows=read_windows(first),
        rescale=read_rescale(first),
        frame_time_ms=_frame_time(values),
        frame_places=places_of_frames(values),
        burned_in=_yes_no(values.text("BurnedInAnnotation")),
        is_lossy=values.text("LossyImageCompression") == "01",
    )


def _check_charset(values: Values) -> None:
    named = (values.text("SpecificCharacterSet") or "").split("\\")
    if any(name and name not in python_encoding for name in named):
        values.flags.add("charset_unknown")


def _same(in_meta: str, in_dataset: str, name: str) -> None:
    if in_meta and in_meta != in_dataset:
        raise Refused(
            Reason.UID_MISMATCH,
            f"{name} is {in_meta[:64]} in the file meta information and {in_dataset} inside.",
        )


def _patient(values: Values) -> Patient:
    return Patient(
        patient_id=values.patient_id(),
        issuer=values.text("IssuerOfPatientID"),
        name=values.text("PatientName"),
        birth_date=values.day("PatientBirthDate"),
        sex=values.text("PatientSex"),
    )


def _study(values: Values) -> Study:
    return Study(
        study_uid=values.uid("StudyInstanceUID"),
        accession_number=values.text("AccessionNumber"),
        started_at=values.moment("StudyDate", "StudyTime"),
        description=values.text("StudyDescription"),
        referring_physician=values.text("ReferringPhysicianName"),
    )


def _series(values: Values) -> Series:
    return Series(
        series_uid=values.uid("SeriesInstanceUID"),
        modality=values.text("Modality"),
        number=values.integer("SeriesNumber"),
        description=values.text("SeriesDescription"),
        body_part=values.text("BodyPartExamined"),
        laterality=values.text("Laterality") or values.text("ImageLaterality"),
        station=values.text("StationName"),
        manufacturer=values.text("Manufacturer"),
        model=values.text("ManufacturerModelName"),
        protocol=values.text("ProtocolName"),
        performed_at=values.moment("SeriesDate", "SeriesTime"),
    )


def read_windows(values: Values) -> tuple[Window, ...]:
    """Return the windows of the object that have a width."""
    centers, widths = values.numbers("WindowCenter"), values.numbers("WindowWidth")
    labels = (values.text("WindowCenterWidthExplanation") or "").split("\\")
    labels += [""] * len(centers)
    good = [
        Window(center=center, width=width, label=label)
        for center, width, label in zip(centers, widths, labels, strict=False)
        if width > 0
    ]
    if len(good) != max(len(centers), len(widths)):
        values.flags.add("window_invalid")
    return tuple(good[:16])


def read_rescale(values: Values) -> Rescale | None:
    """Return the modality line; None when absent or of slope 0."""
    slope, intercept = values.number("RescaleSlope"), values.number("RescaleIntercept")
    if slope is None and intercept is None:
        return None
    if not slope:
        values.flags.add("rescale_slope_invalid")
        return None
    return Rescale(slope=slope, intercept=intercept or 0.0, unit=values.text("RescaleType") or "")


def _frame_time(values: Values) -> float | None:
    frame_time = values.number("FrameTime")
    if frame_time is not None and frame_time > 0:
        return frame_time
    steps = values.numbers("FrameTimeVector")[1:]  # the first is where the series begins
    if steps and median(steps) > 0:
        return median(steps)
    rate = values.number("CineRate") or values.number("RecommendedDisplayFrameRate")
    return 1000.0 / rate if rate and rate > 0 else None


def _yes_no(text: str | None) -> bool | None:
    return {"YES": True, "NO": False}.get(text or "")


def _attrs(values: Values) -> dict[str, Any]:
    """Return public attributes as DICOM JSON, within 1 KiB each and 32 KiB together.

    A larger one leaves its mark, an empty `BulkDataURI`.
    """
    attrs: dict[str, Any] = {}
    left = ATTRS_BYTES
    for tag in sorted(values.dataset.keys()):
        raw = values.dataset.get_item(tag)
        if tag.is_private or tag.element == 0 or raw is None:
            continue
        size = getattr(raw, "length", 0) or 0
        if left < 0:
            values.flags.add("attributes_dropped")
            break
        if size > ATTR_BYTES:
            attrs[f"{tag:08X}"] = {"vr": element_vr(raw), "BulkDataURI": ""}
            continue
        try:
            attr = values.dataset[tag].to_json_dict(None, ATTR_BYTES)
        except (*FAILURES, NotImplementedError):
            values.flags.add(f"{snake(values.dataset[tag].keyword or str(tag))}_unreadable")
            continue
        attrs[f"{tag:08X}"] = storable(attr)
        left -= len(str(attr))
    return attrs


def storable(value: Any) -> Any:  # noqa: ANN401  JSON in, JSON out
    """Return JSON that PostgreSQL takes: no NUL, no lone surrogate, no NaN."""
    if isinstance(value, str):
        clean = value.replace("\0", "")
        return clean if clean.isascii() else clean.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: storable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def element_vr(raw: Any) -> str:  # noqa: ANN401  an element, read or not yet
    """Return the value representation of an element; the dictionary's where the file has none."""
    if raw.VR:
        return str(raw.VR)
    try:
        return dictionary_VR(raw.tag)
    except KeyError:
        return "UN"
