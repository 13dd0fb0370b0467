"""The catalogue: remedies, products, variants, barcodes, tax classes."""

from erp.services.catalog.selling import SaleLine, get_lines_for_sale

__all__ = ["SaleLine", "get_lines_for_sale"]
