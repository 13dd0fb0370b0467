"""Cost centres: the list, adding one, renaming it or taking it out of use."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import reflex as rx

from erp.core.columns import Column, Kind
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

POST: Final = "accounting.post"


class CostCentreListState(ListState, rx.State):
    """Cost centres by code."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_cost_centres"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Cost centre"),
        Column("code", "Code", Kind.CODE),
        Column("is_active", "In use", Kind.YES_NO),
    )
    row_link: ClassVar[str] = "/books/profit-and-loss?cost_centre={code}"

    may_post: bool = False

    async def _reload(self) -> None:
        await super()._reload()
        self.may_post = (await self._principal()).may(POST)

    def _aside(self, row: Any) -> dict[str, str]:
        return {"in_use": "yes" if row.is_active else ""}


class NewCostCentreState(DialogFormState, rx.State):
    """Adds a cost centre."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.create_cost_centre"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"code": f"{given.get('code', '')}".upper()}

    async def _done(self, _result: Any) -> str:
        page = await self.get_state(CostCentreListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
        return "Cost centre added."


class ChangeCostCentreState(DialogFormState, rx.State):
    """Renames a cost centre, or takes it out of use."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.change_cost_centre"
    subject_field: ClassVar[str] = "centre_id"

    is_used: bool = True

    @handler(permission=PAGE)
    async def open_for(self, centre_id: str, name: str, in_use: str) -> None:
        """Offer what the cost centre is now."""
        self.is_used = bool(in_use)
        await self.open_dialog(centre_id, name)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"is_active": bool(form.get("is_active"))}

    async def _done(self, _result: Any) -> str:
        page = await self.get_state(CostCentreListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
        return "Cost centre changed."
