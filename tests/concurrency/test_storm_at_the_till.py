"""Eight tills on the last units: whole sales through the front door, numbers watched as they grow.

The stock's own storms are in `test_stock_storm.py`; here every sale takes a number, tax, money
and books with it.
"""

import json
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from erp.core import db
from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.services.inventory import InsufficientStock
from tests.crash.judging import assert_stock_is_what_was_sold
from tests.crash.till import settle_in
from tests.factories import Shop, broken_promises, make_shop

TILLS, UNITS_OF_A_LOT, LOTS = 8, 20, 3
ATTEMPTS = 10
"""Each till asks for one unit ten times: eighty wishes for sixty units."""


def buy_singles(
    environment: Mapping[str, str], shop: Shop, path: Path, register_shift: Any, starts_at: float
) -> None:
    """Buy one unit after another and write down how each wish went, and when."""
    settle_in(environment)
    shop.run("pos.list_registers")
    time.sleep(max(0.0, starts_at - time.time()))
    said = []
    for _ in range(ATTEMPTS):
        begun = time.monotonic()
        cart = shop.cart({shop.variant_ids[0]: 1}, shift_id=register_shift)
        try:
            outcome = shop.run("pos.post_sale", cart).number
        except InsufficientStock:
            outcome = "short"
        except DomainError as error:
            outcome = error.code
        said.append([outcome, begun, time.monotonic()])
    path.write_text(json.dumps(said))


def shifts_of(shop: Shop, tills: int) -> list[Any]:
    """Open a shift at so many tills; four tills share one register's number series."""
    shifts = [shop.shift_id]
    for number in range(2, tills + 1):
        till = {"code": f"T{number}", "name": f"Till {number}", "location_id": shop.storage_id}
        opening = {"register_id": shop.run("pos.create_register", till).id, "opening_float": "0"}
        shifts.append(shop.run("pos.open_shift", opening).id)
    return shifts


def gaps_right_now(shop: Shop) -> list[str]:
    """Return the series whose numbers are not exactly 1 to the last, in one snapshot."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session,
            "select split_part(number, '/', 1) as series, count(*) as found,"
            " max(right(number, 5)::int) as highest, count(distinct number) as different"
            " from invoice where tenant_id = %s group by 1",
            (shop.tenant_id,),
        )
    return [row["series"] for row in rows if {row["found"], row["different"]} != {row["highest"]}]


def test_the_last_units_are_sold_once_and_numbers_never_have_a_gap(
    environment, stack, launch, tmp_path
):
    shop = make_shop("storm", products=1, lots=LOTS, stock=UNITS_OF_A_LOT)
    shifts = shifts_of(shop, 2)
    deadlocks = stack.postgres.log_path.read_text(errors="replace").count("deadlock detected")
    starts_at = time.time() + 1.5
    storm = [
        launch(
            buy_singles, environment, shop, tmp_path / f"{n}", shifts[n % len(shifts)], starts_at
        )
        for n in range(TILLS)
    ]
    snapshots = 0
    while any(process.is_alive() for process in storm):
        assert gaps_right_now(shop) == []
        snapshots += 1
        time.sleep(0.005)
    assert [process.exitcode for process in storm] == [0] * TILLS
    said = [line for n in range(TILLS) for line in json.loads((tmp_path / f"{n}").read_text())]
    outcomes = Counter("sold" if "/" in line[0] else line[0] for line in said)
    stock = LOTS * UNITS_OF_A_LOT
    assert outcomes == {"sold": stock, "short": TILLS * ATTEMPTS - stock}
    assert snapshots > 10
    assert_no_false_refusal(said, stock)
    assert len({line[0] for line in said if "/" in line[0]}) == stock
    assert gaps_right_now(shop) == []
    assert shop.on_hand(shop.variant_ids[0]) == 0
    assert_stock_is_what_was_sold(shop)
    log = stack.postgres.log_path.read_text(errors="replace")
    assert log.count("deadlock detected") == deadlocks
    assert broken_promises() == []


def assert_no_false_refusal(said, stock):
    """A refusal is true if, before it ended, the last unit was at least being sold."""
    begun_sales = sorted(begun for outcome, begun, _ in said if "/" in outcome)
    last_sale_began = begun_sales[stock - 1]
    for outcome, _begun, ended in said:
        if outcome == "short":
            assert ended >= last_sale_began


def take_the_same_unit_back(
    environment: Mapping[str, str], shop: Shop, path: Path, sale_id: Any, starts_at: float
) -> None:
    """Try to return the one unit of a bill."""
    settle_in(environment)
    shop.run("pos.list_registers")
    given = {
        "sale_id": sale_id,
        "shift_id": shop.shift_id,
        "lines": [{"line_no": 1, "quantity": 1}],
        "reason": "broken",
    }
    time.sleep(max(0.0, starts_at - time.time()))
    try:
        shop.run("pos.post_return", given | {"return_id": new_id()})
    except DomainError as error:
        path.write_text(error.code)
    else:
        path.write_text("returned")


def test_one_unit_comes_back_once_however_many_tills_take_it(environment, launch, tmp_path):
    shop = make_shop("returns", products=1)
    sale = shop.sell({shop.variant_ids[0]: 1})
    starts_at = time.time() + 1.0
    takers = [
        launch(
            take_the_same_unit_back, environment, shop, tmp_path / f"{n}", sale.sale_id, starts_at
        )
        for n in range(TILLS)
    ]
    for process in takers:
        process.join(60)
        assert process.exitcode == 0
    said = Counter((tmp_path / f"{n}").read_text() for n in range(TILLS))
    assert said.pop("returned") == 1
    assert sum(said.values()) == TILLS - 1
    assert len(said) == 1
    assert shop.on_hand(shop.variant_ids[0]) == 200
    assert broken_promises() == []
