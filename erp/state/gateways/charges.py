"""Providers' monthly tax invoices beside what their settlements kept."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import money_text
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

    def _aside(self, row: Any) -> dict[str, str]:
        return {"may_take_back": "yes" if row.invoices else ""}


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


class TakeBackChargesState(DialogFormState, rx.State):
    """Takes an invoice of a month back that was recorded wrong."""

    permission: ClassVar[str] = SETTLE
    command: ClassVar[str] = "gateways.take_back_charges"
    done_words: ClassVar[str] = "Taken back. It can be recorded again."

    invoices: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        account, _, month = self.subject.get("id", "").partition(":")
        given = {"account_id": account, "month": month}
        found = await self._ask("gateways.list_charge_invoices", given)
        known = [
            {"value": str(row.id), "label": f"{row.number}, {money_text(row.taxable + row.tax)}"}
            for row in found.rows
            if row.taken_back_on is None
        ]
        self.invoices = known if len(known) == 1 else [{"value": "", "label": "Choose"}, *known]

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(ChargesListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
