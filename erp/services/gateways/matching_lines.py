"""Which payment or refund of ours a line of a settlement is."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.services.gateways.capturing import amount_of
from erp.services.gateways.ports import AccountKeys, SettledFacts


@dataclass(frozen=True, slots=True)
class MatchedLine:
    """A line of a settlement with what of ours it is."""

    facts: SettledFacts
    cleared: Decimal
    payment_id: UUID | None = None
    refund_id: UUID | None = None
    problem: str = ""


def match_line(
    session: Session, ctx: RequestContext, account: AccountKeys, line: SettledFacts
) -> MatchedLine:
    """Return what of ours a line is, locked; what is not ours has a problem instead."""
    if line.kind == "payment":
        return _match_payment(session, ctx, account, line)
    if line.kind == "refund":
        return _match_refund(session, ctx, account, line)
    return MatchedLine(line, ZERO, problem=f"{line.entity} is neither a payment nor a refund.")


def _match_payment(
    session: Session, ctx: RequestContext, account: AccountKeys, line: SettledFacts
) -> MatchedLine:
    row = db.fetch_one(
        session,
        "select id, amount, settlement_id from gateway_payment where tenant_id = %s and account_id = %s"
        " and provider_id = %s and num_nonnulls(receipt_id, entry_id) > 0 for no key update",
        (ctx.tenant_id, account.account_id, line.entity),
    )
    if row is None:
        return MatchedLine(line, ZERO, problem=f"The books do not have payment {line.entity}.")
    if row["settlement_id"] is not None:
        return MatchedLine(line, ZERO, problem=f"Payment {line.entity} was settled before.")
    return MatchedLine(
        line, row["amount"], payment_id=row["id"], problem=_gross_problem(line, row["amount"])
    )


def _match_refund(
    session: Session, ctx: RequestContext, account: AccountKeys, line: SettledFacts
) -> MatchedLine:
    row = db.fetch_one(
        session,
        "select id, amount, settlement_id from gateway_refund where tenant_id = %s and account_id = %s"
        " and provider_id = %s and status = 'processed' for no key update",
        (ctx.tenant_id, account.account_id, line.entity),
    )
    if row is None:
        return MatchedLine(line, ZERO, problem=f"The books do not have refund {line.entity}.")
    if row["settlement_id"] is not None:
        return MatchedLine(line, ZERO, problem=f"Refund {line.entity} was settled before.")
    return MatchedLine(
        line, -row["amount"], refund_id=row["id"], problem=_gross_problem(line, -row["amount"])
    )


def _gross_problem(line: SettledFacts, ours: Decimal) -> str:
    gross = amount_of(line.gross)
    if gross == ours:
        return ""
    return f"{line.entity} is settled with {money_text(gross)}; the books have {money_text(ours)}."


def each_once(lines: list[MatchedLine]) -> list[MatchedLine]:
    """Take a payment or refund that stands in the settlement twice once only."""
    seen: set[UUID] = set()
    once = []
    for line in lines:
        ours = line.payment_id or line.refund_id
        if ours is not None and ours in seen:
            again = f"{line.facts.entity} stands in this settlement twice."
            once.append(MatchedLine(line.facts, ZERO, problem=again))
            continue
        seen |= {ours} if ours else set()
        once.append(line)
    return once
