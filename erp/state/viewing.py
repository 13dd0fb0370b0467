"""The kept filters of a list: named, used again, forgotten. Part of every `ListState`."""

from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.submitting import is_ticked


class ViewState(SessionState, mixin=True):
    """What a person keeps of a list. The views themselves stay on the server."""

    query: ClassVar[str] = ""
    views_of: ClassVar[str] = ""
    """Name its views are kept under, where other lists show the same query: by it otherwise."""

    views: list[dict[str, str]] = []
    is_naming: bool = False
    name_error: str = ""

    _kept: dict[str, dict[str, str]] = {}

    @handler(permission=PAGE)
    async def name_view(self) -> None:
        """Ask for a name."""
        self.is_naming, self.name_error = True, ""

    @handler(permission=PAGE)
    async def stop_naming(self) -> None:
        """Close the question."""
        self.is_naming = False

    @handler(permission=PAGE)
    async def save_view(self, form: dict[str, Any]) -> EventSpec | None:
        """Keep the search, filters and order in force under a name."""
        name = form.get("name", "") if isinstance(form, dict) else ""
        try:
            given = {
                "screen": self.views_of or self.query,
                "name": name,
                "filters": self._chosen(),
                "is_shared": isinstance(form, dict) and is_ticked(form.get("is_shared")),
            }
            await self._run("platform.save_view", given)
        except (ValidationError, DomainError) as error:
            self.name_error = errors_by_field(error).get("name", "Choose another name.")
            return None
        self.is_naming = False
        await self._load_views()
        return rx.toast.success("View saved.")

    @handler(permission=PAGE)
    async def forget_view(self, view_id: str) -> None:
        """Forget a kept view."""
        if any(view["id"] == view_id and view["is_own"] for view in self.views):
            await self._run("platform.forget_view", {"view_id": view_id})
        await self._load_views()

    async def _load_views(self) -> None:
        found = await self._ask("platform.list_views", {"screen": self.views_of or self.query})
        self._kept = {str(view.id): dict(view.filters) for view in found.rows}
        self.views = [
            {
                "id": str(view.id),
                "name": view.name,
                "is_own": "yes" if view.is_own else "",
                "is_shared": "yes" if view.is_shared else "",
            }
            for view in found.rows
        ]

    def _chosen(self) -> dict[str, str]:
        """Return what is in force; a list says."""
        return {}
