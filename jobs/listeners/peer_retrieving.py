"""C-MOVE and C-GET: objects leave with the data set they came with, counted one by one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import structlog
from pydicom.dataset import Dataset
from pynetdicom import build_context
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_MOVE
from pynetdicom.dsutils import decode, encode
from pynetdicom.presentation import PresentationContext

from erp.adapters.dicom.calling import NoAnswer, call_peer
from erp.core import db
from erp.core.errors import DomainError, InvalidInput, NotFound
from erp.services import documents, imaging
from jobs.listeners.peer_directory import Admission, PeerDirectory, called
from jobs.listeners.peer_finding import AWAY, text_of
from jobs.listeners.peer_server import PeerAssociation
from jobs.listeners.peer_storing import NOT_AUTHORISED

PENDING: Final = 0xFF00
CANCELLED: Final = 0xFE00
SOME_FAILED: Final = 0xB000
UNKNOWN_DESTINATION: Final = 0xA801
NO_COUNT: Final = 0xA701
ALL_FAILED: Final = 0xA702
UNABLE: Final = 0xC001
WARNINGS: Final = 0xB000
MOST_OBJECTS: Final = 10_000
MOST_CONTEXTS: Final = 128
MOST_IN_A_ROW: Final = 10
"""After so many objects that were not taken the rest is not tried any more."""
NAMES: Final = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
NOT_HERE: Final = -1
"""Stands where a status would: its bytes are gone or damaged here, which is not the receiver's doing."""
Request = Any
"""A C-MOVE or a C-GET."""
_log = structlog.get_logger()


class Retrieving:
    """Serves C-MOVE to peers that may retrieve, and C-GET over the association that asks."""

    def __init__(self, directory: PeerDirectory, storage: documents.ObjectStorage) -> None:
        self._directory = directory
        self._storage = storage

    def serve(
        self,
        association: PeerAssociation,
        request: Request,
        context: PresentationContext,
    ) -> None:
        """Serve one request to its final response."""
        asked = _Asked(association, request, context)
        try:
            admission = association.admission and self._directory.renewed(association.admission)
        except DomainError:
            asked.end(NO_COUNT, AWAY)
            return
        if admission is None or not admission.peer.may_retrieve:
            asked.end(NOT_AUTHORISED, "This peer may not fetch here.")
            return
        if context.abstract_syntax != request.AffectedSOPClassUID:
            asked.end(0xA900, "The class is not the one of the presentation context.")
            return
        try:
            rows = self._wanted(asked, admission)
        except InvalidInput as error:
            asked.end(UNABLE, error.message)
        except DomainError:
            asked.end(NO_COUNT, AWAY)
        else:
            self._send_all(asked, admission, rows)

    def _wanted(self, asked: "_Asked", admission: Admission) -> list[db.Row]:
        ctx = admission.context("retrieve")
        with db.unit_of_work(ctx) as session:
            rows = imaging.objects_to_send(session, ctx, asked.keys(), MOST_OBJECTS)
        if len(rows) > MOST_OBJECTS:
            raise InvalidInput(f"More than {MOST_OBJECTS} objects; fetch it in parts.")
        return rows

    def _send_all(self, asked: "_Asked", admission: Admission, rows: list[db.Row]) -> None:
        asked.remaining = len(rows)
        if not asked.is_move:
            self._send(asked, asked.association, admission, rows)
            return
        title = str(asked.request.MoveDestination or "").strip()
        destination = self._directory.destination(admission, title)
        if destination is None:
            asked.end(UNKNOWN_DESTINATION, f"{title} is no peer that may receive.")
            return
        if not rows:
            asked.finish()
            return
        try:
            with _open(admission, destination, rows) as outgoing:
                self._send(asked, outgoing, admission, rows)
        except NoAnswer as error:
            _log.warning("destination_unreachable", destination=title, why=str(error))
            asked.end(UNKNOWN_DESTINATION, str(error))

    def _send(
        self, asked: "_Asked", to: Association, admission: Admission, rows: list[db.Row]
    ) -> None:
        tenant_id = admission.entity.tenant_id
        with tempfile.TemporaryDirectory(prefix="retrieve-") as folder:
            path = Path(folder) / "object"
            for place, row in enumerate(rows):
                if asked.is_cancelled():
                    asked.end(CANCELLED, "")
                    return
                if not to.is_established or asked.failed_in_a_row >= MOST_IN_A_ROW:
                    asked.give_up([left["sop_uid"] for left in rows[place:]])
                    break
                key = documents.blob_key(tenant_id, row["sha256"])
                asked.note(row["sop_uid"], self._send_one(asked, to, key, path))
        asked.finish()

    def _send_one(self, asked: "_Asked", to: Association, key: str, path: Path) -> int | None:
        """Return the status a receiver gave an object, or why it was given none."""
        try:
            digest = self._storage.download(key, path)
        except (NotFound, DomainError, OSError) as error:
            _log.warning("object_not_here", key=key, why=str(error)[:200])
            return NOT_HERE
        if not key.endswith(f"/{digest}"):
            _log.error("object_damaged", key=key)
            return NOT_HERE
        try:
            number = asked.next_number()
            answer = to.send_c_store(path, number, **asked.originator())
        except (RuntimeError, ValueError, AttributeError, OSError) as error:
            _log.warning("object_not_sent", key=key, why=str(error)[:200])
            return None
        return int(answer.Status) if "Status" in answer else None


@contextmanager
def _open(
    admission: Admission, to: imaging.PeerAccount, rows: list[db.Row]
) -> Iterator[Association]:
    """Open an association that offers each kind of object in the encoding it is kept in."""
    kinds = sorted({(row["sop_class"], row["transfer_syntax"]) for row in rows})[:MOST_CONTEXTS]
    association = call_peer(
        admission.entity.ae_title,
        called(to),
        [build_context(sop_class, syntax) for sop_class, syntax in kinds],
    )
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


class _Asked:
    """A request, how far it is, and its responses."""

    def __init__(
        self,
        association: PeerAssociation,
        request: Request,
        context: PresentationContext,
    ) -> None:
        self.association = association
        self.request = request
        self.is_move = isinstance(request, C_MOVE)
        self.remaining = self.completed = self.warnings = 0
        self.failed: list[str] = []
        self.failed_in_a_row = 0
        self._context = context
        self._syntax = context.transfer_syntax[0]
        self._sent = 0

    def keys(self) -> dict[str, str]:
        """Return the unique keys of the request.

        Raises:
            InvalidInput: Its identifier cannot be read.
        """
        syntax = self._syntax
        try:
            wanted = decode(
                self.request.Identifier,
                syntax.is_implicit_VR,
                syntax.is_little_endian,
                syntax.is_deflated,
            )
            return {name: text_of(wanted, name) for name in NAMES}
        except Exception as error:
            raise InvalidInput("The identifier cannot be read.") from error

    def originator(self) -> dict[str, Any]:
        """Return who asked, for the receiver of a move."""
        if not self.is_move:
            return {}
        title = self.association.requestor.ae_title
        return {"originator_aet": title, "originator_id": self.request.MessageID}

    def next_number(self) -> int:
        """Return the number of the next sub-operation's message."""
        self._sent += 1
        return int((self.request.MessageID + self._sent) % 65535) or 1

    def is_cancelled(self) -> bool:
        """Tell whether the peer has had enough, or is gone."""
        gone = not self.association.is_established
        return gone or self.request.MessageID in self.association.dimse.cancel_req

    def note(self, sop_uid: str, status: int | None) -> None:
        """Count one object and tell the peer how far it is."""
        self.remaining -= 1
        is_warning = status not in {None, NOT_HERE} and status & 0xF000 == WARNINGS
        if status == 0:
            self.completed += 1
        elif is_warning:
            self.warnings += 1
        else:
            self.failed.append(sop_uid)
        if status != NOT_HERE:
            is_taken = status == 0 or is_warning
            self.failed_in_a_row = 0 if is_taken else self.failed_in_a_row + 1
        self._say(PENDING)

    def give_up(self, sop_uids: list[str]) -> None:
        """Count what is left as failed: whoever should take it does not."""
        _log.warning("retrieval_given_up", left=len(sop_uids), failed=len(self.failed))
        self.failed += sop_uids
        self.remaining = 0

    def finish(self) -> None:
        """Say how it went in all."""
        if not self.failed and not self.warnings:
            self._say(0x0000)
        elif self.failed and not self.completed and not self.warnings:
            self.end(ALL_FAILED, "No object could be sent.")
        else:
            self.end(SOME_FAILED, "")

    def end(self, status: int, comment: str) -> None:
        """Say that it ended otherwise than asked, and name what failed."""
        named = Dataset()
        named.FailedSOPInstanceUIDList = self.failed
        self._say(status, comment, named if self.failed else None)

    def _say(self, status: int, comment: str = "", named: Dataset | None = None) -> None:
        if not self.association.is_established:
            return
        response = type(self.request)()
        response.MessageID = self.request.MessageID
        response.MessageIDBeingRespondedTo = self.request.MessageID
        response.AffectedSOPClassUID = self.request.AffectedSOPClassUID
        response.Status = status
        if comment:
            response.ErrorComment = comment[:64]
        if status in {PENDING, CANCELLED}:
            response.NumberOfRemainingSuboperations = self.remaining
        response.NumberOfCompletedSuboperations = self.completed
        response.NumberOfFailedSuboperations = len(self.failed)
        response.NumberOfWarningSuboperations = self.warnings
        if named is not None:
            syntax = self._syntax
            written = encode(
                named, syntax.is_implicit_VR, syntax.is_little_endian, syntax.is_deflated
            )
            response.Identifier = BytesIO(written or b"")
        self.association.dimse.send_msg(response, self._context.context_id or 1)
