"""Things that are used for years: the register and what they lose."""

from erp.models.assets.asset import (
    Asset,
    AssetCategory,
    AssetClock,
    AssetDepreciation,
    AssetMethod,
    AssetRun,
    AssetStatus,
    AssetTaxOpening,
    AssetTransfer,
    BoughtFrom,
)

__all__ = [
    "Asset",
    "AssetCategory",
    "AssetClock",
    "AssetDepreciation",
    "AssetMethod",
    "AssetRun",
    "AssetStatus",
    "AssetTaxOpening",
    "AssetTransfer",
    "BoughtFrom",
]
