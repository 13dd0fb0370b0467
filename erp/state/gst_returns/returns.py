"""GST returns: the list, preparing one, and recording what they need."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.clock import business_date, fiscal_year, fiscal_year_start, utc_now
from erp.core.columns import Column, Kind
from erp.core.formatting import counted, money_text
from erp.state.asking import DialogFormState
from erp.state.gst_returns.wording import (
    FORM_TONES,
    FORMS,
    PREPARE,
    RECORD,
    STATUS_TONES,
    STATUSES,
    VIEW,
    period_words,
)
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

MONTHS_BACK = 14
YEARS_BACK = 4


class GstReturnListState(ListState, rx.State):
    """Returns, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_returns"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("starts_on", "Period", detail="gstin"),
        Column("form", "Return", Kind.STATUS, labels=FORMS, tones=FORM_TONES),
        Column("status", "Status", Kind.STATUS, labels=STATUSES, tones=STATUS_TONES, detail="arn"),
        Column("blocking", "To mend", wide_only=True),
        Column("version", "Version", Kind.COUNT, wide_only=True),
        Column("filed_on", "Filed on", Kind.DATE, wide_only=True),
        Column("tax", "Tax", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/gst/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("form", "status")
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    may_prepare: bool = False
    may_record: bool = False

    @handler(permission=PAGE)
    async def open_returns(self) -> None:
        """Learn what may be done here."""
        principal = await self._principal()
        self.may_prepare, self.may_record = principal.may(PREPARE), principal.may(RECORD)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "starts_on": period_words(row.starts_on, row.ends_on),
            "blocking": counted(row.blocking, "matter", "matters") if row.blocking else "Nothing",
        }


class _RegistrationDialog(DialogFormState, mixin=True):
    """A dialog that names a registration."""

    registrations: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = await self._ask("gst_returns.list_registrations", {})
        self.registrations = [
            {"value": row.gstin, "label": f"{row.gstin} {row.state}"} for row in found.rows
        ]


class PrepareReturnState(_RegistrationDialog, rx.State):
    """Choosing which return is prepared."""

    permission: ClassVar[str] = PREPARE
    command: ClassVar[str] = "gst_returns.prepare_return"

    months: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        await super()._prepare()
        self.months = months_before(business_date(utc_now(), (await self._principal()).time_zone))

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open = False
        return [rx.toast.success(prepared_words(result)), rx.redirect(f"/gst/{result.id}")]


def prepared_words(result: Any) -> str:
    """Say what came of preparing."""
    if not result.blocking:
        return f"Version {result.version} agrees with the books."
    return f"Version {result.version}: {counted(result.blocking, 'matter', 'matters')} to mend."


def months_before(today: date) -> list[dict[str, str]]:
    """Return the last months as choices, the one before today's first, today's own last."""
    first = today.replace(day=1)
    months = [first]
    while len(months) < MONTHS_BACK:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    ordered = [*months[1:], first]
    return [{"value": f"{month}", "label": f"{month:%B %Y}"} for month in ordered]


class DepositState(_RegistrationDialog, rx.State):
    """Recording a challan."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.deposit_cash"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the mixin's own interface
        return "Challan recorded in the cash ledger."


class AnnualReturnState(_RegistrationDialog, rx.State):
    """Recording an annual return that was filed."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.record_annual_return"

    years: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        await super()._prepare()
        today = business_date(utc_now(), (await self._principal()).time_zone)
        self.years = years_before(today)

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the mixin's own interface
        return "Recorded. Returns filed after that day claim no credit of its bills."


def years_before(today: date) -> list[dict[str, str]]:
    """Return the last financial years that are over as choices, the newest first."""
    newest = fiscal_year_start(today).year - 1
    starts = [date(newest - back, 4, 1) for back in range(YEARS_BACK)]
    return [{"value": f"{start}", "label": fiscal_year(start)} for start in starts]


class ChangeCreditState(_RegistrationDialog, rx.State):
    """Recording credit that is reversed or claimed again."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.change_credit"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the mixin's own interface
        return "Recorded. It goes into the return of its month."


class ReverseChargeState(_RegistrationDialog, rx.State):
    """Recording a purchase under reverse charge."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.record_reverse_charge"

    async def _done(self, result: Any) -> str:
        return f"{result.number} recorded, {money_text(result.tax)} tax to pay in cash."
