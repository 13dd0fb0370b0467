"""Links by which a customer looks at an order: made, sent, ended, on the order's page."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import date_text
from erp.state.asking import DialogFormState
from erp.state.issuing import show_secret
from erp.state.registry import PAGE, handler
from erp.state.sales.order_wording import ORDER, VIEW
from erp.state.session import SessionState, as_uuid

LINK_STATES = {"open": "Works", "expired": "Ended", "revoked": "Ended by us"}
LINK_TONES = {"open": "green", "expired": "gray", "revoked": "gray"}


class OrderLinksState(SessionState, rx.State):
    """The links of the order on the page, without their secrets."""

    permission: ClassVar[str] = VIEW

    links: list[dict[str, str]] = []
    may_share: bool = False
    order_id: str = ""

    @handler(permission=PAGE)
    async def open_links(self) -> None:
        """Show the links of the order that the address names."""
        found = as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2])
        self.order_id, self.links = str(found or ""), []
        self.may_share = (await self._principal()).may(ORDER)
        if found is not None:
            await self._show(found)

    @handler(permission=ORDER)
    async def revoke(self, link_id: str) -> EventSpec | None:
        """End a link."""
        found, order = as_uuid(link_id), as_uuid(self.order_id)
        if found is None or order is None:
            return None
        try:
            await self._run("portal.revoke_order_link", {"link_id": found})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show(order)
        return rx.toast.success("The link does not work any more.")

    async def _show(self, order_id: UUID) -> None:
        found = await self._ask("portal.list_order_links", {"order_id": order_id})
        self.links = [
            {
                "id": str(row.id),
                "sent_to": row.sent_to or "Given by hand",
                "state": LINK_STATES[row.status],
                "tone": LINK_TONES[row.status],
                "open": "yes" if row.status == "open" else "",
                "until": f"until {date_text(row.last_day)} · {row.made_by}",
            }
            for row in found.rows
        ]


class _LinkFormState(DialogFormState, mixin=True):
    permission: ClassVar[str] = ORDER
    subject_field: ClassVar[str] = "order_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return {name: text for name, text in given.items() if text not in ("", None)}

    async def _bring_up_to_date(self) -> None:
        order_id = as_uuid(self.subject.get("id", ""))
        if order_id is not None:
            await (await self.get_state(OrderLinksState))._show(order_id)  # noqa: SLF001  sister of this state


class MakeOrderLinkState(_LinkFormState, rx.State):
    """Makes a link and shows it once; it goes to the page and into no var."""

    command: ClassVar[str] = "portal.make_order_link"

    is_made: bool = False
    until: str = ""

    @handler(permission=PAGE)
    async def forget_link(self) -> None:
        """Take the link off the page."""
        self.is_made = False

    async def _prepare(self) -> None:
        self.is_made = False

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open, self.is_made = False, True
        self.until = date_text(result.last_day)
        await self._bring_up_to_date()
        return [show_secret(result.url)]


class SendOrderLinkState(_LinkFormState, rx.State):
    """Sends a link by e-mail."""

    command: ClassVar[str] = "portal.send_order_link"
    done_words: ClassVar[str] = "The link is on its way."
