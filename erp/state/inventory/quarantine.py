"""Quarantine: the queue of goods kept apart, putting some there, and deciding."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import group_count, money_text
from erp.state.asking import DialogFormState
from erp.state.catalog.wording import SHELF_TONES
from erp.state.inventory.moving import LotLinesState
from erp.state.inventory.stock import VIEW
from erp.state.inventory.wording import STATUSES
from erp.state.listing import ListState

HOLD = "inventory.hold"
DECIDE = "inventory.decide_quarantine"
QUARANTINE_REASONS: Mapping[str, str] = {
    "recall_notice": "Recall notice",
    "damaged": "Damaged",
    "suspected": "Suspected",
    "customer_return": "Customer return",
    "failed_check": "Failed a check",
}
_TONES: Mapping[str, str] = {
    "recall_notice": "red",
    "damaged": "amber",
    "suspected": "amber",
    "customer_return": "blue",
    "failed_check": "red",
}
PUT_APART = ("recall_notice", "damaged", "suspected")
"""Reasons a person gives; customer returns come by themselves."""


class QuarantineState(ListState, rx.State):
    """Goods kept apart in the branch, the last put there first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_quarantine"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Goods", sort="label", detail="lot_number"),
        Column(
            "reason_code",
            "Why",
            Kind.STATUS,
            sort="reason_code",
            detail="note",
            labels=QUARANTINE_REASONS,
            tones=_TONES,
        ),
        Column(
            "expires_on",
            "Expiry",
            Kind.EXPIRY,
            sort="expires_on",
            tone="shelf_life",
            tones=SHELF_TONES,
            wide_only=True,
        ),
        Column("put_at", "Since", Kind.INSTANT, sort="put_at", detail="put_by", wide_only=True),
        Column("waiting", "Wait", Kind.COUNT, sort="waiting", detail="quantity"),
        Column("value", "Value", Kind.MONEY, sort="value", wide_only=True),
    )
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("decided", "reason_code", "lot_id")
    part_keys: ClassVar[tuple[str, ...]] = ("decided",)
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    may_put: bool = False
    may_decide: bool = False

    async def _reload(self) -> None:
        principal = await self._principal()
        self.may_put, self.may_decide = principal.may(HOLD), principal.may(DECIDE)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        stands = "" if row.lot_status == "available" else f" · {STATUSES[row.lot_status]}"
        parts = (
            ("released", row.released),
            ("sent back", row.returned),
            ("written off", row.written_off),
        )
        became = ", ".join(f"{group_count(units)} {said}" for said, units in parts if units)
        return row.model_dump() | {
            "lot_number": f"Lot {row.lot_number}{stands}",
            "note": row.note or row.last_reason,
            "quantity": became or f"of {group_count(row.quantity)}",
            "waiting": row.waiting or None,
            "value": row.value or None,
        }

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "name": f"{row.label}, lot {row.lot_number}",
            "may_decide": "yes" if self.may_decide and row.waiting else "",
            "units": str(row.waiting),
        }


class DecideQuarantineState(DialogFormState, rx.State):
    """Decides about goods that are kept apart."""

    permission: ClassVar[str] = DECIDE
    command: ClassVar[str] = "inventory.decide_quarantine"
    subject_field: ClassVar[str] = "quarantine_id"

    units: str = ""

    async def _prepare(self) -> None:
        rows = (await self.get_state(QuarantineState)).rows
        self.units = next((r["units"] for r in rows if r["id"] == self.subject["id"]), "")

    async def _done(self, result: Any) -> str:
        await (await self.get_state(QuarantineState))._reload()
        return f"Decided: {money_text(result.value)} at cost."


class PutApartState(LotLinesState, rx.State):
    """Puts goods into quarantine."""

    permission: ClassVar[str] = HOLD
    command: ClassVar[str] = "inventory.quarantine_goods"
    kinds: ClassVar[frozenset[str]] = frozenset({"storage"})

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = self._head_typed(form, "reason_code")
        return head | {"location_id": self.place, "lines": self._lots_typed(form)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self._restart()
        told = f"{money_text(result.value)} at cost are kept apart now."
        return [rx.toast.success(told), rx.redirect("/stock/quarantine")]
