"""Takings by UPI or card that come to the bank: whole, or less what the acquirer kept, branch by branch."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text, money_text
from erp.core.money import ZERO, round_money
from erp.services.banking.candidates import Candidate, asked
from erp.services.banking.matching import ORIGIN, WaitingLine
from erp.services.banking.wording import Words

LARGEST_CHARGE: Final = Decimal("0.04")
"""Of takings; more is no charge. Source: usual rates of acquirers, with the tax on them."""
GST_HALF: Final = Decimal(9)
"""Central and state tax on an acquirer's charge, in percent. Source: journal J10."""
TAKINGS: Final = {"upi_clearing": "UPI", "card_clearing": "Card"}
CHARGED: Final = "card_clearing"
"""Takings that come less a charge; payments by UPI bear none."""
_MOVES: LiteralString = r"""
    select a.key, l.debit - l.credit as amount, e.branch_id,
           coalesce(substring(l.note from '^Takings of (\d{4}-\d{2}-\d{2})$'),
                    l.effective_on::text) as day
      from journal_line l join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where l.tenant_id = %(tenant)s and a.company_id = %(company)s
       and a.key = any(%(keys)s) and l.effective_on >= %(since)s
"""
"""What came into clearing and what was settled, by the day of the takings and the branch that has them."""
Shares = Sequence[tuple[UUID, Decimal]]
"""Takings of branches."""


def takings(
    session: Session, ctx: RequestContext, line: WaitingLine, words: Words
) -> Iterator[Candidate]:
    """Yield days whose takings by UPI or card are the line, whole or less a charge with its tax.

    Of one branch, or of all together: each branch's part is booked in its own books.

    Source: journals J09 and J10 of the domain rules.
    """
    if line.amount <= 0:
        return
    rows = db.fetch_all(
        session,
        f"""
        with moves as ({_MOVES}), branches as (
            select m.key, m.day, m.branch_id, b.name, sum(m.amount) as amount,
                   sum(sum(m.amount)) over (partition by m.key, m.day) as whole
              from moves m
              join branch b on b.tenant_id = %(tenant)s and b.id = m.branch_id
             where m.day between %(since)s::text and %(day)s::text
             group by m.key, m.day, m.branch_id, b.name
            having sum(m.amount) <> 0
        ), known as (
            select key, day, whole as amount, count(*) as branches,
                   array_agg(branch_id order by name, branch_id) as branch_ids,
                   array_agg(name order by name, branch_id) as names,
                   array_agg(amount order by name, branch_id) as amounts
              from branches group by key, day, whole
            union all
            select key, day, amount, 1, array[branch_id], array[name], array[amount]
              from branches where whole >= amount and whole <> amount
        )
        select known.*, (select count(*) from branch b where b.tenant_id = %(tenant)s
                           and b.company_id = %(company)s) > 1 as has_branches
          from known
         where amount = %(amount)s
            or key = '{CHARGED}'
               and amount between %(amount)s and %(amount)s / (1 - %(charge)s::numeric)
         order by day desc, branches desc, names limit %(limit)s
        """,  # noqa: S608  made of literals
        asked(ctx, line) | {"keys": list(TAKINGS), "charge": LARGEST_CHARGE},
    )
    for row in rows:
        kind, day = TAKINGS[row["key"]], str(row["day"])
        said = words.say("UPI", "CARD", "CARDS", "POS", "SETTLEMENT", "MERCHANT", "EDC")
        kept = row["amount"] - line.amount
        shares = list(zip(row["branch_ids"], row["amounts"], strict=True))
        reasons = [f"Takings of that day are {money_text(row['amount'])}{_by_branch(row)}"]
        if kept:
            reasons.append(
                f"The bank kept {money_text(kept)}, taken as a charge with 18% CGST and SGST on it;"
                " book it by hand if the acquirer bills from another state"
            )
        reasons += ["The bank's text speaks of such takings"] if said else []
        title = (
            f"{kind} takings of {date_text(date.fromisoformat(day))}, {' and '.join(row['names'])}"
        )
        yield Candidate(
            (45 if kept else 70) + (20 if said else 0),
            title,
            tuple(reasons),
            "banking.book_line",
            {
                "narration": title,
                "bank_line_id": str(line.id),
                "lines": settled_takings(row["key"], day, shares, kept),
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
            select key, day, branch_id, sum(amount) as amount
              from ({_MOVES}) moves group by key, day, branch_id)
        select a.key, l.effective_on, e.branch_id, e.narration, coalesce(p.reference, t.reference, '') as reference
          from journal_line l
          join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
          join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
          left join payment p on (p.tenant_id, p.id) = (e.tenant_id, e.origin_id)
          left join tender t on t.tenant_id = e.tenant_id and t.sale_id = e.origin_id
               and t.method in ('upi', 'card') and t.amount = l.debit
         where l.tenant_id = %(tenant)s and a.company_id = %(company)s and a.key = any(%(keys)s)
           and l.debit = %(amount)s and l.effective_on between %(since)s and %(day)s
           and exists (select 1 from left_of d where d.key = a.key and d.branch_id = e.branch_id
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
        asked(ctx, line) | {"keys": list(TAKINGS)},
    )
    for row in rows:
        if words.mention(row["reference"]):
            title = f"{TAKINGS[row['key']]}, {row['narration']}"
            share = (row["branch_id"], line.amount)
            lines = settled_takings(row["key"], str(row["effective_on"]), [share], Decimal(0))
            yield Candidate(
                92,
                title,
                (f"Its reference {row['reference']} stands in the bank's text",),
                "banking.book_line",
                {"bank_line_id": str(line.id), "narration": title, "lines": lines},
                "payments by UPI or card",
                sureness=2,
            )


def settled_takings(key: str, day: str, shares: Shares, kept: Decimal) -> list[dict[str, str]]:
    """Return the parts of a settlement, branch by branch: its takings, less its part of the charge.

    The charge is shared as the takings are, the last branch bearing what rounding leaves.
    """
    whole, left = sum((amount for _, amount in shares), ZERO), kept
    parts = []
    for at, (branch_id, amount) in enumerate(shares, start=1):
        own = left if at == len(shares) else round_money(kept * amount / whole)
        left -= own
        takings_of = {"account_key": key, "amount": str(amount), "note": f"Takings of {day}"}
        parts += [
            part | {"branch_id": str(branch_id)} for part in (takings_of, *_charge(own)) if part
        ]
    return parts


def _charge(kept: Decimal) -> list[dict[str, str]]:
    """Return a charge and the tax inside it."""
    tax = round_money(kept * GST_HALF / (100 + 2 * GST_HALF))
    shown = (("gateway_charges", kept - 2 * tax), ("input_cgst", tax), ("input_sgst", tax))
    return [{"account_key": key, "amount": str(-part)} for key, part in shown if part]


def _by_branch(row: db.Row) -> str:
    if row["branches"] == 1:
        return f" at {row['names'][0]}" if row["has_branches"] else ""
    shares = zip(row["names"], row["amounts"], strict=True)
    return ": " + ", ".join(f"{name} {money_text(amount)}" for name, amount in shares)
