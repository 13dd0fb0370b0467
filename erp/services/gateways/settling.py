"""What providers pay out: each line matched with a payment or refund, booked with fee and tax, differences named.

The bank gets what the settlement says; clearing gives up exactly what it had of each payment and refund; whatever
neither explains is unidentified money with a name, never a silent difference.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO, round_money
from erp.models.gateways import (
    ExceptionKind,
    GatewaySettlement,
    GatewaySettlementLine,
    SettlementLineKind,
)
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.gateways.accounts import hold_account, keys_of
from erp.services.gateways.capturing import CLEARING, RUPEES, SUSPENSE, amount_of, day_for
from erp.services.gateways.events import SettlementBooked, SettlementsAsked
from erp.services.gateways.matching_lines import MatchedLine, each_once, match_line
from erp.services.gateways.pausing import note_awake, note_away, require_awake
from erp.services.gateways.ports import (
    AccountKeys,
    GatewayAway,
    GatewayRefused,
    PaymentFacts,
    PaymentGateway,
    RefundFacts,
    SettlementFacts,
)
from erp.services.gateways.raising import SETTLE, Matter, acting_for, raise_exception
from erp.services.gateways.telling import Looked, note_found
from erp.services.platform import Command, Identified, command, emit

LOOKED_BACK: Final = timedelta(days=7)
"""Settlements of so many days before the last look are asked for again: they reach the list late."""

FIRST_LOOK: Final = timedelta(days=30)
LINES_WITHIN: Final = timedelta(days=3)
"""A provider may name a settlement before its lines, but not for longer; below `LOOKED_BACK`, to be asked again."""


class FetchSettlements(Command):
    """Have a provider asked for settlements."""

    account_id: UUID


@dataclass(frozen=True, slots=True)
class SettlementPlan:
    """Which settlements are to be asked for."""

    account: AccountKeys
    since: date


@dataclass(frozen=True, slots=True)
class Missing:
    """Payments and refunds, by the provider's ids, that the books do not have."""

    payments: tuple[str, ...]
    refunds: tuple[str, ...]


@command(
    "gateways.fetch_settlements",
    permission=SETTLE,
    rest="POST /gateway-accounts/{account_id}/settlements",
)
def fetch_settlements(session: Session, ctx: RequestContext, cmd: FetchSettlements) -> Identified:
    """Have the provider asked for settlements; what is booked already stays as it is.

    Raises:
        UnknownGateway: There is none.

    Emits:
        gateways.settlements_asked.v1.
    """
    hold_account(session, ctx, cmd.account_id)
    emit(session, ctx, cmd.account_id, SettlementsAsked(account_id=cmd.account_id))
    return Identified(id=cmd.account_id)


def claim_settlements(session: Session, ctx: RequestContext, account_id: UUID) -> SettlementPlan:
    """Return which settlements to ask for.

    Raises:
        TryLater: The provider is left alone.
    """
    require_awake(session, ctx, account_id)
    row = db.fetch_one(
        session,
        "select settlements_at from gateway_account where tenant_id = %s and id = %s",
        (ctx.tenant_id, account_id),
    )
    last = row["settlements_at"] if row else None
    since = ctx.today - FIRST_LOOK if last is None else last.date() - LOOKED_BACK
    return SettlementPlan(keys_of(session, ctx, account_id), since)


def unknown_settlements(
    session: Session, ctx: RequestContext, account_id: UUID, ids: list[str]
) -> set[str]:
    """Return which settlements are not booked yet."""
    rows = db.fetch_all(
        session,
        "select provider_id from gateway_settlement where tenant_id = %s and account_id = %s"
        " and provider_id = any(%s)",
        (ctx.tenant_id, account_id, ids),
    )
    return set(ids) - {row["provider_id"] for row in rows}


def missing_of(
    session: Session, ctx: RequestContext, account: AccountKeys, facts: SettlementFacts
) -> Missing:
    """Return what a settlement pays out that the books do not have yet: nobody told of it, or not so far."""
    paid = {line.entity for line in facts.lines if line.kind == "payment"}
    back = {line.entity for line in facts.lines if line.kind == "refund"}
    rows = db.fetch_all(
        session,
        "select provider_id from gateway_payment where tenant_id = %(tenant)s and account_id = %(account)s"
        " and provider_id = any(%(paid)s) and num_nonnulls(receipt_id, entry_id) > 0"
        " union all select provider_id from gateway_refund where tenant_id = %(tenant)s"
        " and account_id = %(account)s and provider_id = any(%(back)s) and status = 'processed'",
        {
            "tenant": ctx.tenant_id,
            "account": account.account_id,
            "paid": list(paid),
            "back": list(back),
        },
    )
    known = {row["provider_id"] for row in rows}
    return Missing(tuple(sorted(paid - known)), tuple(sorted(back - known)))


def look_into_missing(port: PaymentGateway, missing: Missing) -> Looked:
    """Ask the provider about what nobody told of; what it does not know itself is left out."""
    payments: list[PaymentFacts] = []
    refunds: list[RefundFacts] = []
    wanted = set(missing.payments)
    try:
        for name in missing.refunds:
            with suppress(GatewayRefused):
                refunds.append(port.fetch_refund(name))
        wanted |= {refund.payment_id for refund in refunds}
        for name in sorted(wanted):
            with suppress(GatewayRefused):
                payments.append(port.fetch_payment(name))
    except GatewayAway as away:
        return Looked(away=away.problem)
    return Looked(None, tuple(payments), tuple(refunds))


def note_no_settlements(
    session: Session, ctx: RequestContext, account_id: UUID, problem: str
) -> timedelta:
    """Note that the provider gave none; return how long to wait."""
    return note_away(session, ctx, account_id, problem)


def note_settled(session: Session, ctx: RequestContext, account_id: UUID) -> None:
    """Note that every settlement that the provider named is booked."""
    db.execute(
        session,
        "update gateway_account set settlements_at = %s where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, account_id),
    )
    note_awake(session, ctx, account_id)


def note_settlement(
    session: Session,
    ctx: RequestContext,
    account: AccountKeys,
    facts: SettlementFacts,
    found: Looked,
) -> None:
    """Book a settlement, once; its payments and refunds as the provider says they stand are taken in first.

    One whose lines the provider does not have yet waits for the next look. Locks its payments and refunds, what
    receipts lock, then the account.

    Emits:
        gateways.settlement_booked.v1, what payments and refunds emit, and gateways.exception_changed.v1 for each
        difference.
    """
    acting = acting_for(ctx, account)
    lock = f"settlements of {account.account_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))
    if not unknown_settlements(session, ctx, account.account_id, [facts.id]):
        return
    if facts.currency != RUPEES:
        _refuse_currency(session, acting, account, facts)
        return
    if not facts.lines and facts.paise and ctx.today - facts.settled_on < LINES_WITHIN:
        return
    note_found(session, acting, account, found)
    lines = [match_line(session, acting, account, line) for line in facts.lines]
    settlement_id = new_id()
    lines = each_once(lines)
    row = _row(session, acting, account, facts, lines, settlement_id)
    db.insert_rows(session, GatewaySettlement, [row])
    db.insert_rows(
        session,
        GatewaySettlementLine,
        [_line_row(acting, settlement_id, place, line) for place, line in enumerate(lines)],
    )
    _mark(session, acting, settlement_id, lines)
    _name_differences(session, acting, account, row, lines)
    booked = SettlementBooked(
        settlement_id=settlement_id, amount=row["amount"], difference=row["difference"]
    )
    emit(session, acting, settlement_id, booked)


def _refuse_currency(
    session: Session, ctx: RequestContext, account: AccountKeys, facts: SettlementFacts
) -> None:
    problem = (
        f"Settlement {facts.id} of {account.name} is {amount_of(facts.paise)} {facts.currency}; the books are in INR."
        " Book it by hand."
    )
    matter = Matter(ExceptionKind.WRONG_CURRENCY, facts.id, problem)
    raise_exception(session, ctx, account.account_id, matter)


def _row(
    session: Session,
    ctx: RequestContext,
    account: AccountKeys,
    facts: SettlementFacts,
    lines: list[MatchedLine],
    settlement_id: UUID,
) -> dict[str, Any]:
    amount = amount_of(facts.paise)
    fee = amount_of(sum(line.facts.fee for line in lines))
    tax = amount_of(sum(line.facts.tax for line in lines))
    cleared = sum((line.cleared for line in lines), ZERO)
    difference = amount + fee + tax - cleared
    day = day_for(session, ctx, facts.settled_on)
    utr = facts.utr[:40]
    narration = f"Settlement {facts.id} of {account.name}{f', UTR {utr}' if utr else ''}"
    posted = _entry_lines(session, ctx, account, day, (amount, fee, tax, cleared, difference))
    entry = NewEntry(
        "payments", day, "gateway_settlement", settlement_id, "settlement", narration, posted
    )
    return {
        "tenant_id": ctx.tenant_id,
        "id": settlement_id,
        "company_id": ctx.company_id,
        "account_id": account.account_id,
        "provider_id": facts.id,
        "utr": utr,
        "settled_on": facts.settled_on,
        "amount": amount,
        "fee": fee,
        "tax": tax,
        "difference": difference,
        "line_count": len(lines),
        "entry_id": accounting.post_entry(session, ctx, entry),
    }


def _entry_lines(
    session: Session,
    ctx: RequestContext,
    account: AccountKeys,
    day: date,
    parts: tuple[Decimal, Decimal, Decimal, Decimal, Decimal],
) -> list[NewLine]:
    """Return the lines of a settlement; tax is part of the cost where the branch claims none (CGST Act s.10(4)).

    Source: journal J10 of the domain rules.
    """
    amount, fee, tax, cleared, difference = parts
    known = db.fetch_one(
        session,
        "select g.bank_key, g.fee_key, g.is_interstate,"
        " b.gstin is not null and sec.gst_scheme(c.tenant_id, c.id, %s) = 'regular' as may_claim from gateway_account g"
        " join branch b on (b.tenant_id, b.id) = (g.tenant_id, g.branch_id)"
        " join company c on (c.tenant_id, c.id) = (g.tenant_id, g.company_id)"
        " where g.tenant_id = %s and g.id = %s",
        (day, ctx.tenant_id, account.account_id),
    )
    assert known is not None  # noqa: S101  it was taken up
    central = round_money(tax / 2)
    taxes = [debit("input_cgst", central), debit("input_sgst", tax - central)]
    if known["is_interstate"]:
        taxes = [debit("input_igst", tax)]
    if not known["may_claim"]:
        taxes = [debit(known["fee_key"], tax)]
    return [
        debit(known["bank_key"], amount),
        debit(known["fee_key"], fee),
        *taxes,
        credit(CLEARING, cleared),
        credit(SUSPENSE, difference),
    ]


def _line_row(
    ctx: RequestContext, settlement_id: UUID, place: int, line: MatchedLine
) -> dict[str, Any]:
    facts = line.facts
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "settlement_id": settlement_id,
        "place": place,
        "kind": SettlementLineKind(facts.kind).value,
        "entity": facts.entity[:80],
        "gross": amount_of(facts.gross),
        "fee": amount_of(facts.fee),
        "tax": amount_of(facts.tax),
        "net": amount_of(facts.net),
        "cleared": line.cleared,
        "gateway_payment_id": line.payment_id,
        "refund_id": line.refund_id,
        "problem": line.problem,
    }


def _mark(
    session: Session, ctx: RequestContext, settlement_id: UUID, lines: list[MatchedLine]
) -> None:
    paid = [line.payment_id for line in lines if line.payment_id]
    back = [line.refund_id for line in lines if line.refund_id]
    db.execute(
        session,
        "update gateway_payment set settlement_id = %s where tenant_id = %s and id = any(%s)",
        (settlement_id, ctx.tenant_id, paid),
    )
    db.execute(
        session,
        "update gateway_refund set settlement_id = %s where tenant_id = %s and id = any(%s)",
        (settlement_id, ctx.tenant_id, back),
    )


def _name_differences(
    session: Session,
    ctx: RequestContext,
    account: AccountKeys,
    row: dict[str, Any],
    lines: list[MatchedLine],
) -> None:
    problems = [line.problem for line in lines if line.problem]
    net = amount_of(sum(line.facts.net for line in lines))
    if net != row["amount"]:
        problems.append(
            f"Its lines add up to {money_text(net)}, but the bank gets {money_text(row['amount'])}."
        )
    if not problems:
        return
    more = f" And {len(problems) - 3} more." if len(problems) > 3 else ""  # noqa: PLR2004  as many as are read
    matter = Matter(
        ExceptionKind.SETTLEMENT,
        row["provider_id"],
        f"{row['provider_id']} of {account.name}: {' '.join(problems[:3])}{more}"[:500],
        amount=row["difference"] or None,
        settlement_id=row["id"],
    )
    raise_exception(session, ctx, account.account_id, matter)
