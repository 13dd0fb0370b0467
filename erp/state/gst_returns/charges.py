"""Charges of gateways and banks that wait for their tax invoice, and entering it."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, money_text
from erp.state.asking import DialogFormState
from erp.state.gst_returns.wording import RECORD, VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

SETTLE = "gateways.settle"
SOURCES = {"gateway": "Gateway", "bank": "Bank"}


class TaxedChargesState(ListState, rx.State):
    """What was kept, by provider and month, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_taxed_charges"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("supplier", "Kept by", detail="month"),
        Column("source", "Booked by", labels=SOURCES, wide_only=True),
        Column("numbers", "Invoices", detail="words"),
        Column("charge", "Charges", Kind.MONEY, wide_only=True),
        Column("tax", "Tax on them", Kind.MONEY, wide_only=True),
        Column("invoiced", "Tax invoiced", Kind.MONEY, wide_only=True),
        Column("waiting", "Waits", Kind.MONEY),
    )
    row_link: ClassVar[str] = "{page}"
    filter_keys: ClassVar[tuple[str, ...]] = ("state", "gstin")
    topics: ClassVar[tuple[str, ...]] = ("gst_returns", "banking", "gateways")

    registrations: list[dict[str, str]] = []
    may_record: bool = False
    waiting: str = ""

    _gstin: str = ""
    _may_settle: bool = False

    @handler(permission=PAGE)
    async def open_charges(self) -> None:
        """Learn what may be done here, and for which registrations."""
        principal = await self._principal()
        self.may_record, self._may_settle = principal.may(RECORD), principal.may(SETTLE)
        found = await self._ask("gst_returns.list_registrations", {})
        self.registrations = [
            {"value": row.gstin, "label": f"{row.gstin} {row.state}"} for row in found.rows
        ]

    def _overlook(self, page: Any) -> None:
        self._gstin = page.gstin
        self.waiting = money_text(page.waiting) if page.waiting else ""

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "id": f"{row.source}|{row.account_id}|{row.month}|{self._gstin}",
            "month": f"{row.month:%B %Y}",
        }

    def _aside(self, row: Any) -> dict[str, str]:
        is_bank = row.source == "bank"
        may = self.may_record and (is_bank or self._may_settle)
        kept = f"{money_text(row.charge)} and {money_text(row.tax)} of tax"
        return {
            "asked": f"{row.supplier}, {row.month:%B %Y}: {kept} were kept",
            "may_enter": "yes" if may and row.invoiced < row.tax else "",
            "may_take_back": "yes" if self.may_record and is_bank and row.invoices else "",
        }


class _OfCharges(DialogFormState, mixin=True):
    """A form about a month of charges."""

    permission: ClassVar[str] = RECORD

    def _place(self) -> tuple[str, str, str, str]:
        """Return the source, the account, the month and our GSTIN that the dialog is about."""
        source, account, month, gstin = (f"{self.subject.get('id', '')}".split("|") + [""] * 4)[:4]
        return source, account, month, gstin

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(TaxedChargesState)
        await page._reload()  # noqa: SLF001  the list behind the dialog


class EnterInvoiceState(_OfCharges, rx.State):
    """Enters the tax invoice of a gateway, a bank or an acquirer."""

    command: ClassVar[str] = "gst_returns.record_bank_charges"
    done_words: ClassVar[str] = "Entered. It counts in the return of its month."

    is_bank: bool = False

    async def _prepare(self) -> None:
        self.is_bank = self._place()[0] == "bank"

    def _action(self) -> str:
        return self.command if self.is_bank else "gateways.record_charges"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        _, account, month, gstin = self._place()
        about = (
            {"bank_account_id": account, "gstin": gstin}
            if self.is_bank
            else {"account_id": account}
        )
        return dict(super()._payload(form)) | about | {"month": month}


class TakeBackInvoiceState(_OfCharges, rx.State):
    """Takes a bank's invoice back that was entered wrong."""

    command: ClassVar[str] = "gst_returns.take_back_bank_charges"
    done_words: ClassVar[str] = "Taken back. It can be entered again."

    invoices: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        source, account, month, gstin = self._place()
        found = await self._ask("gst_returns.list_taxed_charges", {"gstin": gstin, "limit": 200})
        own = [
            one
            for row in found.rows
            if (row.source, f"{row.account_id}", f"{row.month}") == (source, account, month)
            for one in row.invoices
        ]
        known = [
            {"value": f"{one.id}", "label": f"{one.number} of {date_text(one.dated_on)}"}
            for one in own
        ]
        self.invoices = known if len(known) == 1 else [{"value": "", "label": "Choose"}, *known]
