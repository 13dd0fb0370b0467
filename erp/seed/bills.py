"""The demo's suppliers' bills: most match, one is held, one is claimed on, some are still to come."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.core.money import ZERO, round_to_rupee
from erp.seed.orders import people_of
from erp.services import billing, platform

_DEARER = Decimal("1.08")
"""What the held bill charges for its first line, of the ordered price."""

_UNBILLED = 2
"""Deliveries, the newest, whose bills have not come yet."""

Goods = Sequence[billing.UnbilledLine]


def seed_bills(ctx: RequestContext) -> None:
    """Record the bills of the demo's deliveries as its accountant would, a day after each came."""
    people = people_of(ctx)
    accountant = people["accountant"]
    deliveries = list(_deliveries(accountant).values())[:-_UNBILLED]
    *matching, claimed, held = sorted(deliveries, key=lambda goods: goods[0].gst_rate or 0)
    for number, goods in enumerate(matching, start=101):
        _record(accountant, number, goods, {})
    _record(accountant, 131, held, {"unit_cost": held[0].expected_cost * _DEARER})
    units = {"quantity": claimed[0].quantity + 2}
    bill = _record(accountant, 132, claimed, units)
    decision = {
        "idempotency_key": "seed-bill-claimed",
        "bill_id": bill.id,
        "outcome": "claimed",
        "note": "Two less came than they billed",
    }
    platform.run("billing.decide_bill", people["manager"], decision)


def _deliveries(ctx: RequestContext) -> dict[UUID, list[billing.UnbilledLine]]:
    """Return what is not billed by delivery, the oldest first."""
    found: dict[UUID, list[billing.UnbilledLine]] = defaultdict(list)
    cursor = ""
    while True:
        page: Any = platform.run("billing.list_unbilled", ctx, {"limit": 200, "cursor": cursor})
        for row in page.result.rows:
            found[row.receipt_id].append(row)
        cursor = page.result.next_cursor
        if not cursor:
            return found


def _record(
    by: RequestContext, number: int, goods: Goods, first: Mapping[str, Decimal]
) -> billing.BillAnswer:
    """Record the bill of a delivery; `first` is what its first line says otherwise."""
    then = replace(by, now=by.now - timedelta(days=(by.today - goods[0].received_on).days - 1))
    lines = [_line(row) | (dict(first) if at == 0 else {}) for at, row in enumerate(goods)]
    given = {
        "idempotency_key": f"seed-bill-{number}",
        "supplier_id": goods[0].supplier_id,
        "bill_number": f"DEMO-{number}",
        "billed_on": goods[0].received_on,
        "total": round_to_rupee(sum((_worth(line) for line in lines), ZERO)),
        "lines": lines,
    }
    answer = platform.run("billing.record_bill", then, given).result
    assert isinstance(answer, billing.BillAnswer)  # noqa: S101  the command's own result
    return answer


def _line(row: billing.UnbilledLine) -> dict[str, Any]:
    return {
        "receipt_id": row.receipt_id,
        "receipt_line_no": row.line_no,
        "quantity": row.quantity,
        "unit_cost": row.expected_cost,
        "gst_rate": row.gst_rate or Decimal(0),
    }


def _worth(line: Mapping[str, Any]) -> Decimal:
    taxed = 1 + line["gst_rate"] / Decimal(100)
    worth: Decimal = line["quantity"] * line["unit_cost"] * taxed
    return worth
