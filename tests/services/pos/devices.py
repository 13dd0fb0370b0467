"""A device that sells without its server, as the browser does: lent, priced, taxed and handed in."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import billing
from erp.services.billing import PriceMode, Supply, SupplyLine, Treatment
from erp.services.pos.offline_pricing import price_in
from tests.factories import Shop

NAMING = ("lease_id", "device_key", "sale_id", "place")


def told(bill: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bill as its device hands it in."""
    inner = {name: bill[name] for name in bill if name not in NAMING or name == "place"}
    return {name: bill[name] for name in NAMING} | {"bill": inner}


@dataclass
class Device:
    """Holds a lease of the shop's till and the goods it was given."""

    shop: Shop
    by: RequestContext | None = None
    key: str = field(default_factory=lambda: secrets.token_hex(32))
    name: str = "Counter tablet"
    lease: Any = None
    goods: dict[UUID, Any] = field(default_factory=dict)
    place: int = 0
    taken: Counter[UUID] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        wanted = {"shift_id": self.shop.shift_id, "device_key": self.key, "device_name": self.name}
        named = {"lease_id": self.shop.run("pos.take_lease", wanted, by=self.by).id}
        self.lease = self.shop.run("pos.get_lease", named | {"device_key": self.key}, by=self.by)
        self.place = self.lease.next_number
        self.goods = {row.id: row for row in self.snapshot().rows}

    def snapshot(self, **more: Any) -> Any:
        """Ask for what may be sold."""
        return self.shop.run("pos.get_offline_goods", self.proof() | more, by=self.by)

    def proof(self) -> dict[str, Any]:
        """Return what names the lease and proves the device."""
        return {"lease_id": self.lease.lease_id, "device_key": self.key}

    def bill(
        self,
        quantities: Mapping[UUID, int],
        *,
        at: datetime | None = None,
        percent: str = "0",
        off: str = "0",
        **more: Any,
    ) -> dict[str, Any]:
        """Make a bill under the next number from the lots that go first, paid in cash.

        `percent` is taken off each line, `off` rupees off the whole.
        """
        lines = [line for each in quantities for line in self._lines(each, quantities)]
        lines = [line | {"discount_percent": percent} for line in lines]
        made = self.proof() | {
            "sale_id": new_id(),
            "place": self.place,
            "sold_at": at or utc_now(),
            "lines": lines,
            "bill_discount": off,
            "discount_limit": self.lease.discount_limit,
            "discount_seal": self.lease.discount_seal,
            "named_at": self.lease.now,
            "totals": self.totals(lines, off),
        }
        self.place += 1
        made["tenders"] = [{"method": "cash", "amount": made["totals"]["total"]}]
        return made | more

    def totals(self, lines: list[dict[str, Any]], off: str = "0") -> dict[str, Decimal]:
        """Work out a bill's tax and total by the server's own function."""
        supply = Supply(
            seller_state="27",
            place_of_supply="27",
            price_mode=PriceMode.INCLUSIVE,
            is_rounded=True,
            bill_discount=Decimal(off),
            lines=[
                SupplyLine(
                    ref="",
                    quantity=Decimal(line["quantity"]),
                    unit_price=line["unit_price"],
                    gst_rate=self.goods[line["variant_id"]].rate,
                    treatment=Treatment(self.goods[line["variant_id"]].treatment.upper()),
                    discount_pct=Decimal(line.get("discount_percent", "0")) or None,
                )
                for line in lines
            ],
        )
        sums = billing.tax_supply(supply).totals
        return {
            "taxable": sums.taxable_value,
            "cgst": sums.cgst,
            "sgst": sums.sgst,
            "total": sums.invoice_value,
        }

    def _counts(self, variant_id: UUID, cart: Mapping[UUID, int]) -> dict[str, int]:
        own = self.goods[variant_id]
        known = [(self.goods[id_], units) for id_, units in cart.items()]
        return {
            "": cart[variant_id],
            "p": sum(units for goods, units in known if goods.product_id == own.product_id),
            "b": sum(units for goods, units in known if goods.brand_id == own.brand_id),
            "a": sum(cart.values()),
        }

    def _lines(self, variant_id: UUID, cart: Mapping[UUID, int]) -> list[dict[str, Any]]:
        left, lines = cart[variant_id], []
        counts = self._counts(variant_id, cart)
        for lot in self.goods[variant_id].lots:
            units = min(left, lot.units - self.taken[lot.id])
            if units:
                self.taken[lot.id] += units
                price = price_in(lot.prices, counts)
                made = {"variant_id": variant_id, "lot_id": lot.id, "quantity": units}
                told = {"prices": lot.prices, "ceiling": self.goods[variant_id].ceiling}
                sealed = {"unit_price": price, "seal": lot.seal} | told
                lines.append(made | sealed)
                left -= units
        return lines

    def sends(self, bill: Mapping[str, Any], **more: Any) -> Any:
        """Hand a bill in, under the key that it was made with."""
        key = {"idempotency_key": f"offline-{bill['sale_id']}"}
        return self.shop.run("pos.take_in_sale", told(bill) | key, by=self.by, **more)

    def sells(self, quantities: Mapping[UUID, int]) -> "Device":
        """Sell and hand the bill in at once."""
        assert self.sends(self.bill(quantities)).status == "posted"
        return self

    def hands_in(self, used_until: int | None = None) -> Any:
        """Give the lease back."""
        last = self.place - 1 if used_until is None else used_until
        return self.shop.run("pos.hand_in_lease", self.proof() | {"used_until": last}, by=self.by)
