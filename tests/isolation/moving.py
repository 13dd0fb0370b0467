"""Goods that a shop has in motion, and a working input for every action on them that names an id."""

from uuid import UUID

from tests.factories import Shop
from tests.isolation.examples import Example, Ids, only
from tests.services.inventory.past_goods import second_branch


def moving(shop: Shop) -> Ids:
    """Ask another branch for goods, send some that are on their way, and some that came."""
    far, lot_id = second_branch(shop), shop.lot_ids[shop.variant_ids[2]][0]
    line = {"variant_id": shop.variant_ids[2], "quantity": 2}
    ends = {"from_location_id": shop.storage_id, "to_location_id": far.storage_id}
    asked = shop.run("inventory.request_transfer", ends | {"lines": [line]})
    sent = [shop.run("inventory.dispatch_transfer", ends | {"lines": [line]}) for _ in range(2)]
    one: dict[str, UUID | list[dict[str, int]]] = {
        "transfer_id": sent[0].transfer_id,
        "lines": [{"line_no": 1, "arrived": 1}],
    }
    shop.run("inventory.receive_transfer", one)
    used = {"variant_id": shop.variant_ids[2], "quantity": 1}
    given = {"variant_id": shop.variant_ids[0], "packs": 1, "mrp": "60.00", "lines": [used]}
    packs = shop.run("inventory.dispense_packs", given)
    recipe = {name: given[name] for name in ("variant_id", "packs", "mrp", "lines")}
    kept = [shop.run("inventory.save_recipe", recipe | {"name": f"Recipe {n}"}).id for n in "ABC"]
    apart = {"reason_code": "damaged", "lines": [{"lot_id": lot_id, "quantity": 2}]}
    made = shop.run("inventory.quarantine_goods", apart)
    some = {"quarantine_id": made.quarantine_ids[0], "outcome": "written_off", "quantity": 1}
    shop.run("inventory.decide_quarantine", some | {"reason": "x"})
    spare = [
        shop.run("inventory.create_warehouse", {"code": code, "name": "Spare"})
        for code in ("SPARE", "SPARE2")
    ]
    about = {"warehouse_id": spare[0].id, "code": "SPARE-S", "name": "Shelf"}
    return {
        "spare_warehouse_id": spare[1].id,
        "spare_location_id": shop.run("inventory.create_location", about).id,
        "spare_storage_id": spare[0].storage_id,
        "apart_id": made.quarantine_ids[0],
        "made_lot_id": packs.lot_id,
        "used_lot_id": packs.used[0].lot_id,
        "dispensing_id": packs.dispensing_id,
        "recipe_id": kept[0],
        "replaced_recipe_id": kept[1],
        "retired_recipe_id": kept[2],
        "quarantined_lot_id": lot_id,
        "asked_transfer_id": asked.transfer_id,
        "transfer_id": sent[1].transfer_id,
        "far_location_id": far.storage_id,
        "moved_variant_id": shop.variant_ids[2],
    }


def _ends(ids: Ids) -> dict[str, UUID]:
    return {"from_location_id": ids["location_id"], "to_location_id": ids["far_location_id"]}


def _shown(ids: Ids) -> dict[str, object]:
    shown = [{"lot_id": ids["used_lot_id"], "quantity": 1}]
    return {"location_id": ids["location_id"], "shown": shown}


EXAMPLES: dict[str, Example] = {
    "inventory.create_location": lambda i, _: {
        "warehouse_id": i["warehouse_id"],
        "parent_id": i["location_id"],
        "code": "SHELF-9",
        "name": "Ninth shelf",
    },
    "inventory.change_location": lambda i, _: {
        "location_id": i["spare_location_id"],
        "code": "SPARE-T",
        "name": "Shelf",
        "parent_id": i["spare_storage_id"],
    },
    "inventory.change_warehouse": lambda i, _: {
        "warehouse_id": i["spare_warehouse_id"],
        "code": "SPARE9",
        "name": "Spare",
    },
    "inventory.close_location": lambda i, _: {"location_id": i["spare_location_id"]},
    "inventory.close_warehouse": lambda i, _: {"warehouse_id": i["spare_warehouse_id"]},
    "inventory.reopen_location": lambda i, _: {"location_id": i["spare_location_id"]},
    "inventory.reopen_warehouse": lambda i, _: {"warehouse_id": i["spare_warehouse_id"]},
    "inventory.advise_transfer": lambda i, _: _ends(i),
    "inventory.cancel_transfer": lambda i, _: {
        "transfer_id": i["asked_transfer_id"],
        "reason": "x",
    },
    "inventory.decide_quarantine": lambda i, _: {
        "quarantine_id": i["apart_id"],
        "outcome": "written_off",
        "quantity": 1,
        "reason": "x",
    },
    "inventory.dispense_packs": lambda i, _: {
        "location_id": i["location_id"],
        "variant_id": i["moved_variant_id"],
        "packs": 1,
        "mrp": "60.00",
        "lines": [{"variant_id": i["variant_id"], "lot_id": i["lot_id"], "quantity": 1}],
    },
    "inventory.save_recipe": lambda i, _: {
        "replaces": i["replaced_recipe_id"],
        "name": "Recipe Z",
        "variant_id": i["moved_variant_id"],
        "packs": 1,
        "mrp": "60.00",
        "lines": [{"variant_id": i["variant_id"], "quantity": 1}],
    },
    "inventory.keep_making": only("dispensing_id", name="Kept"),
    "inventory.make_again": lambda i, _: _shown(i) | {"dispensing_id": i["dispensing_id"]},
    "inventory.make_recipe": lambda i, _: _shown(i) | {"recipe_id": i["recipe_id"]},
    "inventory.get_recipe": only("recipe_id"),
    "inventory.retire_recipe": lambda i, _: {"recipe_id": i["retired_recipe_id"]},
    "inventory.trace_lot": lambda i, _: {"lot_id": i["made_lot_id"]},
    "inventory.dispatch_transfer": lambda i, _: (
        _ends(i)
        | {
            "transfer_id": i["asked_transfer_id"],
            "lines": [
                {"variant_id": i["variant_id"], "lot_id": i["lot_id"], "quantity": 1},
            ],
        }
    ),
    "inventory.get_transfer": only("transfer_id"),
    "inventory.list_quarantine": lambda i, _: {"lot_id": i["quarantined_lot_id"]},
    "inventory.list_transfers": lambda i, _: {"variant_id": i["moved_variant_id"]},
    "inventory.quarantine_goods": lambda i, _: {
        "location_id": i["location_id"],
        "reason_code": "suspected",
        "lines": [{"lot_id": i["lot_id"], "quantity": 1}],
    },
    "inventory.receive_transfer": lambda i, _: {
        "transfer_id": i["transfer_id"],
        "lines": [{"line_no": 1, "arrived": 1}],
    },
    "inventory.request_transfer": lambda i, _: (
        _ends(i) | {"lines": [{"variant_id": i["variant_id"], "quantity": 1}]}
    ),
    "inventory.set_warehouse_rules": only("warehouse_id", removal="fifo", quarantines_returns=True),
    "inventory.settle_transfer": lambda i, _: {
        "transfer_id": i["transfer_id"],
        "lines": [{"line_no": 1, "quantity": 1, "outcome": "lost", "reason": "x"}],
    },
    "inventory.stock_at_ends": lambda i, _: _ends(i) | {"variant_id": i["variant_id"]},
}
