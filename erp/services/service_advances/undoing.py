"""Undoing an application or a refund: the advance is there again, and its tax is due again."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.service_advances import AdvanceStepKind
from erp.services import accounting, payments
from erp.services.accounting import NewLine, credit, debit
from erp.services.platform import Command, Identified, ShortText, command
from erp.services.service_advances.errors import UnknownServiceAdvance, step_undone
from erp.services.service_advances.holding import (
    HEADS,
    STEP,
    HeldAdvance,
    hold_advance,
    post_step,
    tax_due,
    write_step,
)


class UndoStep(Command):
    """Take back an application or a refund of an advance."""

    advance_id: UUID
    step_id: UUID
    reason: ShortText


@dataclass(frozen=True, slots=True)
class _Made:
    """The step that is taken back, with its tax as amended, and its entry."""

    id: UUID
    kind: AdvanceStepKind
    amount: Decimal
    taxes: dict[str, Decimal]
    payment_id: UUID | None
    entry_id: UUID | None


@command(
    "service_advances.undo_step",
    permission="payments.pay",
    rest="POST /service-advances/{advance_id}/steps/{step_id}/undoing",
)
def undo_step(session: Session, ctx: RequestContext, cmd: UndoStep) -> Identified:
    """Take an application or a refund back by opposite entries of today.

    What an application settled is open again; a refund's payment is taken back. The tax of that part is due
    again with the return of today's month. Locks the customer's open items.

    Raises:
        UnknownServiceAdvance: There is no such advance, or no such step of it.
        StepUndone: It was taken back already, or it is none that can be.
        PeriodClosed: The books are closed for today.

    Emits:
        service_advances.advance_moved.v1
    """
    held = hold_advance(session, ctx, cmd.advance_id)
    made = _step(session, ctx, held, cmd.step_id)
    undone = AdvanceStepKind.UNDONE
    part = (undone, made.amount, made.taxes)
    about = {"undoes_id": made.id, "reason": cmd.reason}
    step_id = write_step(session, ctx, held, part, ctx.today, **about)
    if made.entry_id is not None:
        accounting.release_items(session, ctx, made.entry_id, cmd.reason)
    if made.payment_id is not None:
        payments.take_back_advance(session, ctx, made.payment_id, cmd.reason)
    if made.entry_id is not None:
        words = f"Advance {held.number} undone: {cmd.reason}"
        lines = [*_owed_again(held, made), *tax_due(made.taxes)]
        step = (step_id, undone, ctx.today, words)
        back = post_step(session, ctx, held, step, lines, made.entry_id)
        if back is not None:
            accounting.cancel_out(session, ctx, made.entry_id, back)
    return Identified(id=step_id)


def _step(session: Session, ctx: RequestContext, held: HeldAdvance, step_id: UUID) -> _Made:
    row = db.fetch_one(
        session,
        "select s.id, s.kind, s.amount, coalesce(m.igst, s.igst) as igst, coalesce(m.cgst, s.cgst) as cgst,"
        " coalesce(m.sgst, s.sgst) as sgst, s.payment_id, e.id as entry_id,"
        " exists (select 1 from service_advance_step u where u.tenant_id = s.tenant_id and u.undoes_id = s.id) as gone"
        " from service_advance_step s"
        " left join service_advance_amendment m on (m.tenant_id, m.step_id) = (s.tenant_id, s.id)"
        "  and m.withdrawn_at is null"
        " left join journal_entry e on (e.tenant_id, e.origin_id, e.purpose) = (s.tenant_id, s.id, s.kind)"
        "  and e.origin_type = %s"
        " where s.tenant_id = %s and s.advance_id = %s and s.id = %s",
        (STEP, ctx.tenant_id, held.id, step_id),
    )
    if row is None:
        message = "This advance has no such step. Choose one of its page."
        raise UnknownServiceAdvance(message, fields={"step_id": message})
    kind = AdvanceStepKind(row["kind"])
    if row["gone"] or kind not in (AdvanceStepKind.APPLIED, AdvanceStepKind.REFUNDED):
        raise step_undone()
    taxes = {name: row[name] for name in HEADS}
    return _Made(row["id"], kind, row["amount"], taxes, row["payment_id"], row["entry_id"])


def _owed_again(held: HeldAdvance, made: _Made) -> list[NewLine]:
    """Return the lines that open again what an application settled; a refund's payment is taken back by itself."""
    if made.kind is not AdvanceStepKind.APPLIED:
        return []
    return [
        debit("debtors", made.amount, held.party_id),
        credit("service_advances", made.amount, held.party_id),
    ]
