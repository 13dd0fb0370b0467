"""What a device of a shop holds while the server is away, and a working input for every action of it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.isolation.examples import Example, Ids
from tests.services.pos.devices import Device, told

KEY = "isolated" * 8
DEVICES: dict[UUID, Device] = {}
"""By tenant: making one lends, which an example must not."""


def offline(shop: Shop) -> Ids:
    """Lend a second till of the shop to a device, and let one of its bills wait."""
    till = {"code": "OFF", "name": "Offline till", "location_id": shop.storage_id}
    register = shop.run("pos.create_register", till).id
    opening = {"register_id": register, "opening_float": "0.00"}
    shift = shop.run("pos.open_shift", opening).id
    device = Device(replace(shop, register_id=register, shift_id=shift), key=KEY)
    DEVICES[shop.tenant_id] = device
    bill = device.bill({device.shop.variant_ids[2]: 1}) | {"place": 9}
    bill["lines"][0]["seal"] = "forged"
    assert device.sends(bill).status == "waiting"
    return {
        "offline_shift_id": shift,
        "lease_id": device.lease.lease_id,
        "offline_sale_id": bill["sale_id"],
    }


def _sold(ids: Ids, shop: Shop) -> dict[str, Any]:
    bill = DEVICES[shop.tenant_id].bill({shop.variant_ids[2]: 1})
    return told(bill) | {"lease_id": ids["lease_id"]}


def _lease(ids: Ids, _: Shop) -> dict[str, Any]:
    return {"lease_id": ids["lease_id"], "device_key": KEY}


EXAMPLES: dict[str, Example] = {
    "pos.take_lease": lambda i, _: {
        "shift_id": i["offline_shift_id"],
        "device_key": KEY,
        "device_name": "x",
    },
    "pos.get_lease": _lease,
    "pos.get_offline_goods": _lease,
    "pos.hand_in_lease": lambda i, s: _lease(i, s) | {"used_until": 1},
    "pos.end_lease": lambda i, _: {"lease_id": i["lease_id"], "reason": "x"},
    "pos.take_in_sale": _sold,
    "pos.list_offline_sales": lambda i, _: {"lease_id": i["lease_id"]},
    "pos.get_offline_sale": lambda i, _: {"sale_id": i["offline_sale_id"]},
    "pos.discard_offline_sale": lambda i, _: {"sale_id": i["offline_sale_id"], "answer": "x"},
    "pos.settle_offline": lambda i, s: {
        "sale_id": i["offline_sale_id"],
        "lots": [{"line": 0, "lot_id": s.lot_ids[s.variant_ids[2]][1], "quantity": 1}],
        "answer": "x",
    },
}
