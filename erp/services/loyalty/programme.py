"""The terms on which a company gives points."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.loyalty import LoyaltyProgramme
from erp.services import accounting
from erp.services.accounting import NewEntry, credit, debit
from erp.services.loyalty.errors import TooGenerous
from erp.services.platform import Amount, Command, Nothing, Result, command, query


@dataclass(frozen=True, slots=True)
class Terms:
    """A company's programme; the default gives nothing.

    Attributes:
        worth: Rupees a point pays.
        valid_months: How long points stay; none means for ever.
    """

    is_active: bool = False
    points_per_rupee: Decimal = ZERO
    worth: Decimal = ZERO
    minimum_points: int = 0
    valid_months: int | None = None

    def earned_on(self, paid: Decimal) -> int:
        """Return the whole points that an amount earns."""
        return int((paid * self.points_per_rupee).to_integral_value(ROUND_FLOOR))

    def last_day(self, earned_on: date) -> date | None:
        """Return the last day of points earned on a day."""
        if self.valid_months is None:
            return None
        year, month = divmod(earned_on.year * 12 + earned_on.month - 1 + self.valid_months, 12)
        return date(year, month + 1, min(earned_on.day, monthrange(year, month + 1)[1]))


class SetProgramme(Command):
    """Give points on what customers pay from now on, or stop it.

    Attributes:
        points_per_rupee: 0.01 gives one point per hundred rupees.
        worth: Rupees one point pays for.
        valid_months: Months until points lapse; empty keeps them for ever.
    """

    is_active: bool
    points_per_rupee: Annotated[Decimal, Field(gt=0, le=100, max_digits=9, decimal_places=4)]
    worth: Annotated[Amount, Field(gt=0, le=1000)]
    minimum_points: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    valid_months: Annotated[int, Field(ge=1, le=120)] | None = None


class Programme(Result):
    """The terms of the acting company, with what its customers hold.

    Attributes:
        outstanding: Points of all customers together; liability: what they are worth.
    """

    is_active: bool
    points_per_rupee: Decimal
    worth: Decimal
    minimum_points: int
    valid_months: int | None
    outstanding: int
    liability: Decimal


def hold_terms(session: Session, ctx: RequestContext) -> Terms:
    """Return the acting company's terms, which stay as they are until the transaction ends."""
    row = db.fetch_one(
        session,
        "select is_active, points_per_rupee, worth, minimum_points, valid_months"
        " from loyalty_programme where tenant_id = %s and company_id = %s for share",
        (ctx.tenant_id, ctx.company_id),
    )
    return Terms(**row) if row else Terms()


@command("loyalty.set_programme", permission="loyalty.manage", rest="PUT /loyalty-programme")
def set_programme(session: Session, ctx: RequestContext, cmd: SetProgramme) -> Programme:
    """Set the programme. Points that customers hold are worth the new worth from now on.

    Another worth changes what the company owes its customers, which is booked at once. Waits
    for sales and returns in progress. Switched off, nothing is earned or spent; balances stay.

    Raises:
        TooGenerous: Customers would get back more than they pay.
        PeriodClosed: The books are closed for today, and the worth changes.
    """
    if cmd.points_per_rupee * cmd.worth > 1:
        message = "This gives back more than a customer pays. Lower the points or their worth."
        raise TooGenerous(message, fields={"worth": message})
    row = db.fetch_one(
        session,
        "select worth from loyalty_programme where tenant_id = %s and company_id = %s for update",
        (ctx.tenant_id, ctx.company_id),
    )
    outstanding = _outstanding(session, ctx)
    if row is not None:
        _revalue(session, ctx, (cmd.worth - row["worth"]) * outstanding)
    given = cmd.model_dump(exclude={"idempotency_key"})
    session.merge(LoyaltyProgramme(tenant_id=ctx.tenant_id, company_id=ctx.company_id, **given))
    session.flush()
    return Programme(**given, outstanding=outstanding, liability=outstanding * cmd.worth)


@query("loyalty.get_programme", permission="loyalty.view", rest="GET /loyalty-programme")
def get_programme(session: Session, ctx: RequestContext, _wanted: Nothing) -> Programme:
    """Return the acting company's programme and what its customers hold."""
    terms = hold_terms(session, ctx)
    outstanding = _outstanding(session, ctx)
    return Programme(
        is_active=terms.is_active,
        points_per_rupee=terms.points_per_rupee,
        worth=terms.worth,
        minimum_points=terms.minimum_points,
        valid_months=terms.valid_months,
        outstanding=outstanding,
        liability=outstanding * terms.worth,
    )


def _outstanding(session: Session, ctx: RequestContext) -> int:
    row = db.fetch_one(
        session,
        "select coalesce(sum(remaining), 0)::bigint as points from loyalty_lot"
        " where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
    return int(row["points"]) if row else 0


def _revalue(session: Session, ctx: RequestContext, more: Decimal) -> None:
    lines = [debit("loyalty_discount", more), credit("loyalty_liability", more)]
    entry = NewEntry(
        "loyalty", ctx.today, "loyalty_programme", new_id(), "worth",
        "Points are worth something else", lines,
    )  # fmt: skip
    accounting.post_entry(session, ctx, entry)
