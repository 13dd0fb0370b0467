"""Performed procedure steps: modalities tell of them by N-CREATE and N-SET.

Source: PS3.4 F.7.2.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import structlog
from pydantic import ValidationError
from pydicom.dataset import Dataset

from erp.adapters.dicom.facts import printable
from erp.core.errors import Busy, DomainError, Unavailable
from erp.core.ids import new_id
from erp.services import imaging, platform
from jobs.listeners.peer_committing import BUSY
from jobs.listeners.peer_contexts import PERFORMED_STEP
from jobs.listeners.peer_directory import Admission, PeerDirectory
from jobs.listeners.peer_finding import AWAY
from jobs.listeners.peer_steps import INVALID_VALUE, MISSING, NotTaken, beginning_of, change_of
from jobs.listeners.peer_storing import NOT_AUTHORISED, Event, status_of

PROCESSING_FAILURE: Final = 0x0110
CLOSED: Final = 0xA710
"""The error id of a step that ended: it may no longer be updated."""
STATUSES: Final = {
    "step_reused": 0x0111,
    "unknown_step": 0x0112,
    "step_closed": PROCESSING_FAILURE,
    "step_fixed": INVALID_VALUE,
    "step_incomplete": MISSING,
}
NO_SUCH_CLASS: Final = 0x0118
UNREADABLE: Final = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
Answer = tuple[int | Dataset, Dataset | None]
Take = Callable[[Admission, str], None]
_log = structlog.get_logger()


class Performing:
    """Takes what modalities that may read the worklist tell of the steps they perform."""

    def __init__(self, directory: PeerDirectory) -> None:
        self._directory = directory

    def begin(self, event: Event) -> Answer:
        """Answer an N-CREATE; success is said after the commit only."""
        name = str(event.request.AffectedSOPInstanceUID or "")
        given = name or f"2.25.{new_id().int}"

        def take(admission: Admission, zone: str) -> None:
            told = beginning_of(event.attribute_list, zone)
            _run("imaging.begin_step", admission, given, told)

        sop_class = event.request.AffectedSOPClassUID
        status = self._answer(event, sop_class, take, event.request.AttributeList, given)
        named = Dataset()
        if not name and status == 0:
            named.AffectedSOPInstanceUID = given
        return status, named or None

    def change(self, event: Event) -> Answer:
        """Answer an N-SET; success is said after the commit only."""
        name = str(event.request.RequestedSOPInstanceUID or "")

        def take(admission: Admission, zone: str) -> None:
            told = change_of(event.modification_list, zone)
            _run("imaging.change_step", admission, name, told)

        sop_class = event.request.RequestedSOPClassUID
        status = self._answer(event, sop_class, take, event.request.ModificationList, name)
        return status, None

    def _answer(
        self,
        event: Event,
        sop_class: object,
        take: Take,
        content: BytesIO | None,
        name: str,
    ) -> int | Dataset:
        try:
            admission = self._directory.renewed(event.assoc.admission)
        except DomainError:
            return status_of(BUSY, AWAY)
        if admission is None or not admission.peer.may_worklist:
            return status_of(NOT_AUTHORISED, "This peer may not tell of steps here.")
        if sop_class != PERFORMED_STEP:
            return status_of(NO_SUCH_CLASS, "The class is not the one of the context.")
        try:
            take(admission, admission.entity.time_zone)
        except (Busy, Unavailable) as error:
            _log.warning("step_waits", code=error.code)
            return status_of(BUSY, AWAY)
        except (NotTaken, DomainError, *UNREADABLE) as error:
            return _refuse(admission, error, name, content)
        return 0x0000


def _run(action: str, admission: Admission, name: str, told: dict[str, Any]) -> None:
    own = {"device_id": admission.peer.device_id, "sop_uid": name}
    platform.run(action, admission.context("step"), told | own)


def _refuse(
    admission: Admission, error: Exception, name: str, content: BytesIO | None
) -> int | Dataset:
    """Put a message that is not taken into quarantine, and return its status."""
    status, code, words = _said(error)
    _log.warning("step_refused", code=code, peer=admission.peer.ae_title)
    payload = content.getvalue() if content is not None else b""
    topic = f"{imaging.STEP_TOPIC}{printable(name)}"[:300]
    parked = imaging.ParkMessage(
        device_id=admission.peer.device_id,
        topic=topic,
        reason_code=code,
        detail=words[:1000],
        payload=payload,
        digest=imaging.message_digest(f"{admission.peer.device_id} {topic}", payload),
    )
    try:
        platform.run("imaging.park_message", admission.context("step"), parked)
    except (Busy, Unavailable):
        return status_of(BUSY, AWAY)
    answer = status_of(status, words)
    if code == "step_closed":
        answer.ErrorID = CLOSED
    return answer


def _said(error: Exception) -> tuple[int, str, str]:
    """Return status, code for the quarantine page and words of what is wrong with a message."""
    if isinstance(error, NotTaken):
        return error.status, error.code, str(error)
    if isinstance(error, DomainError):
        return STATUSES.get(error.code, PROCESSING_FAILURE), error.code, error.message
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        return INVALID_VALUE, "step_invalid", f"{field}: {first['msg']}"
    return INVALID_VALUE, "step_invalid", "A value cannot be read."
