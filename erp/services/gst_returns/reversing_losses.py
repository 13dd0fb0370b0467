"""Giving back the input credit on goods that were lost, destroyed or given away."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.gst_returns import CreditChangeKind, GstCreditChange, GstCreditLoss
from erp.services.accounting import credit, debit
from erp.services.gst_returns.errors import NothingLost
from erp.services.gst_returns.heads import NAMES
from erp.services.gst_returns.lost_goods import LostDocument, waiting_losses
from erp.services.gst_returns.reading_inward import CREDIT_CHANGE
from erp.services.gst_returns.recording import booking_day, credit_row, post_change
from erp.services.gst_returns.registrations import GstinText, Registration, registration_of
from erp.services.platform import Command, Day, Result, command

COSTS = ("loss_expired", "sales_promotion", "stock_adjustment")
"""Accounts that bear lost goods, and with them the credit on them."""


class ReverseLosses(Command):
    """Reverse the credit on lost goods.

    Attributes:
        origin_ids: Documents by which they were lost, those that bear no credit included, which are then
            done with; all with credit where none is named.
        is_done_by_hand: Their credit was given back in another way, such as typed before; nothing is booked,
            and they wait no more. Names its documents.
        until: Only goods lost on this day or before.
        booked_on: Day in the books, which decides the return it goes into; today by default.
    """

    gstin: GstinText
    origin_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500)] | None = None
    is_done_by_hand: bool = False
    until: Day | None = None
    booked_on: Day | None = None


class ReversedLosses(Result):
    """How many documents were gone through, and the credit given back; goods without any bear none."""

    documents: int
    tax: Decimal


@command(
    "gst_returns.reverse_losses", permission="gst_returns.record", rest="POST /lost-goods/reversals"
)
def reverse_losses(session: Session, ctx: RequestContext, cmd: ReverseLosses) -> ReversedLosses:
    """Give back the credit on lost goods, each document's by an entry of its own on the account of the loss.

    Units whose credit is reversed are not reversed again while that stands. Locks the registration's losses.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        NothingLost: None of the documents waits.
        InvalidInput: The day has not come.
        TaxPeriodFiled: The return of the day's month is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.credit_changed.v1 for each document with credit.

    Source: journals J18, J22 and J30 of the domain rules; CGST Act s.17(5)(h).
    """
    registration = registration_of(session, ctx, cmd.gstin)
    day = booking_day(ctx, cmd.booked_on, "booked_on")
    hold_losses(session, ctx, registration)
    until = min(cmd.until or day, day)  # credit is not given back before the goods are lost
    waiting = [
        document
        for document in waiting_losses(session, ctx, registration, cmd.origin_ids, until)
        if cmd.origin_ids is not None or document.tax
    ]
    if not waiting:
        message = "No goods wait for their credit to be reversed."
        raise NothingLost(message, fields={"origin_ids": message})
    if cmd.is_done_by_hand:
        return _closed(session, ctx, cmd, waiting)
    acting = registration.acting(ctx)
    for document in waiting:
        _reverse(session, acting, document, day)
    tax = sum((document.tax for document in waiting), ZERO)
    return ReversedLosses(documents=len(waiting), tax=tax)


def hold_losses(session: Session, ctx: RequestContext, registration: Registration) -> None:
    """Let others wait who would reverse credit on a registration's lost goods, or take that back."""
    key = f"gst_losses:{ctx.tenant_id}:{ctx.company_id}:{registration.gstin}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def _closed(
    session: Session, ctx: RequestContext, cmd: ReverseLosses, waiting: list[LostDocument]
) -> ReversedLosses:
    """Let named documents wait no more; books nothing."""
    if cmd.origin_ids is None:
        message = "Name the documents whose credit was given back in another way."
        raise InvalidInput(message, fields={"origin_ids": message})
    none = dict.fromkeys(NAMES, ZERO)
    for document in waiting:
        moves = tuple(replace(move, credit=none) for move in document.moves)
        db.insert_rows(session, GstCreditLoss, _members(ctx, replace(document, moves=moves), None))
    return ReversedLosses(documents=len(waiting), tax=ZERO)


def _reverse(session: Session, ctx: RequestContext, document: LostDocument, day: date) -> None:
    heads = {name: document.total(name) for name in NAMES}
    total = document.tax
    change_id = new_id() if total else None
    reason = f"Lost goods, {document.reason}"[:200]
    if change_id is not None:
        row = credit_row(ctx, change_id) | heads
        row |= {"kind": CreditChangeKind.BLOCKED, "booked_on": day, "reason": reason}
        db.insert_rows(session, GstCreditChange, [row])
    db.insert_rows(session, GstCreditLoss, _members(ctx, document, change_id))
    if change_id is not None:
        lines = [debit(_cost_of(session, ctx, document), total)]
        lines += [credit(f"input_{name}", amount) for name, amount in heads.items()]
        post_change(session, ctx, (CREDIT_CHANGE, change_id, f"GST credit: {reason}"), day, lines)


def _members(
    ctx: RequestContext, document: LostDocument, change_id: UUID | None
) -> list[dict[str, object]]:
    return [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "change_id": change_id,
            "move_id": move.id,
            **move.credit,
        }
        for move in document.moves
    ]


def _cost_of(session: Session, ctx: RequestContext, document: LostDocument) -> str:
    """Return the account that bore the goods."""
    row = db.fetch_one(
        session,
        "select a.key from journal_entry e"
        " join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)"
        " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
        " where e.tenant_id = %s and e.origin_type = %s and e.origin_id = %s and a.key = any(%s)"
        " order by l.debit desc limit 1",
        (ctx.tenant_id, document.origin_type, document.origin_id, list(COSTS)),
    )
    return row["key"] if row else COSTS[0]
