"""What a line of the bank may be among what the books know of: entries, cheques, takings, balances."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted, date_text, money_text
from erp.core.money import round_money
from erp.services.banking.listing_accounts import ENTRY_STANDS, LEDGER_WAITS
from erp.services.banking.matching import ORIGIN, PAYMENTS_KEY, WaitingLine
from erp.services.banking.wording import Words

MOST_LOOKED_AT: Final = 20
FURTHEST_DAYS: Final = 180
"""An entry further away from the bank's day is not proposed."""
SETTLES_WITHIN: Final = 7
"""Days in which takings by card or UPI come to the bank."""
LARGEST_CHARGE: Final = Decimal("0.04")
"""Of takings; more is no charge. Source: usual rates of acquirers, with the tax on them."""
GST_HALF: Final = Decimal(9)
"""Central and state tax on an acquirer's charge, in percent. Source: journal J10."""
MANY_LINES: Final = 200
TAKINGS: Final = {"upi_clearing": "UPI", "card_clearing": "Card"}
CHARGED: Final = "card_clearing"
"""Takings that come less a charge; payments by UPI bear none."""
_MOVES: LiteralString = r"""
    select a.key, l.debit - l.credit as amount,
           coalesce(substring(l.note from '^Takings of (\d{4}-\d{2}-\d{2})$'),
                    l.effective_on::text) as day
      from journal_line l join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
     where l.tenant_id = %(tenant)s and a.company_id = %(company)s
       and a.key = any(%(keys)s) and l.effective_on >= %(since)s
"""
"""What came into clearing and what was settled, by the day of the takings."""


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
        _asked(ctx, line),
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
        _asked(ctx, line),
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
        _asked(ctx, line),
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


def takings(
    session: Session, ctx: RequestContext, line: WaitingLine, words: Words
) -> Iterator[Candidate]:
    """Yield days whose takings by UPI or card are the line, whole or less a charge with its tax.

    Source: journals J09 and J10 of the domain rules.
    """
    if line.amount <= 0:
        return
    rows = db.fetch_all(
        session,
        f"""
        with moves as ({_MOVES})
        select key, day, sum(amount) as amount from moves
         where day between %(since)s::text and %(day)s::text
         group by key, day
        having sum(amount) = %(amount)s
            or key = '{CHARGED}'
               and sum(amount) between %(amount)s and %(amount)s / (1 - %(charge)s::numeric)
         order by day desc limit %(limit)s
        """,  # noqa: S608  made of literals
        _asked(ctx, line) | {"keys": list(TAKINGS), "charge": LARGEST_CHARGE},
    )
    for row in rows:
        kind, day = TAKINGS[row["key"]], str(row["day"])
        said = words.say("UPI", "CARD", "CARDS", "POS", "SETTLEMENT", "MERCHANT", "EDC")
        kept = row["amount"] - line.amount
        reasons = [f"Takings of that day are {money_text(row['amount'])}"]
        if kept:
            reasons.append(
                f"The bank kept {money_text(kept)}, taken as a charge with 18% CGST and SGST on it;"
                " book it by hand if the acquirer bills from another state"
            )
        reasons += ["The bank's text speaks of such takings"] if said else []
        title = f"{kind} takings of {date_text(date.fromisoformat(day))}"
        yield Candidate(
            (45 if kept else 70) + (20 if said else 0),
            title,
            tuple(reasons),
            "banking.book_line",
            {
                "narration": title,
                "bank_line_id": str(line.id),
                "lines": settled_takings(row["key"], day, row["amount"], kept),
            },
            f"days of {kind} takings",
            doubt="The bank's text speaks of no takings" if kept and not said else "",
        )


def single_takings(
    session: Session, ctx: RequestContext, line: WaitingLine, words: Words
) -> Iterator[Candidate]:
    """Yield single payments by UPI or card of the line's amount, whose reference the bank names.

    Not one that was settled so before, nor more than is left of its day's takings.
    """
    rows = db.fetch_all(
        session,
        f"""
        with left_of as (
            select key, day, sum(amount) as amount from ({_MOVES}) moves group by key, day)
        select a.key, l.effective_on, e.narration, coalesce(p.reference, t.reference, '') as reference
          from journal_line l
          join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
          join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
          left join payment p on (p.tenant_id, p.id) = (e.tenant_id, e.origin_id)
          left join tender t on t.tenant_id = e.tenant_id and t.sale_id = e.origin_id
               and t.method in ('upi', 'card') and t.amount = l.debit
         where l.tenant_id = %(tenant)s and a.company_id = %(company)s and a.key = any(%(keys)s)
           and l.debit = %(amount)s and l.effective_on between %(since)s and %(day)s
           and exists (select 1 from left_of d where d.key = a.key
                          and d.day = l.effective_on::text and d.amount >= l.debit)
           and not exists (select 1 from journal_line k
                  join journal_entry s on (s.tenant_id, s.id) = (k.tenant_id, k.entry_id)
                 where k.tenant_id = l.tenant_id and k.account_id = l.account_id
                   and k.effective_on >= l.effective_on and k.credit = l.debit
                   and s.origin_type = '{ORIGIN}' and right(s.narration, length(e.narration) + 2) = ', ' || e.narration
                   and not exists (select 1 from journal_entry back
                         where back.tenant_id = s.tenant_id and back.reverses_entry_id = s.id))
         order by l.effective_on desc, l.entry_id limit 500
        """,  # noqa: S608  made of literals
        _asked(ctx, line) | {"keys": list(TAKINGS)},
    )
    for row in rows:
        if words.mention(row["reference"]):
            title = f"{TAKINGS[row['key']]}, {row['narration']}"
            lines = settled_takings(row["key"], str(row["effective_on"]), line.amount, Decimal(0))
            yield Candidate(
                92,
                title,
                (f"Its reference {row['reference']} stands in the bank's text",),
                "banking.book_line",
                {"bank_line_id": str(line.id), "narration": title, "lines": lines},
                "payments by UPI or card",
                sureness=2,
            )


def settled_takings(key: str, day: str, amount: Decimal, kept: Decimal) -> list[dict[str, str]]:
    """Return the parts of a settlement: the takings, less a charge with the tax inside what was kept."""
    parts = [{"account_key": key, "amount": str(amount), "note": f"Takings of {day}"}]
    if kept:
        tax = round_money(kept * GST_HALF / (100 + 2 * GST_HALF))
        charge = kept - 2 * tax
        kept_by = (("gateway_charges", charge), ("input_cgst", tax), ("input_sgst", tax))
        parts += [{"account_key": k, "amount": str(-part)} for k, part in kept_by if part]
    return parts


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
        _asked(ctx, line),
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


def _asked(ctx: RequestContext, line: WaitingLine) -> dict[str, Any]:
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
