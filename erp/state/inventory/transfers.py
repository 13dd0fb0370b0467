"""Transfers between branches: the list, one of them, and what is decided about it."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, date_text, group_count, instant_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.inventory.stock import TRANSFER, VIEW
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.showing import display_rows

SETTLE = "inventory.settle_transfer"
TRANSFER_STATUSES: Mapping[str, str] = {
    "requested": "Asked for",
    "on_its_way": "On its way",
    "settled": "Settled",
    "cancelled": "Cancelled",
}
TRANSFER_TONES: Mapping[str, str] = {
    "requested": "amber",
    "on_its_way": "blue",
    "overdue": "red",
    "settled": "green",
    "cancelled": "gray",
}
DIRECTIONS: Mapping[str, str] = {
    "outgoing": "Outgoing",
    "incoming": "Incoming",
    "within": "Within the branch",
}
OUTCOMES: Mapping[str, str] = {
    "arrived": "Arrived",
    "damaged": "Damaged",
    "returned": "Found back",
    "lost": "Lost",
}
_OUTCOME_TONES: Mapping[str, str] = {
    "arrived": "green",
    "damaged": "amber",
    "returned": "blue",
    "lost": "red",
}
LINE_COLUMNS = (
    Column("label", "Goods", detail="lot"),
    Column("sent", "Sent", Kind.COUNT, detail="unit"),
    Column("arrived", "Arrived", Kind.COUNT, detail="apart"),
    Column("under_way", "On its way", Kind.COUNT),
    Column("value", "Value sent", Kind.MONEY, wide_only=True),
)
ASKED_COLUMNS = (
    Column("label", "Goods", detail="sku"),
    Column("quantity", "Asked for", Kind.COUNT, detail="unit"),
    Column("available", "Can be sent", Kind.COUNT),
)
NOTE_COLUMNS = (
    Column("label", "Goods", detail="lot"),
    Column("outcome", "What", Kind.STATUS, "reason", labels=OUTCOMES, tones=_OUTCOME_TONES),
    Column("quantity", "Units", Kind.COUNT),
    Column("recorded_at", "When", Kind.INSTANT, detail="user", wide_only=True),
    Column("value", "Value", Kind.MONEY, wide_only=True),
)


class TransferListState(ListState, rx.State):
    """Transfers from and to the branch, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_transfers"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Transfer", sort="number", detail="direction"),
        Column("from_branch", "From", sort="from_branch", detail="from_location", wide_only=True),
        Column("to_branch", "To", sort="to_branch", detail="to_location"),
        Column("sent", "Units", Kind.COUNT, sort="sent", detail="products", wide_only=True),
        Column("value_under_way", "On its way", Kind.MONEY, sort="value_under_way", wide_only=True),
        Column("status", "Status", detail="expected_on", tone="tone", tones=TRANSFER_TONES),
    )
    row_link: ClassVar[str] = "/stock/transfers/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("direction", "status", "overdue", "variant_id")
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    may_transfer: bool = False

    async def _reload(self) -> None:
        self.may_transfer = (await self._principal()).may(TRANSFER)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        late = row.days_late
        return row.model_dump() | {
            "number": row.challan or row.number,
            "direction": DIRECTIONS.get(row.direction or "", ""),
            **(_places(row) if row.from_branch_id == row.to_branch_id else {}),
            "products": counted(row.products, "product"),
            "sent": row.sent or None,
            "value_under_way": row.value_under_way or None,
            "tone": "overdue" if late else row.status,
            "status": TRANSFER_STATUSES[row.status],
            "expected_on": f"{counted(late, 'day')} late" if late else _expected(row),
        }


class TransferState(RecordState, rx.State):
    """One transfer, and what its reader may do next."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    lines: list[dict[str, str]] = []
    asked: list[dict[str, str]] = []
    notes: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("inventory.get_transfer", {"transfer_id": record_id})
        zone = principal.time_zone
        rows = display_rows([_line(line) for line in found.lines], LINE_COLUMNS, zone)
        may_settle = principal.may(SETTLE)
        self.lines = [
            row
            | {
                "line_no": str(line.line_no),
                "name": f"{line.label}, lot {line.lot_number}",
                "may_settle": "yes" if may_settle and line.under_way else "",
            }
            for row, line in zip(rows, found.lines, strict=True)
        ]
        self.asked = display_rows(
            [ask.model_dump() | {"id": ask.line_no} for ask in found.asked], ASKED_COLUMNS, zone
        )
        self.notes = display_rows([_note(note) for note in found.notes], NOTE_COLUMNS, zone)
        self.head = _head(found.transfer, zone) | _offers(found.transfer, principal)


class CancelTransferState(DialogFormState, rx.State):
    """Withdraws or refuses a request."""

    permission: ClassVar[str] = TRANSFER
    command: ClassVar[str] = "inventory.cancel_transfer"
    subject_field: ClassVar[str] = "transfer_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(TransferState))._show()
        return "Cancelled. Nothing moved."


class SettleTransferState(DialogFormState, rx.State):
    """Decides what became of goods that did not come; the subject is a line."""

    permission: ClassVar[str] = SETTLE
    command: ClassVar[str] = "inventory.settle_transfer"

    left: str = ""

    async def _prepare(self) -> None:
        rows = (await self.get_state(TransferState)).lines
        found = (row for row in rows if row["line_no"] == self.subject["id"])
        self.left = next((row["under_way"] for row in found), "")

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        transfer_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        fields = ("quantity", "outcome", "reason")
        line = {field: given[field] for field in fields if field in given}
        return {
            "idempotency_key": given.get("idempotency_key", ""),
            "transfer_id": transfer_id,
            "lines": [line | {"line_no": self.subject.get("id", "")}],
        }

    def _show_refusal(self, error: Any) -> None:
        super()._show_refusal(error)
        self.field_errors = {
            name.removeprefix("lines.0."): words for name, words in self.field_errors.items()
        }

    async def _done(self, result: Any) -> str:
        await (await self.get_state(TransferState))._show()
        return f"Settled: {money_text(result.value)} at cost."


def _places(row: Any) -> dict[str, str]:
    """Return the places of a transfer within a branch with the warehouses they are of."""
    return {"from_location": row.places[0], "to_location": row.places[1]}


def _expected(row: Any) -> str:
    is_due = row.status == "on_its_way" and row.expected_on
    return f"by {date_text(row.expected_on)}" if is_due else ""


def _line(line: Any) -> dict[str, Any]:
    parts = (("damaged", line.damaged), ("found back", line.returned), ("lost", line.lost))
    return line.model_dump() | {
        "id": line.line_no,
        "lot": f"Lot {line.lot_number}",
        "apart": ", ".join(f"{group_count(units)} {said}" for said, units in parts if units),
        "under_way": line.under_way or None,
    }


def _note(note: Any) -> dict[str, Any]:
    return note.model_dump() | {
        "id": f"{note.step}-{note.line_no}-{note.outcome}",
        "lot": f"Lot {note.lot_number}",
    }


def _head(transfer: Any, zone: str) -> dict[str, str]:
    late = transfer.days_late
    source, target = transfer.ends
    return {
        "id": str(transfer.id),
        "title": transfer.challan or transfer.number,
        "number": transfer.number,
        "way": f"{source} to {target}",
        "from": transfer.places[0],
        "to": transfer.places[1],
        "status": TRANSFER_STATUSES[transfer.status],
        "tone": TRANSFER_TONES["overdue" if late else transfer.status],
        "late": f"Should have been there {counted(late, 'day')} ago." if late else "",
        "expected": date_text(transfer.expected_on) if transfer.expected_on else "",
        "transport": transfer.transport,
        "note": transfer.note,
        "challan": transfer.challan,
        "value": money_text(transfer.value),
        "sent": group_count(transfer.sent),
        "under_way": group_count(transfer.under_way),
        "value_under_way": money_text(transfer.value_under_way),
        "moves": f"/stock/moves?origin_id={transfer.id}",
        **_steps(transfer, zone),
    }


def _steps(transfer: Any, zone: str) -> dict[str, str]:
    steps = {
        "started": (transfer.started_at, transfer.started_by),
        "dispatched": (transfer.dispatched_at, transfer.dispatched_by),
        "closed": (transfer.closed_at, transfer.closed_by),
    }
    return {
        step: f"{instant_text(at, zone)} · {who}".rstrip(" ·") if at else ""
        for step, (at, who) in steps.items()
    }


def _offers(transfer: Any, principal: identity.Principal) -> dict[str, str]:
    """Return what the reader may do: each end does its own part, an owner both."""
    may, everywhere = principal.may(TRANSFER), principal.may("*")
    is_source = everywhere or transfer.direction in {"outgoing", "within"}
    is_target = everywhere or transfer.direction in {"incoming", "within"}
    is_asked, is_under_way = transfer.status == "requested", transfer.status == "on_its_way"
    offers = {
        "may_send": may and is_asked and is_source,
        "may_cancel": may and is_asked,
        "may_receive": may and is_under_way and is_target,
        "may_settle": principal.may(SETTLE) and is_under_way,
    }
    return {name: "yes" if offered else "" for name, offered in offers.items()}
