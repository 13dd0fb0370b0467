"""A claim in the books: its cost and credit against whoever is owed, or the box it was paid from."""

from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.expenses import ExpensePayee
from erp.services import accounting, party
from erp.services.accounting import NewEntry, NewLine
from erp.services.expenses.holding import HeldClaim
from erp.services.platform import id_from_key

ORIGIN: Final = "expense_claim"
BOX: Final = "petty_floats"
"""Account of the boxes of all branches; a branch's entries are its own box's."""
_LINES = (
    "select a.key as account_key, l.taxable, l.igst, l.cgst, l.sgst, l.cost_centre, l.note, l.supplier"
    " from expense_claim_line l"
    " join expense_category c on (c.tenant_id, c.id) = (l.tenant_id, l.category_id)"
    " join account a on (a.tenant_id, a.id) = (c.tenant_id, c.account_id)"
    " where l.tenant_id = %s and l.claim_id = %s and l.revision = %s order by l.line_no"
)


def book_claim(session: Session, ctx: RequestContext, held: HeldClaim, against: NewLine) -> None:
    """Post a claim today, in its own branch: each line its cost, the credit by head, and `against`.

    Raises:
        PeriodClosed: The books are closed for today.
    """
    rows = db.fetch_all(session, _LINES, (ctx.tenant_id, held.id, held.revision))
    costs = [
        NewLine(
            row["account_key"],
            debit=row["taxable"],
            cost_centre=row["cost_centre"],
            note=row["note"] or row["supplier"],
        )
        for row in rows
    ]
    taken = [
        accounting.debit(f"input_{head}", sum((row[head] for row in rows), Decimal(0)))
        for head in ("cgst", "sgst", "igst")
    ]
    narration = f"Expenses {held.number}: {held.purpose}"
    lines = [*costs, *taken, against]
    entry = NewEntry("expenses", ctx.today, ORIGIN, held.id, "claim", narration, lines)
    accounting.post_entry(session, replace(ctx, branch_id=held.branch_id), entry)


def book_back(session: Session, ctx: RequestContext, held: HeldClaim, reason: str) -> None:
    """Post the opposite of a claim's entry, dated today; a debt and its opposite settle each other.

    Raises:
        PeriodClosed: The books are closed for today.
    """
    entry_id = entry_of(session, ctx, held.id)
    lines = [
        replace(line, debit=line.credit, credit=line.debit)
        for line in accounting.lines_of(session, ctx, entry_id)
    ]
    narration = f"{held.number} taken back: {reason}"
    entry = NewEntry("expenses", ctx.today, ORIGIN, held.id, "reversed", narration, lines, entry_id)
    back_id = accounting.post_entry(session, replace(ctx, branch_id=held.branch_id), entry)
    if held.party_id is not None and back_id is not None:
        accounting.cancel_out(session, ctx, entry_id, back_id)


def entry_of(session: Session, ctx: RequestContext, claim_id: UUID) -> UUID:
    """Return the entry of a booked claim."""
    row = db.fetch_one(
        session,
        "select id from journal_entry where tenant_id = %s and origin_id = %s and purpose = 'claim'",
        (ctx.tenant_id, claim_id),
    )
    assert row is not None  # noqa: S101  the claim is booked
    found: UUID = row["id"]
    return found


def payee_of(session: Session, ctx: RequestContext, user_id: UUID) -> UUID:
    """Return the account of a person who claims, making it with their first claim.

    Locks the person's account until the transaction ends.
    """
    lock = f"expense payee {ctx.tenant_id} {user_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))
    known = db.fetch_one(
        session,
        "select party_id from expense_payee where tenant_id = %s and user_id = %s",
        (ctx.tenant_id, user_id),
    )
    if known is not None:
        found: UUID = known["party_id"]
        return found
    person = db.fetch_one(
        session,
        "select m.display_name, b.state_code from membership m, branch b where m.tenant_id = %s"
        " and m.user_id = %s and b.tenant_id = m.tenant_id and b.id = %s",
        (ctx.tenant_id, user_id, ctx.branch_id),
    )
    assert person is not None  # noqa: S101  a claimant is a member
    new = party.CreateParty(
        idempotency_key=f"{id_from_key({'idempotency_key': lock})}",
        name=person["display_name"][:120],
        kind=party.PartyKind.OTHER,
        roles=frozenset({party.PartyRoleName.SUPPLIER}),
        state_code=person["state_code"],
        note="Claims expenses.",
    )
    made = party.create_party(session, ctx, new)
    row = {"tenant_id": ctx.tenant_id, "id": new_id(), "user_id": user_id, "party_id": made.id}
    db.insert_rows(session, ExpensePayee, [row])
    return made.id
