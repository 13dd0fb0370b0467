"""What devices sold without the server: the bills, settling one that waits, the leases."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import (
    expiry_text,
    group_count,
    instant_text,
    money_text,
    plain_decimal,
)
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.pos.lines import TIMES
from erp.state.reading import RecordState
from erp.state.showing import display_rows

VIEW, SETTLE = "pos.view", "pos.settle_offline"
STATUSES: Mapping[str, str] = {
    "waiting": "To settle",
    "posted": "Posted",
    "discarded": "Put away",
}
TONES: Mapping[str, str] = {"waiting": "red", "posted": "green", "discarded": "gray"}
LEASE_STATUSES: Mapping[str, str] = {
    "open": "Lent",
    "handed_in": "Handed in",
    "ended": "Ended without the device",
}
LEASE_TONES: Mapping[str, str] = {"open": "green", "handed_in": "gray", "ended": "amber"}
STATUS = Column("status", "Status", Kind.STATUS, labels=STATUSES, tones=TONES)
LINE_COLUMNS = (
    Column("label", "Goods", detail="lot"),
    Column("quantity", "Units", Kind.COUNT),
    Column("unit_price", "Price", Kind.MONEY, wide_only=True),
    Column("amount", "Amount", Kind.MONEY),
)
DIFFERENCE_COLUMNS = (
    Column("label", "Goods"),
    Column("paid", "Paid", Kind.MONEY),
    Column("now", "List by then", Kind.MONEY),
)


class OfflineSaleListState(ListState, rx.State):
    """Bills of the branch that were made without the server."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "pos.list_offline_sales"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Bill", sort="number", detail="reason"),
        Column("sold_at", "Sold", Kind.INSTANT, sort="sold_at", wide_only=True),
        Column("register_name", "Till", sort="register_name", detail="cashier", wide_only=True),
        STATUS,
        Column("total", "Total", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/till/offline-sales/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("status", "differs", "lease_id")
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    def _entry(self, row: Any) -> Any:
        count = row.difference_count
        changed = f"{count} {'price' if count == 1 else 'prices'} had changed" if count else ""
        return row.model_dump() | {"reason": row.answer or row.reason or changed}


class LeaseListState(ListState, rx.State):
    """Devices that were lent numbers, the latest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "pos.list_leases"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("device_name", "Device", detail="register_name"),
        Column("numbers", "Numbers", Kind.CODE, detail="void"),
        Column("taken_at", "Lent", Kind.INSTANT, detail="cashier", wide_only=True),
        Column("bill_count", "Bills", Kind.COUNT, wide_only=True),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            detail="reason",
            labels=LEASE_STATUSES,
            tones=LEASE_TONES,
        ),
    )
    row_link: ClassVar[str] = "/till/offline-sales?lease_id={id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("status",)
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"void": f"Void: {row.void}" if row.void else ""}


class OfflineSaleState(RecordState, rx.State):
    """One bill that was made without the server."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    lines: list[dict[str, str]] = []
    choices: list[dict[str, Any]] = []
    differences: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        found = await self._ask("pos.get_offline_sale", {"sale_id": record_id})
        self.lines = display_rows([_line(line) for line in found.lines], LINE_COLUMNS, zone)
        named = [each | {"id": str(at)} for at, each in enumerate(found.differences)]
        self.differences = display_rows(named, DIFFERENCE_COLUMNS, zone)
        self.choices = [_choice(line) for line in found.lines]
        may_settle = found.status == "waiting" and principal.may(SETTLE)
        self.head = _head(found, zone) | {"may_settle": "yes" if may_settle else ""}


def _line(line: Any) -> dict[str, Any]:
    return line.model_dump() | {"id": line.line, "lot": _line_words(line)}


def _line_words(line: Any) -> str:
    """Return the lot, what the units were sold as, and what was taken off."""
    sold = f"{group_count(line.sold)} {line.unit}" if line.sold else ""
    off = f"{plain_decimal(line.discount_percent)}% off" if line.discount_percent else ""
    return " · ".join(filter(None, (_lot_words(line), sold, off)))


def _lot_words(lot: Any) -> str:
    return f"Lot {lot.lot_number}" + (
        f" · expires {expiry_text(lot.expires_on)}" if lot.expires_on else ""
    )


def _choice(line: Any) -> dict[str, Any]:
    """Return a line with the lots its units may have left from."""
    return {
        "label": f"{group_count(line.quantity)} {TIMES} {line.label}",
        "named": f"{_lot_words(line)} on the bill",
        "lots": [
            {
                "name": f"lot-{line.line}-{lot.lot_id}",
                "text": f"{_lot_words(lot)} · {group_count(lot.units)} here",
            }
            for lot in line.lots
        ],
    }


def _head(found: Any, zone: str) -> dict[str, str]:
    by = f" by {found.settled_by}" if found.settled_by else ""
    return {
        "id": str(found.id),
        "number": found.number,
        "status": STATUSES[found.status],
        "status_tone": TONES[found.status],
        "reason": found.reason,
        "answer": f"{found.answer}{by}" if found.answer else "",
        "till": f"{found.register_name} · {found.cashier}",
        "sold": instant_text(found.sold_at, zone),
        "received": instant_text(found.received_at, zone),
        "total": money_text(found.total),
        "discount": money_text(-found.bill_discount) if found.bill_discount else "",
        "paid": ", ".join(
            f"{name} {money_text(amount)}" + (f" ({reference})" if reference else "")
            for name, amount, reference in found.tenders
        ),
        "invoice": found.invoice_number,
        "invoice_href": f"/invoices/{found.invoice_id}" if found.invoice_id else "",
    }


class SettleSaleState(DialogFormState, rx.State):
    """Posts a bill that waits, from the lots that really left."""

    permission: ClassVar[str] = SETTLE
    command: ClassVar[str] = SETTLE
    subject_field: ClassVar[str] = "sale_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload({k: v for k, v in form.items() if not k.startswith("lot-")}))
        told = [
            (name.split("-", 2), value) for name, value in form.items() if name.startswith("lot-")
        ]
        lots = [
            {"line": int(line), "lot_id": lot_id, "quantity": value}
            for (_, line, lot_id), value in told
            if value
        ]
        return given | {"lots": lots}

    async def _done(self, result: Any) -> str:
        await (await self.get_state(OfflineSaleState))._show()
        return f"Bill {result.number} is posted."


class DiscardSaleState(DialogFormState, rx.State):
    """Puts a bill away that is none."""

    permission: ClassVar[str] = SETTLE
    command: ClassVar[str] = "pos.discard_offline_sale"
    subject_field: ClassVar[str] = "sale_id"

    async def _done(self, result: Any) -> str:
        await (await self.get_state(OfflineSaleState))._show()
        return f"Bill {result.number} is put away."


class EndLeaseState(DialogFormState, rx.State):
    """Ends a lease whose device will not come back."""

    permission: ClassVar[str] = SETTLE
    command: ClassVar[str] = "pos.end_lease"
    subject_field: ClassVar[str] = "lease_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002
        await (await self.get_state(LeaseListState))._reload()
        return "The lease is ended. Its numbers that did not arrive are void."
