"""A customer's points on their page."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, group_count, money_text
from erp.state.asking import DialogFormState
from erp.state.loyalty.programme import VIEW, WHAT, with_place
from erp.state.registry import SIGNED_IN, handler
from erp.state.session import SessionState, as_uuid
from erp.state.showing import display_rows

ADJUST = "loyalty.adjust"
LATEST = 10


class PointsState(SessionState, rx.State):
    """What the customer that the address names has in points, and how they came by it."""

    points: dict[str, str] = {}
    changes: list[dict[str, str]] = []
    party_id: str = ""
    may_adjust: bool = False

    @handler(permission=SIGNED_IN)
    async def open_points(self) -> None:
        """Show the points, where there is a programme and the reader may see it."""
        self.points, self.changes = {}, []
        principal = await self._principal()
        party_id = as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2])
        if party_id is not None and principal.may(VIEW):
            self.party_id, self.may_adjust = str(party_id), principal.may(ADJUST)
            await self._show()

    async def _show(self) -> None:
        wanted = {"party_id": self.party_id}
        try:
            found = await self._ask("loyalty.get_points", wanted)
            page = await self._ask("loyalty.list_points", wanted | {"limit": LATEST})
        except DomainError:
            return
        zone = (await self._principal()).time_zone
        rows = [with_place(row) for row in page.rows]
        self.changes = display_rows(rows, WHAT, zone, "{place}")
        self.points = _shown(found) if found.is_active or rows else {}


def _shown(found: Any) -> dict[str, str]:
    lapses = found.lapses_on
    return {
        "balance": group_count(found.balance),
        "value": f"Pay {money_text(found.value)}",
        "lapse": f"{counted(found.lapsing, 'point')} lapse on {date_text(lapses)}"
        if lapses
        else "",
        "is_active": "yes" if found.is_active else "",
    }


class AdjustPointsState(DialogFormState, rx.State):
    """Gives points or takes some away."""

    permission: ClassVar[str] = ADJUST
    command: ClassVar[str] = "loyalty.adjust_points"
    subject_field: ClassVar[str] = "party_id"

    async def _done(self, result: Any) -> str:
        await (await self.get_state(PointsState))._show()
        return f"The customer has {counted(result.balance, 'point')} now."
