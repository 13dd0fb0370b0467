"""Two price lists of a demo maker: last year's in force, and the new one to be looked at."""

import hashlib
from decimal import Decimal

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import round_money
from erp.seed.sources import read_rows
from erp.services import catalog, platform

MAKER = "SBL"
RISE = Decimal("1.06")
HEADERS = ["Item Code", "Product", "M.R.P.", "PTR", "PTS"]
UNKNOWN = ["SBL-NEWS-30C-30ML", "New Remedy 30C", "95.00", "72.38", "65.14"]
"""A row that a new list always has: goods the shop does not trade in."""


def seed_maker_lists(ctx: RequestContext) -> None:
    """Keep both lists and apply the first; a second time changes nothing."""
    rows = [
        row for row in read_rows("products.csv") if row["brand"] == MAKER and row["ptr_excl_tax"]
    ]
    prices = ("mrp_incl_tax", "ptr_excl_tax", "pts_excl_tax")
    listed = [[row["sku"], row["name"], *(row[price] for price in prices)] for row in rows]
    risen = [
        [sku, name, *(str(round_money(Decimal(price) * RISE)) for price in old)]
        for sku, name, *old in listed
    ]
    last = _keep(ctx, f"{MAKER} price list {ctx.today.year - 1}.csv", [HEADERS, *listed])
    _keep(ctx, f"{MAKER} price list {ctx.today.year}.csv", [HEADERS, *risen, UNKNOWN])
    if not last.is_known:
        platform.run(
            "catalog.apply_maker_list",
            ctx,
            {
                "maker_list_id": last.id,
                "effective_from": ctx.today.replace(month=4, day=1, year=ctx.today.year - 1),
                "idempotency_key": "seed-maker-list",
            },
        )


def _keep(ctx: RequestContext, name: str, cells: list[list[str]]) -> catalog.UploadedList:
    text = "\n".join(",".join(row) for row in cells)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with db.unit_of_work(ctx) as session:
        return catalog.keep_maker_list(session, ctx, name, digest, cells)
