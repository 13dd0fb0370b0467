"""The one way a line gets into the book of petty cash."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.expenses import PettyMove, PettyMoveKind
from erp.services.expenses.holding import HeldFloat


@dataclass(frozen=True, slots=True)
class Move:
    """A line to write; `amount` is added to the box."""

    kind: PettyMoveKind
    amount: Decimal
    claim_id: UUID | None = None
    counted: Decimal | None = None
    note: str = ""


def move_float(session: Session, ctx: RequestContext, box: HeldFloat, move: Move) -> UUID:
    """Write a line into the book, dated today; the database keeps the balance in step.

    Raises:
        NotInTheBox: The box does not hold that much.
    """
    move_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": move_id,
        "float_id": box.id,
        "kind": move.kind,
        "amount": move.amount,
        "counted": move.counted,
        "moved_on": ctx.today,
        "claim_id": move.claim_id,
        "note": move.note,
        "user_id": ctx.user_id,
        "recorded_at": ctx.now,
    }
    db.insert_rows(session, PettyMove, [row])
    return move_id
