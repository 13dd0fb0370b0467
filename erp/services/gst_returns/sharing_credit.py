"""Giving back the share of common credit that exempt supplies bear, as it was proposed."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text, money_text
from erp.models.gst_returns import CreditChangeKind
from erp.services.gst_returns.errors import NothingToShare, ShareChanged
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.proposing_credit import ShareWanted, Worked, work_out
from erp.services.gst_returns.recording import write_change
from erp.services.gst_returns.registrations import Registration, registration_of
from erp.services.platform import Command, Result, command


class ShareCommonCredit(ShareWanted, Command):
    """Give the share of a period or a year back.

    Attributes:
        agreed: What is given back, all heads, as it was shown; below zero where credit comes back.
    """

    agreed: Decimal


class SharedCredit(Result):
    """What was posted: one change of credit, or one each way where heads differ."""

    ids: list[UUID]
    tax: Decimal


@command(
    "gst_returns.share_common_credit", permission="gst_returns.record", rest="POST /common-credit"
)
def share_common_credit(
    session: Session, ctx: RequestContext, cmd: ShareCommonCredit
) -> SharedCredit:
    """Give back the share of a period, or set the year right, by an entry that keeps its figures.

    A period's is booked on its last day, or today where that has not come; a year's today. What is cancelled may be
    recorded anew. Locks the registration's shares.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        WrongTaxPeriod: The days are no period, it has not begun, or no GSTR-3B is filed of it.
        InvalidInput: A use is told of what is no purchase of these days.
        NothingToShare: What is to be given back is recorded.
        ShareChanged: It comes to another amount than `agreed`.
        TaxPeriodFiled: The return of the day is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.credit_changed.v1

    Source: CGST Rules r.42, r.43; example E36.
    """
    registration = registration_of(session, ctx, cmd.gstin)
    hold_shares(session, ctx, registration)
    found = work_out(session, ctx, cmd)
    if not found.rest:
        message = "What exempt supplies bear of common credit is given back, or there is none."
        raise NothingToShare(message, fields={"starts_on": message})
    if found.rest.tax != cmd.agreed:
        message = f"It comes to {money_text(found.rest.tax)} by now. Look at the figures again."
        raise ShareChanged(message, fields={"agreed": message})
    acting, when = registration.acting(ctx), (found.booked_on, _reason(found))
    ids = [
        write_change(
            session,
            acting,
            kind,
            {name: getattr(heads, name) for name in NAMES},
            when,
            found.kept(),
        )
        for kind, heads in _both_ways(found.rest)
        if heads
    ]
    return SharedCredit(ids=ids, tax=found.rest.tax)


def _both_ways(rest: Heads) -> Iterator[tuple[CreditChangeKind, Heads]]:
    yield CreditChangeKind.COMMON, rest.not_negative()
    yield CreditChangeKind.COMMON_BACK, (-rest).not_negative()


def hold_shares(session: Session, ctx: RequestContext, registration: Registration) -> None:
    """Let others wait who would record a registration's share of common credit."""
    key = f"gst_share:{ctx.tenant_id}:{ctx.company_id}:{registration.gstin}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def _reason(found: Worked) -> str:
    rule = "r.42(2)" if found.is_year else "r.42, r.43"
    days = f"{date_text(found.period.starts_on)} to {date_text(found.period.ends_on)}"
    exempt, turnover = money_text(found.share.exempt), money_text(found.share.turnover)
    return f"Common credit {days}, {rule}: {exempt} of {turnover} exempt"
