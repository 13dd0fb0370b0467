"""What was held back, and what people decide about it."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import instant_text
from erp.state.asking import DialogFormState
from erp.state.imaging.wording import HELD_LABELS, HELD_TONES
from erp.state.listing import ListState
from erp.state.registry import handler

VIEW = "imaging.view"
OPERATE = "imaging.operate"
KINDS = {"object": "Object", "message": "Message"}


class QuarantineState(ListState, rx.State):
    """Objects and messages that were not taken; those that wait unless asked otherwise."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_held"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("reason", "Why", detail="advice"),
        Column("kind", "What", sort="kind", detail="size_text", labels=KINDS, wide_only=True),
        Column("device", "From", sort="device", detail="session_number", wide_only=True),
        Column("held_at", "Since", Kind.INSTANT, sort="held_at", wide_only=True),
        Column(
            "status", "Status", Kind.STATUS, labels=HELD_LABELS, tones=HELD_TONES, wide_only=True
        ),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("status", "kind")
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    may_operate: bool = False
    strip: dict[str, str] = {}
    shown: dict[str, str] = {}
    is_showing: bool = False

    async def _reload(self) -> None:
        """Show the list, and what may be done only to those who may do it."""
        principal = await self._principal()
        self.may_operate = principal.may(OPERATE)
        self.strip = _in_words(await self._ask("imaging.ingest_now", {}), principal.time_zone)
        await super()._reload()

    def _chosen(self) -> dict[str, str]:
        """Show what waits, unless another status is chosen."""
        return {"status": "open"} | super()._chosen()

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"session_number": row.session_number or row.topic}

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "may_decide": "yes" if self.may_operate and row.status in {"open", "retrying"} else "",
            "full_detail": row.detail,
            "about": row.sop_uid or row.topic,
            "preview": row.preview,
            "picture": f"/api/erp/imaging/quarantine/{row.id}/preview"
            if row.kind == "object"
            else "",
            "may_file": "yes"
            if self.may_operate and row.status == "open" and row.reason_code == "patient_conflict"
            else "",
            "tries": f"{row.tries}",
            "link": f"/imaging/sessions/{row.session_id}" if row.session_id else "",
        }

    @handler(permission=VIEW)
    async def look(self, held_id: str) -> None:
        """Show everything known about one entry."""
        found = next((row for row in self.rows if row["id"] == held_id), None)
        if found is not None:
            self.shown, self.is_showing = found, True

    @handler(permission=VIEW)
    async def stop_looking(self) -> None:
        """Close the facts."""
        self.is_showing = False

    @handler(permission=OPERATE)
    async def retry(self, held_id: str) -> EventSpec:
        """Have an entry looked at again in the background."""
        self.is_showing = False
        try:
            await self._run("imaging.retry_held", {"quarantine_id": f"{held_id}"})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success("Looking again. It leaves the list if it can be taken now.")


class _HeldDialog(DialogFormState, mixin=True):
    """A form about an entry; it takes the place of the entry's facts."""

    permission: ClassVar[str] = OPERATE
    subject_field: ClassVar[str] = "quarantine_id"

    async def _prepare(self) -> None:
        page = await self.get_state(QuarantineState)
        page.is_showing = False

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(QuarantineState)
        await page._reload()  # noqa: SLF001  sister of this state


class FileState(_HeldDialog, rx.State):
    """Files an object under its study's patient."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.file_held"
    done_words: ClassVar[str] = (
        "It is filed under the study's patient as soon as it is looked at again."
    )


class DiscardState(_HeldDialog, rx.State):
    """Gives up an entry."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.discard_held"
    done_words: ClassVar[str] = "Discarded. The bytes are kept; nobody is asked again."


def _in_words(now: Any, zone: str) -> dict[str, str]:
    """Return how objects come in at the moment, as the strip says it."""
    lag = f"{now.lag_ms / 1000:.1f} s" if now.lag_ms is not None else "none"
    return {
        "waiting": f"{now.waiting}",
        "oldest": instant_text(now.oldest_at, zone) if now.oldest_at else "none",
        "rate": f"{now.per_minute}",
        "lag": lag,
        "failures": f"{now.failures}",
        "held": f"{now.held}",
        "damaged": f"{now.damaged}",
    }
