"""C-STORE: an object is acknowledged once it is durable, and refused in DICOM's own words otherwise."""

from typing import Any, Final

import structlog
from pydicom.dataset import Dataset

from erp.adapters.dicom.file_meta import file_head
from erp.core.errors import Busy, Unavailable
from erp.services import imaging
from jobs.listeners.peer_directory import PeerDirectory
from jobs.listeners.peer_receiving import Arriving
from jobs.listeners.recording import Recorder

STORED: Final = 0x0000
NOT_AUTHORISED: Final = 0x0124
OUT_OF_RESOURCES: Final = 0xA700
OTHER_CLASS: Final = 0xA900
NOT_UNDERSTOOD: Final = 0xC000
COMMENT_CHARACTERS: Final = 64
MISMATCHES: Final = frozenset({"uid_mismatch"})
Event = Any
"""pynetdicom's event; its types name no attribute of the requests it carries."""
_log = structlog.get_logger()


class Storing:
    """Takes the objects of all associations of a process.

    Args:
        directory: Who may still store.
        intake: Reads objects and keeps their bytes.
        recorder: Writes them down.
    """

    def __init__(
        self,
        directory: PeerDirectory,
        intake: imaging.Intake,
        recorder: Recorder[imaging.DeliveredObject, imaging.TakenObject],
    ) -> None:
        self._directory = directory
        self._intake = intake
        self._recorder = recorder

    def store(self, event: Event) -> int | Dataset:
        """Return the status of a C-STORE that came pynetdicom's way; see `keep`."""
        request, context = event.request, event.context
        if context.abstract_syntax != request.AffectedSOPClassUID:
            return status_of(OTHER_CLASS, "The class is not the one of the presentation context.")
        sop_class, sop_uid = str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID)
        head = file_head(sop_class, sop_uid, str(context.transfer_syntax))
        content = head + event.encoded_dataset(include_meta=False)
        code, comment = self._keep(event.assoc, sop_uid, content)
        return status_of(code, comment) if comment else code

    def keep(self, association: Any, arriving: Arriving) -> tuple[int, str]:  # noqa: ANN401  pynetdicom's
        """Return status and comment of one object; success is said after the commit only.

        What is held in quarantine is not success: the sender keeps it, and so do we.
        """
        if arriving.content is None:
            _log.warning("memory_full", peer=association.requestor.ae_title)
            return OUT_OF_RESOURCES, "Too much arrives at once; send it again later."
        return self._keep(association, arriving.sop_uid, arriving.content.getvalue())

    def _keep(self, association: Any, sop_uid: str, content: bytes) -> tuple[int, str]:  # noqa: ANN401  as above
        try:
            return self._record(association, sop_uid, content)
        except (Busy, Unavailable) as error:
            _log.warning("store_waits", code=error.code, peer=association.requestor.ae_title)
            return OUT_OF_RESOURCES, "Storage is away; send it again later."
        except Exception:  # noqa: BLE001  the sender keeps the object
            _log.exception("store_failed", peer=association.requestor.ae_title)
            return OUT_OF_RESOURCES, "The product failed; send it again later."

    def _record(self, association: Any, sop_uid: str, content: bytes) -> tuple[int, str]:  # noqa: ANN401  as above
        admission = self._directory.renewed(association.admission)
        if admission is None or not admission.peer.may_store:
            return NOT_AUTHORISED, "This peer may not store here."
        ctx = admission.context("cstore")
        prepared = self._intake.prepare(ctx, content, sop_uid=sop_uid[:64])
        taken = self._recorder.record(ctx, admission.peer.device_id, prepared)
        return _answer(taken)


def _answer(taken: imaging.TakenObject) -> tuple[int, str]:
    if taken.status in {"stored", "duplicate"}:
        return STORED, ""
    code = OTHER_CLASS if taken.reason in MISMATCHES else NOT_UNDERSTOOD
    kept = "held" if taken.status in {"quarantined", "conflict"} else "refused"
    return code, f"{kept}: {taken.reason}"[:COMMENT_CHARACTERS]


def status_of(code: int, comment: str) -> Dataset:
    """Return a status with a comment for the sender's log."""
    status = Dataset()
    status.Status = code
    status.ErrorComment = comment[:COMMENT_CHARACTERS]
    return status
