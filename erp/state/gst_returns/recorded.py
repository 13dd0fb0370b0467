"""Reverse charges, changes of credit, challans and annual returns as they were recorded."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.state.asking import DialogFormState
from erp.state.gst_returns.wording import CREDIT_KINDS, RECORD, VIEW
from erp.state.listing import ListState

DEPOSITS = {"deposited": "Deposited", "cancelled": "Cancelled"}
RECORDS = {"recorded": "Recorded", "filed": "Filed", "cancelled": "Cancelled"}
RECORD_TONES = {"filed": "green", "cancelled": "red"}
ANNUAL = {"counts": "Filed", "not_filed": "Not filed", "replaced": "Replaced"}


class ReverseChargeListState(ListState, rx.State):
    """Purchases under reverse charge, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_reverse_charges"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Number", detail="supplier"),
        Column("booked_on", "Booked on", Kind.DATE, wide_only=True),
        Column("description", "For", detail="hsn", wide_only=True),
        Column(
            "standing",
            "State",
            Kind.STATUS,
            labels=RECORDS,
            tones=RECORD_TONES,
            detail="cancel_reason",
        ),
        Column("rate", "GST", Kind.PERCENT, wide_only=True),
        Column("taxable", "Value", Kind.MONEY, wide_only=True),
        Column("tax", "Tax", Kind.MONEY),
    )
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    may_cancel: bool = False

    async def _reload(self) -> None:
        self.may_cancel = (await self._principal()).may(RECORD)
        await super()._reload()

    def _aside(self, row: Any) -> dict[str, str]:
        paper = f"/api/erp/reverse-charges/{row.id}/self-invoice.pdf"
        is_offered = self.may_cancel and row.standing == "recorded"
        return {
            "paper": paper if row.is_self_invoiced else "",
            "may_cancel": "yes" if is_offered else "",
        }


class CancelReverseChargeState(DialogFormState, rx.State):
    """Cancels a reverse charge of the list."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.cancel_reverse_charge"
    subject_field: ClassVar[str] = "reverse_charge_id"
    done_words: ClassVar[str] = "Reverse charge cancelled."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(ReverseChargeListState))._reload()  # noqa: SLF001  sister of this state


class CreditChangeListState(ListState, rx.State):
    """Changes of credit, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_credit_changes"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("kind", "What", labels=CREDIT_KINDS, detail="reason"),
        Column("gstin", "GSTIN", Kind.CODE, wide_only=True),
        Column("booked_on", "Booked on", Kind.DATE, wide_only=True),
        Column("igst", "IGST", Kind.MONEY, wide_only=True),
        Column("cgst", "CGST", Kind.MONEY, wide_only=True),
        Column("sgst", "SGST", Kind.MONEY, wide_only=True),
        Column("tax", "Tax", Kind.MONEY),
        Column(
            "standing",
            "State",
            Kind.STATUS,
            labels=RECORDS,
            tones=RECORD_TONES,
            detail="cancel_reason",
        ),
        Column("user", "Recorded by", wide_only=True),
    )
    row_link: ClassVar[str] = "/books/journal/{entry_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("kind",)
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    may_cancel: bool = False

    async def _reload(self) -> None:
        self.may_cancel = (await self._principal()).may(RECORD)
        await super()._reload()

    def _aside(self, row: Any) -> dict[str, str]:
        is_offered = self.may_cancel and row.standing == "recorded" and not row.is_of_asset
        return {"may_cancel": "yes" if is_offered else ""}


class CancelCreditChangeState(DialogFormState, rx.State):
    """Cancels a change of credit of the list."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.cancel_credit_change"
    subject_field: ClassVar[str] = "credit_change_id"
    done_words: ClassVar[str] = "Change of credit cancelled."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(CreditChangeListState))._reload()  # noqa: SLF001  sister of this state


class DepositListState(ListState, rx.State):
    """Challans, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_deposits"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("reference", "Challan (CIN)", detail="gstin"),
        Column("deposited_on", "Deposited on", Kind.DATE),
        Column(
            "standing",
            "State",
            Kind.STATUS,
            labels=DEPOSITS,
            tones={"cancelled": "red"},
            detail="cancel_reason",
        ),
        Column("user", "Recorded by", wide_only=True),
        Column("amount", "Amount", Kind.MONEY),
    )
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    may_cancel: bool = False

    async def _reload(self) -> None:
        self.may_cancel = (await self._principal()).may(RECORD)
        await super()._reload()

    def _aside(self, row: Any) -> dict[str, str]:
        return {"may_cancel": "yes" if self.may_cancel and row.standing == "deposited" else ""}


class CancelDepositState(DialogFormState, rx.State):
    """Cancels a challan of the list."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "gst_returns.cancel_deposit"
    subject_field: ClassVar[str] = "deposit_id"
    done_words: ClassVar[str] = "Challan cancelled. Its number may be recorded anew."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(DepositListState))._reload()  # noqa: SLF001  sister of this state


class AnnualReturnListState(ListState, rx.State):
    """Annual returns, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_annual_returns"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("year", "Year", detail="gstin"),
        Column("filed_on", "Filed on", Kind.DATE),
        Column("arn", "ARN", wide_only=True),
        Column(
            "standing",
            "State",
            Kind.STATUS,
            labels=ANNUAL,
            tones={"counts": "green", "not_filed": "amber"},
        ),
        Column("user", "Recorded by", wide_only=True),
    )
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    may_record: bool = False

    async def _reload(self) -> None:
        self.may_record = (await self._principal()).may(RECORD)
        await super()._reload()
