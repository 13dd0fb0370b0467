"""Instalments: what is open of a bill, paid in parts, each with its own day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text, money_text
from erp.core.money import ZERO, round_money
from erp.models.payments import Ledger
from erp.services import accounting, party
from erp.services.payments.errors import NothingOpen, UnknownItem
from erp.services.payments.events import InstalmentsAgreed, InstalmentTermsSet
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Day,
    Identified,
    Query,
    Result,
    ShortText,
    command,
    emit,
    query,
)

MOST = 12
LONGEST = 1100
"""Days from a bill to its last instalment: three years."""
ONE_ITEM = frozenset({"payment", "expense_claim"})
"""Documents that are taken back by their one item, which therefore stays whole."""
Terms = Annotated[str, Field(max_length=60, pattern=r"^[0-9]{1,4}([/, ]+[0-9]{1,4})*$")]


class AgreedPart(Closed):
    """An instalment: its day, and how much is due then."""

    due_on: Day
    amount: Annotated[Amount, Field(gt=0)]


class AgreeInstalments(Command):
    """Let what is open of a bill be paid in parts.

    Attributes:
        terms: Days after the bill's own day, such as 30/60/90, for equal parts; or else
        parts: each by itself. One part alone gives the bill another day.
    """

    item_id: UUID
    terms: Terms | None = None
    parts: Annotated[tuple[AgreedPart, ...], Field(min_length=1, max_length=MOST)] | None = None
    reason: ShortText


class AgreedPlan(Result):
    """What was agreed."""

    id: UUID
    parts: list[AgreedPart]


class SetInstalmentTerms(Command):
    """By how many days after an invoice a customer pays its parts.

    Attributes:
        terms: Such as 30/60/90; empty for one day, by the credit days.
    """

    party_id: UUID
    terms: Terms | None = None


class GetInstalmentTerms(Query):
    """Whose terms."""

    party_id: UUID


class InstalmentTermsOf(Result):
    """The terms as they are written; empty where there are none."""

    terms: str


@dataclass(frozen=True, slots=True)
class _Held:
    party_id: UUID
    ledger: Ledger
    open: Decimal
    effective_on: date


@command(
    "payments.agree_instalments",
    permission="payments.receive",
    rest="POST /open-items/{item_id}/instalments",
)
def agree_instalments(session: Session, ctx: RequestContext, cmd: AgreeInstalments) -> AgreedPlan:
    """Split what is open of a bill by days; books nothing. Each part ages, is reminded and is paid by itself.

    A supplier's account asks for the right to pay. Locks the party's open items.

    Raises:
        UnknownItem: The acting company has no such item.
        NothingOpen: It is settled, stands against debts, or is a payment or an expense claim.
        InvalidInput: Both or neither of terms and parts are given, days do not follow, or the parts are
            not what is open.
        PermissionDenied: The actor may not pay, and it is a supplier's account.

    Emits:
        payments.instalments_agreed.v1
    """
    if (cmd.terms is None) == (cmd.parts is None):
        message = "Give terms such as 30/60/90, or each part with its day and amount."
        raise InvalidInput(message, fields={"terms": message})
    held = _hold(session, ctx, cmd.item_id)
    parts = cmd.parts or _equal(held, _days(cmd.terms or ""))
    _check(held, parts)
    each = [(part.due_on, part.amount) for part in parts]
    plan_id = accounting.split_item(session, ctx, cmd.item_id, each, cmd.reason)
    event = InstalmentsAgreed(plan_id=plan_id, party_id=held.party_id, parts=len(parts))
    emit(session, ctx, held.party_id, event)
    return AgreedPlan(id=plan_id, parts=list(parts))


def _hold(session: Session, ctx: RequestContext, item_id: UUID) -> _Held:
    """Return what is open of a debt; others who would settle it wait."""
    asked = (ctx.tenant_id, ctx.company_id, item_id)
    find = (
        "select i.party_id, i.side, a.key, i.amount - i.settled as open, i.effective_on, e.origin_type from open_item i"
        " join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        " join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id)"
        " where i.tenant_id = %s and i.company_id = %s and i.id = %s"
    )
    row = db.fetch_one(session, find, asked)
    if row is None:
        message = "This is not on any account here. Choose one of the list."
        raise UnknownItem(message, fields={"item_id": message})
    ledger = Ledger.CUSTOMER if row["key"] == "debtors" else Ledger.SUPPLIER
    if ledger is Ledger.SUPPLIER:
        ctx.require("payments.pay")
    accounting.lock_items(session, row["party_id"])
    row = db.fetch_one(session, find, asked) or row
    is_debt = (row["side"] == "debit") == (ledger is Ledger.CUSTOMER)
    if not row["open"] or not is_debt:
        message = "Nothing is open here that is to be paid. Choose an open bill."
        raise NothingOpen(message, fields={"item_id": message})
    if row["origin_type"] in ONE_ITEM:
        message = "Payments and expense claims are not split. Choose a bill."
        raise NothingOpen(message, fields={"item_id": message})
    return _Held(row["party_id"], ledger, row["open"], row["effective_on"])


def _days(terms: str) -> list[int]:
    """Read terms such as 30/60/90.

    Raises:
        InvalidInput: They do not rise, or are too many or too long.
    """
    days = [int(day) for day in terms.replace(",", " ").replace("/", " ").split()]
    if len(days) > MOST or days != sorted(set(days)) or (days and days[-1] > LONGEST):
        message = (
            f"Write up to {MOST} numbers of days that rise, such as 30/60/90, {LONGEST} at most."
        )
        raise InvalidInput(message, fields={"terms": message})
    return days


def _equal(held: _Held, days: Sequence[int]) -> tuple[AgreedPart, ...]:
    """Return equal parts to the paisa below; the last bears the rest."""
    share = (held.open / len(days)).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    if not share:
        message = f"{money_text(held.open)} is too little for {len(days)} parts."
        raise InvalidInput(message, fields={"terms": message})
    last = held.open - share * (len(days) - 1)
    amounts = [share] * (len(days) - 1) + [last]
    return tuple(
        AgreedPart(due_on=held.effective_on + timedelta(days=day), amount=amount)
        for day, amount in zip(days, amounts, strict=True)
    )


def _check(held: _Held, parts: Sequence[AgreedPart]) -> None:
    last = held.effective_on + timedelta(days=LONGEST)
    for at, part in enumerate(parts):
        before = parts[at - 1].due_on if at else None
        if part.due_on < held.effective_on or part.due_on > last:
            message = f"Its day is from {date_text(held.effective_on)} to {date_text(last)}."
            raise InvalidInput(message, fields={f"parts.{at}.due_on": message})
        if before is not None and part.due_on <= before:
            message = f"It comes after the one of {date_text(before)}."
            raise InvalidInput(message, fields={f"parts.{at}.due_on": message})
    total = round_money(sum((part.amount for part in parts), ZERO))
    if total != held.open:
        message = f"The parts are {money_text(total)}, but {money_text(held.open)} are open."
        raise InvalidInput(message, fields={f"parts.{len(parts) - 1}.amount": message})


@command(
    "payments.set_instalment_terms",
    permission="payments.receive",
    rest="PUT /parties/{party_id}/instalment-terms",
)
def set_instalment_terms(
    session: Session, ctx: RequestContext, cmd: SetInstalmentTerms
) -> Identified:
    """Let each new invoice of a customer be due in equal parts; what is open already stays as it is.

    Raises:
        UnknownParty: There is no such party, or it has no account.
        InvalidInput: The days do not rise, or are too many or too long.

    Emits:
        payments.instalment_terms_set.v1
    """
    party.require_account(session, ctx, cmd.party_id, "party_id")
    days = _days(cmd.terms or "")
    accounting.set_terms(session, ctx, cmd.party_id, days)
    terms = "/".join(str(day) for day in days)
    emit(session, ctx, cmd.party_id, InstalmentTermsSet(party_id=cmd.party_id, terms=terms))
    return Identified(id=cmd.party_id)


@query(
    "payments.get_instalment_terms",
    permission="payments.view",
    rest="GET /parties/{party_id}/instalment-terms",
)
def get_instalment_terms(
    session: Session, ctx: RequestContext, wanted: GetInstalmentTerms
) -> InstalmentTermsOf:
    """Return the days after an invoice on which a customer pays its parts.

    Raises:
        UnknownParty: There is no such party, or it has no account.
    """
    party.require_account(session, ctx, wanted.party_id, "party_id")
    days = accounting.terms_of(session, ctx, wanted.party_id)
    return InstalmentTermsOf(terms="/".join(str(day) for day in days))
