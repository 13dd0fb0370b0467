"""Rules: what lines of a bank that look so are, tried before they are kept, applied on demand."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, LiteralString, Self
from uuid import UUID

import psycopg
from pydantic import Field, model_validator
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.models.banking import BankRule
from erp.services import accounting, party
from erp.services.banking.accounts import hold_account
from erp.services.banking.candidates import in_the_books
from erp.services.banking.errors import UnknownRule
from erp.services.banking.events import RuleChanged
from erp.services.banking.listing_accounts import LINE_WAITS
from erp.services.banking.matching import find_line, hold_line
from erp.services.banking.settling import (
    BookedPart,
    BookLine,
    PayForLine,
    ReceiveForLine,
    book_held_line,
    pay_held_line,
)
from erp.services.payments import Ledger
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Identified,
    Result,
    ShortText,
    Text,
    command,
    decode_cursor,
    emit,
    encode_cursor,
    refusal_for,
)

MOST_APPLIED: Final = 50
"""Lines that one application looks at, so that payments at the counter wait for few; the rest is the next one's."""

FITS: LiteralString = """
    l.kind = 'line'
    and (r.contains = '' or position(lower(r.contains)
         in lower(l.text || ' ' || l.reference || ' ' || l.counterparty)) > 0)
    and (r.direction = '' or (r.direction = 'in') = (l.amount > 0))
    and (r.lowest is null or abs(l.amount) >= r.lowest)
    and (r.highest is null or abs(l.amount) <= r.highest)
"""


class Conditions(Closed):
    """When a rule fits a line.

    Attributes:
        contains: Words of its text, reference or counterparty, in any case.
        lowest, highest: Of its amount without the sign.
    """

    bank_account_id: UUID
    contains: Annotated[str, Field(max_length=120)] = ""
    direction: Literal["", "in", "out"] = ""
    lowest: Amount | None = None
    highest: Amount | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.contains and self.lowest is None and self.highest is None:
            msg = "say words that the line contains, or between which amounts it lies"
            raise ValueError(msg)
        return self


class SetRule(Conditions, Command):
    """A rule, or another content for one that exists.

    Attributes:
        account_key: Account it is booked to; or else party_id, ledger: whose payment it is.
        is_automatic: Applied by `banking.apply_rules`; else only proposed.
        priority: The smallest that fits decides.
    """

    rule_id: UUID | None = None
    name: ShortText
    account_key: Annotated[str, Field(max_length=60)] = ""
    party_id: UUID | None = None
    ledger: Ledger = Ledger.CUSTOMER
    note: Text = ""
    is_automatic: bool = False
    priority: Annotated[int, Field(ge=1, le=999)] = 100

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if (self.account_key == "") == (self.party_id is None):
            msg = "name either the account it is booked to, or the party whose payment it is"
            raise ValueError(msg)
        return self


class RemoveRule(Command):
    """Which rule no longer holds."""

    rule_id: UUID


class ApplyRules(Command):
    """Whose automatic rules to apply to the lines that wait; `cursor`: where the last application ended."""

    bank_account_id: UUID
    cursor: Annotated[str, Field(max_length=200)] = ""


class AppliedRules(Result):
    """What became of the lines that rules fit.

    Attributes:
        booked, refused: How many were, with the first reason.
        left: How many a person looks at, because the books may have them already.
        next_cursor: Where to go on; empty once every line was looked at.
    """

    booked: int
    refused: int
    first_refusal: str
    left: int
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule that fits a line."""

    id: UUID
    name: str
    account_key: str
    account: str
    party_id: UUID | None
    party: str
    ledger: str
    note: str
    is_automatic: bool

    def action(self, bank_line_id: UUID, amount: Decimal) -> tuple[str, dict[str, Any]]:
        """Return the command that the rule stands for, and its input."""
        if self.party_id is None:
            part = {"account_key": self.account_key, "amount": str(amount), "note": self.note}
            return "banking.book_line", {"bank_line_id": str(bank_line_id), "lines": [part]}
        name = "banking.receive_for_line" if amount > 0 else "banking.pay_for_line"
        return name, {
            "bank_line_id": str(bank_line_id),
            "party_id": str(self.party_id),
            "ledger": self.ledger,
            "note": self.note,
        }


@command("banking.set_rule", permission="banking.reconcile", rest="POST /bank-rules")
def set_rule(session: Session, ctx: RequestContext, cmd: SetRule) -> Identified:
    """Keep a rule, in place of the one that is named.

    Raises:
        UnknownBankAccount, UnknownRule, UnknownParty: Something named is not the acting company's.
        KeptAccount, NotFound: The account takes no entry by hand, or is not in the chart.

    Emits:
        banking.rule_changed.v1
    """
    account = hold_account(session, ctx, cmd.bank_account_id)
    if cmd.party_id is not None:
        party.require_account(session, ctx, cmd.party_id, "party_id")
    else:
        part = BookedPart(account_key=cmd.account_key, amount=Decimal(1))
        accounting.check_typed_lines(session, ctx, [part])
    if cmd.rule_id is not None:
        _end(session, ctx, cmd.rule_id)
    rule_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": rule_id,
        "bank_account_id": account["id"],
        "name": cmd.name,
        "contains": cmd.contains,
        "direction": cmd.direction,
        "lowest": cmd.lowest,
        "highest": cmd.highest,
        "account_key": cmd.account_key,
        "party_id": cmd.party_id,
        "ledger": cmd.ledger if cmd.party_id else "",
        "note": cmd.note,
        "is_automatic": cmd.is_automatic,
        "priority": cmd.priority,
        "is_active": True,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, BankRule, [row])
    emit(session, ctx, rule_id, RuleChanged(bank_account_id=account["id"], rule_id=rule_id))
    return Identified(id=rule_id)


@command(
    "banking.remove_rule", permission="banking.reconcile", rest="POST /bank-rules/{rule_id}/removal"
)
def remove_rule(session: Session, ctx: RequestContext, cmd: RemoveRule) -> Identified:
    """Let a rule hold no longer; what it booked stays.

    Raises:
        UnknownRule: The acting company has no such rule.

    Emits:
        banking.rule_changed.v1
    """
    account_id = _end(session, ctx, cmd.rule_id)
    event = RuleChanged(bank_account_id=account_id, rule_id=cmd.rule_id)
    emit(session, ctx, cmd.rule_id, event)
    return Identified(id=cmd.rule_id)


def _end(session: Session, ctx: RequestContext, rule_id: UUID) -> UUID:
    ended = db.fetch_one(
        session,
        "update bank_rule r set is_active = false from bank_account b"
        " where r.tenant_id = %s and r.id = %s and r.is_active"
        " and (b.tenant_id, b.id) = (r.tenant_id, r.bank_account_id) and b.company_id = %s"
        " returning r.bank_account_id",
        (ctx.tenant_id, rule_id, ctx.company_id),
    )
    if ended is None:
        message = "This rule is not known here. Choose one of the list."
        raise UnknownRule(message, fields={"rule_id": message})
    account_id: UUID = ended["bank_account_id"]
    return account_id


@command(
    "banking.apply_rules",
    permission="banking.reconcile",
    rest="POST /bank-accounts/{bank_account_id}/rules/application",
)
def apply_rules(session: Session, ctx: RequestContext, cmd: ApplyRules) -> AppliedRules:
    """Book lines that wait and that an automatic rule fits first; each as its rule says.

    A line that is refused, for a closed period or a missing right, leaves nothing and waits on; the
    others are booked. One that the books may have already is left to a person. At most 50 lines at
    once. Locks the bank account, the open items of every party that rules name, then as payments do.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.

    Emits:
        banking.lines_matched.v1 and payments.payment_recorded.v1, of each line.
    """
    hold_account(session, ctx, cmd.bank_account_id)
    day, last = decode_cursor(cmd.cursor, 2) or ["-infinity", str(UUID(int=0))]
    lines = db.fetch_all(
        session,
        "select l.id, l.booked_on from bank_line l where l.is_live"  # noqa: S608  made of literals
        f" and l.tenant_id = %s and l.bank_account_id = %s and {LINE_WAITS}"
        " and exists (select 1 from bank_rule r where r.tenant_id = l.tenant_id"
        f" and r.bank_account_id = l.bank_account_id and r.is_active and r.is_automatic and {FITS})"
        " and (l.booked_on, l.id) > (%s::date, %s::uuid) order by l.booked_on, l.id limit %s",
        (ctx.tenant_id, cmd.bank_account_id, day, last, MOST_APPLIED),
    )
    ruled = [(line["id"], rules_for(session, ctx, line["id"])[0]) for line in lines]
    wanted = [(line_id, rule) for line_id, rule in ruled if rule.is_automatic]
    for party_id in sorted({rule.party_id for _, rule in wanted if rule.party_id}):
        accounting.lock_items(session, party_id)
    left, refusals = 0, []
    for line_id, rule in wanted:
        line, _, counterparty = find_line(session, ctx, line_id)
        if in_the_books(session, ctx, line, line.words(counterparty)):
            left += 1
            continue
        refusal = _try(session, ctx, line_id, rule)
        refusals += [refusal.message] if refusal else []
    is_full = len(lines) == MOST_APPLIED
    return AppliedRules(
        booked=len(wanted) - left - len(refusals),
        refused=len(refusals),
        first_refusal=refusals[0] if refusals else "",
        left=left,
        next_cursor=encode_cursor(lines[-1]["booked_on"], lines[-1]["id"]) if is_full else "",
    )


def _try(session: Session, ctx: RequestContext, line_id: UUID, rule: Ruled) -> DomainError | None:
    """Book a line as its rule says, or leave nothing of it and return why it is refused."""
    try:
        with db.attempt(session):
            _apply(session, ctx, line_id, rule)
            db.send_rows(session)
            db.execute(session, "set constraints all immediate")
            db.execute(session, "set constraints all deferred")
    except DomainError as refusal:
        return refusal
    except (IntegrityError, psycopg.IntegrityError) as error:
        return refusal_for(error)
    return None


def _apply(session: Session, ctx: RequestContext, line_id: UUID, rule: Ruled) -> None:
    line = hold_line(session, ctx, line_id)
    name, given = rule.action(line.id, line.amount)
    if name == "banking.book_line":
        book_held_line(session, ctx, line, BookLine.model_validate(given), rule.id)
    else:
        model = ReceiveForLine if line.amount > 0 else PayForLine
        pay_held_line(session, ctx, line, model.model_validate(given), rule.id)


def rules_for(session: Session, ctx: RequestContext, line_id: UUID) -> list[Ruled]:
    """Return the rules that fit a line of the bank, the one that decides first."""
    rows = db.fetch_all(
        session,
        f"""
        select r.id, r.name, r.account_key, coalesce(a.name, '') as account, r.party_id,
               coalesce(p.name, '') as party, r.ledger, r.note, r.is_automatic
          from (select * from bank_line where is_live) l
          join bank_rule r on r.tenant_id = l.tenant_id and r.bank_account_id = l.bank_account_id
               and r.is_active and {FITS}
          join bank_account b on (b.tenant_id, b.id) = (l.tenant_id, l.bank_account_id)
          left join account a on a.tenant_id = r.tenant_id and a.company_id = b.company_id
               and a.key = r.account_key
          left join party p on (p.tenant_id, p.id) = (r.tenant_id, r.party_id)
         where l.tenant_id = %s and l.id = %s
         order by r.priority, r.id limit 3
        """,  # noqa: S608  made of literals
        (ctx.tenant_id, line_id),
    )
    return [Ruled(**row) for row in rows]
