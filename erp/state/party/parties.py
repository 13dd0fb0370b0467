"""The list of parties."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.state.listing import ListState
from erp.state.party.wording import KINDS, ROLES
from erp.state.registry import PAGE, handler

VIEW = "party.view"
EDIT = "party.edit"


class PartyListState(ListState, rx.State):
    """Parties by name."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "party.list_parties"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Name", sort="name", detail="code"),
        Column("kind", "Kind", sort="kind", labels=KINDS, wide_only=True),
        Column("roles", "Roles", wide_only=True),
        Column("phone", "Phone", sort="phone"),
        Column("city", "City", sort="city", wide_only=True),
        Column("gstin", "GSTIN", Kind.CODE, wide_only=True),
        Column(
            "is_active",
            "Status",
            Kind.STATUS,
            sort="is_active",
            labels={"True": "Active", "False": "Closed"},
            tones={"True": "green", "False": "gray"},
        ),
    )
    row_link: ClassVar[str] = "/parties/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("role", "kind", "including_inactive")
    topics: ClassVar[tuple[str, ...]] = ("party",)

    may_edit: bool = False

    @handler(permission=PAGE)
    async def open_parties(self) -> None:
        """Learn what may be done here."""
        self.may_edit = (await self._principal()).may(EDIT)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"roles": ", ".join(ROLES[role] for role in row.roles)}
