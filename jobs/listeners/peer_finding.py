"""C-FIND: what peers search, translated to the archive's words and back."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

import structlog
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from erp.core import db
from erp.core.errors import DomainError, InvalidInput
from erp.services import imaging
from jobs.listeners.peer_contexts import PATIENT_ROOT_FIND, WORKLIST_FIND
from jobs.listeners.peer_directory import Admission, PeerDirectory
from jobs.listeners.peer_storing import NOT_AUTHORISED, OUT_OF_RESOURCES, Event, status_of
from jobs.listeners.peer_worklist import worklist_items

PENDING: Final = 0xFF00
CANCELLED: Final = 0xFE00
NO_MATCH_OF_CLASS: Final = 0xA900
UNABLE: Final = 0xC001
AWAY: Final = "The archive is away; ask again later."
UNIQUE: Final = {
    "PATIENT": "PatientID",
    "STUDY": "StudyInstanceUID",
    "SERIES": "SeriesInstanceUID",
    "IMAGE": "SOPInstanceUID",
}
ABOVE: Final = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID")
_log = structlog.get_logger()
Answer = tuple[int | Dataset, Dataset | None]


class Finding:
    """Answers searches of the archive and of the worklist."""

    def __init__(self, directory: PeerDirectory) -> None:
        self._directory = directory

    def find(self, event: Event) -> Iterator[Answer]:
        """Yield what matches, then end; a cancel ends sooner."""
        is_worklist = event.context.abstract_syntax == WORKLIST_FIND
        admission = self._admission(event, is_worklist=is_worklist)
        if isinstance(admission, Dataset):
            yield admission, None
            return
        try:
            found, is_cut = self._found(event, admission, is_worklist=is_worklist)
        except InvalidInput as error:
            yield status_of(UNABLE, error.message), None
            return
        except DomainError as error:
            _log.warning("find_waits", code=error.code)
            yield status_of(OUT_OF_RESOURCES, AWAY), None
            return
        for match in found:
            if event.is_cancelled:
                yield CANCELLED, None
                return
            yield PENDING, match
        if is_cut:
            text = f"More than {imaging.MOST_MATCHES} match; narrow the search."
            yield status_of(OUT_OF_RESOURCES, text), None

    def _admission(self, event: Event, *, is_worklist: bool) -> Admission | Dataset:
        """Return who asks, or the status that refuses them."""
        try:
            admission = self._directory.renewed(event.assoc.admission)
        except DomainError:
            return status_of(OUT_OF_RESOURCES, AWAY)
        if admission is None or not _may(admission, is_worklist=is_worklist):
            return status_of(NOT_AUTHORISED, "This peer may not search here.")
        if event.context.abstract_syntax != event.request.AffectedSOPClassUID:
            return status_of(NO_MATCH_OF_CLASS, "The class is not the one of the context.")
        return admission

    def _found(
        self, event: Event, admission: Admission, *, is_worklist: bool
    ) -> tuple[list[Dataset], bool]:
        wanted = event.identifier
        ctx = admission.context("cfind")
        if is_worklist:
            with db.unit_of_work(ctx) as session:
                rows = imaging.worklist_for(
                    session, ctx, admission.entity.branch_id, imaging.MOST_MATCHES
                )
            return worklist_items(rows, wanted, admission.peer.ae_title), False
        level = _level(event, wanted)
        asked = {name: text_of(wanted, name) for name in _keywords(wanted)}
        with db.unit_of_work(ctx) as session:
            rows = imaging.find_in_archive(session, ctx, level, asked)
        title = admission.entity.ae_title
        found = [_match(row, wanted, level, title) for row in rows[: imaging.MOST_MATCHES]]
        return found, len(rows) > imaging.MOST_MATCHES


def _may(admission: Admission, *, is_worklist: bool) -> bool:
    return admission.peer.may_worklist if is_worklist else admission.peer.may_query


def _level(event: Event, wanted: Dataset) -> imaging.Level:
    level = str(wanted.get("QueryRetrieveLevel", "")).strip().upper()
    is_patient_root = event.context.abstract_syntax == PATIENT_ROOT_FIND
    for known in imaging.LEVELS:
        if known == level and (level != "PATIENT" or is_patient_root):
            return known
    raise InvalidInput("QueryRetrieveLevel is none of this model's levels.")


def _keywords(wanted: Dataset) -> list[str]:
    return [element.keyword for element in wanted if element.keyword and element.VR != "SQ"]


def text_of(wanted: Dataset, keyword: str) -> str:
    """Return what an attribute must match, as DICOM writes it; empty where it is absent."""
    value = wanted.get(keyword, "")
    if isinstance(value, MultiValue | list | tuple):
        return "\\".join(str(part) for part in value)
    return "" if value is None else str(value).strip("\0 ")


def _match(row: dict[str, Any], wanted: Dataset, level: imaging.Level, title: str) -> Dataset:
    """Return an answer with what was asked for, and with what names the match."""
    answer = Dataset()
    answer.SpecificCharacterSet = "ISO_IR 192"
    answer.QueryRetrieveLevel = level
    answer.RetrieveAETitle = title
    answer.InstanceAvailability = "ONLINE"
    names = {*_keywords(wanted), UNIQUE[level], *ABOVE}
    for name in names & row.keys():
        put(answer, name, row[name])
    for element in wanted:
        if element.tag not in answer:
            empty = Sequence() if element.VR == "SQ" else ""
            answer.add(DataElement(element.tag, element.VR, empty))
    return answer


def put(answer: Dataset, keyword: str, value: Any) -> None:  # noqa: ANN401  of any column
    """Set an attribute to what a column holds."""
    if isinstance(value, datetime | date):
        value = value.strftime("%Y%m%d")
    elif isinstance(value, time):
        value = value.strftime("%H%M%S.%f" if value.microsecond else "%H%M%S")
    elif dictionary_VR(keyword) in {"IS", "DS"} and value is not None:
        value = str(value)
    setattr(answer, keyword, "" if value is None else value)
