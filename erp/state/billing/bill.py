"""One supplier's bill beside what was ordered and what came, and what may be done about it."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import (
    counted,
    date_text,
    group_number,
    instant_text,
    money_text,
    plain_decimal,
)
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.billing.bill_wording import (
    DECIDE,
    MATCH_TONES,
    MATCHES,
    OUTCOMES,
    RECORD,
    STATUSES,
    TONES,
    VIEW,
)
from erp.state.reading import RecordState
from erp.state.showing import display_rows

LIMIT = "bill_difference"
LINE_COLUMNS = (
    Column("label", "Goods", detail="lot"),
    Column("ordered", "Ordered", detail="ordered_as", wide_only=True),
    Column("came", "Came", detail="came_as", wide_only=True),
    Column("billed", "Billed", detail="billed_as"),
    Column("match", "Match", Kind.STATUS, detail="why", labels=MATCHES, tones=MATCH_TONES),
    Column("gst_rate", "GST", Kind.PERCENT, wide_only=True),
    Column("taxable", "Taxable", Kind.MONEY, wide_only=True),
)
ENTRY_COLUMNS = (
    Column("narration", "Entry"),
    Column("effective_on", "Day", Kind.DATE),
    Column("total", "Amount", Kind.MONEY),
)


class BillState(RecordState, rx.State):
    """A supplier's bill."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("billing",)

    lines: list[dict[str, str]] = []
    spread: list[dict[str, str]] = []
    entries: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        zone = principal.time_zone
        bill = await self._ask("billing.get_bill", {"bill_id": record_id})
        self.lines = display_rows([_line(x) for x in bill.lines], LINE_COLUMNS, zone)
        self.spread = [_spread(one, zone) for one in bill.spread]
        href = "/books/journal/{id}" if principal.may("accounting.view") else ""
        self.entries = display_rows(bill.entries, ENTRY_COLUMNS, zone, href)
        self.head = _head(bill, zone) | _worth(bill) | _offers(bill, principal)


def _line(line: Any) -> dict[str, Any]:
    return line.model_dump() | {
        "id": line.line_no,
        "lot": f"Lot {line.lot_number}" if line.lot_number else "",
        "ordered": _count(line.ordered_quantity, line.ordered_unit),
        "ordered_as": line.order_number,
        "came": group_number(Decimal(line.received)) if line.received else "",
        "came_as": line.reference,
        "billed": _count(line.quantity, line.unit) if line.lot_id else "",
        "billed_as": money_text(line.unit_cost) if line.lot_id else "",
        "match": _match(line),
        "why": _why(line),
    }


def _spread(row: Any, zone: str) -> dict[str, str]:
    """Return what a bill spread over deliveries in words."""
    back = ""
    if row.taken_off_at is not None:
        back = f"Taken off by {row.taker} on {instant_text(row.taken_off_at, zone)}: {row.reason}"
    return {
        "id": str(row.id),
        "number": row.number,
        "amount": money_text(row.amount),
        "over": f"Over {row.over} by {row.spreader} on {instant_text(row.spread_at, zone)}: {row.note}",
        "went": f"{money_text(row.to_stock)} to goods on hand, {money_text(row.to_gone)} to goods gone",
        "taken_off": back,
    }


def _count(quantity: Decimal | None, unit: str) -> str:
    return f"{group_number(quantity)}\u00a0{unit}" if quantity is not None else ""


def _match(line: Any) -> str:
    if len(line.findings) > 1:
        return "several"
    if line.findings:
        return str(line.findings[0])
    if line.lot_id is None:
        return "borne" if line.is_cost_of_goods else "expense"
    return "none"


def _why(line: Any) -> str:
    """Return in words what does not match."""
    said = []
    if "quantity" in line.findings:
        said.append(f"{line.base_quantity - line.matched} more than came")
    if "price" in line.findings:
        said.append(f"{money_text(line.expected_cost)} expected")
    if "charge" in line.findings:
        said.append("more than the goods let expect")
    if "tax_rate" in line.findings:
        said.append("GST is not the product's")
    return ", ".join(said)


def _head(bill: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(bill.id),
        "number": bill.number,
        "bill_number": bill.bill_number,
        "supplier": bill.supplier,
        "supplier_href": f"/parties/{bill.supplier_id}",
        "gstin": bill.supplier_gstin or "",
        "status": STATUSES[bill.status],
        "tone": TONES[bill.status],
        "billed_on": date_text(bill.billed_on),
        "booked_on": date_text(bill.booked_on),
        "booked_day": str(bill.booked_on),
        "due_on": date_text(bill.due_on),
        "note": bill.note,
        "recorded": f"{instant_text(bill.recorded_at, zone)} · {bill.recorder}",
        "decided": _decided(bill, zone),
        "held_words": _held_words(bill),
        "claim_id": str(bill.claim_id or ""),
        "claim_number": bill.claim_number,
        "claim_words": _claim_words(bill),
    }


def _decided(bill: Any, zone: str) -> str:
    if bill.decided_at is None:
        return ""
    when = instant_text(bill.decided_at, zone)
    return f"{OUTCOMES[bill.outcome]} by {bill.decider} on {when}: {bill.decision_note}"


def _held_words(bill: Any) -> str:
    if bill.status != "held":
        return ""
    lines = sum(bool(line.findings) for line in bill.lines)
    excess = bill.excess + bill.excess_tax
    beyond = f" {money_text(excess)} are beyond what was expected." if excess else ""
    return f"{counted(lines, 'line')} not as ordered or received.{beyond} Nothing is booked yet."


def _claim_words(bill: Any) -> str:
    if bill.claim_id is None:
        return ""
    asked = _with_tax(bill.claim_taxable, bill.claim_tax)
    if bill.settled_at is None:
        return f"Debit note {bill.claim_number} asks for {asked}. The credit note is still to come."
    given = _with_tax(bill.credited, bill.credited_tax)
    return f"Credit note {bill.credit_note} gave {given}; {asked} had been asked for."


def _with_tax(value: Decimal, tax: Decimal) -> str:
    return f"{money_text(value)} and {money_text(tax)} tax" if tax else money_text(value)


def _worth(bill: Any) -> dict[str, str]:
    amounts = ("taxable", "round_off", "total", "to_stock", "to_gone", "unspread")
    worth = {name: money_text(getattr(bill, name)) for name in amounts}
    return worth | {
        "tax": money_text(bill.cgst + bill.sgst + bill.igst),
        "tax_words": _tax_words(bill),
        "is_revalued": "yes" if bill.to_stock or bill.to_gone else "",
        "claim_taxable": plain_decimal(bill.claim_taxable),
        "claim_tax": plain_decimal(bill.claim_tax),
    }


def _tax_words(bill: Any) -> str:
    if not bill.cgst + bill.sgst + bill.igst:
        return "None charged"
    heads = "IGST" if bill.supply_nature == "INTER" else "CGST and SGST, half each"
    return f"{heads}; {'input tax credit' if bill.is_credit_taken else 'part of the cost'}"


def _offers(bill: Any, principal: identity.Principal) -> dict[str, str]:
    """Return what this person may do with the bill now."""
    decides = bill.status == "held" and principal.may(DECIDE)
    may_anything = principal.may("*")
    is_short = any("quantity" in line.findings for line in bill.lines)
    excess = bill.excess + bill.excess_tax
    within = excess <= principal.limits.get(LIMIT, Decimal(0))
    own = bill.recorded_by == principal.user_id and not may_anything
    is_open = bill.claim_id is not None and bill.settled_at is None
    return {
        "may_decide": "yes" if decides else "",
        "may_accept": "yes" if decides and within and not is_short and not own else "",
        "may_claim": "yes" if decides and excess else "",
        "may_settle": "yes" if is_open and principal.may(RECORD) else "",
        "may_spread": "yes" if bill.unspread > 0 and principal.may(RECORD) else "",
        "may_take_off": "yes" if principal.may(RECORD) else "",
    }


class _OfBill(DialogFormState, mixin=True):
    """A form over the bill's page."""

    subject_field: ClassVar[str] = "bill_id"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(BillState)
        await page._show()  # noqa: SLF001  sister of this state
        return self._words(result)

    def _words(self, result: Any) -> str:  # noqa: ARG002  forms say more
        """Say what happened; forms override."""
        return "Saved."


class _Deciding(_OfBill, mixin=True):
    """Decides on a held bill in one way."""

    permission: ClassVar[str] = DECIDE
    command: ClassVar[str] = "billing.decide_bill"
    outcome: ClassVar[str] = ""

    def _payload(self, form: Any) -> dict[str, Any]:
        return dict(super()._payload(form)) | {"outcome": self.outcome}


class AcceptBillState(_Deciding, rx.State):
    """Accepts what a bill differs by."""

    permission: ClassVar[str] = DECIDE
    outcome: ClassVar[str] = "accepted"

    def _words(self, result: Any) -> str:
        return f"Bill {result.number} is posted as billed."


class ClaimBillState(_Deciding, rx.State):
    """Books a bill and claims what is too much."""

    permission: ClassVar[str] = DECIDE
    outcome: ClassVar[str] = "claimed"

    def _words(self, result: Any) -> str:
        return f"Posted. Debit note {result.claim_number} asks for what is too much."


class RefuseBillState(_Deciding, rx.State):
    """Refuses a bill."""

    permission: ClassVar[str] = DECIDE
    outcome: ClassVar[str] = "refused"

    def _words(self, result: Any) -> str:
        return f"Bill {result.number} is refused. Its goods may be billed again."


class SettleClaimState(_OfBill, rx.State):
    """Records the supplier's credit note."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "billing.settle_claim"
    subject_field: ClassVar[str] = "claim_id"

    def _words(self, result: Any) -> str:
        lost = f" {money_text(result.lost)} stay our cost." if result.lost else ""
        return f"Credit of {money_text(result.credited)} recorded.{lost}"


class TakeCostOffState(_OfBill, rx.State):
    """Takes what a bill spread off its goods again."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "billing.take_cost_off"
    subject_field: ClassVar[str] = "landed_cost_id"

    def _words(self, result: Any) -> str:
        return f"{result.number} is taken off. {money_text(result.amount)} are an expense again."
