"""Dead and slow stock: the money in it, what to do, and when suppliers take goods back."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, money_text
from erp.services.inventory import IDLENESS
from erp.state.asking import DialogFormState
from erp.state.billing.return_wording import RETURN, return_form
from erp.state.inventory.ageing import PLAN
from erp.state.inventory.stock import ADJUST, TRANSFER, VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

KINDS: Mapping[str, str] = {
    "expired": "Expired",
    "dead": "Dead",
    "slow": "Slow",
    "surplus": "Too many",
}
_TONES: Mapping[str, str] = {"expired": "red", "dead": "red", "slow": "amber", "surplus": "amber"}
ADVICE: Mapping[str, str] = {
    "return": "Return to supplier",
    "transfer": "Move to a branch",
    "wait": "Keep for return",
    "discount": "Mark down",
    "write_off": "Write off",
}
_ADVICE_TONES: Mapping[str, str] = {
    "return": "green",
    "transfer": "blue",
    "wait": "blue",
    "discount": "amber",
    "write_off": "gray",
}
_DOORS: Mapping[str, tuple[str, str, str]] = {
    "transfer": (TRANSFER, "/stock/transfers/new", "Move"),
    "write_off": (ADJUST, "/stock/write-off", "Write off"),
}
"""Where an advice is followed: the permission it takes, the form, and the word on the button."""


class IdleState(ListState, rx.State):
    """Lots that do not sell, or not in time, the most money first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_idle"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label", detail="lot_number"),
        Column("idleness", "Standing", Kind.STATUS, labels=KINDS, tones=_TONES, wide_only=True),
        Column("expires_on", "Expiry", Kind.EXPIRY, sort="expires_on", wide_only=True),
        Column("units", "Units", Kind.COUNT, sort="units", detail="on_hand", wide_only=True),
        Column("at_stake", "At stake", Kind.MONEY, sort="at_stake"),
        Column("advice", "What to do", Kind.STATUS, "reason", labels=ADVICE, tones=_ADVICE_TONES),
    )
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "idleness",
        "advice",
        "location_id",
        "slow_days",
        "dead_days",
    )
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    kinds: list[dict[str, str]] = []
    terms: list[dict[str, str]] = []
    may_plan: bool = False

    _may_return: bool = False
    _doors: dict[str, tuple[str, str, str]] = {}

    async def _reload(self) -> None:
        principal = await self._principal()
        self.may_plan = principal.may(PLAN)
        self._may_return = principal.may(RETURN)
        self._doors = {advice: door for advice, door in _DOORS.items() if principal.may(door[0])}
        await super()._reload()
        if self.problem:
            return
        days: dict[str, str] = {
            key: self.filters[key] for key in ("slow_days", "dead_days") if key in self.filters
        }
        found = await self._ask("inventory.idle_stock", days)
        self.kinds = [_tile(row, self.filters.get("idleness", "")) for row in found.rows]
        await self._show_terms()

    async def _show_terms(self) -> None:
        found = await self._ask("inventory.list_claim_terms")
        self.terms = [_terms(row) for row in found.rows]
        if len(self.terms) == 1:
            self.terms[0]["name"] = "All suppliers"

    def _entry(self, row: Any) -> Any:
        is_part = row.units != row.on_hand
        return row.model_dump() | {
            "id": f"{row.lot_id}{row.location_id}",
            "lot_number": f"Lot {row.lot_number} · {row.location}",
            "on_hand": f"of {row.on_hand}" if is_part else "",
        }

    def _aside(self, row: Any) -> dict[str, str]:
        if row.advice == "return" and self._may_return and row.supplier_id:
            form = return_form(row.supplier_id, row.lot_id, row.location_id)
            return {"door": form, "door_word": "Return"}
        _, route, word = self._doors.get(row.advice, ("", "", ""))
        about = f"?lot_id={row.lot_id}&location_id={row.location_id}"
        if row.advice == "transfer":
            about += f"&to_branch_id={row.to_branch_id}&quantity={row.units}"
        return {"door": f"{route}{about}" if route else "", "door_word": word}

    @handler(permission=PAGE)
    async def choose(self, kind: str) -> EventSpec | None:
        """Show the lots of one standing; once more shows all again."""
        if kind not in IDLENESS:
            return None
        others = {key: held for key, held in self.filters.items() if key != "idleness"}
        is_chosen = self.filters.get("idleness") == kind
        self.filters = others if is_chosen else {**others, "idleness": kind}
        return await self._from_the_top()


class SetClaimTermsState(DialogFormState, rx.State):
    """Writes down when a supplier takes goods back."""

    permission: ClassVar[str] = PLAN
    command: ClassVar[str] = "inventory.set_claim_terms"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(IdleState))._reload()
        return "Terms saved."


def _tile(row: Any, chosen: str) -> dict[str, str]:
    return {
        "kind": row.idleness,
        "label": KINDS[row.idleness],
        "value": money_text(row.at_stake),
        "note": f"{counted(row.lots, 'lot')} · {counted(row.units, 'unit')}"
        if row.lots
        else "Nothing",
        "tone": _TONES[row.idleness] if row.lots else "",
        "is_chosen": "true" if row.idleness == chosen else "false",
    }


def _terms(row: Any) -> dict[str, str]:
    return {
        "id": str(row.supplier_id or "all"),
        "name": row.supplier or "All other suppliers",
        "window": f"{counted(row.opens_days, 'day')} before to {row.closes_days} after",
        "since": "" if row.set_at else "until you write down yours",
    }
