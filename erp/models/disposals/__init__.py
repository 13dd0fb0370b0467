"""Fixed assets sold with an invoice."""

from erp.models.disposals.asset_sale import AssetSale

__all__ = ["AssetSale"]
