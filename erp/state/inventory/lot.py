"""One lot: where it is, what happened to it, who got it, and whether it may be sold."""

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import (
    counted,
    date_text,
    expiry_text,
    group_count,
    instant_text,
    money_text,
)
from erp.core.money import ZERO
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.catalog.wording import SHELF_TONES
from erp.state.inventory.stock import ADJUST, SEE_SALES, TRANSFER, VIEW
from erp.state.inventory.wording import (
    MOVE_COLUMNS,
    STATUS_TONES,
    STATUSES,
    document_of,
    move_entry,
)
from erp.state.reading import RecordState
from erp.state.showing import display_rows

HOLD = "inventory.hold"
MOST_ROWS = 100
PLACE_COLUMNS = (
    Column("location", "Place"),
    Column("on_hand", "On hand", Kind.COUNT),
    Column("reserved", "Reserved", Kind.COUNT),
    Column("value", "Value", Kind.MONEY, wide_only=True),
)
TRAIL_COLUMNS = tuple(
    replace(column, wide_only=column.wide_only and column.key != "effective_at")
    for column in MOVE_COLUMNS
    if column.key != "label"
)
RELATIVE_COLUMNS = (
    Column(
        "relation",
        "What",
        Kind.STATUS,
        labels={"source": "Made of", "made": "Made of it"},
        tones={"source": "gray", "made": "blue"},
    ),
    Column("label", "Lot", detail="lot"),
    Column("used", "Used", Kind.COUNT, wide_only=True),
    Column("on_hand", "On hand", Kind.COUNT),
)
BUYER_COLUMNS = (
    Column("party", "Customer", detail="phone"),
    Column("document", "Document", detail="lot"),
    Column("at", "When", Kind.INSTANT, wide_only=True),
    Column(
        "kind",
        "What",
        Kind.STATUS,
        labels={"sale": "Bought", "return": "Brought back"},
        tones={"sale": "blue", "return": "gray"},
    ),
    Column("quantity", "Units", Kind.COUNT),
)


class LotState(RecordState, rx.State):
    """A lot with its balances, its trail and its buyers."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    places: list[dict[str, str]] = []
    moves: list[dict[str, str]] = []
    buyers: list[dict[str, str]] = []
    relatives: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        about = {"lot_id": record_id}
        lot = await self._ask("inventory.get_lot", about)
        rows = [place.model_dump() | {"id": place.location_id} for place in lot.places]
        self.places = display_rows(rows, PLACE_COLUMNS, zone)
        trail = await self._ask("inventory.list_moves", about | {"limit": MOST_ROWS})
        self.moves = [
            shown | {"document": document_of(row, sees_sales=principal.may(SEE_SALES))}
            for row, shown in zip(
                trail.rows,
                display_rows([move_entry(row) for row in trail.rows], TRAIL_COLUMNS, zone),
                strict=True,
            )
        ]
        related = (await self._ask("inventory.trace_lot", about)).rows
        self.relatives = display_rows(
            [row.model_dump() | _relative(row) for row in related],
            RELATIVE_COLUMNS,
            zone,
            "/stock/lots/{lot_id}",
        )
        self.buyers = []
        if principal.may(HOLD):
            found = await self._ask("reporting.list_lot_buyers", about | {"limit": MOST_ROWS})
            rows = [
                row.model_dump() | {"lot": _other_lot(row, lot.lot_number)} for row in found.rows
            ]
            self.buyers = display_rows(rows, BUYER_COLUMNS, zone)
        self.head = _head(lot, zone) | _offers(lot, principal)


def _relative(row: Any) -> dict[str, str]:
    held = "" if row.status == "available" else f" · {STATUSES[row.status]}"
    return {
        "id": f"{row.relation}-{row.steps}-{row.lot_id}",
        "lot": f"Lot {row.lot_number}{held}",
    }


def _other_lot(row: Any, lot_number: str) -> str:
    """Return which pack a customer got, where it is one made of this lot."""
    return "" if row.lot_number == lot_number else f"as {row.label}, lot {row.lot_number}"


def _head(lot: Any, zone: str) -> dict[str, str]:
    on_hand = sum(place.on_hand for place in lot.places)
    reserved = sum(place.reserved for place in lot.places)
    return {
        "id": str(lot.lot_id),
        "title": f"Lot {lot.lot_number}",
        "label": lot.label,
        "product_href": f"/products/{lot.product_id}",
        "sku": lot.sku,
        "status": STATUSES[lot.status],
        "status_tone": STATUS_TONES[lot.status],
        "status_reason": lot.status_reason,
        "expiry": expiry_text(lot.expires_on) if lot.expires_on else "",
        "last_day": date_text(lot.expires_on) if lot.expires_on else "",
        "expiry_tone": SHELF_TONES[lot.shelf_life],
        "made": expiry_text(lot.manufactured_on) if lot.manufactured_on else "",
        "maker": lot.maker,
        "mrp": money_text(lot.mrp),
        "ptr": money_text(lot.ptr) if lot.ptr is not None else "",
        "pts": money_text(lot.pts) if lot.pts is not None else "",
        "unit_cost": money_text(lot.unit_cost),
        "supplier": lot.supplier,
        "supplier_href": f"/parties/{lot.supplier_id}" if lot.supplier_id else "",
        "first_received": instant_text(lot.first_received_at, zone),
        "on_hand": f"{group_count(on_hand)} {lot.unit}",
        "reserved": group_count(reserved),
        "value": money_text(sum((place.value for place in lot.places), ZERO)),
    }


def _offers(lot: Any, principal: identity.Principal) -> dict[str, str]:
    """Return what may be done with the lot now, by this person."""
    may_hold, may_adjust = principal.may(HOLD), principal.may(ADJUST)
    is_held = lot.status in {"hold", "quarantine"}
    place = lot.places[0].location_id if lot.places else ""
    about = f"?lot_id={lot.lot_id}&location_id={place}"
    return {
        "may_hold": "yes" if may_hold and lot.status == "available" else "",
        "may_release": "yes" if may_hold and is_held else "",
        "may_recall": "yes" if may_hold and lot.status != "recalled" else "",
        "sees_buyers": "yes" if may_hold else "",
        "adjust_href": f"/stock/adjust{about}" if may_adjust and place else "",
        "write_off_href": f"/stock/write-off{about}" if may_adjust and place else "",
        "transfer_href": f"/stock/transfer{about}" if principal.may(TRANSFER) and place else "",
    }


class _OfLot(DialogFormState, mixin=True):
    """A form over the lot's page that asks for a reason."""

    permission: ClassVar[str] = HOLD
    subject_field: ClassVar[str] = "lot_id"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(LotState)
        await page._show()
        return self._words(result)

    def _words(self, result: Any) -> str:  # noqa: ARG002  forms say more
        """Say what happened; forms override."""
        return "Saved."


class HoldLotState(_OfLot, rx.State):
    """Stops a lot from being sold for now."""

    command: ClassVar[str] = "inventory.hold_lot"

    def _words(self, result: Any) -> str:
        return f"{STATUSES[result.status]}: {counted(result.on_hand, 'unit')} cannot be sold now."


class ReleaseLotState(_OfLot, rx.State):
    """Lets a held lot be sold again."""

    command: ClassVar[str] = "inventory.release_lot"

    def _words(self, result: Any) -> str:
        return f"Released: {counted(result.on_hand, 'unit')} can be sold again."


class RecallLotState(_OfLot, rx.State):
    """Stops a lot from being sold for good."""

    command: ClassVar[str] = "inventory.recall_lot"

    def _words(self, result: Any) -> str:
        return f"Recalled, {counted(result.on_hand, 'unit')} left with us. Call the buyers below."
