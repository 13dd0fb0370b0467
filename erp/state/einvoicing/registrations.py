"""Which registrations report their documents."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.clock import business_date, utc_now
from erp.core.formatting import counted, date_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.einvoicing.wording import ARRANGE, VIEW
from erp.state.live import changes
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.submitting import is_ticked


class RegistrationsState(SessionState, rx.State):
    """The company's registrations with what is open of each."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    may_arrange: bool = False
    rows: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_page(self) -> None:
        """Show the registrations."""
        await self._show()

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Show them again when something changes."""
        async for _ in changes(self, "einvoicing"):
            async with self:
                await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        self.may_arrange = principal.may(ARRANGE)
        found = await self._ask("einvoicing.list_registrations", {})
        self.rows = [_row(row, principal) for row in found.rows]
        self.is_loading = False


class SwitchState(DialogFormState, rx.State):
    """Says from when a registration reports; the subject is its GSTIN."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "einvoicing.switch_registration"
    subject_field: ClassVar[str] = "gstin"

    today: str = ""

    async def _prepare(self) -> None:
        day = business_date(utc_now(), (await self._principal()).time_zone)
        self.today = date_text(day)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"reports_in_days": is_ticked(given.get("reports_in_days"))}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(RegistrationsState))._show()  # noqa: SLF001  sister of this state
        return "Saved."


def _row(row: Any, principal: identity.Principal) -> dict[str, str]:  # noqa: ARG001  shown alike to all
    is_on = row.starts_on is not None
    if is_on:
        state = f"Reports documents from {date_text(row.starts_on)}"
    elif row.is_reachable:
        state = "Does not report"
    else:
        state = "Does not report: no portal is set up for it"
    open_ = [
        f"{counted(row.waiting, 'document')} on its way" if row.waiting else "",
        f"{counted(row.to_mend, 'document')} to mend" if row.to_mend else "",
    ]
    return {
        "gstin": row.gstin,
        "title": f"{row.state} · {row.branches}",
        "state": state,
        "tone": "green" if is_on else "gray",
        "badge": "On" if is_on else "Off",
        "rule": "Within 30 days of the document" if row.reports_in_days else "No last day",
        "open": ", ".join(part for part in open_ if part) or "Nothing",
        "problem": f"The portal does not answer. {row.problem}" if row.problem else "",
        "is_reachable": "yes" if row.is_reachable else "",
    }
