"""The share of common credit that exempt supplies bear, worked out with every figure of the rule."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.models.gst_returns import ReturnForm
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.common_credit import CreditUse, Share, share_of, year_of
from erp.services.gst_returns.errors import WrongTaxPeriod
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.outward import Entry, Section
from erp.services.gst_returns.paging import page_of
from erp.services.gst_returns.reading_common import CommonInput, Uses, read_common
from erp.services.gst_returns.registrations import GstinText, Registration, registration_of
from erp.services.gst_returns.schemes import ONE_DAY, days_for, spans_of
from erp.services.gst_returns.shared_credit import Recorded, recorded_shares
from erp.services.gst_returns.tax_period import Months, TaxPeriod, period_from
from erp.services.platform import Closed, Day, Page, Result, Rows, query

MOST_USES: Final = 500


class UseOf(Closed):
    """What a purchase serves, where that is not both kinds of supplies."""

    input_id: UUID
    use: CreditUse


class ShareWanted(Closed):
    """Which share.

    Attributes:
        gstin: The company's first registration where none is named.
        starts_on: First day of the month or quarter; of a year any month of it.
        is_year: The account of the whole financial year (r.42(2)).
        uses: What purchases serve, where that changed; what the last recorded share said else.
        is_private_too: Some common purchases serve other purposes than business (D2); as recorded last where left out.
    """

    gstin: GstinText | None = None
    starts_on: Day
    months: Months = Months.MONTH
    is_year: bool = False
    uses: Annotated[tuple[UseOf, ...], Field(max_length=MOST_USES)] = ()
    is_private_too: bool | None = None


class ListCommonCredit(ShareWanted, Page):
    """The share of a period or a year as it would be posted now, with the purchases behind it."""


class HeadsOf(Result):
    """An amount by head."""

    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    tax: Decimal


class CommonInputRow(Result):
    """A purchase that may serve both kinds of supplies; see `reading_common.CommonInput`."""

    id: UUID
    number: str
    supplier: str
    page: str
    tax: Decimal
    use: CreditUse
    is_capital: bool


class CommonCreditPage(Rows):
    """A page of purchases that may serve both kinds of supplies, and the share with its figures as the rules name them.

    Attributes:
        exempt, turnover: E and F. figures: every amount by its name in the rule, from T to Te, in that order.
        to_reverse: What the period or year gives back in all. recorded: Of that, what is recorded.
        rest: What posting it gives back now; below zero where it takes back.
        booked_on: The day it would be booked on.
    """

    gstin: str
    starts_on: date
    ends_on: date
    is_year: bool
    is_private_too: bool
    exempt: Decimal
    turnover: Decimal
    figures: dict[str, HeadsOf]
    to_reverse: HeadsOf
    recorded: HeadsOf
    rest: HeadsOf
    booked_on: date
    rows: list[CommonInputRow]


@dataclass(frozen=True, slots=True)
class Worked:
    """A share with what of it is recorded.

    Attributes:
        inputs: The purchases behind it. uses: what they serve, as somebody said.
        booked_on: The day it would be booked on.
    """

    gstin: str
    period: TaxPeriod
    share: Share
    recorded: Heads
    inputs: tuple[CommonInput, ...]
    uses: Uses
    is_year: bool
    is_private_too: bool
    booked_on: date

    @property
    def rest(self) -> Heads:
        """What posting it gives back; a head is below zero where it takes back."""
        return self.share.to_reverse - self.recorded

    def kept(self) -> dict[str, Any]:
        """Return what a record of it keeps."""
        figures = {name: heads.texts() for name, heads in figures_of(self.share).items()}
        return {
            "share_gstin": self.gstin,
            "share_from": self.period.starts_on,
            "share_to": self.period.ends_on,
            "share_figures": {
                "is_year": self.is_year,
                "is_private_too": self.is_private_too,
                "exempt": f"{self.share.exempt}",
                "turnover": f"{self.share.turnover}",
                "figures": figures,
                "uses": {f"{key}": use.value for key, use in self.uses.items()},
            },
        }


@query(
    "gst_returns.list_common_credit",
    permission="gst_returns.view",
    rest="POST /common-credit/reading",
)
def list_common_credit(
    session: Session, ctx: RequestContext, wanted: ListCommonCredit
) -> CommonCreditPage:
    """Work out what of common credit exempt supplies bear, with the purchases behind it; writes nothing.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        WrongTaxPeriod: The days are no period, it has not begun, or no GSTR-3B is filed of it.
        InvalidInput: A use is told of what is no purchase of these days.

    Source: CGST Rules r.42, r.43.
    """
    found = work_out(session, ctx, wanted)
    words = wanted.search.lower()
    rows = [
        _input_row(one) for one in found.inputs if words in f"{one.supplier} {one.number}".lower()
    ]
    page, following = page_of(rows, wanted, lambda row: str(row.id))
    share = found.share
    return CommonCreditPage(
        gstin=found.gstin,
        starts_on=found.period.starts_on,
        ends_on=found.period.ends_on,
        is_year=found.is_year,
        is_private_too=found.is_private_too,
        exempt=share.exempt,
        turnover=share.turnover,
        figures={name: _heads_of(heads) for name, heads in figures_of(share).items()},
        to_reverse=_heads_of(share.to_reverse),
        recorded=_heads_of(found.recorded),
        rest=_heads_of(found.rest),
        booked_on=found.booked_on,
        rows=page,
        next_cursor=following,
    )


def work_out(session: Session, ctx: RequestContext, wanted: ShareWanted) -> Worked:
    """Return a share as it is now; see `list_common_credit`."""
    registration = registration_of(session, ctx, wanted.gstin)
    period = _period(ctx, wanted)
    before = recorded_shares(session, ctx, registration)
    is_private_too = wanted.is_private_too
    if is_private_too is None:
        is_private_too = before[-1].is_private_too if before else False
    uses = _uses(before, wanted)
    told = (uses, is_private_too)
    share, inputs = _share(session, ctx, registration, (period, wanted), told)
    if {one.input_id for one in wanted.uses} - {one.id for one in inputs}:
        message = "This is no purchase of these days. Choose one of the list."
        raise InvalidInput(message, fields={"uses": message})
    own = [one for one in before if _counts(one, period, is_year=wanted.is_year)]
    return Worked(
        gstin=registration.gstin,
        period=period,
        share=share,
        recorded=sum((one.heads for one in own), NOTHING),
        inputs=tuple(inputs),
        uses=uses,
        is_year=wanted.is_year,
        is_private_too=is_private_too,
        booked_on=ctx.today if wanted.is_year else min(period.ends_on, ctx.today),
    )


def figures_of(share: Share) -> dict[str, Heads]:
    """Return every amount by its name in the rules, in their order."""
    return {
        "T": share.t,
        "T1": share.t1,
        "T2": share.t2,
        "T3": share.t3,
        "C1": share.c1,
        "T4": share.t4,
        "C2": share.c2,
        "D1": share.d1,
        "D2": share.d2,
        "C3": share.c3,
        "Tr": share.tr,
        "Te": share.te,
    }


def _counts(one: Recorded, period: TaxPeriod, *, is_year: bool) -> bool:
    """Tell whether a record is of a period: of a year everything within it, its own account among it."""
    if is_year:
        return period.starts_on <= one.starts_on and one.ends_on <= period.ends_on
    return not one.is_year and (one.starts_on, one.ends_on) == (period.starts_on, period.ends_on)


def _uses(before: Iterable[Recorded], wanted: ShareWanted) -> dict[UUID, CreditUse]:
    uses: dict[UUID, CreditUse] = {}
    for one in before:
        uses |= one.uses
    return uses | {one.input_id: one.use for one in wanted.uses}


def _period(ctx: RequestContext, wanted: ShareWanted) -> TaxPeriod:
    first = fiscal_year_start(wanted.starts_on) if wanted.is_year else wanted.starts_on
    if first > ctx.today:
        message = "This period has not begun."
        raise WrongTaxPeriod(message, fields={"starts_on": message})
    if wanted.is_year:
        return TaxPeriod(first, first.replace(year=first.year + 1) - ONE_DAY)
    return period_from(first, wanted.months)


def _share(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    which: tuple[TaxPeriod, ShareWanted],
    told: tuple[Uses, bool],
) -> tuple[Share, list[CommonInput]]:
    (period, wanted), (uses, is_private_too) = which, told
    spans = spans_of(session, ctx)
    parts = _months_of(period, ctx.today) if wanted.is_year else [period]
    days = [one for part in parts if (one := days_for(spans, ReturnForm.GSTR3B, part))]
    if not days:
        message = "No GSTR-3B is filed of these days, so there is no credit to share."
        raise WrongTaxPeriod(message, fields={"starts_on": message})
    months = [read_common(session, ctx, registration, one, uses) for one in days]
    shares = [share_of(one.found, is_private_too=is_private_too) for one in months]
    inputs = {one.id: one for month in months for one in month.inputs}
    if not wanted.is_year:
        return shares[0], list(inputs.values())
    counted = [
        replace(share, exempt=month.own[0], turnover=month.own[1])
        for share, month in zip(shares, months, strict=True)
    ]
    return year_of(counted, is_private_too=is_private_too), list(inputs.values())


def _months_of(year: TaxPeriod, today: date) -> list[TaxPeriod]:
    """Return the months of a year that have begun."""
    first = year.starts_on
    days = [
        date(first.year + (first.month + ahead - 1) // 12, (first.month + ahead - 1) % 12 + 1, 1)
        for ahead in range(12)
    ]
    return [period_from(day, Months.MONTH) for day in days if day <= today]


def _heads_of(heads: Heads) -> HeadsOf:
    return HeadsOf(igst=heads.igst, cgst=heads.cgst, sgst=heads.sgst, tax=heads.tax)


def _input_row(one: CommonInput) -> CommonInputRow:
    return CommonInputRow(
        id=one.id,
        number=one.number,
        supplier=one.supplier,
        page=one.page,
        tax=one.heads.tax,
        use=one.use,
        is_capital=one.is_capital,
    )


def common_hint(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    entries: Iterable[Entry],
) -> list[Problem]:
    """Return what of a period's common credit is to be given back and is not recorded, or the other way round.

    Args:
        entries: What was supplied in the period.
    """
    months = period.ends_on.month - period.starts_on.month + 1
    is_whole = period.starts_on.day == 1 and months in {one.value for one in Months}
    is_exempt = any(entry.section is Section.NIL for entry in entries)
    if not is_whole or not (is_exempt or recorded_shares(session, ctx, registration)):
        return []
    wanted = ShareWanted(
        gstin=registration.gstin, starts_on=period.starts_on, months=Months(months)
    )
    rest = work_out(session, ctx, wanted).rest
    if not rest:
        return []
    message = (
        f"{money_text(rest.tax)} of common credit are to be given back for what is exempt (r.42, r.43) and are not"
        " recorded. See GST > Common credit, and prepare the return again."
    )
    return [Problem("common_credit", "4(B)(1)", "/gst/common-credit", message, is_blocking=False)]
