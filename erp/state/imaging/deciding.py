"""The dialogs of a session's page that decide about it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.services import imaging
from erp.state.asking import DialogFormState
from erp.state.imaging.review import REVIEW, ReviewState, verdict_words

REPEAT_CHOICES = [("", "Choose a reason"), *imaging.REPEAT_REASONS.items()]
REJECT_CHOICES = [("", "Choose a reason"), *imaging.REJECT_REASONS.items()]
RESOLVE_CHOICES = [
    ("", "Choose"),
    ("accepted", "Accept"),
    *(
        (f"repeat_requested {code}", f"Repeat: {words}")
        for code, words in imaging.REPEAT_REASONS.items()
    ),
    *((f"rejected {code}", f"Reject: {words}") for code, words in imaging.REJECT_REASONS.items()),
]


class _ReviewDialog(DialogFormState, mixin=True):
    """A dialog about the session of the page."""

    subject_field: ClassVar[str] = "session_id"
    permission: ClassVar[str] = REVIEW

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(ReviewState)
        await page._bring_up_to_date()  # noqa: SLF001  sister of this state


class _DecisionDialog(_ReviewDialog, mixin=True):
    """A decision about the session as it was shown when the dialog opened."""

    _version: int = 0

    async def _prepare(self) -> None:
        page = await self.get_state(ReviewState)
        self._version = page._version  # noqa: SLF001  sister of this state

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"version": self._version}

    async def _done(self, result: Any) -> str:
        return verdict_words(result, await super()._done(result))


class _VerdictDialog(_DecisionDialog, mixin=True):
    """A verdict about the pictures that were shown when the dialog opened."""

    _seen: int = 0

    async def _prepare(self) -> None:
        await super()._prepare()
        self._seen = await (await self.get_state(ReviewState))._seen()  # noqa: SLF001  sister

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"seen": self._seen}


class RepeatState(_VerdictDialog, rx.State):
    """Asks the device to take images again."""

    permission: ClassVar[str] = REVIEW
    command: ClassVar[str] = "imaging.request_repeat"
    done_words: ClassVar[str] = "The device was asked to repeat the images."


class RejectState(_VerdictDialog, rx.State):
    """Finds the session unusable."""

    permission: ClassVar[str] = REVIEW
    command: ClassVar[str] = "imaging.reject_session"
    done_words: ClassVar[str] = "Session rejected."


class ResolveState(_VerdictDialog, rx.State):
    """Decides where two readers differ."""

    permission: ClassVar[str] = "imaging.resolve"
    command: ClassVar[str] = "imaging.resolve_discrepancy"
    done_words: ClassVar[str] = "Discrepancy resolved."

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        verdict, _, reason = f"{given.pop('verdict', '')}".partition(" ")
        return given | {"verdict": verdict, "reason_code": reason}


class ReopenState(_ReviewDialog, rx.State):
    """Takes a decision back."""

    permission: ClassVar[str] = "imaging.reopen"
    command: ClassVar[str] = "imaging.reopen_session"
    done_words: ClassVar[str] = "The session is in review again."


class HoldState(_ReviewDialog, rx.State):
    """Puts the session aside."""

    permission: ClassVar[str] = REVIEW
    command: ClassVar[str] = "imaging.hold_session"
    done_words: ClassVar[str] = "The session is on hold."


class TakeOverState(_ReviewDialog, rx.State):
    """Takes the session from who holds it."""

    permission: ClassVar[str] = "imaging.manage"
    command: ClassVar[str] = "imaging.take_over_session"
    done_words: ClassVar[str] = "The session is yours; they were told."


class AddendumState(_ReviewDialog, rx.State):
    """Adds to what was signed."""

    permission: ClassVar[str] = REVIEW
    command: ClassVar[str] = "imaging.add_addendum"
    done_words: ClassVar[str] = "Addendum added."


class SignOffState(_DecisionDialog, rx.State):
    """Signs with one's own PIN, which no store of states keeps."""

    permission: ClassVar[str] = "imaging.sign"
    command: ClassVar[str] = "imaging.sign_off_session"

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        page = await self.get_state(ReviewState)
        await page._bring_up_to_date()  # noqa: SLF001  sister of this state
        if not result.is_signed:
            self.field_errors = {"pin": result.message}
            return []
        self.is_open = False
        return [rx.toast.success(result.message)]

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        self._held = {}
        super()._show_refusal(error)
