"""A statement of account as it is printed: the renderer looks up nothing more."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.models.payments import Ledger
from erp.services.party import PrintedParty, printed_branch, printed_contact
from erp.services.payments.items import ListItems, list_items
from erp.services.payments.statements import GetStatement, StatementLine, get_statement


@dataclass(frozen=True, slots=True)
class PrintedStatement:
    """A statement; the same days of the same account make the same file.

    Attributes:
        standing: Label and amount of what is open today, and of what of it is late.
        words: What the closing balance means.
    """

    made_at: datetime
    time_zone: str
    from_day: date
    to_day: date
    issuer: PrintedParty
    party: PrintedParty
    opening: Decimal
    lines: tuple[StatementLine, ...]
    closing: Decimal
    standing: tuple[tuple[str, Decimal], ...]
    words: str


def get_printed_statement(
    session: Session, ctx: RequestContext, wanted: GetStatement
) -> PrintedStatement:
    """Return a statement as it is printed.

    Raises:
        UnknownParty: There is no such party, or it has no account.
        PermissionDenied: The actor may not see payments.
    """
    ctx.require("payments.view")
    found = get_statement(session, ctx, wanted)
    asked = ListItems(party_id=wanted.party_id, ledger=wanted.ledger)
    now = list_items(session, ctx, asked)
    return PrintedStatement(
        made_at=ctx.now,
        time_zone=ctx.time_zone,
        from_day=found.from_day,
        to_day=found.to_day,
        issuer=printed_branch(session, ctx),
        party=printed_contact(session, ctx, wanted.party_id),
        opening=found.opening,
        lines=tuple(found.lines),
        closing=found.closing,
        standing=(
            ("Open today", now.owed),
            ("Of it late", now.overdue),
            ("Unapplied", now.unapplied),
        ),
        words=_words(found.closing, wanted.ledger),
    )


def _words(closing: Decimal, ledger: Ledger) -> str:
    if closing == ZERO:
        return "Nothing is owed."
    theirs = (closing > ZERO) == (ledger is Ledger.CUSTOMER)
    whose = "You owe us" if theirs else "We owe you"
    return f"{whose} {money_text(abs(closing))}."
