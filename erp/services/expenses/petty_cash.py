"""Petty cash: a box per branch, what it pays for, its top-ups and its counts."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.models.expenses import (
    ClaimKind,
    ClaimStatus,
    ExpenseClaim,
    PettyFloat,
    PettyMoveKind,
)
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine
from erp.services.expenses.booking import BOX, book_claim
from erp.services.expenses.claiming import ClaimAnswer, new_claim, write_lines
from erp.services.expenses.crediting import Document, note_bills, without_taken
from erp.services.expenses.doubles import ask_about_doubles
from erp.services.expenses.errors import (
    CashBeyondRule,
    FloatFull,
    NotInTheBox,
    unknown_float,
)
from erp.services.expenses.events import FloatChanged, FloatMoved, PettyCashSpent
from erp.services.expenses.holding import HeldFloat, hold_claim, hold_float, require_custodian
from erp.services.expenses.moving import Move, move_float
from erp.services.expenses.spending import Lines, SpentLine, work_out
from erp.services.platform import (
    Amount,
    Command,
    Identified,
    Result,
    Series,
    ShortText,
    Text,
    command,
    emit,
    next_number,
)

PETTY_CASH, ARRANGE = "expenses.petty_cash", "expenses.arrange"
CASH_A_DAY: Final = Decimal(10_000)
"""Cash to one person in a day beyond which it is no expense. Source: Income-tax Act 1961 s.40A(3)."""
MOVE_ORIGIN: Final = "petty_move"


class OpenFloat(Command):
    """Give the acting branch petty cash; it is empty until its first top-up."""

    amount: Annotated[Amount, Field(gt=0)]
    custodian_id: UUID


class ChangeFloat(OpenFloat):
    """Change what petty cash is topped up to, or who keeps it."""

    float_id: UUID


class TopUpFloat(Command):
    """Put money into the box; up to its amount where none is said.

    Attributes:
        source: Where the money comes from: the bank, or the office's cash.
    """

    float_id: UUID
    source: Literal["bank", "petty_cash"] = "bank"
    amount: Annotated[Amount, Field(gt=0)] | None = None


class CountFloat(Command):
    """Say what is in the box; what differs from the book is booked as short or over."""

    float_id: UUID
    counted: Amount
    note: Text = ""


class SpendPettyCash(Command):
    """Pay for something out of the acting branch's box."""

    purpose: ShortText
    lines: Lines


class FloatAnswer(Result):
    """Petty cash after a command; `difference` is what a count found beyond the book."""

    id: UUID
    balance: Decimal
    difference: Decimal = Decimal(0)


@command("expenses.open_float", permission=ARRANGE, rest="POST /petty-cash")
def open_float(session: Session, ctx: RequestContext, cmd: OpenFloat) -> Identified:
    """Give the acting branch petty cash.

    Raises:
        NotFound: The custodian is nobody who works here.
        FloatExists: The branch has one already.

    Emits:
        expenses.float_changed.v1
    """
    _check_custodian(session, ctx, cmd.custodian_id)
    float_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": float_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "custodian_id": cmd.custodian_id,
        "amount": cmd.amount,
        "balance": Decimal(0),
    }
    db.insert_rows(session, PettyFloat, [row])
    return _changed(session, ctx, float_id, cmd)


@command("expenses.change_float", permission=ARRANGE, rest="PUT /petty-cash/{float_id}")
def change_float(session: Session, ctx: RequestContext, cmd: ChangeFloat) -> Identified:
    """Change the amount or the custodian; what is in the box stays. Locks the petty cash.

    Raises:
        UnknownFloat: The company has no such petty cash.
        NotFound: The custodian is nobody who works here.

    Emits:
        expenses.float_changed.v1
    """
    held = hold_float(session, ctx, cmd.float_id)
    _check_custodian(session, ctx, cmd.custodian_id)
    db.execute(
        session,
        "update petty_float set amount = %s, custodian_id = %s where tenant_id = %s and id = %s",
        (cmd.amount, cmd.custodian_id, ctx.tenant_id, held.id),
    )
    return _changed(session, ctx, held.id, cmd)


@command("expenses.top_up_float", permission=ARRANGE, rest="POST /petty-cash/{float_id}/top-ups")
def top_up_float(session: Session, ctx: RequestContext, cmd: TopUpFloat) -> FloatAnswer:
    """Put money into the box, never beyond its amount. Locks the petty cash.

    Raises:
        UnknownFloat: The company has no such petty cash.
        FloatFull: It would hold more than its amount.
        PeriodClosed: The books are closed for today.

    Emits:
        expenses.float_moved.v1
    """
    held = hold_float(session, ctx, cmd.float_id)
    room = held.amount - held.balance
    amount = cmd.amount or room
    if amount <= 0 or amount > room:
        message = (
            f"The box holds {money_text(held.balance)} of {money_text(held.amount)};"
            f" it takes {money_text(max(room, Decimal(0)))} more."
        )
        raise FloatFull(message, fields={"amount": message})
    move_id = move_float(session, ctx, held, Move(PettyMoveKind.TOP_UP, amount))
    lines = [accounting.debit(BOX, amount), accounting.credit(cmd.source, amount)]
    _post(session, ctx, held, (move_id, "Petty cash topped up"), lines)
    return _moved(session, ctx, held, PettyMoveKind.TOP_UP, amount)


@command("expenses.count_float", permission=PETTY_CASH, rest="POST /petty-cash/{float_id}/counts")
def count_float(session: Session, ctx: RequestContext, cmd: CountFloat) -> FloatAnswer:
    """Note what is in the box; what differs is booked to cash short and over. Locks the petty cash.

    Raises:
        UnknownFloat: The company has no such petty cash.
        NotCustodian: Somebody else keeps it.
        InvalidInput: It differs and no word says why.
        PeriodClosed: The books are closed for today.

    Emits:
        expenses.float_moved.v1
    """
    held = hold_float(session, ctx, cmd.float_id)
    require_custodian(ctx, held)
    over = cmd.counted - held.balance
    if over and not cmd.note:
        message = (
            f"The book says {money_text(held.balance)}. Count again, or say why it differs by"
            f" {money_text(abs(over))}."
        )
        raise InvalidInput("The count differs from the book.", fields={"note": message})
    move_id = move_float(
        session, ctx, held, Move(PettyMoveKind.COUNTED, over, None, cmd.counted, cmd.note)
    )
    lines = [accounting.debit(BOX, over), accounting.credit("cash_short_over", over)]
    _post(session, ctx, held, (move_id, f"Petty cash counted: {cmd.note}"), lines)
    return _moved(session, ctx, held, PettyMoveKind.COUNTED, over)


@command("expenses.spend_petty_cash", permission=PETTY_CASH, rest="POST /petty-cash/vouchers")
def spend_petty_cash(session: Session, ctx: RequestContext, cmd: SpendPettyCash) -> ClaimAnswer:
    """Pay out of the acting branch's box: a voucher with a number, booked today.

    Locks the petty cash, then the number series.

    Raises:
        UnknownFloat: The branch has no petty cash. NotCustodian: somebody else keeps it.
        NotInTheBox: It does not hold that much.
        CashBeyondRule: A supplier would get more cash in a day than the law lets through; may be confirmed.
        PeriodClosed: The books are closed for today.
        As `expenses.submit_claim`.

    Emits:
        expenses.petty_cash_spent.v1
    """
    box = _own_float(session, ctx)
    require_custodian(ctx, box)
    worked = work_out(session, ctx, cmd.lines)
    ask_about_doubles(session, ctx, cmd.lines)
    worked = without_taken(session, ctx, worked)
    total = sum((line.amount for line in cmd.lines), Decimal(0))
    if total > box.balance:
        message = f"The box holds {money_text(box.balance)}. Top it up, or hand this in as a claim."
        raise NotInTheBox(message, fields={"lines.0.amount": message})
    for supplier in sorted({line.supplier for line in cmd.lines if line.supplier}):
        _ask_about_rule(session, ctx, supplier, cmd.lines)
    claim_id = new_id()
    series = Series(box.branch_id, "petty_voucher", fiscal_year(ctx.today), "PV")
    number = next_number(session, ctx, series)
    head = new_claim(ctx, claim_id, cmd.purpose, worked) | {
        "kind": ClaimKind.VOUCHER,
        "status": ClaimStatus.APPROVED,
        "number": number,
        "float_id": box.id,
        "booked_on": ctx.today,
    }
    db.insert_rows(session, ExpenseClaim, [head])
    write_lines(session, ctx, claim_id, 1, worked)
    note_bills(session, ctx, Document(claim_id, number, box.branch_id, ctx.today), worked)
    move_float(session, ctx, box, Move(PettyMoveKind.SPENT, -total, claim_id))
    book_claim(session, ctx, hold_claim(session, ctx, claim_id), accounting.credit(BOX, total))
    event = PettyCashSpent(claim_id=claim_id, float_id=box.id, total=total)
    emit(session, ctx, claim_id, event)
    return ClaimAnswer(
        id=claim_id, number=number, status=ClaimStatus.APPROVED, revision=1, total=total
    )


def _own_float(session: Session, ctx: RequestContext) -> HeldFloat:
    row = db.fetch_one(
        session,
        "select id from petty_float where tenant_id = %s and branch_id = %s",
        (ctx.tenant_id, ctx.branch_id),
    )
    if row is None:
        raise unknown_float()
    return hold_float(session, ctx, row["id"])


def _ask_about_rule(
    session: Session, ctx: RequestContext, supplier: str, lines: tuple[SpentLine, ...]
) -> None:
    if CashBeyondRule.code in ctx.confirmed:
        return
    row = db.fetch_one(
        session,
        "select coalesce(sum(l.amount), 0) as paid from expense_claim c"
        " join expense_claim_line l on (l.tenant_id, l.claim_id, l.revision) = (c.tenant_id, c.id, c.revision)"
        " where c.tenant_id = %s and c.company_id = %s and c.kind = 'voucher' and c.status = 'approved'"
        " and c.booked_on = %s and lower(l.supplier) = lower(%s)",
        (ctx.tenant_id, ctx.company_id, ctx.today, supplier),
    )
    assert row is not None  # noqa: S101  a sum always answers
    same = [line.amount for line in lines if line.supplier.lower() == supplier.lower()]
    now = sum(same, Decimal(0))
    if row["paid"] + now > CASH_A_DAY:
        message = (
            f"{supplier} would get {money_text(row['paid'] + now)} in cash today. Beyond"
            f" {money_text(CASH_A_DAY)} a day it is no expense for income tax. Pay by bank, or confirm."
        )
        raise CashBeyondRule(message, fields={"lines.0.supplier": message})


def _check_custodian(session: Session, ctx: RequestContext, user_id: UUID) -> None:
    row = db.fetch_one(
        session,
        "select 1 from membership where tenant_id = %s and user_id = %s and is_active",
        (ctx.tenant_id, user_id),
    )
    if row is None:
        message = "Choose somebody who works here."
        raise NotFound(message, fields={"custodian_id": message})


def _post(
    session: Session,
    ctx: RequestContext,
    box: HeldFloat,
    what: tuple[UUID, str],
    lines: list[NewLine],
) -> None:
    move_id, narration = what
    there = replace(ctx, branch_id=box.branch_id)
    entry = NewEntry("expenses", ctx.today, MOVE_ORIGIN, move_id, "booked", narration, lines)
    accounting.post_entry(session, there, entry)


def _changed(session: Session, ctx: RequestContext, float_id: UUID, cmd: OpenFloat) -> Identified:
    event = FloatChanged(float_id=float_id, amount=cmd.amount, custodian_id=cmd.custodian_id)
    emit(session, ctx, float_id, event)
    return Identified(id=float_id)


def _moved(
    session: Session, ctx: RequestContext, box: HeldFloat, kind: PettyMoveKind, amount: Decimal
) -> FloatAnswer:
    emit(session, ctx, box.id, FloatMoved(float_id=box.id, kind=kind, amount=amount))
    difference = amount if kind is PettyMoveKind.COUNTED else Decimal(0)
    return FloatAnswer(id=box.id, balance=box.balance + amount, difference=difference)
