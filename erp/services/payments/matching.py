"""Matching what a party owes with what stands to their credit, and setting it apart again."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.payments import Ledger
from erp.services import accounting, party
from erp.services.accounting import Match
from erp.services.payments.errors import NothingToMatch, UnknownItem
from erp.services.payments.events import ItemsMatched
from erp.services.payments.recording import ACCOUNT_OF_LEDGER
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Identified,
    Result,
    ShortText,
    command,
    emit,
)


class MatchedPair(Closed):
    """An amount of a debt that a credit settles."""

    debit_id: UUID
    credit_id: UUID
    amount: Annotated[Amount, Field(gt=0)]


class MatchItems(Command):
    """Settle a party's debts with their credits: notes, payments, advances on account.

    Attributes:
        pairs: Which with which; the earliest due first on both sides where nothing is said.
    """

    party_id: UUID
    ledger: Ledger = Ledger.CUSTOMER
    pairs: Annotated[tuple[MatchedPair, ...], Field(min_length=1, max_length=500)] | None = None


class MatchAnswer(Result):
    """How much was matched, in how many pairs."""

    pairs: int
    amount: Decimal


@command("payments.match_items", permission="payments.receive", rest="POST /matches")
def match_items(session: Session, ctx: RequestContext, cmd: MatchItems) -> MatchAnswer:
    """Settle debts of a party with what stands to their credit; books nothing.

    A supplier's account asks for the right to pay. Locks the party's open items.

    Raises:
        PermissionDenied: The actor may not pay, and it is a supplier's account.
        UnknownParty: There is no such party.
        NotOpen: An item is not open, or less of it is.
        NothingToMatch: Nothing is open on one of the sides.

    Emits:
        payments.items_matched.v1
    """
    _require_right(ctx, cmd.ledger)
    party.check_known(session, ctx, cmd.party_id, "party_id")
    items = accounting.hold_items(session, ctx, ACCOUNT_OF_LEDGER[cmd.ledger], cmd.party_id)
    matches = (
        accounting.oldest_first(items)
        if cmd.pairs is None
        else [Match(pair.debit_id, pair.credit_id, pair.amount) for pair in cmd.pairs]
    )
    if not matches:
        message = "There is nothing to match: one of the sides has nothing open."
        raise NothingToMatch(message)
    accounting.settle(session, ctx, items, matches, "pairs")
    amount = sum((match.amount for match in matches), ZERO)
    emit(session, ctx, cmd.party_id, ItemsMatched(party_id=cmd.party_id, amount=amount))
    return MatchAnswer(pairs=len(matches), amount=amount)


class SetApart(Command):
    """Take back whatever was matched with an item, such as a note that settled the wrong invoice."""

    item_id: UUID
    reason: ShortText


@command(
    "payments.set_apart", permission="payments.receive", rest="POST /open-items/{item_id}/apart"
)
def set_apart(session: Session, ctx: RequestContext, cmd: SetApart) -> Identified:
    """Open an item again, and what it was matched with; books nothing, and what was done stays seen.

    A supplier's account asks for the right to pay. Locks the party's open items.

    Raises:
        UnknownItem: The acting company has no such item.
        StaysMatched: It was taken back, or takes something back; the two stay together.
        NothingToMatch: Nothing is matched with it.
        PermissionDenied: The actor may not pay, and it is a supplier's account.

    Emits:
        payments.items_matched.v1, with the amount below zero.
    """
    item = db.fetch_one(
        session,
        "select i.party_id, i.settled, a.key from open_item i"
        " join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id)"
        " where i.tenant_id = %s and i.company_id = %s and i.id = %s",
        (ctx.tenant_id, ctx.company_id, cmd.item_id),
    )
    if item is None:
        message = "This is not on any account here. Choose one of the list."
        raise UnknownItem(message, fields={"item_id": message})
    ledger = Ledger.CUSTOMER if item["key"] == "debtors" else Ledger.SUPPLIER
    _require_right(ctx, ledger)
    accounting.hold_items(session, ctx, item["key"], item["party_id"])
    amount = accounting.unsettle(session, ctx, cmd.item_id, cmd.reason)
    if not amount:
        raise NothingToMatch("Nothing is matched with this.")
    emit(session, ctx, item["party_id"], ItemsMatched(party_id=item["party_id"], amount=-amount))
    return Identified(id=cmd.item_id)


def _require_right(ctx: RequestContext, ledger: Ledger) -> None:
    if ledger is Ledger.SUPPLIER:
        ctx.require("payments.pay")
