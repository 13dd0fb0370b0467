"""Forms of lines that take a pasted list, such as `Arnica 30 - 5, Nux vom 200 x 2`."""

from typing import Any

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted
from erp.state.lining import LinedFormState
from erp.state.registry import PAGE, handler

LONGEST_LIST = 20_000


class PastedListState(LinedFormState, mixin=True):
    """A form of goods to which a list may be pasted.

    Attributes:
        pasted: What is in the box. unread: its lines that nothing was found for.
    """

    pasted: str = ""
    is_pasting: bool = False
    unread: list[str] = []

    @handler(permission=PAGE)
    async def open_paste(self) -> None:
        """Offer to paste a list."""
        self.pasted, self.unread, self.is_pasting = "", [], True

    @handler(permission=PAGE)
    async def close_paste(self) -> None:
        """Leave the list."""
        self.is_pasting = False

    @handler(permission=PAGE)
    async def read_paste(self, form: dict[str, Any]) -> EventSpec | None:
        """Add a line for everything in a pasted list that was found; say what was not."""
        self.pasted = f"{form.get('pasted', '')}"[:LONGEST_LIST]
        try:
            found = await self._ask("catalog.read_list", {"text": self.pasted})
        except DomainError as error:
            return rx.toast.error(error.message)
        except ValidationError:
            return rx.toast.error("Paste a product on each line, such as: Arnica 30 - 5")
        known, left_out = len(self.lines), []
        for line in found.lines:
            if line.choices:
                choice, before = line.choices[0], len(self.lines)
                await self._add_listed(str(choice.variant_id), str(line.quantity), _doubt(line))
                left_out += [line.text] if len(self.lines) == before else []
        self.unread = [line.text for line in found.lines if not line.choices]
        self.is_pasting, self.pasted = bool(self.unread), "\n".join(self.unread)
        await self._list_read()
        added = len(self.lines) - known
        words = f"{counted(added, 'line')} added."
        if left_out:
            named = "; ".join(left_out)[:300]
            return rx.toast.warning(f"{words} Not added: {named}. See whether it is here already.")
        return rx.toast.success(words) if added else None

    async def _add_listed(self, variant_id: str, quantity: str, doubt: str) -> None:
        """Add a line for a product of the list that has none yet; pages override."""

    async def _list_read(self) -> None:
        """Bring the form up to date once a list is read; pages override."""

    def _restart(self) -> None:
        self.unread, self.is_pasting = [], False
        super()._restart()


def _doubt(line: Any) -> str:
    """Return what a line was read from, and what else it may mean; nothing where there is no doubt."""
    if line.is_sure:
        return ""
    others = ", ".join(choice.label for choice in line.choices[1:])
    return f"Read from \u201c{line.text}\u201d." + (f" Or: {others}" if others else "")
