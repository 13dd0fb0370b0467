"""Limits of the law: the list, and adding one from a day on."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, plain_decimal
from erp.services.gst_returns import PERCENTS
from erp.services.party import LIVE_STATES, STATES
from erp.state.asking import DialogFormState
from erp.state.gst_returns.wording import SET_LIMITS, VIEW
from erp.state.listing import ListState

KINDS = {
    "b2cl": "Invoice stands by itself (B2CL)",
    "e_way_bill": "Way bill needed",
    "e_invoice": "E-invoice needed (turnover)",
    "hsn_digits": "Six HSN digits (turnover)",
    "gst_rate": "A rate of GST that exists (percent)",
    "rate_ended": "A rate of GST that ended (percent)",
    "composition_limit": "Composition ends (turnover)",
    "composition_service_limit": "Composition for services ends (turnover)",
    "composition_trader": "Composition, trading (percent)",
    "composition_manufacturer": "Composition, manufacturing (percent)",
    "composition_service": "Composition, services (percent)",
}
STANDINGS = {"in_force": "In force", "coming": "To come", "past": "Past"}
TONES = {"in_force": "green", "coming": "blue", "past": "gray"}
WHERE = [
    ("", "All India"),
    *sorted(((code, STATES[code]) for code in LIVE_STATES & STATES.keys()), key=lambda one: one[1]),
]


class LimitListState(ListState, rx.State):
    """Limits by kind and state, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_limits"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("kind", "What it decides", detail="state_name"),
        Column("valid_from", "From", Kind.DATE, wide_only=True),
        Column("standing", "State", Kind.STATUS, labels=STANDINGS, tones=TONES),
        Column("source", "Says so", detail="added_by", wide_only=True),
        Column("amount", "Amount", Kind.MONEY),
    )
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    may_add: bool = False

    async def _reload(self) -> None:
        self.may_add = (await self._principal()).may(SET_LIMITS)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        by = f"added by {row.added_by}" if row.is_ours and row.added_by else ""
        return row.model_dump() | {
            "kind": KINDS[row.kind],
            "added_by": by,
            "state_name": f"{row.state_name}, from {date_text(row.valid_from)}",
        }

    def _aside(self, row: Any) -> dict[str, str]:
        return {"amount": f"{plain_decimal(row.amount)}%"} if row.kind in PERCENTS else {}


class AddLimitState(DialogFormState, rx.State):
    """Adds a limit."""

    permission: ClassVar[str] = SET_LIMITS
    command: ClassVar[str] = "gst_returns.add_limit"
    done_words: ClassVar[str] = "Added. It counts from its day on."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(LimitListState))._reload()  # noqa: SLF001  sister of this state
