"""Storage commitment: questions are kept, answers go out over associations of their own.

Source: PS3.4 annex J.
"""

import threading
from typing import Final

import structlog
from pydantic import ValidationError
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID
from pynetdicom import build_context, build_role

from erp.adapters.dicom.calling import NoAnswer, call_peer
from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import Busy, DomainError, Unavailable
from erp.services import imaging, platform
from jobs.listeners.peer_contexts import STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE
from jobs.listeners.peer_directory import Admission, PeerDirectory, called
from jobs.listeners.peer_finding import AWAY
from jobs.listeners.peer_storing import NOT_AUTHORISED, Event, status_of

ASK: Final = 1
ALL_KEPT: Final = 1
SOME_REFUSED: Final = 2
NO_SUCH_ACTION: Final = 0x0123
BAD_ARGUMENT: Final = 0x0115
BUSY: Final = 0x0213
TURN_SECONDS: Final = 2.0
_log = structlog.get_logger()


class Commitments:
    """Takes questions of all associations of a process, and answers what is due."""

    def __init__(self, directory: PeerDirectory) -> None:
        self._directory = directory
        self._wake = threading.Event()
        self._stop = threading.Event()

    def ask(self, event: Event) -> tuple[int | Dataset, Dataset | None]:
        """Keep a question; it is answered once this says success, whatever happens to us."""
        try:
            admission = self._directory.renewed(event.assoc.admission)
        except DomainError:
            return status_of(BUSY, AWAY), None
        if admission is None or not admission.peer.may_store:
            return status_of(NOT_AUTHORISED, "This peer may not store here."), None
        if event.request.ActionTypeID != ASK:
            return status_of(NO_SUCH_ACTION, "Only the request for commitment is known."), None
        try:
            platform.run(
                "imaging.record_commitment",
                admission.context("commitment"),
                _question(admission, event.action_information),
            )
        except (Busy, Unavailable):
            return status_of(BUSY, AWAY), None
        except (DomainError, ValidationError, AttributeError, ValueError) as error:
            _log.warning("commitment_refused", why=str(error)[:200])
            return status_of(BAD_ARGUMENT, "The list of objects cannot be taken."), None
        self._wake.set()
        return 0x0000, None

    def answer_until_stopped(self) -> None:
        """Send what is due until told to stop; run in a thread of its own."""
        while not self._stop.is_set():
            try:
                self._answer_due()
            except (Busy, Unavailable) as error:
                _log.warning("commitments_wait", code=error.code)
            except Exception:  # noqa: BLE001  the next turn tries again
                _log.exception("commitments_failed")
            self._wake.wait(TURN_SECONDS)
            self._wake.clear()

    def stop(self) -> None:
        """End after the answer in progress."""
        self._stop.set()
        self._wake.set()

    def _answer_due(self) -> None:
        with db.ops_session() as session:
            due = imaging.due_commitments(session, utc_now())
        for question in due:
            admission = self._directory.by_ids(question)
            if admission is not None and not self._stop.is_set():
                self._answer(admission, question)

    def _answer(self, admission: Admission, question: imaging.DueCommitment) -> None:
        ctx = admission.context("commitment")
        with db.unit_of_work(ctx) as session:
            answer = imaging.answer_commitment(session, ctx, question.id)
        if answer is None:
            return
        problem = _send(admission, answer)
        with db.unit_of_work(admission.context("commitment")) as session:
            if problem:
                imaging.note_unanswered(session, ctx, question.id, problem)
                _log.warning("commitment_not_told", peer=admission.peer.ae_title, why=problem)
            else:
                imaging.note_answered(session, ctx, question.id, answer)


def _question(admission: Admission, asked: Dataset) -> imaging.RecordCommitment:
    items = [
        imaging.CommitmentItem(
            sop_class=str(item.ReferencedSOPClassUID), sop_uid=str(item.ReferencedSOPInstanceUID)
        )
        for item in asked.ReferencedSOPSequence
    ]
    return imaging.RecordCommitment(
        device_id=admission.peer.device_id,
        entity_id=admission.entity.entity_id,
        transaction_uid=str(asked.TransactionUID),
        items=tuple(items),
    )


def _send(admission: Admission, answer: imaging.CommitmentAnswer) -> str:
    """Send an answer to its peer; return what went wrong, if anything."""
    peer = admission.peer
    if not peer.host:
        return "The peer has no host and port to be called at."
    model = STORAGE_COMMITMENT
    try:
        association = call_peer(
            admission.entity.ae_title,
            called(peer),
            [build_context(model)],
            roles=[build_role(model, scp_role=True)],
        )
    except NoAnswer as error:
        return str(error)
    try:
        kind = SOME_REFUSED if answer.refused else ALL_KEPT
        status, _ = association.send_n_event_report(
            _report(answer), kind, UID(model), UID(STORAGE_COMMITMENT_INSTANCE)
        )
    except (RuntimeError, ValueError) as error:
        return f"It takes no answers: {error}"[:200]
    finally:
        if association.is_established:
            association.release()
    if "Status" not in status:
        return "It did not confirm the answer in time."
    return f"It answered with status {status.Status:04X}." if status.Status else ""


def _report(answer: imaging.CommitmentAnswer) -> Dataset:
    report = Dataset()
    report.TransactionUID = answer.transaction_uid
    if answer.kept:
        report.ReferencedSOPSequence = Sequence([_reference(item) for item in answer.kept])
    if answer.refused:
        failed = []
        for item, reason in answer.refused:
            reference = _reference(item)
            reference.FailureReason = reason
            failed.append(reference)
        report.FailedSOPSequence = Sequence(failed)
    return report


def _reference(item: imaging.CommitmentItem) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = item.sop_class
    reference.ReferencedSOPInstanceUID = item.sop_uid
    return reference
