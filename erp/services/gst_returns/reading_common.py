"""What a tax period's common credit is: purchases by what they serve, turnover, and capital goods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO, allocate
from erp.models.gst_returns import CreditChangeKind
from erp.services.gst_returns.claiming import read_claims
from erp.services.gst_returns.common_credit import (
    LIFE_IN_MONTHS,
    CreditUse,
    Gathered,
    split_in_months,
)
from erp.services.gst_returns.gstr3b import Inward, InwardKind
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads
from erp.services.gst_returns.lapsing import since_of_period
from erp.services.gst_returns.outward import Entry, Section
from erp.services.gst_returns.reading_side import read_outward_side
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.schemes import ONE_DAY
from erp.services.gst_returns.tax_period import Months, TaxPeriod, period_from

Uses = Mapping[UUID, CreditUse]
NEVER = frozenset({CreditUse.EXEMPT, CreditUse.PRIVATE})
"""Uses that give no credit; of a capital good it is given back in the period in which it was taken."""
MONTHS_BACK = 12
"""How far the last period with turnover is looked for (r.42(1)(i), proviso)."""


@dataclass(frozen=True, slots=True)
class CommonInput:
    """A purchase that may serve both kinds of supplies.

    Attributes:
        id: What its use is told by. page: where it is seen.
        heads: Its credit of the period; of a capital good all of it, of which a month counts a part.
    """

    id: UUID
    number: str
    supplier: str
    page: str
    heads: Heads
    use: CreditUse
    is_capital: bool = False


@dataclass(frozen=True, slots=True)
class CommonMonth:
    """What a period's share is worked out from, and the purchases behind it.

    Attributes:
        own: The period's own exempt and whole turnover, which the year counts.
    """

    found: Gathered
    inputs: tuple[CommonInput, ...]
    own: tuple[Decimal, Decimal]


_GOODS = """
    select bill_id, sum(cgst + sgst + igst) filter (where receipt_id is not null or is_cost_of_goods) as goods,
           sum(cgst + sgst + igst) as whole
      from supplier_bill_line where tenant_id = %s and bill_id = any(%s) group by bill_id
"""
_ASSETS = """
    select u.id, u.source_id, u.number, u.supplier, u.taken_on, u.igst, u.cgst, u.sgst
      from seen_bill_use u
      left join asset a on (a.tenant_id, a.id) = (u.tenant_id, u.source_id)
     where u.tenant_id = %(tenant)s and u.branch_id = any(%(branches)s) and u.source = 'asset' and u.is_credit
       and u.taken_on <= %(to)s and u.ended_on is null and coalesce(a.disposed_on, 'infinity') > %(to)s
       and date_trunc('month', u.dated_on) + %(life)s * interval '1 month' > %(from)s
     order by u.taken_on, u.id
"""


def read_common(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    uses: Uses,
) -> CommonMonth:
    """Return a period's credit by what it serves.

    Goods for sale serve taxable supplies alone: exempt goods bear no tax. What else was bought is common unless `uses`
    says otherwise: freight that is no cost of goods, expenses, charges of gateways, reverse charge.
    """
    since = since_of_period(session, ctx, registration, period)
    side, claims = read_claims(session, ctx, registration, period, since)
    bought = [one for one in claims.inward if one.is_claimable]
    assets = _assets(session, ctx, registration, period)
    capital = {row["id"] for row in assets}
    goods, others = _parted(session, ctx, [one for one in bought if one.id not in capital], uses)
    tools = [_capital(row, uses) for row in assets]
    given_up = [
        tool
        for row, tool in zip(assets, tools, strict=True)
        if tool.use in NEVER and row["taken_on"] >= period.starts_on
    ]
    blocked = sum(
        (one.heads for one in side.changes if one.kind is CreditChangeKind.BLOCKED), NOTHING
    )
    sums = {use: _sum(others, use) for use in CreditUse}
    tools_of = {use: _sum(given_up, use) for use in NEVER}
    whole = goods + sum((*sums.values(), *tools_of.values()), NOTHING)
    own = _turnover(session, ctx, registration, period)
    is_needed = bool(whole or tools) and own[1] <= 0
    exempt, turnover = _earlier(session, ctx, registration, period) if is_needed else own
    found = Gathered(
        t=whole,
        t1=sums[CreditUse.PRIVATE] + tools_of[CreditUse.PRIVATE],
        t2=sums[CreditUse.EXEMPT] + tools_of[CreditUse.EXEMPT],
        t3=blocked,
        t4=(goods - blocked).not_negative() + sums[CreditUse.TAXABLE],
        exempt=exempt,
        turnover=turnover,
        tr=_monthly(tools, period),
    )
    return CommonMonth(found, (*others, *tools), own)


def _sum(inputs: Iterable[CommonInput], use: CreditUse) -> Heads:
    return sum((one.heads for one in inputs if one.use is use), NOTHING)


def _monthly(tools: Iterable[CommonInput], period: TaxPeriod) -> Heads:
    months = period.ends_on.month - period.starts_on.month + 1
    each = [split_in_months(one.heads) for one in tools if one.use is CreditUse.COMMON]
    return sum(each * months, NOTHING)


def _parted(
    session: Session, ctx: RequestContext, bought: Sequence[Inward], uses: Uses
) -> tuple[Heads, list[CommonInput]]:
    """Return the credit of goods for sale, and everything else that was bought."""
    bills = [one.id for one in bought if one.kind is InwardKind.BILL]
    rows = db.fetch_all(session, _GOODS, (ctx.tenant_id, bills))
    shares = {row["bill_id"]: (row["goods"] or ZERO, row["whole"]) for row in rows}
    goods, others = NOTHING, []
    for one in bought:
        own = _goods_of(one, shares.get(one.id))
        goods += own
        if rest := one.heads.tax_only() - own:
            others.append(_input(one, rest, uses))
    return goods, others


def _goods_of(bought: Inward, share: tuple[Decimal, Decimal] | None) -> Heads:
    """Return what of a purchase is on goods; what goes back to suppliers is goods."""
    if bought.kind is InwardKind.TAKEN_BACK:
        return bought.heads.tax_only()
    if bought.kind is not InwardKind.BILL or share is None or not share[1]:
        return NOTHING
    weights = [share[0], share[1] - share[0]]
    return Heads(**{name: allocate(getattr(bought.heads, name), weights)[0] for name in NAMES})


def _input(bought: Inward, heads: Heads, uses: Uses) -> CommonInput:
    pages = {InwardKind.BILL: "/bills/{}", InwardKind.REVERSE_CHARGE: "/gst/reverse-charges"}
    page = pages.get(bought.kind, "/books/journal?origin_id={}").format(bought.document_id)
    use = uses.get(bought.id, CreditUse.COMMON)
    return CommonInput(bought.id, bought.number, bought.supplier, page, heads, use)


def _assets(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> Sequence[db.Row]:
    given = {
        "tenant": ctx.tenant_id,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
        "to": period.ends_on,
        "life": LIFE_IN_MONTHS,
    }
    return db.fetch_all(session, _ASSETS, given)


def _capital(row: db.Row, uses: Uses) -> CommonInput:
    heads = Heads(**{name: row[name] for name in NAMES})
    use = uses.get(row["id"], CreditUse.COMMON)
    page = f"/fixed-assets/{row['source_id']}"
    return CommonInput(row["id"], row["number"], row["supplier"], page, heads, use, is_capital=True)


def _turnover(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> tuple[Decimal, Decimal]:
    """Return exempt and whole turnover of a period, notes taken off."""
    entries = read_outward_side(session, ctx, registration, period).counted
    exempt = _value(one for one in entries if one.section is Section.NIL)
    return max(exempt, ZERO), _value(entries)


def _earlier(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> tuple[Decimal, Decimal]:
    """Return the turnover of the last month before a period that had any."""
    for _ in range(MONTHS_BACK):
        before = period.starts_on - ONE_DAY
        period = period_from(before.replace(day=1), Months.MONTH)
        found = _turnover(session, ctx, registration, period)
        if found[1] > 0:
            return found
    return ZERO, ZERO


def _value(entries: Iterable[Entry]) -> Decimal:
    return sum((one.heads.taxable for one in entries), ZERO)
