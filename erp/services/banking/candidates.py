"""What a line of the bank may be among what the books know of: entries, cheques, takings, balances."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted, date_text, money_text
from erp.services.banking.listing_accounts import ENTRY_STANDS, LEDGER_WAITS
from erp.services.banking.matching import PAYMENTS_KEY, WaitingLine
from erp.services.banking.wording import Words

MOST_LOOKED_AT: Final = 20
FURTHEST_DAYS: Final = 180
"""An entry further away from the bank's day is not proposed."""
SETTLES_WITHIN: Final = 7
"""Days in which takings by card or UPI come to the bank."""
MANY_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a line may be.

    Attributes:
        score: Out of a hundred; for the order only.
        given: Input of the command `action`, which accepts it.
        group: Candidates of one group exclude each other: only their number decides which.
        sureness: How much says that it is this one of its group: 2 a number, 1 a name, else 0.
        doubt: Why a person must choose it, even where nothing else of its group fits.
    """

    score: int
    title: str
    reasons: tuple[str, ...]
    action: str
    given: dict[str, Any]
    group: str = ""
    sureness: int = 0
    party_id: str = ""
    doubt: str = ""


def in_the_books(
    session: Session, ctx: RequestContext, line: WaitingLine, words: Words
) -> list[Candidate]:
    """Return what the books have of a line already: entries that wait, and cheques."""
    known = [*entries(session, ctx, line, words), *days_together(session, ctx, line)]
    if line.account["key"] == PAYMENTS_KEY:
        known += cheques(session, ctx, line, words)
    return known


def entries(
    session: Session, ctx: RequestContext, line: WaitingLine, words: Words
) -> Iterator[Candidate]:
    """Yield lines of the books of the same amount that no statement has brought."""
    rows = db.fetch_all(
        session,
        f"""
        select l.entry_id, l.line_no, l.effective_on, e.narration, p.number, p.reference, p.party_id,
               substring(e.narration from ', UTR ([A-Za-z0-9]+)$') as utr, w.name as party,
               abs(l.effective_on - %(day)s::date) as days
          from journal_line l
          join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
          left join payment p on p.tenant_id = e.tenant_id and p.id = e.origin_id
               and e.origin_type = 'payment'
          left join party w on (w.tenant_id, w.id) = (p.tenant_id, p.party_id)
         where l.tenant_id = %(tenant)s and l.account_id = %(ledger)s
           and l.debit - l.credit = %(amount)s
           and abs(l.effective_on - %(day)s::date) <= %(furthest)s and {LEDGER_WAITS} and {ENTRY_STANDS}
         order by days, l.entry_id limit %(limit)s
        """,  # noqa: S608  made of literals
        asked(ctx, line),
    )
    for row in rows:
        found = words.mention_any((row["reference"] or "", row["number"] or "", row["utr"] or ""))
        named = bool(row["party"]) and words.name(row["party"])
        reasons = [f"{money_text(abs(line.amount))} is in the books {_apart(row['days'])}"]
        reasons += [f"{found} stands in the bank's text"] if found else []
        reasons += [f"{row['party']} is named"] if named else []
        of = f" of {row['party']}" if row["party"] else ""
        yield Candidate(
            55 + (35 if found else 0) + (10 if named else 0) - min(row["days"], 20),
            f"{row['narration']}{of}",
            tuple(reasons),
            "banking.match_lines",
            _matching(line, [(row["entry_id"], row["line_no"])]),
            "entries of the books",
            sureness=sureness(found, named),
            party_id=str(row["party_id"] or ""),
        )


def days_together(session: Session, ctx: RequestContext, line: WaitingLine) -> Iterator[Candidate]:
    """Yield days whose lines of the books that wait add up to the line."""
    rows = db.fetch_all(
        session,
        f"""
        select l.effective_on, abs(l.effective_on - %(day)s::date) as days, count(*) as entries,
               array_agg(l.entry_id order by l.entry_id, l.line_no) as entry_ids,
               array_agg(l.line_no order by l.entry_id, l.line_no) as line_nos
          from journal_line l
         where l.tenant_id = %(tenant)s and l.account_id = %(ledger)s
           and abs(l.effective_on - %(day)s::date) <= 10
           and (l.debit - l.credit > 0) = (%(amount)s::numeric > 0) and {LEDGER_WAITS} and {ENTRY_STANDS}
         group by l.effective_on
        having sum(l.debit - l.credit) = %(amount)s and count(*) between 2 and {MANY_LINES}
         order by days limit 3
        """,  # noqa: S608  made of literals
        asked(ctx, line),
    )
    for row in rows:
        number = counted(row["entries"], "entry", "entries")
        lines = list(zip(row["entry_ids"], row["line_nos"], strict=True))
        yield Candidate(
            60 - row["days"],
            f"All {number} of {date_text(row['effective_on'])}",
            (f"Together they are {money_text(abs(line.amount))}, {_apart(row['days'])}",),
            "banking.match_lines",
            _matching(line, lines),
        )


def cheques(
    session: Session, ctx: RequestContext, line: WaitingLine, words: Words
) -> Iterator[Candidate]:
    """Yield cheques in hand, or of ours that were not presented, of the same amount."""
    rows = db.fetch_all(
        session,
        """
        select p.id, p.number, p.reference, p.party_id, w.name as party, p.cheque_on,
               %(day)s::date - p.cheque_on as days
          from payment p join party w on (w.tenant_id, w.id) = (p.tenant_id, p.party_id)
         where p.tenant_id = %(tenant)s and p.company_id = %(company)s and p.method = 'cheque'
           and p.direction = %(direction)s and p.amount = abs(%(amount)s::numeric)
           and greatest(p.cheque_on, p.paid_on) <= %(day)s
           and not exists (select 1 from payment_step s
                            where s.tenant_id = p.tenant_id and s.payment_id = p.id)
         order by days, p.id limit %(limit)s
        """,
        asked(ctx, line),
    )
    for row in rows:
        found, named = words.mention(row["reference"]), words.name(row["party"])
        reasons = [f"It is of {money_text(abs(line.amount))}, dated {date_text(row['cheque_on'])}"]
        reasons += [f"Its number {row['reference']} stands in the bank's text"] if found else []
        reasons += [f"{row['party']} is named"] if named else []
        yield Candidate(
            55 + (40 if found else 0) + (5 if named else 0) - min(row["days"], 15),
            f"Cheque {row['reference']} of {row['party']}, {row['number']}",
            tuple(reasons),
            "banking.clear_cheque",
            {"bank_line_id": str(line.id), "payment_id": str(row["id"])},
            "cheques",
            sureness=sureness(found, named),
            party_id=str(row["party_id"]),
        )


def beginning(session: Session, ctx: RequestContext, line: WaitingLine) -> Iterator[Candidate]:
    """Yield what the balance before the first statement is made of: everything in the books until then."""
    sums = db.fetch_one(
        session,
        f"""
        select count(*) as lines, coalesce(sum(amount), 0) as amount,
               coalesce(array_agg(entry_id) filter (where place <= {MANY_LINES}), '{{}}') as entry_ids,
               coalesce(array_agg(line_no) filter (where place <= {MANY_LINES}), '{{}}') as line_nos
          from (select l.entry_id, l.line_no, l.debit - l.credit as amount,
                       row_number() over (order by l.entry_id, l.line_no) as place
                  from journal_line l
                 where l.tenant_id = %(tenant)s and l.account_id = %(ledger)s
                   and l.effective_on <= %(day)s and {LEDGER_WAITS} and {ENTRY_STANDS}) known
        """,  # noqa: S608  made of literals
        asked(ctx, line),
    )
    assert sums is not None  # noqa: S101  an aggregate always answers
    known, lines = sums["amount"], sums["lines"]
    number = counted(lines, "entry", "entries")
    if lines and known == line.amount:
        given = _matching(line, []) | {"everything_until": str(line.booked_on)}
        reason = f"Their balance is {money_text(known)}, as the bank says"
        title = f"All {number} of the books until {date_text(line.booked_on)}"
        yield Candidate(95, title, (reason,), "banking.match_lines", given)
    elif lines <= MANY_LINES:
        rest = line.amount - known
        part = {"account_key": "opening_difference", "amount": str(rest)}
        pairs = zip(sums["entry_ids"], sums["line_nos"], strict=True)
        named = [{"entry_id": str(entry), "line_no": line_no} for entry, line_no in pairs]
        yield Candidate(
            40,
            f"The books until then, and {money_text(rest)} as opening balance difference",
            (
                f"The books have {money_text(known)} in {number}; the bank says {money_text(line.amount)}",
                "An accountant moves the difference to where it belongs",
            ),
            "banking.book_line",
            {"bank_line_id": str(line.id), "lines": [part], "ledger_lines": named},
        )


def sureness(found: object, named: object) -> int:
    """Return how much says that a candidate is the one: its number, the party's name, or nothing."""
    return 2 if found else 1 if named else 0


def _matching(line: WaitingLine, lines: list[tuple[Any, int]]) -> dict[str, Any]:
    return {
        "bank_account_id": str(line.account["id"]),
        "bank_lines": [{"bank_line_id": str(line.id)}],
        "ledger_lines": [{"entry_id": str(entry), "line_no": number} for entry, number in lines],
    }


def asked(ctx: RequestContext, line: WaitingLine) -> dict[str, Any]:
    """Return what statements about a line are given: `since` is where its takings may begin."""
    since = max(line.booked_on.toordinal() - SETTLES_WITHIN, 1)
    return {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "ledger": line.account["account_id"],
        "amount": line.amount,
        "direction": "in" if line.amount > 0 else "out",
        "day": line.booked_on,
        "since": line.booked_on - timedelta(days=line.booked_on.toordinal() - since),
        "furthest": FURTHEST_DAYS,
        "limit": MOST_LOOKED_AT,
    }


def _apart(days: int) -> str:
    return "on the same day" if not days else f"{counted(days, 'day', 'days')} apart"
