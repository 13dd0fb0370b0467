"""Months of the books: opened, closed and locked with a reason."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.state.asking import DialogFormState
from erp.state.explaining import errors_by_field
from erp.state.listing import ListState
from erp.state.registry import handler
from erp.state.session import new_form_key

CLOSE = "accounting.close"
STATUSES = ("open", "closed", "locked")
REOPEN = "accounting.reopen"
DONE = {"open": "The month is open again.", "closed": "Month closed.", "locked": "Month locked."}


class PeriodListState(ListState, rx.State):
    """Months, newest first, and the question before one changes."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_periods"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("starts_on", "Month", detail="reason"),
        Column("fiscal_year", "Financial year", wide_only=True),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            tones={"open": "green", "closed": "gray", "locked": "blue"},
        ),
    )

    asked_id: str = ""
    asked_status: str = ""
    asked_title: str = ""
    is_asking: bool = False
    is_busy: bool = False
    may_close: bool = False
    form_key: str = ""
    form_error: str = ""
    field_errors: dict[str, str] = {}

    async def _reload(self) -> None:
        await super()._reload()
        self.may_close = (await self._principal()).may(CLOSE)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"starts_on": f"{row.starts_on:%B %Y}"}

    def _aside(self, row: Any) -> dict[str, str]:
        carried = row.is_carried and row.status == "closed"
        locked = row.status == "locked"
        return {"may_change": "" if locked else "carried" if carried else row.status}

    @handler(permission=CLOSE)
    async def ask(self, period_id: str, status: str, month: str) -> None:
        """Ask why a month changes."""
        if status not in STATUSES:
            return
        verb = {"open": "Open", "closed": "Close", "locked": "Lock"}[status]
        self.asked_id, self.asked_status = f"{period_id}", status
        self.asked_title = f"{verb} {f'{month}'[:30]}"
        self.form_key, self.is_asking = new_form_key(), True
        self.form_error, self.field_errors = "", {}

    @handler(permission=CLOSE)
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=CLOSE)
    async def change(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Change the month."""
        self.is_busy, self.form_error, self.field_errors = True, "", {}
        yield
        for event in await self._changed(dict(form) if isinstance(form, dict) else {}):
            yield event
        self.is_busy = False

    async def _changed(self, form: dict[str, Any]) -> Sequence[EventSpec]:
        given = form | {"period_id": self.asked_id, "status": self.asked_status}
        try:
            await self._run("accounting.set_period_status", given)
        except (ValidationError, DomainError) as error:
            self.field_errors = errors_by_field(error)
            self.form_error = error.message if isinstance(error, DomainError) else ""
            return []
        self.is_asking = False
        await self._reload()
        return [rx.toast.success(DONE[self.asked_status])]


class YearListState(ListState, rx.State):
    """Financial years with their profit."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_years"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("year", "Financial year"),
        Column("profit", "Profit", Kind.MONEY),
        Column(
            "standing",
            "Status",
            Kind.STATUS,
            tones={"open": "green", "closed": "gray", "running": "blue"},
        ),
    )
    row_link: ClassVar[str] = "/books/profit-and-loss?from_day={starts_on}&to_day={ends_on}"

    may_close: bool = False
    may_reopen: bool = False

    async def _reload(self) -> None:
        await super()._reload()
        principal = await self._principal()
        self.may_close, self.may_reopen = principal.may(CLOSE), principal.may(REOPEN)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"id": row.year}

    def _aside(self, row: Any) -> dict[str, str]:
        return {"state": row.standing}


class CloseYearState(DialogFormState, rx.State):
    """Carries the profit of a year, after showing what that is."""

    permission: ClassVar[str] = CLOSE
    command: ClassVar[str] = "accounting.close_year"
    subject_field: ClassVar[str] = "year"

    preview: str = ""
    accounts: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        self.preview, self.accounts = "", []
        given = {"year": self.subject.get("id", ""), "reason": "Preview"}
        try:
            tried: Any = (await self._preview(self.command, given)).result
        except DomainError as error:
            self.form_error = error.message
            return
        word = "loss" if tried.profit < 0 else "profit"
        self.preview = f"A {word} of {money_text(abs(tried.profit))} is carried."
        self.accounts = [
            {"id": x.code, "name": x.name, "balance": money_text(-x.balance)}
            for x in tried.accounts
        ]

    async def _done(self, result: Any) -> str:
        page = await self.get_state(YearListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
        months = await self.get_state(PeriodListState)
        await months._reload()  # noqa: SLF001  the list behind the dialog
        return f"{result.year} is closed."


class ReopenYearState(DialogFormState, rx.State):
    """Takes a year's closing back."""

    permission: ClassVar[str] = REOPEN
    command: ClassVar[str] = "accounting.reopen_year"
    subject_field: ClassVar[str] = "year"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(YearListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
        months = await self.get_state(PeriodListState)
        await months._reload()  # noqa: SLF001  the list behind the dialog
        return f"{result.year} is open again."
