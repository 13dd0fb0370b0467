"""What a person writes about the session of the page; what was typed outlives every refusal."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import instant_text
from erp.services import identity
from erp.state.explaining import errors_by_field
from erp.state.reading import RecordState
from erp.state.registry import handler

VIEW = "imaging.view"
REVIEW = "imaging.review"


class SummaryState(RecordState, rx.State):
    """The summary of the session that the address names.

    Attributes:
        text, base: The version that stands in the field; a later one of somebody else's waits.
        later: Who wrote another version meanwhile.
        unsaved: What was typed and refused, for when the field is gone.
        field: Counts what was put into the field, which starts anew with it.
    """

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    text: str = ""
    base: int = 0
    later: str = ""
    field: int = 0
    refusal: str = ""
    unsaved: str = ""
    may_write: bool = False
    is_signed: bool = False
    is_hidden: bool = False
    is_showing: bool = False
    written: str = ""
    versions: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("imaging.get_summary", {"session_id": record_id})
        is_other = self.head.get("id") != str(record_id)
        self.head = {"id": str(record_id)}
        self.is_signed, self.is_hidden = found.is_signed, found.is_hidden
        may_write = found.may_write and principal.may(REVIEW)
        is_written_here = self.may_write and may_write
        if is_other or not (is_written_here or self.unsaved):
            self._take(found)
        self.may_write = may_write
        newest = found.versions[0] if found.versions else None
        self.later = newest.author_name if newest and newest.version > self.base else ""
        self.versions = [_version(row, principal.time_zone) for row in found.versions]
        self.written = self.versions[0]["what"] if self.versions else ""

    @handler(permission=REVIEW)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Write the next version; a refusal leaves the field as it is."""
        refused = await self._keep(form.get("summary", "") if isinstance(form, Mapping) else "")
        if refused:
            return rx.toast.error(refused)
        return rx.toast.success(f"Summary saved, version {self.base}.")

    @handler(permission=REVIEW)
    async def leave_field(self, typed: str) -> EventSpec | None:
        """Keep what was typed when the field is left, so that no decision loses it."""
        is_refused_already = self.unsaved != "" and f"{typed}" == self.unsaved
        if not self.may_write or is_refused_already:
            return None
        refused = await self._keep(typed)
        return rx.toast.error(refused) if refused else None

    async def _keep(self, typed: object) -> str:
        """Write a text that is not kept yet; return why it was refused.

        Who was told of another's version knows of it: saving once more follows that one.
        """
        text = f"{typed}"
        if text.strip() == self.text.strip() and not self.refusal:
            return ""
        given = {"session_id": self.head.get("id", ""), "text": text, "version": self.base}
        refused, base = "", self.base
        try:
            kept = await self._run("imaging.write_summary", given)
        except (ValidationError, DomainError) as error:
            said = error.message if isinstance(error, DomainError) else ""
            fields = errors_by_field(error)
            refused = said or next(iter(fields.values()), "This text cannot be kept.")
            if isinstance(error, DomainError) and error.code == "summary_overtaken":
                base = error.details["version"]
        else:
            self.text, base = text, kept.version
        self.base = base
        await self._show()
        self.refusal, self.unsaved = refused, text if refused else ""
        return refused

    @handler(permission=VIEW)
    async def show_later(self) -> None:
        """Put the newest version into the field; what was typed is dropped."""
        found = await self._ask("imaging.get_summary", {"session_id": self.head.get("id", "")})
        self._take(found)
        self.later = ""

    @handler(permission=VIEW)
    async def show_versions(self) -> None:
        """Show every version there was."""
        self.is_showing = True

    @handler(permission=VIEW)
    async def hide_versions(self) -> None:
        """Close the versions."""
        self.is_showing = False

    def _take(self, found: Any) -> None:
        self.text, self.base = found.text, found.version
        self.refusal, self.unsaved, self.field = "", "", self.field + 1


def _version(row: Any, zone: str) -> dict[str, str]:
    drafted = f", from a draft by {row.drafted_by}" if row.drafted_by else ""
    return {
        "id": str(row.id),
        "what": f"Version {row.version}, {row.author_name}{drafted}",
        "when": instant_text(row.written_at, zone),
        "text": row.text or "(empty)",
    }
