"""Suppliers' bills and goods that are not billed: the lists."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import money_text
from erp.state.asking import DialogFormState
from erp.state.billing.bill_wording import RECORD, SET_TOLERANCES, STATUS, VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler


class BillListState(ListState, rx.State):
    """Suppliers' bills of the branch, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "billing.list_bills"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("bill_number", "Bill", sort="bill_number", detail="supplier"),
        Column("number", "Our number", Kind.CODE, sort="number", wide_only=True),
        Column("billed_on", "Dated", Kind.DATE, sort="billed_on", wide_only=True),
        Column("due_on", "Due", Kind.DATE, sort="due_on", wide_only=True),
        STATUS,
        Column("total", "Total", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/bills/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing", "status", "supplier_id")
    topics: ClassVar[tuple[str, ...]] = ("billing",)

    may_record: bool = False
    may_set: bool = False

    @handler(permission=PAGE)
    async def open_bills(self) -> None:
        """Learn what may be done here."""
        principal = await self._principal()
        self.may_record, self.may_set = principal.may(RECORD), principal.may(SET_TOLERANCES)

    def _entry(self, row: Any) -> Any:
        claim = f"{money_text(row.claim)} to be credited" if row.claim else ""
        return row.model_dump() | {"claim": claim}


class UnbilledListState(ListState, rx.State):
    """Goods that came into the branch and are on no bill, the oldest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "billing.list_unbilled"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("supplier", "Supplier", detail="label"),
        Column("received_on", "Came on", Kind.DATE, detail="reference", wide_only=True),
        Column("lot_number", "Lot", Kind.CODE, wide_only=True),
        Column("units", "Units", Kind.COUNT),
        Column("value", "Value", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/bills/new?supplier_id={supplier_key}"
    filter_keys: ClassVar[tuple[str, ...]] = ("supplier_id",)
    topics: ClassVar[tuple[str, ...]] = ("billing", "inventory")

    total: str = ""

    def _overlook(self, page: Any) -> None:
        self.total = money_text(page.total)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "id": f"{row.receipt_id}-{row.line_no}",
            "supplier": row.supplier or "Nobody named",
            "supplier_key": row.supplier_id or "",
        }


class TolerancesState(DialogFormState, rx.State):
    """Sets how far a billed price may differ before somebody decides."""

    permission: ClassVar[str] = SET_TOLERANCES
    command: ClassVar[str] = "billing.set_match_tolerances"

    percent: str = ""
    amount: str = ""
    charges: str = ""

    async def _prepare(self) -> None:
        found = await self._ask("billing.get_match_tolerances", {})
        self.percent = f"{found.price_percent.normalize():f}"
        self.amount = f"{found.price_amount:.2f}"
        self.charges = f"{found.charge_percent.normalize():f}"

    async def _done(self, result: Any) -> str:
        percent = f"{result.price_percent.normalize():f}"
        return f"A price may differ by {percent}% or {money_text(result.price_amount)} a line."
