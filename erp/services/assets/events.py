"""What happened to fixed assets, for other domains."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class AssetRegistered(DomainEvent):
    """An asset came into the books."""

    name: ClassVar[str] = "assets.asset_registered.v1"

    asset_id: UUID
    cost: Decimal


class AssetMoved(DomainEvent):
    """An asset went to another place, person or branch."""

    name: ClassVar[str] = "assets.asset_moved.v1"

    asset_id: UUID
    to_branch_id: UUID
    place: str
    custodian: str


class AssetDisposed(DomainEvent):
    """An asset was sold or scrapped."""

    name: ClassVar[str] = "assets.asset_disposed.v1"

    asset_id: UUID
    status: str
    proceeds: Decimal
    gain: Decimal


class AssetKept(DomainEvent):
    """An asset's sale was cancelled: it is in use again."""

    name: ClassVar[str] = "assets.asset_kept.v1"

    asset_id: UUID


class DepreciationRun(DomainEvent):
    """A month's depreciation was posted."""

    name: ClassVar[str] = "assets.depreciation_run.v1"

    run_id: UUID
    month: date
    total: Decimal


class CategoryChanged(DomainEvent):
    """A kind of asset was added or changed."""

    name: ClassVar[str] = "assets.category_changed.v1"

    category_id: UUID


class ClockSet(DomainEvent):
    """Depreciation is run by the clock from now on, or by hand alone."""

    name: ClassVar[str] = "assets.clock_set.v1"

    is_on: bool


class TaxOpeningSet(DomainEvent):
    """Somebody said what a block was worth for income tax when a year began."""

    name: ClassVar[str] = "assets.tax_opening_set.v1"

    block: str
    year: date
    worth: Decimal
