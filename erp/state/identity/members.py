"""Members of the organisation: who may sign in, with which roles."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.services import identity
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState

EDIT = "identity.edit"
STATUS = Column(
    "is_active",
    "Status",
    Kind.STATUS,
    sort="is_active",
    labels={"True": "Active", "False": "Suspended"},
    tones={"True": "green", "False": "gray"},
)


class MemberListState(ListState, rx.State):
    """Members by name."""

    permission: ClassVar[str] = "identity.view"
    query: ClassVar[str] = "identity.list_members"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("display_name", "Name", sort="display_name", detail="login"),
        Column("role_titles", "Roles"),
        Column("branch", "Branch", sort="branch", wide_only=True),
        Column("has_pin", "Approval PIN", Kind.YES_NO, sort="has_pin", wide_only=True),
        STATUS,
    )
    row_link: ClassVar[str] = "/settings/members/{id}"


class NewMemberState(FormState, rx.State):
    """Invites a member."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "identity.create_user"

    roles: list[dict[str, str]] = []
    branches: list[dict[str, str]] = []
    own_branch: str = ""

    @handler(permission=PAGE)
    async def open_invitation(self) -> None:
        """Offer an empty form with the organisation's roles and branches."""
        found = await self._ask("identity.list_roles")
        self.roles = [{"value": role.name, "label": role.title} for role in found.rows]
        self.branches = _choices(await self._ask("identity.list_branches"))
        self.own_branch = str((await self._principal()).branch_id)
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
            rx.redirect("/settings/members"),
        ]


class MemberState(RecordState, rx.State):
    """One member as they are; the forms beside it change them."""

    permission: ClassVar[str] = "identity.view"

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        member = await self._ask("identity.get_member", {"member_id": record_id})
        roles = (await self._ask("identity.list_roles")).rows
        self.head = {
            "id": str(member.id),
            "name": member.display_name,
            "login": member.login,
            "branch": member.branch,
            "roles": member.role_titles,
            "status": "Active" if member.is_active else "Suspended",
            "tone": "green" if member.is_active else "gray",
            "pin": "Set" if member.has_pin else "Not set",
            "may_edit": "yes" if principal.may(EDIT) else "",
            "is_self": "yes" if member.id == principal.membership_id else "",
        }
        form = await self.get_state(EditMemberState)
        branches = _choices(await self._ask("identity.list_branches"))
        form._fill(member, roles, branches)  # noqa: SLF001  sister of this state
        (await self.get_state(PinState))._aim(member)  # noqa: SLF001  sister of this state
        (await self.get_state(ResetPasswordState))._aim(member)  # noqa: SLF001  sister of this state


class EditMemberState(FormState, rx.State):
    """Changes a member's name, roles, branch and access."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "identity.update_member"

    name: str = ""
    is_active: bool = True
    roles: list[dict[str, str]] = []
    branches: list[dict[str, str]] = []
    branch_id: str = ""

    _member_id: str = ""

    def _fill(self, member: Any, roles: Sequence[Any], branches: list[dict[str, str]]) -> None:
        self._member_id, self.name = str(member.id), member.display_name
        self.branches, self.branch_id = branches, str(member.branch_id)
        self.is_active = member.is_active
        held = set(member.roles)
        self.roles = [
            {"value": r.name, "label": r.title, "held": "yes" if r.name in held else ""}
            for r in roles
        ]
        self._renew()

    @handler(permission=PAGE)
    async def toggle_role(self, name: str) -> None:
        """Give or take a role in the form."""
        self.roles = [
            role | {"held": "" if role["held"] else "yes"} if role["value"] == name else role
            for role in self.roles
        ]

    @handler(permission=PAGE)
    async def toggle_access(self) -> None:
        """Let the member sign in, or not, in the form."""
        self.is_active = not self.is_active

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        typed = {key: form.get(key, "") for key in ("idempotency_key", "display_name", "branch_id")}
        held = [role["value"] for role in self.roles if role["held"]]
        return typed | {"member_id": self._member_id, "roles": held, "is_active": self.is_active}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  nothing to show of it
        return [rx.toast.success("Member saved."), MemberState.open_record]


class PinState(FormState, rx.State):
    """Gives a member another PIN."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "identity.set_pin"

    _member_id: str = ""

    def _aim(self, member: Any) -> None:
        self._member_id = str(member.id)
        self._renew()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"member_id": self._member_id}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  nothing to show of it
        return [rx.toast.success("PIN set."), MemberState.open_record]


class ResetPasswordState(FormState, rx.State):
    """Gives a member another password and ends their sessions."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "identity.reset_password"

    _member_id: str = ""

    def _aim(self, member: Any) -> None:
        self._member_id = str(member.id)
        self._renew()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"member_id": self._member_id}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  nothing to show of it
        return [rx.toast.success("Password set. Their sessions have ended.")]


def _choices(found: Any) -> list[dict[str, str]]:
    return [{"value": str(row.id), "label": row.name} for row in found.rows]
