"""Remedies, products, their variants, barcodes and tax classes."""

from erp.models.catalog.price_list import ListedPrice, PriceList, PriceListStatus
from erp.models.catalog.product import (
    Barcode,
    Brand,
    Form,
    LicenceClass,
    PotencyScale,
    Product,
    ProductSubstitute,
    Remedy,
    Variant,
    VariantUnit,
)
from erp.models.catalog.tax import SupplyTreatment, TaxClass, TaxRate

__all__ = [
    "Barcode",
    "Brand",
    "Form",
    "LicenceClass",
    "ListedPrice",
    "PotencyScale",
    "PriceList",
    "PriceListStatus",
    "Product",
    "ProductSubstitute",
    "Remedy",
    "SupplyTreatment",
    "TaxClass",
    "TaxRate",
    "Variant",
    "VariantUnit",
]
