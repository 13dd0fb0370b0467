"""What surrounds every page: who is signed in, where, what they may open, unread news."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from erp.services import identity, platform
from erp.state import live
from erp.state.registry import SIGNED_IN, handler
from erp.state.screens import Screen, get_screen, list_screens
from erp.state.session import SessionState

UNREAD_QUERY = "workflows.count_unread"
NO_PERMISSION_ROUTE = "/no-permission"


class ShellState(SessionState, rx.State):
    """Facts for the frame around pages; display only, nothing is authorised from here."""

    opened: str = ""
    user_name: str = ""
    user_initials: str = ""
    role_text: str = ""
    tenant_name: str = ""
    branch_name: str = ""
    may_open: dict[str, bool] = {}
    commands: list[dict[str, str]] = []
    unread: int = 0

    @handler(permission=SIGNED_IN)
    async def open_page(self, route: str) -> EventSpec | None:
        """Fill the frame, and lead away from a page the role may not open.

        The commands and queries of the page refuse such a person in any case.
        """
        principal = await self._principal()
        screen = get_screen(route) if isinstance(route, str) else None
        self._show(principal)
        self.opened = self.router.url.path
        self.unread = await self._count_unread()
        if screen is not None and not is_open_to(principal, screen):
            return rx.redirect(NO_PERMISSION_ROUTE)
        return None

    @handler(permission=SIGNED_IN, background=True)
    async def listen(self) -> None:
        """Keep the number of unread messages current while the page is open."""
        principal = await self._principal()
        async for _ in live.changes(self, f"inbox.{principal.user_id}"):
            unread = await self._count_unread()
            async with self:
                self.unread = unread

    def _show(self, principal: identity.Principal) -> None:
        self.user_name = principal.display_name
        self.user_initials = "".join(word[0] for word in principal.display_name.split()[:2]).upper()
        self.role_text = ", ".join(principal.role_titles)
        self.tenant_name = principal.tenant_name
        self.branch_name = principal.branch_name
        self.may_open = {screen.route: is_open_to(principal, screen) for screen in list_screens()}
        self.commands = _palette_entries(principal)

    async def _count_unread(self) -> int:
        if not any(action.name == UNREAD_QUERY for action in platform.list_actions("query")):
            return 0
        answer: Any = await self._ask(UNREAD_QUERY)
        return int(answer.unread)


def is_open_to(principal: identity.Principal, screen: Screen) -> bool:
    """Tell whether a person's role shows them a screen."""
    return screen.permission == SIGNED_IN or principal.may(screen.permission)


def _palette_entries(principal: identity.Principal) -> list[dict[str, str]]:
    screens = [screen for screen in list_screens() if is_open_to(principal, screen)]
    places = [(s.nav.label, s.nav.group, s.route) for s in screens if s.nav is not None]
    forms = [(s.title, "", s.route) for s in screens if s.command]
    return [
        {"group": group, "label": label, "detail": detail, "href": route}
        for group, entries in (("Go to", places), ("Do", forms))
        for label, detail, route in entries
    ]
