"""Providers' monthly tax invoices beside what their settlements kept."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.gateways.wording import SETTLE, VIEW
from erp.state.listing import ListState


class ChargesListState(ListState, rx.State):
    """Months with charges, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gateways.list_charges"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("account", "Account", detail="month"),
        Column("invoices", "Invoices", wide_only=True),
        Column("fee", "Fee kept", Kind.MONEY, wide_only=True),
        Column("tax", "Tax kept", Kind.MONEY, wide_only=True),
        Column("billed_fee", "Billed", Kind.MONEY, wide_only=True),
        Column("billed_tax", "Tax billed", Kind.MONEY, wide_only=True),
        Column("difference", "Difference", Kind.MONEY, detail="words"),
    )
    topics: ClassVar[tuple[str, ...]] = ("gateways",)

    may_record: bool = False

    async def _reload(self) -> None:
        principal: identity.Principal = await self._principal()
        self.may_record = principal.may(SETTLE)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "id": f"{row.account_id}:{row.month}",
            "month": f"{row.month:%B %Y}",
        }


class RecordChargesState(DialogFormState, rx.State):
    """Records a provider's invoice."""

    permission: ClassVar[str] = SETTLE
    command: ClassVar[str] = "gateways.record_charges"

    accounts: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = await self._ask("gateways.list_accounts")
        known = [{"value": str(row.id), "label": row.name} for row in found.rows]
        self.accounts = known if len(known) == 1 else [{"value": "", "label": "Choose"}, *known]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        month = f"{given.get('month') or ''}"
        return given | {"month": f"{month[:7]}-01" if month else ""}

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(ChargesListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
