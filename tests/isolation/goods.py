"""What a shop's catalogue knows besides, and a working input for every action on it that names an id."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from erp.core import db
from erp.services import catalog
from tests.factories import Shop

Ids = dict[str, UUID]


def catalogue(shop: Shop) -> Ids:
    """Add three drops, two of which stand in for each other."""
    drops = {"form": "drops", "brand": "Own", "hsn": "30049014", "tax_class": "GST5"}
    one, two, three = (
        shop.run("catalog.create_product", drops | {"name": f"Drops {number}"}).id
        for number in range(3)
    )
    link = {"product_id": one, "substitute_id": two, "reason": "Alike"}
    shop.run("catalog.link_substitute", link)
    pack = {"pack_quantity": 30, "pack_unit": "ml"}
    first, second = (
        shop.run("catalog.create_variant", pack | {"product_id": product}).id
        for product in (one, two)
    )
    shop.receive(second, 3)
    return (
        _listed(shop, first)
        | _families(shop)
        | {
            "drops_id": one,
            "linked_id": two,
            "unlinked_id": three,
            "drops_variant_id": first,
        }
    )


def _families(shop: Shop) -> Ids:
    """Add two products of different remedies and brands."""
    goods = {"form": "globules", "hsn": "30049014", "tax_class": "GST5"}
    one, other = (
        shop.run(
            "catalog.create_product",
            goods | {"name": name, "brand": f"{name} & Co", "remedy": {"name": name}},
        ).id
        for name in ("Ruta", "Sulphur")
    )
    made = [shop.run("catalog.get_product", {"product_id": p}) for p in (one, other)]
    return {
        "first_remedy_id": made[0].remedy_id,
        "other_remedy_id": made[1].remedy_id,
        "first_brand_id": made[0].brand_id,
        "other_brand_id": made[1].brand_id,
    }


def _listed(shop: Shop, variant_id: UUID) -> Ids:
    """Keep two price lists of the first variant, and apply one."""
    sku = shop.run("catalog.get_variant", {"variant_id": variant_id}).sku
    with db.unit_of_work(shop.ctx) as session:
        one, other = (
            catalog.keep_maker_list(
                session, shop.ctx, "list.csv", digest * 64, [["SKU", "MRP"], [sku, mrp]]
            ).id
            for digest, mrp in (("a", "90"), ("b", "95"))
        )
    day = {"effective_from": shop.ctx.today}
    shop.run("catalog.apply_maker_list", day | {"maker_list_id": one})
    return {"maker_list_id": other}


EXAMPLES: dict[str, Callable[[Ids, Shop], dict[str, Any]]] = {
    "catalog.link_substitute": lambda i, _: {
        "product_id": i["drops_id"],
        "substitute_id": i["unlinked_id"],
        "reason": "Alike",
    },
    "catalog.unlink_substitute": lambda i, _: {
        "product_id": i["drops_id"],
        "substitute_id": i["linked_id"],
    },
    "catalog.propose_tax_class": lambda i, _: {"product_id": i["drops_id"]},
    "catalog.set_product_picture": lambda i, _: {"product_id": i["drops_id"]},
    "catalog.set_licence_class": lambda i, _: {
        "product_id": i["drops_id"],
        "licence_class": "restricted",
    },
    "catalog.preview_maker_list": lambda i, _: {"maker_list_id": i["maker_list_id"]},
    "catalog.apply_maker_list": lambda i, s: {
        "maker_list_id": i["maker_list_id"],
        "effective_from": s.ctx.today,
    },
    "catalog.get_listed_price": lambda i, _: {"variant_id": i["drops_variant_id"]},
    "catalog.list_substitutes": lambda i, _: {
        "variant_id": i["drops_variant_id"],
        "location_id": i["location_id"],
    },
    "catalog.get_remedy": lambda i, _: {"remedy_id": i["first_remedy_id"]},
    "catalog.update_remedy": lambda i, _: {"remedy_id": i["first_remedy_id"], "name": "Ruta G."},
    "catalog.set_remedy_status": lambda i, _: {
        "remedy_id": i["first_remedy_id"],
        "is_active": False,
    },
    "catalog.merge_remedy": lambda i, _: {
        "remedy_id": i["first_remedy_id"],
        "into_id": i["other_remedy_id"],
    },
    "catalog.get_brand": lambda i, _: {"brand_id": i["first_brand_id"]},
    "catalog.update_brand": lambda i, _: {"brand_id": i["first_brand_id"], "name": "Ruta Ltd"},
    "catalog.set_brand_status": lambda i, _: {"brand_id": i["first_brand_id"], "is_active": False},
    "catalog.merge_brand": lambda i, _: {
        "brand_id": i["first_brand_id"],
        "into_id": i["other_brand_id"],
    },
}
