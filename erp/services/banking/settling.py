"""What a line of the bank becomes where the books have nothing yet: an entry, a payment, a cheque."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.banking import MatchKind
from erp.services import accounting, payments
from erp.services.accounting import NewEntry, NewLine
from erp.services.banking.errors import NotEqual
from erp.services.banking.matching import (
    ORIGIN,
    PAYMENTS_KEY,
    LedgerLine,
    WaitingLine,
    hold_line,
    members_of_entry,
    waiting_ledger_lines,
    write_match,
)
from erp.services.payments import Ledger, MakePayment, ReceivePayment, Settled
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Identified,
    ShortText,
    SignedAmount,
    Text,
    command,
)


class BookedPart(Closed):
    """What a part of a line of the bank is for.

    Attributes:
        amount: With the sign of the bank: above zero it is what money came for, below what it
            went for; a charge that the bank kept back is below zero too.
        branch_id: In whose books it stands; the acting branch's where none is named.
    """

    account_key: Annotated[str, Field(max_length=60)]
    amount: SignedAmount
    party_id: UUID | None = None
    cost_centre: ShortText | None = None
    note: Text = ""
    branch_id: UUID | None = None


class BookLine(Command):
    """Book a line of the bank.

    Attributes:
        lines: What it is for; they add up to the line, less what `ledger_lines` make of it.
        ledger_lines: Lines that the books have of it already.
    """

    bank_line_id: UUID
    narration: Text = ""
    lines: Annotated[tuple[BookedPart, ...], Field(min_length=1, max_length=50)]
    ledger_lines: Annotated[tuple[LedgerLine, ...], Field(max_length=200)] = ()


class _ForLine(Command):
    """Whose payment a line is.

    Attributes:
        settles: What it settles; the earliest due first where nothing is said.
        discount, write_off: Settled beside the amount, as with any payment.
    """

    bank_line_id: UUID
    party_id: UUID
    settles: Annotated[tuple[Settled, ...], Field(max_length=500)] | None = None
    discount: Amount = ZERO
    write_off: Amount = ZERO
    note: Text = ""


class ReceiveForLine(_ForLine):
    """Who paid."""

    ledger: Ledger = Ledger.CUSTOMER


class PayForLine(_ForLine):
    """Who was paid."""

    ledger: Ledger = Ledger.SUPPLIER


class ClearCheque(Command):
    """Which cheque a line of the bank is."""

    bank_line_id: UUID
    payment_id: UUID


class SettledLine(Identified):
    """The match, and the payment that was recorded for it, if one was."""

    payment_id: UUID | None = None


@command(
    "banking.book_line",
    permission="banking.reconcile",
    rest="POST /bank-lines/{bank_line_id}/entry",
)
def book_line(session: Session, ctx: RequestContext, cmd: BookLine) -> Identified:
    """Post what a line of the bank is for, on its day, and match the two.

    Each branch whose parts are named has an entry of its own. Locks the bank account.

    Raises:
        UnknownBankLine, NotFound: A line, an account or a branch is not the acting company's.
        AlreadyMatched: A line is matched already.
        NotEqual: The parts do not add up to the line.
        KeptAccount, PartyMissing: An account takes no entry by hand, or needs a party.
        PeriodClosed: The books are closed for the day.

    Emits:
        banking.lines_matched.v1

    Source: journals J09 and J10 of the domain rules.
    """
    line = hold_line(session, ctx, cmd.bank_line_id)
    match_id = book_held_line(session, ctx, line, cmd)
    return Identified(id=match_id)


def book_held_line(
    session: Session,
    ctx: RequestContext,
    line: WaitingLine,
    cmd: BookLine,
    rule_id: UUID | None = None,
) -> UUID:
    """Post what a held line is for and match the two; see `book_line`."""
    known = waiting_ledger_lines(session, ctx, line.account, cmd.ledger_lines)
    rest = line.amount - sum((member.amount for member in known), ZERO)
    total = sum((part.amount for part in cmd.lines), ZERO)
    if not rest:
        message = "Nothing is left to book. Match the lines as they are."
        raise NotEqual(message, fields={"ledger_lines": message})
    if total != rest:
        message = f"The parts are {money_text(total)}, but {money_text(rest)} are to be booked."
        raise NotEqual(message, fields={"lines": message})
    own = line.account["key"]
    for at, part in enumerate(cmd.lines):
        if part.account_key == own or not part.amount:
            message = (
                "Name another account than the bank's own." if part.amount else "Type an amount."
            )
            field = "account_key" if part.amount else "amount"
            raise InvalidInput(message, fields={f"lines.{at}.{field}": message})
    accounting.check_typed_lines(session, ctx, cmd.lines)
    _refuse_strange_branches(session, ctx, cmd)
    match_id = new_id()
    entry_ids = _post(session, ctx, line, match_id, cmd)
    members = [line.member, *known]
    for entry_id in entry_ids:
        members += members_of_entry(session, ctx, line.account, entry_id)
    made = (match_id, entry_ids[0], rule_id)
    return write_match(session, ctx, line.account, MatchKind.BOOKED, members, made)


def _refuse_strange_branches(session: Session, ctx: RequestContext, cmd: BookLine) -> None:
    rows = db.fetch_all(
        session,
        "select id from branch where tenant_id = %s and company_id = %s and id = any(%s)",
        (ctx.tenant_id, ctx.company_id, [part.branch_id for part in cmd.lines if part.branch_id]),
    )
    known = {row["id"] for row in rows}
    for at, part in enumerate(cmd.lines):
        if part.branch_id and part.branch_id not in known:
            message = "This branch is not known here. Choose one of the list."
            raise NotFound(message, fields={f"lines.{at}.branch_id": message})


def _post(
    session: Session, ctx: RequestContext, line: WaitingLine, match_id: UUID, cmd: BookLine
) -> list[UUID]:
    """Post an entry in each branch that parts are of; return them, the first part's first."""
    parts: dict[UUID, list[BookedPart]] = {}
    for part in cmd.lines:
        parts.setdefault(part.branch_id or ctx.branch_id, []).append(part)
    narration = cmd.narration or f"{line.account['name']}: {line.text}"[:400]
    entry_ids = []
    for at, (branch_id, own) in enumerate(parts.items()):
        total = sum((part.amount for part in own), ZERO)
        lines = [accounting.debit(line.account["key"], total), *[_line(part) for part in own]]
        purpose = f"booked.{at}" if at else "booked"
        entry = NewEntry("bank", line.booked_on, ORIGIN, match_id, purpose, narration, lines)
        entry_id = accounting.post_entry(session, replace(ctx, branch_id=branch_id), entry)
        assert entry_id is not None  # noqa: S101  no part is zero
        entry_ids.append(entry_id)
    return entry_ids


def _line(part: BookedPart) -> NewLine:
    came, went = max(part.amount, ZERO), max(-part.amount, ZERO)
    return NewLine(part.account_key, went, came, part.party_id, part.cost_centre, part.note)


@command(
    "banking.receive_for_line",
    permission="banking.reconcile",
    rest="POST /bank-lines/{bank_line_id}/receipt",
)
def receive_for_line(session: Session, ctx: RequestContext, cmd: ReceiveForLine) -> SettledLine:
    """Record the payment that a line of the bank is, on its day, and match the two.

    Asks for the right to receive payments too. Locks the bank account, then as the payment does.

    Raises:
        PermissionDenied: The actor may not receive payments.
        UnknownBankLine, AlreadyMatched: The line is not known, or matched.
        NotEqual: Money went with this line, or it is of an account that payments do not use.
        And what `payments.receive_payment` refuses.

    Emits:
        payments.payment_recorded.v1, banking.lines_matched.v1
    """
    line = hold_line(session, ctx, cmd.bank_line_id)
    return pay_held_line(session, ctx, line, cmd)


@command(
    "banking.pay_for_line",
    permission="banking.reconcile",
    rest="POST /bank-lines/{bank_line_id}/payment",
)
def pay_for_line(session: Session, ctx: RequestContext, cmd: PayForLine) -> SettledLine:
    """Record the payment of ours that a line of the bank is, on its day, and match the two.

    Asks for the right to pay too. Locks and refuses as `banking.receive_for_line` does.

    Emits:
        payments.payment_recorded.v1, banking.lines_matched.v1
    """
    line = hold_line(session, ctx, cmd.bank_line_id)
    return pay_held_line(session, ctx, line, cmd)


def pay_held_line(
    session: Session,
    ctx: RequestContext,
    line: WaitingLine,
    cmd: ReceiveForLine | PayForLine,
    rule_id: UUID | None = None,
) -> SettledLine:
    """Record the payment that a held line is and match the two; see `receive_for_line`."""
    _require_payments_account(line)
    is_receipt = isinstance(cmd, ReceiveForLine)
    if (line.amount > 0) is not is_receipt:
        message = "Money came with this line." if line.amount > 0 else "Money went with this line."
        raise NotEqual(message, fields={"bank_line_id": message})
    given = {
        "party_id": cmd.party_id,
        "ledger": cmd.ledger,
        "amount": abs(line.amount),
        "method": "bank",
        "paid_on": line.booked_on,
        "reference": line.reference or line.bank_ref,
        "discount": cmd.discount,
        "write_off": cmd.write_off,
        "settles": cmd.settles,
        "note": cmd.note,
    }
    made = (
        payments.receive_payment(session, ctx, ReceivePayment.model_validate(given))
        if is_receipt
        else payments.make_payment(session, ctx, MakePayment.model_validate(given))
    )
    entry_id = _entry_of(session, ctx, made.id, "payment")
    match_id = _match_entry(session, ctx, line, MatchKind.PAYMENT, entry_id, rule_id)
    return SettledLine(id=match_id, payment_id=made.id)


@command(
    "banking.clear_cheque",
    permission="banking.reconcile",
    rest="POST /bank-lines/{bank_line_id}/cheque",
)
def clear_cheque(session: Session, ctx: RequestContext, cmd: ClearCheque) -> SettledLine:
    """Bank a cheque in hand, or note that one of ours was presented, on the line's day; match the two.

    Asks for the right to receive payments too. Locks the bank account, then as the banking does.

    Raises:
        PermissionDenied: The actor may not bank cheques.
        UnknownBankLine, AlreadyMatched: The line is not known, or matched.
        NotEqual: The cheque is of another amount.
        And what `payments.bank_cheque` refuses.

    Emits:
        payments.cheque_banked.v1, banking.lines_matched.v1
    """
    line = hold_line(session, ctx, cmd.bank_line_id)
    _require_payments_account(line)
    banking = payments.BankCheque(payment_id=cmd.payment_id, banked_on=line.booked_on)
    payments.bank_cheque(session, ctx, banking)
    entry_id = _entry_of(session, ctx, cmd.payment_id, "banked")
    match_id = _match_entry(session, ctx, line, MatchKind.CHEQUE, entry_id, None)
    return SettledLine(id=match_id, payment_id=cmd.payment_id)


def _require_payments_account(line: WaitingLine) -> None:
    if line.account["key"] != PAYMENTS_KEY:
        message = f"Payments are kept on another ledger account than {line.account['ledger_name']}."
        raise NotEqual(message, fields={"bank_line_id": message})


def _entry_of(session: Session, ctx: RequestContext, origin_id: UUID, purpose: str) -> UUID:
    found = db.fetch_one(
        session,
        "select id from journal_entry where tenant_id = %s and origin_id = %s and purpose = %s",
        (ctx.tenant_id, origin_id, purpose),
    )
    assert found is not None  # noqa: S101  it was posted a moment ago
    entry_id: UUID = found["id"]
    return entry_id


def _match_entry(
    session: Session,
    ctx: RequestContext,
    line: WaitingLine,
    kind: MatchKind,
    entry_id: UUID,
    rule_id: UUID | None,
) -> UUID:
    members = [line.member, *members_of_entry(session, ctx, line.account, entry_id)]
    return write_match(session, ctx, line.account, kind, members, (None, entry_id, rule_id))
