"""In-house dispensing: packs that were made, and making some."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import expiry_text, group_count, instant_text
from erp.state.inventory.moving import LotLinesState
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

DISPENSE = "inventory.dispense"


class DispensingListState(ListState, rx.State):
    """Packs that were made in the branch, the last first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_dispensings"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Batch", sort="number", detail="made_by"),
        Column("label", "Made", sort="label", detail="made_of"),
        Column("packs", "Packs", Kind.COUNT, sort="packs", detail="on_hand"),
        Column("expires_on", "Expiry", Kind.EXPIRY, sort="expires_on", wide_only=True),
        Column("value", "Cost", Kind.MONEY, sort="value", wide_only=True),
    )
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    may_dispense: bool = False
    _zone: str = "UTC"

    async def _reload(self) -> None:
        principal = await self._principal()
        self.may_dispense, self._zone = principal.may(DISPENSE), principal.time_zone
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        made = (instant_text(row.made_at, self._zone), row.made_by)
        return row.model_dump() | {
            "made_by": " · ".join(part for part in made if part),
            "on_hand": f"{group_count(row.on_hand)} left",
        }

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "paper": f"/api/erp/dispensings/{row.id}/label.pdf",
            "said": f"{row.packs} of {row.label}, batch {row.number}",
            "may_make": "yes" if self.may_dispense else "",
        }


class DispenseState(LotLinesState, rx.State):
    """Makes packs out of lots that are here."""

    permission: ClassVar[str] = DISPENSE
    command: ClassVar[str] = "inventory.dispense_packs"
    kinds: ClassVar[frozenset[str]] = frozenset({"storage"})
    with_parts: ClassVar[bool] = True

    @handler(permission=PAGE)
    async def open_dispensing(self) -> EventSpec | None:
        """Offer an empty form, or one with the bottle that the address names."""
        return await self._open()

    def _line_of(self, row: Any) -> dict[str, str]:
        return super()._line_of(row) | {"variant_id": str(row.variant_id), "suggested": ""}

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = self._head_typed(form, "variant_id", "packs", "mrp", "good_for_days")
        plain = {key: value.replace(",", "") for key, value in head.items() if key != "note"}
        variants = [{"variant_id": line["variant_id"]} for line in self.lines]
        lots = self._lots_typed(form)
        lines = [lot | variant for lot, variant in zip(lots, variants, strict=True)]
        return head | plain | {"location_id": self.place, "lines": lines}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self._restart()
        until = f", good until {expiry_text(result.expires_on)}" if result.expires_on else ""
        told = f"Batch {result.number} is made{until}. Print its label."
        return [rx.toast.success(told), rx.redirect("/stock/dispensing")]
