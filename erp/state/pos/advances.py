"""Advances: what customers have left of theirs, and the vouchers they are made of."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.services.pos import METHOD_NAMES
from erp.state.listing import ListState

KINDS = {"receipt": "Taken", "refund": "Paid back"}


class OpenAdvanceListState(ListState, rx.State):
    """Customers with an advance; each leads to its vouchers."""

    permission: ClassVar[str] = "pos.view"
    query: ClassVar[str] = "pos.list_open_advances"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("customer", "Customer", sort="customer"),
        Column("vouchers", "Left of receipt", wide_only=True),
        Column("since", "Since", Kind.INSTANT, sort="since", wide_only=True),
        Column("balance", "Left", Kind.MONEY, sort="balance"),
    )
    row_link: ClassVar[str] = "/advances/vouchers?party_id={id}"
    topics: ClassVar[tuple[str, ...]] = ("pos",)


class VoucherListState(ListState, rx.State):
    """Receipt and refund vouchers, newest first."""

    permission: ClassVar[str] = "pos.view"
    query: ClassVar[str] = "pos.list_advances"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Voucher", sort="number", detail="note"),
        Column("kind", "What", sort="kind", labels=KINDS),
        Column("customer", "Customer", sort="customer"),
        Column("method", "By", sort="method", labels=METHOD_NAMES, wide_only=True),
        Column("taken_at", "When", Kind.INSTANT, sort="taken_at", wide_only=True),
        Column("cashier", "Cashier", sort="cashier", wide_only=True),
        Column("amount", "Amount", Kind.MONEY, sort="amount"),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("party_id", "shift_id")
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    def _aside(self, row: Any) -> dict[str, str]:
        return {"paper": f"/api/erp/advances/{row.id}/voucher.pdf"}
