"""Remedies, products, their variants, barcodes and tax classes."""

from erp.models.catalog.maker_list import ListedPrice, MakerList, MakerListStatus
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
    "MakerList",
    "MakerListStatus",
    "PotencyScale",
    "Product",
    "ProductSubstitute",
    "Remedy",
    "SupplyTreatment",
    "TaxClass",
    "TaxRate",
    "Variant",
    "VariantUnit",
]
