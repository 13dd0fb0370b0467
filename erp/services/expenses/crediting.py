"""The bills of a claim in the register of bills, and what of their tax is a credit when they are booked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, raise_all
from erp.core.formatting import money_text
from erp.core.gst.taxing import TaxHeads
from erp.core.money import ZERO
from erp.services import seen_bills
from erp.services.expenses.errors import CreditLost, ToCorrect
from erp.services.expenses.holding import ClaimStanding, HeldClaim
from erp.services.expenses.spending import SpentLine, WorkedLine, registration_of, worked_line
from erp.services.seen_bills import Room, Seen

NO_TAX = TaxHeads(ZERO, ZERO, ZERO)
LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Document:
    """A claim or voucher as the register names it; `booked_on` once it is in the books."""

    id: UUID
    number: str
    branch_id: UUID
    booked_on: date | None = None


def seen_of(line: SpentLine) -> Seen:
    """Return the bill of a line as the register knows it."""
    gstin = line.supplier_gstin.strip().upper()
    return Seen(gstin, line.supplier, line.bill_number, line.spent_on)


def without_taken(
    session: Session,
    ctx: RequestContext,
    worked: Sequence[WorkedLine],
    own: UUID | None = None,
    *,
    asks: bool = True,
) -> list[WorkedLine]:
    """Return lines whose tax is a cost where another document has the credit of the bill, or too much of it.

    Locks all bills of the lines, in one order whoever asks.

    Raises:
        InvalidInput: Less is given as the GST on the whole bill than its lines here have, or two sums of it.
        CreditLost: A bill has less credit left than its lines here have; may be confirmed. Only where it `asks`.
    """
    raise_all(tax_faults(worked))
    return share_credit(session, ctx, worked, own, asks=asks)


def share_credit(
    session: Session,
    ctx: RequestContext,
    worked: Sequence[WorkedLine],
    own: UUID | None,
    *,
    asks: bool,
) -> list[WorkedLine]:
    """Return lines with the tax as a cost where what is left of their bill's credit does not hold it. Locks the bills.

    Raises:
        CreditLost: As `without_taken`.
    """
    asks = asks and CreditLost.code not in ctx.confirmed
    gone: dict[tuple[str, ...], str] = {}
    for place, lines in sorted(_by_bill(worked).items()):
        seen, kind = seen_of(lines[0].source), seen_bills.BillSource.EXPENSE
        stated, tax = _stated(lines), heads_of(lines).total
        room = seen_bills.credit_room(session, ctx, seen, kind, stated, own)
        gone[place] = "" if room.holds(tax) else _why_gone(seen, room, tax)
        if asks and gone[place] and not (room.is_whole or room.is_unknown):
            message = f"{gone[place]} Confirm if it is to be part of the cost, or hand less in."
            raise CreditLost(
                message, fields={f"lines.{worked.index(lines[0])}.bill_number": message}
            )
    whys = [gone[bill_place(line)] for line in worked]
    return [_as_cost(line, why) if why else line for line, why in zip(worked, whys, strict=True)]


def _why_gone(seen: Seen, room: Room, tax: Decimal) -> str:
    """Say where the credit of a bill went."""
    took = f"{room.words} took {money_text(room.taken)} of the GST on bill {seen.number}"
    if room.is_whole:
        return f"{took}."
    if room.is_unknown:
        return f"{took}, and nobody gave the GST on the whole bill."
    return f"{took}: {money_text(room.left or ZERO)} is left, less than the {money_text(tax)} of this claim."


def tax_faults(worked: Sequence[WorkedLine]) -> list[InvalidInput]:
    """Return what lines say wrong of the GST on whole bills: two sums of one, or less than they have."""
    faults = []
    for _, lines in sorted(_by_bill(worked).items()):
        stated, tax = _stated(lines), heads_of(lines).total
        other = next((one for one in lines if one.source.bill_tax not in (None, stated)), None)
        if stated is not None and other is not None:
            message = (
                f"Another line has {money_text(stated)} as the GST on the whole of bill"
                f" {other.source.bill_number}. Read it again, and give the same for both."
            )
            faults.append(_fault(worked, other, message))
        elif stated is not None and stated < tax:
            message = (
                f"{money_text(stated)} is given as the GST on the whole of bill {lines[0].source.bill_number}, and this"
                f" claim alone has {money_text(tax)} of it. Give all the GST of the bill, or leave it empty."
            )
            faults.append(_fault(worked, lines[0], message))
    return faults


def _fault(worked: Sequence[WorkedLine], line: WorkedLine, message: str) -> InvalidInput:
    at = next(at for at, one in enumerate(worked) if one is line)
    return InvalidInput(message, fields={f"lines.{at}.bill_tax": message})


def _by_bill(worked: Sequence[WorkedLine]) -> dict[tuple[str, ...], list[WorkedLine]]:
    bills: dict[tuple[str, ...], list[WorkedLine]] = {}
    for line in worked:
        bills.setdefault(bill_place(line), []).append(line)
    return bills


def _stated(lines: Sequence[WorkedLine]) -> Decimal | None:
    """Return the GST of the whole bill, as the first line that gives it has it."""
    return next((one.source.bill_tax for one in lines if one.source.bill_tax is not None), None)


def heads_of(lines: Sequence[WorkedLine]) -> TaxHeads:
    """Return the tax of lines that is a credit, by head."""
    return TaxHeads(
        sum((line.heads.cgst for line in lines), ZERO),
        sum((line.heads.sgst for line in lines), ZERO),
        sum((line.heads.igst for line in lines), ZERO),
    )


def bill_place(line: WorkedLine) -> tuple[str, ...]:
    """Return what two lines of one bill have in common."""
    seen = seen_of(line.source)
    return seen.identity, bill_key(seen.number), fiscal_year(seen.dated_on)


def _as_cost(line: WorkedLine, why: str) -> WorkedLine:
    if not line.is_credit_taken:
        return line
    words = why[:LONGEST_WORDS]
    return replace(
        line, taxable=line.source.amount, heads=NO_TAX, is_credit_taken=False, credit_words=words
    )


def note_bills(
    session: Session, ctx: RequestContext, document: Document, worked: Sequence[WorkedLine]
) -> None:
    """Enter the bills of a claim in the register; their tax is a credit once the claim is booked."""
    for _, lines in sorted(_by_bill(worked).items()):
        heads = heads_of(lines)
        use = seen_bills.BillUse(
            seen_bills.BillSource.EXPENSE,
            document.id,
            document.number,
            document.branch_id,
            sum((line.taxable for line in lines), Decimal(0)),
            heads,
            is_credit=document.booked_on is not None and heads.total > 0,
            taken_on=document.booked_on,
            bill_tax=_stated(lines),
        )
        seen_bills.note_use(session, ctx, seen_of(lines[0].source), use)


def decide_credit(session: Session, ctx: RequestContext, held: HeldClaim) -> None:
    """Work the credit of a held claim out anew, as of today, before it is booked.

    What was handed in before the last day of its credit may be approved after it (s.16(4)), its branch may claim no
    GST any more, and another document may have taken the credit meanwhile. Locks the bills.

    Raises:
        ToCorrect: Its lines contradict each other in the GST on a whole bill.
        CreditLost: It would take less credit than it shows; says where and why. May be confirmed.
    """
    reworked = rework(session, ctx, held)
    _require_clear(held, reworked)
    worked = without_taken(session, ctx, reworked, held.id, asks=False)
    _ask_about_loss(ctx, held, worked)
    for at, line in enumerate(worked, start=1):
        db.execute(
            session,
            "update expense_claim_line set taxable = %s, igst = %s, cgst = %s, sgst = %s, is_credit_taken = %s,"
            " credit_words = %s"
            " where tenant_id = %s and claim_id = %s and revision = %s and line_no = %s",
            (
                *(line.taxable, line.heads.igst, line.heads.cgst, line.heads.sgst),
                *(line.is_credit_taken, line.credit_words),
                *(ctx.tenant_id, held.id, held.revision, at),
            ),
        )
    db.execute(
        session,
        "update expense_claim c set (igst, cgst, sgst) = (select sum(l.igst), sum(l.cgst), sum(l.sgst)"
        " from expense_claim_line l where l.tenant_id = c.tenant_id and l.claim_id = c.id"
        " and l.revision = c.revision) where c.tenant_id = %s and c.id = %s",
        (ctx.tenant_id, held.id),
    )
    seen_bills.end_uses(session, ctx, [held.id])
    document = Document(held.id, held.number, held.branch_id, ctx.today)
    note_bills(session, ctx, document, worked)


def what_to_correct(session: Session, ctx: RequestContext, claim: ClaimStanding) -> str:
    """Say what is to be corrected before a claim can be approved; nothing where that is not so.

    It is what approving refuses; claims that were handed in before lines were compared may have it.
    """
    return _words_of(tax_faults(rework(session, ctx, claim)))


def _require_clear(held: HeldClaim, worked: Sequence[WorkedLine]) -> None:
    words = _words_of(tax_faults(worked))
    if words:
        message = (
            f"{held.number} cannot be approved as it is. {words} Correct it as the bill shows it, or send the claim"
            " back with these words."
        )
        raise ToCorrect(message, fields={"claim_id": message})


def _words_of(faults: Sequence[InvalidInput]) -> str:
    return " ".join(dict.fromkeys(fault.message for fault in faults))


def _ask_about_loss(ctx: RequestContext, held: HeldClaim, worked: Sequence[WorkedLine]) -> None:
    lost = held.credit - heads_of(worked).total
    if lost <= 0 or CreditLost.code in ctx.confirmed:
        return
    whys = " ".join(dict.fromkeys(line.credit_words for line in worked if line.credit_words))
    message = (
        f"{held.number} shows {money_text(lost)} of GST credit that is not there any more. {whys}"
        " Confirm if it is to be part of the cost, or send the claim back."
    )
    raise CreditLost(message, fields={"claim_id": message})


def rework(session: Session, ctx: RequestContext, held: ClaimStanding) -> list[WorkedLine]:
    """Return the lines of a claim as they stand, with what of each is a credit today but for what others took."""
    there = replace(ctx, branch_id=held.branch_id)
    state, may_claim = registration_of(session, there)
    rows = db.fetch_all(
        session,
        "select l.category_id, l.spent_on, l.amount, l.supplier, l.supplier_gstin, l.bill_number, l.gst_rate,"
        " l.bill_tax, l.cost_centre, l.note, l.receipt_id, a.key, c.name, c.credit_rule from expense_claim_line l"
        " join expense_category c on (c.tenant_id, c.id) = (l.tenant_id, l.category_id)"
        " join account a on (a.tenant_id, a.id) = (c.tenant_id, c.account_id)"
        " where l.tenant_id = %s and l.claim_id = %s and l.revision = %s order by l.line_no",
        (ctx.tenant_id, held.id, held.revision),
    )
    found = []
    for row in rows:
        category = {name: row.pop(name) for name in ("key", "name", "credit_rule")}
        line = SpentLine(**row)
        found.append(worked_line(ctx, line, category, state, may_claim=may_claim))
    return found
