"""Taking the amendment of an advance back, with those of its steps."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import ReturnForm
from erp.services import service_advances
from erp.services.gst_returns.amending_advances import post_change
from erp.services.gst_returns.events import AdvanceAmended
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.preparing import hold_form
from erp.services.gst_returns.withdrawing_amendments import unknown_amendment
from erp.services.platform import Command, Identified, ShortText, command, emit


class WithdrawAdvanceAmendment(Command):
    """Take the amendment of an advance back before its return is filed."""

    amendment_id: UUID
    reason: ShortText


@command(
    "gst_returns.withdraw_advance_amendment",
    permission="gst_returns.record",
    rest="POST /advance-amendments/{amendment_id}/withdrawal",
)
def withdraw_advance_amendment(
    session: Session, ctx: RequestContext, cmd: WithdrawAdvanceAmendment
) -> Identified:
    """Take an amendment back, and those of steps that came with it; the advance may be amended anew.

    Locks the customer's open items, then the registration's GSTR-1.

    Raises:
        UnknownAmendment: There is none, or it was withdrawn.
        NotAmendable: The advance was applied, paid back or undone as it is amended.
        TaxPeriodFiled: The return that states it is filed.
        PeriodClosed: The books are closed for its day.

    Emits:
        gst_returns.advance_amended.v1
    """
    found = db.fetch_one(
        session,
        "select m.advance_id, m.branch_id, m.booked_on, p.number, b.gstin from service_advance_amendment m"
        " join payment p on (p.tenant_id, p.id) = (m.tenant_id, m.advance_id)"
        " join branch b on (b.tenant_id, b.id) = (m.tenant_id, m.branch_id)"
        " where m.tenant_id = %s and m.company_id = %s and m.id = %s and m.step_id is null and m.withdrawn_at is null",
        (ctx.tenant_id, ctx.company_id, cmd.amendment_id),
    )
    if found is None:
        raise unknown_amendment()
    service_advances.hold_advance(session, ctx, found["advance_id"])
    hold_form(session, ctx, found["gstin"], ReturnForm.GSTR1)
    taxes_left = _left(session, ctx, found["advance_id"])
    gone = db.fetch_all(
        session,
        "update service_advance_amendment set withdrawn_at = %s, withdrawn_by = %s, withdraw_reason = %s"
        " where tenant_id = %s and (id = %s or follows_id = %s) and withdrawn_at is null returning id",
        (ctx.now, ctx.user_id, cmd.reason, ctx.tenant_id, cmd.amendment_id, cmd.amendment_id),
    )
    if not gone:
        raise unknown_amendment()
    change = _left(session, ctx, found["advance_id"]) - taxes_left
    words = f"Amendment of advance {found['number']} withdrawn: {cmd.reason}"
    about = (cmd.amendment_id, "withdrawn", found["booked_on"], words)
    post_change(session, ctx, found["branch_id"], about, change)
    told = AdvanceAmended(amendment_id=cmd.amendment_id, advance_id=found["advance_id"])
    emit(session, ctx, cmd.amendment_id, told)
    return Identified(id=cmd.amendment_id)


def _left(session: Session, ctx: RequestContext, advance_id: UUID) -> Heads:
    row = db.fetch_one(
        session,
        "select igst, cgst, sgst from service_advance_left where tenant_id = %s and advance_id = %s",
        (ctx.tenant_id, advance_id),
    )
    assert row is not None  # noqa: S101  it opens with its advance
    return Heads(**{name: row[name] for name in NAMES})
