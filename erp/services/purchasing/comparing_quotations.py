"""Answers of suppliers side by side: what each line, and the whole, would really cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO, round_money
from erp.services import catalog
from erp.services.platform import Query, Result, query
from erp.services.purchasing.errors import UnknownRequest
from erp.services.purchasing.last_paid import LastPaid, last_paid
from erp.services.purchasing.rating_suppliers import SupplierScorecard, supplier_scorecard

SCORE_DAYS = 365
FOURTH = Decimal("0.0001")
TENTH = Decimal("0.1")
HUNDRED = Decimal(100)
NO_LEAD = 10_000
"""Where an offer stands that names no lead time: behind all that do."""


class CompareQuotations(Query):
    """Which request's answers."""

    request_id: UUID


class OfferCell(Result):
    """What a supplier's newest answer offers of a line.

    Attributes:
        paid_units, free_units: The fewest base units, by scheme and minimum, that cover the line.
        effective_price: What one of them costs, free ones counted, tax excluded.
        total: What they all cost, expected tax included.
        against_last: Percent of the effective price above the last paid.
        against_best: Percent of the total above that of the best; 0 where that is nothing.
    """

    quotation_id: UUID
    supplier_id: UUID
    unit_price: Decimal
    scheme_paid: int
    scheme_free: int
    paid_units: int
    free_units: int
    effective_price: Decimal
    total: Decimal
    lead_days: int | None
    minimum_quantity: int | None
    shelf_life_days: int | None
    mrp: Decimal | None
    note: str
    against_last: Decimal | None
    against_best: Decimal
    is_best: bool
    is_lapsed: bool
    is_chosen: bool


class ComparedLine(Result):
    """A line of the request with every supplier's offer; `last_price` is what the branch paid last."""

    line_no: int
    variant_id: UUID
    product_id: UUID
    label: str
    sku: str
    unit: str
    quantity: int
    last_price: Decimal | None
    last_supplier: str
    order_id: UUID | None
    order_number: str
    choice_reason: str
    offers: list[OfferCell]


class ComparedSupplier(Result):
    """A supplier who was asked, with the newest answer.

    Attributes:
        total: What the lines they offer cost, expected tax included; none without an answer.
        lead_days: The longest of their lines.
        is_best: They offer every line, and nobody who does is cheaper.
        on_time, fill: Percent of the last year, by the scorecard.
        answers: How many answers were recorded of them.
    """

    supplier_id: UUID
    supplier: str
    quotation_id: UUID | None
    reference: str
    answered_on: date | None
    valid_until: date | None
    is_late: bool
    is_lapsed: bool
    terms: str
    note: str
    offered: int
    total: Decimal | None
    lead_days: int | None
    is_best: bool
    on_time: Decimal | None
    fill: Decimal | None
    answers: int


class Comparison(Result):
    """Lines by suppliers; `best_total` is what each line costs where it is cheapest."""

    request_id: UUID
    lines: list[ComparedLine]
    suppliers: list[ComparedSupplier]
    best_total: Decimal | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Base units that cover what is wanted, by a scheme and a minimum."""

    paid: int
    free: int

    def effective(self, unit_price: Decimal) -> Decimal:
        """Return what one of them costs, free ones counted."""
        return (unit_price * self.paid / (self.paid + self.free)).quantize(FOURTH)


def bundle_of(
    wanted: int, scheme_paid: int, scheme_free: int, minimum_quantity: int | None
) -> Bundle:
    """Return the fewest paid units, and the free ones with them, that cover what is wanted.

    Ninety-one paid units of a scheme of 10 and 1 bring a hundred.
    """
    paid = wanted
    if scheme_paid:
        whole, rest = divmod(wanted, scheme_paid + scheme_free)
        paid = whole * scheme_paid + min(rest, scheme_paid)
    paid = max(paid, minimum_quantity or 0)
    return Bundle(paid, paid // scheme_paid * scheme_free if scheme_paid else 0)


@query(
    "purchasing.compare_quotations",
    permission="purchasing.view",
    rest="GET /quotation-requests/{request_id}/comparison",
)
def compare_quotations(
    session: Session, ctx: RequestContext, wanted: CompareQuotations
) -> Comparison:
    """Compare the newest answer of every supplier, free goods counted.

    The best of a line is what covers it for the least money and still holds, then the sooner: a low
    price of more than is wanted is not the best. An offer that has lapsed
    is the best only where no other is left.

    Raises:
        UnknownRequest: The acting branch has no such request.
    """
    asked = _asked(session, ctx, wanted.request_id)
    answers = _answers(session, ctx, wanted.request_id)
    variants = [row["variant_id"] for row in asked]
    taxed = catalog.get_lines_for_sale(session, ctx, variants, ctx.today, including_inactive=True)
    paid = last_paid(session, ctx, variants)
    lines = [
        _line(
            row,
            [x for x in answers if x["line_no"] == row["line_no"]],
            paid.get(row["variant_id"]),
            taxed[row["variant_id"]].rate,
        )
        for row in asked
    ]
    best = [next((x.total for x in line.offers if x.is_best), None) for line in lines]
    known = [total for total in best if total is not None]
    return Comparison(
        request_id=wanted.request_id,
        lines=lines,
        suppliers=_suppliers(session, ctx, wanted.request_id, lines),
        best_total=sum(known, ZERO) if known else None,
    )


def _asked(session: Session, ctx: RequestContext, request_id: UUID) -> list[db.Row]:
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id, v.product_id, v.label, v.sku, v.base_unit as unit,
               l.quantity, c.quotation_id as chosen_id, c.order_id,
               coalesce(o.number, '') as order_number, coalesce(c.reason, '') as choice_reason
          from quotation_request q
          join quotation_request_line l on (l.tenant_id, l.request_id) = (q.tenant_id, q.id)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          left join quotation_choice c
               on (c.tenant_id, c.request_id, c.line_no) = (l.tenant_id, l.request_id, l.line_no)
          left join purchase_order o on (o.tenant_id, o.id) = (c.tenant_id, c.order_id)
         where q.tenant_id = %s and q.branch_id = %s and q.id = %s
         order by l.line_no
        """,
        (ctx.tenant_id, ctx.branch_id, request_id),
    )
    if not rows:
        message = "This request is not known here. Choose one of the list."
        raise UnknownRequest(message, fields={"request_id": message})
    return rows


def _answers(session: Session, ctx: RequestContext, request_id: UUID) -> list[db.Row]:
    """Return the lines of the newest answer of each supplier, and of every chosen one."""
    return db.fetch_all(
        session,
        """
        select a.supplier_id, l.quotation_id, l.line_no, l.unit_price, l.scheme_paid,
               l.scheme_free, l.mrp, l.lead_days, l.minimum_quantity, l.shelf_life_days, l.note,
               a.valid_until < %s as is_lapsed
          from supplier_quotation a
          join supplier_quotation_line l on (l.tenant_id, l.quotation_id) = (a.tenant_id, a.id)
         where a.tenant_id = %s and a.request_id = %s
           and (not exists (select from supplier_quotation n
                             where n.tenant_id = a.tenant_id and n.request_id = a.request_id
                               and n.supplier_id = a.supplier_id and n.id > a.id)
                or exists (select from quotation_choice c
                            where c.tenant_id = l.tenant_id and c.request_id = a.request_id
                              and c.quotation_id = l.quotation_id and c.line_no = l.line_no))
         order by a.supplier_id, l.quotation_id
        """,
        (ctx.today, ctx.tenant_id, request_id),
    )


def _line(
    row: db.Row, answers: Sequence[db.Row], last: LastPaid | None, rate: Decimal
) -> ComparedLine:
    chosen_id = row["chosen_id"]
    bundles = [
        bundle_of(row["quantity"], x["scheme_paid"], x["scheme_free"], x["minimum_quantity"])
        for x in answers
    ]
    prices = [b.effective(x["unit_price"]) for b, x in zip(bundles, answers, strict=True)]
    totals = [
        _with_tax(round_money(x["unit_price"] * b.paid), rate)
        for b, x in zip(bundles, answers, strict=True)
    ]
    order = sorted(
        range(len(answers)),
        key=lambda at: (
            answers[at]["is_lapsed"],
            totals[at],
            NO_LEAD if answers[at]["lead_days"] is None else answers[at]["lead_days"],
            answers[at]["quotation_id"],
        ),
    )
    best = totals[order[0]] if order else ZERO
    offers = [
        OfferCell(
            **{name: value for name, value in answer.items() if name != "line_no"},
            paid_units=bundle.paid,
            free_units=bundle.free,
            effective_price=price,
            total=totals[at],
            against_last=_above(price, last.price) if last else None,
            against_best=_above(totals[at], best),
            is_best=at == order[0],
            is_chosen=answer["quotation_id"] == chosen_id,
        )
        for at, (answer, bundle, price) in enumerate(zip(answers, bundles, prices, strict=True))
    ]
    about = {name: value for name, value in row.items() if name != "chosen_id"}
    return ComparedLine(
        **about,
        last_price=last.price if last else None,
        last_supplier=last.supplier if last else "",
        offers=offers,
    )


def _with_tax(value: Decimal, rate: Decimal) -> Decimal:
    return value + round_money(value * rate / HUNDRED)


def _above(price: Decimal, other: Decimal) -> Decimal:
    """Return how many percent a price is above another; none where the other is nothing."""
    return ((price / other - 1) * HUNDRED).quantize(TENTH) if other else ZERO


def _suppliers(
    session: Session, ctx: RequestContext, request_id: UUID, lines: Sequence[ComparedLine]
) -> list[ComparedSupplier]:
    rows = db.fetch_all(
        session,
        """
        select s.supplier_id, p.name as supplier, a.id as quotation_id,
               coalesce(a.reference, '') as reference, a.answered_on, a.valid_until,
               coalesce(a.is_late, false) as is_late,
               coalesce(a.valid_until < %s, false) as is_lapsed,
               coalesce(a.terms, '') as terms, coalesce(a.note, '') as note,
               (select count(*) from supplier_quotation n where n.tenant_id = s.tenant_id
                   and n.request_id = s.request_id and n.supplier_id = s.supplier_id) as answers
          from quotation_request_supplier s
          join party p on (p.tenant_id, p.id) = (s.tenant_id, s.supplier_id)
          left join lateral (
                select * from supplier_quotation a
                 where a.tenant_id = s.tenant_id and a.request_id = s.request_id
                   and a.supplier_id = s.supplier_id
                 order by a.id desc limit 1) a on true
         where s.tenant_id = %s and s.request_id = %s
         order by p.name, s.supplier_id
        """,
        (ctx.today, ctx.tenant_id, request_id),
    )
    offered = {row["supplier_id"]: _offered(row["quotation_id"], lines) for row in rows}
    whole = [
        (sum((x.total for x in found), ZERO), row["supplier_id"])
        for row in rows
        if len(found := offered[row["supplier_id"]]) == len(lines) and not row["is_lapsed"]
    ]
    best = min(whole)[1] if whole else None
    scores = _scores(session, ctx)
    return [
        ComparedSupplier(
            **row,
            **_sums(offered[row["supplier_id"]]),
            is_best=row["supplier_id"] == best,
            on_time=scores.get(row["supplier_id"], (None, None))[0],
            fill=scores.get(row["supplier_id"], (None, None))[1],
        )
        for row in rows
    ]


def _offered(quotation_id: UUID | None, lines: Sequence[ComparedLine]) -> list[OfferCell]:
    return [x for line in lines for x in line.offers if x.quotation_id == quotation_id]


def _sums(offers: Sequence[OfferCell]) -> dict[str, object]:
    leads = [x.lead_days for x in offers if x.lead_days is not None]
    return {
        "offered": len(offers),
        "total": sum((x.total for x in offers), ZERO) if offers else None,
        "lead_days": max(leads, default=None),
    }


def _scores(
    session: Session, ctx: RequestContext
) -> dict[UUID, tuple[Decimal | None, Decimal | None]]:
    period = SupplierScorecard(from_day=ctx.today - timedelta(days=SCORE_DAYS - 1), limit=200)
    rows = supplier_scorecard(session, ctx, period).rows
    return {row.supplier_id: (row.on_time, row.fill) for row in rows}
