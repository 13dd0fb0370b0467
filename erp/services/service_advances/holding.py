"""An advance under lock, the tax of a part of it, and writing what became of that part."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text, money_text
from erp.core.ids import new_id
from erp.core.money import ZERO, round_money
from erp.models.service_advances import AdvanceStepKind, ServiceAdvanceStep
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.platform import emit
from erp.services.service_advances.errors import AdvanceUsedUp, UnknownServiceAdvance
from erp.services.service_advances.events import AdvanceMoved

HEADS: Final = ("igst", "cgst", "sgst")
STEP: Final = "service_advance_step"
"""Origin of entries of steps."""
Taxes = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class HeldAdvance:
    """An advance whose customer's account is locked.

    Attributes:
        place, is_inter, rate: By which its tax is stated now, as amended.
        taxes: On the whole, by head, as amended. left: of the amount. taxes_left: of the taxes.
    """

    id: UUID
    number: str
    branch_id: UUID
    party_id: UUID
    received_on: date
    place: str
    is_inter: bool
    rate: Decimal
    amount: Decimal
    taxes: Taxes
    left: Decimal
    taxes_left: Taxes

    def taxes_of(self, amount: Decimal) -> dict[str, Decimal]:
        """Return the tax of a part of what is left, so that parts add up to the whole to the paisa."""
        after = self.left - amount
        return {
            name: min(
                max(self.taxes_left[name] - round_money(whole * after / self.amount), ZERO),
                self.taxes_left[name],
            )
            for name, whole in self.taxes.items()
        }

    def at_its_branch(self, ctx: RequestContext) -> RequestContext:
        """Return the actor at the branch that received it, whose registration owes the tax."""
        return replace(ctx, branch_id=self.branch_id)


_SELECT = """
    select a.id, p.number, a.branch_id, a.party_id, a.received_on, a.amount,
           coalesce(m.place_of_supply, a.place_of_supply) as place, coalesce(m.is_inter, a.is_inter) as is_inter,
           coalesce(m.rate, a.rate) as rate, coalesce(m.igst, a.igst) as igst, coalesce(m.cgst, a.cgst) as cgst,
           coalesce(m.sgst, a.sgst) as sgst,
           l.amount as left_amount, l.igst as left_igst, l.cgst as left_cgst, l.sgst as left_sgst
      from service_advance a
      join payment p on (p.tenant_id, p.id) = (a.tenant_id, a.id)
      join service_advance_left l on (l.tenant_id, l.advance_id) = (a.tenant_id, a.id)
      left join service_advance_amendment m on (m.tenant_id, m.advance_id) = (a.tenant_id, a.id)
           and m.step_id is null and m.withdrawn_at is null
     where a.tenant_id = %s and a.company_id = %s and a.id = %s
"""


def hold_advance(session: Session, ctx: RequestContext, advance_id: UUID) -> HeldAdvance:
    """Return an advance; others who move advances or open items of its customer wait.

    Raises:
        UnknownServiceAdvance: The acting company has no such advance.
    """
    wanted = (ctx.tenant_id, ctx.company_id, advance_id)
    row = db.fetch_one(session, _SELECT, wanted)
    if row is None:
        message = "This advance is not known here. Choose one of the list."
        raise UnknownServiceAdvance(message, fields={"advance_id": message})
    accounting.lock_items(session, row["party_id"])
    row = db.fetch_one(session, _SELECT, wanted)
    assert row is not None  # noqa: S101  an advance is never removed
    return HeldAdvance(
        id=row["id"],
        number=row["number"],
        branch_id=row["branch_id"],
        party_id=row["party_id"],
        received_on=row["received_on"],
        place=row["place"],
        is_inter=row["is_inter"],
        rate=row["rate"],
        amount=row["amount"],
        taxes={name: row[name] for name in HEADS},
        left=row["left_amount"],
        taxes_left={name: row[f"left_{name}"] for name in HEADS},
    )


def part_of(held: HeldAdvance, amount: Decimal | None) -> Decimal:
    """Return how much of an advance is moved: what is named, else all that is left.

    Raises:
        AdvanceUsedUp: Less is left.
    """
    wanted = held.left if amount is None else amount
    if not wanted or wanted > held.left:
        message = f"{money_text(held.left)} are left of {held.number}."
        raise AdvanceUsedUp(message, fields={"amount": message})
    return wanted


def day_of(ctx: RequestContext, held: HeldAdvance, given: date | None, field: str) -> date:
    """Return the day of a step: today, or one since the advance was received.

    Raises:
        InvalidInput: The day has not come, or is before the advance's.
    """
    day = given or ctx.today
    if not held.received_on <= day <= ctx.today:
        message = f"Choose a day from {date_text(held.received_on)} to today."
        raise InvalidInput(message, fields={field: message})
    return day


def tax_back(taxes: Taxes) -> list[NewLine]:
    """Return the lines that take the tax of an advance back; the opposite of journal J17's."""
    return [
        *(debit(f"output_{name}", amount) for name, amount in taxes.items()),
        credit("gst_on_advances", sum(taxes.values(), ZERO)),
    ]


def tax_due(taxes: Taxes) -> list[NewLine]:
    """Return the lines that make the tax of an advance due again, as journal J17 does."""
    return [
        debit("gst_on_advances", sum(taxes.values(), ZERO)),
        *(credit(f"output_{name}", amount) for name, amount in taxes.items()),
    ]


def write_step(
    session: Session,
    ctx: RequestContext,
    held: HeldAdvance,
    part: tuple[AdvanceStepKind, Decimal, Taxes],
    day: date,
    **about: Any,  # noqa: ANN401  columns of the row
) -> UUID:
    """Write what became of a part, and tell; the database keeps what is left.

    Raises:
        AdvanceUsedUp: Less is left; from the database.

    Emits:
        service_advances.advance_moved.v1
    """
    kind, amount, taxes = part
    step_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": step_id,
        "advance_id": held.id,
        "branch_id": held.branch_id,
        "kind": kind,
        "booked_on": day,
        "place_of_supply": held.place,
        "is_inter": held.is_inter,
        "rate": held.rate,
        "amount": amount,
        "invoice_id": None,
        "payment_id": None,
        "undoes_id": None,
        "reason": "",
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, ServiceAdvanceStep, [row | dict(taxes) | about])
    moved = AdvanceMoved(advance_id=held.id, step_id=step_id, kind=kind, amount=amount)
    emit(session, ctx, held.id, moved)
    return step_id


def post_step(
    session: Session,
    ctx: RequestContext,
    held: HeldAdvance,
    step: tuple[UUID, AdvanceStepKind, date, str],
    lines: list[NewLine],
    reverses: UUID | None = None,
) -> UUID | None:
    """Book a step, with its day and words, in the branch that received the advance."""
    step_id, kind, day, words = step
    entry = NewEntry("general", day, STEP, step_id, kind, words, lines, reverses)
    return accounting.post_entry(session, held.at_its_branch(ctx), entry)
