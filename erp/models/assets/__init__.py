"""Things that are used for years: the register and what they lose."""

from erp.models.assets.asset import (
    Asset,
    AssetCategory,
    AssetDepreciation,
    AssetMethod,
    AssetRun,
    AssetStatus,
    AssetTransfer,
    BoughtFrom,
)

__all__ = [
    "Asset",
    "AssetCategory",
    "AssetDepreciation",
    "AssetMethod",
    "AssetRun",
    "AssetStatus",
    "AssetTransfer",
    "BoughtFrom",
]
