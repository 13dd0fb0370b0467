"""The demo catalogue: tax classes, products and variants, through the catalogue's own commands."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.seed.beginning import add_tax_classes
from erp.seed.sources import read_rows
from erp.services import catalog, platform

Row = Mapping[str, str]

FORMS = {
    "base": "other",
    "biochemic combination tablets": "bio_combination",
    "biochemic tablets": "biochemic",
    "book": "book",
    "cosmetic cream": "cosmetic",
    "cream": "ointment",
    "device": "device",
    "dilution": "dilution",
    "eye drops": "eye_drops",
    "gel": "gel",
    "hair oil": "oil",
    "medicated globules": "globules",
    "mother tincture": "mother_tincture",
    "ointment": "ointment",
    "packing": "packaging",
    "patent drops": "drops",
    "patent tablets": "tablets",
    "service": "service",
    "shampoo": "cosmetic",
    "soap": "cosmetic",
    "surgical": "other",
    "syrup/tonic": "syrup",
    "toothpaste": "cosmetic",
    "trituration tablets": "trituration",
    "unmedicated globules": "globules",
}
STAND_INS = (
    ("LRD-GSRS-NA-100ML", "HAP-DGTB-NA-25G", "Acidity after meals, as tablets or syrup"),
    ("BAK-ALFT-NA-500ML", "SBL-ALFP-NA-180ML", "Same tonic; the smaller one is for children"),
)
"""Products that stand in for each other when one is sold out."""
UNITS = (
    ("SBL-ARNM-30C-30ML", "BOX", 12),
    ("SBL-ARNM-200C-30ML", "BOX", 12),
    ("GEN-COTN-NA-100G", "CARTON", 10),
)
"""What some goods are traded in besides: base units in one."""
_POTENTISED = frozenset({"dilution", "mother_tincture", "biochemic", "trituration", "globules"})
_SUFFIXES = (" Q", " Globules", " Trituration Tablets")
_CARE = ("17021110", "33", "34", "9025")
_TAX_REASONS = {
    "996813": "Delivery is no treatment; its rate follows the goods",
}
"""Why goods of a code are taxed otherwise than the rules propose."""


def seed_catalogue(ctx: RequestContext) -> None:
    """Add the demo catalogue to a tenant; a second time it changes nothing."""
    add_tax_classes(ctx)
    products = {row["sku"]: _add(ctx, row) for row in read_rows("products.csv")}
    variants = variant_ids(ctx)
    for sku, code, units in UNITS:
        given = {"variant_id": variants[sku], "code": code, "numerator": units}
        _run(ctx, "catalog.define_unit", f"{sku}-{code}", **given)
    for one, other, reason in STAND_INS:
        _run(
            ctx,
            "catalog.link_substitute",
            f"{one}-{other}",
            product_id=products[one],
            substitute_id=products[other],
            reason=reason,
        )


def variant_ids(ctx: RequestContext) -> dict[str, UUID]:
    """Return the tenant's variants by SKU."""
    found: dict[str, UUID] = {}
    cursor = ""
    while True:
        page = platform.run("catalog.list_products", ctx, {"cursor": cursor, "limit": 200}).result
        assert isinstance(page, catalog.ProductPage)  # noqa: S101  the query's own result
        found |= {row.sku: row.variant_id for row in page.rows}
        cursor = page.next_cursor
        if not cursor:
            return found


def _add(ctx: RequestContext, row: Row) -> UUID:
    """Add a product with its variant, and return the product."""
    form = FORMS[row["form"]]
    name = _product_name(row["name"], form)
    product = _run(
        ctx,
        "catalog.create_product",
        f"{name}-{row['brand']}-{form}",
        name=name,
        form=form,
        brand=row["brand"],
        remedy=_remedy(name) if form in _POTENTISED else None,
        hsn=row["hsn_sac"],
        tax_class=_tax_class(row),
        tax_reason=_TAX_REASONS.get(row["hsn_sac"], ""),
        is_lot_tracked=row["batch_tracked"] == "Y",
        is_expiry_required=row["expiry_required"] == "Y",
        is_service=form == "service",
    )
    _run(
        ctx,
        "catalog.create_variant",
        row["sku"],
        product_id=product.id,
        sku=row["sku"],
        potency=row["potency"],
        pack_quantity=int(row["pack_qty"]),
        pack_unit=row["pack_unit"],
        base_unit=row["uqc"],
        barcodes=[row["barcode"]] if row["barcode"] else [],
        reorder_point=0 if form == "service" else 10,
    )
    return UUID(str(product.id))


def _product_name(name: str, form: str) -> str:
    """Return the remedy's name alone where the label says potency and form anyway."""
    if form not in _POTENTISED:
        return name
    return next((name.removesuffix(s) for s in _SUFFIXES if name.endswith(s)), name)


def _tax_class(row: Row) -> str:
    if row["gst_treatment"] != "TAXABLE":
        return row["gst_treatment"]
    if row["gst_rate"] == "5" and row["hsn_sac"].startswith(_CARE):
        return "GST5-CARE"
    return f"GST{row['gst_rate']}"


@cache
def _remedies() -> dict[str, Row]:
    return {row["name"]: row for row in read_rows("remedies.csv")}


def _remedy(name: str) -> dict[str, Any]:
    row = _remedies().get(name, {})
    lists = {field: row.get(field, "") for field in ("synonyms", "abbreviations")}
    return {"name": name} | {field: text.split(";") for field, text in lists.items() if text}


def _run(ctx: RequestContext, command: str, key: str, **given: Any) -> Any:  # noqa: ANN401  each command answers its own type
    wanted = given | {"idempotency_key": f"seed-{key}".replace(" ", "-")}
    return platform.run(command, ctx, wanted).result
