"""Fixed assets sold with their GST invoice, and such sales cancelled."""

from erp.services.disposals import referees
from erp.services.disposals.cancelling import CancelAssetSale, cancel_sale
from erp.services.disposals.reading import GetAssetSale, get_sale
from erp.services.disposals.selling import AssetSold, SellAsset, sell_asset

__all__ = [
    "AssetSold", "CancelAssetSale", "GetAssetSale", "SellAsset", "cancel_sale", "get_sale", "referees",
    "sell_asset",
]  # fmt: skip
