"""Taking a person's identity out of an object; runs inside the sandbox.

Source:
    PS3.15 annex E, Basic Application Level Confidentiality Profile.
"""

import hashlib
import hmac
import warnings
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from pydicom import config, dcmread, dcmwrite
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import UID

from erp.adapters.dicom.facts import Refused, printable
from erp.adapters.dicom.file_meta import DEFLATED, read_file_meta
from erp.adapters.dicom.source import Operation, Source, inflate
from erp.adapters.dicom.structure import walk
from erp.adapters.dicom.values import FAILURES

LARGEST_BYTES: Final = 512 * 1024 * 1024
IMPLEMENTATION: Final = "2.25.302818712240586217153214967563421113702"
STANDARD: Final = "1.2.840.10008."
CLASS_TAGS: Final = frozenset({0x00080016, 0x00081150, 0x0008010C, 0x0008001A, 0x00020002})
TEMPORAL: Final = frozenset({"DA", "DT", "TM"})
CURVES: Final = range(0x5000, 0x5100)
OVERLAYS: Final = range(0x6000, 0x6100)
DUMMIES: Final = {
    "DA": "19000101",
    "DT": "19000101000000",
    "TM": "000000",
    "PN": "Anonymous",
    "AS": "000Y",
    "DS": "0",
    "IS": "0",
    "AE": "ANONYMOUS",
    "CS": "ANONYMOUS",
}
METHODS: Final = {
    "basic": ("113100", "Basic Application Confidentiality Profile"),
    "keep": ("113106", "Retain Longitudinal Temporal Information Full Dates Option"),
    "shift": ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
}
TEMPORAL_STATE: Final = {"remove": "REMOVED", "keep": "UNMODIFIED", "shift": "MODIFIED"}
DIRECTORY_KEYS: Final = (
    "PatientID",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "SeriesInstanceUID",
    "Modality",
    "SeriesNumber",
    "SOPClassUID",
    "SOPInstanceUID",
    "InstanceNumber",
)


def _read_profile() -> dict[int, str]:
    text = Path(__file__).with_name("confidentiality_profile.txt").read_text(encoding="ascii")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {int(tag, 16): action for action, *tags in lines for tag in tags}


PROFILE: Final = _read_profile()


class _Rules:
    """What is done to each element, the same for every object of one export."""

    def __init__(self, secret: str, dates: str) -> None:
        self._secret = bytes.fromhex(secret)
        self.dates = dates
        self._shift = timedelta(days=30 + int.from_bytes(self._digest("shift")[:2]) % 1800)

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), hashlib.sha256)

    def uid(self, uid: str) -> str:
        """Return another UID, the same each time, from which the first cannot be told."""
        if not uid or uid.startswith(STANDARD):
            return uid
        return f"2.25.{int.from_bytes(self._digest(uid)[:16])}"

    def pseudonym(self, identity: str) -> str:
        """Return a name for a patient, the same throughout the export."""
        return f"ANON-{self._digest('patient ' + identity).hex()[:10].upper()}"

    def clean(self, dataset: Dataset) -> None:
        """Change a data set and everything nested in it."""
        for tag in list(dataset.keys()):
            group = tag.group
            if tag.is_private or group in CURVES or group in OVERLAYS:
                del dataset[tag]
                continue
            self._element(dataset, tag)

    def _element(self, dataset: Dataset, tag: BaseTag) -> None:
        action = PROFILE.get(int(tag), "")
        try:
            element = dataset[tag]
        except FAILURES:
            del dataset[tag]
            return
        if element.VR in TEMPORAL and self.dates != "remove":
            self._keep_time(dataset, element)
        elif element.VR == "SQ":
            self._sequence(dataset, element, action)
        elif action == "X" or element.VR == "UN":
            del dataset[tag]
        elif element.VR == "UI" and int(tag) not in CLASS_TAGS:
            element.value = _each(element.value, self.uid)
        elif action == "Z":
            element.value = None
        elif action == "D":
            self._dummy(dataset, element)

    def _sequence(self, dataset: Dataset, element: DataElement, action: str) -> None:
        if action == "X" or not isinstance(element.value, Sequence):
            del dataset[element.tag]
        elif action == "Z":
            element.value = Sequence()
        else:
            for item in element.value:
                self.clean(item)

    def _dummy(self, dataset: Dataset, element: DataElement) -> None:
        if element.VR in DUMMIES:
            element.value = DUMMIES[element.VR]
        elif element.VR in {"LO", "SH", "LT", "ST", "UT", "UC", "UR"}:
            element.value = "ANONYMIZED"
        else:
            del dataset[element.tag]

    def _keep_time(self, dataset: Dataset, element: DataElement) -> None:
        """Leave dates and times, or move the dates; a date of birth never stays."""
        if element.keyword in {"PatientBirthDate", "PatientBirthTime"}:
            element.value = None
        elif self.dates == "shift" and element.VR != "TM":
            moved = _each(element.value, self._moved)
            if moved is None:
                del dataset[element.tag]
            else:
                element.value = moved

    def _moved(self, text: str) -> str:
        try:
            day = datetime.strptime(text[:8], "%Y%m%d")  # noqa: DTZ007  a device's own day
        except ValueError:
            return ""
        return f"{day - self._shift:%Y%m%d}{text[8:]}"


def _each(value: Any, change: Any) -> Any:  # noqa: ANN401  any DICOM value
    if value is None or value == "":
        return value
    if isinstance(value, MultiValue | list):
        return [change(str(part)) for part in value]
    return change(str(value))


def deidentify(source: Source, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Answer the object without identity, and what a directory of media says about it.

    Pixel data stays as it is. Private elements, overlays and curves go.
    """
    if source.size > LARGEST_BYTES:
        return {"refused": "The object is too large to be de-identified."}, b""
    meta = read_file_meta(source)
    if meta.transfer_syntax == DEFLATED:
        walk(inflate(source, meta.dataset_at), 0, meta.encoding)
    else:
        walk(source, meta.dataset_at, meta.encoding)
    rules = _Rules(str(request["secret"]), str(request["dates"]))
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        dataset = dcmread(BytesIO(source.read(0, source.size)))
        name = rules.pseudonym(str(dataset.get("PatientID", "")))
        rules.clean(dataset)
        _say_so(dataset, rules.dates, name)
        dataset.file_meta = _meta(dataset, meta.transfer_syntax)
        dataset.preamble = bytes(128)
        out = BytesIO()
        dcmwrite(out, dataset, enforce_file_format=True)
        known = {key: printable(str(dataset.get(key) or ""), 64) for key in DIRECTORY_KEYS}
    return {"known": known}, out.getvalue()


def _say_so(dataset: Dataset, dates: str, name: str) -> None:
    """Write that, and how, identity was removed.

    Source:
        PS3.3 C.7.1.1, PS3.16 CID 7050.
    """
    dataset.PatientName = name
    dataset.PatientID = name
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = "PS3.15 Basic Application Level Confidentiality Profile"
    dataset.LongitudinalTemporalInformationModified = TEMPORAL_STATE[dates]
    codes = []
    for key in ("basic", dates):
        if key in METHODS:
            item = Dataset()
            item.CodeValue, item.CodeMeaning = METHODS[key]
            item.CodingSchemeDesignator = "DCM"
            codes.append(item)
    dataset.DeidentificationMethodCodeSequence = Sequence(codes)


def _meta(dataset: Dataset, syntax: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID = UID(IMPLEMENTATION)
    return meta


def _guarded(source: Source, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        return deidentify(source, request)
    except Refused as refused:
        return {"refused": printable(str(refused))}, b""
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a stranger's file: any failure is its own
        return {"refused": printable(f"It cannot be written anew: {type(error).__name__}.")}, b""


def _warm_up() -> None:
    """Load what reading and writing import on first use, while the library's files can be read."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    dataset.PatientName, dataset.PatientID, dataset.StudyDate = "Any^One", "1", "20240131"
    dataset.PixelSpacing, dataset.InstanceNumber, dataset.StudyTime = [1, 1], 1, "101112"
    dataset.AcquisitionDateTime, dataset.SpecificCharacterSet = "20240131101112", "ISO_IR 192"
    inner = Dataset()
    inner.ReferencedSOPInstanceUID = "1.2.3"
    dataset.ReferencedImageSequence = Sequence([inner])
    dataset.file_meta = _meta(dataset, DEFLATED)
    out = BytesIO()
    dcmwrite(out, dataset, enforce_file_format=True)
    dataset.pop("ReferencedImageSequence")
    deidentify(Source(data=out.getvalue()), {"secret": "00", "dates": "shift"})


_warm_up()

OPERATIONS: Final[dict[str, Operation]] = {"deidentify": _guarded}
