"""Open items: what a party owes and is owed, line by line, and matching one with the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.accounting import Allocation, Side
from erp.services.accounting.chart import account_id
from erp.services.accounting.errors import NotOpen

PartyAccount = Literal["debtors", "creditors"]
MOST_MATCHES = 1000


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item with something open, held until the transaction ends.

    Attributes:
        origin_id: The document behind it.
    """

    id: UUID
    origin_id: UUID
    side: Side
    open: Decimal
    due_on: date
    narration: str


@dataclass(frozen=True, slots=True)
class Match:
    """An amount of a debit that a credit settles."""

    debit_id: UUID
    credit_id: UUID
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What a party owes on an account, and how much of it is overdue; below zero where we owe.

    Attributes:
        promised: Paid by cheques that are not in the bank yet.
    """

    balance: Decimal
    overdue: Decimal
    promised: Decimal


def lock_items(session: Session, party_id: UUID) -> None:
    """Let others who would settle items of a party wait; several parties are locked in order."""
    lock = f"open items of {party_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))


def hold_items(
    session: Session, ctx: RequestContext, key: PartyAccount, party_id: UUID
) -> list[HeldItem]:
    """Return what is open between a party and the acting company, the earliest due first.

    Others who would settle items of the party wait until the transaction ends.
    """
    lock_items(session, party_id)
    rows = db.fetch_all(
        session,
        """
        select i.id, e.origin_id, i.side, i.amount - i.settled as open, i.due_on, e.narration
          from open_item i
          join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)
         where i.tenant_id = %s and i.account_id = %s and i.party_id = %s and i.settled < i.amount
           and i.effective_on <= %s
        """,
        (ctx.tenant_id, account_id(session, ctx, key), party_id, ctx.today),
    )
    found = [HeldItem(**row | {"side": Side(row["side"])}) for row in rows]
    return sorted(found, key=lambda item: (item.due_on, item.id))


def oldest_first(items: Sequence[HeldItem], most: int = MOST_MATCHES) -> list[Match]:
    """Match debits with credits, the earliest due first on both sides, as far as they go.

    Args:
        most: No more matches than these are made; the rest stays open.
    """
    owed = [item for item in items if item.side is Side.DEBIT]
    paid = [item for item in items if item.side is Side.CREDIT]
    left = {item.id: item.open for item in items}
    matches: list[Match] = []
    debit, credit = 0, 0
    while debit < len(owed) and credit < len(paid) and len(matches) < most:
        one, other = owed[debit].id, paid[credit].id
        amount = min(left[one], left[other])
        matches.append(Match(one, other, amount))
        left[one] -= amount
        left[other] -= amount
        debit += not left[one]
        credit += not left[other]
    return matches


def settle(
    session: Session,
    ctx: RequestContext,
    items: Sequence[HeldItem],
    matches: Sequence[Match],
    field: str = "settles",
) -> None:
    """Match items that are held; nothing of them is settled twice.

    Args:
        field: The input's list of matches, which a refusal names.

    Raises:
        NotOpen: An item is not open on this side, or less of it is; the match is named.
    """
    left = {item.id: item for item in items}
    taken: dict[UUID, Decimal] = {}
    for at, match in enumerate(matches):
        for side, item_id in ((Side.DEBIT, match.debit_id), (Side.CREDIT, match.credit_id)):
            item = left.get(item_id)
            taken[item_id] = taken.get(item_id, ZERO) + match.amount
            if item is None or item.side is not side:
                raise _not_open(field, at, "This is not open any more. Look at the account again.")
            if taken[item_id] > item.open:
                message = f"Only {money_text(item.open)} of {item.narration} are open."
                raise _not_open(field, at, message)
    _write(session, ctx, matches)


def _not_open(field: str, at: int, message: str) -> NotOpen:
    return NotOpen(message, fields={f"{field}.{at}.amount": message})


def _write(session: Session, ctx: RequestContext, matches: Iterable[Match]) -> None:
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "debit_item_id": match.debit_id,
            "credit_item_id": match.credit_id,
            "amount": match.amount,
            "allocated_on": ctx.today,
            "reason": "",
            "user_id": ctx.user_id,
        }
        for match in matches
    ]
    db.insert_rows(session, Allocation, rows)


def unsettle(session: Session, ctx: RequestContext, item_id: UUID, reason: str) -> Decimal:
    """Take back whatever was matched with an item, and return how much; what was done stays seen."""
    row = db.fetch_one(
        session,
        """
        with undone as (
        insert into allocation (tenant_id, id, debit_item_id, credit_item_id, amount, undoes_id,
                                allocated_on, reason, user_id)
        select tenant_id, uuidv7(), debit_item_id, credit_item_id, -amount, id, %(today)s, %(reason)s,
               %(user)s
          from allocation made
         where tenant_id = %(tenant)s and %(item)s in (debit_item_id, credit_item_id) and amount > 0
           and not exists (select 1 from allocation back
                            where back.tenant_id = made.tenant_id and back.undoes_id = made.id)
         order by debit_item_id, credit_item_id, id returning amount)
        select coalesce(-sum(amount), 0) as amount from undone
        """,
        {
            "tenant": ctx.tenant_id,
            "item": item_id,
            "today": ctx.today,
            "reason": reason,
            "user": ctx.user_id,
        },
    )
    return row["amount"] if row else ZERO


def item_of(session: Session, ctx: RequestContext, entry_id: UUID) -> UUID:
    """Return the item of an entry that has one."""
    row = db.fetch_one(
        session,
        "select id from open_item where tenant_id = %s and entry_id = %s order by line_no limit 1",
        (ctx.tenant_id, entry_id),
    )
    assert row is not None  # noqa: S101  the database opens one with the entry
    found: UUID = row["id"]
    return found


def release_items(session: Session, ctx: RequestContext, entry_id: UUID, reason: str) -> None:
    """Take back whatever was matched with the items of an entry; locks its parties' open items, in their order."""
    rows = db.fetch_all(
        session,
        "select id, party_id from open_item where tenant_id = %s and entry_id = %s order by party_id, id",
        (ctx.tenant_id, entry_id),
    )
    for party_id in dict.fromkeys(row["party_id"] for row in rows):
        lock_items(session, party_id)
    for row in rows:
        unsettle(session, ctx, row["id"], reason)


def cancel_out(session: Session, ctx: RequestContext, entry_id: UUID, back_id: UUID) -> None:
    """Match the items of an entry with those of the one that took it back, so that nothing of either stays open.

    Locks its parties' open items, in their order.
    """
    rows = db.fetch_all(
        session,
        "select i.party_id, a.key, array_agg(i.id) as ids from open_item i"
        " join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id)"
        " where i.tenant_id = %s and i.entry_id in (%s, %s) group by i.party_id, a.key order by i.party_id, a.key",
        (ctx.tenant_id, entry_id, back_id),
    )
    for row in rows:
        held = hold_items(session, ctx, row["key"], row["party_id"])
        own = [item for item in held if item.id in row["ids"]]
        settle(session, ctx, own, oldest_first(own))


def standing_of(
    session: Session, ctx: RequestContext, key: PartyAccount, party_id: UUID
) -> Standing:
    """Return what a party owes the business on an account, all its companies together.

    What they paid without saying for what counts against what is due first.
    """
    row = db.fetch_one(
        session,
        """
        select coalesce(sum(case side when 'debit' then amount - settled
                                      else settled - amount end), 0) as balance,
               coalesce(sum(amount - settled) filter (where side = 'debit' and due_on < %(today)s),
                        0) as due,
               coalesce(sum(amount - settled) filter (where side = 'credit'), 0) as unapplied,
               (select coalesce(sum(l.debit - l.credit), 0) from journal_line l
                  join account h on (h.tenant_id, h.id) = (l.tenant_id, l.account_id)
                 where l.tenant_id = %(tenant)s and l.party_id = %(party)s
                   and h.key = 'cheques_in_hand') as promised
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = %(key)s
         where i.tenant_id = %(tenant)s and i.party_id = %(party)s and settled < amount
           and effective_on <= %(today)s
        """,
        {
            "tenant": ctx.tenant_id,
            "key": key,
            "party": party_id,
            "today": ctx.today,
        },
    )
    if row is None:
        return Standing(ZERO, ZERO, ZERO)
    overdue = max(row["due"] - row["unapplied"], ZERO)
    return Standing(row["balance"], overdue, row["promised"])
