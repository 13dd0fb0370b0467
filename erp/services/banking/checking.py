"""Whether a statement holds together, is of its account, and follows the one before."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.core.money import ZERO
from erp.services.banking.errors import (
    NothingNew,
    StatementMissing,
    UnprovenStatement,
    WrongStatement,
)
from erp.services.banking.reading_cells import read_amount
from erp.services.banking.reading_rows import Reading, ReadLine

CURRENCY: Final = "INR"
MOST_SAID: Final = 20
"""Problems that one refusal names."""


@dataclass(frozen=True, slots=True)
class Said:
    """Balances that the file, or a person, says."""

    opening: Decimal | None
    closing: Decimal | None


@dataclass(frozen=True, slots=True)
class Proven:
    """What a statement brings.

    Attributes:
        new: Lines that are not known yet, with their fingerprints.
        first_opening: Balance before the account's first line; nothing if it is not its first
            statement.
        opening: Balance before the new lines. closing: after them.
        is_proven: The file says where it ends, so that no line can be missing.
    """

    new: tuple[tuple[str, ReadLine], ...]
    known: int
    first_opening: Decimal | None
    opening: Decimal
    closing: Decimal
    from_day: date
    to_day: date
    is_proven: bool


def check_facts(account: db.Row, facts: Mapping[str, str]) -> list[DomainError]:
    """Return why a file is not of this account: its number, IFSC or currency is another."""
    wrong: list[DomainError] = []
    number, ifsc = facts.get("number", ""), facts.get("ifsc", "").upper()
    if number and not _same_number(number, account["number"]):
        wrong.append(_wrong(f"The file is of account {number}, not of {account['number']}."))
    if len(ifsc) == len("SBIN0000001") and account["ifsc"] and ifsc != account["ifsc"]:
        wrong.append(_wrong(f"The file is of branch {ifsc}, not of {account['ifsc']}."))
    currency = facts.get("currency", "")
    if currency and currency != CURRENCY:
        wrong.append(_wrong(f"The file is in {currency}. Only {CURRENCY} is kept here."))
    return wrong


def _same_number(said: str, kept: str) -> bool:
    """Tell whether two numbers are of one account: banks add zeros, and mask all but the end."""
    said, kept = said.replace(" ", "").lstrip("0").upper(), kept.lstrip("0").upper()
    end = said.lstrip("X*")
    return said == kept or (end != said and len(end) >= len("1234") and kept.endswith(end))


def said_by(facts: Mapping[str, str], reading: Reading, given: Said) -> Said:
    """Return the balances: what a person typed, else what the file says, else its running balance."""
    last = reading.lines[-1].balance if reading.lines else None
    return Said(
        _first(given.opening, read_amount(facts.get("opening", "")), reading.opening),
        _first(given.closing, read_amount(facts.get("closing", "")), last),
    )


def _first(*amounts: Decimal | None) -> Decimal | None:
    return next((amount for amount in amounts if amount is not None), None)


def refuse_problems(reading: Reading) -> None:
    """Refuse rows that cannot be read.

    Raises:
        WrongStatement: There is one; each is named with its row and column.
    """
    if reading.problems:
        said = " ".join(problem.said for problem in reading.problems[:MOST_SAID])
        more = len(reading.problems) - MOST_SAID
        fields = {
            f"rows.{problem.row}.{problem.column}": problem.message
            for problem in reading.problems[:MOST_SAID]
        }
        raise WrongStatement(f"{said} And {more} more." if more > 0 else said, fields=fields)
    if not reading.lines:
        raise _wrong("No row moves money. Are the columns right?")


def prove(
    session: Session, ctx: RequestContext, account_id: UUID, reading: Reading, said: Said
) -> Proven:
    """Return what a statement brings, once it is shown to follow what the account has.

    Raises:
        WrongStatement: Its closing balance is not its opening with its lines; it begins before
            the account's first statement; or its first one says no opening balance.
        NothingNew: Every line is known.
        StatementMissing: It does not begin where the last one ended.
    """
    last = db.fetch_one(
        session,
        "select s.closing, s.to_day, (select min(from_day) from bank_statement f"
        "  where f.withdrawn_at is null"
        " and f.tenant_id = s.tenant_id and f.bank_account_id = s.bank_account_id) as since"
        " from bank_statement s where s.withdrawn_at is null and s.tenant_id = %s and s.bank_account_id = %s"
        " order by s.id desc limit 1",
        (ctx.tenant_id, account_id),
    )
    marked = _marked(reading.lines)
    known = _known(session, ctx, account_id, [mark for mark, _ in marked])
    new = tuple((mark, line) for mark, line in marked if mark not in known)
    if not new:
        lines = counted(len(marked), "line is", "lines are")
        message = f"All {lines} known already. Nothing was imported."
        raise NothingNew(message)
    opening, closing = _balances(reading, said)
    brought = sum((line.amount for _, line in new), ZERO)
    if last is None:
        before = opening
    else:
        before = last["closing"]
        _check_follows(last, new, len(known), (opening, closing, brought))
    if before is None:
        message = "Type the balance before the first line: nothing is known of this account yet."
        raise WrongStatement(message, fields={"opening": message})
    days = [line.booked_on for _, line in new]
    return Proven(
        new=new,
        known=len(marked) - len(new),
        first_opening=before if last is None else None,
        opening=before,
        closing=before + brought,
        from_day=min(days),
        to_day=max(days),
        is_proven=said.closing is not None,
    )


def _balances(reading: Reading, said: Said) -> tuple[Decimal | None, Decimal | None]:
    """Return both balances of the file; one follows from the other."""
    moved = sum((line.amount for line in reading.lines), ZERO)
    opening, closing = said.opening, said.closing
    if opening is not None and closing is not None and opening + moved != closing:
        message = (
            f"The closing balance {money_text(closing)} is not the opening {money_text(opening)}"
            f" with lines of {money_text(moved)}. A line is missing, or a balance is wrong."
        )
        raise WrongStatement(message, fields={"closing": message})
    if opening is None and closing is not None:
        opening = closing - moved
    if closing is None and opening is not None:
        closing = opening + moved
    return opening, closing


def _check_follows(
    last: db.Row,
    new: Sequence[tuple[str, ReadLine]],
    known: int,
    balances: tuple[Decimal | None, Decimal | None, Decimal],
) -> None:
    opening, closing, brought = balances
    if min(line.booked_on for _, line in new) < last["since"]:
        message = f"The first statement begins on {date_text(last['since'])}. This one is older."
        raise WrongStatement(message, fields={"file_id": message})
    if closing is None or last["closing"] + brought == closing:
        return
    if known:
        message = (
            f"With {counted(len(new), 'new line')} the balance would be"
            f" {money_text(last['closing'] + brought)}, but the bank says {money_text(closing)}."
            " Lines that are known stand in the file differently."
        )
        raise WrongStatement(message, fields={"closing": message})
    message = (
        f"It begins with {money_text(opening or ZERO)}, but the last statement ended on"
        f" {date_text(last['to_day'])} with {money_text(last['closing'])}. A statement between"
        " them is missing: import it first."
    )
    raise StatementMissing(message, fields={"opening": message})


def require_proof(ctx: RequestContext, proven: Proven) -> None:
    """Ask a person to confirm a statement whose end nothing says.

    Raises:
        UnprovenStatement: The file says no balance, and nobody confirmed.
    """
    if not proven.is_proven and UnprovenStatement.code not in ctx.confirmed:
        message = (
            "The file says no balance, so nothing proves that no line is missing. Type the closing"
            f" balance, or confirm {money_text(proven.closing)}."
        )
        raise UnprovenStatement(message, fields={"closing": message})


def _marked(lines: Sequence[ReadLine]) -> list[tuple[str, ReadLine]]:
    """Return each line with its fingerprint: of what it says, and how many equal ones came before."""
    seen: Counter[str] = Counter()
    marked = []
    for line in lines:
        said = "\x1f".join(
            (str(line.booked_on), str(line.amount), " ".join(line.text.split()), line.reference)
        )
        marked.append((hashlib.sha256(f"{said}\x1f{seen[said]}".encode()).hexdigest(), line))
        seen[said] += 1
    return marked


def _known(
    session: Session, ctx: RequestContext, account_id: UUID, marks: Sequence[str]
) -> set[str]:
    rows = db.fetch_all(
        session,
        "select fingerprint from bank_line where is_live and tenant_id = %s and bank_account_id = %s"
        " and fingerprint = any(%s)",
        (ctx.tenant_id, account_id, list(marks)),
    )
    return {row["fingerprint"] for row in rows}


def _wrong(message: str) -> WrongStatement:
    return WrongStatement(message, fields={"file_id": message})
