"""Interest on what was paid late: what could be billed now, billing it, and what was billed."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, date_text, group_number, money_text
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.payments.wording import VIEW
from erp.state.registry import PAGE, handler

BILL = "interest.bill"
STANDINGS = {"billed": "Billed", "reversed": "Taken back"}


class OwedInterestState(ListState, rx.State):
    """Late items with the interest that no note bills yet."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "interest.list_owed"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("party", "Customer", detail="problem"),
        Column("number", "Invoice", Kind.CODE),
        Column("due_on", "Was due", Kind.DATE, wide_only=True),
        Column("from_day", "Late from", Kind.DATE, detail="days", wide_only=True),
        Column("open", "Still open", Kind.MONEY, wide_only=True),
        Column("amount", "Interest", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/receivables/{party_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("until", "party_id")
    topics: ClassVar[tuple[str, ...]] = ("payments", "interest")

    may_bill: bool = False
    percent: str = ""
    total: str = ""

    async def _reload(self) -> None:
        self.may_bill = (await self._principal()).may(BILL)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"days": counted(row.days, "day")}

    def _overlook(self, page: Any) -> None:
        self.percent = f"{group_number(page.percent)}%" if page.percent else ""
        self.total = money_text(page.total)
        self.filters = {"until": str(page.until)} | self.filters

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "party_id": str(row.party_id),
            "may_bill": "yes" if self.may_bill and not row.problem else "",
        }


class BillInterestState(DialogFormState, rx.State):
    """Bills the interest of one customer, after showing what the notes will be."""

    permission: ClassVar[str] = BILL
    command: ClassVar[str] = "interest.bill_interest"
    subject_field: ClassVar[str] = "party_id"

    lines: list[dict[str, str]] = []
    total: str = ""
    until: str = ""

    @handler(permission=PAGE)
    async def open_for(self, party_id: str, party: str) -> None:
        """Show the interest of a customer until the day of the list."""
        page = await self.get_state(OwedInterestState)
        self.until = page.filters.get("until", "")
        asked = {"party_id": party_id} | ({"until": self.until} if self.until else {})
        found = await self._ask("interest.list_owed", asked)
        self.lines = [
            {
                "id": str(row.id),
                "number": row.number,
                "days": f"{date_text(row.from_day)} to {date_text(row.to_day)}",
                "amount": money_text(row.amount),
            }
            for row in found.rows
            if not row.problem
        ]
        self.total, self.until = money_text(found.total), str(found.until)
        await self.open_dialog(party_id, party)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"until": self.until}

    async def _done(self, result: Any) -> str:
        page = await self.get_state(OwedInterestState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
        notes = counted(len(result.notes), "debit note")
        return f"{notes} of {money_text(result.total)} with GST made."


class InterestNoteState(ListState, rx.State):
    """Notes of interest, newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "interest.list_notes"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("party", "Customer", sort="party", detail="original_number"),
        Column("number", "Debit note", Kind.CODE, sort="number", detail="reversal_number"),
        Column("issued_on", "Day", Kind.DATE, sort="issued_on", wide_only=True),
        Column("from_day", "Late from", Kind.DATE, sort="from_day", wide_only=True),
        Column("to_day", "Until", Kind.DATE, sort="to_day", wide_only=True),
        Column("amount", "Interest", Kind.MONEY, sort="amount", wide_only=True),
        Column("total", "With GST", Kind.MONEY, sort="total"),
        Column(
            "standing",
            "Standing",
            Kind.STATUS,
            labels=STANDINGS,
            tones={"billed": "green", "reversed": "gray"},
        ),
    )
    row_link: ClassVar[str] = "/invoices/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing",)
    topics: ClassVar[tuple[str, ...]] = ("payments", "interest")

    may_bill: bool = False

    async def _reload(self) -> None:
        self.may_bill = (await self._principal()).may(BILL)
        await super()._reload()

    def _aside(self, row: Any) -> dict[str, str]:
        may = self.may_bill and row.standing == "billed"
        return {"label": row.number, "may_reverse": "yes" if may else ""}


class ReverseInterestState(DialogFormState, rx.State):
    """Takes a note of interest back."""

    permission: ClassVar[str] = BILL
    command: ClassVar[str] = "interest.reverse_interest"
    subject_field: ClassVar[str] = "note_id"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(InterestNoteState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
        return f"Credit note {result.number} of {money_text(result.total)} made."
