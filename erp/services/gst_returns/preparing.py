"""Preparing a return: a frozen version of what the period's documents say."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.gst_returns import GstReturn, ReturnForm, ReturnStatus
from erp.services.gst_returns.accepting import reasons_of
from erp.services.gst_returns.checking import MOST_SHOWN
from erp.services.gst_returns.errors import ReturnFiled, WrongTaxPeriod
from erp.services.gst_returns.events import ReturnPrepared
from erp.services.gst_returns.lapsing import filing_day
from erp.services.gst_returns.proving import Difference
from erp.services.gst_returns.registrations import GstinText, Registration, registration_of
from erp.services.gst_returns.snapshots import Given, Snapshot, take_snapshot
from erp.services.gst_returns.tax_period import Months, TaxPeriod, period_from
from erp.services.platform import Closed, Command, Day, Result, ShortText, Text, command, emit

LONGEST_MATTER = 240


class AcceptedMatter(Closed):
    """Something wrong that is taken as it is.

    Attributes:
        matter: As `get_return` tells it of a problem or a difference. That of a difference holds its amounts: one
            that grows is accepted anew.
    """

    matter: Annotated[Text, Field(min_length=1, max_length=LONGEST_MATTER)]
    reason: ShortText


class PrepareReturn(Command):
    """Which return.

    Attributes:
        starts_on: First day of the month or quarter. months: one, or three under QRMP; a CMP-08 has three.
        accepted: Matters that are taken as they are; those of the version before where it is left out.
        filed_on: Day on which it will be filed, or was; where it is left out, that of the version before, else
            today, or the first day after the period. It decides which credit a GSTR-3B claims.
    """

    gstin: GstinText
    form: ReturnForm
    starts_on: Day
    months: Months = Months.MONTH
    accepted: Annotated[list[AcceptedMatter], Field(max_length=MOST_SHOWN)] | None = None
    filed_on: Day | None = None


class PreparedReturn(Result):
    """A frozen version.

    Attributes:
        blocking: How many things have to be mended before it may be exported.
    """

    id: UUID
    version: int
    blocking: int


@command("gst_returns.prepare_return", permission="gst_returns.prepare", rest="POST /gst-returns")
def prepare_return(session: Session, ctx: RequestContext, cmd: PrepareReturn) -> PreparedReturn:
    """Work out a return from the posted documents of its period and freeze it as the next version.

    It may be prepared as often as wanted until a version is filed, a running month too. Whoever may
    review a return may accept what is wrong with it as it is, with a reason; the version keeps it.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        WrongTaxPeriod: The days are no period, it has not begun, or no day of it is of the form's scheme; or the day of
            filing is not after it.
        ReturnFiled: The period's return is filed.
        PermissionDenied: Matters are accepted by somebody who may not review returns.

    Emits:
        gst_returns.return_prepared.v1
    """
    registration = registration_of(session, ctx, cmd.gstin)
    period = period_from(cmd.starts_on, _months(cmd))
    _check(ctx, period)
    hold_form(session, ctx, cmd.gstin, cmd.form)
    require_not_filed(session, ctx, registration, cmd.form, period)
    before = _newest(session, ctx, cmd)
    planned = cmd.filed_on or before["to_be_filed_on"]
    filed_on = filing_day(ctx, period, planned)
    given = Given(_reasons(ctx, cmd, before), filed_on)
    snapshot = take_snapshot(session, ctx, registration, cmd.form, period, given)
    row = _row(ctx, registration, cmd.form, period, snapshot)
    row |= {"version": before["version"] + 1, "to_be_filed_on": planned}
    db.insert_rows(session, GstReturn, [row])
    event = ReturnPrepared(
        return_id=row["id"], gstin=cmd.gstin, form=cmd.form, starts_on=period.starts_on,
        version=row["version"],
    )  # fmt: skip
    emit(session, ctx, row["id"], event)
    return PreparedReturn(id=row["id"], version=row["version"], blocking=snapshot.blocking)


def _newest(session: Session, ctx: RequestContext, cmd: PrepareReturn) -> db.Row:
    """Return what the next version takes over from the one before, if there is one."""
    row = db.fetch_one(
        session,
        "select version, figures -> 'accepted' as accepted, to_be_filed_on from gst_return where tenant_id = %s"
        " and company_id = %s and gstin = %s and form = %s and starts_on = %s order by version desc limit 1",
        (ctx.tenant_id, ctx.company_id, cmd.gstin, cmd.form, cmd.starts_on),
    )
    return row or {"version": 0, "accepted": None, "to_be_filed_on": None}


def _reasons(ctx: RequestContext, cmd: PrepareReturn, before: db.Row) -> dict[str, str]:
    if cmd.accepted is not None:
        ctx.require("gst_returns.review")
        return {one.matter: one.reason for one in cmd.accepted}
    return reasons_of(before["accepted"] or ())


def _months(cmd: PrepareReturn) -> Months:
    return Months.QUARTER if cmd.form is ReturnForm.CMP08 else cmd.months


def _check(ctx: RequestContext, period: TaxPeriod) -> None:
    if period.starts_on > ctx.today:
        message = "This period has not begun."
        raise WrongTaxPeriod(message, fields={"starts_on": message})


def hold_form(session: Session, ctx: RequestContext, gstin: str, form: str) -> None:
    """Let versions of a registration's form be made and filed one after another."""
    key = f"gst_return:{ctx.tenant_id}:{ctx.company_id}:{gstin}:{form}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def require_not_filed(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    form: ReturnForm,
    period: TaxPeriod,
) -> None:
    """Refuse a period of which any day is in a filed return of the form.

    Raises:
        ReturnFiled: So it is.
    """
    filed = db.fetch_one(
        session,
        "select arn from gst_return where tenant_id = %s and company_id = %s and gstin = %s and form = %s"
        " and status = 'filed' and starts_on <= %s and ends_on >= %s limit 1",
        (ctx.tenant_id, ctx.company_id, registration.gstin, form, period.ends_on, period.starts_on),
    )
    if filed is not None:
        message = f"The return of this period is filed under {filed['arn']}. That is never undone."
        raise ReturnFiled(message, fields={"starts_on": message})


def _row(
    ctx: RequestContext,
    registration: Registration,
    form: ReturnForm,
    period: TaxPeriod,
    snapshot: Snapshot,
) -> dict[str, Any]:
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "gstin": registration.gstin,
        "form": form,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "status": ReturnStatus.PREPARED,
        "portal": snapshot.portal,
        "sha256": snapshot.sha256,
        "figures": snapshot.figures,
        "problems": [asdict(problem) for problem in snapshot.problems],
        "differences": [_difference(found) for found in snapshot.differences],
        "blocking": snapshot.blocking,
        "prepared_by": ctx.user_id,
        "prepared_at": ctx.now,
        "arn": "",
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "label": found.label,
        "page": found.page,
        "documents": found.documents.texts(),
        "books": found.books.texts(),
    }
