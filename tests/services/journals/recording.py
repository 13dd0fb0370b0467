"""What a driver is, and what the books gained while it ran."""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.services.trading import rows

EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "gst_examples.json").read_text())
JOURNALS = {one["id"]: one for one in EXAMPLES["journal_examples"]}
Net = dict[str, Decimal]


@dataclass(frozen=True)
class Within:
    """What of the entries is the journal, where the commands book more at once.

    Attributes:
        less: What the same trade books without the event.
        purpose: Start of the purposes of the entries that are it.
    """

    less: Mapping[str, Decimal] = field(default_factory=dict)
    purpose: str = ""


Driver = Callable[[Shop], Generator[None, None, Within | None]]
"""Sets up, yields, then does what the journal is about."""


def example(number: str) -> Net:
    """Return a journal's amounts by account, debits above zero; no account stands on both sides."""
    lines = JOURNALS[number]["lines"]
    assert len({line["account"] for line in lines}) == len(lines)
    return {line["account"]: Decimal(line["debit"]) - Decimal(line["credit"]) for line in lines}


def net(shop: Shop, before: set[UUID], purpose: str = "") -> Net:
    """Return what entries that were not there before add up to, by account."""
    found = rows(
        shop,
        "select a.name, sum(l.debit - l.credit) as amount from journal_line l"
        " join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)"
        " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
        " where a.company_id = %s and not e.id = any(%s) and starts_with(e.purpose, %s)"
        " group by a.name having sum(l.debit - l.credit) <> 0",
        shop.ctx.company_id,
        list(before),
        purpose,
    )
    return {row["name"]: row["amount"] for row in found}


def entry_ids(shop: Shop) -> set[UUID]:
    """Return the entries of the books."""
    return {row["id"] for row in rows(shop, "select id from journal_entry")}


def booked_by(shop: Shop, act: Callable[[], Any]) -> Net:
    """Return what doing something books."""
    before = entry_ids(shop)
    act()
    return net(shop, before)


def drive(shop: Shop, driver: Driver) -> Net:
    """Run a driver and return what its event booked."""
    running = driver(shop)
    next(running)
    before = entry_ids(shop)
    within = Within()
    try:
        next(running)
    except StopIteration as ended:
        within = ended.value or within
    found = net(shop, before, within.purpose)
    amounts = {
        name: found.get(name, Decimal(0)) - within.less.get(name, Decimal(0))
        for name in {*found, *within.less}
    }
    return {name: amount for name, amount in amounts.items() if amount}
