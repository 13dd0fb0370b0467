"""Points of a customer: their lots under lock, and changes decided before they are written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.loyalty import LoyaltyEntry, PointsKind
from erp.services.accounting import NewLine, credit, debit
from erp.services.loyalty.programme import Terms


@dataclass(frozen=True, slots=True)
class Document:
    """Whose points change, and the document that changes them."""

    party_id: UUID
    origin_type: str
    origin_id: UUID
    reason: str = ""


@dataclass(slots=True)
class Change:
    """Changes of a customer's points that belong together, with what they do to the books.

    Attributes:
        net: Points that came less points that went.
        tendered: Rupees of the document that points pay or are given back for; the rest of
            `net` is what the programme gives or takes back.
    """

    document: Document
    terms: Terms
    rows: list[dict[str, Any]] = field(default_factory=list)
    tendered: Decimal = ZERO

    @property
    def net(self) -> int:
        """Points that came less points that went."""
        return sum(row["points"] for row in self.rows)

    @property
    def earned(self) -> int:
        """Points that the document brings."""
        return self._sum_of(PointsKind.EARN)

    @property
    def spent(self) -> int:
        """Points that pay a part of the document."""
        return -self._sum_of(PointsKind.SPEND)

    def _sum_of(self, kind: PointsKind) -> int:
        return sum(row["points"] for row in self.rows if row["kind"] == kind)

    def add(
        self,
        ctx: RequestContext,
        kind: PointsKind,
        points: int,
        *,
        lot_id: UUID | None = None,
        expires_on: date | None = None,
        reverses_id: UUID | None = None,
    ) -> None:
        """Add an entry; without a lot it opens one that ends on `expires_on`."""
        entry_id = new_id()
        row = {
            "tenant_id": ctx.tenant_id,
            "id": entry_id,
            "company_id": ctx.company_id,
            "party_id": self.document.party_id,
            "lot_id": lot_id or entry_id,
            "kind": kind,
            "points": points,
            "worth": self.terms.worth,
            "origin_type": self.document.origin_type,
            "origin_id": self.document.origin_id,
            "reverses_id": reverses_id,
            "expires_on": expires_on,
            "reason": self.document.reason,
            "user_id": ctx.user_id,
            "effective_at": ctx.now,
        }
        self.rows.append(row)

    def lines(self, account: str = "loyalty_discount") -> list[NewLine]:
        """Return what the programme gives or takes, beside what points pay as a tender.

        Source: journals J12 and J14 of the domain rules, the provision method.
        """
        given = self.net * self.terms.worth - self.tendered
        return [debit(account, given), credit("loyalty_liability", given)]


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that came together and are not all spent."""

    id: UUID
    expires_on: date | None
    remaining: int


def hold_lots(session: Session, ctx: RequestContext, party_id: UUID) -> list[Lot]:
    """Return a customer's lots with points left, the first to lapse first, for this transaction.

    Locks the customer, as credit does, so that two tills never spend the same points.
    """
    db.fetch_one(
        session,
        "select 1 from party where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, party_id),
    )
    rows = db.fetch_all(
        session,
        "select id, expires_on, remaining from loyalty_lot where tenant_id = %s and company_id = %s"
        " and party_id = %s and remaining > 0 order by expires_on nulls last, id",
        (ctx.tenant_id, ctx.company_id, party_id),
    )
    return [Lot(**row) for row in rows]


def usable(lots: Sequence[Lot], today: date) -> list[Lot]:
    """Return the lots that have not lapsed."""
    return [lot for lot in lots if lot.expires_on is None or lot.expires_on >= today]


def shared_out(lots: Sequence[Lot], points: int) -> list[tuple[UUID, int]]:
    """Return how many points to take of each lot, in their order; less where there are fewer."""
    parts = []
    for lot in lots:
        taken = max(min(points, lot.remaining), 0)
        if taken:
            parts.append((lot.id, taken))
        points -= taken
    return parts


def write_change(session: Session, change: Change) -> None:
    """Store the entries; the database takes them off their lots. The rows may be held."""
    db.insert_rows(session, LoyaltyEntry, change.rows)
