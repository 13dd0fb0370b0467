"""Delivered goods that may go back to their supplier, under lock, with what was billed of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import EXACT, ZERO, round_money
from erp.services.billing.supplier_return_sharing import BilledUnits, Came, Part, Worth
from erp.services.inventory import CLAIM_WINDOW, DEFAULT_CLAIM_DAYS

CAME_FROM: LiteralString = """
       and (r.supplier_id = %(supplier)s or r.supplier_id is null and exists (
            select from supplier_bill_line x
              join supplier_bill b on (b.tenant_id, b.id) = (x.tenant_id, x.bill_id)
             where x.tenant_id = came.tenant_id and b.status = 'posted'
               and (x.receipt_id, x.receipt_line_no) = (came.receipt_id, came.line_no)
               and b.supplier_id = %(supplier)s))
"""
"""Narrows lines `came` of deliveries `r` to those of a supplier: named there, or on their bill."""


@dataclass(frozen=True, slots=True)
class CameLot:
    """A lot with what came of it from the supplier, the oldest delivery first.

    Attributes:
        bill_waiting: Number of a bill with some of it that waits for a decision; empty if none.
        natures: How the bills were taxed: `INTRA` or `INTER`, and whether the tax is a credit.
        claim_from, claim_until: When the supplier takes it back for its expiry.
    """

    label: str
    lot_number: str
    variant_id: UUID
    expires_on: date | None
    claim_from: date | None
    claim_until: date | None
    came: tuple[Came, ...]
    bill_waiting: str
    natures: frozenset[tuple[str, bool]]


_HOLD: LiteralString = f"""
    insert into billed_goods (tenant_id, receipt_id, line_no, paid, units, value, free)
    select came.tenant_id, came.receipt_id, came.line_no, came.paid, 0, 0, came.free
      from goods_receipt_line came
      join goods_receipt r on r.tenant_id = came.tenant_id and r.id = came.receipt_id
     where came.tenant_id = %(tenant)s and r.branch_id = %(branch)s and came.lot_id = any(%(lots)s)
           {CAME_FROM}
     order by came.receipt_id, came.line_no
    on conflict (tenant_id, receipt_id, line_no) do update
       set free = excluded.free where billed_goods.free <> excluded.free
"""  # noqa: S608  made of literals
_CAME: LiteralString = """
    select came.receipt_id, came.line_no, came.variant_id, came.lot_id, v.label, lot.lot_number,
           lot.expires_on, claim.claim_from, claim.claim_until, came.paid, came.free, came.value,
           g.units as billed, g.value as billed_value, g.unbilled_back, g.released,
           coalesce((select sum(x.quantity - x.unbilled) from supplier_return_line x
                      where x.tenant_id = came.tenant_id and x.bill_line_id is null
                        and (x.receipt_id, x.receipt_line_no) = (came.receipt_id, came.line_no)),
                    0)::bigint as free_back
      from billed_goods g
      join goods_receipt_line came on came.tenant_id = g.tenant_id
           and (came.receipt_id, came.line_no) = (g.receipt_id, g.line_no)
      join goods_receipt r on r.tenant_id = came.tenant_id and r.id = came.receipt_id
      join variant v on v.tenant_id = came.tenant_id and v.id = came.variant_id
      join lot on lot.tenant_id = came.tenant_id and lot.id = came.lot_id
      cross join lateral (select lot.expires_on, %(supplier)s::uuid as supplier_id) l
"""
_IN_ORDER: LiteralString = f"""
     where g.tenant_id = %(tenant)s and r.branch_id = %(branch)s and came.lot_id = any(%(lots)s)
           {CAME_FROM}
     order by g.receipt_id, g.line_no
       for update of g
"""
_BILLS: LiteralString = """
    select x.id as line_id, x.receipt_id, x.receipt_line_no, x.matched as units, x.gst_rate,
           x.taxable, x.cgst, x.sgst, x.igst, x.excess, x.excess_tax, b.number, b.status,
           b.supply_nature, b.is_credit_taken, c.id as claim_id, c.taxable as asked,
           c.tax as asked_tax, c.credited, c.credited_tax, c.settled_at,
           coalesce(back.units, 0)::bigint as back, coalesce(back.taxable, 0.00) as taxable_back,
           coalesce(back.cgst, 0.00) as cgst_back, coalesce(back.sgst, 0.00) as sgst_back,
           coalesce(back.igst, 0.00) as igst_back
      from supplier_bill_line x
      join supplier_bill b on (b.tenant_id, b.id) = (x.tenant_id, x.bill_id)
      left join supplier_claim c on (c.tenant_id, c.bill_id) = (b.tenant_id, b.id)
     cross join lateral (
           select sum(y.quantity) as units, sum(y.taxable) as taxable, sum(y.cgst) as cgst,
                  sum(y.sgst) as sgst, sum(y.igst) as igst
             from supplier_return_line y
            where y.tenant_id = x.tenant_id and y.bill_line_id = x.id
              and (y.receipt_id, y.receipt_line_no) = (x.receipt_id, x.receipt_line_no)) back
     where x.tenant_id = %(tenant)s and x.receipt_id = any(%(receipts)s) and b.status <> 'refused'
     order by b.id, x.line_no
"""


def hold_came(
    session: Session, ctx: RequestContext, supplier_id: UUID, lot_ids: Sequence[UUID]
) -> dict[UUID, CameLot]:
    """Return lots that came into the acting branch from a supplier; others are left out.

    Locks the delivered lines' `billed_goods`, by delivery and line.
    """
    given = {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "supplier": supplier_id,
        "lots": list(lot_ids),
        "claim_days": DEFAULT_CLAIM_DAYS,
    }
    db.execute(session, _HOLD, given)
    parts = (_CAME, CLAIM_WINDOW, _IN_ORDER)
    rows = db.fetch_all(session, " ".join(parts), given)
    receipts = {"tenant": ctx.tenant_id, "receipts": [row["receipt_id"] for row in rows]}
    bills: dict[tuple[UUID, int], list[db.Row]] = defaultdict(list)
    for bill in db.fetch_all(session, _BILLS, receipts):
        bills[bill["receipt_id"], bill["receipt_line_no"]].append(bill)
    lots: dict[UUID, list[db.Row]] = defaultdict(list)
    for row in rows:
        lots[row["lot_id"]].append(row)
    return {lot_id: _lot(found, bills) for lot_id, found in lots.items()}


def _lot(rows: Sequence[db.Row], bills: dict[tuple[UUID, int], list[db.Row]]) -> CameLot:
    of_lot = [bill for row in rows for bill in bills[row["receipt_id"], row["line_no"]]]
    waiting = [bill["number"] for bill in of_lot if bill["status"] == "held"]
    facts = ("label", "lot_number", "variant_id", "expires_on", "claim_from", "claim_until")
    return CameLot(
        **{name: rows[0][name] for name in facts},
        came=tuple(_came(row, bills[row["receipt_id"], row["line_no"]]) for row in rows),
        bill_waiting=waiting[0] if waiting else "",
        natures=frozenset((bill["supply_nature"], bill["is_credit_taken"]) for bill in of_lot),
    )


def _came(row: db.Row, bills: Sequence[db.Row]) -> Came:
    facts = (
        "receipt_id", "line_no", "paid", "free", "value", "billed", "billed_value",
        "unbilled_back", "free_back", "released",
    )  # fmt: skip
    posted = [_billed(bill) for bill in bills if bill["status"] == "posted" and bill["units"]]
    return Came(**{name: row[name] for name in facts}, bills=tuple(posted))


def _billed(row: db.Row) -> BilledUnits:
    """Return a billed line, worth what is not asked back, or was not given back, by a claim."""
    whole = Worth(row["taxable"], row["cgst"], row["sgst"], row["igst"])
    if row["claim_id"] is not None:
        value_share, tax_share = _claimed_shares(row)
        whole = whole.less(
            _part_of(row["excess"], value_share), _part_of(row["excess_tax"], tax_share)
        )
    back = (row["taxable_back"], row["cgst_back"], row["sgst_back"], row["igst_back"])
    return BilledUnits(
        row["line_id"], row["units"], whole, row["gst_rate"], row["back"], Worth(*back)
    )


def _claimed_shares(row: db.Row) -> tuple[Decimal, Decimal]:
    """Return how much of value and tax that were too much is claimed still, or was credited."""
    if row["settled_at"] is None:
        return Decimal(1), Decimal(1)
    value = EXACT.divide(row["credited"], row["asked"]) if row["asked"] else ZERO
    if not row["is_credit_taken"]:
        return value, value
    tax = EXACT.divide(row["credited_tax"], row["asked_tax"]) if row["asked_tax"] else ZERO
    return value, tax


def _part_of(amount: Decimal, share: Decimal) -> Decimal:
    return round_money(EXACT.multiply(amount, share))


def add_back(session: Session, ctx: RequestContext, parts: Sequence[Part]) -> None:
    """Add what goes back to the delivered lines, which are locked."""
    totals: dict[tuple[UUID, int], tuple[int, int, Decimal]] = {}
    for part in parts:
        units, unbilled, released = totals.get((part.receipt_id, part.line_no), (0, 0, ZERO))
        totals[part.receipt_id, part.line_no] = (
            units + part.units,
            unbilled + part.unbilled,
            released + part.released,
        )
    db.execute(
        session,
        """
        update billed_goods g
           set back = g.back + x.units, unbilled_back = g.unbilled_back + x.unbilled,
               released = g.released + x.released
          from unnest(%(receipts)s::uuid[], %(lines)s::int[], %(units)s::bigint[],
                      %(unbilled)s::bigint[], %(released)s::numeric[])
               as x (receipt_id, line_no, units, unbilled, released)
         where g.tenant_id = %(tenant)s
           and (g.receipt_id, g.line_no) = (x.receipt_id, x.line_no)
        """,
        {
            "tenant": ctx.tenant_id,
            "receipts": [receipt_id for receipt_id, _ in totals],
            "lines": [line_no for _, line_no in totals],
            "units": [units for units, _, _ in totals.values()],
            "unbilled": [unbilled for _, unbilled, _ in totals.values()],
            "released": [released for _, _, released in totals.values()],
        },
    )
