"""Reviewing and filing a return; filing locks its period and pays the tax."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted, date_text, money_text
from erp.core.money import ZERO
from erp.models.gst_returns import ReturnForm, ReturnStatus
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.gst_returns.accepting import reasons_of
from erp.services.gst_returns.credit_ledger import require_cash
from erp.services.gst_returns.errors import (
    ReturnFiled,
    ReturnNotReady,
    ReturnOutdated,
    ReviewMissing,
    WrongTaxPeriod,
    unknown_return,
)
from erp.services.gst_returns.events import ReturnReviewed, ReturnWasFiled
from erp.services.gst_returns.heads import NAMES
from erp.services.gst_returns.lapsing import SINCE
from erp.services.gst_returns.ordering import require_in_order
from erp.services.gst_returns.paying_cmp08 import pay_cmp08
from erp.services.gst_returns.preparing import hold_form, require_not_filed
from erp.services.gst_returns.proving import ORIGIN
from erp.services.gst_returns.refusals import require_taken
from erp.services.gst_returns.registrations import Registration, registration_of
from erp.services.gst_returns.setting_off import in_rupees
from erp.services.gst_returns.snapshots import Given, Snapshot, liability_of, take_snapshot
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.platform import Command, Day, Identified, command, emit

UNREVIEWED: Final = "unreviewed_return"
"""Limit of a role: tax of a return up to which nobody else has to look at it."""
Arn = Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9A-Z]{13}$")]


class ReviewReturn(Command):
    """State that a prepared return was looked at and is right."""

    return_id: UUID


class FileReturn(Command):
    """State that a return was filed on the portal.

    Attributes:
        arn: The acknowledgement number, 15 characters. filed_on: The day it was filed.
    """

    return_id: UUID
    arn: Arn
    filed_on: Day


@dataclass(frozen=True, slots=True)
class Held:
    """A version under lock."""

    id: UUID
    gstin: str
    form: ReturnForm
    period: TaxPeriod
    version: int
    newest: int
    status: str
    sha256: str
    figures: dict[str, Any]
    blocking: int
    prepared_by: UUID
    reviewed_by: UUID | None


@command(
    "gst_returns.review_return",
    permission="gst_returns.review",
    rest="POST /gst-returns/{return_id}/review",
)
def review_return(session: Session, ctx: RequestContext, cmd: ReviewReturn) -> Identified:
    """Note that somebody else than who prepared a return found it right.

    Raises:
        UnknownGstReturn: The company has no such return.
        ReviewMissing: Who prepared it does not review it.
        ReturnNotReady, ReturnOutdated, ReturnFiled: It is not one to be reviewed.

    Emits:
        gst_returns.return_reviewed.v1
    """
    held = hold_return(session, ctx, cmd.return_id)
    _require_current(held)
    if held.prepared_by == ctx.user_id:
        message = "You prepared this return. Somebody else reviews it."
        raise ReviewMissing(message)
    db.execute(
        session,
        "update gst_return set status = 'reviewed', reviewed_by = %s, reviewed_at = %s"
        " where tenant_id = %s and id = %s",
        (ctx.user_id, ctx.now, ctx.tenant_id, held.id),
    )
    emit(session, ctx, held.id, ReturnReviewed(return_id=held.id))
    return Identified(id=held.id)


@command(
    "gst_returns.file_return",
    permission="gst_returns.file",
    rest="POST /gst-returns/{return_id}/filing",
)
def file_return(session: Session, ctx: RequestContext, cmd: FileReturn) -> Identified:
    """Mark a return as filed: its period's taxes are locked for ever, and a GSTR-3B or CMP-08 is paid.

    Locks the return, its form and the months of the books, so that entries in progress come first, and works
    the return out again: what changed since it was prepared refuses. Credit and cash pay the tax in
    one entry on the day of filing (journal J25 of the domain rules).

    Raises:
        UnknownGstReturn: The company has no such return.
        ReturnNotReady: Something has to be mended, or the portal refused rows of it; the GSTR-1 of the period, or an
            earlier period, is not filed.
        ReturnOutdated: Documents changed since, other credit lapsed by the day of filing, or a newer version exists.
        ReturnFiled: A return of the period, or of a later one, is filed.
        ReviewMissing: More tax than the actor files unreviewed.
        WrongTaxPeriod: The period is not over, or the day of filing is not between its end and today.
        CashShort: Less cash is deposited than is due.
        PeriodClosed: The books are closed for the day of filing.

    Emits:
        gst_returns.return_filed.v1
    """
    held = hold_return(session, ctx, cmd.return_id)
    _require_current(held)
    require_taken(session, ctx, held.sha256)
    _check_days(ctx, held.period, cmd.filed_on)
    registration = registration_of(session, ctx, held.gstin)
    accounting.hold_months(session, ctx, held.period.starts_on, held.period.ends_on)
    require_not_filed(session, ctx, registration, held.form, held.period)
    require_in_order(session, ctx, registration, held.form, held.period)
    reasons = reasons_of(held.figures.get("accepted", ()))
    snapshot = take_snapshot(
        session, ctx, registration, held.form, held.period, Given(reasons, cmd.filed_on)
    )
    _require_unchanged(held, snapshot, cmd.filed_on)
    if snapshot.blocking:
        raise _not_ready(snapshot.blocking)
    if held.reviewed_by is None and snapshot.owed.tax > ctx.limit(UNREVIEWED):
        message = (
            f"A return of {money_text(snapshot.owed.tax)} tax is reviewed by somebody else"
            f" before you file it; up to {money_text(ctx.limit(UNREVIEWED))} you file alone."
        )
        raise ReviewMissing(message)
    if held.form is ReturnForm.GSTR3B:
        _require_gstr1(session, ctx, held)
        _pay(session, ctx, registration, held, snapshot, cmd.filed_on)
    if held.form is ReturnForm.CMP08:
        paid = (held.id, held.period, cmd.filed_on)
        pay_cmp08(session, registration.acting(ctx), registration, snapshot, paid)
    _mark(session, ctx, held, cmd)
    return Identified(id=held.id)


def hold_return(session: Session, ctx: RequestContext, return_id: UUID) -> Held:
    """Return a version under its lock and that of its form.

    Raises:
        UnknownGstReturn: The company has no such return.
    """
    row = db.fetch_one(
        session,
        "select id, gstin, form, starts_on, ends_on, version, status, sha256, figures, blocking, prepared_by,"
        " reviewed_by from gst_return where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, return_id),
    )
    if row is None:
        raise unknown_return()
    hold_form(session, ctx, row["gstin"], row["form"])
    newest = db.fetch_one(
        session,
        "select max(version) as version from gst_return where tenant_id = %s and company_id = %s"
        " and gstin = %s and form = %s and starts_on = %s",
        (ctx.tenant_id, ctx.company_id, row["gstin"], row["form"], row["starts_on"]),
    )
    period = TaxPeriod(row.pop("starts_on"), row.pop("ends_on"))
    form = ReturnForm(row.pop("form"))
    return Held(**row, form=form, period=period, newest=newest["version"] if newest else 1)


def require_open(held: Held) -> None:
    """Refuse a version that is filed, or that a newer one took the place of.

    Raises:
        ReturnFiled, ReturnOutdated: So it is.
    """
    if held.status == ReturnStatus.FILED:
        message = "This return is filed already. That is never undone."
        raise ReturnFiled(message)
    if held.version != held.newest:
        message = f"Version {held.newest} was prepared since. Open that one."
        raise ReturnOutdated(message, details={"version": held.newest})


def _require_current(held: Held) -> None:
    require_open(held)
    if held.blocking:
        raise _not_ready(held.blocking)


def _not_ready(blocking: int) -> ReturnNotReady:
    things = counted(blocking, "matter", "matters")
    return ReturnNotReady(f"{things} to be mended first. Mend them and prepare the return again.")


def _require_unchanged(held: Held, snapshot: Snapshot, filed_on: date) -> None:
    """Refuse a version that documents, or the day on which it is filed, outdated."""
    if snapshot.figures.get(SINCE) != held.figures.get(SINCE):
        since = date.fromisoformat(snapshot.figures[SINCE])
        message = (
            f"A return filed on {date_text(filed_on)} claims the credit of bills since {date_text(since)} (s.16(4)),"
            " and this one was prepared for another day. Prepare it again for that day."
        )
        raise ReturnOutdated(message, fields={"filed_on": message})
    if snapshot.sha256 != held.sha256 or snapshot.figures != held.figures:
        message = (
            "Documents of this period changed since the return was prepared. Prepare it again."
        )
        raise ReturnOutdated(message)


def _check_days(ctx: RequestContext, period: TaxPeriod, filed_on: date) -> None:
    if period.ends_on >= ctx.today:
        raise WrongTaxPeriod("The period is not over. A return is filed after its last day.")
    if not period.ends_on < filed_on <= ctx.today:
        message = "The day of filing is after the period and not after today."
        raise WrongTaxPeriod(message, fields={"filed_on": message})


def _require_gstr1(session: Session, ctx: RequestContext, held: Held) -> None:
    row = db.fetch_one(
        session,
        "select coalesce(sum(ends_on - starts_on + 1), 0) as days from gst_return where tenant_id = %s"
        " and company_id = %s and gstin = %s and form = 'gstr1' and status = 'filed'"
        " and starts_on >= %s and ends_on <= %s",
        (ctx.tenant_id, ctx.company_id, held.gstin, held.period.starts_on, held.period.ends_on),
    )
    wanted = (held.period.ends_on - held.period.starts_on).days + 1
    if row is None or row["days"] < wanted:
        message = "File the GSTR-1 of this period first: its figures bind this return."
        raise ReturnNotReady(message)


def _pay(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    held: Held,
    snapshot: Snapshot,
    filed_on: date,
) -> None:
    """Post the tax, the credit and the cash that pay it."""
    acting = registration.acting(ctx)
    reverse = snapshot.owed.cells["3.1(d)"].tax_only()
    cash = in_rupees(snapshot.owed.paid.cash) + in_rupees(reverse)
    require_cash(session, ctx, registration, cash.tax)
    lines = _lines(snapshot, cash.tax)
    narration = f"GSTR-3B {held.period.fp} of {held.gstin}"
    entry = NewEntry("general", filed_on, ORIGIN, held.id, "payment", narration, lines)
    accounting.post_entry(session, acting, entry)


def _lines(snapshot: Snapshot, cash: Decimal) -> list[NewLine]:
    """Return the entry: journal J25, with reverse charge beside it."""
    liability, cells = liability_of(snapshot.owed.cells), snapshot.owed.cells
    used = dict.fromkeys(NAMES, ZERO)
    for step in snapshot.owed.paid.steps:
        used[step.use] += step.amount
    lines: list[NewLine] = []
    for name in NAMES:
        own = getattr(cells["4(A)(3)"], name)
        lines += [
            debit(f"output_{name}", getattr(liability, name)),
            debit(f"rcm_{name}", getattr(cells["3.1(d)"], name)),
            credit(f"input_{name}_rcm", own),
            credit(f"input_{name}", used[name] - own - getattr(snapshot.owed.short, name)),
        ]
        lines += _given_up(name, getattr(cells["4(D)(2)"], name))
    exact = sum((line.debit - line.credit for line in lines), ZERO)
    return [*lines, credit("gst_cash_ledger", cash), debit("round_off", cash - exact)]


def _given_up(name: str, lapsed: Decimal) -> list[NewLine]:
    """Return the lines that make credit of a head a cost, which no return can claim any more."""
    return [debit("credit_given_up", lapsed), credit(f"input_{name}", lapsed)]


def _mark(session: Session, ctx: RequestContext, held: Held, cmd: FileReturn) -> None:
    given: tuple[Any, ...] = (cmd.arn, cmd.filed_on, ctx.user_id, ctx.tenant_id, held.id)
    db.execute(
        session,
        "update gst_return set status = 'filed', arn = %s, filed_on = %s, filed_by = %s"
        " where tenant_id = %s and id = %s",
        given,
    )
    event = ReturnWasFiled(
        return_id=held.id,
        gstin=held.gstin,
        form=held.form,
        starts_on=held.period.starts_on,
        ends_on=held.period.ends_on,
        arn=cmd.arn,
    )
    emit(session, ctx, held.id, event)
