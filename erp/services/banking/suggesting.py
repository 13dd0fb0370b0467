"""Suggestions for a line of the bank: the best five, each with reasons and the command that accepts it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text, money_text
from erp.models.banking import LineKind
from erp.services.accounting import Side
from erp.services.banking.candidates import (
    MOST_LOOKED_AT,
    Candidate,
    beginning,
    in_the_books,
    sureness,
)
from erp.services.banking.matching import PAYMENTS_KEY, WaitingLine, find_line
from erp.services.banking.recognising_takings import single_takings, takings
from erp.services.banking.ruling import rules_for
from erp.services.banking.wording import Words
from erp.services.payments import Ledger
from erp.services.platform import Query, Result, Rows, query

MOST_SHOWN: Final = 5


class SuggestMatches(Query):
    """Which line of the bank."""

    bank_line_id: UUID


class Suggestion(Result):
    """What a line may be.

    Attributes:
        score: For the order; the best comes first.
        action, given: The command that accepts it, and its input.
        is_ambiguous: Others fit as well, so that a person must choose.
    """

    score: int
    title: str
    reasons: list[str]
    action: str
    given: dict[str, Any]
    is_ambiguous: bool


class Suggestions(Rows):
    """The best five."""

    rows: list[Suggestion]


@query(
    "banking.suggest_matches",
    permission="banking.view",
    rest="GET /bank-lines/{bank_line_id}/suggestions",
)
def suggest_matches(session: Session, ctx: RequestContext, wanted: SuggestMatches) -> Suggestions:
    """Say what a line of the bank that waits may be, and why.

    What the books have already comes before invoices that wait to be paid, so that nothing is received twice.

    Raises:
        UnknownBankLine: The acting company has no such line.
        AlreadyMatched: It is matched.
    """
    line, kind, counterparty = find_line(session, ctx, wanted.bank_line_id)
    if kind == LineKind.OPENING:
        found = list(beginning(session, ctx, line))
    else:
        found = _candidates(session, ctx, line, line.words(counterparty))
    shown = sorted(_weighed(found), key=lambda c: -c[0].score)[:MOST_SHOWN]
    return Suggestions(
        rows=[
            Suggestion(
                score=max(candidate.score, 1),
                title=candidate.title,
                reasons=list(candidate.reasons),
                action=candidate.action,
                given=candidate.given,
                is_ambiguous=is_ambiguous,
            )
            for candidate, is_ambiguous in shown
        ]
    )


def _candidates(
    session: Session, ctx: RequestContext, line: WaitingLine, words: Words
) -> list[Candidate]:
    known = in_the_books(session, ctx, line, words)
    ruled = _ruled(session, ctx, line, known)
    if line.account["key"] == PAYMENTS_KEY:
        known += _after_payments(known, list(_debts(session, ctx, line, words)))
    known += takings(session, ctx, line, words)
    known += single_takings(session, ctx, line, words)
    return known + ruled


def _ruled(
    session: Session, ctx: RequestContext, line: WaitingLine, known: list[Candidate]
) -> list[Candidate]:
    """Return what rules say; behind what the books have, and to be chosen, so that nothing is booked twice."""
    least = min((c.score for c in known), default=100)
    doubt = "The books may have it already" if known else ""
    found = []
    for rule in rules_for(session, ctx, line.id):
        action, given = rule.action(line.id, line.amount)
        score = min(90 if rule.is_automatic else 75, least - 1)
        reasons = (f"The rule {rule.name} fits",)
        what = rule.party or rule.account
        found.append(Candidate(score, what, reasons, action, given, doubt=doubt))
    return found


def _after_payments(known: list[Candidate], debts: list[Candidate]) -> list[Candidate]:
    """Put debts behind payments of their party that are in the books: they may be received already.

    One whose number the bank names keeps its place, but a person chooses.
    """
    best: dict[str, int] = {}
    for candidate in known:
        best[candidate.party_id] = max(best.get(candidate.party_id, 0), candidate.score)
    return [
        replace(
            debt,
            score=debt.score if debt.sureness > 1 else min(debt.score, best[debt.party_id] - 5),
            doubt="A payment of this party is in the books already",
        )
        if debt.party_id in best
        else debt
        for debt in debts
    ]


def _weighed(found: list[Candidate]) -> Iterator[tuple[Candidate, bool]]:
    """Yield candidates with whether others of their group fit as well; that is said, too."""
    for candidate in found:
        rivals = sum(
            other.group == candidate.group and other.sureness >= candidate.sureness
            for other in found
        )
        is_ambiguous = bool(candidate.group) and rivals > 1
        said = (f"{rivals} {candidate.group} have this amount",) if is_ambiguous else ()
        said = (candidate.doubt,) if candidate.doubt else said
        yield replace(candidate, reasons=(*candidate.reasons, *said)), bool(said)


def _debts(
    session: Session, ctx: RequestContext, line: WaitingLine, words: Words
) -> Iterator[Candidate]:
    """Yield open invoices or bills of the same amount, and parties whose whole balance it is."""
    is_in = line.amount > 0
    ledger = Ledger.CUSTOMER if is_in else Ledger.SUPPLIER
    asked = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "key": "debtors" if is_in else "creditors",
        "side": Side.DEBIT if is_in else Side.CREDIT,
        "amount": abs(line.amount),
        "day": line.booked_on,
        "limit": MOST_LOOKED_AT,
    }
    action = "banking.receive_for_line" if is_in else "banking.pay_for_line"
    given = {"bank_line_id": str(line.id), "ledger": ledger.value}
    kind = "invoices" if is_in else "bills"
    for row in _items(session, asked):
        number = row["narration"].rpartition(" ")[2]
        found, named = words.mention_any((number, row["bill"] or "")), words.name(row["party"])
        reasons = [f"{money_text(row['open'])} are open, due {date_text(row['due_on'])}"]
        reasons += [f"{found} stands in the bank's text"] if found else []
        reasons += [f"{row['party']} is named"] if named else []
        settles = [{"item_id": str(row["id"]), "amount": str(row["open"])}]
        yield Candidate(
            40 + (35 if found else 0) + (15 if named else 0),
            f"{row['narration']} of {row['party']}",
            tuple(reasons),
            action,
            given | {"party_id": str(row["party_id"]), "settles": settles},
            kind,
            sureness=sureness(found, named),
            party_id=str(row["party_id"]),
        )
    for row in _balances(session, asked):
        named = words.name(row["party"])
        reasons = [f"Everything open is {money_text(abs(line.amount))} in {row['items']} items"]
        reasons += [f"{row['party']} is named"] if named else []
        yield Candidate(
            38 + (20 if named else 0),
            f"The whole balance of {row['party']}",
            tuple(reasons),
            action,
            given | {"party_id": str(row["party_id"])},
            "balances",
            sureness=sureness(None, named),
            party_id=str(row["party_id"]),
        )


def _items(session: Session, asked: dict[str, Decimal | Any]) -> list[db.Row]:
    return db.fetch_all(
        session,
        """
        select i.id, i.party_id, p.name as party, i.amount - i.settled as open, i.due_on, e.narration,
               b.bill_number as bill
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = %(key)s
          join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)
          join party p on (p.tenant_id, p.id) = (i.tenant_id, i.party_id)
          left join supplier_bill b on (b.tenant_id, b.id) = (e.tenant_id, e.origin_id)
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.side = %(side)s
           and i.settled < i.amount and i.amount - i.settled = %(amount)s
           and i.effective_on <= %(day)s
         order by i.due_on, i.id limit %(limit)s
        """,
        asked,
    )


def _balances(session: Session, asked: dict[str, Decimal | Any]) -> list[db.Row]:
    return db.fetch_all(
        session,
        """
        select i.party_id, p.name as party, count(*) as items
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = %(key)s
          join party p on (p.tenant_id, p.id) = (i.tenant_id, i.party_id)
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.settled < i.amount
           and i.effective_on <= %(day)s
         group by i.party_id, p.name
        having count(*) > 1
           and sum(case i.side when %(side)s then i.amount - i.settled else i.settled - i.amount end)
               = %(amount)s
         order by p.name limit %(limit)s
        """,
        asked,
    )
