"""Members of the organisation: who may sign in, with which roles."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState


class MemberListState(ListState, rx.State):
    """Members by name."""

    permission: ClassVar[str] = "identity.view"
    query: ClassVar[str] = "identity.list_members"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("display_name", "Name", detail="login"),
        Column("role_titles", "Roles"),
        Column("branch", "Branch", wide_only=True),
        Column("has_pin", "Approval PIN", Kind.YES_NO, wide_only=True),
        Column(
            "is_active",
            "Status",
            Kind.STATUS,
            labels={"True": "Active", "False": "Suspended"},
            tones={"True": "green", "False": "gray"},
        ),
    )
    topics: ClassVar[tuple[str, ...]] = ("identity",)


class NewMemberState(FormState, rx.State):
    """Invites a member."""

    permission: ClassVar[str] = "identity.edit"
    command: ClassVar[str] = "identity.create_user"

    roles: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_invitation(self) -> None:
        """Offer an empty form with the organisation's roles."""
        found = await self._ask("identity.list_roles")
        self.roles = [{"value": role.name, "label": role.title} for role in found.rows]
        self._renew()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send the one chosen role as the list that the command takes."""
        given = dict(super()._payload(form))
        role = given.pop("role", None)
        return given | ({"roles": [role]} if role else {})

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  nothing to show of it
        """Go back to the list."""
        return [
            rx.toast.success("Member added. Hand over the password in person."),
            rx.redirect("/members"),
        ]
