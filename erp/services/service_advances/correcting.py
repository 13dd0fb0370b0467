"""An advance and its steps, taxed as a later return states that they should have been."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.service_advances import AdvanceStepKind, ServiceAdvanceAmendment
from erp.services.service_advances.holding import HEADS, HeldAdvance, Taxes
from erp.services.service_advances.receiving import taxed_within


@dataclass(frozen=True, slots=True)
class MadeStep:
    """A step of an advance that is under lock.

    Attributes:
        taxes: By head, as the step was made.
    """

    id: UUID
    kind: AdvanceStepKind
    booked_on: date
    amount: Decimal
    undoes_id: UUID | None
    taxes: Taxes


_STEPS: LiteralString = """
    select id, kind, booked_on, amount, undoes_id, igst, cgst, sgst from service_advance_step
     where tenant_id = %s and advance_id = %s order by id
"""


def steps_of(session: Session, ctx: RequestContext, held: HeldAdvance) -> list[MadeStep]:
    """Return what became of an advance, in the order in which it did."""
    return [
        MadeStep(
            row["id"],
            AdvanceStepKind(row["kind"]),
            row["booked_on"],
            row["amount"],
            row["undoes_id"],
            {name: row[name] for name in HEADS},
        )
        for row in db.fetch_all(session, _STEPS, (ctx.tenant_id, held.id))
    ]


def keep_amendments(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what a later return states of an advance and of its steps, the advance first."""
    db.insert_rows(session, ServiceAdvanceAmendment, rows)


def corrected_advance(held: HeldAdvance, own_state: str, place: str, rate: Decimal) -> HeldAdvance:
    """Return an advance as if it had been received for another place or at another rate; nothing of it is used."""
    line, is_inter = taxed_within(held.amount, own_state, place, rate)
    taxes = {name: getattr(line, name) for name in HEADS}
    return replace(
        held,
        place=place,
        is_inter=is_inter,
        rate=rate,
        taxes=taxes,
        left=held.amount,
        taxes_left=taxes,
    )


def corrected_steps(after: HeldAdvance, steps: Sequence[MadeStep]) -> list[dict[str, Decimal]]:
    """Return the tax of each step as if the advance had been received so, to the paisa; what undoes has its step's."""
    by_step: dict[UUID, dict[str, Decimal]] = {}
    for step in steps:
        undone = by_step.get(step.undoes_id) if step.undoes_id else None
        taxes = undone or after.taxes_of(step.amount)
        way = 1 if undone else -1
        by_step[step.id] = taxes
        after = replace(
            after,
            left=after.left + way * step.amount,
            taxes_left={name: after.taxes_left[name] + way * taxes[name] for name in HEADS},
        )
    return [by_step[step.id] for step in steps]
