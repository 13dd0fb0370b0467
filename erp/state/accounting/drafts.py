"""Entries that wait: drafts, and those that come again."""

from typing import Any, ClassVar, Final

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted
from erp.state.listing import ListState
from erp.state.registry import handler

POST: Final = "accounting.post"
INTERVALS: Final = {
    "week": "Every week",
    "month": "Every month",
    "quarter": "Every quarter",
    "year": "Every year",
}


class DraftListState(ListState, rx.State):
    """Drafts that wait, the newest first."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_drafts"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("narration", "Entry", detail="why"),
        Column("effective_on", "Day", Kind.DATE),
        Column("person", "By", detail="branch", wide_only=True),
        Column("total", "Amount", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/books/journal/new?draft={id}"

    may_post: bool = False

    async def _reload(self) -> None:
        await super()._reload()
        self.may_post = (await self._principal()).may(POST)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"narration": row.narration or "Without narration"}

    @handler(permission=POST)
    async def post(self, draft_id: str) -> EventSpec:
        """Post a draft as it stands."""
        return await self._done("accounting.post_draft", draft_id, "Entry posted.")

    @handler(permission=POST)
    async def drop(self, draft_id: str) -> EventSpec:
        """Throw a draft away."""
        return await self._done("accounting.drop_draft", draft_id, "Draft thrown away.")

    async def _done(self, command: str, draft_id: str, words: str) -> EventSpec:
        try:
            await self._run(command, {"draft_id": draft_id})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success(words)


class TemplateListState(ListState, rx.State):
    """Entries that come again, those due first before others."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_templates"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("narration", "Entry"),
        Column("every", "Comes", labels=INTERVALS),
        Column("next_on", "Next", Kind.DATE),
        Column("ends_on", "Until", Kind.DATE, wide_only=True),
        Column("posts", "Posted without asking", Kind.YES_NO, wide_only=True),
        Column("made", "Times", Kind.COUNT, wide_only=True),
    )

    may_post: bool = False

    async def _reload(self) -> None:
        await super()._reload()
        self.may_post = (await self._principal()).may(POST)

    @handler(permission=POST)
    async def stop(self, template_id: str) -> EventSpec:
        """Let an entry come no more."""
        try:
            await self._run("accounting.stop_template", {"template_id": template_id})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success("It comes no more.")

    @handler(permission=POST)
    async def make_due(self) -> EventSpec:
        """Make now what is due until today, as each morning does."""
        made = await self._run("accounting.make_due_entries", {})
        await self._reload()
        if made.kept_back:
            return rx.toast.warning("Kept as drafts: " + "; ".join(made.kept_back[:3]))
        words = f"{counted(made.posted, 'entry', 'entries')} posted, {counted(made.waiting, 'draft')} made."
        return rx.toast.success(words)
