"""Promises to pay: until their day nobody reminds the customer, after it they are kept or broken."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.payments import PaymentPromise
from erp.services import party
from erp.services.payments.errors import StepDone, UnknownPromise, WrongDay
from erp.services.payments.events import PromiseMade
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    Query,
    Result,
    Rows,
    Text,
    command,
    emit,
    query,
)

LATEST_DAYS = 366
Standing = Literal["open", "kept", "broken", "withdrawn", "disputed"]


class RecordPromise(Command):
    """What a customer promised, or why they do not pay.

    Attributes:
        amount: What they promised; zero for a dispute, which needs a note.
        promised_on: The day they will have paid by; for a dispute, until when nobody reminds them.
    """

    party_id: UUID
    amount: Amount = ZERO
    promised_on: Day
    note: Text = ""


class WithdrawPromise(Command):
    """Let a promise hold no longer; the customer is reminded again."""

    promise_id: UUID


class ListPromises(Query):
    """A customer's promises, the latest first."""

    party_id: UUID
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PromiseRow(Result):
    """A promise and how it stands; `received` is what came between it and its day."""

    id: UUID
    amount: Decimal
    received: Decimal
    promised_on: date
    made_on: date
    note: str
    user_name: str
    standing: Standing


class PromiseRows(Rows):
    """Promises of a customer."""

    rows: list[PromiseRow]


@command("payments.record_promise", permission="payments.receive", rest="POST /payment-promises")
def record_promise(session: Session, ctx: RequestContext, cmd: RecordPromise) -> Identified:
    """Record when a customer will pay, or that they dispute; earlier open promises end with it.

    Raises:
        UnknownParty: There is no such party, or it has no account.
        WrongDay: The day is past, over a year away, or a dispute says no reason.

    Emits:
        payments.promise_made.v1
    """
    party.require_account(session, ctx, cmd.party_id, "party_id")
    _check(ctx, cmd)
    db.execute(
        session,
        "update payment_promise set withdrawn_by = %s, withdrawn_at = %s where tenant_id = %s"
        " and company_id = %s and party_id = %s and withdrawn_at is null and promised_on >= %s",
        (ctx.user_id, ctx.now, ctx.tenant_id, ctx.company_id, cmd.party_id, ctx.today),
    )
    promise_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": promise_id,
        "company_id": ctx.company_id,
        "party_id": cmd.party_id,
        "amount": cmd.amount,
        "promised_on": cmd.promised_on,
        "made_on": ctx.today,
        "note": cmd.note,
        "user_id": ctx.user_id,
        "user_name": ctx.user_name,
    }
    db.insert_rows(session, PaymentPromise, [row])
    emit(session, ctx, cmd.party_id, PromiseMade(promise_id=promise_id, party_id=cmd.party_id))
    return Identified(id=promise_id)


@command(
    "payments.withdraw_promise",
    permission="payments.receive",
    rest="POST /payment-promises/{promise_id}/withdraw",
)
def withdraw_promise(session: Session, ctx: RequestContext, cmd: WithdrawPromise) -> Identified:
    """Let a promise hold no longer.

    Raises:
        UnknownPromise: There is none.
        StepDone: It was withdrawn already.
    """
    found = db.fetch_one(
        session,
        "select withdrawn_at from payment_promise"
        " where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, cmd.promise_id),
    )
    if found is None:
        raise UnknownPromise("There is no such promise.")
    if found["withdrawn_at"] is not None:
        raise StepDone("This promise was withdrawn already.")
    db.execute(
        session,
        "update payment_promise set withdrawn_by = %s, withdrawn_at = %s"
        " where tenant_id = %s and id = %s",
        (ctx.user_id, ctx.now, ctx.tenant_id, cmd.promise_id),
    )
    return Identified(id=cmd.promise_id)


@query("payments.list_promises", permission="payments.view", rest="GET /payment-promises")
def list_promises(session: Session, ctx: RequestContext, wanted: ListPromises) -> PromiseRows:
    """List a customer's promises with what came of them.

    Raises:
        UnknownParty: There is no such party, or it has no account.
    """
    party.require_account(session, ctx, wanted.party_id, "party_id")
    rows = db.fetch_all(
        session,
        """
        select promise.id, promise.amount, promise.promised_on, promise.made_on, promise.note,
               promise.user_name, promise.withdrawn_at,
               coalesce((select sum(p.amount) from payment p
                          where p.tenant_id = promise.tenant_id and p.company_id = promise.company_id
                            and p.party_id = promise.party_id and p.ledger = 'customer'
                            and p.direction = 'in' and p.recorded_at >= promise.recorded_at
                            and p.paid_on <= promise.promised_on
                            and not exists (select from payment_step s
                                             where s.tenant_id = p.tenant_id and s.payment_id = p.id
                                               and s.kind = 'reversed')), 0.00) as received
          from payment_promise promise
         where promise.tenant_id = %s and promise.company_id = %s and promise.party_id = %s
         order by promise.id desc limit %s
        """,
        (ctx.tenant_id, ctx.company_id, wanted.party_id, wanted.limit),
    )
    return PromiseRows(rows=[_row(row, ctx.today) for row in rows])


def _check(ctx: RequestContext, cmd: RecordPromise) -> None:
    if not 0 <= (cmd.promised_on - ctx.today).days <= LATEST_DAYS:
        message = "Name a day from today to a year from now."
        raise WrongDay(message, fields={"promised_on": message})
    if not cmd.amount and not cmd.note:
        message = "Say what was promised, or why it is disputed."
        raise WrongDay(message, fields={"note": message})


def _row(row: db.Row, today: date) -> PromiseRow:
    ended = row.pop("withdrawn_at")
    return PromiseRow(**row, standing=_standing(row, today, is_withdrawn=ended is not None))


def _standing(row: db.Row, today: date, *, is_withdrawn: bool) -> Standing:
    if row["amount"] and row["received"] >= row["amount"]:
        return "kept"
    if is_withdrawn:
        return "withdrawn"
    if not row["amount"]:
        return "disputed"
    return "open" if row["promised_on"] >= today else "broken"
