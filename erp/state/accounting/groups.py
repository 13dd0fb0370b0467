"""Groups of the chart and of one's own: the tree, adding, renaming and removing one."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx

from erp.core.columns import Column, Kind
from erp.state.asking import DialogFormState
from erp.state.listing import ListState

POST = "accounting.post"
STEP = "\u2003"
"""A space that a browser keeps, for each group above."""


def choices_of(rows: Iterable[Any]) -> list[dict[str, str]]:
    """Return groups as choices, each behind the groups above it."""
    return [{"value": row.name, "label": f"{STEP * row.level}{row.name}"} for row in rows]


class GroupListState(ListState, rx.State):
    """Every group in the order of the statements."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_groups"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Group", detail="holds"),
        Column("is_own", "Our own", Kind.YES_NO),
    )
    row_link: ClassVar[str] = "/books/ledger?{about}"

    may_post: bool = False

    async def _reload(self) -> None:
        await super()._reload()
        self.may_post = (await self._principal()).may(POST)

    def _entry(self, row: Any) -> Any:
        inset = "" if self.search else STEP * row.level
        return row.model_dump() | {
            "id": row.id or row.name,
            "name": f"{inset}{row.name}",
            "holds": f"{inset}{row.holds}",
            "about": urlencode({"group_name": row.name}),
        }

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "group": row.name,
            "group_id": f"{row.id or ''}",
            "is_empty": "" if row.accounts else "yes",
        }


class _OfTree(DialogFormState, mixin=True):
    """A form over the tree of groups."""

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(GroupListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog


class OpenGroupState(_OfTree, rx.State):
    """Adds a group of one's own."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.open_group"
    done_words: ClassVar[str] = "Group added. Move accounts into it on the list of accounts."

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"above": self.subject["id"]}


class RenameGroupState(_OfTree, rx.State):
    """Calls a group of one's own something else."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.rename_group"
    subject_field: ClassVar[str] = "group_id"
    done_words: ClassVar[str] = "Renamed."


class RemoveGroupState(_OfTree, rx.State):
    """Removes a group of one's own that is empty."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.remove_group"
    subject_field: ClassVar[str] = "group_id"
    done_words: ClassVar[str] = "Removed."
