"""The workloads themselves."""

import random
import time
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from bench.loading import Shop
from bench.measuring import Client, Figure, figure, side_by_side, timed

WORDS = ("arn", "ars alb", "nux 30", "puls 200", "bell 1m", "sulph 30", "rhus tox", "lyc 200")


def cart(shift_id: UUID, variants: list[UUID], chance: random.Random) -> dict[str, Any]:
    """Return a three-line cash sale of goods picked at random."""
    chosen = chance.sample(variants, 3)
    return {
        "sale_id": str(uuid4()),
        "shift_id": str(shift_id),
        "lines": [{"variant_id": str(v), "quantity": chance.choice((1, 1, 2))} for v in chosen],
        "tenders": [{"method": "cash", "amount": "600.00"}],
    }


def sell(
    address: str,
    token: str,
    shift_id: UUID,
    variants: list[UUID],
    count: int,
    warm_up: int = 0,
) -> list[float]:
    """Post sales one after another over REST and return what each took in milliseconds."""
    client, chance = (
        Client(address, token),
        random.Random(str(shift_id)),
    )  # each till picks goods of its own
    return timed(
        lambda: client.post("/api/erp/sales", cart(shift_id, variants, chance), str(uuid4())),
        count,
        warm_up,
    )


def one_till(address: str, shop: Shop, count: int, name: str = "W1 sale, 1 client") -> Figure:
    """Three-line cash sales from one client."""
    return figure(name, sell(address, shop.token, shop.shifts[0], list(shop.variants), count, 20))


def four_tills(address: str, shop: Shop, count: int, name: str = "W1 sale, 4 clients") -> Figure:
    """Three-line cash sales from four clients at four tills."""
    variants = list(shop.variants)
    each = [(address, shop.token, shift, variants, count // 4) for shift in shop.shifts]
    times, seconds = side_by_side(sell, each)
    return figure(name, times, seconds)


def reads(address: str, shop: Shop, label: str) -> list[Figure]:
    """Search, stock by lot, trial balance and valuation."""
    client, chance = Client(address, shop.token), random.Random(7)

    def search() -> None:
        client.get(f"/api/erp/products/search?limit=20&search={quote(chance.choice(WORDS))}")

    def stock() -> None:
        client.get(f"/api/erp/inventory?variant_id={chance.choice(shop.variants)}")

    def balance() -> None:
        client.get("/api/erp/trial-balance")

    def valuation() -> None:
        client.get("/api/erp/inventory/valuation")

    return [
        figure(f"W2 product search{label}", timed(search, 400)),
        figure(f"W3 stock by lot{label}", timed(stock, 400)),
        figure(f"W4 trial balance{label}", timed(balance, 60, 5)),
        figure(f"W5 stock valuation{label}", timed(valuation, 60, 5)),
    ]


def shift_closings(address: str, shop: Shop, label: str) -> list[Figure]:
    """The X report of a long shift, and closing all of them but the first."""
    client, shifts = Client(address, shop.token), list(shop.shifts[1:])

    def report() -> None:
        client.get(f"/api/erp/shifts/{shifts[-1]}")

    def close() -> None:
        counted = {"counted_cash": "1000.00", "reason": "measured"}
        client.post(f"/api/erp/shifts/{shifts.pop()}/closing", counted, str(uuid4()))

    return [
        figure(f"W13 X report{label}", timed(report, 30, 2)),
        figure(f"W13 shift close{label}", timed(close, len(shifts), 0)),
    ]


def start_up(seconds: float) -> Figure:
    """Return how long the programs took to answer, with the memory they hold idle."""
    return figure("W6 start of the programs", [seconds * 1000], seconds)


def settled() -> None:
    """Let what was started calm down before anything is measured."""
    time.sleep(2)
