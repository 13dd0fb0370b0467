"""Delivered goods that bills are matched with, under lock, and how far a match may differ."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.billing import MatchTolerance
from erp.services import catalog
from erp.services.billing.bill_matching import Delivered, Tolerance
from erp.services.platform import Amount, Command, Nothing, Percent, Result, command, query

Key = tuple[UUID, int]
"""A delivery and the number of its line."""


class SetMatchTolerances(Command):
    """Let a bill differ so far before somebody has to decide.

    Attributes:
        price_percent: Of the expected price. price_amount: rupees on a line; either suffices.
        charge_percent: What all charges may be, of the goods of the bill.
    """

    price_percent: Percent
    price_amount: Amount
    charge_percent: Percent


class MatchTolerances(Result):
    """How far a bill may differ in the acting company."""

    price_percent: Decimal
    price_amount: Decimal
    charge_percent: Decimal


@command(
    "billing.set_match_tolerances",
    permission="billing.set_tolerances",
    rest="PUT /match-tolerances",
)
def set_match_tolerances(
    session: Session, ctx: RequestContext, cmd: SetMatchTolerances
) -> MatchTolerances:
    """Set the acting company's tolerances; bills recorded before stay as they were matched."""
    row = MatchTolerance(
        tenant_id=ctx.tenant_id,
        company_id=ctx.company_id,
        price_percent=cmd.price_percent,
        price_amount=cmd.price_amount,
        charge_percent=cmd.charge_percent,
    )
    session.merge(row)
    session.flush()
    return _told(tolerance_of(session, ctx))


@query(
    "billing.get_match_tolerances", permission="billing.view_bills", rest="GET /match-tolerances"
)
def get_match_tolerances(
    session: Session, ctx: RequestContext, _wanted: Nothing
) -> MatchTolerances:
    """Return the acting company's tolerances."""
    return _told(tolerance_of(session, ctx))


def _told(found: Tolerance) -> MatchTolerances:
    return MatchTolerances(
        price_percent=found.price_percent,
        price_amount=found.price_amount,
        charge_percent=found.charge_percent,
    )


def tolerance_of(session: Session, ctx: RequestContext) -> Tolerance:
    """Return the acting company's tolerance; the usual one where it set none."""
    row = session.get(MatchTolerance, (ctx.tenant_id, ctx.company_id))
    if row is None:
        return Tolerance()
    return Tolerance(row.price_percent, row.price_amount, row.charge_percent)


def hold_delivered(
    session: Session, ctx: RequestContext, wanted: Sequence[Key], supplier_id: UUID, day: date
) -> tuple[dict[Key, Delivered], date]:
    """Return delivered lines of a supplier with what is billed of them, and the last day they came.

    A delivery that named no supplier may be billed by any; unknown lines are left out. Only
    deliveries into the acting branch count, since it is the one that is registered. Locks the
    lines' `billed_goods`, by delivery and line.
    """
    given = {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "supplier": supplier_id,
        "receipts": [receipt_id for receipt_id, _ in wanted],
        "lines": [line_no for _, line_no in wanted],
    }
    db.execute(
        session,
        """
        insert into billed_goods (tenant_id, receipt_id, line_no, paid, units, value, free)
        select l.tenant_id, l.receipt_id, l.line_no, l.paid, 0, 0, l.free
          from goods_receipt_line l
          join goods_receipt r on r.tenant_id = l.tenant_id and r.id = l.receipt_id
          join unnest(%(receipts)s::uuid[], %(lines)s::int[]) as w (receipt_id, line_no)
            on (w.receipt_id, w.line_no) = (l.receipt_id, l.line_no)
         where l.tenant_id = %(tenant)s and r.branch_id = %(branch)s and l.paid > 0
           and coalesce(r.supplier_id, %(supplier)s) = %(supplier)s
         order by l.receipt_id, l.line_no
        on conflict do nothing
        """,
        given,
    )
    rows = db.fetch_all(
        session,
        """
        select l.receipt_id, l.line_no, l.variant_id, l.lot_id, v.label, l.unit, l.quantity,
               l.paid, l.value, b.units as billed, b.value as billed_value,
               b.unbilled_back as back, b.released,
               coalesce(o.unit_cost, l.unit_cost) as expected_cost, r.received_on
          from billed_goods b
          join unnest(%(receipts)s::uuid[], %(lines)s::int[]) as w (receipt_id, line_no)
            on (w.receipt_id, w.line_no) = (b.receipt_id, b.line_no)
          join goods_receipt_line l on l.tenant_id = b.tenant_id
               and (l.receipt_id, l.line_no) = (b.receipt_id, b.line_no)
          join goods_receipt r on r.tenant_id = l.tenant_id and r.id = l.receipt_id
          join variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id
          left join purchase_order_receipt came on came.tenant_id = l.tenant_id
               and (came.receipt_id, came.receipt_line_no) = (l.receipt_id, l.line_no)
          left join purchase_order ordered on ordered.tenant_id = came.tenant_id
               and ordered.id = came.order_id
          left join purchase_order_line o on o.tenant_id = came.tenant_id
               and (o.order_id, o.line_no) = (came.order_id, came.line_no)
               and o.version = ordered.version and o.unit = l.unit
         where b.tenant_id = %(tenant)s and r.branch_id = %(branch)s and l.paid > 0
           and coalesce(r.supplier_id, %(supplier)s) = %(supplier)s
         order by b.receipt_id, b.line_no
           for update of b
        """,
        given,
    )
    last = max((row.pop("received_on") for row in rows), default=day)
    found = {(row["receipt_id"], row["line_no"]): row for row in rows}
    ids = [found[key]["variant_id"] for key in wanted if key in found]
    taxed = catalog.get_lines_for_sale(session, ctx, ids, day, including_inactive=True)
    return {
        key: Delivered(**row, gst_rate=taxed[row["variant_id"]].rate) for key, row in found.items()
    }, last


def add_billed(
    session: Session, ctx: RequestContext, changes: Sequence[tuple[Key, int, Decimal]]
) -> None:
    """Add base units and value to what is billed of delivered lines; negative takes it back.

    Locks the lines' `billed_goods`, by delivery and line.
    """
    db.execute(
        session,
        """
        with held as materialized (
            select b.receipt_id, b.line_no, x.units, x.value
              from billed_goods b
              join unnest(%(receipts)s::uuid[], %(lines)s::int[], %(units)s::bigint[],
                          %(values)s::numeric[]) as x (receipt_id, line_no, units, value)
                on (b.receipt_id, b.line_no) = (x.receipt_id, x.line_no)
             where b.tenant_id = %(tenant)s
             order by b.receipt_id, b.line_no
               for update of b
        )
        update billed_goods b set units = b.units + held.units, value = b.value + held.value
          from held
         where b.tenant_id = %(tenant)s and (b.receipt_id, b.line_no)
               = (held.receipt_id, held.line_no)
        """,
        {
            "tenant": ctx.tenant_id,
            "receipts": [key[0] for key, _, _ in changes],
            "lines": [key[1] for key, _, _ in changes],
            "units": [units for _, units, _ in changes],
            "values": [value for _, _, value in changes],
        },
    )
