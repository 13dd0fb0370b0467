"""What happened to stock, for other domains."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class GoodsReceived(DomainEvent):
    """Goods came from a supplier."""

    name: ClassVar[str] = "inventory.goods_received.v1"

    receipt_id: UUID
    location_id: UUID
    supplier_id: UUID | None
    lot_ids: list[UUID]
    value: Decimal


class StockRevalued(DomainEvent):
    """Lots turned out to cost more or less than they came in at."""

    name: ClassVar[str] = "inventory.stock_revalued.v1"

    origin_type: str
    origin_id: UUID
    lot_ids: list[UUID]
    to_stock: Decimal
    to_gone: Decimal


class StockAdjusted(DomainEvent):
    """A count differed from the books, and the books follow the shelf."""

    name: ClassVar[str] = "inventory.stock_adjusted.v1"

    adjustment_id: UUID
    location_id: UUID
    reason_code: str
    gained: Decimal
    lost: Decimal


class StockWrittenOff(DomainEvent):
    """Goods were destroyed or given up."""

    name: ClassVar[str] = "inventory.stock_written_off.v1"

    write_off_id: UUID
    location_id: UUID
    reason_code: str
    value: Decimal


class StockSentBack(DomainEvent):
    """Goods left for the supplier they came from."""

    name: ClassVar[str] = "inventory.stock_sent_back.v1"

    origin_type: str
    origin_id: UUID
    supplier_id: UUID
    lot_ids: list[UUID]
    value: Decimal


class StockTransferred(DomainEvent):
    """Goods moved between places we own."""

    name: ClassVar[str] = "inventory.stock_transferred.v1"

    transfer_id: UUID
    from_location_id: UUID
    to_location_id: UUID
    value: Decimal


class TransferRequested(DomainEvent):
    """A branch asked another one for goods."""

    name: ClassVar[str] = "inventory.transfer_requested.v1"

    transfer_id: UUID
    from_location_id: UUID
    to_location_id: UUID


class TransferDispatched(DomainEvent):
    """Goods left a branch for another one."""

    name: ClassVar[str] = "inventory.transfer_dispatched.v1"

    transfer_id: UUID
    challan: str
    from_location_id: UUID
    to_location_id: UUID
    value: Decimal


class TransferRecorded(DomainEvent):
    """It was written down what became of goods on their way."""

    name: ClassVar[str] = "inventory.transfer_recorded.v1"

    transfer_id: UUID
    arrived: Decimal
    damaged: Decimal
    returned: Decimal
    lost: Decimal
    is_settled: bool


class TransferCancelled(DomainEvent):
    """A request for goods was withdrawn or refused."""

    name: ClassVar[str] = "inventory.transfer_cancelled.v1"

    transfer_id: UUID
    reason: str


class GoodsQuarantined(DomainEvent):
    """Goods were put apart."""

    name: ClassVar[str] = "inventory.goods_quarantined.v1"

    location_id: UUID
    reason_code: str
    lot_ids: list[UUID]
    value: Decimal


class QuarantineDecided(DomainEvent):
    """Goods that were kept apart were released, sent back or written off."""

    name: ClassVar[str] = "inventory.quarantine_decided.v1"

    quarantine_id: UUID
    outcome: str
    quantity: int
    value: Decimal


class WarehouseRulesSet(DomainEvent):
    """It was decided which lots leave a warehouse first, and where returns go."""

    name: ClassVar[str] = "inventory.warehouse_rules_set.v1"

    warehouse_id: UUID
    removal: str
    quarantines_returns: bool


class PlaceChanged(DomainEvent):
    """A warehouse or a place of it was named anew, moved in its tree, closed or opened."""

    name: ClassVar[str] = "inventory.place_changed.v1"

    warehouse_id: UUID


class PacksDispensed(DomainEvent):
    """Packs were made of other lots."""

    name: ClassVar[str] = "inventory.packs_dispensed.v1"

    dispensing_id: UUID
    lot_id: UUID
    from_lot_ids: list[UUID]
    packs: int
    value: Decimal


class RecipeSaved(DomainEvent):
    """A recipe of packs was saved, perhaps in the place of another."""

    name: ClassVar[str] = "inventory.recipe_saved.v1"

    recipe_id: UUID
    replaces: UUID | None


class RecipeRetired(DomainEvent):
    """A recipe of packs is offered no more."""

    name: ClassVar[str] = "inventory.recipe_retired.v1"

    recipe_id: UUID


class LotHeld(DomainEvent):
    """A lot may not be sold for now."""

    name: ClassVar[str] = "inventory.lot_held.v1"

    lot_id: UUID
    status: str
    reason: str


class LotReleased(DomainEvent):
    """A held lot may be sold again."""

    name: ClassVar[str] = "inventory.lot_released.v1"

    lot_id: UUID
    reason: str


class LotRecalled(DomainEvent):
    """The maker or an authority called a lot back; it is never sold again."""

    name: ClassVar[str] = "inventory.lot_recalled.v1"

    lot_id: UUID
    reason: str
    on_hand: int


class LotsExpiring(DomainEvent):
    """Lots are expired or will be soon.

    Attributes:
        expired: Lots past their last usable day. expiring: lots within `within_days`.
        value: Cost of both.
    """

    name: ClassVar[str] = "inventory.lots_expiring.v1"

    as_of: date
    within_days: int
    expired: int
    expiring: int
    value: Decimal


class CountStarted(DomainEvent):
    """Lots of a place are being counted."""

    name: ClassVar[str] = "inventory.count_started.v1"

    count_id: UUID
    location_id: UUID
    number: str
    lots: int


class LotsCounted(DomainEvent):
    """Lots of a count were counted; says nothing of how many units, as counts may be blind."""

    name: ClassVar[str] = "inventory.lots_counted.v1"

    count_id: UUID
    lots: int


class RecountRequested(DomainEvent):
    """Lots shall be counted once more."""

    name: ClassVar[str] = "inventory.recount_requested.v1"

    count_id: UUID
    lot_ids: list[UUID]
    reason: str


class CountSubmitted(DomainEvent):
    """Every lot of a count is counted or spoken for; it waits for approval."""

    name: ClassVar[str] = "inventory.count_submitted.v1"

    count_id: UUID
    counted: int
    left: int


class CountApproved(DomainEvent):
    """The differences of a count are posted; `gained` and `lost` are their cost."""

    name: ClassVar[str] = "inventory.count_approved.v1"

    count_id: UUID
    location_id: UUID
    differences: int
    gained: Decimal
    lost: Decimal


class CountCancelled(DomainEvent):
    """A count was given up; nothing is posted."""

    name: ClassVar[str] = "inventory.count_cancelled.v1"

    count_id: UUID
    reason: str


class ReorderSuggested(DomainEvent):
    """Products stand at their reorder point or below that did not before."""

    name: ClassVar[str] = "inventory.reorder_suggested.v1"

    suggested: int


class ReorderDismissed(DomainEvent):
    """Somebody said why not to buy a product again now."""

    name: ClassVar[str] = "inventory.reorder_dismissed.v1"

    suggestion_id: UUID
    variant_id: UUID
    reason: str


class ChecklistSet(DomainEvent):
    """A checklist of quality got a new version."""

    name: ClassVar[str] = "inventory.checklist_set.v1"

    checklist_id: UUID
    version: int
