"""What a page is asked for stands in its address, so that it can be shared and reloaded.

    class RegisterState(ReportState, rx.State):
        permission: ClassVar[str] = "assets.view"
        query: ClassVar[str] = "assets.show_register"

        async def _fill(self, found: Any) -> None:
            self.rows = ...
            self._taken(from_day=found.from_day, to_day=found.to_day)

The page shows `day_filter("From", X.choices["from_day"], lambda day: X.choose("from_day", day))`,
downloads with `X.asked`, and opens with `on_load=[X.open_report]`.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState

LONGEST_CHOICE = 120


def address_of(path: str, kept: Mapping[str, str]) -> EventSpec:
    """Write what was chosen into the address of the page, without a new entry in its history."""
    chosen = urlencode({name: held for name, held in kept.items() if held})
    whole = json.dumps((path.rstrip("/") or "/") + (f"?{chosen}" if chosen else ""))
    return rx.call_script(f"window.history.replaceState(window.history.state, '', {whole})")


class ChoosingState(SessionState, mixin=True):
    """Choices of a page by key: days, a comparison, a branch."""

    permission: ClassVar[str] = ""
    choice_keys: ClassVar[tuple[str, ...]] = ("from_day", "to_day")

    choices: dict[str, str] = {}

    @handler(permission=PAGE)
    async def choose(self, key: str, value: str) -> EventSpec | None:
        """Choose something else; nothing, or `all`, lifts the choice."""
        if key not in self.choice_keys:
            return None
        wanted = "" if value == "all" else f"{value}"[:LONGEST_CHOICE]
        self.choices = {**self.choices, key: wanted}
        await self._show_chosen()
        return address_of(self.router.url.path, self.choices)

    def _take_choices(self) -> None:
        """Take what the address says."""
        given = dict(self.router.url.query_parameters)
        self.choices = {key: f"{given.get(key, '')}"[:LONGEST_CHOICE] for key in self.choice_keys}

    def _chosen(self) -> dict[str, str]:
        """Return what is chosen, as the query's input names it."""
        return {key: held for key, held in self.choices.items() if held}

    def _taken(self, **held: object) -> None:
        """Show what was taken where nothing was chosen."""
        self.choices = {**self.choices, **{key: f"{value}" for key, value in held.items()}}

    async def _show_chosen(self) -> None:
        """Show what is chosen; pages override."""
        raise NotImplementedError


class ReportState(ChoosingState, mixin=True):
    """A report of one query over what is chosen."""

    query: ClassVar[str] = ""

    asked: str = ""
    problem: str = ""
    is_loading: bool = True

    @handler(permission=PAGE)
    async def open_report(self) -> None:
        """Show the report that the address asks for."""
        self.is_loading = True
        self._take_choices()
        await self._prepare()
        await self._show_chosen()

    async def _show_chosen(self) -> None:
        self.problem, self.is_loading = "", True
        try:
            found = await self._ask(self._query(), self._chosen())
        except ValidationError as error:
            self.problem = "; ".join(errors_by_field(error).values()) or "Choose a day."
        except DomainError as error:
            self.problem = error.message
        if self.problem:
            self._clear()
        else:
            await self._fill(found)
            self.asked = urlencode(self._chosen())
        self.is_loading = False

    def _query(self) -> str:
        """Return the query that answers what is chosen; pages with several override."""
        return self.query

    async def _prepare(self) -> None:
        """Fill what can be chosen from; pages override."""

    async def _fill(self, found: Any) -> None:
        """Show what was found; pages override."""
        raise NotImplementedError

    def _clear(self) -> None:
        """Show nothing, because what is chosen was refused; pages override."""
        raise NotImplementedError
