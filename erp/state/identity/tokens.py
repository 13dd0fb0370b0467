"""Bearer tokens: the list, issuing one, showing its secret once, revoking."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state.identity.roles import known_permissions
from erp.state.issuing import show_secret
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState

TOKEN = "identity.token"  # noqa: S105  a permission


class TokenListState(ListState, rx.State):
    """Tokens, newest first."""

    permission: ClassVar[str] = TOKEN
    query: ClassVar[str] = "identity.list_tokens"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Name", sort="name", detail="acts_as"),
        Column("scopes", "May", wide_only=True),
        Column("expires_at", "Expires", Kind.INSTANT, sort="expires_at", wide_only=True),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            sort="status",
            tones={"active": "green", "revoked": "gray", "expired": "amber"},
        ),
    )

    asked_id: str = ""
    asked_name: str = ""
    is_asking: bool = False

    def _entry(self, row: Any) -> Any:
        words = "Everything the member may" if "*" in row.scopes else ", ".join(row.scopes)
        return row.model_dump() | {"scopes": words}

    def _aside(self, row: Any) -> dict[str, str]:
        return {"may_revoke": "yes" if row.status == "active" else ""}

    @handler(permission=PAGE)
    async def ask_revoke(self, token_id: str, name: str) -> None:
        """Ask before a token ends."""
        self.asked_id, self.asked_name = f"{token_id}", f"{name}"[:120]
        self.is_asking = True

    @handler(permission=PAGE)
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=PAGE)
    async def revoke(self) -> EventSpec:
        """End the token."""
        self.is_asking = False
        try:
            await self._run("identity.revoke_token", {"token_id": self.asked_id})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success("Token revoked. It is refused everywhere within seconds.")


class NewTokenState(FormState, rx.State):
    """Issues a token and shows it once.

    The token goes to the browser's page and into no var, so that no store of states holds it.
    """

    permission: ClassVar[str] = TOKEN
    command: ClassVar[str] = "identity.issue_token"

    scopes: list[dict[str, str]] = []
    is_issued: bool = False
    expires: str = ""

    @handler(permission=PAGE)
    async def open_form(self) -> None:
        """Offer an empty form; a token shown before is gone."""
        principal = await self._principal()
        self.scopes = [
            {"value": name, "domain": name.partition(".")[0], "chosen": ""}
            for name in known_permissions()
            if principal.may(name)
        ]
        self.is_issued = False
        self._renew()

    @handler(permission=PAGE)
    async def toggle_scope(self, name: str) -> None:
        """Choose or drop a permission."""
        self.scopes = [
            scope | {"chosen": "" if scope["chosen"] else "yes"}
            if scope["value"] == name
            else scope
            for scope in self.scopes
        ]

    @handler(permission=PAGE)
    async def leave(self) -> EventSpec:
        """Take the token off the page and go to the list."""
        self.is_issued = False
        return rx.redirect("/settings/tokens")

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        chosen = [scope["value"] for scope in self.scopes if scope["chosen"]]
        return dict(super()._payload(form)) | {"scopes": chosen}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_issued, self.expires = True, f"{result.expires_at:%d-%m-%Y}"
        return [show_secret(result.token)]
