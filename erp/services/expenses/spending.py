"""One bill of a claim: what of it is cost and what is a credit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.formatting import date_text
from erp.core.gst.crediting import credit_until
from erp.core.gst.taxing import PriceMode, SupplyNature, TaxHeads, tax_on
from erp.core.money import ZERO
from erp.models.expenses import CreditRule
from erp.services import accounting, party
from erp.services.expenses.errors import NoTax, UnknownCategory, UnknownReceipt, WrongDay
from erp.services.platform import Amount, Closed, Day, Percent, ShortText, Text

LATEST_DAYS: Final = 366
"""A bill is claimed within a year."""
MOST_LINES: Final = 50
Rate = Annotated[Percent, Field(le=40)]


class SpentLine(Closed):
    """One bill that was paid.

    Attributes:
        amount: What was paid, tax included. gst_rate: as the bill shows it; its tax becomes a credit
            where the kind of expense allows it and the bill names the supplier's GSTIN and its number.
        bill_tax: GST on the whole bill, where another claim or an asset books a part of it.
    """

    category_id: UUID
    spent_on: Day
    amount: Annotated[Amount, Field(gt=0)]
    supplier: Annotated[Text, Field(max_length=120)] = ""
    supplier_gstin: Annotated[str, Field(max_length=20)] = ""
    bill_number: Annotated[Text, Field(max_length=40)] = ""
    gst_rate: Rate = ZERO
    bill_tax: Amount | None = None
    cost_centre: ShortText | None = None
    note: Annotated[Text, Field(max_length=200)] = ""
    receipt_id: UUID | None = None


Lines = Annotated[tuple[SpentLine, ...], Field(min_length=1, max_length=MOST_LINES)]


@dataclass(frozen=True, slots=True)
class WorkedLine:
    """A line with its tax; all of the amount is cost where no credit is taken, and `credit_words` say why."""

    source: SpentLine
    account_key: str
    gstin: str
    taxable: Decimal
    heads: TaxHeads
    is_credit_taken: bool
    credit_words: str = ""


@dataclass(frozen=True, slots=True)
class _Typed:
    account_key: str
    cost_centre: str | None
    party_id: UUID | None = None


def work_out(session: Session, ctx: RequestContext, lines: Sequence[SpentLine]) -> list[WorkedLine]:
    """Check lines and work their credit out, by the acting branch's registration.

    Raises:
        UnknownCategory: A kind of expense is not in use. UnknownReceipt: a receipt is not the actor's.
        WrongDay: A day has not come, or is more than a year ago.
        InvalidGstin: A GSTIN has a typing error. NoTax: there is no GST on the kind of expense.
        NotFound: A cost centre is not in use.
    """
    categories = _categories(session, ctx, lines)
    _check_receipts(session, ctx, lines)
    raise_all(
        [fault for at, line in enumerate(lines) for fault in _faults(ctx, at, line, categories)]
    )
    typed = [_Typed(categories[line.category_id]["key"], line.cost_centre) for line in lines]
    accounting.check_typed_lines(session, ctx, typed)
    state, may_claim = registration_of(session, ctx)
    return [
        worked_line(ctx, line, categories[line.category_id], state, may_claim=may_claim)
        for line in lines
    ]


def worked_line(
    ctx: RequestContext, line: SpentLine, category: db.Row, state: str, *, may_claim: bool
) -> WorkedLine:
    """Return a line with what of it is a credit today, for a branch of a state that may claim or not."""
    gstin = line.supplier_gstin.strip().upper()
    why = _why_cost(ctx, line, category, may_claim=may_claim) if line.gst_rate else ""
    heads = TaxHeads(ZERO, ZERO, ZERO)
    if line.gst_rate and not why:
        nature = SupplyNature.INTRA if gstin[:2] == state else SupplyNature.INTER
        heads = tax_on(line.amount, line.gst_rate, nature, PriceMode.INCLUSIVE)
    is_taken = heads.total > 0
    return WorkedLine(line, category["key"], gstin, line.amount - heads.total, heads, is_taken, why)


def _why_cost(ctx: RequestContext, line: SpentLine, category: db.Row, *, may_claim: bool) -> str:
    """Say why the tax of a line is a cost by law or by what it lacks; nothing where it may be a credit."""
    until = credit_until(line.spent_on)
    reasons = (
        (not may_claim, "This branch claims no GST."),
        (
            category["credit_rule"] != CreditRule.ALLOWED,
            f"There is no credit on {category['name'].lower()} (CGST Act s.17(5)).",
        ),
        (
            ctx.today > until,
            f"Its credit could be taken until {date_text(until)} (CGST Act s.16(4)).",
        ),
        (not line.supplier_gstin.strip(), "The supplier's GSTIN is missing."),
        (not bill_key(line.bill_number), "The bill's number is missing."),
    )
    return next((words for is_so, words in reasons if is_so), "")


def _categories(
    session: Session, ctx: RequestContext, lines: Sequence[SpentLine]
) -> Mapping[UUID, db.Row]:
    rows = db.fetch_all(
        session,
        "select c.id, c.name, c.credit_rule, a.key from expense_category c"
        " join account a on (a.tenant_id, a.id) = (c.tenant_id, c.account_id)"
        " where c.tenant_id = %s and c.company_id = %s and c.is_active and c.id = any(%s)",
        (ctx.tenant_id, ctx.company_id, [line.category_id for line in lines]),
    )
    return {row["id"]: row for row in rows}


def _check_receipts(session: Session, ctx: RequestContext, lines: Sequence[SpentLine]) -> None:
    wanted = [line.receipt_id for line in lines if line.receipt_id]
    if not wanted:
        return
    rows = db.fetch_all(
        session,
        "select id from expense_receipt where tenant_id = %s and uploaded_by = %s and id = any(%s)",
        (ctx.tenant_id, ctx.user_id, wanted),
    )
    own = {row["id"] for row in rows}
    message = "This photo is not here any more. Send it again."
    raise_all(
        [
            UnknownReceipt(message, fields={f"lines.{at}.receipt_id": message})
            for at, line in enumerate(lines)
            if line.receipt_id and line.receipt_id not in own
        ]
    )


def _faults(
    ctx: RequestContext, at: int, line: SpentLine, categories: Mapping[UUID, db.Row]
) -> list[DomainError]:
    found: list[DomainError] = []
    category = categories.get(line.category_id)
    if category is None:
        message = "Choose what it was for."
        found.append(UnknownCategory(message, fields={f"lines.{at}.category_id": message}))
    elif category["credit_rule"] == CreditRule.NONE and line.gst_rate:
        message = f"There is no GST on {category['name'].lower()}. Leave the rate empty."
        found.append(NoTax(message, fields={f"lines.{at}.gst_rate": message}))
    if not timedelta(0) <= ctx.today - line.spent_on <= timedelta(days=LATEST_DAYS):
        message = "Choose a day of the last twelve months."
        found.append(WrongDay(message, fields={f"lines.{at}.spent_on": message}))
    try:
        if line.supplier_gstin.strip():
            party.read_gstin(line.supplier_gstin)
    except party.InvalidGstin as fault:
        found.append(
            InvalidInput(fault.message, fields={f"lines.{at}.supplier_gstin": fault.message})
        )
    return found


def registration_of(session: Session, ctx: RequestContext) -> tuple[str, bool]:
    """Return the acting branch's state, and whether tax it pays is a credit (CGST Act s.16, s.10(4))."""
    row = db.fetch_one(
        session,
        "select b.state_code, b.gstin is not null and sec.gst_scheme(c.tenant_id, c.id, %s) = 'regular' as may_claim"
        " from branch b join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)"
        " where b.tenant_id = %s and b.id = %s",
        (ctx.today, ctx.tenant_id, ctx.branch_id),
    )
    assert row is not None  # noqa: S101  the actor is in a branch
    return row["state_code"], row["may_claim"]
